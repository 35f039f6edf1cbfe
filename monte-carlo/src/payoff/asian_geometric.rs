use serde::{Deserialize, Serialize};

use super::{Average, Between, Needs, PathBlock, PathPayoff, Right, View};
use crate::law::{Shares, exp, lognormal_option};
use crate::units::Strike;

/// max(±(G − K), 0) on the geometric average G of the price.
///
/// - Discrete: ln G = (ln S(t₁) + … + ln S(tₙ))/n.
/// - Continuous: ln G = ∫₀ᵀ ln S dt/T. Given the fixings it is normal, its mean g the trapezoid and its variance v =
///   σ²T/(12·n²), since a Brownian bridge over Δt has an integral of variance Δt³/12. The payoff is taken in its mean given
///   the fixings, in closed form: no bias for any n, and less variance.
///
/// Source: Kemna and Vorst (1990), *J. Banking & Finance* 14(1).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AsianGeometric {
    /// Call or put.
    pub right: Right,
    /// K.
    pub strike: Strike,
    /// Which prices count.
    pub average: Average,
}

impl AsianGeometric {
    /// ln G of the fixings: for a continuous average the trapezoid.
    fn log_average(&self, paths: &PathBlock<'_>, log_prices: &[f64]) -> f64 {
        self.average.of(paths.ln_spot(), log_prices)
    }

    /// The payoff on the average of the fixings alone, whose law is [`AsianGeometric::shares`].
    pub(crate) fn fill_control(&self, paths: &PathBlock<'_>, out: &mut [f64]) {
        for (out, log_prices) in out.iter_mut().zip(paths.log_prices()) {
            *out = self.right.of(exp(self.log_average(paths, log_prices)), self.strike.get());
        }
    }

    /// The law of the fixings' average.
    ///
    /// Discrete: drift (n + 1)/(2n), variance (n + 1)(2n + 1)/(6n²). The trapezoid gives step j the weight (n − j + ½)/n: drift
    /// ½, variance ⅓ − 1/(12n²).
    pub(crate) fn shares(&self, steps: f64) -> Shares {
        let n = steps;
        match self.average {
            Average::Discrete => {
                Shares { drift: (n + 1.0) / (2.0 * n), variance: (n + 1.0) * (2.0 * n + 1.0) / (6.0 * n * n) }
            }
            Average::Continuous => Shares { drift: 0.5, variance: 1.0 / 3.0 - 1.0 / (12.0 * n * n) },
        }
    }
}

impl PathPayoff for AsianGeometric {
    fn name(&self) -> &'static str {
        "asian_geometric"
    }

    fn needs(&self) -> Needs {
        let between = if self.average == Average::Continuous { Between::Variance } else { Between::Nothing };
        Needs { view: View::LogPrices, between }
    }

    fn fill(&self, paths: &PathBlock<'_>, out: &mut [f64]) {
        if self.average == Average::Discrete {
            return self.fill_control(paths, out);
        }
        let deviation = (paths.step_variance() / (12.0 * paths.steps() as f64)).sqrt();
        for (out, log_prices) in out.iter_mut().zip(paths.log_prices()) {
            let mean = self.log_average(paths, log_prices);
            *out = lognormal_option(self.right, self.strike.get(), mean, deviation);
        }
    }
}
