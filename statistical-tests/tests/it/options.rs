//! Option prices by simulation, against closed forms and published numbers.

use closed_form::exchange::{self, Asset};
use gbm_core::noise::Seed;

use crate::batteries::{CALLS, call, call_price, margrabe};
use crate::engine::Engine;
use crate::suite::{pass, seed};

const N: usize = 1_000_000;

/// Published prices for S₀ = 100, r = 0.1, σ = 0.25, T = 0.1.
const CALL_PRICES: [(f64, f64); 3] = [(80.0, 20.7992263087), (100.0, 3.6599684533), (120.0, 0.0445778141)];

#[test]
fn closed_forms_reproduce_published_prices() {
    for (strike, price) in CALL_PRICES {
        let ours = call_price(strike);
        assert!((ours - price).abs() < 1e-9, "K = {strike}: {ours} is not {price}");
    }
    // Exchanging for an asset without volatility that grows at r is a call.
    let bond = Asset { spot: 100.0 * (-CALLS.rate * CALLS.maturity).exp(), dividend_yield: 0.0, volatility: 0.0 };
    let asset = Asset { spot: CALLS.spot, dividend_yield: 0.0, volatility: CALLS.volatility };
    assert!((exchange::price(asset, bond, 0.3, CALLS.maturity).unwrap() - call_price(100.0)).abs() < 1e-12);
}

#[test]
fn calls_cost_what_black_and_scholes_say() {
    let engine = Engine(Seed::from(seed()));
    for (i, (strike, _)) in (0..).zip(CALL_PRICES) {
        pass(&format!("K = {strike}"), [call(&engine, strike, i << 30, N)]);
    }
}

#[test]
fn exchange_options_cost_what_margrabe_says() {
    pass("Margrabe", [margrabe(&Engine(Seed::from(seed())), N)]);
}
