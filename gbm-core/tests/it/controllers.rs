//! Targets, pins, halts and price bands: what they promise on their ticks, what is left afterwards, and how they take turns.

use gbm_core::intervention::InterventionError;
use gbm_core::prelude::*;

use crate::support::{SPOT, at, btc, id};

fn run(market: Market<Model>, commands: &[Command], count: usize) -> Vec<Tick> {
    let mut simulation = Simulation::new(market);
    for command in commands {
        simulation.intervene(command).unwrap_or_else(|error| panic!("{command:?}: {error}"));
    }
    simulation.take(count).collect()
}

/// Increments of the logarithm from one tick to the next.
fn increments(ticks: &[Tick], of: fn(&Tick) -> f64) -> Vec<f64> {
    ticks.windows(2).map(|pair| (of(&pair[1]) / of(&pair[0])).ln()).collect()
}

/// From one tick on the price does what the reference does.
#[track_caller]
fn follows_the_reference(ticks: &[Tick]) {
    let (price, reference) = (increments(ticks, |t| t.price), increments(ticks, |t| t.reference));
    for (place, (price, reference)) in price.iter().zip(&reference).enumerate() {
        assert!((price - reference).abs() < 1e-12, "tick {}: {price} and {reference}", ticks[place].tick);
    }
}

#[test]
fn a_target_is_reached_on_its_tick_and_left_to_the_base_law() {
    for (price, duration) in [(150_000.0, 100), (99_999.0, 1), (20_000.0, 7)] {
        let target = format!(r#"{{"kind":"target","price":{price},"duration_s":{duration}}}"#);
        let ticks = run(btc(1), &[at(10, &target)], 400);
        let last = 9 + duration;
        assert_eq!(ticks[last - 1].price.to_bits(), f64::to_bits(price), "{duration} s");
        assert_eq!(ticks[8].price, ticks[8].reference);
        follows_the_reference(&ticks[last - 1..]);
    }
    let by_time = format!(r#"{{"kind":"target","price":1e5,"at_ms":{}}}"#, 1_700_000_000_000_i64 + 59_500);
    assert_eq!(run(btc(1), &[at(10, &by_time)], 60)[59].price, 1e5);
}

/// The log-price of a target half-way, less the straight line, in units of σ√(T/4).
fn half_way(seed: u64, steps: usize) -> f64 {
    let target = format!(r#"{{"kind":"target","price":110000,"duration_s":{steps}}}"#);
    let ticks = run(btc(seed), &[at(1, &target)], steps / 2);
    let line = 0.5 * 1.1_f64.ln();
    let variance = 0.8_f64.powi(2) * steps as f64 / (365.0 * 86_400.0) / 4.0;
    ((ticks[steps / 2 - 1].price / SPOT).ln() - line) / variance.sqrt()
}

#[test]
fn a_target_is_a_brownian_bridge() {
    // 4·10⁵ bridges of 8 steps. The variance of a sample variance is 2/n: 1 % is 4.5 of its deviations.
    let count = 400_000;
    let (mut sum, mut squares) = (0.0, 0.0);
    for seed in 0..count {
        let z = half_way(seed, 8);
        sum += z;
        squares += z * z;
    }
    let (mean, variance) = (sum / count as f64, squares / count as f64);
    assert!(mean.abs() < 5.6 / (count as f64).sqrt(), "{mean}");
    assert!((variance - 1.0).abs() < 0.01, "{variance}");
}

#[test]
fn a_hard_pin_emits_its_price_and_lets_go_without_a_jump() {
    let pin = at(5, r#"{"kind":"pin","price":98765.4321,"duration_s":20}"#);
    let ticks = run(btc(2), &[pin], 200);
    assert!(ticks[4..24].iter().all(|tick| tick.price.to_bits() == 98_765.432_1_f64.to_bits()));
    follows_the_reference(&ticks[23..]);
}

#[test]
fn a_pin_has_its_band_as_deviation() {
    // θΔt = d²/(2b²) with d = 0.8·√(1/31,536,000) and b = 4d: relaxation over 32 ticks.
    let d = 0.8 / (365.0_f64 * 86_400.0).sqrt();
    let band = 4.0 * d;
    let pin = at(1, &format!(r#"{{"kind":"pin","price":101000,"band":{band}}}"#));
    let ticks = run(btc(3), &[pin], 1_000_000);
    let settled = &ticks[10_000..];
    let away: Vec<f64> = settled.iter().map(|tick| (tick.price / 101_000.0).ln()).collect();
    let variance = away.iter().map(|x| x * x).sum::<f64>() / away.len() as f64;
    // Correlated over about 2·32 ticks: some 15,000 independent values, a deviation of 1.2 %.
    assert!((variance.sqrt() / band - 1.0).abs() < 0.06, "{}", variance.sqrt() / band);
    let lag: f64 = away.windows(33).map(|w| w[0] * w[32]).sum::<f64>() / away.len() as f64 / variance;
    assert!((lag - (-1.0_f64).exp()).abs() < 0.05, "{lag}");
}

#[test]
fn a_halt_withholds_ticks_and_reopens_as_asked() {
    for (reopen, has_gap) in [("catch_up", true), ("freeze", false)] {
        let halt = format!(r#"{{"kind":"halt","reopen":"{reopen}","duration_s":50}}"#);
        let ticks = run(btc(4), &[at(11, &halt)], 300);
        assert!(ticks.iter().all(|tick| tick.is_halted == (11..61).contains(&tick.tick)));
        assert!(ticks[10..60].iter().all(|tick| tick.price == ticks[9].price));
        let reopening = (ticks[60].price / ticks[59].price).ln();
        let step = (ticks[60].reference / ticks[59].reference).ln();
        let missed = (ticks[60].reference / ticks[9].reference).ln();
        let expected = if has_gap { missed } else { step };
        assert!((reopening - expected).abs() < 1e-12, "{reopen}: {reopening}, {expected}");
        follows_the_reference(&ticks[60..]);
    }
}

#[test]
fn what_happens_behind_a_halt_shows_or_doesn_t() {
    let shock = at(20, r#"{"kind":"shock","log_return":-0.5,"permanent_fraction":1}"#);
    let halted = |reopen: &str| {
        let halt = at(11, &format!(r#"{{"kind":"halt","reopen":"{reopen}","duration_s":50}}"#));
        let ticks = run(btc(4), &[halt, shock.clone()], 100);
        (ticks[60].price / ticks[9].price).ln()
    };
    assert!((halted("catch_up") + 0.5).abs() < 0.01);
    assert!(halted("freeze").abs() < 0.01);
}

#[test]
fn a_price_band_pauses_instead_of_a_leap() {
    let band = at(5, r#"{"kind":"price_band","percent":5,"window_s":60,"pause_s":30}"#);
    let shock = at(50, r#"{"kind":"shock","log_return":-0.1,"permanent_fraction":1}"#);
    let ticks = run(btc(4), &[band, shock], 200);
    assert!(ticks.iter().all(|tick| tick.is_halted == (50..80).contains(&tick.tick)), "one pause of 30 ticks");
    assert_eq!(ticks[78].price, ticks[48].price);
    // Afterwards it is where it would have been, and that is the new mean.
    assert!(((ticks[79].price / ticks[79].reference).ln() + 0.1).abs() < 1e-12);
}

#[test]
fn a_price_band_looks_at_the_mean_of_its_window() {
    // A drift of 1 % a tick against a mean of 64 ticks leaves a band of 20 % after so many ticks, found here by hand.
    let commands = [
        at(1, r#"{"kind":"set_volatility","sigma":0}"#),
        at(1, r#"{"kind":"ramp","log_return":1.0,"duration_s":100}"#),
        at(1, r#"{"kind":"price_band","percent":20,"window_s":64,"pause_s":5}"#),
    ];
    let ticks = run(btc(4), &commands, 100);
    let mut shown = vec![1.0];
    let first = (1..=100)
        .find(|&tick| {
            let price = (0.01 * f64::from(tick)).exp();
            let recent = &shown[shown.len().saturating_sub(64)..];
            let leaves = price / (recent.iter().sum::<f64>() / recent.len() as f64) - 1.0 > 0.2;
            shown.push(price);
            leaves
        })
        .unwrap();
    let halted = ticks.iter().find(|tick| tick.is_halted).unwrap().tick;
    assert_eq!(halted, u64::try_from(first).unwrap());
}

#[test]
fn ranks_hold_a_halt_over_a_pin_over_a_target() {
    let commands = [
        at(10, r#"{"kind":"target","price":120000,"duration_s":100}"#),
        at(30, r#"{"kind":"pin","price":90000,"duration_s":10}"#),
        at(35, r#"{"kind":"halt","reopen":"freeze","duration_s":2}"#),
    ];
    let ticks = run(btc(6), &commands, 200);
    assert!(ticks[29..39].iter().all(|tick| tick.price == 90_000.0));
    assert!(ticks[34].is_halted && ticks[35].is_halted && !ticks[36].is_halted);
    // The target's clock went on, and it is reached in time.
    assert!((ticks[39].price / 90_000.0 - 1.0).abs() < 0.02);
    assert_eq!(ticks[108].price, 120_000.0);
}

#[test]
fn a_set_price_is_emitted_and_the_controller_goes_on_from_it() {
    let commands = [
        at(10, r#"{"kind":"target","price":120000,"duration_s":100}"#),
        at(30, r#"{"kind":"set_price","price":50000}"#),
    ];
    let ticks = run(btc(6), &commands, 200);
    assert_eq!(ticks[29].price, 50_000.0);
    assert!(ticks[30].price < 55_000.0);
    assert_eq!(ticks[108].price, 120_000.0);
}

#[test]
fn two_of_a_kind_are_refused_replaced_or_queued() {
    let pin = |price: u32, rest: &str| format!(r#"{{"kind":"pin","price":{price},"duration_s":20{rest}}}"#);
    let mut simulation = Simulation::new(btc(6));
    assert_eq!(simulation.intervene(&at(10, &pin(1000, ""))).unwrap().tick, 10);
    let refused = simulation.intervene(&at(29, &pin(2000, ""))).unwrap_err();
    assert_eq!(refused, InterventionError::Conflict { with: id(1), kind: "pin", ends: true });
    assert!(refused.to_string().contains("id = 1 is a pin over that time"));
    assert_eq!(simulation.intervene(&at(30, &pin(3000, ""))).unwrap().tick, 30);
    // A free place is found behind both.
    let queued = at(15, &pin(4000, r#","on_conflict":"queue""#));
    assert_eq!(simulation.intervene(&Command { id: Some(id(3)), ..queued.clone() }).unwrap().tick, 50);
    assert_eq!(simulation.intervene(&Command { id: Some(id(3)), ..queued }).unwrap().tick, 50);
    assert_eq!(simulation.intervene(&at(35, &pin(5000, r#","on_conflict":"replace""#))).unwrap().tick, 35);
    // Where the replaced one would have been, there is room again only after its heir.
    assert!(simulation.intervene(&at(54, &pin(6000, ""))).is_err());
    let prices: Vec<f64> = simulation.by_ref().take(80).map(|tick| tick.price).collect();
    assert_eq!([prices[9], prices[28], prices[29], prices[33], prices[34]], [1000.0, 1000.0, 3000.0, 3000.0, 5000.0]);
    assert_eq!([prices[48], prices[49], prices[68]], [5000.0, 4000.0, 4000.0]);
    assert_eq!(simulation.standing(id(2)), Some(Standing::Ended));

    let mut simulation = Simulation::new(btc(6));
    simulation.intervene(&at(10, r#"{"kind":"pin","price":1000}"#)).unwrap();
    let endless = simulation.intervene(&at(15, &pin(2000, r#","on_conflict":"queue""#))).unwrap_err();
    assert_eq!(endless, InterventionError::Conflict { with: id(1), kind: "pin", ends: false });
    simulation.intervene(&at(15, r#"{"kind":"cancel","id":1}"#)).unwrap();
    assert!(simulation.intervene(&at(15, &pin(2000, ""))).is_ok());
}

#[test]
fn a_cancelled_controller_lets_go_at_once() {
    for body in [
        r#"{"kind":"target","price":120000,"duration_s":100}"#,
        r#"{"kind":"pin","price":90000}"#,
        r#"{"kind":"pin","price":90000,"band":0.001}"#,
        r#"{"kind":"halt","reopen":"freeze"}"#,
    ] {
        let ticks = run(btc(7), &[at(10, body), at(40, r#"{"kind":"cancel","id":1}"#)], 200);
        follows_the_reference(&ticks[38..]);
        assert!(ticks[39..].iter().all(|tick| !tick.is_halted), "{body}");
    }
}

#[test]
fn misuse_is_named() {
    let says = |json: &str, text: &str| {
        let error = Simulation::new(btc(1)).intervene(&at(10, json)).unwrap_err().to_string();
        assert!(error.contains(text), "{json}: {error}");
    };
    says(r#"{"kind":"jump_rate","factor":2}"#, "model has no jumps");
    says(r#"{"kind":"regime","state":1}"#, "state = 1: this instrument's model has 0 regimes");
    says(r#"{"kind":"target","price":1}"#, "duration_s or at_ms");
    says(r#"{"kind":"target","price":1,"duration_s":1,"at_ms":1700000050000}"#, "exactly one");
    says(r#"{"kind":"target","price":1,"at_ms":1700000005000}"#, "at_ms = 1700000005000 has passed by tick 10");
    says(r#"{"kind":"volatility_scale","factor":2,"half_life_s":1,"duration_s":1}"#, "both given");
    let bad = |json: &str, text: &str| {
        let error = serde_json::from_str::<Intervention>(json).unwrap_err().to_string();
        assert!(error.contains(text), "{json}: {error}");
    };
    bad(r#"{"kind":"pin","price":1,"band":-1}"#, "band = -1 is outside [0, 20]");
    bad(r#"{"kind":"flash_crash","depth":0,"fall_s":1,"half_life_s":1,"recovered_fraction":1}"#, "depth = 0");
    bad(r#"{"kind":"meta_order","side":"buy","quantity":0,"duration_s":1}"#, "quantity = 0 is outside (0,");
    bad(r#"{"kind":"price_band","percent":0,"window_s":1,"pause_s":1}"#, "percent = 0 is outside (0,");
    bad(r#"{"kind":"halt"}"#, "reopen");
}

#[test]
fn what_is_wrong_by_itself_is_said_before_what_is_in_its_way() {
    let mut simulation = Simulation::new(btc(1));
    simulation.intervene(&at(10, r#"{"kind":"target","price":1,"duration_s":1000}"#)).unwrap();
    let timeless = simulation.intervene(&at(20, r#"{"kind":"target","price":2}"#)).unwrap_err();
    assert_eq!(timeless, InterventionError::DurationOrTime);
    let waits = r#"{"kind":"target","price":2,"at_ms":1700000030000,"on_conflict":"queue"}"#;
    let waits = simulation.intervene(&at(20, waits)).unwrap_err();
    assert!(matches!(waits, InterventionError::TargetPast { tick: 1010, .. }), "{waits}");
}

#[test]
fn controllers_that_wait_are_limited() {
    let mut simulation = Simulation::new(btc(1));
    let halt = r#"{"kind":"halt","reopen":"freeze","duration_s":1}"#;
    for tick in 1..=1024 {
        simulation.intervene(&at(2 * tick, halt)).unwrap();
    }
    let error = simulation.intervene(&at(5000, halt)).unwrap_err();
    assert_eq!(error, InterventionError::Controllers(1024));
    simulation.by_ref().take(3).for_each(drop);
    assert!(simulation.intervene(&at(5000, halt)).is_ok());
}
