//! Cascades that the test simulates, and Bitcoin's hours.

use std::f64::consts::PI;

use calibration::Returns;
use calibration::cascade::{Cascade, Specification, fit, ladder};
use gbm_core::units::Years;

use crate::support::{Normals, data, near, rows};

const YEAR_S: u64 = 365 * 86_400;

/// Log-returns of bars of `ticks` ticks of `tick_s` seconds.
fn simulated(seed: u64, bars: usize, ticks: usize, tick_s: f64, factors: &[(f64, f64)]) -> Vec<f64> {
    let mut normals = Normals::new(seed);
    let mut states: Vec<f64> = factors.iter().map(|(_, s2)| s2.sqrt() * normals.next()).collect();
    let fall: f64 = factors.iter().map(|(_, s2)| s2).sum();
    let scale = 0.8 * (tick_s / YEAR_S as f64).sqrt();
    let mut tick = || {
        for (state, (time_s, s2)) in states.iter_mut().zip(factors) {
            let phi = (-tick_s / time_s).exp();
            *state = phi * *state + (s2 * (1.0 - phi * phi)).sqrt() * normals.next();
        }
        scale * (states.iter().sum::<f64>() - fall).exp() * normals.next()
    };
    (0..bars).map(|_| (0..ticks).map(|_| tick()).sum()).collect()
}

fn fitted(values: Vec<f64>, bar_s: f64, tick_s: f64, block: usize) -> Cascade {
    let years = |s: f64| Years::new(s / YEAR_S as f64).unwrap();
    let returns = Returns::new(values, years(bar_s)).unwrap();
    let specification = Specification { times: ladder(YEAR_S).unwrap(), tick: years(tick_s), block, seed: 1 };
    fit(&returns, &specification).unwrap()
}

/// How many of its errors each factor is off.
fn misses(cascade: &Cascade, truth: &[f64]) -> Vec<f64> {
    let pairs = cascade.factors.iter().zip(truth);
    pairs.filter_map(|(factor, s2)| factor.variance.map(|v| (v.value - s2) / v.standard_error.max(0.005))).collect()
}

const MINUTES: [f64; 8] = [2.0, 10.0, 50.0, 250.0, 1250.0, 6250.0, 31250.0, 156_250.0];
const VARIANCES: [f64; 8] = [0.10, 0.10, 0.08, 0.08, 0.07, 0.07, 0.09, 0.13];

#[test]
fn a_simulated_cascade_is_found_again() {
    let factors: Vec<(f64, f64)> = MINUTES.iter().map(|m| 60.0 * m).zip(VARIANCES).collect();
    // Hourly bars of 12 ticks over five years.
    let hours = simulated(7, 5 * 8760, 12, 300.0, &factors);
    let cascade = fitted(hours, 3600.0, 300.0, 60 * 24);
    println!("{cascade:#?}");
    let missed = misses(&cascade, &VARIANCES);
    println!("{missed:?}");
    // 4.4 errors: 10⁻⁵ for each of the six normal figures, and the bootstrap's own error.
    assert!(missed.len() == 6 && missed.iter().all(|miss| miss.abs() < 4.4), "{missed:?}");
    assert!((cascade.volatility.value - 0.8).abs() < 4.4 * cascade.volatility.standard_error);
    assert!(cascade.factors[0].variance.is_none(), "two minutes in hourly bars");
}

#[test]
fn a_factor_of_another_time_constant_is_told() {
    let truth = [0.0, 0.0, 0.0, 0.0, 0.3, 0.0, 0.0, 0.0];
    let hours = |time_s: f64| simulated(9, 5 * 8760, 4, 900.0, &[(time_s, 0.3)]);
    let found = misses(&fitted(hours(60.0 * MINUTES[4]), 3600.0, 900.0, 60 * 24), &truth);
    assert!(found.iter().all(|miss| miss.abs() < 4.4), "{found:?}");
    let planted = misses(&fitted(hours(60.0 * MINUTES[5]), 3600.0, 900.0, 60 * 24), &truth);
    assert!(planted.iter().any(|miss| miss.abs() > 4.4), "{planted:?}");
}

#[test]
fn without_factors_none_is_found() {
    let cascade = fitted(simulated(3, 20_000, 1, 3600.0, &[]), 3600.0, 3600.0, 500);
    println!("{cascade:?}");
    assert!(misses(&cascade, &[0.0; 8]).iter().all(|miss| miss.abs() < 4.4));
    let total: f64 = cascade.factors.iter().filter_map(|factor| factor.variance).map(|v| v.value).sum();
    // The variance of ln|Z| is π²/8; its sample's deviates by √((κ − 1)/n)·π²/8, with kurtosis κ = 7.
    near("noise", cascade.noise + total, PI * PI / 8.0, 4.4 * (6.0_f64 / 20_000.0).sqrt() * PI * PI / 8.0);
}

#[test]
fn bitcoin_s_hours_have_slow_and_fast_factors() {
    let Some(text) = data("btc_hourly_2017_2022.csv") else { return };
    let closes: Vec<f64> = rows(&text).map(|row| row[4].parse().unwrap()).collect();
    let returns: Vec<f64> = closes.windows(2).map(|pair| (pair[1] / pair[0]).ln()).collect();
    let cascade = fitted(returns, 3600.0, 60.0, 60 * 24);
    println!("{cascade:#?}");
    let total: f64 = cascade.factors.iter().filter_map(|factor| factor.variance).map(|v| v.value).sum();
    assert!((0.3..1.0).contains(&total), "{total}");
}
