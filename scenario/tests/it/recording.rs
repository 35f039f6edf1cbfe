//! A stretch of a journal becomes a scenario that gives the same ticks.

use gbm_core::engine::Quote;
use gbm_core::intervention::Accepted;
use gbm_core::journal::{self, Journal, Proposed, Recorder};
use gbm_core::prelude::*;
use scenario::{Overrides, Scenario, record};

use crate::support::{Dice, btc, id, instrument};

fn body(json: serde_json::Value) -> Intervention {
    serde_json::from_value(json).unwrap()
}

/// A journal of up to `ticks` ticks; each command is sent when its tick comes near, if the market takes it.
fn journal(market: Market<Model>, ticks: u64, mut commands: Vec<(u64, Command)>) -> Journal<Model> {
    let (mut recorder, mut text) = Recorder::start(market).unwrap();
    let through = recorder.propose_through(ticks).unwrap();
    text.push_str(&through.text);
    recorder.confirm(through.line.seq);
    commands.sort_by_key(|(sent, _)| *sent);
    let mut commands = commands.into_iter().peekable();
    while recorder.simulation().tick() < ticks {
        let now = recorder.simulation().tick();
        while let Some((_, command)) = commands.next_if(|(sent, _)| *sent <= now) {
            if let Ok(Proposed::Line(line)) = recorder.propose_command(&command, "test", "") {
                text.push_str(&line.text);
                recorder.confirm(line.line.seq);
            }
        }
        recorder.step().unwrap();
    }
    text.push_str(&recorder.propose_end().unwrap().text);
    journal::read(text.as_bytes()).unwrap()
}

fn accepted(journal: &Journal<Model>) -> Vec<Accepted> {
    let commands = journal.lines.iter().filter_map(|line| match &line.entry {
        journal::Entry::Command(command) => Some(command.intervention.clone()),
        _ => None,
    });
    commands.collect()
}

/// The ticks of a stretch as the journal has them.
fn replayed(journal: &Journal<Model>, from: u64, to: u64) -> Vec<Tick> {
    let ticks = journal::Replay::new(journal).map(Result::unwrap);
    ticks.filter(|tick| (from..=to).contains(&tick.tick)).collect()
}

/// The ticks of a stretch with a scenario in the place of what acted in it.
fn played(journal: &Journal<Model>, scenario: &Scenario, from: u64, to: u64) -> Vec<Tick> {
    let mut simulation = Simulation::new(journal.header.market.clone());
    for known in accepted(journal).into_iter().filter(|known| known.tick < from) {
        // What was taken back before the stretch isn't known here.
        let _ = simulation.accept(known);
    }
    let mut quote = vec![Quote::default(); simulation.market().instruments().len()];
    while simulation.tick() + 1 < from {
        simulation.step_into(&mut quote).unwrap();
    }
    let start = scenario.start(&simulation, Some("BTC-USD"), from).unwrap();
    scenario
        .play(&mut simulation, &Overrides::new(), &start)
        .unwrap_or_else(|error| panic!("{error} in {}", scenario.text()));
    simulation.take_while(|tick| tick.tick <= to).collect()
}

#[test]
fn played_from_the_same_start_it_gives_the_same_bits() {
    let (mut compared, mut cancels) = (0, 0);
    for seed in 0..60 {
        let mut dice = Dice(seed);
        let mut commands = Vec::new();
        for number in 0..60 {
            let sent = dice.below(900);
            let tick = (dice.below(3) > 0).then(|| sent + 1 + dice.below(100));
            let body = if dice.below(4) == 0 {
                Intervention::Cancel(Cancel { id: id(1 + dice.below(60)) })
            } else {
                body(dice.body())
            };
            // Ids in any order: those of one tick act in theirs, whenever they were sent.
            let id = id(1 + (number * 37) % 60);
            commands.push((sent, Command { id: Some(id), tick, time_ms: None, instrument: None, body }));
        }
        let journal = journal(btc(seed), 1000, commands);
        for _ in 0..6 {
            let from = if dice.below(2) == 0 { 1 } else { 1 + dice.below(600) };
            let to = (from + dice.below(1000)).min(1000);
            let Ok(recording) = record(&journal, from, to) else { continue };
            assert!(recording.left_out.iter().all(|cancel| matches!(cancel.body, Intervention::Cancel(_))));
            if recording.left_out.is_empty() {
                let (expected, found) = (replayed(&journal, from, to), played(&journal, &recording.scenario, from, to));
                assert_eq!(expected, found, "seed {seed}, ticks {from} to {to}: {}", recording.scenario.text());
                compared += 1;
                cancels += recording.scenario.text().matches("cancel").count();
            }
        }
    }
    assert!(compared > 150 && cancels > 50, "{compared} stretches with {cancels} cancels");
}

fn target_by_time(at_ms: i64) -> Intervention {
    body(serde_json::json!({"kind": "target", "price": 123_456.0, "at_ms": at_ms}))
}

#[test]
fn absolute_times_become_relative() {
    let grid = btc(1).grid();
    let command = Command::now(target_by_time(grid.time_ms(300).unwrap() - 1)).at(200);
    let journal = journal(btc(1), 400, vec![(0, command)]);
    let recording = record(&journal, 150, 350).unwrap();
    assert!(recording.scenario.text().contains("at_s = 50.0"), "{}", recording.scenario.text());
    assert!(recording.scenario.text().contains("duration_s = 101.0"), "{}", recording.scenario.text());
    assert_eq!(replayed(&journal, 150, 350), played(&journal, &recording.scenario, 150, 350));
}

#[test]
fn a_cancel_of_what_began_before_is_left_out_and_said() {
    let pin = body(serde_json::json!({"kind": "pin", "price": 90_000.0}));
    let drift = body(serde_json::json!({"kind": "set_drift", "mu": 1.0}));
    let cancel = |number| Intervention::Cancel(Cancel { id: id(number) });
    let commands = vec![
        (0, Command { id: Some(id(1)), ..Command::now(pin).at(10) }),
        (0, Command { id: Some(id(2)), ..Command::now(drift).at(60) }),
        (0, Command { id: Some(id(3)), ..Command::now(cancel(1)).at(70) }),
        (0, Command { id: Some(id(4)), ..Command::now(cancel(2)).at(80) }),
        // It takes back what never acted: both are gone.
        (0, Command { id: Some(id(6)), ..Command::now(drift).at(90) }),
        (0, Command { id: Some(id(5)), ..Command::now(cancel(6)).at(90) }),
    ];
    let journal = journal(btc(1), 100, commands);
    let recording = record(&journal, 50, 100).unwrap();
    assert_eq!(recording.left_out.iter().map(|cancel| cancel.id).collect::<Vec<_>>(), [id(3)]);
    let expected = "\
name = \"recorded\"
title = \"Ticks 50 to 100\"
description = \"What acted on BTC-USD on the ticks 50 to 100 of a session.\"

[[steps]]
at_s = 10.0
label = \"i2\"
kind = \"set_drift\"
mu = 1.0

[[steps]]
at_s = 30.0
kind = \"cancel\"
step = \"i2\"
";
    assert_eq!(recording.scenario.text(), expected);
    assert_eq!(record(&journal, 1, 100).unwrap().left_out, []);
}

#[test]
fn what_no_scenario_can_hold_is_an_error() {
    let drift = body(serde_json::json!({"kind": "set_drift", "mu": 1.0}));
    let on = |name: &str, tick| Command { instrument: Some(name.into()), ..Command::now(drift).at(tick) };
    let grid = btc(0).grid();
    let two = Market::new(Seed::from(1), grid, vec![instrument("BTC-USD", 0), instrument("ETH-USD", 1)], None).unwrap();
    let commands = vec![(0, on("BTC-USD", 10)), (0, on("ETH-USD", 20))];
    let two = journal(two, 50, commands);
    let fails = |journal, from, to| record(journal, from, to).unwrap_err().to_string();
    assert_eq!(fails(&two, 1, 50), "instruments \"BTC-USD\" and \"ETH-USD\" are both acted on: a scenario is of one");
    assert!(record(&two, 1, 19).is_ok());
    assert_eq!(fails(&two, 0, 50), "from = 0 and to = 50: two ticks from 1 on, the earlier first");
    assert_eq!(fails(&two, 9, 8), "from = 9 and to = 8: two ticks from 1 on, the earlier first");
    assert_eq!(fails(&two, 30, 40), "nothing acts on ticks 30 to 40 but what a scenario can't hold");
    let many = (0..1001).map(|_| (0, Command::now(drift).at(10))).collect();
    let many = journal(btc(1), 20, many);
    assert_eq!(fails(&many, 1, 20), "commands = 1001: a scenario makes at most 1000");
}

#[test]
fn long_times_come_back_to_the_tick() {
    // Ticks of a third of a hundredth of a second far from the start, where a second has few digits left.
    let grid = TimeGrid::new(0, 7).unwrap();
    let market = Market::new(Seed::from(1), grid, vec![instrument("BTC-USD", 0)], None).unwrap();
    let drift = body(serde_json::json!({"kind": "set_drift", "mu": 1.0}));
    for tick in [3, 1_000_003, 123_456_789_013, 100_000_000_000_007] {
        let (mut recorder, mut text) = Recorder::start(market.clone()).unwrap();
        let Proposed::Line(line) = recorder.propose_command(&Command::now(drift).at(tick), "test", "").unwrap() else {
            panic!("no line")
        };
        text.push_str(&line.text);
        let journal = journal::read::<Model>(text.as_bytes()).unwrap();
        let scenario = record(&journal, 1, tick).unwrap().scenario;
        let start = scenario.start(&Simulation::new(market.clone()), None, 1).unwrap();
        assert_eq!(scenario.resolve(&Overrides::new(), &start).unwrap()[0].tick, Some(tick));
    }
}
