//! How fast an order is acknowledged, durable, through the gateway: 200 a second by a hundred accounts.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::time::{MissedTickBehavior, interval};

use super::super::Stack;
use super::super::figures::{holds, p99};
use super::{Trader, order};
use crate::support::Folder;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn figures_orders_are_acknowledged_soon() {
    const ACCOUNTS: usize = 100;
    let folder = Folder::new();
    let stack = Stack::serve(&folder.path("data"), &["--seed", "42"]);
    stack.admin().await;
    let mut traders = Vec::new();
    while traders.len() < ACCOUNTS {
        // Guests come at a limited rate.
        let answer = test_support::http::request("POST", stack.gateway(), "/api/auth/guest").send().await;
        if answer.status == 200 {
            let token = answer.json()["token"].as_str().unwrap().to_owned();
            traders.push(Trader { address: stack.gateway(), prefix: "/api/trading", token });
            if traders.len() >= 20 && !super::super::figures::is_quiet() {
                break;
            }
        } else {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
    let seconds = if super::super::figures::is_quiet() { 10 } else { 2 };
    let mut ticks = interval(Duration::from_millis(5));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut asked = Vec::new();
    for number in 0..200 * seconds {
        ticks.tick().await;
        let trader = traders[number % traders.len()].clone();
        asked.push(tokio::spawn(async move {
            let fields = if number % 3 == 0 { json!({"type": "limit", "price": "1000"}) } else { json!({}) };
            let body = order(json!({"quantity": "0.001", "client_id": format!("{number}")}));
            let mut body = body;
            for (name, value) in fields.as_object().unwrap() {
                body[name] = value.clone();
            }
            let began = Instant::now();
            let answer = trader.post("orders", body).await;
            assert_eq!(answer.status, 201, "{}", answer.text());
            began.elapsed().as_secs_f64() * 1000.0
        }));
    }
    let mut waited = Vec::new();
    for one in asked {
        waited.push(one.await.unwrap());
    }
    println!("{} orders of {} accounts", waited.len(), traders.len());
    holds("an order is acknowledged, p99", p99(waited), 20.0, "ms");
}
