//! A compacted journal tells of the same session.

use gbm_core::journal::{self, BLOCK_TICKS, Compactor, Digest, Entry, Journal, LineError, Position, Recorder, Replay};
use gbm_core::prelude::*;

use crate::replay::{read, session};
use crate::support::{btc, pair};

/// Rewrites a journal; pieces of lines come as they may.
fn compacted(text: &str, span: u64) -> Result<(String, Position), LineError> {
    let mut lines = text.split_inclusive('\n');
    let header = lines.next().unwrap();
    let mut out = header.to_owned();
    let mut compactor = Compactor::new(header.as_bytes(), span)?;
    for line in lines {
        compactor.push(line.as_bytes(), &mut out)?;
    }
    let position = compactor.finish(&mut out)?;
    Ok((out, position))
}

fn ticks(journal: &Journal<Model>) -> (Vec<(u64, u64)>, Digest) {
    let mut replay = Replay::new(journal);
    let ticks = replay.by_ref().map(|tick| tick.unwrap()).map(|tick| (tick.price.to_bits(), tick.reference.to_bits()));
    (ticks.collect(), replay.digest())
}

fn commands(journal: &Journal<Model>) -> Vec<(u64, Digest, journal::CommandLine)> {
    let of = |line: &journal::Line| match &line.entry {
        Entry::Command(command) => Some((line.at, line.digest, command.clone())),
        _ => None,
    };
    journal.lines.iter().filter_map(of).collect()
}

fn watermarks(journal: &Journal<Model>) -> usize {
    journal.lines.iter().filter(|line| matches!(line.entry, Entry::Through { .. })).count()
}

#[test]
fn ticks_digests_and_commands_are_the_same() {
    for seed in 0..64 {
        let market = if seed % 4 == 0 { pair(seed) } else { btc(seed) };
        let (text, _, digest) = session(market, seed, seed % 20 * 5, 10_000);
        let before = read(text.as_bytes());
        for span in [1, 500, BLOCK_TICKS] {
            let (shorter, position) = compacted(&text, span).unwrap();
            let after = read(shorter.as_bytes());
            assert!(after.torn.is_none() && after.has_ended() && after.last_tick() == before.last_tick());
            assert_eq!(after.header, before.header);
            assert_eq!(commands(&after), commands(&before), "seed {seed}");
            assert_eq!(ticks(&after), ticks(&before), "seed {seed}, span {span}");
            assert_eq!(ticks(&after).1, digest);
            assert_eq!((position.seq, position.chain), (after.lines.len() as u64, after.chain));
            assert_eq!(position.through, before.through());
            // A run ends with a command or its span.
            let most = commands(&before).len() + (10_000 / span + 1) as usize;
            assert!(span == 1 || watermarks(&after) <= most, "seed {seed}, span {span}: {}", watermarks(&after));
            // Once more changes nothing.
            assert_eq!(compacted(&shorter, span).unwrap(), (shorter, position), "seed {seed}, span {span}");
        }
    }
}

#[test]
fn a_million_watermarks_become_some_thousand() {
    let (mut recorder, mut text) = Recorder::start(btc(3)).unwrap();
    for through in (10..=1_000_000).step_by(10) {
        let line = recorder.propose_through(through).unwrap();
        recorder.confirm(line.line.seq);
        text.push_str(&line.text);
        for _ in 0..10 {
            recorder.step().unwrap();
        }
    }
    assert_eq!(Compactor::span(1_000_000), BLOCK_TICKS);
    assert_eq!(Compactor::span(BLOCK_TICKS * 100_000), BLOCK_TICKS * 25);
    let (shorter, position) = compacted(&text, Compactor::span(1_000_000)).unwrap();
    assert!(position.seq <= 1_000_000 / BLOCK_TICKS + 2, "{}", position.seq);
    assert!(shorter.len() < 80_000 && text.len() > 20_000_000, "{} of {}", shorter.len(), text.len());
    let journal = read(shorter.as_bytes());
    // Digests along the way are still compared: a wrong one is pinned to its span.
    let mut wrong = journal.clone();
    wrong.lines[100].digest = Digest::default();
    assert!(Replay::new(&wrong).any(|tick| tick.is_err()));
    assert_eq!(ticks(&journal).1, recorder.digest());
}

/// What a service does: the journal is rewritten while its session goes on.
#[test]
fn a_recorder_goes_on_in_the_compacted_journal() {
    let (mut recorder, mut text) = Recorder::start(btc(5)).unwrap();
    let (mut other, plain) = Recorder::start(btc(5)).unwrap();
    assert_eq!(text, plain);
    let advance = |recorder: &mut Recorder<Model>, text: &mut String| {
        let through = recorder.through() + 50;
        let line = recorder.propose_through(through).unwrap();
        recorder.confirm(line.line.seq);
        text.push_str(&line.text);
        while recorder.simulation().tick() < through - 10 {
            recorder.step().unwrap();
        }
    };
    let mut plain = plain;
    for _ in 0..20 {
        advance(&mut recorder, &mut text);
        advance(&mut other, &mut plain);
        let (shorter, position) = compacted(&text, BLOCK_TICKS).unwrap();
        recorder.go_on_from(position).unwrap();
        text = shorter;
        assert_eq!(recorder.position(), Some(position));
    }
    assert!(text.len() < plain.len() / 4);
    assert_eq!(ticks(&read(text.as_bytes())), ticks(&read(plain.as_bytes())));
    let resumed = Recorder::recover(&read(text.as_bytes()), |_, _| {}).unwrap();
    assert_eq!(resumed.position(), recorder.position());

    let position = recorder.position().unwrap();
    let elsewhere = Position { through: position.through + 1, ..position };
    assert!(recorder.go_on_from(elsewhere).is_err());
    let _ = recorder.propose_through(position.through).unwrap();
    assert!(recorder.go_on_from(position).is_err(), "a line is open");
}

#[test]
fn a_changed_or_missing_line_is_refused() {
    let (text, ..) = session(btc(1), 1, 20, 2000);
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let changed = text.replacen("\"at\":", "\"at\": ", 1);
    assert!(matches!(compacted(&changed, 100), Err(LineError::Seal(_))));
    let missing = lines[..5].concat() + &lines[6..].concat();
    assert!(matches!(compacted(&missing, 100), Err(LineError::Seal(_))));
    assert!(matches!(Compactor::new(b"{}\n", 100), Err(LineError::Seal(_))));
}
