//! The density of a normal number plus a sum of exponential ones.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// From here on the recursion that goes up loses digits, and the one that goes down gains them.
const DOWN_FROM: f64 = 1.0;
/// The recursion that goes down forgets an error in its start by e to this power.
const FORGETS: f64 = 12.5;

/// Adds Σₖ weights[k − 1]·gₖ(y), gₖ the density of s·Z plus k exponential numbers of rate η, k = 1, 2, …
///
/// gₖ(y) = η·(sη)^{k−1}/√(2π)·e^{−y²/2s²}·h_{k−1}(z), z = sη − y/s, hₙ(z) = e^{z²/2}·Hhₙ(z), and Hhₙ the repeated integrals
/// of e^{−z²/2}: n·Hhₙ = Hhₙ₋₂ − z·Hhₙ₋₁.
///
/// Source: Abramowitz and Stegun (1964), eqs. 19.14.1–19.14.6; Kou (2002), *Management Science* 48(8), appendix B.
pub(super) fn weighted(y: f64, s: f64, rate: f64, weights: &[f64]) -> f64 {
    let z = s * rate - y / s;
    let (sum, ln_scale) = if z >= DOWN_FROM {
        (down(z, s * rate, weights), -0.5 * (y / s) * (y / s))
    } else {
        (up(z, s * rate, weights), 0.5 * (s * rate) * (s * rate) - rate * y)
    };
    rate / (2.0 * PI).sqrt() * ln_scale.exp() * sum
}

/// Σₖ weights[k − 1]·step^{k−1}·Hh_{k−1}(z), for z below one.
fn up(z: f64, step: f64, weights: &[f64]) -> f64 {
    let (mut before, mut hh) = ((-0.5 * z * z).exp(), (0.5 * PI).sqrt() * libm::erfc(z * FRAC_1_SQRT_2));
    let (mut sum, mut power) = (0.0, 1.0);
    for (n, weight) in weights.iter().enumerate() {
        sum += weight * power * hh;
        (before, hh) = (hh, (before - z * hh) / (n + 1) as f64);
        power *= step;
    }
    sum
}

/// The same of hₙ, for z from one on: the ratios rₙ = hₙ/hₙ₋₁ obey rₙ₋₁ = 1/(z + n·rₙ), all positive.
fn down(z: f64, step: f64, weights: &[f64]) -> f64 {
    let count = weights.len() as f64;
    let start = (0.5 * ((2.0 * count).sqrt() + FORGETS / z).powi(2)).ceil();
    let mut n = start;
    let mut ratio = ((z * z + 4.0 * n).sqrt() - z) / (2.0 * n);
    while n > count {
        ratio = 1.0 / (z + n * ratio);
        n -= 1.0;
    }
    // By Horner: Σ wₖ·step^{k−1}·r₀·…·r_{k−1}.
    let mut sum = 0.0;
    for weight in weights.iter().rev() {
        ratio = 1.0 / (z + n * ratio);
        n -= 1.0;
        sum = ratio * (weight + step * sum);
    }
    sum
}
