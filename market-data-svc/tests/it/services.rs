//! The service on a real socket: snapshot and stream join, disconnects lose nothing, a restart is the same session.

use std::time::Duration;

use serde_json::json;
use test_support::http::get;
use test_support::socket::Client;
use tokio::time::sleep;

use crate::live::{Live, join, rounded, seqs, subscribe};
use market_data_svc::service::{Service, ServiceError};

#[tokio::test(flavor = "multi_thread")]
async fn disconnects_with_resume_lose_nothing_and_repeat_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let service = Live::start(folder.path()).await;
    service.post("/v1/clock", json!({"speed": 5})).await;
    let mut held = Vec::new();
    for round in 0..50 {
        let (mut client, hello) = Client::connect(service.address).await;
        let session = hello["session"].as_str().unwrap();
        assert_eq!(hello["practice"], json!(true));
        let answer = client.ask("subscribe", subscribe(Some((session, held.len() as u64)))).await;
        assert_eq!(answer["expired"], json!(false), "{answer}");
        assert_eq!(answer["channels"], json!(["candles:1s", "stats", "ticks"]));
        join(&mut held, &answer["ticks"]);
        for _ in 0..round % 4 {
            let batch = client.event("ticks").await;
            join(&mut held, &batch);
        }
        if round % 10 == 0 {
            service.intervene(json!({"kind": "shock", "log_return": 0.01, "permanent_fraction": 1})).await;
        }
        client.cut();
    }
    service.stop().await;
    let journal = rounded(&std::fs::read(folder.path().join("session.jsonl")).unwrap());
    assert!(held.len() > 200 && journal[..held.len()] == held[..], "what clients saw is what the journal gives");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_is_the_same_session() {
    let folder = tempfile::tempdir().unwrap();
    let service = Live::start(folder.path()).await;
    let (mut client, hello) = Client::connect(service.address).await;
    let session = hello["session"].as_str().unwrap().to_owned();
    let mut held = Vec::new();
    let answer = client.ask("subscribe", subscribe(Some((&session, 0)))).await;
    join(&mut held, &answer["ticks"]);
    for _ in 0..10 {
        join(&mut held, &client.event("ticks").await);
    }
    let second = Service::open(&Live::config(folder.path()));
    assert!(matches!(second, Err(ServiceError::Store(_))), "the directory is in use");
    service.stop.send(()).unwrap();
    client.event("draining").await;
    service.task.await.unwrap().unwrap();

    let service = Live::start(folder.path()).await;
    let (mut client, hello) = Client::connect(service.address).await;
    assert_eq!(hello["session"], json!(session), "the session that is there goes on");
    let answer = client.ask("subscribe", subscribe(Some((&session, held.len() as u64)))).await;
    assert_eq!(answer["expired"], json!(false));
    join(&mut held, &answer["ticks"]);
    join(&mut held, &client.event("ticks").await);
    service.stop().await;
    assert!(rounded(&std::fs::read(folder.path().join("session.jsonl")).unwrap())[..held.len()] == held[..]);
}

#[tokio::test(flavor = "multi_thread")]
async fn channels_send_what_their_names_say() {
    let folder = tempfile::tempdir().unwrap();
    let service = Live::start(folder.path()).await;
    sleep(Duration::from_millis(300)).await;
    let (mut client, _) = Client::connect(service.address).await;
    let answer = client.ask("subscribe", subscribe(Some(("old", 7)))).await;
    assert_eq!(answer["expired"], json!(true), "another session's position");
    assert_eq!(answer["candles"][0]["interval"], json!("1s"));
    let candles = client.event("candles").await;
    assert_eq!((&candles["instrument"], &candles["interval"]), (&json!("BTC-USD"), &json!("1s")));
    let open = candles["candles"].as_array().unwrap().last().unwrap();
    assert!(open["low"].as_f64() <= open["close"].as_f64() && open["close"].as_f64() <= open["high"].as_f64());
    let stats = client.event("stats").await;
    assert!(stats["realised_volatility"].as_f64().unwrap() > 0.0, "{stats}");
    let beat = client.event("heartbeat").await;
    assert!(beat["seq"]["BTC-USD"].as_u64().unwrap() > 0);
    let left = client.ask("unsubscribe", json!({"instrument": "BTC-USD", "channels": ["ticks", "stats"]})).await;
    assert_eq!(left["channels"], json!(["candles:1s"]));
    for (body, code) in [
        (json!({"instrument": "BTC-USD", "channels": ["reference"]}), "forbidden"),
        (json!({"instrument": "BTC-USD", "channels": ["overrides"]}), "forbidden"),
        (json!({"instrument": "BTC-USD", "channels": ["gossip"]}), "unknown-channel"),
        (json!({"instrument": "BTC-USD", "channels": []}), "out-of-domain"),
        (json!({"instrument": "DOGE", "channels": ["ticks"]}), "unknown-instrument"),
        (json!({"instrument": "BTC-USD"}), "malformed"),
        (json!({"instrument": "BTC-USD", "channels": ["ticks"], "speed": 1}), "malformed"),
        (json!(7), "malformed"),
    ] {
        let answer = client.ask("subscribe", body.clone()).await;
        assert_eq!(answer["error"]["code"], json!(code), "{body}: {answer}");
    }
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rest_gives_what_the_stream_gives() {
    let folder = tempfile::tempdir().unwrap();
    let service = Live::start(folder.path()).await;
    sleep(Duration::from_millis(400)).await;
    let at = service.address;
    let ticks = get(at, "/v1/instruments/BTC-USD/ticks?from_seq=1&limit=20").await;
    assert_eq!(ticks.status, 200);
    let mut held = Vec::new();
    join(&mut held, &ticks.json());
    let (mut client, hello) = Client::connect(at).await;
    let answer = client.ask("subscribe", subscribe(Some((hello["session"].as_str().unwrap(), 0)))).await;
    assert_eq!(seqs(&answer["ticks"]).2[..20], held[..]);
    let candles = get(at, "/v1/instruments/BTC-USD/candles?interval=1m&limit=5").await.json();
    assert_eq!(candles[0]["open"].as_f64(), Some(held[0]));
    let instruments = get(at, "/v1/instruments").await.json();
    let book = json!({"daily_volatility": 0.042, "daily_volume": 25000.0, "impact": 1.0, "resilience_half_life_s": 600.0,
        "spread_bp": 1.0});
    assert_eq!(
        instruments[0],
        json!({"id": "BTC-USD", "base": "BTC", "quote": "USD", "tick_size": 0.01, "lot_size": 0.00001, "model": "cascade",
            "preset": "btc", "book": book})
    );
    for (path, status, detail) in [
        ("/v1/instruments/DOGE", 404, "instrument = \"DOGE\" is not one of this market's"),
        ("/v1/instruments/DOGE/stats", 404, "instrument = \"DOGE\" is not one of this market's"),
        (
            "/v1/instruments/BTC-USD/candles?interval=2m",
            422,
            "interval = \"2m\" is none of 1s, 5s, 15s, 1m, 5m, 15m, 1h, 4h, 1d",
        ),
        ("/v1/instruments/BTC-USD/ticks?limit=0", 422, "limit = 0 is outside [1, 10000]"),
        (
            "/v1/instruments/BTC-USD/ticks?limit=x",
            400,
            "Failed to deserialize query string: limit: invalid digit found in string",
        ),
        ("/v1/nothing", 404, "no such path"),
    ] {
        let answer = get(at, path).await;
        assert_eq!((answer.status, answer.header("content-type")), (status, "application/problem+json"), "{path}");
        let problem = answer.json();
        assert_eq!(problem["instance"].as_str(), Some(answer.header("x-request-id")), "{path}");
        assert_eq!((problem["detail"].as_str(), problem["status"].as_u64()), (Some(detail), Some(u64::from(status))));
    }
    let whole = get(at, "/v1/session").await.text() + &get(at, "/v1/instruments/BTC-USD").await.text();
    assert!(!whole.contains("seed") && !whole.contains("reference"), "{whole}");
    assert_eq!((get(at, "/livez").await.status, get(at, "/readyz").await.status), (200, 200));
    service.stop().await;
}
