//! Each number outside its domain is an error that names it.

use closed_form::Kind::{Call, Put};
use closed_form::barrier::{Barrier, Knock, price};
use closed_form::exchange::{self, Asset};
use closed_form::touch::{Motion, probability};
use closed_form::{Direction, Market, OutOfDomain, Parameters, asian, black_scholes, lookback};

use crate::support::market;

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, OutOfDomain>, text: &str) {
    assert_eq!(result.unwrap_err().to_string(), text);
}

#[test]
fn a_market_names_what_is_wrong_with_it() {
    let good = market(100.0, 0.05, 0.0, 0.2, 1.0).parameters();
    let prices = "[0.000000000000001, 1000000000000000]";
    refused(Market::new(Parameters { spot: 0.0, ..good }), &format!("spot = 0 is outside {prices}"));
    refused(Market::new(Parameters { spot: f64::INFINITY, ..good }), &format!("spot = inf is outside {prices}"));
    refused(Market::new(Parameters { rate: 11.0, ..good }), "rate = 11 is outside [-10, 10]");
    refused(Market::new(Parameters { dividend_yield: f64::NAN, ..good }), "dividend_yield = NaN is outside [-10, 10]");
    refused(Market::new(Parameters { volatility: -0.1, ..good }), "volatility = -0.1 is outside [0, 100]");
    refused(Market::new(Parameters { maturity: 30.5, ..good }), "maturity = 30.5 is outside [0, 30]");
}

#[test]
fn an_option_names_what_is_wrong_with_it() {
    let market = market(100.0, 0.05, 0.0, 0.2, 1.0);
    let strikes = [
        black_scholes::european(&market, Call, f64::NAN),
        black_scholes::cash_or_nothing(&market, Call, -1.0, 1.0),
        asian::geometric(&market, Put, 0.0, 1),
        asian::geometric_continuous(&market, Put, 1e16),
        lookback::fixed_strike(&market, Call, 0.0, 100.0),
        price(&market, Call, 0.0, Barrier { direction: Direction::Up, knock: Knock::In, level: 120.0 }),
    ];
    assert!(strikes.iter().all(|result| result.unwrap_err().field == "strike"));
    assert_eq!(black_scholes::cash_or_nothing(&market, Call, 1.0, 0.0).unwrap_err().field, "cash");
    let barrier = Barrier { direction: Direction::Up, knock: Knock::In, level: -1.0 };
    assert_eq!(price(&market, Call, 100.0, barrier).unwrap_err().field, "level");
    refused(asian::geometric(&market, Call, 100.0, 0), "fixings = 0 is outside [1, 4294967295]");
    let high = "maximum = 99 is outside [100, 1000000000000000]";
    refused(lookback::fixed_strike(&market, Call, 100.0, 99.0), high);
    refused(lookback::floating_strike(&market, Put, 99.0), high);
    let low = "minimum = 101 is outside [0.000000000000001, 100]";
    refused(lookback::fixed_strike(&market, Put, 100.0, 101.0), low);
    refused(lookback::floating_strike(&market, Call, 101.0), low);
}

#[test]
fn a_motion_and_a_pair_name_what_is_wrong_with_them() {
    let good = Motion { spot: 100.0, drift: 0.0, volatility: 0.2, horizon: 1.0 };
    let motions = [
        (Motion { spot: -1.0, ..good }, "spot"),
        (Motion { drift: 1001.0, ..good }, "drift"),
        (Motion { volatility: f64::NAN, ..good }, "volatility"),
        (Motion { horizon: -1.0, ..good }, "horizon"),
    ];
    for (motion, field) in motions {
        assert_eq!(probability(motion, Direction::Up, 120.0).unwrap_err().field, field);
    }
    assert_eq!(probability(good, Direction::Up, 0.0).unwrap_err().field, "level");

    let good = Asset { spot: 100.0, dividend_yield: 0.0, volatility: 0.2 };
    for (bad, field) in [
        (Asset { spot: 0.0, ..good }, "spot"),
        (Asset { dividend_yield: 11.0, ..good }, "dividend_yield"),
        (Asset { volatility: 101.0, ..good }, "volatility"),
    ] {
        assert_eq!(exchange::price(bad, good, 0.5, 1.0).unwrap_err().field, field);
        assert_eq!(exchange::price(good, bad, 0.5, 1.0).unwrap_err().field, field);
    }
    assert_eq!(exchange::price(good, good, -1.1, 1.0).unwrap_err().field, "correlation");
    assert_eq!(exchange::price(good, good, 0.5, 31.0).unwrap_err().field, "maturity");
}
