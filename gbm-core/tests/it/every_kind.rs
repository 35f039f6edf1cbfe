//! Every kind of intervention on every model: it acts, or is refused for the part that the model doesn't have.

use gbm_core::intervention::InterventionError;
use gbm_core::prelude::*;

use crate::support::{SPOT, at, id};
use crate::zoo::{self, Animal, run};

/// What shows that it has acted.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Shows {
    Price,
    Spread,
    Halt,
    Cancelled,
}

const KINDS: [(&str, Shows); 19] = [
    (r#"{"kind":"set_drift","mu":100}"#, Shows::Price),
    (r#"{"kind":"set_volatility","sigma":0.3}"#, Shows::Price),
    (r#"{"kind":"set_price","price":90000}"#, Shows::Price),
    (r#"{"kind":"shock","log_return":0.1,"permanent_fraction":0.5,"half_life_s":60}"#, Shows::Price),
    (r#"{"kind":"inject_liquidity","side":"both","quantity":500,"within":0.01,"half_life_s":60}"#, Shows::Price),
    (r#"{"kind":"inject_liquidity","side":"bid","quantity":500,"within":0.01,"half_life_s":60,"eta":0}"#, Shows::Price),
    (r#"{"kind":"flash_crash","depth":0.2,"fall_s":9,"half_life_s":60,"recovered_fraction":0.5}"#, Shows::Price),
    (r#"{"kind":"ramp","log_return":0.1,"duration_s":60}"#, Shows::Price),
    (r#"{"kind":"meta_order","side":"sell","quantity":500,"duration_s":60}"#, Shows::Price),
    (r#"{"kind":"volatility_scale","factor":2}"#, Shows::Price),
    (r#"{"kind":"volatility_scale","factor":2,"half_life_s":60}"#, Shows::Price),
    (r#"{"kind":"jump_rate","factor":1e6}"#, Shows::Price),
    (r#"{"kind":"regime","state":1}"#, Shows::Price),
    (r#"{"kind":"spread","factor":2}"#, Shows::Spread),
    (r#"{"kind":"target","price":120000,"duration_s":60}"#, Shows::Price),
    (r#"{"kind":"pin","price":90000,"band":0.001}"#, Shows::Price),
    (r#"{"kind":"halt","reopen":"freeze"}"#, Shows::Halt),
    (r#"{"kind":"price_band","percent":0.0001,"window_s":60,"pause_s":5}"#, Shows::Halt),
    (r#"{"kind":"cancel","id":1}"#, Shows::Cancelled),
];

#[test]
fn the_table_names_every_kind() {
    let unknown = serde_json::from_str::<Intervention>(r#"{"kind":"pump"}"#).unwrap_err().to_string();
    let names: Vec<&str> = unknown.split('`').skip(3).step_by(2).collect();
    assert_eq!(names.len(), 17, "{unknown}");
    for name in names {
        assert!(KINDS.iter().any(|(json, _)| json.contains(&format!(r#""kind":"{name}""#))), "{name}");
    }
}

#[test]
fn every_kind_acts_on_every_model_or_is_refused_by_name() {
    for animal in zoo::all() {
        for (json, shows) in KINDS {
            check(&animal, json, shows);
        }
    }
}

fn check(Animal { name, model, has_jumps, regimes }: &Animal, json: &str, shows: Shows) {
    let mut simulation = Simulation::new(zoo::market(model, 5));
    if shows == Shows::Cancelled {
        simulation.intervene(&at(1, r#"{"kind":"set_drift","mu":100}"#)).unwrap();
    }
    let answer = simulation.intervene(&at(10, json));
    let refused = match (json.contains("jump_rate"), json.contains("regime")) {
        (true, _) if !has_jumps => Some(InterventionError::NoJumps),
        (_, true) if *regimes == 0 => Some(InterventionError::NoRegime { state: 1, regimes: 0 }),
        _ => None,
    };
    if let Some(refused) = refused {
        assert_eq!(answer, Err(refused), "{name}: {json}");
        return;
    }
    let given = answer.unwrap_or_else(|error| panic!("{name}: {json}: {error}"));
    let ticks: Vec<Tick> = simulation.by_ref().take(1000).collect();
    let plain = Simulation::new(zoo::market(model, 5)).take(1000);
    assert!(
        plain.map(|tick| tick.price).eq(ticks.iter().map(|tick| tick.reference)),
        "{name}: {json} moved the reference"
    );
    let differs = |tick: &Tick| tick.price != tick.reference;
    match shows {
        Shows::Price => {
            assert!(!ticks[..9].iter().any(differs) && ticks[9..].iter().any(differs), "{name}: {json} did nothing");
        }
        Shows::Spread => {
            assert!(!ticks.iter().any(differs), "{name}: {json} moved the price");
            assert_eq!(simulation.in_force(0).unwrap().spread_factor, 2.0, "{name}");
        }
        Shows::Halt => assert!(ticks[9..].iter().any(|tick| tick.is_halted), "{name}: {json} halted nothing"),
        Shows::Cancelled => {
            assert_eq!(simulation.standing(id(1)), Some(Standing::Cancelled), "{name}");
            follows_the_reference(name, &ticks[8..]);
        }
    }
    if shows != Shows::Cancelled {
        assert_eq!(given.tick, 10);
    }
}

#[test]
fn regimes_out_of_range_are_named() {
    for Animal { name, model, regimes, .. } in zoo::all().into_iter().filter(|animal| animal.regimes > 0) {
        let mut simulation = Simulation::new(zoo::market(&model, 1));
        let error = simulation.intervene(&at(1, r#"{"kind":"regime","state":3}"#)).unwrap_err();
        assert_eq!(error, InterventionError::NoRegime { state: 3, regimes }, "{name}");
        assert_eq!(error.to_string(), "state = 3: this instrument's model has 3 regimes, numbered from 0");
    }
}

/// From one tick on the price does what the reference does.
#[track_caller]
fn follows_the_reference(name: &str, ticks: &[Tick]) {
    for pair in ticks.windows(2) {
        let [price, reference] = [pair[1].price / pair[0].price, pair[1].reference / pair[0].reference].map(f64::ln);
        assert!((price - reference).abs() < 1e-12, "{name}, tick {}: {price} and {reference}", pair[1].tick);
    }
}

#[test]
fn a_target_arrives_and_a_pin_holds_on_every_model() {
    for Animal { name, model, .. } in zoo::all() {
        for (price, duration) in [(150_000.0, 500), (99_000.0, 7), (SPOT, 1)] {
            let target = format!(r#"{{"kind":"target","price":{price},"duration_s":{duration}}}"#);
            let ticks = run(&model, &[at(10, &target)], 800);
            let last = 9 + duration - 1;
            assert!((ticks[last].price / price - 1.0).abs() <= 1e-12, "{name}: {} for {price}", ticks[last].price);
            follows_the_reference(name, &ticks[last..]);
        }
        let pin = r#"{"kind":"pin","price":98765.4321,"duration_s":200}"#;
        let ticks = run(&model, &[at(10, pin)], 400);
        assert!(ticks[9..209].iter().all(|tick| tick.price.to_bits() == 98_765.432_1_f64.to_bits()), "{name}");
        follows_the_reference(name, &ticks[208..]);
        let banded = r#"{"kind":"pin","price":100000,"band":0.0005,"duration_s":3000}"#;
        let ticks = run(&model, &[at(1, banded)], 3000);
        let squares = ticks[1000..].iter().map(|tick| (tick.price / SPOT).ln().powi(2));
        let deviation = (squares.sum::<f64>() / 2000.0).sqrt();
        // One path, of correlated values, fat tails and all; a variance that begins at 0 hardly moves it.
        let least = if name == "heston that touches 0" { 1e-6 } else { 0.0001 };
        assert!((least..0.002).contains(&deviation), "{name}: a band of 0.0005 has a deviation of {deviation}");
    }
}

#[test]
fn what_displaces_or_controls_leaves_the_increments_alone_on_every_model() {
    let commands = [
        r#"{"kind":"shock","log_return":0.3,"permanent_fraction":0.5,"half_life_s":1}"#,
        r#"{"kind":"ramp","log_return":-0.1,"duration_s":50}"#,
        r#"{"kind":"flash_crash","depth":0.1,"fall_s":5,"half_life_s":1,"recovered_fraction":0.7}"#,
        r#"{"kind":"meta_order","side":"buy","quantity":500,"duration_s":20}"#,
        r#"{"kind":"inject_liquidity","side":"ask","quantity":400,"within":0.05,"half_life_s":1,"eta":0}"#,
        r#"{"kind":"set_price","price":80000}"#,
        r#"{"kind":"halt","reopen":"catch_up","duration_s":10}"#,
        r#"{"kind":"pin","price":99000,"duration_s":10}"#,
        r#"{"kind":"target","price":110000,"duration_s":30}"#,
    ];
    for Animal { name, model, .. } in zoo::all() {
        let mut instrument = zoo::instrument("X-USD", 0, model.clone());
        instrument.book.resilience_half_life_s = Seconds::new(1.0).unwrap();
        let grid = zoo::market(&model, 1).grid();
        let mut simulation = Simulation::new(Market::new(Seed::from(1), grid, vec![instrument], None).unwrap());
        for (tick, json) in (10..).step_by(5).zip(commands) {
            simulation.intervene(&at(tick, json)).unwrap();
        }
        let ticks: Vec<Tick> = simulation.take(800).collect();
        // 50 half-lives of the impact are 100 of the excess volume.
        follows_the_reference(name, &ticks[300..]);
    }
}

/// √(Σr²) of the price over that of the reference.
fn volatility_ratio(ticks: &[Tick]) -> f64 {
    let squares =
        |of: fn(&Tick) -> f64| -> f64 { ticks.windows(2).map(|pair| (of(&pair[1]) / of(&pair[0])).ln().powi(2)).sum() };
    (squares(|tick| tick.price) / squares(|tick| tick.reference)).sqrt()
}

#[test]
fn volatility_is_scaled_and_set_on_every_model() {
    for Animal { name, model, .. } in zoo::all() {
        for factor in [3.0, 0.25] {
            let scale = format!(r#"{{"kind":"volatility_scale","factor":{factor}}}"#);
            let set = format!(r#"{{"kind":"set_volatility","sigma":{}}}"#, factor * model.volatility().get());
            for json in [scale, set] {
                let found = volatility_ratio(&run(&model, &[at(1, &json)], 20_000));
                assert!((found / factor - 1.0).abs() < 0.01, "{name}: {json} gives {found}");
            }
        }
    }
}

/// Models of nothing but jumps: a tick with one has another increment than all others.
const JUMPS_ALONE: [(&str, &str); 4] = [
    (
        "merton",
        r#"{"kind":"merton","drift":0,"volatility":0,"jumps":{"per_year":500000,"mean":-0.0001,"deviation":0.0005}}"#,
    ),
    (
        "kou",
        r#"{"kind":"kou","drift":0,"volatility":0,"jumps":{"per_year":500000,"up_probability":0.4,"up_rate":3000,"down_rate":2500}}"#,
    ),
    (
        "bates",
        r#"{"kind":"bates","heston":{"drift":0,"initial_variance":0,"long_run_variance":0,"mean_reversion":1,"volatility_of_variance":1,"leverage":0},"jumps":{"per_year":500000,"mean":-0.0001,"deviation":0.0005}}"#,
    ),
    (
        "cascade",
        r#"{"kind":"cascade","drift":0,"volatility":0.5,"factors":[],"jumps":{"per_year":500000,"deviation":0.000707106781186547,"spread_s":0}}"#,
    ),
];

#[test]
fn a_jump_rate_scales_the_jumps_of_every_model_that_has_some() {
    for (name, json) in JUMPS_ALONE {
        let model: Model = serde_json::from_str(json).unwrap();
        for factor in [4.0, 0.1] {
            let rate = format!(r#"{{"kind":"jump_rate","factor":{factor},"duration_s":40000}}"#);
            let ticks = run(&model, &[at(1, &rate)], 60_000);
            let jumps = |ticks: &[Tick], of: fn(&Tick) -> f64| {
                let returns: Vec<f64> = ticks.windows(2).map(|pair| (of(&pair[1]) / of(&pair[0])).ln()).collect();
                let mut sorted = returns.clone();
                sorted.sort_by(f64::total_cmp);
                let usual = sorted[returns.len() / 2];
                // All but rounding, of prices and of what a burst leaves to the diffusion.
                (returns.iter().filter(|r| (*r - usual).abs() > 1e-9).count() as f64, returns.len() as f64)
            };
            let expected = 500_000.0 / (365.0 * 86_400.0);
            for (rate, (found, of)) in
                [(factor, jumps(&ticks[..40_000], |t| t.price)), (1.0, jumps(&ticks[..40_000], |t| t.reference))]
            {
                let p = 1.0 - f64::exp(-expected * rate);
                let deviation = (of * p * (1.0 - p)).sqrt();
                // Four models, two factors, two counts: 5.4 deviations are a family error of 1e-6.
                assert!((found - of * p).abs() < 5.4 * deviation, "{name}, rate {rate}: {found} of {of}, p = {p}");
            }
            follows_the_reference(name, &ticks[40_000..]);
        }
    }
}
