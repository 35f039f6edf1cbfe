//! The prices and probabilities that others are asked to reproduce, to 10⁻⁷.

use closed_form::Direction::{Down, Up};
use closed_form::Kind::Call;
use closed_form::cos::{CharacteristicFunction, Contract, Settings, price};
use closed_form::heston::Heston;
use closed_form::jump_diffusion::{Kou, Merton};
use closed_form::merton::{self, Jumps};
use closed_form::touch::{Motion, probability};
use closed_form::{Kind, black_scholes};

use crate::support::market;

#[track_caller]
fn check(ours: f64, published: f64) {
    println!("{ours:.12}, published {published}");
    assert!((ours - published).abs() < 1e-7, "{ours} is not {published}");
}

fn call(law: &impl CharacteristicFunction, strike: f64, rate: f64, maturity: f64) -> f64 {
    let contract = Contract { spot: 100.0, rate, dividend_yield: 0.0, maturity, kind: Kind::Call, strike };
    price(law, contract, Settings { terms: 1 << 14, ..Settings::default() }).unwrap()
}

#[test]
fn black_and_scholes() {
    for (strike, published) in [(80.0, 20.7992263087), (100.0, 3.6599684533), (120.0, 0.0445778141)] {
        let ours = black_scholes::european(&market(100.0, 0.1, 0.0, 0.25, 0.1), Call, strike).unwrap();
        check(ours, published);
        assert!((ours - published).abs() < 1e-10);
    }
}

#[test]
fn heston() {
    let law = Heston {
        variance: 0.0175,
        mean_reversion: 1.5768,
        long_variance: 0.0398,
        vol_of_vol: 0.5751,
        correlation: -0.5711,
    };
    check(call(&law, 100.0, 0.0, 1.0), 5.785155434);
}

#[test]
fn andersens_first_case() {
    let law = Heston { variance: 0.04, mean_reversion: 0.5, long_variance: 0.04, vol_of_vol: 1.0, correlation: -0.9 };
    check(call(&law, 100.0, 0.0, 10.0), 13.084670137);
}

#[test]
fn kou() {
    let law = Kou { volatility: 0.16, intensity: 1.0, up_probability: 0.4, up_rate: 10.0, down_rate: 5.0 };
    check(call(&law, 98.0, 0.05, 0.5), 9.147317304);
}

/// By his series and by cosines.
#[test]
fn merton() {
    let jumps = Jumps { intensity: 0.1, mean: -0.9, deviation: 0.45 };
    check(merton::european(&market(100.0, 0.05, 0.0, 0.15, 0.25), Call, 100.0, jumps).unwrap(), 4.391245689);
    check(call(&Merton { volatility: 0.15, jumps }, 100.0, 0.05, 0.25), 4.391245689);
}

#[test]
fn the_law_of_a_paths_extremes() {
    let motion = Motion { spot: 100.0, drift: 0.1, volatility: 0.3, horizon: 1.0 };
    check(probability(motion, Up, 120.0).unwrap(), 0.6036169169);
    check(probability(motion, Down, 80.0).unwrap(), 0.3958569031);
}
