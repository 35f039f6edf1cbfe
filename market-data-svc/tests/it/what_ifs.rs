//! Previews come true, attributions sum to the whole, forks are other sessions, and work beside the market stays bounded.

use std::ops::ControlFlow;
use std::time::Duration;

use market_api::what_if::{Attribution, Fork, Job, Outcome};
use market_data_svc::jobs::{Jobs, MAX_JOBS};
use market_data_svc::what_if::{Past, fork};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::live::Live;
use crate::support::market;

const PREVIEW: &str = "/v1/instruments/BTC-USD/preview";
const ATTRIBUTION: &str = "/v1/instruments/BTC-USD/attribution";
const FORKS: &str = "/v1/instruments/BTC-USD/forks";

fn crash() -> Value {
    json!({"kind": "flash_crash", "depth": 0.2, "fall_s": 0.2, "half_life_s": 1, "recovered_fraction": 0.5})
}

fn numbers(column: &Value) -> Vec<f64> {
    column.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

async fn reach(live: &Live, tick: u64) {
    while live.get("/v1/status").await.json()["tick"].as_u64().unwrap() < tick {
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_comes_true() {
    let folder = tempfile::tempdir().unwrap();
    let live = Live::start(folder.path()).await;
    reach(&live, 10).await;
    let first = live.get("/v1/status").await.json()["tick"].as_u64().unwrap() + 50;
    let asked = json!({"commands": [{"body": crash(), "tick": first}], "horizon_s": 2});
    let answer = live.post(PREVIEW, asked).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let preview = answer.json();
    assert_eq!(live.post(crate::live::INTERVENTIONS, json!({"body": crash(), "tick": first})).await.status, 202);
    let (price, without) = (numbers(&preview["price"]), numbers(&preview["without"]));
    assert_eq!((price.len(), preview["dt"].as_u64().unwrap()), (201, 10));
    assert!(price.iter().zip(&without).any(|(price, without)| price / without < 0.85));
    let start = u64::try_from(preview["t0"].as_i64().unwrap()).unwrap();
    let session = live.get("/v1/session").await.json();
    let tick = (start - session["start_time"].as_u64().unwrap()) / 10;
    reach(&live, tick + 200).await;
    let path = format!("/v1/instruments/BTC-USD/ticks?from_seq={}&limit=200", tick + 1);
    let came = numbers(&live.get(&path).await.json()["price"]);
    let rounded: Vec<f64> = price[1..].iter().map(|price| (price * 100.0).round() / 100.0).collect();
    assert_eq!(came, rounded);
    live.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn attributions_and_forks_of_a_live_session() {
    let folder = tempfile::tempdir().unwrap();
    let live = Live::start(folder.path()).await;
    let shock = |size: f64| json!({"kind": "shock", "log_return": size, "permanent_fraction": 1});
    let first = live.intervene(shock(-0.1)).await;
    reach(&live, first["tick"].as_u64().unwrap() + 5).await;
    let second = live.intervene(shock(0.3)).await;
    let tick = second["tick"].as_u64().unwrap();
    reach(&live, tick + 20).await;

    let answer = live.get(&format!("{ATTRIBUTION}?to={}", tick + 10)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let found: Attribution = serde_json::from_slice(&answer.body).unwrap();
    let parts: Vec<f64> = found.contributions.iter().map(|one| one.at_to).collect();
    assert!((parts[0] + 0.1).abs() < 1e-12 && (parts[1] - 0.3).abs() < 1e-12, "{parts:?}");
    assert!((found.at_to - 0.2).abs() < 1e-12);

    let at = first["tick"].as_u64().unwrap() - 1;
    let edits = json!([{"edit": "remove", "id": first["id"]},
        {"edit": "add", "tick": tick + 5, "body": {"kind": "set_price", "price": 12345}}]);
    let answer = live.post(FORKS, json!({"at": at, "until": tick + 10, "edits": edits})).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let fork: Fork = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!((fork.tick0, fork.every), (at, 1));
    assert_eq!((fork.price[0], fork.price.len() as u64), (fork.was[0], tick + 11 - at));
    let gap = |column: &[Option<f64>], row: usize| (column[row].unwrap() / fork.reference[row]).ln();
    assert!(gap(&fork.price, 1).abs() < 1e-12 && (gap(&fork.was, 1) + 0.1).abs() < 1e-12);
    assert_eq!(fork.price[usize::try_from(tick + 5 - at).unwrap()], Some(12345.0));

    for (asked, status, detail) in [
        (json!({"at": at, "edits": [{"edit": "remove", "id": 99}]}), 404, "id = 99 is not an intervention"),
        (json!({"at": tick, "edits": [{"edit": "remove", "id": first["id"]}]}), 409, "which is not after the fork"),
        (json!({"at": 9_000_000, "edits": []}), 422, "is beyond"),
        (json!({"at": at, "until": at - 1, "edits": []}), 422, "is after until"),
        (
            json!({"at": at, "edits": [{"edit": "add", "body": {"kind": "pin", "price": 0}}]}),
            422,
            "price = 0 is outside",
        ),
    ] {
        let answer = live.post(FORKS, asked).await;
        assert_eq!(answer.status, status, "{}", answer.text());
        assert!(answer.json()["detail"].as_str().unwrap().contains(detail), "{}", answer.text());
    }
    let beyond = live.get(&format!("{ATTRIBUTION}?to=99999999")).await;
    assert!(beyond.status == 422 && beyond.text().contains("beyond"));
    for body in [
        json!({"commands": [], "horizon_s": 0}),
        json!({"commands": [], "horizon_s": 1e11}),
        json!({"commands": [{"body": shock(0.1), "tick": 1}], "horizon_s": 1}),
    ] {
        assert_eq!(live.post(PREVIEW, body).await.status, 422);
    }
    assert_eq!(live.get("/v1/jobs/1").await.status, 404);
    live.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_fork_is_a_job() {
    let folder = tempfile::tempdir().unwrap();
    let live = Live::start(folder.path()).await;
    reach(&live, 1).await;
    let answer = live.post(FORKS, json!({"at": 1, "until": 3_000_000, "edits": []})).await;
    // The session has not come that far, which changes nothing about a future.
    assert_eq!(answer.status, 202, "{}", answer.text());
    let job = format!("/v1/jobs/{}", answer.json()["job"]);
    let done = loop {
        match serde_json::from_slice(&live.get(&job).await.body).unwrap() {
            Job::Running { of, .. } => assert_eq!(of, 6_000_000),
            other => break other,
        }
        sleep(Duration::from_millis(20)).await;
    };
    let Job::Done { result: Outcome::Fork(fork) } = done else { panic!("{done:?}") };
    assert_eq!((fork.price.len(), fork.price == fork.was), (601, true));
    assert_eq!(live.delete(&job).await.status, 204);
    assert_eq!(live.get(&job).await.status, 404);
    live.stop().await;
}

fn outcome() -> Outcome {
    let (from, to, at_from, at_to) = (0, 0, 0.0, 0.0);
    Outcome::Attribution(Attribution { from, to, at_from, at_to, contributions: Vec::new() })
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_take_turns_stop_and_are_forgotten() {
    let jobs = Jobs::default();
    let endless = |progress: &market_data_svc::jobs::Progress| {
        while progress.reach(7) == ControlFlow::Continue(()) {
            std::thread::sleep(Duration::from_millis(1));
        }
        Err("stopped".to_owned())
    };
    let first = jobs.start(100, endless).unwrap();
    let others: Vec<u64> = (1..MAX_JOBS).map(|_| jobs.start(1, |_| Ok(outcome())).unwrap()).collect();
    assert_eq!(jobs.start(1, |_| Ok(outcome())), None, "too many wait");
    while jobs.look(first) != Some(Job::Running { done: 7, of: 100 }) {
        sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(jobs.look(others[0]), Some(Job::Running { done: 0, of: 1 }), "one at a time");
    let answer = tokio::time::timeout(Duration::from_secs(5), jobs.run(|_| 5)).await;
    assert!(jobs.stop(first) && !jobs.stop(first));
    assert_eq!(answer, Ok(Some(5)), "what somebody waits for is not held up by a job");
    while jobs.look(*others.last().unwrap()) != Some(Job::Done { result: outcome() }) {
        sleep(Duration::from_millis(1)).await;
    }
    // A new one takes the place of the oldest that is done.
    jobs.start(1, |_| Ok(outcome())).unwrap();
    jobs.start(1, |_| Err("no".into())).unwrap();
    assert_eq!(jobs.look(others[0]), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fork_s_progress_only_grows_and_it_stops_at_any_time() {
    let job = |at, until| {
        let past = Past { market: market(1, 100), entries: Vec::new(), last: at };
        move |progress: &market_data_svc::jobs::Progress| match fork(&past, 0, (at, until), &[], progress) {
            Ok(found) => Ok(Outcome::Fork(found)),
            Err(error) => Err(error.to_string()),
        }
    };
    let jobs = Jobs::default();
    let long = jobs.start(2 * 4_000_000, job(1_000_000, 4_000_000)).unwrap();
    let mut last = 0;
    // Without a rest: what goes back may do so for half a millisecond.
    while let Some(Job::Running { done, .. }) = jobs.look(long) {
        assert!(last <= done && done <= 8_000_000, "{done} after {last}");
        last = done;
        tokio::task::yield_now().await;
    }
    assert!(last > 4_000_000 && matches!(jobs.look(long), Some(Job::Done { .. })));
    // All of it before the fork.
    let endless = jobs.start(2 * 90_000_000_000, job(90_000_000_000, 90_000_000_000)).unwrap();
    while jobs.look(endless) == Some(Job::Running { done: 0, of: 180_000_000_000 }) {
        sleep(Duration::from_millis(1)).await;
    }
    assert!(jobs.stop(endless));
    let next = jobs.start(1, |_| Ok(outcome())).unwrap();
    while jobs.look(next) != Some(Job::Done { result: outcome() }) {
        sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn work_that_nobody_waits_for_any_more_stops() {
    let jobs = Jobs::default();
    let (sender, ended) = std::sync::mpsc::channel();
    let waiting = jobs.run(move |progress| {
        while progress.reach(0) == ControlFlow::Continue(()) {
            std::thread::sleep(Duration::from_millis(1));
        }
        sender.send(()).unwrap();
    });
    drop(tokio::time::timeout(Duration::from_millis(50), waiting).await);
    tokio::task::spawn_blocking(move || ended.recv_timeout(Duration::from_secs(5)).unwrap()).await.unwrap();
    assert_eq!(jobs.run(|_| 5).await, Some(5), "its turn is over");
}
