//! The service on a real socket: snapshot and stream join, disconnects lose nothing, a restart is the same session.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use gbm_core::journal::Replay;
use market_api::instrument::TickSize;
use market_data_svc::market::{ClockChange, MarketHandle};
use market_data_svc::service::{Config, ServiceError, run};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::client::{Client, get};
use crate::support::{market, read, shock};

struct Service {
    address: SocketAddr,
    market: MarketHandle,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), ServiceError>>,
}

/// A socket below the ports that the system hands out by itself.
async fn listener() -> TcpListener {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let offset = u16::try_from(std::process::id() % 8000).unwrap();
    loop {
        let port = 21_000 + (offset + NEXT.fetch_add(1, Ordering::Relaxed)) % 10_000;
        if let Ok(listener) = TcpListener::bind(("127.0.0.1", port)).await {
            return listener;
        }
    }
}

impl Service {
    async fn start(folder: &Path, session: &str) -> Self {
        let listener = listener().await;
        let address = listener.local_addr().unwrap();
        let config = Config {
            data_directory: folder.to_owned(),
            market: market(42, 10),
            session: session.into(),
            tick_size: TickSize::new(1, 2).unwrap(),
        };
        let (stop, stopped) = oneshot::channel::<()>();
        let (give, ready) = oneshot::channel();
        let shutdown = async move { drop(stopped.await) };
        let task = tokio::spawn(run(listener, config, |market| drop(give.send(market)), shutdown));
        Self { address, market: ready.await.unwrap(), stop, task }
    }

    async fn stop(self) {
        self.stop.send(()).unwrap();
        self.task.await.unwrap().unwrap();
    }
}

fn seqs(batch: &Value) -> (u64, u64, Vec<f64>) {
    let prices = batch["price"].as_array().unwrap().iter().map(|price| price.as_f64().unwrap()).collect();
    (batch["prev_seq"].as_u64().unwrap(), batch["seq0"].as_u64().unwrap(), prices)
}

/// Appends a batch to what a client holds; it must fit without hole or overlap.
#[track_caller]
fn join(held: &mut Vec<f64>, batch: &Value) {
    let (prev, first, prices) = seqs(batch);
    assert_eq!((prev, first), (held.len() as u64, held.len() as u64 + 1), "a hole or an overlap");
    held.extend(prices);
}

fn subscribe(resume: Option<(&str, u64)>) -> Value {
    let mut body = json!({"instrument": "BTC-USD", "channels": ["ticks", "candles:1s", "stats"]});
    if let Some((session, seq)) = resume {
        body["resume"] = json!({"session": session, "seq": seq});
    }
    body
}

/// The prices of a journal, rounded as on the wire.
fn rounded(folder: &Path) -> Vec<f64> {
    let journal = read(&std::fs::read(folder.join("session.jsonl")).unwrap());
    let cents = TickSize::new(1, 2).unwrap();
    Replay::new(&journal).map(|tick| cents.round(tick.unwrap().price)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn disconnects_with_resume_lose_nothing_and_repeat_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(folder.path(), "s1").await;
    service.market.clock(ClockChange::Speed(5.0)).await.unwrap();
    let mut held = Vec::new();
    for round in 0..50 {
        let (mut client, hello) = Client::connect(service.address).await;
        assert_eq!((hello["session"].as_str(), hello["practice"].as_bool()), (Some("s1"), Some(true)));
        let answer = client.ask("subscribe", subscribe(Some(("s1", held.len() as u64)))).await;
        assert_eq!(answer["expired"], json!(false), "{answer}");
        assert_eq!(answer["channels"], json!(["candles:1s", "stats", "ticks"]));
        join(&mut held, &answer["ticks"]);
        for _ in 0..round % 4 {
            let batch = client.event("ticks").await;
            join(&mut held, &batch);
        }
        if round % 10 == 0 {
            service.market.intervene(shock(0.01), "admin", "").await.unwrap();
        }
        client.cut();
    }
    service.stop().await;
    let journal = rounded(folder.path());
    assert!(held.len() > 200 && journal[..held.len()] == held[..], "what clients saw is what the journal gives");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_is_the_same_session() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(folder.path(), "s1").await;
    let (mut client, _) = Client::connect(service.address).await;
    let mut held = Vec::new();
    let answer = client.ask("subscribe", subscribe(Some(("s1", 0)))).await;
    join(&mut held, &answer["ticks"]);
    for _ in 0..10 {
        join(&mut held, &client.event("ticks").await);
    }
    let locked = Config {
        data_directory: folder.path().to_owned(),
        market: market(1, 10),
        session: "x".into(),
        tick_size: TickSize::new(1, 2).unwrap(),
    };
    let second = run(listener().await, locked, |_| (), std::future::pending()).await;
    assert!(matches!(second, Err(ServiceError::Store(_))), "the directory is in use");
    service.stop.send(()).unwrap();
    client.event("draining").await;
    service.task.await.unwrap().unwrap();

    let service = Service::start(folder.path(), "another").await;
    let (mut client, hello) = Client::connect(service.address).await;
    assert_eq!(hello["session"], json!("s1"), "the session that is there goes on");
    let answer = client.ask("subscribe", subscribe(Some(("s1", held.len() as u64)))).await;
    assert_eq!(answer["expired"], json!(false));
    join(&mut held, &answer["ticks"]);
    join(&mut held, &client.event("ticks").await);
    service.stop().await;
    assert!(rounded(folder.path())[..held.len()] == held[..]);
}

#[tokio::test(flavor = "multi_thread")]
async fn channels_send_what_their_names_say() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(folder.path(), "s1").await;
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
    let service = Service::start(folder.path(), "s1").await;
    sleep(Duration::from_millis(400)).await;
    let at = service.address;
    let (status, _, ticks) = get(at, "/v1/instruments/BTC-USD/ticks?from_seq=1&limit=20").await;
    assert_eq!(status, 200);
    let mut held = Vec::new();
    join(&mut held, &ticks);
    let (mut client, _) = Client::connect(at).await;
    let answer = client.ask("subscribe", subscribe(Some(("s1", 0)))).await;
    assert_eq!(seqs(&answer["ticks"]).2[..20], held[..]);
    let (_, _, candles) = get(at, "/v1/instruments/BTC-USD/candles?interval=1m&limit=5").await;
    assert_eq!(candles[0]["open"].as_f64(), Some(held[0]));
    let (_, _, instruments) = get(at, "/v1/instruments").await;
    assert_eq!(
        instruments[0],
        json!({"id": "BTC-USD", "base": "BTC", "quote": "USD", "tick_size": 0.01, "model": "gbm"})
    );
    for (path, status, detail) in [
        ("/v1/instruments/DOGE", 404, "instrument = \"DOGE\" is not one of this market's"),
        ("/v1/instruments/DOGE/stats", 404, "instrument = \"DOGE\" is not one of this market's"),
        (
            "/v1/instruments/BTC-USD/candles?interval=2m",
            422,
            "interval = \"2m\" is none of 1s, 5s, 15s, 1m, 5m, 15m, 1h, 4h, 1d",
        ),
        ("/v1/instruments/BTC-USD/ticks?limit=0", 422, "limit = 0 is outside [1, 100000]"),
        (
            "/v1/instruments/BTC-USD/ticks?limit=x",
            422,
            "Failed to deserialize query string: limit: invalid digit found in string",
        ),
        ("/v1/nothing", 404, "no such path"),
    ] {
        let (found, kind, problem) = get(at, path).await;
        assert_eq!((found, kind.as_str()), (status, "application/problem+json"), "{path}");
        assert_eq!((problem["detail"].as_str(), problem["status"].as_u64()), (Some(detail), Some(u64::from(status))));
    }
    let whole = serde_json::to_string(&[get(at, "/v1/session").await.2, get(at, "/readyz").await.2]).unwrap();
    assert!(!whole.contains("seed") && !whole.contains("reference"), "{whole}");
    assert_eq!(get(at, "/livez").await.0, 200);
    service.stop().await;
}
