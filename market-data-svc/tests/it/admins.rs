//! What only an admin may read and do, on real sockets: authority, answers, errors, and that nothing is half applied.

use std::time::Duration;

use market_api::auth::Role;
use serde_json::{Value, json};
use svc_common::token::Signer;
use test_support::http::{Answer, Request, get, request};
use test_support::socket::Client;
use tokio::time::sleep;

use crate::live::{INTERVENTIONS, Live, join, rounded};
use crate::support::{commands, read};

/// Every route that only admins may take, with a body that would do.
fn routes() -> Vec<(&'static str, &'static str, Option<Value>)> {
    let shock = json!({"body": {"kind": "shock", "log_return": 0.1, "permanent_fraction": 1}});
    vec![
        ("POST", INTERVENTIONS, Some(shock)),
        ("GET", INTERVENTIONS, None),
        ("DELETE", INTERVENTIONS, None),
        ("DELETE", "/v1/instruments/BTC-USD/interventions/1", None),
        ("GET", "/v1/instruments/BTC-USD/reference?interval=1s", None),
        ("POST", "/v1/instruments/BTC-USD/preview", Some(json!({"commands": [], "horizon_s": 1}))),
        ("GET", "/v1/instruments/BTC-USD/attribution", None),
        ("POST", "/v1/instruments/BTC-USD/forks", Some(json!({"at": 0, "edits": []}))),
        ("GET", "/v1/scenarios", None),
        ("POST", "/v1/scenarios", Some(json!({"instrument": "BTC-USD", "from": 0, "to": 1, "name": "x"}))),
        ("PUT", "/v1/scenarios/x", Some(json!({"toml": "name = \"x\""}))),
        ("DELETE", "/v1/scenarios/x", None),
        ("POST", "/v1/instruments/BTC-USD/runs", Some(json!({"scenario": "calm"}))),
        ("POST", "/v1/instruments/BTC-USD/runs/preview", Some(json!({"scenario": "calm"}))),
        ("DELETE", "/v1/instruments/BTC-USD/runs/1", None),
        ("GET", "/v1/jobs/1", None),
        ("DELETE", "/v1/jobs/1", None),
        ("GET", "/v1/journal", None),
        ("GET", "/v1/status", None),
        ("POST", "/v1/clock", Some(json!({"running": false}))),
        ("POST", "/v1/sessions", Some(json!({}))),
    ]
}

#[track_caller]
fn is_problem(answer: &Answer, status: u16, slug: &str) -> Value {
    let problem = answer.json();
    assert_eq!(answer.status, status, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(problem["type"], json!(format!("urn:algo-trading:problem:{slug}")), "{problem}");
    problem
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_an_admin_reads_or_changes_anything() {
    let folder = tempfile::tempdir().unwrap();
    let live = Live::start(folder.path()).await;
    let before = live.get("/v1/status").await.json();
    let elsewhere = tempfile::tempdir().unwrap();
    let stranger = Signer::open(elsewhere.path()).unwrap();
    let forged = stranger.sign("admin", Role::Admin, Duration::from_mins(1)).unwrap().token;
    let expired = Signer::open(folder.path()).unwrap().sign("admin", Role::Admin, Duration::ZERO).unwrap().token;
    let none = format!("eyJhbGciOiJub25lIn0.{}.", live.admin.split('.').nth(1).unwrap());
    for (method, path, body) in routes() {
        let with = |token: Option<&str>| {
            let asked = request(method, live.address, path);
            let asked = body.iter().fold(asked, Request::json);
            token.iter().fold(asked, |asked, token| asked.bearer(token)).send()
        };
        for token in [None, Some(forged.as_str()), Some(&none), Some("nonsense"), Some("")] {
            is_problem(&with(token).await, 401, "unauthorized");
        }
        is_problem(&with(Some(&live.trader)).await, 403, "forbidden");
        let query = format!("{path}{}token={}", if path.contains('?') { '&' } else { '?' }, live.admin);
        is_problem(&request(method, live.address, &query).send().await, 401, "unauthorized");
    }
    sleep(Duration::from_secs(6)).await;
    is_problem(&request("GET", live.address, "/v1/status").bearer(&expired).send().await, 401, "unauthorized");
    let after = live.get("/v1/status").await.json();
    assert_eq!((&after["running"], &after["speed"]), (&before["running"], &before["speed"]));
    assert_eq!(live.get(INTERVENTIONS).await.json(), json!([]));
    for path in ["/v1/session", "/v1/instruments/BTC-USD", "/v1/instruments"] {
        for text in
            [get(live.address, path).await, request("GET", live.address, path).bearer(&live.trader).send().await]
        {
            let text = text.text();
            assert!(!["seed", "reference", "parameters", "state"].iter().any(|word| text.contains(word)), "{text}");
        }
    }
    assert_eq!(live.get("/v1/session").await.json()["seed"], json!("42"));
    assert_eq!(live.get("/v1/instruments/BTC-USD").await.json()["parameters"]["volatility"], json!(0.8));
    for token in [&forged, &none, "x"] {
        let refused = Client::try_connect(live.address, Some(token)).await.map(|_| ()).unwrap_err();
        assert!(refused.starts_with("unauthorized: "), "{refused}");
    }
    for channels in [json!(["reference"]), json!(["ticks", "overrides"])] {
        let asked = json!({"instrument": "BTC-USD", "channels": channels});
        for token in [None, Some(live.trader.as_str())] {
            let (mut client, _) = Client::try_connect(live.address, token).await.unwrap();
            assert_eq!(client.ask("subscribe", asked.clone()).await["error"]["code"], json!("forbidden"));
        }
    }
    live.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn foreign_hosts_and_origins_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let live = Live::start(folder.path()).await;
    for path in ["/v1/session", "/socket.io/?EIO=4&transport=polling", "/livez"] {
        let asked = || request("GET", live.address, path);
        assert_eq!(asked().header("Host", "evil.example").send().await.status, 421, "{path}");
        assert_eq!(asked().header("Origin", "http://evil.example").send().await.status, 403, "{path}");
        assert_eq!(asked().header("Origin", "null").send().await.status, 403, "{path}");
        assert_eq!(asked().send().await.status, 200, "{path}");
    }
    live.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_request_says_what_is_wrong_and_leaves_no_trace() {
    let folder = tempfile::tempdir().unwrap();
    let live = Live::start(folder.path()).await;
    let check = |body: Value, status: u16, slug: &'static str, detail: &'static str, pointer: &'static str| {
        let answer = live.post(INTERVENTIONS, body);
        async move {
            let problem = is_problem(&answer.await, status, slug);
            assert!(problem["detail"].as_str().unwrap().contains(detail), "{problem}");
            if !pointer.is_empty() {
                assert_eq!(problem["errors"][0]["pointer"], json!(pointer), "{problem}");
            }
        }
    };
    let body = |body: Value| json!({ "body": body });
    let sigma = body(json!({"kind": "set_volatility", "sigma": -1}));
    check(sigma, 422, "out-of-domain", "sigma = -1 is outside [0, 100]", "/body/sigma").await;
    let price = body(json!({"kind": "set_price", "price": 0}));
    check(price, 422, "out-of-domain", "price = 0 is outside", "/body/price").await;
    let half_life = body(json!({"kind": "shock", "log_return": 0.1, "permanent_fraction": 0.5}));
    check(half_life, 422, "out-of-domain", "half_life_s is missing", "").await;
    let empties =
        json!({"kind": "inject_liquidity", "side": "both", "quantity": -1e9, "within": 0.01, "half_life_s": 60});
    check(body(empties), 422, "out-of-domain", "quantity makes the book", "").await;
    check(body(json!({"kind": "set_mood"})), 400, "malformed", "unknown variant `set_mood`", "/body/kind").await;
    let unknown = json!({"body": {"kind": "set_price", "price": 1}, "mood": 1});
    check(unknown, 400, "malformed", "unknown field `mood`", "/mood").await;
    let inner = body(json!({"kind": "set_price", "price": 1, "mood": 1}));
    check(inner, 400, "malformed", "unknown field `mood`", "/body").await;
    check(json!([]), 400, "malformed", "the body can't be read", "").await;
    let both = json!({"body": {"kind": "set_price", "price": 1}, "tick": 100_000, "time_ms": 5});
    check(both, 422, "out-of-domain", "tick and time_ms are both given", "").await;
    let past = json!({"body": {"kind": "set_price", "price": 1}, "tick": 1});
    sleep(Duration::from_millis(50)).await;
    check(past, 422, "out-of-domain", "tick = 1 is in the past", "").await;
    let reason = json!({"body": {"kind": "set_price", "price": 1}, "reason": "x".repeat(501)});
    check(reason, 422, "out-of-domain", "reason has 501 characters", "").await;
    check(body(json!({"kind": "cancel", "id": 99})), 404, "not-found", "id = 99 is not a known", "").await;

    let at = live.address;
    let post = |path: &str| request("POST", at, path).bearer(&live.admin);
    is_problem(
        &post("/v1/instruments/DOGE/interventions")
            .json(&json!({"body": {"kind": "set_price", "price": 1}}))
            .send()
            .await,
        404,
        "unknown-instrument",
    );
    is_problem(&post(INTERVENTIONS).body("application/json", "{").send().await, 400, "malformed");
    is_problem(&post(INTERVENTIONS).body("text/plain", "{}").send().await, 415, "unsupported-media-type");
    is_problem(&post(INTERVENTIONS).body("application/json", vec![b' '; 70_000]).send().await, 413, "too-large");
    is_problem(&post("/v1/clock").json(&json!({"speed": 0})).send().await, 422, "out-of-domain");
    is_problem(&post("/v1/clock").json(&json!({})).send().await, 422, "out-of-domain");
    is_problem(&post("/v1/clock").json(&json!({"spede": 2})).send().await, 400, "malformed");
    is_problem(&live.delete("/v1/instruments/BTC-USD/interventions/0").await, 404, "not-found");
    is_problem(&live.delete("/v1/instruments/BTC-USD/interventions/x").await, 404, "not-found");
    is_problem(&request("PUT", at, "/v1/clock").bearer(&live.admin).send().await, 405, "method-not-allowed");
    let twice = post(INTERVENTIONS).header("Idempotency-Key", "a").header("Idempotency-Key", "b");
    is_problem(&twice.json(&json!({"body": {"kind": "set_price", "price": 1}})).send().await, 400, "malformed");
    let spaced = post(INTERVENTIONS).header("Idempotency-Key", "a b");
    is_problem(&spaced.json(&json!({"body": {"kind": "set_price", "price": 1}})).send().await, 400, "malformed");
    assert_eq!(live.get(INTERVENTIONS).await.json(), json!([]));
    live.stop().await;
    let journal = read(&std::fs::read(folder.path().join("session.jsonl")).unwrap());
    assert!(commands(&journal).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_makes_a_repetition_one_intervention_even_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let live = Live::start(folder.path()).await;
    let asked = |live: &Live, key: &str, price: f64| {
        let asked = request("POST", live.address, INTERVENTIONS).bearer(&live.admin).header("Idempotency-Key", key);
        asked.json(&json!({"body": {"kind": "set_price", "price": price}})).send()
    };
    let (first, second) = tokio::join!(asked(&live, "k-1", 5e4), asked(&live, "k-1", 5e4));
    assert_eq!((first.status, first.json()), (202, second.json()));
    sleep(Duration::from_millis(100)).await;
    assert_eq!(asked(&live, "k-1", 5e4).await.json(), first.json());
    is_problem(&asked(&live, "k-1", 6e4).await, 409, "conflict");
    assert_ne!(asked(&live, "k-2", 6e4).await.json(), first.json());
    live.stop().await;
    let live = Live::start(folder.path()).await;
    assert_eq!(asked(&live, "k-1", 5e4).await.json(), first.json());
    assert_eq!(live.get(INTERVENTIONS).await.json().as_array().unwrap().len(), 2);
    live.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn interventions_are_told_as_they_come_act_and_end() {
    let folder = tempfile::tempdir().unwrap();
    let live = Live::start(folder.path()).await;
    let (mut client, _) = Client::connect_as(live.address, &live.admin).await;
    let asked = json!({"instrument": "BTC-USD", "channels": ["ticks", "reference", "overrides"]});
    let answer = client.ask("subscribe", asked).await;
    assert_eq!(answer["channels"], json!(["overrides", "reference", "ticks"]));
    assert_eq!(answer["reference"]["reference"], answer["ticks"]["price"], "nothing has been done yet");
    let calm = live.intervene(json!({"kind": "set_volatility", "sigma": 0.2})).await;
    let inject =
        json!({"kind": "inject_liquidity", "side": "bid", "quantity": 5000, "within": 0.01, "half_life_s": 0.01});
    let inject = live.intervene(inject).await;
    let mut states = Vec::new();
    while states.last() != Some(&(inject["id"].clone(), json!("ended"))) {
        let update = client.event("overrides").await;
        for told in update["overrides"].as_array().unwrap() {
            states.push((told["id"].clone(), told["state"].clone()));
            if told["id"] == calm["id"] && told["state"] == json!("active") {
                assert_eq!((&told["before"], &told["after"]), (&json!(0.8), &json!(0.2)));
                assert_eq!((&told["actor"], &told["tick"]), (&json!("admin"), &calm["tick"]));
            }
        }
    }
    for (id, sequence) in
        [(&calm["id"], vec!["scheduled", "active"]), (&inject["id"], vec!["scheduled", "active", "ended"])]
    {
        let seen: Vec<&str> =
            states.iter().filter(|(of, _)| of == id).map(|(_, state)| state.as_str().unwrap()).collect();
        assert_eq!(seen, sequence);
    }
    // The reference parts from the price, row by row of the same batches.
    let (ticks, reference) = (client.event("ticks").await, client.event("reference").await);
    assert_eq!((&ticks["session"], &reference["dt"]), (&update_session(&live).await, &json!(10)));
    let released = live.delete(&format!("{INTERVENTIONS}/{}", calm["id"])).await;
    assert_eq!(released.status, 202);
    sleep(Duration::from_millis(100)).await;
    is_problem(&live.delete(&format!("{INTERVENTIONS}/{}", calm["id"])).await, 409, "conflict");
    is_problem(&live.delete(&format!("{INTERVENTIONS}/{}", inject["id"])).await, 409, "conflict");
    live.intervene(json!({"kind": "set_drift", "mu": 9})).await;
    live.intervene(json!({"kind": "set_drift", "mu": 8, "ramp_s": 50})).await;
    let later = json!({"body": {"kind": "set_price", "price": 1}, "tick": 100_000, "reason": "one day"});
    assert_eq!(live.post(INTERVENTIONS, later).await.status, 202);
    sleep(Duration::from_millis(100)).await;
    let active = live.get(&format!("{INTERVENTIONS}?active=true")).await.json();
    let states: Vec<&Value> = active.as_array().unwrap().iter().map(|told| &told["state"]).collect();
    assert_eq!(states, ["superseded", "active", "scheduled"]);
    assert_eq!(live.delete(INTERVENTIONS).await.json().as_array().unwrap().len(), 3);
    sleep(Duration::from_millis(100)).await;
    assert_eq!(live.get(&format!("{INTERVENTIONS}?active=true")).await.json(), json!([]));
    let state = live.get("/v1/instruments/BTC-USD").await.json();
    assert_eq!((&state["state"]["drift"], &state["state"]["volatility"]), (&json!(0.5), &json!(0.8)));
    let all = live.get(INTERVENTIONS).await.json();
    let last: Vec<(&str, &str)> = all
        .as_array()
        .unwrap()
        .iter()
        .map(|told| (told["body"]["kind"].as_str().unwrap(), told["state"].as_str().unwrap()))
        .collect();
    assert_eq!(last[0], ("set_volatility", "cancelled"));
    live.stop().await;
    // A restart tells the same story, from the journal alone.
    let live = Live::start(folder.path()).await;
    assert_eq!(live.get(INTERVENTIONS).await.json(), all);
    live.stop().await;
}

async fn update_session(live: &Live) -> Value {
    live.get("/v1/session").await.json()["session"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_is_a_closed_journal_of_what_clients_saw() {
    let folder = tempfile::tempdir().unwrap();
    let live = Live::start(folder.path()).await;
    let (mut client, hello) = Client::connect(live.address).await;
    let session = hello["session"].clone();
    let from_start = json!({"instrument": "BTC-USD", "channels": ["ticks"], "resume": {"session": session, "seq": 0}});
    let mut held = Vec::new();
    join(&mut held, &client.ask("subscribe", from_start).await["ticks"]);
    for round in 0..20 {
        live.intervene(json!({"kind": "shock", "log_return": 0.01, "permanent_fraction": 1})).await;
        join(&mut held, &client.event("ticks").await);
        let journal = live.get("/v1/journal").await;
        assert_eq!(journal.status, 200);
        assert!(journal.header("content-disposition").contains(session.as_str().unwrap()));
        let whole = read(&journal.body);
        assert!(whole.has_ended() && whole.torn.is_none());
        assert_eq!(commands(&whole).len(), round + 1);
        let ticks = rounded(&journal.body);
        let both = held.len().min(ticks.len());
        assert!(ticks[..both] == held[..both] && both + 50 > held.len());
    }
    live.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_intervention_that_acts_is_told_however_many_came_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let live = Live::start(folder.path()).await;
    let calm = live.intervene(json!({"kind": "set_volatility", "sigma": 0.2})).await;
    for _ in 0..600 {
        live.intervene(json!({"kind": "set_price", "price": 1000})).await;
    }
    sleep(Duration::from_millis(100)).await;
    let held = async |live: &Live| {
        let (mut client, _) = Client::connect_as(live.address, &live.admin).await;
        let asked = json!({"instrument": "BTC-USD", "channels": ["overrides"]});
        let told = client.ask("subscribe", asked).await["overrides"].as_array().unwrap().clone();
        assert!(told.iter().any(|told| told["id"] == calm["id"] && told["state"] == json!("active")));
        assert_eq!(told.len(), 500);
    };
    held(&live).await;
    live.stop().await;
    let live = Live::start(folder.path()).await;
    held(&live).await;
    live.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_controller_that_is_replaced_has_ended_and_a_halt_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let live = Live::start(folder.path()).await;
    let state = async |id: &Value| {
        let all = live.get(INTERVENTIONS).await.json();
        all.as_array().unwrap().iter().find(|one| one["id"] == *id).unwrap()["state"].clone()
    };
    let first = live.intervene(json!({"kind": "pin", "price": 1e5})).await;
    let conflict = live.post(INTERVENTIONS, json!({"body": {"kind": "pin", "price": 9e4}})).await;
    let problem = is_problem(&conflict, 409, "conflict");
    assert!(problem["detail"].as_str().unwrap().contains("id = 1 is a pin over that time"), "{problem}");
    sleep(Duration::from_millis(100)).await;
    assert_eq!(state(&first["id"]).await, json!("active"));
    let second = live.intervene(json!({"kind": "pin", "price": 9e4, "on_conflict": "replace"})).await;
    sleep(Duration::from_millis(100)).await;
    assert_eq!((state(&first["id"]).await, state(&second["id"]).await), (json!("ended"), json!("active")));

    let halt = live.intervene(json!({"kind": "halt", "reopen": "freeze"})).await;
    sleep(Duration::from_millis(200)).await;
    let session = live.get("/v1/session").await.json();
    assert_eq!(session["halted"], json!(true), "{session}");
    let (tick, seq) = (session["tick"].as_u64().unwrap(), session["seq"].as_u64().unwrap());
    assert_eq!(seq, halt["tick"].as_u64().unwrap() - 1);
    assert!(tick > seq);
    assert_eq!(live.delete(&format!("{INTERVENTIONS}/{}", halt["id"])).await.status, 202);
    sleep(Duration::from_millis(200)).await;
    let session = live.get("/v1/session").await.json();
    assert!(session.get("halted").is_none() && session["seq"].as_u64().unwrap() > seq, "{session}");
    live.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_is_told_after_every_tick_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let live = Live::start(folder.path()).await;
    let (mut client, _) = Client::connect(live.address).await;
    client.ask("subscribe", json!({"instrument": "BTC-USD", "channels": ["ticks"]})).await;
    for _ in 0..20 {
        live.post("/v1/clock", json!({"running": true})).await;
        sleep(Duration::from_millis(37)).await;
        live.post("/v1/clock", json!({"running": false})).await;
        let paused = loop {
            let beat = client.event("heartbeat").await;
            if beat["clock"]["running"] == json!(false) {
                break beat;
            }
        };
        sleep(Duration::from_millis(40)).await;
        assert_eq!(paused["seq"]["BTC-USD"], live.get("/v1/session").await.json()["seq"], "it was told too early");
        // The next round's heartbeats come after its own start.
        live.post("/v1/clock", json!({"running": true})).await;
        while client.event("heartbeat").await["clock"]["running"] == json!(false) {}
    }
    live.stop().await;
}
