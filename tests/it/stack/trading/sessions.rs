//! Sessions that end, services that come and go.

use serde_json::json;
use test_support::process::Process;

use super::super::{Ports, Stack, local, program};
use super::{Trader, decimal, order};
use crate::support::Folder;

#[tokio::test(flavor = "multi_thread")]
async fn a_new_session_begins_with_new_accounts() {
    let folder = Folder::new();
    let stack = Stack::serve(&folder.path("data"), &["--seed", "42"]);
    let admin = stack.admin().await;
    let me = Trader::at(stack.gateway()).await;
    let bought = me.order(json!({})).await;
    me.order_once(&bought["id"], "filled").await;
    let body = json!({"instrument": "BTC-USD", "strategy": "dca"});
    assert_eq!(me.post("strategies", body).await.status, 201);
    let (mut stream, hello) = me.stream().await;
    stream.event("snapshot").await;

    let begun = admin.post("/api/market/v1/sessions", json!({"seed": "7"})).await;
    assert!([200, 201, 202].contains(&begun.status), "{}", begun.text());
    let snapshot = stream.event("snapshot").await;
    assert_ne!(snapshot["session"], hello["session"]);
    assert_eq!(snapshot["orders"], json!([]));
    assert_eq!(decimal(&me.get("account").await["cash"]), 100_000.0);
    assert_eq!(me.get("strategies").await, json!([]));
    me.once("venue", |venue| venue["tick"].as_u64() > Some(0)).await;
    let bought = me.order(json!({})).await;
    me.order_once(&bought["id"], "filled").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_market_nothing_is_promised() {
    let folder = Folder::new();
    let data = folder.path("data");
    let ports = Ports::free();
    let start = |name: &str| Process::start(&program(name), &ports.arguments(&data), &[]);
    let gateway = start("gateway-svc");
    let trading = start("trading-svc");
    let began = std::time::Instant::now();
    while test_support::http::request("GET", local(ports.trading), "/livez").try_send().await.is_none()
        || test_support::http::request("GET", local(ports.gateway), "/livez").try_send().await.is_none()
    {
        assert!(began.elapsed().as_secs() < 20);
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let me = Trader::guest(local(ports.gateway)).await;
    assert_eq!(me.ask("GET", "account", None).await.status, 503);

    // The market comes, trading follows by itself.
    let market = start("market-data-svc");
    let is_live = |answer: &serde_json::Value| answer["is_live"] == true;
    let wait = async |is_wanted: &dyn Fn(&serde_json::Value) -> bool| {
        let began = std::time::Instant::now();
        loop {
            let answer = me.ask("GET", "venue", None).await.json();
            if is_wanted(&answer) {
                return answer;
            }
            assert!(began.elapsed().as_secs() < 20, "{answer}");
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    wait(&is_live).await;
    let resting = me.order(json!({"type": "limit", "price": "1000"})).await;
    me.order_once(&resting["id"], "resting").await;

    // It goes: orders are refused, what is there stays, and a cancel waits for the next tick.
    market.kill();
    wait(&|answer| answer["is_live"] == false).await;
    assert_eq!(me.post("orders", order(json!({}))).await.status, 503);
    assert_eq!(me.ask("DELETE", &format!("orders/{}", resting["id"]), None).await.status, 202);
    let market = start("market-data-svc");
    wait(&is_live).await;
    me.order_once(&resting["id"], "cancelled").await;

    for process in [market, trading, gateway] {
        let (status, errors) = process.terminate();
        assert!(status.success(), "{errors}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_of_the_same_key_starts_one_strategy() {
    let folder = Folder::new();
    let stack = Stack::serve(&folder.path("data"), &["--seed", "42"]);
    stack.admin().await;
    let me = Trader::at(stack.gateway()).await;
    let body = json!({"instrument": "BTC-USD", "strategy": "buy_and_hold"});
    let start = async |body: &serde_json::Value| {
        let asked = test_support::http::request("POST", me.address, "/api/trading/v1/strategies").bearer(&me.token);
        asked.header("Idempotency-Key", "k").json(body).send().await
    };
    let (first, second) = (start(&body).await, start(&body).await);
    assert_eq!((first.status, second.status), (201, 200), "{} {}", first.text(), second.text());
    assert_eq!(first.json()["id"], second.json()["id"]);
    assert_eq!(start(&json!({"instrument": "BTC-USD", "strategy": "dca"})).await.status, 409);
    assert_eq!(me.get("strategies").await.as_array().unwrap().len(), 1);
    let run = me.once("strategies/1", |run| run["fills"] == 1).await;
    assert_eq!(run["decisions"][0]["why"], "buys once, and holds");
    assert_eq!(me.ask("DELETE", "strategies", None).await.status, 200);
    let run = me.once("strategies/1", |run| run["state"] == "stopped").await;
    assert_eq!((run["reason"].as_str(), run["account"]["position"].is_null()), (Some("asked"), true));
}
