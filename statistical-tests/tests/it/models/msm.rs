//! The multifractal: variance, memory, and a renewal whose law no step changes.

use gbm_core::model::{Msm, MsmParameters};

use super::{each_path, mean, paths};
use crate::suite::pass;

const SIGMA: f64 = 0.5;
const DAY: f64 = 1.0 / 365.0;
/// m₀, γ_k, b and k.
const LAW: (f64, f64, f64, u32) = (1.4, 0.9, 3.0, 5);

fn model() -> Msm {
    let (multiplier, renewal, spacing, multipliers) = LAW;
    let parameters =
        MsmParameters { drift: 0.0, volatility: SIGMA, bar_s: 86_400.0, multipliers, multiplier, renewal, spacing };
    Msm::new(parameters).unwrap()
}

/// E[V₀·V_t]/σ⁴ after so many days: each multiplier is the same one with probability (1 − γᵢ)^t, else independent.
fn memory(days: f64) -> f64 {
    let (multiplier, renewal, spacing, multipliers) = LAW;
    let of = |i: u32| {
        let kept = (1.0 - renewal).powf(spacing.powi(i.cast_signed() - multipliers.cast_signed()) * days);
        1.0 + (multiplier - 1.0).powi(2) * kept
    };
    (1..=multipliers).map(of).product()
}

/// Variance σ², and its memory over the same time in one step or in many.
#[test]
fn variance_remembers_as_its_renewals_say() {
    let n = paths(200_000);
    for (steps, days) in [(1_u32, 1.0), (8, 1.0), (1, 10.0), (20, 10.0), (3, 60.0)] {
        let dt = days * DAY / f64::from(steps);
        let scale = SIGMA * SIGMA * dt;
        let (mut variance, mut squares, mut products) = (Vec::new(), Vec::new(), Vec::new());
        each_path(&model(), dt, u64::from(steps) + 1, 20, n, |seen| {
            let (first, last) = (seen[0], seen[seen.len() - 1]);
            variance.push(last.variance() / scale);
            squares.push(last.centred().powi(2) / scale);
            products.push(first.variance() * last.variance() / (scale * scale));
        });
        let what = format!("MSM, {days} days in {steps} steps");
        pass(&what, [mean("variance", &variance, 1.0), mean("square", &squares, 1.0)]);
        pass(&what, [mean("memory", &products, memory(days))]);
    }
}

/// Kurtosis of a step: 3·E[V²]/σ⁴ = 3·(1 + (m₀ − 1)²)^k.
#[test]
fn a_step_is_a_mixture() {
    let (multiplier, _, _, multipliers) = LAW;
    let mut fourths = Vec::new();
    each_path(&model(), DAY, 1, 21, 1_000_000, |seen| fourths.push((seen[0].centred() / (SIGMA * DAY.sqrt())).powi(4)));
    let exact = 3.0 * (1.0 + (multiplier - 1.0).powi(2)).powi(multipliers.cast_signed());
    pass("MSM", [mean("kurtosis", &fourths, exact)]);
}
