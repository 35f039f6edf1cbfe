//! Ten thousand random commands over REST: each acts on exactly the tick that its answer named, and twice the same is one effect and
//! one answer.
//!
//! `ALGO_TRADING_LONG=1` sends 10,000 instead of 600.

use std::collections::BTreeMap;

use gbm_core::intervention::Accepted;
use gbm_core::journal::Replay;
use gbm_core::prelude::*;
use serde_json::{Value, json};
use test_support::http::request;

use crate::live::{INTERVENTIONS, Live};
use crate::support::{commands, read};

/// A small generator.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    fn body(&mut self, ids: u64) -> Value {
        let (size, seconds) = (self.below(100) as f64 / 1e4, 0.01 * (1 + self.below(50)) as f64);
        match self.below(12) {
            0 => json!({"kind": "set_drift", "mu": 10.0 * size}),
            1 => json!({"kind": "set_volatility", "sigma": 100.0 * size}),
            2 => json!({"kind": "set_price", "price": 90_000.0 + 1e6 * size}),
            3 => {
                json!({"kind": "shock", "log_return": size - 0.005, "permanent_fraction": 0.5, "half_life_s": seconds})
            }
            4 => {
                json!({"kind": "inject_liquidity", "side": "bid", "quantity": 1e5 * size, "within": 0.01, "half_life_s": seconds})
            }
            5 => {
                json!({"kind": "flash_crash", "depth": 0.001 + size, "fall_s": seconds, "half_life_s": seconds, "recovered_fraction": 1})
            }
            6 => json!({"kind": "ramp", "log_return": size, "duration_s": seconds}),
            7 => json!({"kind": "meta_order", "side": "buy", "quantity": 1.0 + size, "duration_s": seconds}),
            8 => json!({"kind": "pin", "price": 1e5, "band": size, "duration_s": seconds, "on_conflict": "replace"}),
            9 => json!({"kind": "target", "price": 1e5 * (1.0 + size), "duration_s": seconds, "on_conflict": "queue"}),
            10 => json!({"kind": "halt", "reopen": "catch_up", "duration_s": 0.02}),
            _ => json!({"kind": "cancel", "id": 1 + self.below(ids.max(1))}),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_act_on_the_tick_that_was_named_and_once() {
    let count = if std::env::var_os("ALGO_TRADING_LONG").is_some() { 10_000 } else { 600 };
    let folder = tempfile::tempdir().unwrap();
    let live = Live::start(folder.path()).await;
    let mut dice = Dice(7);
    let (mut acknowledged, mut refused) = (BTreeMap::new(), 0);
    for number in 0..count {
        let body = dice.body(acknowledged.len() as u64);
        let key = format!("key-{number}");
        let asked = json!({"body": body, "reason": key});
        let send = || {
            let asked = request("POST", live.address, INTERVENTIONS).bearer(&live.admin).json(&asked);
            asked.header("Idempotency-Key", &key).send()
        };
        let answer = send().await;
        if answer.status == 202 {
            // Again, now and then, and at once.
            if dice.below(4) == 0 {
                let again = send().await;
                assert_eq!((again.status, again.text()), (202, answer.text()));
            }
            let answer = answer.json();
            acknowledged.insert(answer["id"].as_u64().unwrap(), (answer["tick"].as_u64().unwrap(), body));
        } else {
            assert!([404, 409].contains(&answer.status), "{}", answer.text());
            refused += 1;
        }
    }
    let journal = read(&live.get("/v1/journal").await.body);
    live.stop().await;
    println!("{} acknowledged, {refused} refused", acknowledged.len());
    assert!(acknowledged.len() > count * 2 / 3 && refused > 0);

    let journaled: Vec<Accepted> = commands(&journal);
    assert_eq!(journaled.len(), acknowledged.len(), "one line for each answer, and no other");
    for entry in &journaled {
        let (tick, body) = &acknowledged[&entry.id.get()];
        let asked: Intervention = serde_json::from_value(body.clone()).unwrap();
        assert_eq!((entry.tick, entry.body), (*tick, asked));
    }
    // That they act on those ticks: the same interventions, each given just before its own, make the same ticks.
    let mut in_time = Simulation::new(journal.header.market.clone());
    let mut by_tick: Vec<&Accepted> = journaled.iter().collect();
    by_tick.sort_by_key(|entry| (entry.tick, entry.id));
    let mut ticks: Vec<Tick> = Vec::new();
    for entry in by_tick {
        while in_time.tick() + 1 < entry.tick {
            ticks.extend(in_time.next());
        }
        // What is cancelled before its tick must be known by then.
        let target = journaled.iter().find(|target| matches!(entry.body, Intervention::Cancel(c) if c.id == target.id));
        let now = in_time.tick();
        for given in target.into_iter().chain([entry]).filter(|given| given.tick > now) {
            let now = Command::now(given.body).at(given.tick);
            let command = Command { id: Some(given.id), instrument: Some(given.instrument.clone()), ..now };
            in_time.intervene(&command).unwrap();
        }
    }
    let replayed: Vec<Tick> = Replay::new(&journal).map(Result::unwrap).collect();
    ticks.extend(in_time.take(replayed.len().saturating_sub(ticks.len())));
    ticks.truncate(replayed.len());
    assert!(ticks == replayed);
}
