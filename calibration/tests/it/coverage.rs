//! How often 95 % intervals hold the truth, over simulated samples: 200, or 2,000 with `ALGO_TRADING_LONG=1`.

use calibration::garch::{Garch, Innovations, Mean, Parameters, Specification};
use calibration::{ParameterEstimate, garch, gbm, merton};
use rayon::prelude::*;
use statrs::distribution::{Binomial, DiscreteCDF};

use crate::support::{Normals, daily, day};

const DAY_MS: i64 = 86_400_000;
/// What is asked of 2,000 samples.
const COVERAGE: (f64, f64) = (0.93, 0.97);
/// The chance that a parameter fails by accident, at a true coverage on the edge.
const ALPHA: f64 = 1e-6;

fn samples() -> u64 {
    if std::env::var_os("ALGO_TRADING_LONG").is_some() { 2000 } else { 200 }
}

/// The shares that pass: those asked for of the long run; else what a true coverage on their edges gives, but for α.
fn accepted(samples: u64) -> (f64, f64) {
    if samples >= 2000 {
        return COVERAGE;
    }
    let share = |p: f64, tail: f64| {
        let law = Binomial::new(p, samples).unwrap();
        law.inverse_cdf(tail) as f64 / samples as f64
    };
    (share(COVERAGE.0, ALPHA), share(COVERAGE.1, 1.0 - ALPHA))
}

/// The share of samples whose interval, of errors times `factor`, holds each true value; all samples must have errors.
fn shares(truth: &[f64], factor: f64, fits: &[Vec<ParameterEstimate>]) -> Vec<f64> {
    let holds = |estimate: &ParameterEstimate, value: f64| {
        let (low, high) = estimate.interval_95().unwrap_or((f64::NAN, f64::NAN));
        (value - estimate.value).abs() <= 0.5 * factor * (high - low)
    };
    let share = |(i, &value): (usize, &f64)| {
        fits.iter().filter(|estimates| holds(&estimates[i], value)).count() as f64 / fits.len() as f64
    };
    truth.iter().enumerate().map(share).collect()
}

fn check(name: &str, truth: &[f64], fit: impl Fn(u64) -> Vec<ParameterEstimate> + Send + Sync) {
    let count = samples();
    let fits: Vec<Vec<ParameterEstimate>> = (0..count).into_par_iter().map(fit).collect();
    let (low, high) = accepted(count);
    let (found, halved) = (shares(truth, 1.0, &fits), shares(truth, 0.5, &fits));
    println!("{name}: {found:?} of {count} samples, accepted {low:.4} to {high:.4}; errors halved: {halved:?}");
    assert!(found.iter().all(|share| (low..=high).contains(share)), "{name}: {found:?}");
    // Planted: errors half as large.
    assert!(halved.iter().all(|share| *share < low), "{name}: {halved:?} should not pass");
}

#[test]
fn of_geometric_brownian_motion() {
    let (m, sigma, rows) = (0.3, 0.7, 1000);
    check("GBM", &[m, sigma], |seed| {
        let mut normals = Normals::new(seed);
        let mut log = 0.0_f64;
        let prices: Vec<f64> = std::iter::once(1.0)
            .chain((0..rows).map(|_| {
                log += m * day().get() + sigma * day().get().sqrt() * normals.next();
                log.exp()
            }))
            .collect();
        let times: Vec<i64> = (0..=rows).map(|day| day * DAY_MS).collect();
        gbm::fit(&times, &prices, 365 * 86_400).unwrap().estimates
    });
}

#[test]
fn of_garch() {
    let truth = Parameters { mean: 0.05, omega: 0.05, alpha: 0.1, gamma: 0.0, beta: 0.85, degrees: None };
    let start = Garch::new(truth).unwrap().variance();
    let specification = Specification { mean: Mean::Constant, leverage: false, innovations: Innovations::Normal };
    check("GARCH", &[truth.mean, truth.omega, truth.alpha, truth.beta], |seed| {
        let mut normals = Normals::new(seed);
        let mut variance = start;
        let returns = (0..3500).map(|_| {
            let error = variance.sqrt() * normals.next();
            variance = truth.omega + truth.alpha * error * error + truth.beta * variance;
            truth.mean + error
        });
        // The first ones forget that they began at the long run's variance.
        garch::fit(&daily(returns.skip(500).collect()), specification).unwrap().estimates
    });
}

#[test]
fn of_merton() {
    let (m, sigma, intensity, mean, deviation) = (0.5, 0.4, 50.0, -0.01, 0.06);
    check("Merton", &[m, sigma, intensity, mean, deviation], |seed| {
        let mut normals = Normals::new(seed);
        let bar = day().get();
        let returns = (0..3000).map(|_| {
            let (mut jumps, mut chance, u) = (0.0, (-intensity * bar).exp(), normals.uniform());
            let (mut below, mut count) = (chance, 0.0);
            while u > below {
                count += 1.0;
                chance *= intensity * bar / count;
                below += chance;
                jumps += mean + deviation * normals.next();
            }
            m * bar + sigma * bar.sqrt() * normals.next() + jumps
        });
        merton::fit(&daily(returns.collect())).unwrap().estimates
    });
}
