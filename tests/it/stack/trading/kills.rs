//! kill -9 of the trading service, again and again: no fill is lost or doubled, no acknowledged order forgotten, strategies go on.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use test_support::process::Process;
use tokio::time::sleep;

use super::super::{Ports, Stack, local, program};
use super::agreement::{Ticks, replayed};
use super::{Trader, decimal, order};
use crate::support::{Folder, is_long};

/// What the trader was told so far; nothing of it may ever change.
#[derive(Default)]
struct Told {
    /// Orders by client id.
    orders: BTreeMap<String, u64>,
    /// Fills by number.
    fills: BTreeMap<u64, Value>,
}

impl Told {
    fn hear(&mut self, fill: &Value) {
        let id = fill["id"].as_u64().unwrap();
        let known = self.fills.entry(id).or_insert_with(|| fill.clone());
        assert_eq!(known, fill, "fill {id} was told otherwise before");
    }
}

fn start(ports: Ports, data: &std::path::Path) -> Process {
    Process::start(&program("trading-svc"), &ports.arguments(data), &[])
}

async fn ready(trader: &Trader) -> Duration {
    let began = Instant::now();
    loop {
        let venue = trader.try_ask("GET", "venue", None).await;
        if venue.is_some_and(|answer| answer.json()["is_live"] == true) {
            return began.elapsed();
        }
        assert!(began.elapsed() < Duration::from_secs(20), "the service is not ready");
        sleep(Duration::from_millis(5)).await;
    }
}

/// Trades until the service dies, hearing what it tells.
async fn trade(trader: Trader, round: u64, mut told: Told) -> Told {
    let Ok((mut stream, _)) =
        test_support::socket::Client::try_connect_at(trader.address, "/socket.io/", Some(&trader.token)).await
    else {
        return told;
    };
    for number in 0_u64.. {
        let name = format!("{round}-{number}");
        let side = if number.is_multiple_of(2) { "buy" } else { "sell" };
        let fields = match number % 4 {
            0 | 1 => json!({"client_id": name, "side": side, "quantity": "0.001"}),
            2 => json!({"client_id": name, "type": "limit", "price": "99000", "quantity": "0.001"}),
            _ => json!({"client_id": name, "side": "sell", "type": "limit", "price": "101000", "quantity": "0.001"}),
        };
        let Some(answer) = trader.try_ask("POST", "orders", Some(&order(fields))).await else { break };
        if answer.status == 201 {
            told.orders.insert(name, answer.json()["id"].as_u64().unwrap());
        } else {
            // A sale of what isn't there yet, or too many open orders.
            assert!([422, 429].contains(&answer.status), "{}", answer.text());
        }
        while let Some(place) = stream.events.iter().position(|(name, _)| name == "fill") {
            told.hear(&stream.events.remove(place).1);
        }
        if number % 8 == 7 && stream.try_event("account").await.is_none() {
            break;
        }
    }
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_doubled() {
    let kills = if is_long() { 500 } else { 10 };
    let folder = Folder::new();
    let data = folder.path("data");
    let stack = Stack::serve(&data, &["--seed", "42"]);
    let admin = stack.admin().await;
    let at_gateway = Trader::at(stack.gateway()).await;
    // All ticks must still be kept at the end.
    let speed = admin.post("/api/market/v1/clock", json!({"speed": if is_long() { 8.0 } else { 20.0 }})).await;
    assert_eq!(speed.status, 200, "{}", speed.text());
    // The stack's own trading service holds the ledger of its data directory: this one has another, with the same keys.
    let apart = folder.path("apart");
    std::fs::create_dir_all(apart.join("keys")).unwrap();
    std::fs::copy(data.join("keys/token.pub"), apart.join("keys/token.pub")).unwrap();
    let ports = Ports { trading: test_support::ports::free(), ..stack.ports };
    let me = Trader { address: local(ports.trading), prefix: "", token: at_gateway.token };

    let mut process = start(ports, &apart);
    ready(&me).await;
    let names = me.get("strategies/available").await;
    let names: Vec<&str> = names.as_array().unwrap().iter().map(|known| known["name"].as_str().unwrap()).collect();
    assert_eq!(names.len(), 7, "{names:?}");
    for &strategy in &names {
        let values = if names_bars(strategy) { json!({"bar_s": 1.0}) } else { json!({}) };
        let body = json!({"instrument": "BTC-USD", "strategy": strategy, "values": values});
        let answer = me.post("strategies", body).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
    }
    let (mut told, mut waited, mut decided) = (Told::default(), Vec::new(), BTreeMap::new());
    for round in 0..kills {
        let trading = tokio::spawn(trade(me.clone(), round, told));
        sleep(Duration::from_millis(120 + 40 * (round * 7 % 11))).await;
        process.kill();
        told = trading.await.unwrap();
        process = start(ports, &apart);
        waited.push(ready(&me).await.as_secs_f64() * 1000.0);
        check(&me, &mut told).await;
        // What strategies remember is there: they have decided at least what they had.
        let runs = me.get("strategies").await;
        for run in runs.as_array().unwrap() {
            assert_eq!(run["state"], "running", "{run}");
            let count = run["decided"].as_u64().unwrap();
            let before = decided.insert(run["id"].as_u64().unwrap(), count);
            assert!(before.is_none_or(|before| count >= before), "{run}");
        }
        if round % 3 == 0 {
            me.ask("DELETE", "orders", None).await;
        }
    }
    waited.sort_by(f64::total_cmp);
    println!(
        "{kills} kills: {} orders acknowledged, {} fills, {} decisions; ready again in {:.0} ms (median), {:.0} ms (worst)",
        told.orders.len(),
        told.fills.len(),
        decided.values().sum::<u64>(),
        waited[waited.len() / 2],
        waited[waited.len() - 1]
    );
    assert!(told.orders.len() as u64 > 4 * kills && told.fills.len() as u64 > 2 * kills);

    // Market and trading log together give the same fills.
    let log = Trader { token: admin.token.clone(), ..me.clone() }.ask("GET", "log", None).await.text();
    let ticks = Ticks::fetch(stack.gateway()).await;
    let replayed = replayed(&log, &ticks);
    for (id, fill) in &told.fills {
        let again = replayed.get(id).unwrap_or_else(|| panic!("fill {id} is not in the replay"));
        let told = (decimal(&fill["price"]), decimal(&fill["quantity"]), fill["tick"].as_u64().unwrap());
        assert_eq!(*again, told, "{fill}");
    }
}

fn names_bars(strategy: &str) -> bool {
    ["average_cross", "breakout", "mean_reversion"].contains(&strategy)
}

/// All that was told is still there, once, and adds up.
async fn check(me: &Trader, told: &mut Told) {
    // Fills first: by then their orders are there.
    let mut filled: BTreeMap<u64, f64> = BTreeMap::new();
    let (mut before, mut fills) = (String::new(), BTreeMap::new());
    loop {
        let page = me.get(&format!("fills?limit=1000{before}")).await;
        let page = page.as_array().unwrap();
        for fill in page {
            let id = fill["id"].as_u64().unwrap();
            assert!(fills.insert(id, fill.clone()).is_none(), "fill {id} is told twice");
            *filled.entry(fill["order"].as_u64().unwrap()).or_default() += decimal(&fill["quantity"]);
        }
        let Some(last) = page.last() else { break };
        before = format!("&before={}", last["id"]);
    }
    let mut orders = BTreeMap::new();
    before.clear();
    loop {
        let page = me.get(&format!("orders?limit=1000{before}")).await;
        let page = page.as_array().unwrap();
        for order in page {
            let id = order["id"].as_u64().unwrap();
            assert!(orders.insert(id, order.clone()).is_none(), "order {id} is told twice");
        }
        let Some(last) = page.last() else { break };
        before = format!("&before={}", last["id"]);
    }
    for (name, id) in &told.orders {
        let order = orders.get(id).unwrap_or_else(|| panic!("order {id} ({name}) is lost"));
        assert_eq!(order["client_id"].as_str().unwrap(), name);
    }
    for (id, known) in &told.fills {
        assert_eq!(fills.get(id), Some(known), "fill {id} is lost, or another");
    }
    for fill in fills.values() {
        told.hear(fill);
    }
    for (order, quantity) in filled {
        let known = decimal(&orders[&order]["filled"]);
        // Between the two questions it may have been filled further.
        assert!(known > quantity - 1e-9, "order {order}: {known} and {quantity}");
    }
}
