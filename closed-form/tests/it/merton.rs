//! The jump-diffusion's series: no jumps, sure jumps, a value of its own, parity, named errors.

use closed_form::Kind::{Call, Put};
use closed_form::black_scholes;
use closed_form::merton::{Jumps, european};

use crate::support::market;

const JUMPS: Jumps = Jumps { intensity: 0.1, mean: -0.9, deviation: 0.45 };
const STRIKES: [f64; 5] = [20.0, 80.0, 100.0, 125.0, 400.0];

/// The series in 30 digits of mpmath.
#[test]
fn a_call_has_all_its_digits() {
    let ours = european(&market(100.0, 0.05, 0.0, 0.15, 0.25), Call, 100.0, JUMPS).unwrap();
    assert!((ours - 4.391_245_689_202_642).abs() < 2e-14, "{ours}");
}

#[test]
fn every_corner_of_the_domains_has_a_price() {
    for (intensity, maturity) in [(0.0, 30.0), (1e4, 0.05), (16.0, 30.0), (0.001, 30.0), (1e4, 0.0)] {
        for (mean, deviation) in [(-5.0, 0.0), (-5.0, 3.0), (5.0, 3.0), (5.0, 0.0), (0.0, 0.0)] {
            for (rate, dividend_yield) in [(-10.0, 10.0), (10.0, -10.0), (0.0, 0.0)] {
                for (volatility, strike) in
                    [0.0, 1e-160, 0.3, 100.0].into_iter().flat_map(|v| [1e-15, 1e15].map(|k| (v, k)))
                {
                    let market = market(1.0, rate, dividend_yield, volatility, maturity);
                    for kind in [Call, Put] {
                        let most = if kind == Call {
                            (-dividend_yield * maturity).exp()
                        } else {
                            strike * (-rate * maturity).exp()
                        };
                        let price = european(&market, kind, strike, Jumps { intensity, mean, deviation });
                        let is_price = price.is_ok_and(|price| (0.0..=1.000_000_1 * most).contains(&price));
                        let is_too_much = price.is_err_and(|e| e.field == "compensated intensity * maturity");
                        assert!(is_price || is_too_much, "{market:?} {intensity} {mean}: {price:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn without_jumps_it_is_black_and_scholes() {
    for volatility in [0.0, 0.05, 0.4, 2.0] {
        for maturity in [0.0, 0.1, 5.0] {
            let market = market(100.0, 0.05, 0.02, volatility, maturity);
            for (strike, kind) in STRIKES.into_iter().flat_map(|strike| [(strike, Call), (strike, Put)]) {
                let plain = black_scholes::european(&market, kind, strike).unwrap();
                for jumps in [Jumps { intensity: 0.0, ..JUMPS }, Jumps { intensity: 0.0, mean: 0.3, deviation: 0.0 }] {
                    assert_eq!(european(&market, kind, strike, jumps).unwrap().to_bits(), plain.to_bits());
                }
            }
        }
    }
}

/// Jumps of size 0 are none, however many.
#[test]
fn jumps_to_the_same_price_change_nothing() {
    let market = market(100.0, 0.05, 0.02, 0.3, 2.0);
    for (strike, kind) in STRIKES.into_iter().flat_map(|strike| [(strike, Call), (strike, Put)]) {
        let plain = black_scholes::european(&market, kind, strike).unwrap();
        let ours = european(&market, kind, strike, Jumps { intensity: 240.0, mean: 0.0, deviation: 0.0 }).unwrap();
        assert!((ours / plain - 1.0).abs() < 2e-13, "{ours} is not {plain}");
    }
}

#[test]
fn calls_less_puts_are_forwards() {
    let mut worst = 0.0_f64;
    for (volatility, maturity) in [(0.0, 0.5), (0.15, 0.25), (0.3, 2.0), (0.8, 10.0)] {
        for intensity in [0.0, 0.1, 3.0, 48.0] {
            for (mean, deviation) in [(-0.9, 0.45), (0.02, 0.05), (-0.1, 0.0), (0.0, 0.2)] {
                let market = market(100.0, 0.05, 0.02, volatility, maturity);
                for strike in STRIKES {
                    let [call, put] = [Call, Put]
                        .map(|kind| european(&market, kind, strike, Jumps { intensity, mean, deviation }).unwrap());
                    let forward = 100.0 * (-0.02 * maturity).exp() - strike * (-0.05 * maturity).exp();
                    let error = (call - put - forward).abs() / (100.0 + strike);
                    assert!(error < 1e-12, "{market:?} {strike} {intensity} {mean}: {call} − {put} is not {forward}");
                    worst = worst.max(error);
                }
            }
        }
    }
    println!("merton: parity {worst:.1e} of spot plus strike");
}

/// Far out of the money the sum goes on until it counts.
#[test]
fn a_price_that_needs_many_jumps_has_them() {
    // Only n > 20 jumps of ln 2/20 each bring the price from 100 to 200.
    let jump = 2.0_f64.ln() / 20.0;
    let jumps = Jumps { intensity: 1.0, mean: jump, deviation: 0.0 };
    let ours = european(&market(100.0, 0.0, 0.0, 0.0, 1.0), Call, 200.0, jumps).unwrap();
    let (mut chance, mut sum) = ((-1.0_f64).exp(), 0.0);
    for n in 1..60 {
        chance /= f64::from(n);
        sum += chance * (100.0 * (f64::from(n) * jump - jump.exp_m1()).exp() - 200.0).max(0.0);
    }
    assert!(sum > 0.0 && (ours / sum - 1.0).abs() < 1e-12, "{ours} is not {sum}");
}

#[test]
fn errors_name_the_rule() {
    let market = market(100.0, 0.05, 0.0, 0.15, 2.0);
    for (strike, jumps, error) in [
        (0.0, JUMPS, "strike = 0 is outside [0.000000000000001, 1000000000000000]"),
        (100.0, Jumps { intensity: -1.0, ..JUMPS }, "intensity = -1 is outside [0, 10000]"),
        (100.0, Jumps { mean: f64::NAN, ..JUMPS }, "mean = NaN is outside [-5, 5]"),
        (100.0, Jumps { deviation: -0.1, ..JUMPS }, "deviation = -0.1 is outside [0, 3]"),
        (100.0, Jumps { intensity: 300.0, ..JUMPS }, "intensity * maturity = 600 is outside [0, 500]"),
    ] {
        assert_eq!(european(&market, Put, strike, jumps).unwrap_err().to_string(), error);
    }
    let error = european(&market, Put, 100.0, Jumps { intensity: 100.0, mean: 2.0, deviation: 0.0 }).unwrap_err();
    assert_eq!(error.field, "compensated intensity * maturity");
}
