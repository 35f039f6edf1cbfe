//! Random journals replay to the same bits.

use gbm_core::journal::{self, Digest, Journal, RecordError, Recorder, Replay, ReplayError};
use gbm_core::prelude::*;

use crate::support::{Dice, at, btc, pair};

/// A journal as a session would write it, with the ticks that its clients saw.
pub(crate) fn session(market: Market<Model>, seed: u64, commands: u64, ticks: u64) -> (String, Vec<Quote>, Digest) {
    let mut dice = Dice(seed);
    let (mut recorder, mut text) = Recorder::start(market).unwrap();
    let mut published = Vec::new();
    let mut write = |recorder: &mut Recorder<Model>, draft: journal::Draft| {
        text.push_str(draft.text());
        recorder.commit(draft).unwrap();
    };
    let names: Vec<String> =
        recorder.simulation().market().instruments().iter().map(|instrument| instrument.name.clone()).collect();
    let mut given = 0;
    while recorder.simulation().tick() < ticks {
        let now = recorder.simulation().tick();
        if recorder.through() == now {
            let through = (now + 1 + dice.below(700)).min(ticks);
            let draft = recorder.draft_through(through).unwrap();
            write(&mut recorder, draft);
        }
        if given < commands && dice.below(ticks) < 4 * commands {
            given += 1;
            let instrument = Some(names[dice.below(names.len() as u64) as usize].clone());
            let command = Command { instrument, ..Command::now(dice.body(given)).at(now + 1 + dice.below(50)) };
            if let Ok(Some(draft)) = recorder.draft_command(&command, "test", "at random") {
                let accepted = draft.line().clone();
                write(&mut recorder, draft);
                // A duplicate changes nothing and writes nothing.
                if let journal::Entry::Command(line) = accepted.entry {
                    let again = Command { id: Some(line.intervention.id), ..command };
                    assert!(recorder.draft_command(&again, "test", "again").unwrap().is_none());
                }
            }
        }
        published.extend_from_slice(recorder.step().unwrap());
    }
    let end = recorder.draft_end().unwrap();
    write(&mut recorder, end);
    (text, published, recorder.digest())
}

#[track_caller]
pub(crate) fn read(text: &[u8]) -> Journal<Model> {
    journal::read(text).unwrap_or_else(|error| panic!("{error}"))
}

fn replayed(journal: &Journal<Model>) -> (Vec<Quote>, Digest) {
    let mut replay = Replay::new(journal);
    let quotes =
        replay.by_ref().map(|tick| tick.unwrap()).map(|Tick { price, reference, .. }| Quote { price, reference });
    let quotes = quotes.collect();
    (quotes, replay.digest())
}

#[test]
fn random_journals_replay_to_the_same_bits() {
    // A hundred times as many ticks when asked for: `cargo xtask test --long`.
    let ticks = if std::env::var_os("ALGO_TRADING_LONG").is_some() { 1_000_000 } else { 10_000 };
    let mut accepted = 0;
    for seed in 0..256 {
        let market = if seed % 4 == 0 { pair(seed) } else { btc(seed) };
        // Mostly short lists, and a few of a thousand commands.
        let commands = if seed % 64 == 1 { 1000 } else { seed % 40 };
        let (text, published, digest) = session(market, seed, commands, ticks);
        let journal = read(text.as_bytes());
        assert!(journal.has_ended() && journal.torn.is_none());
        accepted += journal.lines.iter().filter(|line| matches!(line.entry, journal::Entry::Command(_))).count();
        let (quotes, found) = replayed(&journal);
        assert_eq!(found, digest, "seed {seed}");
        assert!(quotes.iter().zip(&published).all(|(a, b)| {
            a.price.to_bits() == b.price.to_bits() && a.reference.to_bits() == b.reference.to_bits()
        }));
        assert_eq!(quotes.len(), published.len());
    }
    assert!(accepted > 5000, "only {accepted} commands were accepted");
}

#[test]
fn the_order_of_writing_is_held() {
    let (mut recorder, _) = Recorder::start(btc(1)).unwrap();
    assert!(matches!(recorder.step(), Err(RecordError::AboveWatermark { tick: 1, watermark: 0 })));
    let (first, second) = (recorder.draft_through(5).unwrap(), recorder.draft_through(9).unwrap());
    recorder.commit(first).unwrap();
    assert_eq!(recorder.commit(second).unwrap_err().to_string(), "the draft has seq 1, but the next line is 2");
    assert_eq!(recorder.draft_through(4).unwrap_err().to_string(), "through = 4 is below the watermark 5");
    let late = recorder.draft_end().unwrap();
    recorder.step().unwrap();
    assert!(matches!(recorder.commit(late), Err(RecordError::Stale { .. })));
    let long = "x".repeat(65);
    let command = at(9, r#"{"kind":"set_drift","mu":0}"#);
    assert_eq!(
        recorder.draft_command(&command, &long, "").unwrap_err().to_string(),
        "actor has 65 characters, at most 64 are allowed"
    );
    assert!(recorder.draft_command(&at(1, r#"{"kind":"set_drift","mu":0}"#), "", "").is_err(), "a past tick");
    assert!(recorder.draft_through(u64::MAX).is_err());
}

#[test]
fn a_journal_without_an_end_replays_to_its_watermark() {
    let (mut recorder, mut text) = Recorder::start(btc(1)).unwrap();
    let draft = recorder.draft_through(777).unwrap();
    text.push_str(draft.text());
    recorder.commit(draft).unwrap();
    (0..300).for_each(|_| drop(recorder.step().unwrap().to_vec()));
    let journal = read(text.as_bytes());
    let replay = Replay::new(&journal);
    assert_eq!(replay.last_tick(&journal), 777);
    assert_eq!(replay.count(), 777);
}

#[test]
fn a_differing_digest_names_its_block() {
    // The journal of another seed's ticks: sealed and in order, but not what the header computes.
    let (text, ..) = session(btc(1), 3, 0, 10_000);
    let mut journal = read(text.as_bytes());
    journal.header = read(session(btc(2), 3, 0, 1).0.as_bytes()).header;
    let error = Replay::new(&journal).find_map(Result::err).unwrap();
    assert!(matches!(error, ReplayError::Digest { block: 0, from: 1, .. }), "{error}");
    let mut journal = read(text.as_bytes());
    let late = journal.lines.iter().position(|line| line.at > 5000).unwrap();
    journal.lines[late].digest = Digest::default();
    let mut replay = Replay::new(&journal);
    let error = replay.find_map(Result::err).unwrap();
    let ReplayError::Digest { line, block, from, .. } = error else { panic!("{error}") };
    assert_eq!(line, late + 2);
    assert_eq!(block, (from - 1) / 4096);
    assert!(replay.next().is_none(), "it ends after an error");
}
