//! A restart from what was kept is a restart from the whole journal, only sooner.

use std::path::Path;
use std::time::Duration;

use gbm_core::journal::{Chain, Checkpoint, Recorder};
use gbm_core::model::Model;
use market_api::clock::Clock;
use market_api::instrument::TickSize;
use market_data_svc::files::SystemFiles;
use market_data_svc::history::{History, Observed};
use market_data_svc::kept::{self, Standing};
use market_data_svc::overrides::Overrides;
use market_data_svc::session::Begun;
use market_data_svc::store::{Store, StoreError};
use serde_json::json;

use crate::live::{INTERVENTIONS, Live};
use crate::support::{market, read, shock};

fn store(folder: &Path) -> Store {
    Store::open(folder, TickSize::new(1, 2).unwrap()).unwrap()
}

/// A journal of 20 lines a hundred ticks, with how things stood in its middle kept beside it; what the whole of it gives.
fn session(folder: &Path) -> (History, Overrides) {
    let store = store(folder);
    let begun = Begun::new(&market(3, 100), "s1", TickSize::new(1, 2).unwrap(), Clock { running: true, speed: 1.0 });
    let (mut history, mut overrides) = (begun.histories[0].clone(), begun.overrides());
    let (mut recorder, header) = Recorder::start_session(market(3, 100), "s1").unwrap();
    let mut sink = store.create(header.as_bytes()).unwrap();
    let mut bytes = header.len() as u64;
    for round in 1..=40_u64 {
        let through = recorder.propose_through(100 * round).unwrap();
        let mut text = through.text;
        let mut last = through.line.seq;
        if let gbm_core::journal::Proposed::Line(line) =
            recorder.propose_keyed(&shock(0.001 * (round % 5) as f64), "admin", "", &format!("k{round}")).unwrap()
        {
            text.push_str(&line.text);
            last = line.line.seq;
            if let gbm_core::journal::Entry::Command(line) = line.line.entry {
                overrides.add(line);
            }
        }
        sink.append(text.as_bytes()).unwrap();
        bytes += text.len() as u64;
        recorder.confirm(last);
        for _ in 0..100 {
            let quote = recorder.step().unwrap()[0];
            history.push(&Observed::on(recorder.simulation(), 0, quote));
            overrides.follow(recorder.simulation(), &[quote]);
        }
        if round == 20 {
            let position = recorder.position().unwrap();
            let checkpoint: Checkpoint<Model> = recorder.checkpoint();
            let standing = Standing { session: "s1".into(), bytes, position, checkpoint, overrides: overrides.clone() };
            kept::write(&SystemFiles, folder, standing, vec![history.clone()]).unwrap();
        }
    }
    (history, overrides)
}

#[test]
fn what_was_kept_is_where_the_tail_begins() {
    let folder = tempfile::tempdir().unwrap();
    let (history, overrides) = session(folder.path());
    let loaded = store(folder.path()).load().unwrap().unwrap();
    let kept = loaded.kept.unwrap();
    assert_eq!(loaded.journal.lines.len(), 40, "only the lines after it were read");
    let (mut later, mut told) = (kept.histories[0].clone(), kept.overrides);
    for line in &loaded.journal.lines {
        if let gbm_core::journal::Entry::Command(line) = &line.entry {
            told.add(line.clone());
        }
    }
    let recorder = Recorder::resume(&loaded.journal, kept.checkpoint, |simulation, tick| {
        let quote = gbm_core::engine::Quote { price: tick.price, reference: tick.reference, is_halted: tick.is_halted };
        later.push(&Observed::on(simulation, 0, quote));
        told.follow(simulation, &[quote]);
    });
    let recorder = recorder.unwrap();
    assert!(later == history, "ticks and candles to the bit");
    let all = |overrides: &Overrides| overrides.last(recorder.simulation(), None, 1000, false);
    assert_eq!(all(&told), all(&overrides));
    assert_eq!(told.id_of("k7"), overrides.id_of("k7"), "keys are known again");
    let whole = store(folder.path()).load_whole().unwrap().unwrap();
    assert_eq!(Recorder::recover(&whole.journal, |_, _| ()).unwrap().digest(), recorder.digest());
}

#[test]
fn what_does_not_fit_the_journal_is_left_aside() {
    let folder = tempfile::tempdir().unwrap();
    session(folder.path());
    let path = folder.path().join("kept.json");
    let text = std::fs::read_to_string(&path).unwrap();
    let uses_kept = || store(folder.path()).load().unwrap().unwrap().kept.is_some();
    assert!(uses_kept());
    for damaged in [String::new(), text.replace("s1", "s2"), text[..text.len() / 2].to_owned()] {
        std::fs::write(&path, damaged).unwrap();
        assert!(!uses_kept(), "its seal doesn't hold");
    }
    // As a build wrote it that knew no volumes, one of a single history, and one of a form to come: both are sealed.
    for (format, fits) in [(json!(null), false), (json!(2), false), (json!(3), true), (json!(4), false)] {
        let mut kept: serde_json::Value = serde_json::from_str(&text).unwrap();
        kept.as_object_mut().unwrap().remove("hash");
        kept["format"] = format;
        std::fs::write(&path, Chain::default().seal(&kept).unwrap().0).unwrap();
        assert_eq!(uses_kept(), fits, "{}", kept["format"]);
    }
    std::fs::write(&path, &text).unwrap();
    assert!(uses_kept());
    // A journal that is shorter than when it was kept: cut by hand, or restored from a backup.
    let journal = folder.path().join("session.jsonl");
    let bytes = std::fs::read(&journal).unwrap();
    let lines: Vec<usize> =
        bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1).collect();
    std::fs::write(&journal, &bytes[..lines[10]]).unwrap();
    assert!(!uses_kept());
    // Damage before the place is found all the same, on its line.
    let mut damaged = bytes.clone();
    damaged[lines[7] + 20] ^= 1;
    std::fs::write(&journal, &damaged).unwrap();
    let Err(StoreError::Journal { error, .. }) = store(folder.path()).load().map(|_| ()) else { panic!("damage") };
    assert_eq!(error.line, 9);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_session_restarts_from_what_was_kept() {
    let folder = tempfile::tempdir().unwrap();
    let live = Live::start(folder.path()).await;
    live.intervene(json!({"kind": "set_volatility", "sigma": 0.4})).await;
    live.post("/v1/clock", json!({"speed": 1000})).await;
    // A hundred thousand ticks a second: it is soon worth keeping.
    let kept = folder.path().join("kept.json");
    for _ in 0..500 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        if kept.exists() {
            break;
        }
    }
    live.post("/v1/clock", json!({"running": false})).await;
    let asked =
        ["/v1/instruments/BTC-USD/candles?interval=1m&limit=2000", "/v1/instruments/BTC-USD/stats", INTERVENTIONS];
    let mut before = Vec::new();
    for path in asked {
        before.push(live.get(path).await.json());
    }
    let tick = live.get("/v1/status").await.json()["tick"].as_u64().unwrap();
    live.stop().await;
    let loaded = store(folder.path()).load().unwrap().unwrap();
    assert!(loaded.kept.is_some() && loaded.journal.start.seq > 0, "it goes on from there");
    let live = Live::start(folder.path()).await;
    // Ticks up to the watermark are computed again at a start, so only what is older is the same.
    assert!(live.get("/v1/status").await.json()["tick"].as_u64().unwrap() >= tick);
    let candles = live.get(asked[0]).await.json();
    let (old, new) = (before[0].as_array().unwrap(), candles.as_array().unwrap());
    let closed = old.len() - 1;
    let place = new.iter().position(|candle| candle["open_time"] == old[0]["open_time"]).unwrap();
    assert_eq!(new[place..place + closed], old[..closed]);
    assert_eq!(live.get(INTERVENTIONS).await.json(), before[2]);
    live.stop().await;
    let journal = read(&std::fs::read(folder.path().join("session.jsonl")).unwrap());
    let _ = Recorder::recover(&journal, |_, _| ()).unwrap();
}
