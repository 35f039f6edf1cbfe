//! What a market refuses of commands that another one would take.

use std::time::Duration;

use gbm_core::journal::{Proposed, Recorder};
use gbm_core::prelude::*;
use market_data_svc::handle::{Asked, MAX_META_ORDERS, MarketError};
use serde_json::json;

use crate::live::{INTERVENTIONS, Live};
use crate::support::{Running, intervene, market, shock};

fn meta_order(tick: Option<u64>) -> Command {
    let body = serde_json::from_str(r#"{"kind":"meta_order","side":"buy","quantity":1,"duration_s":0.1}"#).unwrap();
    Command { tick, ..Command::now(body) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_for_another_session_is_refused() {
    let running = Running::new(7, 1, Duration::ZERO);
    let asked = |session: &str| Asked {
        command: shock(0.1),
        actor: "a".into(),
        reason: String::new(),
        key: "k".into(),
        session: Some(session.into()),
    };
    let refused = running.handle.intervene(asked("another")).await.unwrap_err();
    assert_eq!(refused.to_string(), "session = \"another\" doesn't run: \"test\" does");
    let acted = running.handle.intervene(asked("test")).await.unwrap();
    assert_eq!(running.handle.intervene(asked("test")).await.unwrap(), acted);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn over_rest_that_is_a_precondition() {
    let folder = tempfile::tempdir().unwrap();
    let live = Live::start(folder.path()).await;
    let here = live.get("/v1/session").await.json()["session"].clone();
    let asked = |session: &serde_json::Value| json!({"body": {"kind": "set_drift", "mu": 0.1}, "session": session});
    let refused = live.post(INTERVENTIONS, asked(&json!("another"))).await;
    assert_eq!(refused.status, 412, "{}", refused.text());
    assert_eq!(live.post(INTERVENTIONS, asked(&here)).await.status, 202);
    live.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn meta_orders_leave_room_for_whoever_steers() {
    let (mut recorder, mut text) = Recorder::start_session(market(7, 100), "test").unwrap();
    for number in 0..MAX_META_ORDERS as u64 {
        let command = meta_order(Some(1_000_000 + number));
        let Proposed::Line(proposal) = recorder.propose_command(&command, "admin", "").unwrap() else { panic!() };
        text.push_str(&proposal.text);
        recorder.confirm(proposal.line.seq);
    }
    let (running, _) = Running::recovered(text.as_bytes());
    let refused = running.intervene(meta_order(None), "admin").await.unwrap_err();
    assert!(matches!(refused, MarketError::MetaOrders), "{refused}");
    assert_eq!(refused.to_string(), "interventions = 90000 or more: a meta_order is none of the last 10000");
    intervene(&running.handle, shock(0.1), "admin").await.unwrap();
    running.stop().await;
}
