//! Implied volatility: a printed one, round trips, named errors.

use closed_form::Kind::{Call, Put};
use closed_form::black_scholes::european;
use closed_form::greeks;
use closed_form::implied::{ImpliedError, Quote, volatility};

use crate::support::market;

const QUOTE: Quote =
    Quote { spot: 21.0, rate: 0.1, dividend_yield: 0.0, maturity: 0.25, kind: Call, strike: 20.0, price: 1.875 };

/// Hull, *Options, Futures, and Other Derivatives*, the section on implied volatilities: 23.5 %.
#[test]
fn the_volatility_is_hulls() {
    let ours = volatility(QUOTE).unwrap();
    assert!((ours - 0.235).abs() <= 0.0005, "{ours}");
}

/// To 10⁻¹⁰, and to what two roundings of the price leave.
#[test]
fn volatilities_come_back() {
    let (mut sharp, mut blunt, mut worst) = (0, 0, 0.0_f64);
    for (rate, dividend_yield) in [(0.05, 0.02), (0.0, 0.0), (-0.02, 0.3)] {
        for maturity in [0.003, 0.1, 1.0, 10.0, 30.0] {
            for sigma in [0.001, 0.01, 0.05, 0.2, 0.5, 1.0, 3.0] {
                for strike in [1.0, 20.0, 60.0, 90.0, 99.0, 100.0, 101.0, 110.0, 150.0, 400.0, 10_000.0] {
                    for kind in [Call, Put] {
                        let market = market(100.0, rate, dividend_yield, sigma, maturity);
                        let price = european(&market, kind, strike).unwrap();
                        let quote = Quote { spot: 100.0, rate, dividend_yield, maturity, kind, strike, price };
                        let vega = greeks::european(&market, kind, strike).unwrap().vega;
                        // Below the normal numbers a price has few digits.
                        let rounding = 4.0 * f64::EPSILON * price.max(1e-290) / vega;
                        match volatility(quote) {
                            Ok(implied) if rounding < 1e-11 => {
                                let error = (implied - sigma).abs();
                                assert!(error < 1e-10, "{quote:?}: {implied} is not {sigma}");
                                worst = worst.max(error);
                                sharp += 1;
                            }
                            Ok(implied) => {
                                // What is left of the volatility still explains the price.
                                let market = self::market(100.0, rate, dividend_yield, implied, maturity);
                                let again = european(&market, kind, strike).unwrap();
                                assert!((again - price).abs() <= 1e-14 * (price + 100.0), "{quote:?}: {again}");
                                blunt += 1;
                            }
                            Err(error) => {
                                assert!(matches!(error, ImpliedError::Arbitrage { .. }), "{quote:?}: {error}");
                                assert!(rounding.is_nan() || rounding >= 1e-11, "{quote:?}: {error}");
                            }
                        }
                    }
                }
            }
        }
    }
    println!("implied volatility: error {worst:.1e} over {sharp} quotes; {blunt} more with few digits of it");
    assert!(sharp > 1000);
}

/// Far out of the money the price is small but all there.
#[test]
fn prices_near_the_smallest_number_tell_the_volatility() {
    for (sigma, strike) in [(0.03, 230.0), (0.2, 1e5), (0.05, 600.0)] {
        let price = european(&market(100.0, 0.0, 0.0, sigma, 1.0), Call, strike).unwrap();
        assert!(price > 0.0 && price < 1e-100, "{price}");
        let quote = Quote { spot: 100.0, rate: 0.0, dividend_yield: 0.0, maturity: 1.0, kind: Call, strike, price };
        assert!((volatility(quote).unwrap() - sigma).abs() < 1e-10);
    }
}

#[test]
fn errors_name_the_rule() {
    let flat = Quote { rate: 0.0, ..QUOTE };
    for price in [1.0, 21.0, 0.0, -1.0, 30.0, f64::NAN, f64::INFINITY] {
        let error = volatility(Quote { price, ..flat }).unwrap_err();
        assert_eq!(error.to_string(), format!("price = {price} is outside (1, 21), the prices without arbitrage"));
    }
    let put = volatility(Quote { kind: Put, price: 20.0, ..flat }).unwrap_err();
    assert_eq!(put.to_string(), "price = 20 is outside (0, 20), the prices without arbitrage");
    for (quote, field) in [
        (Quote { spot: 0.0, ..QUOTE }, "spot = 0 is outside [0.000000000000001, 1000000000000000]"),
        (Quote { strike: -1.0, ..QUOTE }, "strike = -1 is outside [0.000000000000001, 1000000000000000]"),
        (Quote { rate: 11.0, ..QUOTE }, "rate = 11 is outside [-10, 10]"),
        (Quote { dividend_yield: f64::NAN, ..QUOTE }, "dividend_yield = NaN is outside [-10, 10]"),
        (Quote { maturity: 0.0, ..QUOTE }, "maturity = 0 is outside [0.000000001, 30]"),
    ] {
        assert_eq!(volatility(quote).unwrap_err().to_string(), field);
    }
    let error = volatility(Quote { maturity: 1e-9, price: 20.0, ..flat }).unwrap_err();
    assert!(error.to_string().starts_with("volatility = "), "{error}");
    assert!(error.to_string().ends_with(" is outside [0, 100]"), "{error}");
}
