//! What a Brownian bridge does between two fixings a and b of a log-price, v = σ²·Δt apart.

use gbm_core::math::ln;

use super::{Direction, PathBlock, Watch};
use crate::law::exp;

/// Beyond this exponent e^{−x} is lost beside 1, and below every −ln U of a noise word, the largest being 54·ln 2.
const NEVER: f64 = 38.0;

/// A log-level that a path may reach.
#[derive(Clone, Copy, Debug)]
pub(super) struct Touch {
    pub(super) watch: Watch,
    pub(super) direction: Direction,
    pub(super) ln_level: f64,
}

impl Touch {
    /// The probability, given the fixings, that a path has reached the level; 0 or 1 where only fixings are watched.
    ///
    /// A bridge stays below h with probability 1 − e^{−2(h − a)(h − b)/v}, independently of the others.
    ///
    /// Source: Glasserman (2004), *Monte Carlo Methods in Financial Engineering*, section 6.4; as a payoff Beaglehole,
    /// Dybvig and Zhou (1997), *Financial Analysts J.* 53(1).
    pub(super) fn probability(self, paths: &PathBlock<'_>, log_prices: &[f64]) -> f64 {
        let sign = self.direction.sign();
        let distance = |log_price: f64| sign * (self.ln_level - log_price);
        let mut before = distance(paths.ln_spot());
        if before <= 0.0 {
            return 1.0;
        }
        if self.watch == Watch::Discrete {
            return f64::from(log_prices.iter().any(|&log_price| distance(log_price) <= 0.0));
        }
        let scale = 2.0 / paths.step_variance();
        let mut missed = 1.0;
        for &log_price in log_prices {
            let after = distance(log_price);
            if after <= 0.0 {
                return 1.0;
            }
            let exponent = before * after * scale;
            if exponent < NEVER {
                missed *= 1.0 - exp(-exponent);
            }
            before = after;
        }
        1.0 - missed
    }
}

/// The logarithm of the highest (up) or lowest price of a path, the spot included.
///
/// Continuous: a bridge's highest value is ½·(a + b + √((b − a)² − 2v·ln U)), U its uniform. It exceeds m only if −ln U >
/// 2(m − a)(m − b)/v, and most bridges are passed over by that.
///
/// Source: Asmussen, Glynn and Pitman (1995), *Ann. Appl. Prob.* 5(4); Beaglehole, Dybvig and Zhou (1997).
pub(super) fn ln_extreme(
    watch: Watch,
    direction: Direction,
    paths: &PathBlock<'_>,
    path: usize,
    log_prices: &[f64],
) -> f64 {
    // Downwards everything is mirrored: the lowest value is the highest one of the negated path.
    let sign = direction.sign();
    let start = sign * paths.ln_spot();
    let mut highest = log_prices.iter().fold(start, |highest, log_price| {
        let value = sign * log_price;
        if value > highest { value } else { highest }
    });
    let v = paths.step_variance();
    if watch == Watch::Continuous && v > 0.0 {
        let mut uniforms = paths.uniforms(path);
        let mut a = start;
        for (step, log_price) in log_prices.iter().enumerate() {
            let b = sign * log_price;
            if 2.0 * (highest - a) * (highest - b) < NEVER * v {
                let root = ((b - a) * (b - a) - 2.0 * v * ln(uniforms.at(step))).sqrt();
                let reached = 0.5 * (a + b + root);
                highest = if reached > highest { reached } else { highest };
            }
            a = b;
        }
    }
    sign * highest
}
