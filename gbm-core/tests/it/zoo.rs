//! One model of each kind, and what is true of it: what several tests ask of every model.

use gbm_core::model::Preset;
use gbm_core::prelude::*;

use crate::support::{Dice, SPOT, body, btc};

/// A model for ticks of a second, with jumps and regimes that come often enough to be seen.
#[derive(Clone, Debug)]
pub(crate) struct Animal {
    pub(crate) name: &'static str,
    pub(crate) model: Model,
    /// Whether `jump_rate` acts on it.
    pub(crate) has_jumps: bool,
    /// How many regimes it can be held in.
    pub(crate) regimes: u32,
}

const JUMPS: &str = r#"{"per_year":500000,"mean":-0.0001,"deviation":0.0005}"#;
const FACTORS: &str = r#"[{"tau_s":0.7,"variance":0.1},{"tau_s":60,"variance":0.1},{"tau_s":7000,"variance":0.2}]"#;

/// Wire forms: name, JSON, jumps, regimes.
fn rows() -> Vec<(&'static str, String, bool, u32)> {
    let heston = |initial: f64, leverage: f64, xi: f64| {
        format!(
            r#""drift":0.1,"initial_variance":{initial},"long_run_variance":0.64,"mean_reversion":50,"volatility_of_variance":{xi},"leverage":{leverage}"#
        )
    };
    let garch = |innovation: &str| {
        format!(
            r#"{{"kind":"garch","drift":0.1,"bar_s":1,"omega":5e-10,"alpha":0.1,"gamma":0.05,"beta":0.85,"innovation":{innovation}}}"#
        )
    };
    let cascade = format!(r#""kind":"cascade","drift":0.5,"volatility":0.8,"factors":{FACTORS}"#);
    let hours: Vec<String> = (0..24).map(|hour| (1 + hour % 5).to_string()).collect();
    let season = format!(r#"{{"hours":[{}],"weekdays":[1,1,1,2,1,0.5,0.5]}}"#, hours.join(","));
    vec![
        ("gbm", r#"{"kind":"gbm","drift":0.5,"volatility":0.8}"#.into(), false, 0),
        ("merton", format!(r#"{{"kind":"merton","drift":0.1,"volatility":0.5,"jumps":{JUMPS}}}"#), true, 0),
        (
            "kou",
            r#"{"kind":"kou","drift":0.1,"volatility":0.5,"jumps":{"per_year":500000,"up_probability":0.4,"up_rate":3000,"down_rate":2500}}"#.into(),
            true,
            0,
        ),
        (
            "regime_switching",
            r#"{"kind":"regime_switching","drift":0.1,"volatilities":[0.4,1.2,0.1],"rates":[[0,200000,50000],[100000,0,100000],[1000,500000,0]]}"#.into(),
            false,
            3,
        ),
        ("garch", garch(r#"{"kind":"normal"}"#), false, 0),
        ("garch of Student's t", garch(r#"{"kind":"student","degrees":4.5}"#), false, 0),
        ("heston", format!(r#"{{"kind":"heston",{}}}"#, heston(0.5, -0.7, 4.0)), false, 0),
        ("heston that touches 0", format!(r#"{{"kind":"heston",{}}}"#, heston(0.0, 0.3, 40.0)), false, 0),
        ("bates", format!(r#"{{"kind":"bates","heston":{{{}}},"jumps":{JUMPS}}}"#, heston(0.5, -0.7, 4.0)), true, 0),
        ("cascade", format!("{{{cascade}}}"), false, 0),
        (
            "cascade with bursts",
            format!(r#"{{{cascade},"jumps":{{"per_year":500000,"deviation":0.0004,"spread_s":30}}}}"#),
            true,
            0,
        ),
        (
            "msm",
            r#"{"kind":"msm","drift":0.5,"volatility":0.763,"bar_s":60,"multipliers":7,"multiplier":1.502,"renewal":0.944,"spacing":2.66}"#.into(),
            false,
            0,
        ),
        (
            "seasonal heston",
            format!(r#"{{"kind":"seasonal","season":{season},"model":{{"kind":"heston",{}}}}}"#, heston(0.5, -0.7, 4.0)),
            false,
            0,
        ),
    ]
}

/// One of each kind, variants of which one can't speak for the other, and the presets that aren't among them.
pub(crate) fn all() -> Vec<Animal> {
    let parse = |json: &str| serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"));
    let animal =
        |(name, json, has_jumps, regimes): (_, String, _, _)| Animal { name, model: parse(&json), has_jumps, regimes };
    let preset = |preset: Preset| Animal { name: preset.name(), model: preset.model(), has_jumps: true, regimes: 0 };
    rows().into_iter().map(animal).chain([Preset::Btc, Preset::EquityIndex].map(preset)).collect()
}

pub(crate) fn instrument(name: &str, asset: u16, model: Model) -> Instrument<Model> {
    Instrument { name: name.into(), asset, spot: Price::new(SPOT).unwrap(), model, book: Book::btc() }
}

/// A market of one model, ticks of a second.
pub(crate) fn market(model: &Model, seed: u64) -> Market<Model> {
    Market::new(Seed::from(seed), btc(0).grid(), vec![instrument("X-USD", 0, model.clone())], None).unwrap()
}

/// The same paths.
pub(crate) fn paths(seed: u64, steps: u64) -> Paths {
    let grid = btc(0).grid();
    Paths { start_time_ms: grid.start_time_ms(), ..Paths::new(Seed::from(seed), steps, grid.dt()) }
}

/// A random body as [`Dice::any_body`], or of the kinds for models with jumps and regimes, which others refuse.
pub(crate) fn any_body(dice: &mut Dice, ids: u64) -> Intervention {
    let duration = dice.between(1.0, 300.0);
    match dice.below(8) {
        0 => {
            body(&format!(r#"{{"kind":"jump_rate","factor":{},"duration_s":{duration}}}"#, dice.between(0.0001, 20.0)))
        }
        1 => body(&format!(r#"{{"kind":"regime","state":{},"duration_s":{duration}}}"#, dice.below(4))),
        _ => dice.any_body(ids),
    }
}

/// A simulation with random commands, some of which are refused.
pub(crate) fn steered(model: &Model, seed: u64, commands: u64, ticks: u64) -> Simulation<Model> {
    let (mut simulation, mut dice) = (Simulation::new(market(model, seed)), Dice(seed));
    for ids in 0..commands {
        let command = Command::now(any_body(&mut dice, ids)).at(1 + dice.below(ticks));
        drop(simulation.intervene(&command));
    }
    simulation
}

/// Its commands one after the other, ticks as they come.
#[track_caller]
pub(crate) fn run(model: &Model, commands: &[Command], ticks: usize) -> Vec<Tick> {
    let mut simulation = Simulation::new(market(model, 5));
    for command in commands {
        simulation.intervene(command).unwrap_or_else(|error| panic!("{command:?}: {error}"));
    }
    simulation.take(ticks).collect()
}

#[test]
fn the_zoo_has_each_kind_and_says_the_truth() {
    let unknown = serde_json::from_str::<Model>(r#"{"kind":"none"}"#).unwrap_err().to_string();
    for name in unknown.split('`').skip(3).step_by(2).filter(|name| *name != "seasonal") {
        assert!(all().iter().any(|animal| animal.model.name() == name), "{name}");
    }
    for Animal { name, model, has_jumps, regimes } in all() {
        assert_eq!((model.has_jumps(), model.regimes()), (has_jumps, regimes), "{name}");
        let text = serde_json::to_string(&model).unwrap();
        assert_eq!(serde_json::from_str::<Model>(&text).unwrap(), model, "{text}");
        // None of its parts sleeps: two ticks of an hour have different sizes.
        let prices: Vec<f64> = Simulation::new(market(&model, 1)).take(3600).map(|tick| tick.price).collect();
        assert!(prices.windows(2).all(|pair| pair[0].is_finite() && pair[0] > 0.0), "{name}");
        assert!(prices.windows(2).filter(|pair| pair[0] != pair[1]).count() > 3000, "{name}");
    }
}
