//! The market is told of what was taken in the session that it runs, and of no other.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use tokio::sync::mpsc::channel;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use trading_svc::flow::Flow;
use trading_svc::handle::Message;
use trading_svc::market::Market;
use trading_svc::steering::Steering;

type Told = Arc<Mutex<Vec<Value>>>;

/// A gateway and a market in one: whoever asks is signed in, and what is told is kept.
async fn stand_in(told: Told) -> u16 {
    let signs_in = async || Json(json!({ "token": "t", "role": "admin", "subject": "admin", "expires_at": 0 }));
    let keeps = async |State(told): State<Told>, Json(body): Json<Value>| {
        told.lock().unwrap().push(body);
        (StatusCode::ACCEPTED, Json(json!({ "id": 1, "tick": 1, "time": 0 })))
    };
    let router = Router::new()
        .route("/api/auth/link", post(signs_in))
        .route("/v1/instruments/{id}/interventions", post(keeps))
        .with_state(told);
    let port = test_support::ports::free();
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
    port
}

fn flow(session: &str, tick: u64) -> Flow {
    Flow { session: session.into(), instrument: "BTC-USD".into(), tick, quantity: Decimal::from(2), interval_ms: 100 }
}

#[tokio::test]
async fn a_flow_waits_until_its_session_is_known_to_run_and_goes_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let told = Told::default();
    let port = stand_in(told.clone()).await;
    let (flow_sender, flows) = channel(16);
    let (trade, traded) = watch::channel(None);
    let market = Market { host: "127.0.0.1".into(), port };
    let steering = Steering { data_directory: folder.path().into(), gateway_port: port, market, flows, traded };
    let (messages, mut received) = channel(16);
    let task = tokio::spawn(steering.run(messages));
    flow_sender.send(flow("old", 7)).await.unwrap();
    sleep(Duration::from_millis(200)).await;
    assert!(told.lock().unwrap().is_empty(), "nobody knows yet what the market runs");
    // It runs another: the old one's is neither told nor held to be.
    trade.send_replace(Some("new".into()));
    flow_sender.send(flow("new", 3)).await.unwrap();
    let Message::Steered(session, tick) = timeout(Duration::from_secs(5), received.recv()).await.unwrap().unwrap()
    else {
        panic!("not what was told")
    };
    assert_eq!((session.as_str(), tick), ("new", 3));
    let all = told.lock().unwrap().clone();
    assert_eq!(all.len(), 1, "{all:?}");
    assert_eq!((&all[0]["session"], &all[0]["reason"]), (&json!("new"), &json!("traded on tick 3")));
    // While the market isn't followed, what it runs isn't known either.
    trade.send_replace(None);
    flow_sender.send(flow("new", 4)).await.unwrap();
    sleep(Duration::from_millis(200)).await;
    assert_eq!(told.lock().unwrap().len(), 1);
    trade.send_replace(Some("new".into()));
    timeout(Duration::from_secs(5), received.recv()).await.unwrap().unwrap();
    assert_eq!(told.lock().unwrap().len(), 2);
    drop(flow_sender);
    task.await.unwrap();
}
