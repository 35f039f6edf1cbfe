//! Instruments of different models in one market: correlated as asked, each on its own noise, each with its own commands.

use gbm_core::market::MarketError;
use gbm_core::model::Preset;
use gbm_core::prelude::*;

use crate::support::{at, btc};
use crate::zoo::{self, instrument};

const TICKS: usize = 200_000;

fn model(name: &str) -> Model {
    zoo::all().into_iter().find(|animal| animal.name == name).unwrap().model
}

/// Heston's with no correlation of its own between price and variance.
fn heston() -> Model {
    let json = r#"{"kind":"heston","drift":0.1,"initial_variance":0.5,"long_run_variance":0.64,"mean_reversion":50,"volatility_of_variance":4,"leverage":0}"#;
    serde_json::from_str(json).unwrap()
}

fn rare_jumps() -> Model {
    let json =
        r#"{"kind":"merton","drift":0.1,"volatility":0.5,"jumps":{"per_year":50,"mean":-0.01,"deviation":0.05}}"#;
    serde_json::from_str(json).unwrap()
}

fn uniform(assets: usize, rho: f64) -> Correlation {
    let row = |i| (0..assets).map(|j| if i == j { 1.0 } else { rho }).collect();
    Correlation::try_from((0..assets).map(row).collect::<Vec<Vec<f64>>>()).unwrap()
}

/// BTC, ETH, Heston's and Merton's, in this order as many as are asked for.
fn mixed(count: usize, rho: f64) -> Market<Model> {
    let models = [
        ("BTC-USD", Preset::Btc.model()),
        ("ETH-USD", Preset::Eth.model()),
        ("H-USD", heston()),
        ("M-USD", rare_jumps()),
    ];
    let instruments: Vec<_> =
        (0..).zip(models).take(count).map(|(asset, (name, model))| instrument(name, asset, model)).collect();
    Market::new(Seed::from(42), btc(0).grid(), instruments, Some(uniform(count, rho))).unwrap()
}

/// Prices of each instrument.
fn prices(simulation: Simulation<Model>, ticks: usize) -> Vec<Vec<f64>> {
    let count = simulation.market().instruments().len();
    let mut prices = vec![Vec::with_capacity(ticks); count];
    for tick in simulation.take(ticks * count) {
        prices[tick.instrument].push(tick.price);
    }
    prices
}

/// The correlation ρ of two normals as their signs tell it, sin(π(p − ½)), p the share of equal signs: volatilities, which are
/// never the same, drop out. And its deviation, π√(p(1 − p)/n)·cos(π(p − ½)).
fn correlation_of_signs(left: &[f64], right: &[f64]) -> (f64, f64) {
    let rises = |prices: &[f64]| prices.windows(2).map(|pair| pair[1] > pair[0]).collect::<Vec<bool>>();
    let (left, right) = (rises(left), rises(right));
    let n = left.len() as f64;
    let p = left.iter().zip(&right).filter(|(a, b)| a == b).count() as f64 / n;
    let angle = std::f64::consts::PI * (p - 0.5);
    (angle.sin(), std::f64::consts::PI * (p * (1.0 - p) / n).sqrt() * angle.cos())
}

#[test]
fn diffusions_are_correlated_as_given_whatever_the_models() {
    for rho in [0.8, 0.0, -0.3] {
        let all = prices(Simulation::new(mixed(4, rho)), TICKS);
        for i in 0..4 {
            for j in 0..i {
                let (found, deviation) = correlation_of_signs(&all[i], &all[j]);
                // 18 pairs: 5.5 deviations are a family error of 1e-6. Drifts and jumps move fewer than 1e-3 of the signs.
                assert!((found - rho).abs() < 5.5 * deviation + 0.002, "{i}, {j}: {found} instead of {rho}");
                assert!(deviation < 0.005);
            }
        }
    }
}

#[test]
fn a_models_own_correlation_takes_its_part_of_the_price_away() {
    // The part √(1 − 0.7²) of Heston's price is the normal that correlation mixes.
    let instruments = vec![instrument("A", 0, Preset::Gbm.model()), instrument("B", 1, model("heston"))];
    let market = Market::new(Seed::from(1), btc(0).grid(), instruments, Some(uniform(2, 0.8))).unwrap();
    let both = prices(Simulation::new(market), TICKS);
    let (found, deviation) = correlation_of_signs(&both[0], &both[1]);
    let expected = 0.8 * (1.0_f64 - 0.49).sqrt();
    assert!((found - expected).abs() < 5.0 * deviation + 0.002, "{found} instead of {expected}");
}

#[test]
fn another_instrument_moves_nobodys_noise() {
    let four = prices(Simulation::new(mixed(4, 0.8)), 2000);
    for count in 1..4 {
        assert!(prices(Simulation::new(mixed(count, 0.8)), 2000) == four[..count], "{count} of 4");
    }
    // Without correlation every one is as it is alone, wherever it stands.
    let market = mixed(4, 0.8);
    let reversed: Vec<_> = market.instruments().iter().rev().cloned().collect();
    let free = Market::new(market.seed(), market.grid(), reversed.clone(), None).unwrap();
    for (prices_of, one) in prices(Simulation::new(free), 2000).into_iter().zip(reversed) {
        let name = one.name.clone();
        let alone = Market::new(market.seed(), market.grid(), vec![one], None).unwrap();
        assert!(prices(Simulation::new(alone), 2000)[0] == prices_of, "{name}");
    }
}

#[test]
fn commands_act_on_their_instrument_alone() {
    let plain: Vec<Tick> = Simulation::new(mixed(4, 0.8)).take(4 * 500).collect();
    for (position, name) in ["BTC-USD", "ETH-USD", "H-USD", "M-USD"].into_iter().enumerate() {
        let mut simulation = Simulation::new(mixed(4, 0.8));
        for json in [
            r#"{"kind":"volatility_scale","factor":3}"#,
            r#"{"kind":"shock","log_return":0.1,"permanent_fraction":1}"#,
            r#"{"kind":"target","price":120000,"duration_s":100}"#,
        ] {
            simulation.intervene(&Command { instrument: Some(name.into()), ..at(3, json) }).unwrap();
        }
        let jumps = Command { instrument: Some(name.into()), ..at(3, r#"{"kind":"jump_rate","factor":3}"#) };
        assert_eq!(simulation.intervene(&jumps).is_ok(), name != "H-USD", "{name}");
        for (tick, plain) in simulation.take(4 * 500).zip(&plain) {
            assert_eq!(tick.reference.to_bits(), plain.price.to_bits(), "{name}");
            let is_moved = tick.instrument == position && tick.tick >= 3;
            assert_eq!(tick.price != plain.price, is_moved, "{name}, tick {}", tick.tick);
        }
    }
}

#[test]
fn impossible_correlations_and_sizes_are_named() {
    let json = |market: &Market<Model>, rows: &str| {
        let mut value = serde_json::to_value(market).unwrap();
        value["correlation"] = serde_json::from_str(rows).unwrap();
        serde_json::from_value::<Market<Model>>(value).unwrap_err().to_string()
    };
    let three = mixed(3, 0.5);
    assert_eq!(
        json(&three, "[[1,0.9,-0.9],[0.9,1,0.9],[-0.9,0.9,1]]"),
        "correlation is not positive semidefinite: asset 2 contradicts the ones before it"
    );
    assert_eq!(json(&three, "[[1,0.9],[0.9,1]]"), "instruments = 3, but the correlation matrix has 2 rows");
    let garch = vec![instrument("A", 0, Preset::Btc.model()), instrument("B", 1, model("garch"))];
    let minutes = TimeGrid::new(0, 60_000).unwrap();
    let error = Market::new(Seed::from(1), minutes, garch, None).unwrap_err();
    assert!(matches!(error, MarketError::Unsuitable { .. }));
    assert_eq!(
        error.to_string(),
        "instrument \"B\": the step is 60 s, but this model moves by bars of 1 s and no other"
    );
}
