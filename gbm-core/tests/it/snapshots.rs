//! Chunking, snapshots and restores at random ticks: no bit differs.

use gbm_core::journal::{Checkpoint, CheckpointError, TickDigest};
use gbm_core::prelude::*;

use crate::support::{Dice, btc, pair};

/// A market with random commands, some of which are refused.
fn steered(market: Market<Model>, seed: u64, commands: u64, ticks: u64) -> Simulation<Model> {
    let mut dice = Dice(seed);
    let mut simulation = Simulation::new(market);
    let names: Vec<String> =
        simulation.market().instruments().iter().map(|instrument| instrument.name.clone()).collect();
    for ids in 0..commands {
        let instrument = Some(names[dice.below(names.len() as u64) as usize].clone());
        let _ =
            simulation.intervene(&Command { instrument, ..Command::now(dice.any_body(ids)).at(1 + dice.below(ticks)) });
    }
    simulation
}

fn digest(mut simulation: Simulation<Model>, mut digest: TickDigest, to: u64) -> TickDigest {
    let mut quotes = vec![Quote::default(); simulation.market().instruments().len()];
    while simulation.tick() < to {
        let tick = simulation.step_into(&mut quotes).unwrap();
        digest.push(tick, &quotes);
    }
    digest
}

#[test]
fn snapshots_at_random_ticks_change_no_bit() {
    let mut dice = Dice(21);
    for round in 0..24 {
        let market = if round % 3 == 0 { pair(round) } else { btc(round) };
        let whole = digest(steered(market.clone(), round, 30, 9000), TickDigest::default(), 10_000).value();
        let mut simulation = steered(market, round, 30, 9000);
        let mut running = TickDigest::default();
        let mut to = 0;
        while to < 10_000 {
            to = (to + 1 + dice.below(4000)).min(10_000);
            let mut quotes = vec![Quote::default(); simulation.market().instruments().len()];
            while simulation.tick() < to {
                let tick = simulation.step_into(&mut quotes).unwrap();
                running.push(tick, &quotes);
            }
            let text = Checkpoint::new(&simulation, &running).to_text().unwrap();
            (simulation, running) = Checkpoint::<Model>::from_text(text.as_bytes()).unwrap().restore().unwrap();
            assert_eq!(Checkpoint::new(&simulation, &running).to_text().unwrap(), text);
        }
        assert_eq!(running.value(), whole, "round {round}");
    }
}

#[test]
fn the_last_price_is_that_of_the_last_tick_also_after_a_restore() {
    for round in 0..6 {
        let market = if round % 2 == 0 { pair(round) } else { btc(round) };
        let mut simulation = steered(market, round, 30, 2000);
        let set: Vec<u64> = simulation
            .interventions()
            .filter(|known| matches!(known.body, Intervention::SetPrice(_)))
            .map(|known| known.tick)
            .collect();
        let mut quotes = vec![Quote::default(); simulation.market().instruments().len()];
        while simulation.tick() < 2500 {
            let tick = simulation.step_into(&mut quotes).unwrap();
            let restored = tick.is_multiple_of(50).then(|| Simulation::restore(simulation.snapshot()).unwrap());
            for (position, quote) in quotes.iter().enumerate() {
                let last = simulation.last_price(position).unwrap();
                if set.contains(&tick) {
                    assert!(
                        (last / quote.price - 1.0).abs() < 1e-13,
                        "{last} instead of {} on tick {tick}",
                        quote.price
                    );
                } else {
                    assert_eq!(last.to_bits(), quote.price.to_bits(), "round {round}, tick {tick}");
                }
                if let Some(restored) = &restored {
                    assert_eq!(restored.last_price(position), Some(last));
                }
            }
        }
        assert_eq!(simulation.last_price(quotes.len()), None);
    }
}

#[test]
fn iterating_in_chunks_changes_no_bit() {
    let whole: Vec<Tick> = steered(pair(5), 5, 30, 4000).take(10_000).collect();
    for chunk in [1, 7, 4096] {
        let mut simulation = steered(pair(5), 5, 30, 4000);
        let mut found = Vec::new();
        while found.len() < whole.len() {
            found.extend(simulation.by_ref().take(chunk));
        }
        found.truncate(whole.len());
        assert_eq!(found, whole, "chunks of {chunk}");
    }
}

#[test]
fn commands_given_on_the_way_act_as_commands_given_before() {
    let mut dice = Dice(6);
    // Whether a controller is refused, or waits, is decided by those that were accepted before it.
    let is_free = |body: &Intervention| match body {
        Intervention::Cancel(_) => false,
        Intervention::Target(Target { on_conflict, .. })
        | Intervention::Pin(Pin { on_conflict, .. })
        | Intervention::Halt(Halt { on_conflict, .. })
        | Intervention::PriceBand(PriceBand { on_conflict, .. }) => *on_conflict == OnConflict::Replace,
        _ => true,
    };
    let bodies = std::iter::repeat_with(|| dice.any_body(0)).filter(is_free);
    let mut commands: Vec<Command> = bodies.take(40).map(Command::now).collect();
    let mut early = Simulation::new(btc(6));
    for (id, command) in (1..).zip(&mut commands) {
        *command = Command { id: Some(crate::support::id(id)), ..command.clone().at(1 + (id * 37) % 600) };
        early.intervene(command).unwrap();
    }
    let mut late = Simulation::new(btc(6));
    let mut found = Vec::new();
    for tick in 1..=1000 {
        for command in commands.iter().filter(|command| command.tick == Some(tick)) {
            late.intervene(command).unwrap();
        }
        found.extend(late.next());
    }
    assert_eq!(found, early.take(1000).collect::<Vec<_>>());
}

#[test]
fn damaged_checkpoints_are_refused() {
    let mut simulation = steered(btc(7), 7, 10, 100);
    simulation.by_ref().take(50).for_each(drop);
    let text = Checkpoint::new(&simulation, &TickDigest::default()).to_text().unwrap();
    let read = |bytes: &[u8]| Checkpoint::<Model>::from_text(bytes).map(Checkpoint::restore);
    assert!(matches!(read(text.as_bytes()), Ok(Ok(_))));
    for position in 0..text.len() - 1 {
        let mut bytes = text.clone().into_bytes();
        bytes[position] ^= 1;
        assert!(matches!(read(&bytes), Err(CheckpointError::Seal(_))), "byte {position}");
    }
    for length in 0..text.len() - 1 {
        assert!(read(&text.as_bytes()[..length]).is_err(), "cut at {length}");
    }
}

/// A checkpoint whose text was edited and sealed again.
fn edited(from: &str, to: &str) -> Result<(), String> {
    let mut simulation = steered(btc(7), 7, 10, 100);
    simulation.by_ref().take(50).for_each(drop);
    let text = serde_json::to_string(&simulation.snapshot()).unwrap();
    assert!(text.contains(from), "{from} is not in {text}");
    let snapshot =
        serde_json::from_str::<Snapshot<Model>>(&text.replacen(from, to, 1)).map_err(|error| error.to_string())?;
    Simulation::restore(snapshot).map(drop).map_err(|error| error.to_string())
}

#[test]
fn contradicting_snapshots_are_refused_with_the_reason() {
    assert_eq!(edited("\"tick\":50", "\"tick\":50"), Ok(()));
    let version = edited("\"value_version\":1", "\"value_version\":2").unwrap_err();
    assert_eq!(version, "value_version = 2: this build produces version 1");
    let tick = edited("\"tick\":50", "\"tick\":99999999999999").unwrap_err();
    assert!(tick.starts_with("tick = 99999999999999 is outside"), "{tick}");
    assert!(edited("\"id\":2,\"tick\"", "\"id\":1,\"tick\"").unwrap_err().contains("id = 1 already names"));
    assert!(edited("\"volatility\":0.8", "\"volatility\":-0.8").unwrap_err().contains("volatility = -0.8"));
    assert!(edited("\"assets\":[", "\"assets\":[{},").is_err());
}

/// Slices of ticks are computed ahead while nothing that acts changes. A shock of the other instrument that fades for years
/// prevents it, and moves nothing of this one.
#[test]
fn ticks_ahead_of_need_are_the_ticks_by_themselves() {
    let run = |extra: &[(u64, &str)]| {
        let mut simulation = Simulation::new(pair(11));
        let btc = [
            (5, r#"{"kind":"set_volatility","sigma":1.3}"#),
            (40, r#"{"kind":"set_price","price":90000}"#),
            (300, r#"{"kind":"set_drift","mu":-2,"ramp_s":50}"#),
            (700, r#"{"kind":"shock","log_return":0.1,"permanent_fraction":1}"#),
        ];
        for (instrument, commands) in [("BTC-USD", &btc[..]), ("ETH-USD", extra)] {
            for (tick, body) in commands {
                let command = crate::support::at(*tick, body);
                simulation.intervene(&Command { instrument: Some(instrument.into()), ..command }).unwrap();
            }
        }
        let mut quotes = [Quote::default(); 2];
        let btc = |_| {
            simulation.step_into(&mut quotes).unwrap();
            quotes[0]
        };
        (0..1500).map(btc).collect::<Vec<_>>()
    };
    let fading = r#"{"kind":"shock","log_return":-0.1,"permanent_fraction":0,"half_life_s":1e9}"#;
    let (ahead, alone) = (run(&[]), run(&[(1, fading)]));
    assert!(ahead == alone);
    assert!(ahead.iter().any(|quote| quote.price != quote.reference));
}
