//! A journal downloaded from a live session gives back what real clients received.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use test_support::socket::Client;
use tokio::time::sleep;

use super::Stack;
use crate::support::{Folder, succeeds};

#[tokio::test(flavor = "multi_thread")]
async fn a_download_replays_to_what_clients_received() {
    let folder = Folder::new();
    let stack = Stack::serve(&folder.path("data"), &["--tick-interval", "20ms"]);
    let admin = stack.admin().await;
    let (mut trader, hello) = Client::connect(stack.gateway()).await;
    let (mut watcher, _) = Client::connect_as(stack.gateway(), &admin.token).await;
    let resume = json!({"session": hello["session"], "seq": 0});
    let mut received: BTreeMap<u64, f64> = BTreeMap::new();
    let mut references: BTreeMap<u64, f64> = BTreeMap::new();
    let take = |batch: &Value, column: &str, into: &mut BTreeMap<u64, f64>| {
        for (seq, value) in (batch["seq0"].as_u64().unwrap()..).zip(batch[column].as_array().unwrap()) {
            assert!(into.insert(seq, value.as_f64().unwrap()).is_none(), "seq {seq} came twice");
        }
    };
    let asked = json!({"instrument": "BTC-USD", "channels": ["ticks"], "resume": resume});
    take(&trader.ask("subscribe", asked).await["ticks"], "price", &mut received);
    let asked = json!({"instrument": "BTC-USD", "channels": ["reference", "ticks"], "resume": resume});
    take(&watcher.ask("subscribe", asked).await["reference"], "reference", &mut references);
    for body in [
        json!({"kind": "set_volatility", "sigma": 2.5, "ramp_s": 1}),
        json!({"kind": "inject_liquidity", "side": "bid", "quantity": 4000, "within": 0.01, "half_life_s": 1}),
        json!({"kind": "shock", "log_return": -0.03, "permanent_fraction": 0.5, "half_life_s": 0.5}),
        json!({"kind": "set_drift", "mu": 30}),
        json!({"kind": "set_price", "price": 123_456.5}),
    ] {
        admin.intervene(body).await;
        sleep(Duration::from_millis(150)).await;
    }
    let journal = admin.get("/api/market/v1/journal").await;
    assert_eq!(journal.status, 200);
    let path = folder.write("download.jsonl", &journal.body);
    let end: Value = serde_json::from_str(journal.text().lines().last().unwrap()).unwrap();
    assert_eq!(end["entry"]["kind"], json!("end"));
    let last = end["at"].as_u64().unwrap();
    while received.last_key_value().is_none_or(|(&seq, _)| seq < last) {
        take(&trader.event("ticks").await, "price", &mut received);
    }
    while references.last_key_value().is_none_or(|(&seq, _)| seq < last) {
        take(&watcher.event("reference").await, "reference", &mut references);
    }
    let replayed = succeeds(&["replay", &path, "--format", "jsonl"]);
    let mut rows = 0;
    for row in replayed.lines() {
        let row: Value = serde_json::from_str(row).unwrap();
        if row["instrument"] != "BTC-USD" {
            continue;
        }
        let cents = |name: &str| (row[name].as_f64().unwrap() * 100.0).round() / 100.0;
        let tick = row["tick"].as_u64().unwrap();
        assert_eq!((received[&tick], references[&tick]), (cents("price"), cents("reference")), "tick {tick}");
        rows += 1;
    }
    assert_eq!(rows, last);
    assert!(rows > 30 && received.values().any(|&price| price == 123_456.5));
    assert_eq!(succeeds(&["replay", &path, "--format", "digest"]).trim(), end["digest"].as_str().unwrap());
    succeeds(&["journal", "verify", &path]);
}
