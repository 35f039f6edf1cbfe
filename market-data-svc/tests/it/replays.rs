//! A session that replays the journal of another.

use std::time::Duration;

use gbm_core::journal::Replay;
use serde_json::{Value, json};
use test_support::http::{Answer, request};
use test_support::socket::Client;
use tokio::time::sleep;

use crate::live::{INTERVENTIONS, Live, join, rounded, subscribe};
use crate::support::read;

const REPLAY: &str = "/v1/sessions/replay";

impl Live {
    async fn replay(&self, query: &str, key: &str, journal: &[u8]) -> Answer {
        let asked = request("POST", self.address, &format!("{REPLAY}{query}")).bearer(&self.admin);
        asked.header("Idempotency-Key", key).body("application/jsonl", journal).send().await
    }
}

/// A session with something of each sort, and its journal.
async fn recorded() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let live = Live::start(folder.path()).await;
    for body in [
        json!({"kind": "set_volatility", "sigma": 1.5}),
        json!({"kind": "shock", "log_return": 0.1, "permanent_fraction": 0.5, "half_life_s": 1}),
        json!({"kind": "halt", "reopen": "freeze", "duration_s": 0.05, "on_conflict": "queue"}),
        json!({"kind": "target", "price": 120_000, "duration_s": 0.3, "on_conflict": "queue"}),
        json!({"kind": "pin", "price": 125_000, "duration_s": 0.1, "on_conflict": "queue"}),
        json!({"kind": "inject_liquidity", "side": "bid", "quantity": 500, "within": 0.01, "half_life_s": 2}),
    ] {
        live.intervene(body).await;
        sleep(Duration::from_millis(20)).await;
    }
    live.delete(&format!("{INTERVENTIONS}/1")).await;
    live.tick(100).await;
    let journal = live.get("/v1/journal").await;
    assert_eq!(journal.status, 200);
    live.stop().await;
    journal.body
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_has_the_prices_of_its_journal_and_goes_on() {
    let journal = recorded().await;
    let (prices, last) = (rounded(&journal), read(&journal).last_tick());
    let folder = tempfile::tempdir().unwrap();
    let live = Live::start(folder.path()).await;
    let before = live.get("/v1/session").await.json();
    let begun = live.replay("?speed=2", "again", &journal).await;
    assert_eq!(begun.status, 201, "{}", begun.text());
    let begun = begun.json();
    assert_eq!((&begun["seed"], &begun["clock"]["speed"], &begun["seq"]), (&json!("42"), &json!(2.0), &json!(0)));
    assert_ne!(begun["session"], before["session"]);
    // The interventions are listed from the start, as they were.
    let listed = live.get(INTERVENTIONS).await.json();
    let kinds: Vec<&Value> = listed.as_array().unwrap().iter().map(|one| &one["body"]["kind"]).collect();
    assert_eq!(kinds, ["set_volatility", "shock", "halt", "target", "pin", "inject_liquidity", "cancel"]);
    assert_eq!(listed[3]["actor"], "admin");
    // The same request again is the same session.
    assert_eq!(live.replay("?speed=2", "again", &journal).await.json()["session"], begun["session"]);
    // At another speed it is another request.
    assert_eq!(live.replay("?speed=3", "again", &journal).await.status, 409);

    // Whoever watches sees the journal's prices, also over a restart in its midst.
    live.tick(last / 2).await;
    live.stop().await;
    let live = Live::start(folder.path()).await;
    let (mut client, hello) = Client::connect(live.address).await;
    assert_eq!(hello["session"], begun["session"]);
    let mut seen = Vec::new();
    let asked = subscribe(Some((begun["session"].as_str().unwrap(), 0)));
    join(&mut seen, &client.ask("subscribe", asked).await["ticks"]);
    while seen.len() < prices.len() + 20 {
        join(&mut seen, &client.event("ticks").await);
    }
    assert_eq!(seen[..prices.len()], prices);

    // It can be steered like any other, and its journal is one like any other.
    let more = live.intervene(json!({"kind": "set_price", "price": 50_000})).await;
    assert!(more["id"].as_u64().unwrap() > 7 && more["tick"].as_u64().unwrap() > last);
    live.tick(more["tick"].as_u64().unwrap()).await;
    let again = live.get("/v1/journal").await.body;
    live.stop().await;
    let journal = read(&again);
    let mut replay = Replay::new(&journal);
    assert!(replay.by_ref().all(|tick| tick.is_ok()));
    assert_eq!(rounded(&again)[..prices.len()], prices);
    // Replayed once more, it has what was added.
    let folder = tempfile::tempdir().unwrap();
    let live = Live::start(folder.path()).await;
    assert_eq!(live.replay("?speed=1000", "once-more", &again).await.status, 201);
    live.tick(journal.last_tick()).await;
    let third = live.get("/v1/journal").await.body;
    live.stop().await;
    let (again, third) = (rounded(&again), rounded(&third));
    assert_eq!(third[..again.len()], again);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_t_be_replayed_changes_nothing() {
    let journal = recorded().await;
    let text = String::from_utf8(journal.clone()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let live = Live::start(folder.path()).await;
    let session = live.get("/v1/session").await.json()["session"].clone();
    let refused = async |query: &str, journal: &[u8], status: u16, detail: &str| {
        let answer = live.replay(query, "key", journal).await;
        assert_eq!(answer.status, status, "{}", answer.text());
        assert!(answer.json()["detail"].as_str().unwrap().contains(detail), "{}", answer.text());
    };
    refused("", b"", 422, "journal line 1: there is no whole header").await;
    refused("", b"{\"a\": 1}\n", 422, "journal line 1: no seal").await;
    let changed = text.replace("\"sigma\":1.5", "\"sigma\":1.6");
    assert_ne!(changed, text);
    refused("", changed.as_bytes(), 422, "the seal does not match").await;
    refused("?speed=0", &journal, 422, "speed").await;
    refused("?sped=1", &journal, 400, "sped").await;
    let large = vec![b' '; (64 << 20) + 1];
    refused("", &large, 413, "larger than").await;
    let trader = request("POST", live.address, REPLAY).bearer(&live.trader).body("application/jsonl", journal.clone());
    assert_eq!(trader.send().await.status, 403);
    assert_eq!(live.get("/v1/session").await.json()["session"], session);
    assert!(!folder.path().join("sessions").exists());
    live.stop().await;
}
