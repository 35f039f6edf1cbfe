//! Orders on a running stack: what a person does first, and what is refused.

use serde_json::{Value, json};
use test_support::http::request;

use super::super::Stack;
use super::{Trader, decimal, order};
use crate::support::Folder;

#[tokio::test(flavor = "multi_thread")]
async fn a_first_visit_and_its_orders() {
    let folder = Folder::new();
    let stack = Stack::serve(&folder.path("data"), &["--seed", "42"]);
    let admin = stack.admin().await;
    let me = Trader::at(stack.gateway()).await;
    let account = me.get("account").await;
    assert_eq!((decimal(&account["cash"]), account["position"].is_null()), (100_000.0, true));

    // A purchase: what was said before it costs is about what it does.
    let (mut stream, hello) = me.stream().await;
    assert_eq!(hello["instrument"], "BTC-USD");
    assert_eq!(stream.event("snapshot").await["account"]["id"], account["id"]);
    let preview = me.post("orders/preview", order(json!({}))).await.json();
    let bought = me.order(json!({"client_id": "first"})).await;
    let fill = stream.event("fill").await;
    assert_eq!(fill["order"], bought["id"]);
    let (said, paid) = (decimal(&preview["average_price"]), decimal(&fill["price"]));
    assert!((paid / said - 1.0).abs() < 0.01, "{said} {paid}");
    assert!(decimal(&fill["fee"]) > 0.0);
    let mut account = stream.event("account").await;
    while account["position"].is_null() {
        // Of the second before, or of the order's acceptance.
        account = stream.event("account").await;
    }
    assert_eq!(account["position"]["quantity"], json!("0.1"));
    let filled = me.order_once(&bought["id"], "filled").await;
    assert_eq!(decimal(&filled["average_price"]), decimal(&fill["price"]));

    // The same client id: the same order, whether it is open or has ended; another order under it is refused.
    let again = me.post("orders", order(json!({"client_id": "first"}))).await;
    assert_eq!((again.status, &again.json()["id"]), (200, &bought["id"]));
    let other = me.post("orders", order(json!({"client_id": "first", "quantity": "0.2"}))).await;
    assert_eq!((other.status, other.json()["type"].clone()), (409, json!("urn:algo-trading:problem:client-id-taken")));

    // A limit order rests and is cancelled; cancelled again it is not known.
    let rests = me.order(json!({"type": "limit", "side": "sell", "price": "250000"})).await;
    me.order_once(&rests["id"], "resting").await;
    let path = format!("orders/{}", rests["id"]);
    assert_eq!(me.ask("DELETE", &path, None).await.status, 202);
    assert_eq!(me.order_once(&rests["id"], "cancelled").await["reason"], "asked");
    assert_eq!(me.ask("DELETE", &path, None).await.status, 404);

    // The position is closed by what only reduces it.
    let closes = me.order(json!({"side": "sell", "quantity": "5", "reduce_only": true})).await;
    let closed = me.once(&format!("orders/{}", closes["id"]), |order| order["status"] != "accepted").await;
    assert_eq!(closed["filled"], json!("0.1"));
    let account = me.once("account", |account| account["position"].is_null()).await;
    let fills = me.get("fills").await;
    let told: Vec<f64> =
        fills.as_array().unwrap().iter().map(|fill| decimal(&fill["realised"]) - decimal(&fill["fee"])).collect();
    assert!((told.iter().sum::<f64>() - (decimal(&account["cash"]) - 100_000.0)).abs() < 1e-6);
    let curve = me.get("equity").await;
    let last = curve["equity"].as_array().unwrap().last().unwrap();
    assert_eq!(decimal(last), decimal(&account["cash"]));

    // An admin trades too, on an account of his own; the trading log is for him alone.
    let admin = Trader { token: admin.token, ..me.clone() };
    assert_ne!(admin.get("account").await["id"], account["id"]);
    let log = admin.ask("GET", "log", None).await;
    assert!(log.text().lines().count() >= 6, "{}", log.text());
    assert_eq!(me.ask("GET", "log", None).await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_orders_have_their_reasons_and_change_nothing() {
    let folder = Folder::new();
    let stack = Stack::serve(&folder.path("data"), &["--seed", "42"]);
    let admin = stack.admin().await;
    let (me, other) = (Trader::at(stack.gateway()).await, Trader::at(stack.gateway()).await);
    let theirs = other.order(json!({"type": "limit", "price": "1000"})).await;
    let own = me.order(json!({"type": "limit", "price": "1000", "quantity": "1"})).await;
    me.order_once(&own["id"], "resting").await;
    let before = (me.get("account").await, me.get("orders").await);
    let bad: Vec<(Value, u16, &str)> = vec![
        (json!({"quantity": "0"}), 422, "quantity-not-positive"),
        (json!({"quantity": "-1"}), 422, "quantity-not-positive"),
        (json!({"quantity": "NaN"}), 400, "malformed"),
        (json!({"quantity": null}), 400, "malformed"),
        (json!({"quantity": "1000.00001"}), 422, "quantity-too-large"),
        (json!({"quantity": "0.000001"}), 422, "wrong-lot-size"),
        (json!({"quantity": "900"}), 422, "insufficient-funds"),
        (json!({"side": "sell"}), 422, "insufficient-funds"),
        (json!({"side": "hold"}), 400, "malformed"),
        (json!({"instrument": "DOGE-USD"}), 422, "unknown-instrument"),
        (json!({"type": "limit", "price": "100.001"}), 422, "wrong-tick-size"),
        (json!({"type": "limit", "price": "0"}), 422, "price-not-positive"),
        (json!({"type": "limit", "price": "1000000000.01"}), 422, "price-too-large"),
        (json!({"type": "limit"}), 422, "out-of-domain"),
        (json!({"price": "5"}), 422, "out-of-domain"),
        (json!({"type": "limit", "side": "sell", "price": "900"}), 422, "self-crossing"),
        (json!({"reduce_only": true}), 422, "nothing-to-reduce"),
        (json!({"post_only": true}), 422, "post-only-needs-limit"),
        (json!({"type": "stop", "stop": "5", "time_in_force": "ioc"}), 422, "waits-for-trigger"),
        (json!({"expires_tick": 1}), 422, "already-expired"),
        (json!({"client_id": ""}), 422, "bad-client-id"),
        (json!({"client_id": "x".repeat(37)}), 422, "bad-client-id"),
        (json!({"colour": "red"}), 400, "malformed"),
    ];
    for (fields, status, code) in bad {
        let answer = me.post("orders", order(fields.clone())).await;
        assert_eq!(answer.status, status, "{fields}: {}", answer.text());
        let kind = answer.json()["type"].as_str().unwrap().to_owned();
        assert_eq!(kind.rsplit(':').next().unwrap(), code, "{fields}");
    }
    // Another's order, and one that nobody has.
    for id in [&theirs["id"], &json!(999_999), &json!(u64::MAX)] {
        assert_eq!(me.ask("GET", &format!("orders/{id}"), None).await.status, 404);
        assert_eq!(me.ask("DELETE", &format!("orders/{id}"), None).await.status, 404);
    }
    assert_eq!(request("GET", me.address, "/api/trading/v1/account").send().await.status, 401);

    // Nobody trades while the market is halted; a cancel is taken all the same.
    admin.intervene(json!({"kind": "halt", "duration_s": 600, "reopen": "freeze"})).await;
    me.once("venue", |venue| venue["is_halted"] == true).await;
    let answer = me.post("orders", order(json!({}))).await;
    assert_eq!(answer.json()["type"], "urn:algo-trading:problem:halted", "{}", answer.text());
    let after = (me.get("account").await, me.get("orders").await);
    for (before, after) in [(&before.0, &after.0)] {
        for field in ["cash", "free", "fees", "position", "realised"] {
            assert_eq!(before[field], after[field], "{field}");
        }
    }
    assert_eq!(before.1, after.1);
    assert_eq!(me.ask("DELETE", &format!("orders/{}", own["id"]), None).await.status, 202);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_on_margin_is_closed_and_told_so() {
    let folder = Folder::new();
    let stack = Stack::serve(&folder.path("data"), &["--seed", "42"]);
    let admin = stack.admin().await;
    let me = Trader::at(stack.gateway()).await;
    let reset = me.post("account/reset", json!({"initial": "10000", "leverage": "10"})).await;
    assert_eq!((reset.status, decimal(&reset.json()["equity"])), (200, 10_000.0));
    let bought = me.order(json!({"quantity": "0.9"})).await;
    me.order_once(&bought["id"], "filled").await;
    let position = me.get("positions").await[0].clone();
    let (entry, limit) = (decimal(&position["entry_price"]), decimal(&position["liquidation_price"]));
    assert!(limit > 0.9 * entry && limit < entry, "{position}");
    admin.intervene(json!({"kind": "shock", "log_return": -0.3, "permanent_fraction": 1})).await;
    let account = me.once("account", |account| account["position"].is_null()).await;
    assert!(decimal(&account["written_off"]) > 0.0 && decimal(&account["cash"]) == 0.0, "{account}");
    let orders = me.get("orders").await;
    assert_eq!((&orders[0]["reason"], &orders[0]["status"]), (&json!("liquidated"), &json!("filled")));
    assert_eq!(orders[0]["filled"], json!("0.9"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_holds_beyond_what_the_exchange_remembers() {
    let folder = Folder::new();
    let stack = Stack::serve(&folder.path("data"), &["--seed", "42"]);
    stack.admin().await;
    let me = Trader::at(stack.gateway()).await;
    let first = me.order(json!({"client_id": "first", "quantity": "0.001"})).await;
    me.order_once(&first["id"], "filled").await;
    let mut sent = 0;
    while sent < 1001 {
        let body = order(
            json!({"client_id": format!("n{sent}"), "type": "limit", "price": "1000", "quantity": "0.00001", "time_in_force": "ioc"}),
        );
        let answer = me.post("orders", body).await;
        match answer.status {
            201 => sent += 1,
            429 => tokio::time::sleep(std::time::Duration::from_millis(100)).await,
            // Too many are on their way: the next tick ends them.
            422 => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
            _ => panic!("{}", answer.text()),
        }
    }
    let again = me.once("venue", |_| true).await;
    assert_eq!(again["is_live"], true);
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let again = me.post("orders", order(json!({"client_id": "first", "quantity": "0.001"}))).await;
    assert_eq!((again.status, &again.json()["id"]), (200, &first["id"]), "{}", again.text());
    let other = me.post("orders", order(json!({"client_id": "first", "quantity": "0.002"}))).await;
    assert_eq!(other.status, 409, "{}", other.text());

    // A reset keeps strategies and names, and equity begins anew.
    let body = json!({"instrument": "BTC-USD", "strategy": "buy_and_hold"});
    assert_eq!(me.post("strategies", body).await.status, 201);
    let reset = me.post("account/reset", json!({"initial": "5000", "leverage": "2"})).await;
    assert_eq!((reset.status, decimal(&reset.json()["cash"])), (200, 5000.0));
    assert_eq!(me.get("strategies").await[0]["state"], "running");
    let curve = me.once("equity", |curve| !curve["equity"].as_array().unwrap().is_empty()).await;
    assert!(curve["equity"].as_array().unwrap().iter().all(|equity| decimal(equity) == 5000.0), "{curve}");
    let again = me.post("orders", order(json!({"client_id": "first", "quantity": "0.001"}))).await;
    assert_eq!((again.status, &again.json()["id"]), (200, &first["id"]));
}
