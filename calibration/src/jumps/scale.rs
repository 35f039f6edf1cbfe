//! What bounds and first steps of jump-diffusions are measured by.

use crate::returns::Returns;

/// σ·√Δ is at least this share of the returns' deviation.
pub(super) const LEAST_DIFFUSION: f64 = 0.05;
/// λ·Δ is at most this: more jumps a bar than that are a diffusion.
pub(super) const MOST_JUMPS: f64 = 10.0;
/// Starts of a search: jumps a bar, and their share of the variance.
const STARTS: [(f64, f64); 12] = [
    (0.02, 0.2),
    (0.02, 0.5),
    (0.02, 0.8),
    (0.1, 0.2),
    (0.1, 0.5),
    (0.1, 0.8),
    (0.5, 0.2),
    (0.5, 0.5),
    (0.5, 0.8),
    (1.5, 0.2),
    (1.5, 0.5),
    (1.5, 0.8),
];

/// Some returns' sizes.
pub(super) struct Scale {
    /// Δ in years.
    pub(super) bar: f64,
    pub(super) mean: f64,
    pub(super) deviation: f64,
    /// The largest distance from the mean.
    pub(super) largest: f64,
}

/// Where a search begins.
pub(super) struct Start {
    /// σ√Δ.
    pub(super) diffusion: f64,
    /// λΔ.
    pub(super) jumps: f64,
    /// √E[J²].
    pub(super) jump: f64,
}

impl Scale {
    pub(super) fn new(returns: &Returns) -> Self {
        let mean = returns.mean();
        let largest = returns.values().iter().fold(0.0_f64, |largest, r| largest.max((r - mean).abs()));
        Self { bar: returns.bar().get(), mean, deviation: returns.variance().sqrt(), largest }
    }

    /// [low, high] of ln σ√Δ.
    pub(super) fn diffusion(&self) -> (f64, f64) {
        ((LEAST_DIFFUSION * self.deviation).ln(), (2.0 * self.deviation).ln())
    }

    /// The least σ.
    pub(super) fn least_volatility(&self) -> f64 {
        LEAST_DIFFUSION * self.deviation / self.bar.sqrt()
    }

    pub(super) fn starts(&self) -> impl Iterator<Item = Start> {
        STARTS.iter().map(|&(jumps, share)| Start {
            diffusion: self.deviation * (1.0 - share).sqrt(),
            jumps,
            jump: (self.deviation * (share / jumps).sqrt()).min(1.5 * self.largest),
        })
    }
}
