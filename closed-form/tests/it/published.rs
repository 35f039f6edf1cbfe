//! Prices printed in books and papers.

use closed_form::Kind::{Call, Put};
use closed_form::exchange::{Asset, price};
use closed_form::{Kind, asian, black_scholes, lookback};

use crate::support::market;

/// Half a unit of the last printed digit, and a little for tables that were cut instead of rounded.
#[track_caller]
fn check(ours: f64, printed: f64, digits: i32) {
    assert!((ours - printed).abs() <= 10.0_f64.powi(-digits), "{ours} is not {printed}");
}

/// Haug (1998), *Option Pricing Formulas*, pp. 2–8, 24 and 27: kind, K, S, q, r, T, σ, price.
const EUROPEAN: [(Kind, [f64; 7]); 15] = [
    (Call, [65.0, 60.0, 0.0, 0.08, 0.25, 0.30, 2.1334]),
    (Put, [95.0, 100.0, 0.05, 0.10, 0.5, 0.20, 2.4648]),
    (Put, [19.0, 19.0, 0.10, 0.10, 0.75, 0.28, 1.7011]),
    (Call, [19.0, 19.0, 0.10, 0.10, 0.75, 0.28, 1.7011]),
    (Call, [1.6, 1.56, 0.08, 0.06, 0.5, 0.12, 0.0291]),
    (Put, [70.0, 75.0, 0.05, 0.10, 0.5, 0.35, 4.0870]),
    (Call, [100.0, 90.0, 0.10, 0.10, 0.1, 0.15, 0.0205]),
    (Call, [100.0, 110.0, 0.10, 0.10, 0.1, 0.25, 10.3556]),
    (Call, [100.0, 100.0, 0.10, 0.10, 0.5, 0.25, 6.6997]),
    (Call, [100.0, 110.0, 0.10, 0.10, 0.5, 0.35, 15.3086]),
    (Put, [100.0, 110.0, 0.10, 0.10, 0.1, 0.15, 0.0408]),
    (Put, [100.0, 90.0, 0.10, 0.10, 0.1, 0.35, 10.8479]),
    (Put, [100.0, 90.0, 0.10, 0.10, 0.5, 0.15, 10.3192]),
    (Put, [100.0, 110.0, 0.10, 0.10, 0.5, 0.35, 5.7963]),
    (Call, [40.0, 42.0, 0.08, 0.04, 0.75, 0.35, 5.0975]),
];

#[test]
fn european_and_digital_options_are_haugs() {
    for (kind, [strike, spot, dividend_yield, rate, maturity, volatility, printed]) in EUROPEAN {
        let market = market(spot, rate, dividend_yield, volatility, maturity);
        check(black_scholes::european(&market, kind, strike).unwrap(), printed, 4);
    }
    let digital = black_scholes::cash_or_nothing(&market(100.0, 0.06, 0.06, 0.35, 0.75), Put, 80.0, 10.0);
    check(digital.unwrap(), 2.6710, 4);
}

/// Haug (1998), pp. 96–97; Clewlow and Strickland (1998), *Implementing Derivatives Models*, pp. 118–123.
#[test]
fn asian_options_are_those_of_haug_and_of_clewlow_and_strickland() {
    let haug = asian::geometric_continuous(&market(80.0, 0.05, -0.03, 0.2, 0.25), Put, 85.0);
    check(haug.unwrap(), 4.6922, 4);
    let ten_fixings = asian::geometric(&market(100.0, 0.06, 0.03, 0.2, 1.0), Call, 100.0, 10);
    check(ten_fixings.unwrap(), 5.3425606635, 10);
}

/// Haug (1998), pp. 61–62, then Broadie, Glasserman and Kou (1999), *Finance and Stochastics* 3, pp. 70–74: kind,
/// extreme, S, q, r, T, price; σ = 0.3.
const FLOATING: [(Kind, f64, f64, f64, f64, f64, f64); 7] = [
    (Call, 100.0, 120.0, 0.06, 0.10, 0.5, 25.3533),
    (Call, 100.0, 100.0, 0.0, 0.05, 1.0, 23.7884),
    (Call, 100.0, 100.0, 0.0, 0.05, 0.2, 10.7190),
    (Call, 100.0, 110.0, 0.0, 0.05, 0.2, 14.4597),
    (Put, 100.0, 100.0, 0.0, 0.10, 0.5, 15.3526),
    (Put, 110.0, 100.0, 0.0, 0.10, 0.5, 16.8468),
    (Put, 120.0, 100.0, 0.0, 0.10, 0.5, 21.0645),
];

/// Haug (1998), pp. 63–64: S = 100 and the extreme so far, r = 0.1, q = 0; T, K, then σ = 0.1, 0.2, 0.3.
const FIXED_CALLS: [(f64, f64, [f64; 3]); 6] = [
    (0.5, 95.0, [13.2687, 18.9263, 24.9857]),
    (0.5, 100.0, [8.5126, 14.1702, 20.2296]),
    (0.5, 105.0, [4.3908, 9.8905, 15.8512]),
    (1.0, 95.0, [18.3241, 26.0731, 34.7116]),
    (1.0, 100.0, [13.8000, 21.5489, 30.1874]),
    (1.0, 105.0, [9.5445, 17.2965, 25.9002]),
];
const FIXED_PUTS: [(f64, f64, [f64; 3]); 6] = [
    (0.5, 95.0, [0.6899, 4.4448, 8.9213]),
    (0.5, 100.0, [3.3917, 8.3177, 13.1579]),
    (0.5, 105.0, [8.1478, 13.0739, 17.9140]),
    (1.0, 95.0, [1.0534, 6.2813, 12.2376]),
    (1.0, 100.0, [3.8079, 10.1294, 16.3889]),
    (1.0, 105.0, [8.3321, 14.6536, 20.9130]),
];

#[test]
fn lookback_options_are_those_of_haug_and_of_broadie_glasserman_and_kou() {
    for (kind, extreme, spot, dividend_yield, rate, maturity, printed) in FLOATING {
        let market = market(spot, rate, dividend_yield, 0.3, maturity);
        check(lookback::floating_strike(&market, kind, extreme).unwrap(), printed, 4);
    }
    for (kind, table) in [(Call, FIXED_CALLS), (Put, FIXED_PUTS)] {
        for (maturity, strike, prices) in table {
            for (volatility, printed) in [0.1, 0.2, 0.3].into_iter().zip(prices) {
                let market = market(100.0, 0.1, 0.0, volatility, maturity);
                check(lookback::fixed_strike(&market, kind, strike, 100.0).unwrap(), printed, 4);
            }
        }
    }
}

/// Haug (1998), p. 52: S₁ = 22, S₂ = 20, q₁ = 0.06, q₂ = 0.04, σ₁ = 0.2; T, ρ, then σ₂ = 0.15, 0.2, 0.25.
const EXCHANGE: [(f64, f64, [f64; 3]); 6] = [
    (0.1, -0.5, [2.125, 2.199, 2.283]),
    (0.1, 0.0, [2.045, 2.091, 2.152]),
    (0.1, 0.5, [1.974, 1.989, 2.019]),
    (0.5, -0.5, [2.762, 2.989, 3.228]),
    (0.5, 0.0, [2.479, 2.650, 2.847]),
    (0.5, 0.5, [2.138, 2.231, 2.374]),
];

#[test]
fn exchange_options_are_haugs() {
    let first = Asset { spot: 22.0, dividend_yield: 0.06, volatility: 0.2 };
    for (maturity, correlation, prices) in EXCHANGE {
        for (volatility, printed) in [0.15, 0.2, 0.25].into_iter().zip(prices) {
            let second = Asset { spot: 20.0, dividend_yield: 0.04, volatility };
            check(price(first, second, correlation, maturity).unwrap(), printed, 3);
        }
    }
}
