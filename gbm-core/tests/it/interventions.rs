//! What each intervention does to price and reference, how they compose, and how they are refused.

use gbm_core::engine::MAX_INTERVENTIONS;
use gbm_core::intervention::InterventionError;
use gbm_core::prelude::*;

use crate::support::{Dice, SPOT, at, body, btc, id, pair};
use crate::zoo::{self, Animal};

fn ticks(commands: &[Command], count: usize) -> Vec<Tick> {
    let mut simulation = Simulation::new(btc(42));
    for command in commands {
        simulation.intervene(command).unwrap_or_else(|error| panic!("{command:?}: {error}"));
    }
    simulation.take(count).collect()
}

/// ln(price/reference) of each tick.
fn gaps(commands: &[Command], count: usize) -> Vec<f64> {
    ticks(commands, count).iter().map(|tick| (tick.price / tick.reference).ln()).collect()
}

#[track_caller]
fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
}

#[test]
fn the_reference_never_moves() {
    let plain: Vec<f64> = ticks(&[], 500).iter().map(|tick| tick.price).collect();
    let mut dice = Dice(1);
    let commands: Vec<Command> = (0..40)
        .map(|_| Command::now(dice.any_body(0)).at(1 + dice.below(400)))
        .filter(|command| !matches!(command.body, Intervention::Cancel(_)))
        .scan(Simulation::new(btc(42)), |market, command| Some(market.intervene(&command).is_ok().then_some(command)))
        .flatten()
        .collect();
    assert!(commands.len() > 20);
    let steered = ticks(&commands, 500);
    assert!(steered.iter().map(|tick| tick.reference).eq(plain.iter().copied()));
    assert!(steered.iter().zip(&plain).any(|(tick, plain)| tick.price != *plain));
}

#[test]
fn interventions_that_change_nothing_change_no_bit() {
    let nothing = [
        at(1, r#"{"kind":"set_drift","mu":0.5}"#),
        at(2, r#"{"kind":"set_volatility","sigma":0.8}"#),
        at(3, r#"{"kind":"inject_liquidity","side":"bid","quantity":0,"within":0.01,"half_life_s":60}"#),
        at(4, r#"{"kind":"shock","log_return":0,"permanent_fraction":0.5,"half_life_s":60}"#),
        at(5, r#"{"kind":"set_drift","mu":0.5,"ramp_s":100}"#),
        at(6, r#"{"kind":"set_volatility","sigma":0.8,"ramp_s":33}"#),
        at(7, r#"{"kind":"volatility_scale","factor":1}"#),
        at(8, r#"{"kind":"volatility_scale","factor":1,"half_life_s":60}"#),
        at(9, r#"{"kind":"ramp","log_return":0,"duration_s":60}"#),
        at(10, r#"{"kind":"spread","factor":3}"#),
        at(11, r#"{"kind":"price_band","percent":1000,"window_s":60,"pause_s":5,"duration_s":1000000}"#),
    ];
    changes_nothing(btc(42), &nothing, 10_000_000);
}

#[track_caller]
fn changes_nothing(market: Market<Model>, commands: &[Command], ticks: usize) {
    let mut simulation = Simulation::new(market);
    for command in commands {
        simulation.intervene(command).unwrap();
    }
    for tick in simulation.take(ticks) {
        assert_eq!(tick.price.to_bits(), tick.reference.to_bits(), "tick {}", tick.tick);
    }
}

#[test]
fn interventions_that_change_nothing_change_no_bit_of_any_model() {
    for Animal { name, model, has_jumps, .. } in zoo::all() {
        let (mu, sigma) = (Process::drift(&model).get(), Process::volatility(&model).get());
        let mut nothing = vec![
            at(1, &format!(r#"{{"kind":"set_drift","mu":{mu}}}"#)),
            at(2, &format!(r#"{{"kind":"set_volatility","sigma":{sigma}}}"#)),
            at(3, r#"{"kind":"inject_liquidity","side":"ask","quantity":0,"within":0.01,"half_life_s":60}"#),
            at(4, r#"{"kind":"shock","log_return":0,"permanent_fraction":0.5,"half_life_s":60}"#),
            at(5, &format!(r#"{{"kind":"set_drift","mu":{mu},"ramp_s":100}}"#)),
            at(6, &format!(r#"{{"kind":"set_volatility","sigma":{sigma},"ramp_s":33}}"#)),
            at(7, r#"{"kind":"volatility_scale","factor":1}"#),
            at(8, r#"{"kind":"volatility_scale","factor":1,"half_life_s":60}"#),
            at(9, r#"{"kind":"ramp","log_return":0,"duration_s":60}"#),
            at(10, r#"{"kind":"spread","factor":3}"#),
            at(11, r#"{"kind":"price_band","percent":1000,"window_s":60,"pause_s":5,"duration_s":9000}"#),
        ];
        if has_jumps {
            nothing.push(at(12, r#"{"kind":"jump_rate","factor":1}"#));
        }
        println!("{name}");
        changes_nothing(zoo::market(&model, 42), &nothing, 30_000);
    }
}

#[test]
fn the_price_is_the_reference_until_the_first_intervention_acts() {
    for tick in ticks(&[at(50, r#"{"kind":"set_volatility","sigma":1.6}"#)], 100) {
        assert_eq!(tick.price.to_bits() == tick.reference.to_bits(), tick.tick < 50, "tick {}", tick.tick);
    }
}

#[test]
fn set_volatility_doubles_what_the_noise_does() {
    let steered = ticks(&[at(1, r#"{"kind":"set_volatility","sigma":1.6}"#)], 200_000);
    let realised = |prices: &mut dyn Iterator<Item = f64>| {
        let mut realised = gbm_core::stats::RealisedVolatility::default();
        prices.for_each(|price| realised.push(price));
        realised.annual(btc(0).grid().dt()).unwrap()
    };
    let price = realised(&mut steered.iter().map(|tick| tick.price));
    let reference = realised(&mut steered.iter().map(|tick| tick.reference));
    assert!((price / reference - 2.0).abs() < 1e-4, "coupled noise: {price} and {reference}");
}

#[test]
fn steered_parameters_are_those_of_a_model_declared_so() {
    // From tick 1 on, a steered market is bit for bit the market whose header has those parameters.
    let commands = [at(1, r#"{"kind":"set_volatility","sigma":0.3}"#), at(1, r#"{"kind":"set_drift","mu":-1.5}"#)];
    let declared = crate::support::instrument("BTC-USD", 0, -1.5, 0.3);
    let market = Market::new(Seed::from(42), btc(42).grid(), vec![declared], None).unwrap();
    let declared = Simulation::new(market).map(|tick| tick.price);
    assert!(declared.take(1000).eq(ticks(&commands, 1000).iter().map(|tick| tick.price)));
}

#[test]
fn set_drift_adds_its_difference() {
    let found = gaps(&[at(11, r#"{"kind":"set_drift","mu":100.5}"#)], 1010);
    let per_tick = 100.0 / (365.0 * 86_400.0);
    close(found[9], 0.0);
    close(found[10], per_tick);
    close(found[1009], 1000.0 * per_tick);
}

#[test]
fn ramps_are_linear_and_cancelling_restores_what_was_before() {
    let ramp = at(1, r#"{"kind":"set_drift","mu":10.5,"ramp_s":10}"#);
    let found = gaps(&[ramp.clone(), at(21, r#"{"kind":"cancel","id":1}"#)], 30);
    let per_tick = 1.0 / (365.0 * 86_400.0);
    let expected = |tick: usize| (1..=tick.min(20)).map(|k| k.min(10) as f64 * per_tick).sum::<f64>();
    for (tick, gap) in (1..).zip(&found) {
        close(*gap, expected(tick));
    }
    // A second setting starts from where the ramp has got to; cancelling it leaves the first in force.
    let second = [ramp, at(5, r#"{"kind":"set_drift","mu":0.5}"#), at(8, r#"{"kind":"cancel","id":2}"#)];
    let found = gaps(&second, 12);
    close(found[3], 10.0 * per_tick);
    close(found[6], 10.0 * per_tick);
    close(found[7], 18.0 * per_tick);
}

#[test]
fn set_price_is_verbatim_and_the_base_law_goes_on() {
    for (seed, price) in [(1, 50_000.0_f64), (2, 123_456.789), (3, 1e-3), (4, 9.87e11)] {
        let mut simulation = Simulation::new(btc(seed));
        simulation.intervene(&at(10, &format!(r#"{{"kind":"set_price","price":{price}}}"#))).unwrap();
        let ticks: Vec<Tick> = simulation.take(1000).collect();
        assert_eq!(ticks[9].price.to_bits(), price.to_bits());
        for tick in &ticks[10..] {
            let expected = price * (tick.reference / ticks[9].reference);
            assert!((tick.price / expected - 1.0).abs() < 1e-14, "tick {}: {} {expected}", tick.tick, tick.price);
        }
    }
}

#[test]
fn what_displaces_after_a_set_price_on_its_tick_adds_to_it() {
    let set = at(5, r#"{"kind":"set_price","price":50000}"#);
    let shock = at(5, r#"{"kind":"shock","log_return":0.1,"permanent_fraction":0.25,"half_life_s":10}"#);
    let before = ticks(&[shock.clone(), set.clone()], 5)[4];
    assert_eq!(before.price, 50_000.0);
    let after = ticks(&[set, shock], 5)[4];
    close((after.price / 50_000.0).ln(), 0.1);
}

#[test]
fn what_moves_nothing_leaves_a_set_price_verbatim() {
    for seed in 0..50 {
        let mut simulation = Simulation::new(btc(seed));
        simulation.intervene(&at(5, r#"{"kind":"set_price","price":54321.123}"#)).unwrap();
        simulation.intervene(&at(5, r#"{"kind":"shock","log_return":0,"permanent_fraction":1}"#)).unwrap();
        assert_eq!(simulation.nth(4).unwrap().price, 54_321.123);
    }
}

#[test]
fn a_cancel_of_the_same_tick_acts_in_the_order_of_ids() {
    let command = |json: &str| serde_json::from_str::<Command>(json).unwrap();
    let set = command(r#"{"id":5,"tick":9,"body":{"kind":"set_price","price":1}}"#);
    let mut simulation = Simulation::new(btc(1));
    simulation.intervene(&set).unwrap();
    let late = command(r#"{"id":6,"tick":9,"body":{"kind":"cancel","id":5}}"#);
    assert!(matches!(simulation.resolve(&late), Err(InterventionError::Ended { .. })));
    simulation.intervene(&command(r#"{"id":4,"tick":9,"body":{"kind":"cancel","id":5}}"#)).unwrap();
    assert!(simulation.take(20).all(|tick| tick.price == tick.reference));
}

#[test]
fn a_shock_decays_to_its_permanent_part() {
    let found = gaps(&[at(10, r#"{"kind":"shock","log_return":-0.2,"permanent_fraction":0.4,"half_life_s":5}"#)], 400);
    close(found[8], 0.0);
    for (tick, gap) in (10..).zip(&found[9..]) {
        close(*gap, -0.08 - 0.12 * 2_f64.powf(-f64::from(tick - 10) / 5.0));
    }
    close(found[399], -0.08);
}

#[test]
fn cancelling_a_shock_leaves_the_permanent_part() {
    let shock = at(10, r#"{"kind":"shock","log_return":-0.2,"permanent_fraction":0.4,"half_life_s":500}"#);
    let found = gaps(&[shock, at(20, r#"{"kind":"cancel","id":1}"#)], 30);
    assert!(found[18] < -0.19);
    close(found[19], -0.08);
    close(found[29], -0.08);
}

#[test]
fn liquidity_calms_the_market_and_fades() {
    let depth = Book::btc().depth(LogDistance::new(0.01).unwrap());
    let command = |eta: f64| {
        let quantity = 3.0 * depth;
        at(
            1,
            &format!(
                r#"{{"kind":"inject_liquidity","side":"both","quantity":{quantity},"within":0.01,"half_life_s":100,"eta":{eta}}}"#
            ),
        )
    };
    let factors = |eta: f64| -> Vec<f64> {
        // The diffusion parts of neighbouring increments are in the ratio L^-eta; the drift is a millionth of them.
        let ticks = ticks(&[command(eta)], 7000);
        let increments = ticks.windows(2).map(|pair| {
            let reference = (pair[1].reference / pair[0].reference).ln();
            ((pair[1].price / pair[0].price).ln(), reference)
        });
        increments.filter(|(_, reference)| reference.abs() > 1e-4).map(|(price, reference)| price / reference).collect()
    };
    let half = factors(0.5);
    assert!((half[0] - 0.5).abs() < 0.01, "L = 4 at once: {}", half[0]);
    assert!((half[half.len() - 1] - 1.0).abs() < 1e-9, "faded after 64 half-lives");
    assert!(factors(0.0).iter().all(|factor| (factor - 1.0).abs() < 1e-9));
    let found = gaps(&[command(0.0), at(2, r#"{"kind":"cancel","id":1}"#)], 3);
    assert!(found.iter().all(|gap| gap.abs() < 1e-12));
}

#[test]
fn bids_lift_asks_press_and_the_lean_relaxes() {
    let one_sided = |side: &str| {
        at(
            1,
            &format!(
                r#"{{"kind":"inject_liquidity","side":"{side}","quantity":400,"within":0.05,"half_life_s":60,"eta":0}}"#
            ),
        )
    };
    let (bid, ask) = (gaps(&[one_sided("bid")], 601), gaps(&[one_sided("ask")], 601));
    let expected = 0.042 * (200.0_f64 / 25_000.0).sqrt();
    close(bid[0], expected);
    close(ask[0], -expected);
    // The excess volume halves in 600 s, and its square root moves the price.
    close(bid[600], expected / 2_f64.sqrt());
}

#[test]
fn with_everything_spent_the_increments_are_the_references() {
    let commands = [
        at(1, r#"{"kind":"shock","log_return":0.3,"permanent_fraction":0.5,"half_life_s":3}"#),
        at(2, r#"{"kind":"set_price","price":80000}"#),
        at(3, r#"{"kind":"inject_liquidity","side":"ask","quantity":4000,"within":0.05,"half_life_s":3,"eta":0}"#),
    ];
    // 100 half-lives of the excess volume are 50 of the displacement.
    let gaps = gaps(&commands, 60_100);
    for pair in gaps[60_010..].windows(2) {
        assert!((pair[1] - pair[0]).abs() < 1e-12, "{pair:?}");
    }
}

#[test]
fn interventions_act_in_the_order_of_tick_and_id_not_of_arrival() {
    let commands: Vec<Command> = [
        r#"{"id":3,"tick":5,"body":{"kind":"set_price","price":90000}}"#,
        r#"{"id":9,"tick":5,"body":{"kind":"set_price","price":70000}}"#,
        r#"{"id":2,"tick":7,"body":{"kind":"set_volatility","sigma":2}}"#,
        r#"{"id":1,"tick":9,"body":{"kind":"shock","log_return":0.1,"permanent_fraction":1}}"#,
        r#"{"id":4,"tick":9,"body":{"kind":"inject_liquidity","side":"bid","quantity":500,"within":0.1,"half_life_s":9}}"#,
    ]
    .map(|json| serde_json::from_str(json).unwrap())
    .to_vec();
    let expected = ticks(&commands, 50);
    assert_eq!(expected[4].price, 70_000.0);
    let reversed: Vec<Command> = commands.into_iter().rev().collect();
    assert_eq!(ticks(&reversed, 50), expected);
}

#[test]
fn instruments_are_steered_apart() {
    let mut simulation = Simulation::new(pair(42));
    let command = Command { instrument: Some("ETH-USD".into()), ..at(3, r#"{"kind":"set_price","price":1}"#) };
    simulation.intervene(&command).unwrap();
    let plain: Vec<Tick> = Simulation::new(pair(42)).take(20).collect();
    let steered: Vec<Tick> = simulation.take(20).collect();
    assert!(steered.iter().zip(&plain).filter(|(tick, _)| tick.instrument == 0).all(|(tick, plain)| tick == plain));
    assert_eq!(steered[5], Tick { tick: 3, instrument: 1, price: 1.0, reference: plain[5].price, is_halted: false });
}

#[test]
fn the_same_command_twice_has_one_effect_and_one_answer() {
    let mut simulation = Simulation::new(btc(42));
    let shock = body(r#"{"kind":"shock","log_return":0.1,"permanent_fraction":1}"#);
    let command = Command { id: Some(id(7)), ..Command::now(shock) };
    let first = simulation.intervene(&command).unwrap();
    assert_eq!(simulation.next().unwrap().tick, 1);
    assert_eq!(simulation.intervene(&command).unwrap(), first, "even after it has acted");
    assert_eq!(simulation.intervene(&command.clone().at(1)).unwrap(), first);
    let second = simulation.next().unwrap();
    close((second.price / second.reference).ln(), 0.1);
    assert_eq!(simulation.intervene(&command.clone().at(9)), Err(InterventionError::IdTaken(id(7))));
    let other = Command { body: body(r#"{"kind":"set_price","price":1}"#), ..command };
    assert_eq!(simulation.intervene(&other), Err(InterventionError::IdTaken(id(7))));
    assert_eq!(simulation.interventions().count(), 1);
}

#[test]
fn cancelling_before_the_tick_means_it_never_acts() {
    let set = at(10, r#"{"kind":"set_price","price":1}"#);
    let cancelled = ticks(&[set, at(5, r#"{"kind":"cancel","id":1}"#)], 20);
    assert!(cancelled.iter().all(|tick| tick.price == tick.reference));
}

#[track_caller]
fn refused(simulation: &mut Simulation<Model>, command: &Command, text: &str) {
    let before = (simulation.snapshot(), simulation.interventions().count());
    let error = simulation.intervene(command).unwrap_err();
    assert_eq!(error.to_string(), text);
    assert_eq!((simulation.snapshot(), simulation.interventions().count()), before, "something changed");
}

#[test]
fn refusals_are_named_and_change_nothing() {
    let mut simulation = Simulation::new(btc(42));
    for json in [
        r#"{"kind":"set_price","price":7}"#,
        r#"{"kind":"shock","log_return":0.1,"permanent_fraction":0.5,"half_life_s":1}"#,
        r#"{"kind":"cancel","id":2}"#,
        r#"{"kind":"set_drift","mu":1}"#,
    ] {
        simulation.intervene(&at(10, json)).unwrap();
    }
    simulation.by_ref().take(20).for_each(drop);
    let mut check = |command: Command, text: &str| refused(&mut simulation, &command, text);
    let set = r#"{"kind":"set_price","price":7}"#;
    check(at(20, set), "tick = 20 is in the past: the next tick is 21");
    check(at(0, set), "tick = 0 is in the past: the next tick is 21");
    check(
        at(u64::MAX, set),
        "tick = 18446744073709551615 is outside [0, 9005499254740], the ticks that this grid can address",
    );
    check(
        Command { instrument: Some("DOGE".into()), ..at(30, set) },
        "instrument = \"DOGE\" is not one of this market's",
    );
    check(Command { time_ms: Some(5), ..at(30, set) }, "tick and time_ms are both given: name one of them");
    check(
        Command { tick: None, time_ms: Some(0), ..at(30, set) },
        "time_ms = 0 is outside (1700000000000, 9007199254740000], the times of this grid",
    );
    check(at(30, r#"{"kind":"cancel","id":99}"#), "id = 99 is not a known intervention");
    check(
        at(30, r#"{"kind":"cancel","id":3}"#),
        "id = 3 can't be cancelled: it is a cancel itself, or belongs to another instrument",
    );
    check(at(30, r#"{"kind":"cancel","id":1}"#), "id = 1 has ended by tick 30: there is nothing to cancel");
    check(at(30, r#"{"kind":"cancel","id":2}"#), "id = 2 has ended by tick 30: there is nothing to cancel");
    check(
        at(30, r#"{"kind":"shock","log_return":0.1,"permanent_fraction":0.5}"#),
        "half_life_s is missing: permanent_fraction below 1 leaves a part that decays",
    );
    check(
        at(30, r#"{"kind":"inject_liquidity","side":"both","quantity":-1e9,"within":0.01,"half_life_s":60}"#),
        "quantity makes the book -705599 times as deep: outside [0.000001, 1000000000]",
    );
    check(
        Command { id: Some(id(4)), ..at(30, set) },
        "id = 4 already names an intervention with another body, instrument or tick",
    );
    let mut two = Simulation::new(pair(1));
    assert_eq!(two.intervene(&at(1, set)).unwrap_err(), InterventionError::InstrumentMissing(2));
}

#[test]
fn out_of_domain_bodies_never_parse() {
    for (json, text) in [
        (r#"{"kind":"set_drift","mu":1e9}"#, "drift = 1000000000 is outside"),
        (r#"{"kind":"set_volatility","sigma":-1}"#, "volatility = -1 is outside"),
        (r#"{"kind":"set_price","price":0}"#, "price = 0 is outside"),
        (r#"{"kind":"set_price","price":"7"}"#, "invalid type"),
        (r#"{"kind":"set_price"}"#, "missing field `price`"),
        (r#"{"kind":"set_price","price":7,"tick":1}"#, "unknown field `tick`"),
        (r#"{"kind":"shock","log_return":0,"permanent_fraction":2}"#, "fraction = 2 is outside"),
        (r#"{"kind":"cancel","id":0}"#, "id = 0 is outside"),
        (r#"{"kind":"pump"}"#, "unknown variant `pump`"),
        (r#"{"kind":"set_drift","mu":NaN}"#, "expected value"),
    ] {
        let error = serde_json::from_str::<Intervention>(json).unwrap_err().to_string();
        assert!(error.contains(text), "{json}: {error}");
    }
}

#[test]
fn a_simulation_remembers_a_bounded_number() {
    let mut simulation = Simulation::new(btc(42));
    let command = Command::now(body(r#"{"kind":"set_drift","mu":0}"#));
    for _ in 0..MAX_INTERVENTIONS {
        simulation.intervene(&command).unwrap();
    }
    assert_eq!(simulation.intervene(&command), Err(InterventionError::Full(MAX_INTERVENTIONS)));
    let tick = simulation.next().unwrap();
    assert!(tick.price > 0.9 * SPOT);
}
