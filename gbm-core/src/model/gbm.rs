use serde::{Deserialize, Serialize};

use crate::math::LOG2_E;
use crate::process::{Clock, LinearStep, Modifiers, Moments, Noise, Process, When};
use crate::units::{Drift, OutOfDomain, Volatility};

/// Geometric Brownian motion, dS = μ S dt + σ S dW, stepped exactly:
///
/// Δ ln S = (μ − σ²/2)·Δt + σ·√Δt·Z
///
/// - μ `drift`, per year; σ `volatility`, per √year, σ ≥ 0. σ = 0 gives the curve S₀·e^{μt}, up to the rounding of the
///   running sum.
/// - The law of ln S is the same for every Δt: no discretisation error.
/// - Budget: one normal a step.
///
/// Source: Black and Scholes (1973), *J. Political Economy* 81(3); Glasserman (2003), *Monte Carlo Methods in
/// Financial Engineering*, eq. 3.21.
///
/// ```
/// use gbm_core::model::Gbm;
/// let btc = Gbm::new(0.5, 0.8)?;
/// assert_eq!(btc.volatility().get(), 0.8);
/// assert_eq!(Gbm::new(0.5, f64::NAN).unwrap_err().to_string(), "volatility = NaN is outside [0, 100]");
/// # Ok::<(), gbm_core::units::OutOfDomain>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gbm {
    drift: Drift,
    volatility: Volatility,
}

impl Gbm {
    /// A model with these annual parameters.
    ///
    /// # Errors
    /// [`OutOfDomain`] for a drift outside [−1000, 1000] or a volatility outside [0, 100].
    pub fn new(drift: f64, volatility: f64) -> Result<Self, OutOfDomain> {
        Ok(Self { drift: Drift::new(drift)?, volatility: Volatility::new(volatility)? })
    }

    /// A model whose parameters the caller knows to be in their domains.
    pub(super) fn known(drift: f64, volatility: f64) -> Self {
        Self { drift: Drift::known(drift), volatility: Volatility::known(volatility) }
    }

    /// The same model of another drift, every size of its moves scaled.
    pub(super) fn scaled(&self, drift: Drift, by: f64) -> Result<Self, OutOfDomain> {
        Ok(Self { drift, volatility: Volatility::new(self.volatility.get() * by)? })
    }

    /// μ, per year.
    pub fn drift(&self) -> Drift {
        self.drift
    }

    /// σ, per √year.
    pub fn volatility(&self) -> Volatility {
        self.volatility
    }
}

impl Process for Gbm {
    type State = ();
    type Step = LinearStep;

    fn budget(&self) -> usize {
        1
    }

    fn diffusion_slot(&self) -> usize {
        0
    }

    fn drift(&self) -> Drift {
        self.drift
    }

    fn volatility(&self) -> Volatility {
        self.volatility
    }

    fn sets_volatility(&self) -> bool {
        true
    }

    fn initial_state(&self, _: Noise<'_>) {}

    fn step(&self, clock: &Clock, modifiers: &Modifiers) -> LinearStep {
        let (mu, dt) = (modifiers.drift.get(), clock.dt().get());
        let sigma = modifiers.volatility.get() * modifiers.volatility_factor;
        LinearStep { drift: (mu - 0.5 * (sigma * sigma)) * dt * LOG2_E, diffusion: sigma * dt.sqrt() * LOG2_E }
    }

    fn linear(&self, step: &LinearStep) -> Option<LinearStep> {
        Some(*step)
    }

    fn moments(&self, (): &(), step: &LinearStep, when: When) -> Moments {
        step.in_season(when.season).into()
    }

    #[inline]
    fn evolve(&self, (): &mut (), step: &LinearStep, noise: Noise<'_>) -> f64 {
        step.in_season(noise.when().season).increment(noise.diffusion())
    }
}
