//! Orders that move everyone's book: what is taken is told to the market, once, and its price moves.

use serde_json::{Value, json};

use super::super::{INTERVENTIONS, Stack};
use super::{Trader, decimal};
use crate::support::Folder;

const RICH: &[&str] = &["--seed", "42", "--impact", "shared", "--balance", "500000000"];

/// The orders that the market was told of.
async fn meta_orders(admin: &super::super::Admin) -> Vec<Value> {
    let all = admin.get(INTERVENTIONS).await.json();
    let all = all.as_array().unwrap().clone();
    all.into_iter().filter(|known| known["body"]["kind"] == "meta_order").collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_taken_moves_the_market_once() {
    let folder = Folder::new();
    let data = folder.path("data");
    let stack = Stack::serve(&data, RICH);
    let admin = stack.admin().await;
    let me = Trader::at(stack.gateway()).await;
    let bought = me.order(json!({"quantity": "400"})).await;
    let filled = me.order_once(&bought["id"], "filled").await;
    me.once("venue", |venue| venue["tick"].as_u64() > filled["decided_tick"].as_u64().map(|tick| tick + 15)).await;
    let told = meta_orders(&admin).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!((&told[0]["body"]["side"], &told[0]["body"]["quantity"]), (&json!("buy"), &json!(400.0)));
    let detail = admin.get("/api/market/v1/instruments/BTC-USD").await.json();
    let (price, reference) =
        (detail["state"]["price"].as_f64().unwrap(), detail["state"]["reference"].as_f64().unwrap());
    // Y·σ_d·√(q/V), of which seconds have taken next to nothing back.
    let impact = 0.042 * (400.0_f64 / 25_000.0).sqrt();
    assert!(((price / reference).ln() / impact - 1.0).abs() < 0.05, "{price} {reference}");

    // Killed and started again: what the market was told isn't told again, and what it wasn't is.
    me.order(json!({"side": "sell", "quantity": "100"})).await;
    me.once("fills", |fills| fills.as_array().unwrap().len() == 2).await;
    let ports = stack.ports;
    stack.process.kill();
    let mut arguments = vec!["serve".to_owned()];
    arguments.extend(ports.arguments(&data));
    arguments.extend(RICH.iter().map(|&flag| flag.to_owned()));
    let process = test_support::process::Process::start(&super::super::program("algo-trading"), &arguments, &[]);
    super::super::ready(me.address).await;
    let began = std::time::Instant::now();
    let told = loop {
        let told = meta_orders(&admin).await;
        if told.len() >= 2 || began.elapsed().as_secs() > 10 {
            break told;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    };
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    assert_eq!(meta_orders(&admin).await.len(), 2, "{told:?}");
    assert_eq!(decimal(&me.get("account").await["position"]["quantity"]), 300.0);
    drop(process);
}
