//! Scenarios over REST: listed, previewed, run whole or not at all, stopped.

use serde_json::{Value, json};
use test_support::http::request;
use tokio::time::{Duration, sleep};

use crate::live::{INTERVENTIONS, Live};

const RUNS: &str = "/v1/instruments/BTC-USD/runs";

fn numbers(column: &Value) -> Vec<f64> {
    column.as_array().unwrap().iter().filter_map(Value::as_f64).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scenario_is_previewed_run_and_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let live = Live::start(folder.path()).await;
    let listed = live.get("/v1/scenarios").await.json();
    let names: Vec<&str> = listed.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names.len(), 12);
    assert!(names.contains(&"flash_crash"), "{names:?}");
    for name in &names {
        let preview = live.post(&format!("{RUNS}/preview"), json!({"scenario": name, "horizon_s": 60})).await;
        assert_eq!(preview.status, 200, "{name}: {}", preview.text());
    }
    assert_eq!(live.get(INTERVENTIONS).await.json(), json!([]), "a preview leaves nothing behind");

    let tick = live.get("/v1/status").await.json()["tick"].as_u64().unwrap() + 100;
    let asked = json!({"scenario": "flash_crash", "tick": tick, "parameters": {"depth": 0.3}, "horizon_s": 3600});
    let preview = live.post(&format!("{RUNS}/preview"), asked).await.json();
    let (price, without) = (numbers(&preview["price"]), numbers(&preview["without"]));
    let deepest = price.iter().zip(&without).map(|(price, without)| (price / without).ln()).fold(0.0, f64::min);
    assert!((-0.31..-0.2).contains(&deepest), "{deepest}");

    let run = || {
        let asked = request("POST", live.address, RUNS).bearer(&live.admin).header("Idempotency-Key", "once");
        asked.json(&json!({"scenario": "flash_crash", "tick": tick, "parameters": {"depth": 0.3}})).send()
    };
    let answer = run().await;
    assert_eq!(answer.status, 202, "{}", answer.text());
    assert_eq!(run().await.text(), answer.text(), "the same request is the same run");
    for (method, path, body) in [
        ("POST", RUNS, json!({"scenario": "flash_crash", "tick": tick, "parameters": {"depth": 0.4}})),
        ("POST", RUNS, json!({"scenario": "calm"})),
        ("DELETE", INTERVENTIONS, Value::Null),
    ] {
        let asked = request(method, live.address, path).bearer(&live.admin).header("Idempotency-Key", "once");
        let other = asked.json(&body).send().await;
        assert_eq!(other.status, 409, "the key is another request's: {}", other.text());
    }
    let answer = answer.json();
    let ids: Vec<&Value> = answer["interventions"].as_array().unwrap().iter().map(|one| &one["id"]).collect();
    assert_eq!((answer["scenario"].as_str(), &answer["run"]), (Some("flash_crash"), ids[0]));
    let known = live.get(INTERVENTIONS).await.json();
    assert_eq!(known.as_array().unwrap().len(), ids.len());
    assert!(known[0]["reason"].as_str().unwrap().ends_with("flash_crash"));

    let other = live.intervene(json!({"kind": "spread", "factor": 2})).await;
    let stopped = live.delete(&format!("{RUNS}/{}", answer["run"])).await;
    assert_eq!(stopped.status, 202, "{}", stopped.text());
    sleep(Duration::from_millis(200)).await;
    let open = live.get(&format!("{INTERVENTIONS}?active=true")).await.json();
    let open: Vec<&Value> = open.as_array().unwrap().iter().map(|one| &one["id"]).collect();
    assert_eq!(open, [&other["id"]], "only what isn't of the run");
    assert_eq!(live.delete(&format!("{RUNS}/{}", answer["run"])).await.status, 404);
    live.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scenario_acts_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let live = Live::start(folder.path()).await;
    live.intervene(json!({"kind": "pin", "price": 1e5})).await;
    let text = r#"
name = "halfway"
title = "Halfway"
description = "A shock, and a pin that is in the way of another."

[[steps]]
at_s = 1
kind = "shock"
log_return = 0.1
permanent_fraction = 1

[[steps]]
at_s = 2
kind = "pin"
price = 1000
"#;
    let refused = live.post(RUNS, json!({ "toml": text })).await;
    assert_eq!(refused.status, 409, "{}", refused.text());
    assert!(refused.text().contains("is a pin over that time"), "{}", refused.text());
    assert_eq!(live.get(INTERVENTIONS).await.json().as_array().unwrap().len(), 1, "not even the shock");
    for (asked, status, detail) in [
        (json!({"scenario": "mood"}), 404, "mood"),
        (json!({}), 422, "exactly one of them"),
        (json!({"toml": "name = 5"}), 422, ""),
        (json!({"scenario": "flash_crash", "parameters": {"depth": 50}}), 422, "depth = 50 is outside"),
        (json!({"scenario": "flash_crash", "parameters": {"height": 1}}), 422, "height"),
        (json!({"scenario": "flash_crash", "tick": 0}), 422, "past"),
    ] {
        let answer = live.post(RUNS, asked).await;
        assert_eq!(answer.status, status, "{}", answer.text());
        assert!(answer.text().contains(detail), "{}", answer.text());
    }
    live.stop().await;
}
