//! What is known of a log-price that moves by independent normals of one size: its law at any mixture of times.

use gbm_core::math::{LN_2, LOG2_E, exp2, ln};
use gbm_core::process::LinearStep;

use crate::terms::Right;

/// Below this variance of a step a path counts as without randomness.
const NO_VARIANCE: f64 = 1e-280;

/// ln S(tᵢ) = ln S₀ + Σ_{j ≤ i} (a + b·Zⱼ): a and b of a step in log₂ units, n steps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Law {
    pub(crate) spot: f64,
    pub(crate) steps: f64,
    pub(crate) step: LinearStep,
}

/// How much of the steps' drift, and of their variance, the logarithm of an average has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Shares {
    pub(crate) drift: f64,
    pub(crate) variance: f64,
}

impl Shares {
    /// The last price.
    pub(crate) const LAST: Self = Self { drift: 1.0, variance: 1.0 };
}

impl Law {
    /// The variance of a step of ln S.
    pub(crate) fn step_variance(&self) -> f64 {
        let deviation = self.step.diffusion * LN_2;
        deviation * deviation
    }

    /// Whether there is one path only.
    pub(crate) fn is_certain(&self) -> bool {
        self.step_variance() < NO_VARIANCE
    }

    /// E\[max(±(X − K), 0)\] of an average X of prices, not discounted.
    pub(crate) fn option(&self, right: Right, strike: f64, shares: Shares) -> f64 {
        let mean = ln(self.spot) + shares.drift * self.steps * self.step.drift * LN_2;
        lognormal_option(right, strike, mean, (shares.variance * self.steps * self.step_variance()).sqrt())
    }
}

/// E\[max(±(X − K), 0)\] with ln X normal, of this mean and deviation:
/// ±(F·Φ(±d) − K·Φ(±(d − s))), F = e^{m + s²/2}, d = (m − ln K)/s + s.
pub(crate) fn lognormal_option(right: Right, strike: f64, mean: f64, deviation: f64) -> f64 {
    if deviation == 0.0 {
        return right.of(exp(mean), strike);
    }
    let forward = exp(mean + 0.5 * deviation * deviation);
    let d = (mean - ln(strike)) / deviation + deviation;
    let sign = right.sign();
    (sign * (forward * cdf(sign * d) - strike * cdf(sign * (d - deviation)))).max(0.0)
}

/// eˣ.
#[inline]
pub(crate) fn exp(x: f64) -> f64 {
    exp2(x * LOG2_E)
}

/// Φ(x).
fn cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x * std::f64::consts::FRAC_1_SQRT_2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(law: Law, right: Right, strike: f64, expected: f64) {
        let price = exp(-0.1 * 0.1) * law.option(right, strike, Shares::LAST);
        assert!((price - expected).abs() < 1e-10, "{price} is not {expected}");
    }

    /// Published prices for S₀ = 100, r = 0.1, σ = 0.25, T = 0.1, in one step or many.
    #[test]
    fn options_cost_what_black_and_scholes_say() {
        for steps in [1.0, 50.0] {
            let dt = 0.1 / steps;
            let step = LinearStep { drift: (0.1 - 0.5 * 0.0625) * dt * LOG2_E, diffusion: 0.25 * dt.sqrt() * LOG2_E };
            let law = Law { spot: 100.0, steps, step };
            for (strike, call) in [(80.0, 20.7992263087), (100.0, 3.6599684533), (120.0, 0.0445778141)] {
                check(law, Right::Call, strike, call);
                check(law, Right::Put, strike, call - 100.0 + strike * exp(-0.01));
            }
        }
    }

    #[test]
    fn no_deviation_leaves_the_payoff() {
        assert_eq!(lognormal_option(Right::Put, 3.0, 0.0, 0.0), 2.0);
    }
}
