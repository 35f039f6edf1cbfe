//! Attributions against runs without each intervention, and forks against sessions that were so from the start.

use std::ops::ControlFlow;

use gbm_core::counterfactual::{
    Attribution, AttributionError, Edit, ForkError, MAX_ENTRIES, attribute, cost, fork, record_fork,
};
use gbm_core::intervention::Accepted;
use gbm_core::journal::{Journal, Proposal, Proposed, Recorder, Replay};
use gbm_core::prelude::*;

use crate::replay::{read, session, session_of};
use crate::support::{Dice, at, btc, id, pair};

fn on(_: u64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// ln(price/reference) of an instrument at a tick, by a whole run.
fn gap(market: &Market<Model>, commands: &[Command], position: usize, tick: u64) -> f64 {
    let mut simulation = Simulation::new(market.clone());
    for command in commands {
        simulation.intervene(command).unwrap_or_else(|error| panic!("{command:?}: {error}"));
    }
    let found = simulation.find(|found| (found.tick, found.instrument) == (tick, position)).unwrap();
    (found.price / found.reference).ln()
}

fn accepted(market: &Market<Model>, commands: &[Command]) -> Vec<Accepted> {
    let mut simulation = Simulation::new(market.clone());
    commands.iter().map(|command| simulation.intervene(command).unwrap()).collect()
}

#[track_caller]
fn sums_to_the_whole(found: &Attribution) {
    let from: f64 = found.contributions.iter().map(|one| one.at_from).sum();
    let to: f64 = found.contributions.iter().map(|one| one.at_to).sum();
    assert!((from - found.at_from).abs() < 1e-12 && (to - found.at_to).abs() < 1e-12, "{found:?}");
}

#[test]
fn each_prefix_is_a_run_of_its_own() {
    let market = btc(9);
    // Scheduled out of order, working on each other, one cancelled before it acts and one while it does.
    let commands = [
        at(300, r#"{"kind":"shock","log_return":-0.2,"permanent_fraction":0.5,"half_life_s":60}"#),
        at(100, r#"{"kind":"inject_liquidity","side":"bid","quantity":5000,"within":0.01,"half_life_s":900}"#),
        at(150, r#"{"kind":"meta_order","side":"sell","quantity":3000,"duration_s":200}"#),
        at(400, r#"{"kind":"set_volatility","sigma":1.6}"#),
        at(500, r#"{"kind":"ramp","log_return":0.3,"duration_s":50}"#),
        at(250, r#"{"kind":"cancel","id":3}"#),
        at(450, r#"{"kind":"cancel","id":5}"#),
        at(420, r#"{"kind":"pin","price":120000,"band":0.001,"duration_s":30}"#),
        at(600, r#"{"kind":"shock","log_return":0.1,"permanent_fraction":1}"#),
    ];
    let entries = accepted(&market, &commands);
    let (from, to) = (200, 560);
    let found = attribute(&market, &entries, "BTC-USD", from, to, on).unwrap();
    sums_to_the_whole(&found);
    assert_eq!(found.contributions.len(), 8, "the last one begins later");
    assert_eq!(found.at_to, gap(&market, &commands, 0, to));
    for (count, contribution) in found.contributions.iter().enumerate() {
        let prefix = |count: usize, tick| gap(&market, &commands[..count], 0, tick);
        assert_eq!(contribution.id, entries[count].id);
        for (part, tick) in [(contribution.at_from, from), (contribution.at_to, to)] {
            let expected = prefix(count + 1, tick) - prefix(count, tick);
            assert!((part - expected).abs() < 1e-15, "{count} at {tick}: {part}, {expected}");
        }
    }
    // The ramp was cancelled before it acted: what it adds, its cancel takes back.
    assert!((found.contributions[4].at_to + found.contributions[6].at_to).abs() < 1e-12);
}

#[test]
fn random_sessions_are_attributed_whole() {
    for seed in 0..24 {
        let (text, ..) = session(pair(seed), seed, 30, 2000);
        let journal = read(text.as_bytes());
        let entries: Vec<Accepted> = entries(&journal);
        for (position, name) in ["BTC-USD", "ETH-USD"].into_iter().enumerate() {
            let found = attribute(&journal.header.market, &entries, name, 700, 1900, on).unwrap();
            sums_to_the_whole(&found);
            let ticks: Vec<Tick> = Replay::new(&journal).map(Result::unwrap).collect();
            for (whole, tick) in [(found.at_from, 700), (found.at_to, 1900)] {
                let tick = ticks[2 * (tick - 1) + position];
                assert!((whole - (tick.price / tick.reference).ln()).abs() < 1e-15, "seed {seed}, {name}");
            }
        }
    }
}

fn entries(journal: &Journal<Model>) -> Vec<Accepted> {
    let commands = journal.lines.iter().filter_map(|line| match &line.entry {
        gbm_core::journal::Entry::Command(command) => Some(command.intervention.clone()),
        _ => None,
    });
    commands.collect()
}

#[test]
fn windows_that_can_t_be_are_named() {
    let market = btc(1);
    let ask = |from, to, name: &str, entries: &[Accepted]| attribute(&market, entries, name, from, to, on).unwrap_err();
    assert_eq!(ask(5, 4, "BTC-USD", &[]).to_string(), "from = 5 is after to = 4");
    assert!(matches!(ask(1, u64::MAX, "BTC-USD", &[]), AttributionError::Step(_)));
    assert!(matches!(ask(1, 2, "DOGE", &[]), AttributionError::UnknownInstrument(_)));
    let many: Vec<Command> = (1..=MAX_ENTRIES as u64 + 1).map(|_| at(1, r#"{"kind":"spread","factor":2}"#)).collect();
    let many = accepted(&market, &many);
    assert_eq!(ask(1, 2, "BTC-USD", &many), AttributionError::TooMany(MAX_ENTRIES + 1));
    let stopped = attribute(&market, &many[..3], "BTC-USD", 1, 1_000_000, |_| ControlFlow::Break(()));
    assert_eq!(stopped.unwrap_err(), AttributionError::Stopped);
    assert_eq!(cost(&many[..3], "BTC-USD", 100), 400);
    let none = attribute(&market, &[], "BTC-USD", 0, 100, on).unwrap();
    assert_eq!(none, Attribution { at_from: 0.0, at_to: 0.0, contributions: Vec::new() });
}

#[test]
fn a_fork_is_the_session_that_would_have_been() {
    let (text, published, _) = session(btc(3), 3, 40, 3000);
    let journal = read(text.as_bytes());
    let all = entries(&journal);
    let later: Vec<&Accepted> =
        all.iter().filter(|entry| entry.tick > 200 && !matches!(entry.body, Intervention::Cancel(_))).collect();
    let shock: Intervention =
        serde_json::from_str(r#"{"kind":"shock","log_return":-0.3,"permanent_fraction":1}"#).unwrap();
    let edits = [
        Edit::Remove { id: later[0].id },
        Edit::Change { id: later[1].id, body: shock },
        Edit::Add(Command::now(shock).at(1500)),
    ];

    // The same market, told from the start what the fork's is told later.
    let mut expected = Simulation::new(journal.header.market.clone());
    let mut skipped = vec![later[0].id];
    for entry in &all {
        let removed = |body: &Intervention| matches!(body, Intervention::Cancel(c) if skipped.contains(&c.id));
        if entry.id == later[0].id || removed(&entry.body) {
            skipped.push(entry.id);
            continue;
        }
        let body = if entry.id == later[1].id { shock } else { entry.body };
        let command = Command { id: Some(entry.id), ..Command::now(body).at(entry.tick) };
        let _ = expected.intervene(&command);
    }
    expected.intervene(&Command { id: Some(id(1000)), ..Command::now(shock).at(1500) }).unwrap();
    let expected: Vec<Tick> = expected.take(3000).collect();

    let branch = fork(&journal, 200, &edits).unwrap();
    assert_eq!(branch.take(2800).collect::<Vec<_>>(), expected[200..]);
    assert_eq!(expected[199].price, published[199].price);

    let mut written = String::new();
    let mut seen = Vec::new();
    record_fork::<_, ForkError>(
        &journal,
        (200, 3000),
        &edits,
        "alice",
        |text| {
            written.push_str(text);
            Ok(())
        },
        |_, quotes| {
            seen.push(quotes[0].price);
            Ok(())
        },
    )
    .unwrap();
    assert!(seen.iter().eq(expected.iter().map(|tick| &tick.price)));
    let again: Vec<f64> = Replay::new(&read(written.as_bytes())).map(|tick| tick.unwrap().price).collect();
    assert_eq!(again, seen);
}

#[test]
fn a_fork_without_edits_is_the_session() {
    let (text, published, _) = session_of(Dice::any_body, pair(4), 4, 60, 3000);
    let journal = read(text.as_bytes());
    for at in [0, 1, 777, 3000] {
        let branch = fork(&journal, at, &[]).unwrap();
        let rest: Vec<f64> = branch.take(2 * (3000 - usize::try_from(at).unwrap())).map(|tick| tick.price).collect();
        let expected: Vec<f64> =
            published[2 * usize::try_from(at).unwrap()..].iter().map(|quote| quote.price).collect();
        assert_eq!(rest, expected, "at {at}");
    }
}

#[test]
fn a_recorded_fork_is_the_fork_whatever_its_edits_make_of_later_commands() {
    let pin = |price: u32, rest: &str| format!(r#"{{"kind":"pin","price":{price},"duration_s":{rest}}}"#);
    let commands = [
        (0, at(500, &pin(90_000, "1000"))),
        (0, at(800, r#"{"kind":"cancel","id":1}"#)),
        (600, at(900, &pin(95_000, "50"))),
        (700, at(920, &pin(97_000, r#"40,"on_conflict":"queue""#))),
        (850, at(960, r#"{"kind":"cancel","id":4}"#)),
    ];
    let (mut recorder, mut text) = Recorder::start(btc(5)).unwrap();
    let mut write = |recorder: &mut Recorder<Model>, proposal: Proposal| {
        text.push_str(&proposal.text);
        recorder.confirm(proposal.line.seq);
    };
    let through = recorder.propose_through(1500).unwrap();
    write(&mut recorder, through);
    for (tick, command) in commands {
        while recorder.simulation().tick() < tick {
            recorder.step().unwrap();
        }
        let Proposed::Line(line) = recorder.propose_command(&command, "alice", "").unwrap() else { panic!() };
        write(&mut recorder, *line);
    }
    while recorder.step().is_ok() {}
    let end = recorder.propose_end().unwrap();
    write(&mut recorder, end);
    let journal = read(text.as_bytes());
    let parsed = |json: &str| serde_json::from_str::<Intervention>(json).unwrap();
    for edits in [
        // Over before its cancel; there and over at once; of another kind, so that there is nothing to wait for.
        vec![Edit::Change { id: id(1), body: parsed(&pin(90_000, "100")) }],
        vec![Edit::Change { id: id(1), body: parsed(r#"{"kind":"set_price","price":90000}"#) }],
        vec![Edit::Change { id: id(3), body: parsed(r#"{"kind":"halt","reopen":"freeze","duration_s":5}"#) }],
        // Not ended, so that the next one meets it.
        vec![Edit::Remove { id: id(2) }],
        vec![Edit::Remove { id: id(3) }],
        vec![Edit::Add(at(470, &pin(80_000, "20"))), Edit::Remove { id: id(4) }],
    ] {
        let expected: Vec<f64> = fork(&journal, 400, &edits).unwrap().map(|tick| tick.price).take(1100).collect();
        let (mut written, mut seen) = (String::new(), Vec::new());
        let write = |text: &str| -> Result<(), ForkError> {
            written.push_str(text);
            Ok(())
        };
        let see = |tick, quotes: &[Quote]| {
            seen.extend((tick > 400).then(|| quotes[0].price));
            Ok(())
        };
        record_fork(&journal, (400, 1500), &edits, "bob", write, see)
            .unwrap_or_else(|error| panic!("{edits:?}: {error}"));
        assert_eq!(seen, expected, "{edits:?}");
        let again: Vec<f64> = Replay::new(&read(written.as_bytes())).map(|tick| tick.unwrap().price).collect();
        assert_eq!(again[400..], expected, "{edits:?}");
    }
    // What meets a command that the session had later is refused by both.
    let meets = [Edit::Add(at(890, &pin(80_000, "20")))];
    let said = fork(&journal, 400, &meets).map(|_| ()).unwrap_err().to_string();
    let recorded = record_fork::<_, ForkError>(&journal, (400, 1500), &meets, "bob", |_| Ok(()), |_, _| Ok(()));
    assert_eq!(recorded.unwrap_err().to_string(), said);
    assert!(said.contains("edits[0]: id = 3 is a pin over that time"), "{said}");
}

#[test]
fn forks_that_can_t_be_are_named() {
    let (text, ..) = session_of(Dice::body, btc(3), 3, 10, 1000);
    let journal = read(text.as_bytes());
    let first = entries(&journal)[0].clone();
    let says = |at: u64, edits: &[Edit], text: &str| {
        let error = fork(&journal, at, edits).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains(text), "{error}");
    };
    says(1001, &[], "at = 1001 is beyond 1000");
    says(0, &[Edit::Remove { id: id(999) }], "id = 999 is not an intervention of this journal");
    says(first.tick, &[Edit::Remove { id: first.id }], "which is not after the fork");
    says(first.tick - 1, &[Edit::Remove { id: first.id }, Edit::Remove { id: first.id }], "edited twice");
    let past = Edit::Add(at(5, r#"{"kind":"spread","factor":2}"#));
    says(10, &[past], "edits[0]: tick = 5 is in the past: the next tick is 11");
}
