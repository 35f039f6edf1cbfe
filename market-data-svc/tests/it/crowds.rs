//! Clients that ask much, or at length.

use std::time::Duration;

use serde_json::json;
use test_support::socket::Client;
use tokio::time::{Instant, sleep};

use crate::live::Live;

#[tokio::test(flavor = "multi_thread")]
async fn a_long_message_ends_its_connection() {
    let folder = tempfile::tempdir().unwrap();
    let live = Live::start(folder.path()).await;
    let survives = async |bytes: usize| {
        let (client, _) = Client::connect(live.address).await;
        client.survives(&format!("42[\"x\",\"{}\"]", "x".repeat(bytes))).await
    };
    assert!(survives(1000).await);
    assert!(!survives(100_000).await);
    live.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn history_is_given_out_by_allowance() {
    let folder = tempfile::tempdir().unwrap();
    let live = Live::start(folder.path()).await;
    sleep(Duration::from_millis(100)).await;
    let (mut client, _) = Client::connect(live.address).await;
    let all = ["candles:1s", "candles:5s", "candles:15s", "candles:1m", "candles:5m", "candles:15m", "candles:1h"];
    let asked = json!({"instrument": "BTC-USD", "channels": all});
    let mut refused = None;
    let began = Instant::now();
    for number in 0..40 {
        let answer = client.ask("subscribe", asked.clone()).await;
        if answer["error"]["code"] == json!("busy") {
            refused = Some(number);
            break;
        }
    }
    // 250,000 rows at 14,000 and a little more each.
    let refused = refused.expect("a refusal");
    assert!((15..=20).contains(&refused) && began.elapsed() < Duration::from_secs(10), "{refused}");
    // Others have their own.
    let (mut other, _) = Client::connect(live.address).await;
    assert!(other.ask("subscribe", asked).await["error"].is_null());
    live.stop().await;
}
