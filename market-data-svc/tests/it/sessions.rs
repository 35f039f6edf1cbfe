//! One session after another: on the wire, on the disk, and with flags that contradict what is there.

use std::time::Duration;

use market_data_svc::service::{Service, ServiceError};
use serde_json::{Value, json};
use test_support::http::request;
use test_support::socket::Client;
use tokio::time::sleep;

use crate::live::{Live, join, rounded};
use crate::support::read;

#[tokio::test(flavor = "multi_thread")]
async fn a_new_session_takes_the_stream_over() {
    let folder = tempfile::tempdir().unwrap();
    let live = Live::start(folder.path()).await;
    let (mut client, hello) = Client::connect_as(live.address, &live.admin).await;
    let asked = json!({"instrument": "BTC-USD", "channels": ["ticks", "candles:1s", "overrides"],
        "resume": {"session": hello["session"], "seq": 0}});
    let mut old = Vec::new();
    join(&mut old, &client.ask("subscribe", asked).await["ticks"]);
    live.intervene(json!({"kind": "shock", "log_return": 0.01, "permanent_fraction": 1})).await;
    sleep(Duration::from_millis(100)).await;
    let begun = live.post("/v1/sessions", json!({"seed": "7", "spot": 500, "volatility": 0.1, "speed": 2})).await;
    assert_eq!(begun.status, 201, "{}", begun.text());
    let begun = begun.json();
    assert_ne!(begun["session"], hello["session"]);
    assert_eq!((&begun["seed"], &begun["practice"], &begun["seq"]), (&json!("7"), &json!(true), &json!(0)));
    let told = client.event("session").await;
    assert_eq!((&told["session"], &told["clock"]["speed"]), (&begun["session"], &json!(2.0)));
    // What came before the event belongs to the old session, what comes after it to the new one.
    for (_, batch) in client.events.drain(..).filter(|(name, _)| name == "ticks").collect::<Vec<_>>() {
        assert_eq!(batch["session"], hello["session"]);
        join(&mut old, &batch);
    }
    let mut new = Vec::new();
    for _ in 0..5 {
        let batch = client.event("ticks").await;
        assert_eq!(batch["session"], begun["session"]);
        join(&mut new, &batch);
    }
    assert!((new[0] - 500.0).abs() < 1.0);
    let candles = client.event("candles").await;
    assert!(candles["candles"][0]["open"].as_f64().unwrap() < 600.0);
    assert_eq!(live.get("/v1/instruments/BTC-USD/interventions").await.json(), json!([]));
    let bad = live.post("/v1/sessions", json!({"volatility": -1})).await;
    assert_eq!((bad.status, &bad.json()["errors"][0]["pointer"]), (422, &json!("/volatility")));
    live.stop().await;
    let archived = folder.path().join(format!("sessions/{}.jsonl", hello["session"].as_str().unwrap()));
    let archived = std::fs::read(archived).unwrap();
    assert!(read(&archived).has_ended(), "it was closed");
    assert!(rounded(&archived)[..old.len()] == old[..]);
    let current = std::fs::read(folder.path().join("session.jsonl")).unwrap();
    assert!(rounded(&current)[..new.len()] == new[..]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_asked_for_is_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let live = Live::start(folder.path()).await;
    live.post("/v1/clock", json!({"running": false, "speed": 3})).await;
    let price = live.get("/v1/instruments/BTC-USD").await.json()["state"]["price"].clone();
    let begun = live.post("/v1/sessions", json!({})).await.json();
    assert!(begun["seed"].as_str().unwrap().starts_with("0x") && begun["practice"] == json!(false), "{begun}");
    assert_eq!(begun["clock"], json!({"running": true, "speed": 3.0}));
    let now = live.get("/v1/instruments/BTC-USD").await.json();
    assert_eq!((&now["parameters"]["spot"], &now["parameters"]["volatility"]), (&price, &json!(0.8)));
    live.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_request_begins_one_session_and_releases_once() {
    let folder = tempfile::tempdir().unwrap();
    let live = Live::start(folder.path()).await;
    let keyed = |method: &str, path: &str, key: &str| {
        request(method, live.address, path).bearer(&live.admin).header("Idempotency-Key", key)
    };
    live.intervene(json!({"kind": "set_drift", "mu": 9})).await;
    sleep(Duration::from_millis(60)).await;
    let all = "/v1/instruments/BTC-USD/interventions";
    let released = keyed("DELETE", all, "r").send().await.json();
    assert_eq!(released.as_array().unwrap().len(), 1);
    assert_eq!(keyed("DELETE", all, "r").send().await.json(), released);
    assert_eq!(keyed("DELETE", all, "other").send().await.json(), json!([]));
    let begun = keyed("POST", "/v1/sessions", "s").json(&json!({})).send().await.json();
    let again = keyed("POST", "/v1/sessions", "s").json(&json!({})).send().await.json();
    assert_eq!((&begun["session"], &begun["seed"]), (&again["session"], &again["seed"]));
    assert_eq!(std::fs::read_dir(folder.path().join("sessions")).unwrap().count(), 1);
    // Its key for something else is a conflict, and begins nothing.
    let other = keyed("POST", "/v1/sessions", "s").json(&json!({"seed": "8"})).send().await;
    assert_eq!(other.status, 409, "{}", other.text());
    let journal = live.get("/v1/journal").await.body;
    let replay = keyed("POST", "/v1/sessions/replay", "s").body("application/jsonl", journal).send().await;
    assert_eq!(replay.status, 409, "{}", replay.text());
    assert_eq!(live.get("/v1/session").await.json()["session"], begun["session"]);
    // What was released is the old session's; asked again, the new one has nothing to release, and says so at once.
    assert_eq!(keyed("DELETE", all, "r").send().await.json(), json!([]));
    live.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_session_runs_whatever_clock_the_old_one_had() {
    let folder = tempfile::tempdir().unwrap();
    let live = Live::start(folder.path()).await;
    live.post("/v1/clock", json!({"running": false, "speed": 100})).await;
    live.stop().await;
    let mut config = Live::config(folder.path());
    config.new_session = true;
    drop(Service::open(&config).map(|_| ()));
    let live = Live::start(folder.path()).await;
    let status = live.get("/v1/status").await.json();
    assert_eq!((&status["running"], &status["speed"]), (&json!(true), &json!(1.0)));
    live.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_market_stays_paused_over_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let live = Live::start(folder.path()).await;
    let paused = live.post("/v1/clock", json!({"running": false, "speed": 5})).await.json();
    assert_eq!((&paused["running"], &paused["speed"]), (&json!(false), &json!(5.0)));
    live.stop().await;
    let live = Live::start(folder.path()).await;
    let (_, hello) = Client::connect(live.address).await;
    assert_eq!(hello["clock"], json!({"running": false, "speed": 5.0}));
    let before = live.get("/v1/status").await.json();
    sleep(Duration::from_millis(200)).await;
    assert_eq!(live.get("/v1/status").await.json()["tick"], before["tick"]);
    live.stop().await;
}

#[test]
fn flags_that_contradict_the_session_are_refused_and_a_new_one_is_begun_only_if_asked() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Live::config(folder.path());
    let first = Service::open(&config).map(|service| service.session().to_owned()).unwrap();
    let journal = folder.path().join("session.jsonl");
    let bytes = std::fs::read(&journal).unwrap();
    config.market.volatility = Some(0.3);
    let error = Service::open(&config).map(|_| ()).unwrap_err();
    assert!(matches!(error, ServiceError::Contradiction(_)));
    assert_eq!(
        error.to_string(),
        "--volatility says volatility = 0.3, but the session here has volatility = 0.8: \
         leave the flag out, or put that session away with --new-session"
    );
    assert_eq!(std::fs::read(&journal).unwrap(), bytes);
    // A new session whose flags are wrong moves nothing.
    config.new_session = true;
    config.market.volatility = Some(-1.0);
    assert!(matches!(Service::open(&config).map(|_| ()).unwrap_err(), ServiceError::Setup(_)));
    assert_eq!(std::fs::read(&journal).unwrap(), bytes);
    config.market.volatility = Some(0.3);
    let second = Service::open(&config).map(|service| service.session().to_owned()).unwrap();
    assert_ne!(first, second);
    assert_eq!(std::fs::read(folder.path().join(format!("sessions/{first}.jsonl"))).unwrap(), bytes);
    config.new_session = false;
    assert_eq!(Service::open(&config).map(|service| service.session().to_owned()).unwrap(), second);
}

#[test]
fn another_value_version_is_refused_by_name_and_can_be_put_away() {
    let folder = tempfile::tempdir().unwrap();
    let config = Live::config(folder.path());
    Service::open(&config).map(|_| ()).unwrap();
    let journal = folder.path().join("session.jsonl");
    // Sealed anew, as a release of another version would have written it.
    let text = std::fs::read_to_string(&journal).unwrap();
    let mut header: Value = serde_json::from_str(&text).unwrap();
    header.as_object_mut().unwrap().remove("hash");
    header["value_version"] = json!(99);
    let (sealed, _) = gbm_core::journal::Chain::default().seal(&header).unwrap();
    std::fs::write(&journal, sealed.clone() + "\n").unwrap();
    let error = Service::open(&config).map(|_| ()).unwrap_err();
    assert!(matches!(error, ServiceError::Version { .. }));
    assert!(error.to_string().contains("value_version = 99: this build produces version 1"), "{error}");
    assert!(error.to_string().contains("--new-session"), "{error}");
    let mut anew = config.clone();
    anew.new_session = true;
    Service::open(&anew).map(|_| ()).unwrap();
    let kept: Vec<_> = std::fs::read_dir(folder.path().join("sessions")).unwrap().collect();
    let kept = std::fs::read_to_string(kept[0].as_ref().unwrap().path()).unwrap();
    assert_eq!(kept, sealed + "\n", "nothing is deleted");
}
