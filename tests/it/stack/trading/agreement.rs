//! A live market with strategies and orders by hand, and what its ticks and its trading log say again: the same fills, to the last unit.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Value, json};
use test_support::http::request;
use tokio::time::sleep;
use trading_core::desk::Desk;
use trading_core::events::Event;
use trading_core::log::Log;
use trading_core::quote::Quote;

use super::super::Stack;
use super::{Trader, decimal};
use crate::support::{Folder, is_long, succeeds};

/// Ticks as the market's REST tells them.
pub(super) struct Ticks(Vec<Quote>);

impl Ticks {
    /// All that are kept.
    pub(super) async fn fetch(gateway: SocketAddr) -> Self {
        let mut ticks = Vec::new();
        let mut from = 1;
        loop {
            let path = format!("/api/market/v1/instruments/BTC-USD/ticks?from_seq={from}&limit=10000");
            let batch = request("GET", gateway, &path).send().await.json();
            let rows = batch["price"].as_array().unwrap_or_else(|| panic!("{batch}")).len();
            if rows == 0 {
                return Self(ticks);
            }
            let column = |name: &str, at: usize| batch[name][at].as_f64().unwrap();
            let first = batch["tick0"].as_u64().unwrap();
            assert!(batch["gaps"].is_null(), "no halt");
            for at in 0..rows {
                let tick = first + at as u64;
                let since = at as u64 * batch["dt"].as_u64().unwrap();
                let time_ms = batch["t0"].as_i64().unwrap() + since.cast_signed();
                let (price, bid, ask) = (column("price", at), column("bid", at), column("ask", at));
                ticks.push(Quote { tick, time_ms, price, bid, ask, liquidity: column("liquidity", at) });
            }
            from += rows as u64;
        }
    }
}

/// Price, quantity and tick of each fill that a log and its ticks give.
pub(super) fn replayed(log: &str, ticks: &Ticks) -> BTreeMap<u64, (f64, f64, u64)> {
    let log = Log::read(log).unwrap();
    let (mut desk, mut events, mut player) = (Desk::new(log.header.rules.clone()), Vec::new(), log.player());
    for tick in &ticks.0 {
        player.tell(&mut desk, &mut events).unwrap();
        desk.on_tick(tick, &mut events);
    }
    let number = |value: rust_decimal::Decimal| value.to_string().parse().unwrap();
    let fill = |event: Event| match event {
        Event::Filled(fill) => Some((fill.id.0, (number(fill.price), number(fill.quantity), fill.tick))),
        _ => None,
    };
    events.into_iter().filter_map(fill).collect()
}

/// All fills of a trader by number.
async fn fills(trader: &Trader) -> BTreeMap<u64, Value> {
    let (mut before, mut fills) = (String::new(), BTreeMap::new());
    loop {
        let page = trader.get(&format!("fills?limit=1000{before}")).await;
        let page = page.as_array().unwrap();
        let Some(last) = page.last() else { return fills };
        before = format!("&before={}", last["id"]);
        fills.extend(page.iter().map(|fill| (fill["id"].as_u64().unwrap(), fill.clone())));
    }
}

/// An hour of the market at a hundred times its speed (a few minutes in a quick run): seven strategies, orders by hand, an injection.
#[tokio::test(flavor = "multi_thread")]
async fn journal_and_trading_log_give_the_same_fills() {
    let minutes: u64 = if is_long() { 60 } else { 10 };
    let folder = Folder::new();
    let stack = Stack::serve(&folder.path("data"), &["--seed", "42"]);
    let admin = stack.admin().await;
    let me = Trader::at(stack.gateway()).await;
    let clock = admin.post("/api/market/v1/clock", json!({"speed": 100.0})).await;
    assert_eq!(clock.status, 200, "{}", clock.text());
    let known = me.get("strategies/available").await;
    for strategy in known.as_array().unwrap() {
        let bars = strategy["parameters"].as_array().unwrap().iter().any(|parameter| parameter["name"] == "bar_s");
        let values = if bars { json!({"bar_s": 5.0}) } else { json!({}) };
        let body = json!({"instrument": "BTC-USD", "strategy": strategy["name"], "values": values, "leverage": "3"});
        let answer = me.post("strategies", body).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
    }
    let ticks = minutes * 600;
    for step in 0_u64.. {
        let venue = me.get("venue").await;
        let tick = venue["tick"].as_u64().unwrap();
        if tick > ticks {
            break;
        }
        let side = if step % 2 == 0 { "buy" } else { "sell" };
        let limit = json!({"side": side, "quantity": "0.005", "type": "limit", "price": if step % 2 == 0 { "99900" } else { "100100" }});
        let mut orders = vec![json!({"quantity": "0.01"}), limit];
        if step == 5 {
            admin.intervene(json!({"kind": "inject_liquidity", "side": "bid", "quantity": 300, "within": 0.01, "half_life_s": 60})).await;
        }
        if step % 10 == 9 {
            me.ask("DELETE", "orders", None).await;
            orders = vec![json!({"side": "sell", "quantity": "100", "reduce_only": true})];
        }
        for fields in orders {
            // The price may have come to one's own resting order.
            let answer = me.post("orders", super::order(fields)).await;
            assert!([201, 422].contains(&answer.status), "{}", answer.text());
        }
        sleep(Duration::from_millis(150)).await;
    }
    // It stands still, so that both sides are looked at as of one tick.
    assert_eq!(admin.post("/api/market/v1/clock", json!({"running": false})).await.status, 200);
    sleep(Duration::from_millis(500)).await;
    let told = fills(&me).await;
    let by_runs = told.values().filter(|fill| !fill["run"].is_null()).count();
    let log = Trader { token: admin.token.clone(), ..me.clone() }.ask("GET", "log", None).await.text();
    let journal = admin.get("/api/market/v1/journal").await.text();

    let again = replayed(&log, &Ticks::fetch(stack.gateway()).await);
    assert_eq!(again.len(), told.len());
    for (id, fill) in &told {
        let same = (decimal(&fill["price"]), decimal(&fill["quantity"]), fill["tick"].as_u64().unwrap());
        assert_eq!(again[id], same, "{fill}");
    }
    println!("{} fills, {by_runs} of them by strategies", told.len());
    assert!(told.len() - by_runs > 20 && by_runs > 20, "{} {by_runs}", told.len());

    // The same by the verb, from the two files alone.
    let (journal_file, log_file) = (folder.path("journal.jsonl"), folder.path("trading.jsonl"));
    std::fs::write(&journal_file, journal).unwrap();
    std::fs::write(&log_file, log).unwrap();
    let [journal, log] = [&journal_file, &log_file].map(|path| path.to_str().unwrap());
    let played = succeeds(&["backtest", "--journal", journal, "--log", log, "--format", "json"]);
    let played: Value = serde_json::from_str(&played).unwrap();
    let played = played["fills"].as_array().unwrap();
    assert_eq!(played.len(), told.len());
    for fill in played {
        let known = &told[&fill["id"].as_u64().unwrap()];
        for field in ["price", "quantity", "fee", "realised", "tick", "side"] {
            assert_eq!(fill[field], known[field], "{fill} {known}");
        }
    }
}
