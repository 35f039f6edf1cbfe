//! Several instruments in one market: each is steered, told and kept by itself.

use serde_json::{Value, json};
use test_support::socket::Client;

use crate::live::{Live, seqs};

const ETH: &str = "/v1/instruments/ETH-USD";

async fn subscribed(client: &mut Client, instrument: &str, channels: Value) -> Value {
    client.ask("subscribe", json!({"instrument": instrument, "channels": channels})).await
}

fn ids(listed: &Value) -> Vec<u64> {
    listed.as_array().unwrap().iter().map(|one| one["id"].as_u64().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_intervention_on_one_leaves_the_other_alone() {
    let folder = tempfile::tempdir().unwrap();
    let live = Live::start(folder.path()).await;
    let (mut client, hello) = Client::connect(live.address).await;
    let names = hello["instruments"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect::<Vec<_>>();
    assert_eq!(names, [json!("BTC-USD"), json!("ETH-USD")]);
    assert_eq!(hello["instruments"][1]["preset"], "eth");
    let first = subscribed(&mut client, "ETH-USD", json!(["ticks"])).await;
    let (_, _, prices) = seqs(&first["ticks"]);
    assert!(prices.iter().all(|price| (3000.0..4000.0).contains(price)));

    let price = json!({"body": {"kind": "set_price", "price": 5000}});
    let on_eth = live.post(&format!("{ETH}/interventions"), price).await;
    assert_eq!(on_eth.status, 202, "{}", on_eth.text());
    let on_eth = on_eth.json();
    let on_btc = live.intervene(json!({"kind": "set_volatility", "sigma": 0.1})).await;
    live.tick(on_btc["tick"].as_u64().unwrap() + 5).await;

    let [btc, eth] = [live.get("/v1/instruments/BTC-USD").await.json(), live.get(ETH).await.json()];
    let moved = btc["state"]["price"].as_f64().unwrap() / btc["state"]["reference"].as_f64().unwrap();
    assert!((moved - 1.0).abs() < 0.01, "calmer, and nothing else: {moved}");
    let moved = eth["state"]["price"].as_f64().unwrap() / eth["state"]["reference"].as_f64().unwrap();
    assert!((moved / (5000.0 / 3500.0) - 1.0).abs() < 0.05, "{moved}");
    assert_eq!(btc["state"]["volatility"], 0.1);
    assert_eq!(eth["state"]["volatility"], 1.05);
    assert_eq!(eth["parameters"]["model"]["model"]["kind"], "cascade");

    // Each lists its own, and what is released of one stays with the other.
    let listed = live.get(&format!("{ETH}/interventions")).await.json();
    assert_eq!(ids(&listed), [on_eth["id"].as_u64().unwrap()]);
    assert_eq!(listed[0]["after"], 5000.0);
    assert_eq!(live.delete(&format!("{ETH}/interventions")).await.status, 202);
    let open = live.get("/v1/instruments/BTC-USD/interventions?active=true").await.json();
    assert_eq!(ids(&open), [on_btc["id"].as_u64().unwrap()]);

    // A part that the model hasn't is named.
    let regime = json!({"body": {"kind": "regime", "state": 0, "duration_s": 60}});
    let refused = live.post(&format!("{ETH}/interventions"), regime).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("regime"), "{}", refused.text());
    live.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_halt_of_one_withholds_its_ticks_alone_and_a_restart_keeps_both() {
    let folder = tempfile::tempdir().unwrap();
    let live = Live::start(folder.path()).await;
    let (mut client, _) = Client::connect(live.address).await;
    let halt = json!({"body": {"kind": "halt", "duration_s": 1e6, "reopen": "freeze"}});
    let halted = live.post(&format!("{ETH}/interventions"), halt).await;
    assert_eq!(halted.status, 202, "{}", halted.text());
    let tick = halted.json()["tick"].as_u64().unwrap();
    live.tick(tick + 50).await;
    let heartbeat = loop {
        let heartbeat = client.event("heartbeat").await;
        let is_later = heartbeat["seq"]["BTC-USD"].as_u64().unwrap() > tick + 40;
        if is_later && heartbeat["halts"] == json!(["ETH-USD"]) {
            break heartbeat;
        }
    };
    assert!(heartbeat["halted"].is_null(), "the first instrument goes on: {heartbeat}");
    assert_eq!(heartbeat["seq"]["ETH-USD"].as_u64(), Some(tick - 1));
    let [btc, eth] = [live.get("/v1/instruments/BTC-USD/ticks").await, live.get(&format!("{ETH}/ticks")).await];
    let (btc, eth) = (btc.json(), eth.json());
    live.stop().await;

    let live = Live::start(folder.path()).await;
    let session = live.get("/v1/session").await.json();
    assert_eq!(session["instruments"][1]["halted"], true);
    let again = live.get(&format!("{ETH}/ticks")).await.json();
    assert_eq!(again["price"], eth["price"]);
    let again = live.get(&format!("/v1/instruments/BTC-USD/ticks?from_seq={}", btc["seq0"])).await.json();
    let (before, after) = (seqs(&btc).2, seqs(&again).2);
    assert_eq!(after[..before.len()], before[..]);
    live.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_begins_with_the_model_that_it_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let live = Live::start(folder.path()).await;
    let presets = live.get("/v1/presets").await.json();
    let names: Vec<&str> = presets.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["btc", "btc-calm", "btc-crisis", "eth", "gbm", "equity-index"]);
    let spot = live.get(ETH).await.json()["state"]["price"].as_f64().unwrap();
    for (asked, model, preset) in [
        (json!({"model": "btc-calm"}), "cascade", json!("btc-calm")),
        (json!({"model": "btc-crisis", "volatility": 1.2}), "cascade", json!("btc-crisis")),
        (json!({"model": {"kind": "gbm", "drift": 0, "volatility": 0.3}}), "gbm", json!("gbm")),
        (
            json!({"model": {"kind": "merton", "drift": 0, "volatility": 0.3,
                "jumps": {"per_year": 100, "mean": 0, "deviation": 0.01}}}),
            "merton",
            Value::Null,
        ),
    ] {
        let begun = live.post("/v1/sessions", asked.clone()).await;
        assert_eq!(begun.status, 201, "{}", begun.text());
        let first = &begun.json()["instruments"][0];
        assert_eq!((&first["model"], &first["preset"]), (&json!(model), &preset), "{asked}");
    }
    // The other one goes on where it stood.
    let now = live.get(ETH).await.json();
    assert!((now["parameters"]["spot"].as_f64().unwrap() / spot - 1.0).abs() < 0.01);
    let asked = json!({"instrument": "ETH-USD", "model": "gbm", "spot": 4000, "volatility": 0.5});
    let begun = live.post("/v1/sessions", asked).await.json();
    assert_eq!(
        (&begun["instruments"][0]["model"], &begun["instruments"][1]["model"]),
        (&json!("merton"), &json!("gbm"))
    );
    assert_eq!(live.get(ETH).await.json()["parameters"]["spot"], 4000.0);
    let restless = json!({"kind": "heston", "drift": 0, "initial_variance": 0.04, "long_run_variance": 0.04,
        "mean_reversion": 0.5, "volatility_of_variance": 1, "leverage": -0.9});
    let begun = live.post("/v1/sessions", json!({"instrument": "ETH-USD", "model": restless})).await;
    assert_eq!(begun.status, 201, "{}", begun.text());
    let parameters = &live.get(ETH).await.json()["parameters"];
    assert!(parameters["note"].as_str().is_some_and(|note| note.contains("Feller")), "{parameters}");
    let others = &live.get("/v1/instruments/BTC-USD").await.json()["parameters"];
    assert!(others["note"].is_null(), "{others}");
    for (asked, pointer, detail) in [
        (
            json!({"instrument": "ETH-USD", "volatility": 90}),
            "/volatility",
            "volatility = 90: a heston can't be scaled to it: volatility_of_variance = 450 is outside [0.000001, 100]",
        ),
        (json!({"instrument": "ETH-USD", "volatility": -1}), "/volatility", "volatility = -1 is outside [0, 100]"),
        (json!({"instrument": "DOGE-USD"}), "/instrument", "instrument = \"DOGE-USD\" is not one of this market's"),
        (json!({"model": "doge"}), "/model", "preset \"doge\" is none of btc,"),
        (
            json!({"model": {"kind": "gbm", "drift": 0, "volatility": -1}}),
            "/model",
            "volatility = -1 is outside [0, 100]",
        ),
        (
            json!({"model": {"kind": "garch", "drift": 0, "bar_s": 86400, "omega": 1e-5, "alpha": 0.1, "beta": 0.95,
            "innovation": {"kind": "normal"}}}),
            "/model",
            "alpha + gamma/2 + beta = 1.05 is not below 1",
        ),
        (
            json!({"model": {"kind": "garch", "drift": 0, "bar_s": 86400, "omega": 1e-5, "alpha": 0.1, "beta": 0.85,
            "innovation": {"kind": "normal"}}}),
            "/model",
            "moves by bars of 86400 s and no other",
        ),
    ] {
        let refused = live.post("/v1/sessions", asked).await;
        assert_eq!(refused.status, 422, "{}", refused.text());
        assert!(refused.text().contains(&format!("{pointer:?}")), "{}", refused.text());
        assert!(refused.text().contains(&detail.replace('"', "\\\"")), "{}", refused.text());
    }
    live.stop().await;
}
