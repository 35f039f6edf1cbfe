//! Sensitivities: printed ones, differences of the price, and where there are none.

use closed_form::Kind::{Call, Put};
use closed_form::black_scholes;
use closed_form::greeks::{Greeks, GreeksError, european};
use closed_form::{Kind, Market, Parameters};

use crate::support::market;

/// Hull, *Options, Futures, and Other Derivatives*, the examples of the chapter on the Greek letters: S = 49, K = 50, r =
/// 0.05, σ = 0.2, T = 0.3846.
#[test]
fn sensitivities_are_hulls() {
    let greeks = european(&market(49.0, 0.05, 0.0, 0.2, 0.3846), Call, 50.0).unwrap();
    let printed = [
        (greeks.delta, 0.522, 0.0005),
        (greeks.gamma, 0.066, 0.0005),
        (greeks.vega, 12.1, 0.05),
        (greeks.theta, -4.31, 0.005),
        (greeks.rho, 8.91, 0.005),
    ];
    for (ours, printed, half) in printed {
        assert!((ours - printed).abs() <= half, "{ours} is not {printed}");
    }
}

/// Central differences of fourth order.
fn first(f: impl Fn(f64) -> f64, x: f64, h: f64) -> f64 {
    (8.0 * (f(x + h) - f(x - h)) - (f(x + 2.0 * h) - f(x - 2.0 * h))) / (12.0 * h)
}

fn second(f: impl Fn(f64) -> f64, x: f64, h: f64) -> f64 {
    (16.0 * (f(x + h) + f(x - h)) - (f(x + 2.0 * h) + f(x - 2.0 * h)) - 30.0 * f(x)) / (12.0 * h * h)
}

fn differences(p: Parameters, kind: Kind, strike: f64) -> Greeks {
    let price = |p: Parameters| black_scholes::european(&Market::new(p).unwrap(), kind, strike).unwrap();
    // The price bends over a share σ√T of the spot.
    let h = 0.01 * p.volatility * p.maturity.sqrt();
    Greeks {
        delta: first(|spot| price(Parameters { spot, ..p }), p.spot, h * p.spot),
        gamma: second(|spot| price(Parameters { spot, ..p }), p.spot, h * p.spot),
        vega: first(|volatility| price(Parameters { volatility, ..p }), p.volatility, 0.003 * p.volatility),
        theta: -first(|maturity| price(Parameters { maturity, ..p }), p.maturity, 0.003 * p.maturity),
        rho: first(|rate| price(Parameters { rate, ..p }), p.rate, h / p.maturity),
    }
}

/// To 10⁻⁶ of themselves, or to what the last bits of the price leave of the smallest ones.
#[test]
fn sensitivities_are_differences_of_the_price() {
    let mut worst = 0.0_f64;
    for (rate, dividend_yield) in [(0.05, 0.02), (0.0, 0.0), (-0.02, 0.3)] {
        for (volatility, maturity) in [(0.1, 0.5), (0.3, 0.05), (0.6, 1.0), (1.2, 3.0)] {
            for strike in [70.0, 90.0, 100.0, 115.0, 150.0] {
                for kind in [Call, Put] {
                    let p = Parameters { spot: 100.0, rate, dividend_yield, volatility, maturity };
                    let ours = european(&Market::new(p).unwrap(), kind, strike).unwrap();
                    let numeric = differences(p, kind, strike);
                    let pairs = [
                        (ours.delta, numeric.delta, 1e-10),
                        (ours.gamma, numeric.gamma, 1e-10),
                        (ours.vega, numeric.vega, 1e-8),
                        (ours.theta, numeric.theta, 1e-8),
                        (ours.rho, numeric.rho, 1e-8),
                    ];
                    for (ours, numeric, floor) in pairs {
                        let error = (ours - numeric).abs();
                        assert!(error <= 1e-6 * ours.abs() + floor, "{p:?} {kind:?} {strike}: {ours}, {numeric}");
                        if ours.abs() > 1e4 * floor {
                            worst = worst.max(error / ours.abs());
                        }
                    }
                }
            }
        }
    }
    println!("greeks: relative error {worst:.1e}");
}

#[test]
fn calls_less_puts_are_forwards() {
    for strike in [20.0, 100.0, 300.0] {
        let market = market(100.0, 0.05, 0.02, 0.3, 2.0);
        let [call, put] = [Call, Put].map(|kind| european(&market, kind, strike).unwrap());
        let (asset, cash) = ((-0.04_f64).exp(), strike * (-0.1_f64).exp());
        let near = |x: f64, y: f64| assert!((x - y).abs() <= 1e-13 * (1.0 + y.abs()), "{x} is not {y}");
        near(call.delta - put.delta, asset);
        near(call.rho - put.rho, 2.0 * cash);
        near(call.theta - put.theta, 0.02 * 100.0 * asset - 0.05 * cash);
        assert_eq!((call.gamma, call.vega), (put.gamma, put.vega));
    }
}

#[test]
fn without_randomness_they_are_the_payoffs() {
    for (volatility, maturity) in [(0.0, 2.0), (0.5, 0.0), (0.0, 0.0)] {
        let market = market(100.0, 0.05, 0.02, volatility, maturity);
        let (asset, cash) = ((-0.02 * maturity).exp(), 90.0 * (-0.05 * maturity).exp());
        let call = european(&market, Call, 90.0).unwrap();
        let theta = 0.02 * 100.0 * asset - 0.05 * cash;
        assert!((call.delta - asset).abs() < 1e-15 && (call.rho - maturity * cash).abs() < 1e-12, "{call:?}");
        assert!((call.theta - theta).abs() < 1e-14 && call.gamma == 0.0 && call.vega == 0.0, "{call:?}");
        let put = european(&market, Put, 90.0).unwrap();
        assert!([put.delta, put.gamma, put.vega, put.theta, put.rho].iter().all(|x| *x == 0.0), "{put:?}");
    }
}

#[test]
fn every_corner_of_the_domains_has_finite_ones() {
    for (spot, strike) in [1e-15, 1.0, 1e15].into_iter().flat_map(|s| [1e-15, 1.0, 1e15].map(|k| (s, k))) {
        for volatility in [1e-149, 1e-8, 0.5, 100.0] {
            for maturity in [1e-300, 1e-9, 1.0, 30.0] {
                for (rate, dividend_yield) in [(-10.0, -10.0), (10.0, -10.0), (-10.0, 10.0), (0.05, 0.0)] {
                    let market = market(spot, rate, dividend_yield, volatility, maturity);
                    match european(&market, Call, strike) {
                        Ok(g) => assert!(
                            [g.delta, g.gamma, g.vega, g.theta, g.rho].iter().all(|x| x.is_finite()),
                            "{market:?}: {g:?}"
                        ),
                        Err(error) => assert_eq!(error, GreeksError::Kink { strike }),
                    }
                }
            }
        }
    }
}

#[test]
fn errors_name_the_rule() {
    let flat = market(100.0, 0.0, 0.0, 0.0, 1.0);
    let error = european(&flat, Put, 100.0).unwrap_err();
    let kink = "strike = 100 is the forward price: without randomness the option's price has a kink there";
    assert_eq!(error.to_string(), kink);
    let error = european(&flat, Put, f64::NAN).unwrap_err();
    assert_eq!(error.to_string(), "strike = NaN is outside [0.000000000000001, 1000000000000000]");
}
