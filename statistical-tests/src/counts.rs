//! Counts of rare events among standard normals.

use statrs::distribution::{ContinuousCDF, Normal};

use crate::{Level, Outcome, nan_of};

/// The number of normals at or beyond a threshold: z ≥ t for t > 0, z ≤ t for t < 0.
///
/// Null: binomial with p = Φ(−|t|), bounded by the Poisson law of the same mean, which is wider by a factor
/// 1/√(1 − p) at most (0.07 % at |t| = 3).
pub fn tail(normals: &[f64], threshold: f64, level: Level) -> Outcome {
    let beyond = |z: f64| if threshold > 0.0 { z >= threshold } else { z <= threshold };
    let count = normals.iter().filter(|&&z| beyond(z)).count();
    let mean = normals.len() as f64 * Normal::standard().sf(threshold.abs());
    let (low, high) = level.poisson(mean);
    Outcome::between(format!("tail {threshold:+}"), count as f64 + nan_of(normals), low, high)
}

/// The number of exact duplicates among variates that are functions of words with 53 random bits.
///
/// `sorted` in ascending order; a run of m equal values counts m − 1. Null: Poisson with the n(n−1)/2 pairs of the
/// birthday problem over 2⁵³ cells, upper side only.
pub fn ties(sorted: &[f64], level: Level) -> Outcome {
    let n = sorted.len() as f64;
    let count = sorted.windows(2).filter(|pair| pair[0] == pair[1]).count();
    let mean = 0.5 * n * (n - 1.0) / 2f64.powi(53);
    // One-sided at α is the upper end of two-sided at 2α.
    let doubled = Level::bonferroni(2.0 * level.get(), 1);
    Outcome::at_most("ties", count as f64 + nan_of(sorted), doubled.poisson(mean).1)
}
