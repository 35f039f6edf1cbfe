//! Random journals replay to the same bits.

use gbm_core::intervention::Accepted;
use gbm_core::journal::{self, Digest, Journal, Proposed, RecordError, Recorder, Replay, ReplayError};
use gbm_core::prelude::*;

use crate::support::{Dice, at, btc, pair};

/// A journal as a session would write it, with the ticks that its clients saw.
pub(crate) fn session(market: Market<Model>, seed: u64, commands: u64, ticks: u64) -> (String, Vec<Quote>, Digest) {
    session_of(Dice::any_body, market, seed, commands, ticks)
}

/// The same with bodies of certain kinds.
pub(crate) fn session_of(
    body: fn(&mut Dice, u64) -> Intervention,
    market: Market<Model>,
    seed: u64,
    commands: u64,
    ticks: u64,
) -> (String, Vec<Quote>, Digest) {
    let mut dice = Dice(seed);
    let (mut recorder, mut text) = Recorder::start(market).unwrap();
    let mut published = Vec::new();
    let mut write = |recorder: &mut Recorder<Model>, proposal: journal::Proposal| {
        text.push_str(&proposal.text);
        recorder.confirm(proposal.line.seq);
    };
    let names: Vec<String> =
        recorder.simulation().market().instruments().iter().map(|instrument| instrument.name.clone()).collect();
    let mut given = 0;
    while recorder.simulation().tick() < ticks {
        let now = recorder.simulation().tick();
        if recorder.through() == now {
            let through = (now + 1 + dice.below(700)).min(ticks);
            let proposal = recorder.propose_through(through).unwrap();
            write(&mut recorder, proposal);
        }
        if given < commands && dice.below(ticks) < 4 * commands {
            given += 1;
            let instrument = Some(names[dice.below(names.len() as u64) as usize].clone());
            let command = Command { instrument, ..Command::now(body(&mut dice, given)).at(now + 1 + dice.below(50)) };
            if let Ok(Proposed::Line(proposal)) = recorder.propose_command(&command, "test", "at random") {
                let line = proposal.line.clone();
                write(&mut recorder, *proposal);
                // A duplicate changes nothing and writes nothing.
                if let journal::Entry::Command(line) = line.entry {
                    let again = Command { id: Some(line.intervention.id), ..command };
                    assert_eq!(recorder.propose_command(&again, "", "").unwrap(), Proposed::Known { seq: 0 });
                }
            }
        }
        published.extend_from_slice(recorder.step().unwrap());
    }
    let end = recorder.propose_end().unwrap();
    write(&mut recorder, end);
    (text, published, recorder.digest())
}

#[track_caller]
pub(crate) fn read(text: &[u8]) -> Journal<Model> {
    journal::read(text).unwrap_or_else(|error| panic!("{error}"))
}

fn replayed(journal: &Journal<Model>) -> (Vec<Quote>, Digest) {
    let mut replay = Replay::new(journal);
    let quotes = replay.by_ref().map(|tick| tick.unwrap()).map(|Tick { price, reference, is_halted, .. }| Quote {
        price,
        reference,
        is_halted,
    });
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
fn a_session_that_replays_another_has_its_ticks_and_goes_on() {
    let mut accepted = 0;
    for seed in 0..128 {
        let market = if seed % 4 == 0 { pair(seed) } else { btc(seed) };
        let (text, published, digest) = session(market, seed, 5 + seed % 40, 10_000);
        let original = read(text.as_bytes());
        let (mut recorder, mut text) = Recorder::start_replay(&original, "again").unwrap();
        let mut write = |recorder: &mut Recorder<Model>, proposal: journal::Proposal| {
            text.push_str(&proposal.text);
            recorder.confirm(proposal.line.seq);
        };
        let through = recorder.propose_through(11_000).unwrap();
        write(&mut recorder, through);
        let mut quotes = Vec::new();
        while recorder.simulation().tick() < 10_000 {
            quotes.extend_from_slice(recorder.step().unwrap());
        }
        assert_eq!(recorder.digest(), digest, "seed {seed}");
        assert_eq!(quotes, published);
        // Further commands are decided here, and the journal is one like any other.
        let mut dice = Dice(seed);
        for given in 0..20 {
            let instrument = recorder.simulation().market().instruments()[0].name.clone();
            let command = Command { instrument: Some(instrument), ..Command::now(dice.any_body(given)) };
            if let Ok(Proposed::Line(line)) = recorder.propose_command(&command, "me", "") {
                write(&mut recorder, *line);
                accepted += 1;
            }
        }
        while recorder.step().is_ok() {}
        let again = read(text.as_bytes());
        assert_eq!((again.header.market.clone(), again.header.session.as_str()), (original.header.market, "again"));
        assert_eq!(replayed(&again).1, recorder.digest(), "seed {seed}");
        let restarted = Recorder::recover(&again, |_, _| {}).unwrap();
        assert_eq!(restarted.digest(), recorder.digest());
    }
    assert!(accepted > 1000, "only {accepted} commands were accepted");
}

#[test]
fn what_no_session_has_accepted_is_not_replayed() {
    let (text, ..) = session(btc(1), 1, 40, 10_000);
    let journal = read(text.as_bytes());
    let place = journal.lines.iter().position(|line| matches!(line.entry, journal::Entry::Command(_))).unwrap();
    let broken = |change: fn(&mut Accepted)| {
        let mut journal = journal.clone();
        if let journal::Entry::Command(line) = &mut journal.lines[place].entry {
            change(&mut line.intervention);
        }
        Recorder::start_replay(&journal, "").map(|_| ()).unwrap_err().to_string()
    };
    assert!(broken(|accepted| accepted.tick = 0).starts_with("tick = 0"));
    assert!(broken(|accepted| accepted.instrument = "ETH-USD".into()).contains("ETH-USD"));
    let taken = |accepted: &mut Accepted| accepted.id = InterventionId::new(2).unwrap();
    assert!(broken(taken).contains("id = 2"), "{}", broken(taken));
}

#[track_caller]
fn new_line(proposed: Result<Proposed, RecordError>) -> journal::Proposal {
    match proposed.unwrap() {
        Proposed::Line(proposal) => *proposal,
        Proposed::Known { .. } => panic!("the command is known"),
    }
}

#[test]
fn too_many_open_lines_are_refused() {
    let (mut recorder, _) = Recorder::start(btc(1)).unwrap();
    for _ in 0..journal::MAX_OPEN {
        let _ = recorder.propose_through(5).unwrap();
    }
    assert!(matches!(recorder.propose_through(5), Err(RecordError::Full)));
    recorder.retract();
    assert_eq!(recorder.propose_through(5).unwrap().line.seq, 1);
}

#[test]
fn no_tick_is_computed_before_its_lines_are_on_disk() {
    let (mut recorder, _) = Recorder::start(btc(1)).unwrap();
    assert!(matches!(recorder.step(), Err(RecordError::AboveHorizon { tick: 1, horizon: 0 })));
    let watermark = recorder.propose_through(50).unwrap();
    assert!(recorder.step().is_err(), "proposed is not confirmed");
    recorder.confirm(watermark.line.seq);
    recorder.step().unwrap();
    let set = |tick| at(tick, r#"{"kind":"set_price","price":7}"#);
    let first = new_line(recorder.propose_command(&set(9), "a", ""));
    let second = new_line(recorder.propose_command(&set(5), "b", ""));
    let again = Command { id: Some(crate::support::id(2)), ..set(5) };
    assert_eq!(recorder.propose_command(&again, "", "").unwrap(), Proposed::Known { seq: second.line.seq });
    assert_eq!(recorder.horizon(), 4);
    (2..=4).for_each(|_| drop(recorder.step().unwrap().to_vec()));
    assert_eq!(recorder.step().unwrap_err().to_string(), "tick = 5 is above 4, the last tick whose lines are on disk");
    recorder.confirm(first.line.seq);
    assert_eq!(recorder.horizon(), 4);
    recorder.confirm(second.line.seq);
    assert_eq!((recorder.horizon(), recorder.step().unwrap()[0].price), (50, 7.0));
}

#[test]
fn what_can_t_be_written_has_not_happened() {
    let run = |fail: bool| {
        let (mut recorder, mut text) = Recorder::start(btc(1)).unwrap();
        let watermark = recorder.propose_through(100).unwrap();
        recorder.confirm(watermark.line.seq);
        text.push_str(&watermark.text);
        recorder.step().unwrap();
        if fail {
            let bodies = [
                (30, r#"{"kind":"set_price","price":7}"#),
                (30, r#"{"kind":"set_drift","mu":9}"#),
                (20, r#"{"kind":"cancel","id":1}"#),
            ];
            for (tick, json) in bodies {
                let _ = new_line(recorder.propose_command(&at(tick, json), "test", ""));
            }
            let _ = recorder.propose_through(200).unwrap();
            let _ = recorder.propose_end().unwrap();
            assert!(matches!(recorder.propose_end(), Err(RecordError::Ended)));
            assert!(recorder.step().is_err(), "no tick follows the end");
            recorder.retract();
            assert!(!recorder.has_ended());
            recorder.step().unwrap();
        } else {
            recorder.step().unwrap();
        }
        let command = new_line(recorder.propose_command(&at(40, r#"{"kind":"set_price","price":8}"#), "test", ""));
        recorder.confirm(command.line.seq);
        text.push_str(&command.text);
        while recorder.step().is_ok() {}
        text.push_str(&recorder.propose_end().unwrap().text);
        (text, recorder.digest())
    };
    let (text, digest) = run(true);
    assert_eq!((text.clone(), digest), run(false));
    assert_eq!(replayed(&read(text.as_bytes())).1, digest);
}

#[test]
fn bad_proposals_are_refused() {
    let (mut recorder, _) = Recorder::start(btc(1)).unwrap();
    let _ = recorder.propose_through(5).unwrap();
    assert_eq!(recorder.propose_through(4).unwrap_err().to_string(), "through = 4 is below the watermark 5");
    assert!(recorder.propose_through(u64::MAX).is_err());
    let command = at(9, r#"{"kind":"set_drift","mu":0}"#);
    assert_eq!(
        recorder.propose_command(&command, &"x".repeat(65), "").unwrap_err().to_string(),
        "actor has 65 characters, at most 64 are allowed"
    );
    assert!(recorder.propose_command(&command, "", &"x".repeat(501)).is_err());
    assert!(recorder.propose_command(&at(0, r#"{"kind":"set_drift","mu":0}"#), "", "").is_err(), "a past tick");
}

#[test]
fn a_session_goes_on_where_its_journal_stops() {
    // Killed just before any of its lines, recovered, and driven on: what was seen stays true.
    let (text, published, _) = session(btc(9), 9, 60, 6000);
    let whole = read(text.as_bytes());
    let ends: Vec<usize> = text.match_indices('\n').map(|(newline, _)| newline + 1).collect();
    for (&end, next) in ends.iter().zip(&whole.lines).step_by(3) {
        let journal = read(&text.as_bytes()[..end]);
        let mut recorder = Recorder::recover(&journal, |_, _| ()).unwrap();
        assert_eq!(recorder.simulation().tick(), journal.through());
        assert_eq!(recorder.digest(), replayed(&journal).1);
        let on = recorder.propose_through(journal.through() + 50).unwrap();
        assert_eq!(on.line.seq, next.seq);
        recorder.confirm(on.line.seq);
        while recorder.step().is_ok() {}
        let mut longer = text[..end].to_owned();
        longer.push_str(&on.text);
        longer.push_str(&recorder.propose_end().unwrap().text);
        let (quotes, digest) = replayed(&read(longer.as_bytes()));
        assert_eq!(digest, recorder.digest());
        let seen = usize::try_from(next.at).unwrap();
        assert!(quotes[..seen] == published[..seen], "what was published before line {} is contradicted", next.seq);
    }
    let closed = Recorder::recover(&whole, |_, _| ()).unwrap();
    assert!(closed.has_ended());
}

#[test]
fn a_journal_without_an_end_replays_to_its_watermark() {
    let (mut recorder, mut text) = Recorder::start(btc(1)).unwrap();
    let proposal = recorder.propose_through(777).unwrap();
    text.push_str(&proposal.text);
    recorder.confirm(proposal.line.seq);
    (0..300).for_each(|_| drop(recorder.step().unwrap().to_vec()));
    let journal = read(text.as_bytes());
    let replay = Replay::new(&journal);
    assert_eq!(journal.last_tick(), 777);
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

#[test]
fn a_copy_is_closed_where_the_disk_stands_and_changes_nothing() {
    let (mut recorder, mut text) = Recorder::start(btc(4)).unwrap();
    let closed = |recorder: &Recorder<Model>, text: &str| {
        let whole = text.to_owned() + &recorder.closing().unwrap().text;
        let journal = read(whole.as_bytes());
        assert!(journal.has_ended());
        let (quotes, digest) = replayed(&journal);
        assert_eq!(Some(digest), journal.lines.last().map(|line| line.digest));
        assert_eq!(quotes.len() as u64, recorder.simulation().tick());
    };
    closed(&recorder, &text);
    let through = recorder.propose_through(100).unwrap();
    closed(&recorder, &text);
    recorder.confirm(through.line.seq);
    text.push_str(&through.text);
    (0..40).for_each(|_| drop(recorder.step().unwrap().to_vec()));
    closed(&recorder, &text);
    // Lines that are on no disk are not in the copy; those that are on it but act later are.
    let command = new_line(recorder.propose_command(&at(60, r#"{"kind":"set_drift","mu":3}"#), "a", ""));
    let further = recorder.propose_through(200).unwrap();
    closed(&recorder, &text);
    recorder.confirm(command.line.seq);
    text.push_str(&command.text);
    closed(&recorder, &text);
    recorder.confirm(further.line.seq);
    text.push_str(&further.text);
    (0..100).for_each(|_| drop(recorder.step().unwrap().to_vec()));
    closed(&recorder, &text);
    assert!(!recorder.has_ended());
}

#[test]
fn a_key_stands_in_the_line_and_only_if_there_is_one() {
    let (mut recorder, _) = Recorder::start(btc(4)).unwrap();
    let shock = |tick| at(tick, r#"{"kind":"shock","log_return":0.1,"permanent_fraction":1}"#);
    let plain = new_line(recorder.propose_command(&shock(5), "a", "b"));
    assert!(!plain.text.contains("key"));
    let keyed = new_line(recorder.propose_keyed(&shock(6), "a", "b", "k1"));
    assert!(keyed.text.contains(r#""actor":"a","reason":"b","key":"k1""#), "{}", keyed.text);
    let error = recorder.propose_keyed(&shock(6), "a", "b", &"k".repeat(65)).unwrap_err();
    assert_eq!(error.to_string(), "key has 65 characters, at most 64 are allowed");
}
