//! The program itself, killed at random moments under a stream of commands and in front of a watching client.
//!
//! `ALGO_TRADING_LONG=1` kills it 1,000 times instead of 15.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use gbm_core::journal::Entry;
use market_api::auth::Role;
use serde_json::{Value, json};
use svc_common::token::Signer;
use test_support::http::request;
use test_support::ports;
use test_support::process::Process;
use test_support::socket::Client;
use tokio::time::sleep;

use crate::live::{INTERVENTIONS, rounded, seqs};
use crate::support::read;

/// What clients were told, over all lives of the process.
#[derive(Default)]
struct Told {
    /// The price of each seq.
    ticks: BTreeMap<u64, f64>,
    /// The id and tick of each key that was acknowledged.
    acknowledged: BTreeMap<String, (u64, u64)>,
    /// Answers other than 202.
    refused: Vec<String>,
}

impl Told {
    fn tick(&mut self, batch: &Value) {
        let (_, first, prices) = seqs(batch);
        for (seq, price) in (first..).zip(prices) {
            let before = self.ticks.insert(seq, price);
            assert!(before.is_none_or(|before| before == price), "tick {seq} was {before:?}, then {price}");
        }
    }
}

/// Watches the stream until the connection ends, going on where the last one stopped.
async fn watch(address: SocketAddr, told: Arc<Mutex<Told>>) {
    let Ok((mut client, hello)) = Client::try_connect(address, None).await else { return };
    let seq = told.lock().unwrap().ticks.last_key_value().map_or(0, |(&seq, _)| seq);
    let resume = json!({"session": hello["session"], "seq": seq});
    let asked = json!({"instrument": "BTC-USD", "channels": ["ticks"], "resume": resume});
    let Some(answer) = client.try_ask("subscribe", asked).await else { return };
    assert_eq!(answer["expired"], json!(false), "{answer}");
    told.lock().unwrap().tick(&answer["ticks"]);
    while let Some(batch) = client.try_event("ticks").await {
        told.lock().unwrap().tick(&batch);
    }
}

/// Something of each sort: what displaces, what flows, what controls, what halts.
fn body(number: u64) -> Value {
    let size = 0.0001 * (number % 7) as f64;
    match number % 6 {
        0 => json!({"kind": "ramp", "log_return": size, "duration_s": 0.3}),
        1 => json!({"kind": "meta_order", "side": "sell", "quantity": 1.0 + size, "duration_s": 0.2}),
        2 => json!({"kind": "halt", "reopen": "freeze", "duration_s": 0.03, "on_conflict": "replace"}),
        3 => json!({"kind": "target", "price": 1e5 + size, "duration_s": 0.2, "on_conflict": "replace"}),
        4 => json!({"kind": "volatility_scale", "factor": 1.0 + size, "duration_s": 0.2}),
        _ => json!({"kind": "shock", "log_return": size, "permanent_fraction": 1}),
    }
}

/// Sends one command after the other, each again until it is answered.
async fn command(
    address: SocketAddr,
    admin: String,
    told: Arc<Mutex<Told>>,
    next: Arc<Mutex<u64>>,
    over: Arc<AtomicBool>,
) {
    while !over.load(Ordering::Relaxed) {
        let number = *next.lock().unwrap();
        let body = json!({ "body": body(number) });
        let key = format!("key-{number}");
        let asked = request("POST", address, INTERVENTIONS).bearer(&admin).header("Idempotency-Key", &key).json(&body);
        match asked.try_send().await {
            Some(answer) if answer.status == 202 => {
                let answer = answer.json();
                let (id, tick) = (answer["id"].as_u64().unwrap(), answer["tick"].as_u64().unwrap());
                told.lock().unwrap().acknowledged.insert(key, (id, tick));
                *next.lock().unwrap() += 1;
                // A session takes 100,000 interventions.
                sleep(Duration::from_millis(2)).await;
            }
            Some(answer) => {
                told.lock().unwrap().refused.push(answer.text());
                sleep(Duration::from_millis(5)).await;
            }
            None => sleep(Duration::from_millis(2)).await,
        }
    }
}

async fn ready(address: SocketAddr) {
    loop {
        if request("GET", address, "/readyz").try_send().await.is_some_and(|answer| answer.status == 200) {
            return;
        }
        sleep(Duration::from_millis(2)).await;
    }
}

fn start(folder: &Path, port: u16, max_journal: &str) -> Process {
    let (port, data) = (port.to_string(), folder.to_str().unwrap());
    let arguments = ["--data", data, "--port", &port, "--tick-interval", "10ms", "--seed", "42"];
    let arguments = [&arguments[..], &["--max-journal", max_journal]].concat();
    Process::start(Path::new(env!("CARGO_BIN_EXE_market-data-svc")), &arguments, &[])
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_moment_it_keeps_every_word() {
    let kills = if std::env::var_os("ALGO_TRADING_LONG").is_some() { 1000 } else { 15 };
    let folder = tempfile::tempdir().unwrap();
    let (port, told) = (ports::free(), Arc::new(Mutex::new(Told::default())));
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let admin = Signer::open(folder.path()).unwrap().sign("admin", Role::Admin, Duration::from_hours(1)).unwrap().token;
    let (next, over) = (Arc::new(Mutex::new(0)), Arc::new(AtomicBool::new(false)));
    let commands = tokio::spawn(command(address, admin, told.clone(), next.clone(), over.clone()));
    let mut restarts = Vec::new();
    // A small generator: the moments differ and are the same each time.
    let mut dice = 0x9e37_79b9_u64;
    for _ in 0..kills {
        let began = Instant::now();
        // In three of four lives the journal is so long already that it is rewritten at once, under the commands.
        let process = start(folder.path(), port, if restarts.len() % 4 == 3 { "64MiB" } else { "8KiB" });
        ready(address).await;
        restarts.push(began.elapsed());
        let watching = tokio::spawn(watch(address, told.clone()));
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        sleep(Duration::from_millis(20 + (dice >> 33) % 300)).await;
        process.kill();
        watching.await.unwrap();
    }
    over.store(true, Ordering::Relaxed);
    commands.await.unwrap();
    let told = told.lock().unwrap();
    assert!(told.refused.is_empty(), "{:?}", told.refused);

    // The next life computes what clients saw, and the journal holds each acknowledged command once.
    let bytes = std::fs::read(folder.path().join("session.jsonl")).unwrap();
    let prices = rounded(&bytes);
    for (&seq, &price) in &told.ticks {
        assert_eq!(prices[usize::try_from(seq).unwrap() - 1], price, "tick {seq}");
    }
    let mut journaled: BTreeMap<String, Vec<(u64, u64)>> = BTreeMap::new();
    for line in read(&bytes).lines {
        if let Entry::Command(line) = line.entry {
            journaled.entry(line.key).or_default().push((line.intervention.id.get(), line.intervention.tick));
        }
    }
    for (key, acknowledged) in &told.acknowledged {
        assert_eq!(journaled.get(key), Some(&vec![*acknowledged]), "{key}");
    }
    assert!(journaled.values().all(|lines| lines.len() == 1), "none is doubled, acknowledged or not");
    restarts.sort();
    let (median, worst) = (restarts[restarts.len() / 2], restarts[restarts.len() - 1]);
    println!(
        "{kills} kills, {} ticks seen, {} commands acknowledged; start to ready: median {median:?}, worst {worst:?}",
        told.ticks.len(),
        told.acknowledged.len()
    );
    assert!(told.ticks.len() > 5 * kills && told.acknowledged.len() > kills);
    assert!(median < Duration::from_secs(1), "{median:?}");
}
