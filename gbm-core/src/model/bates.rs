use serde::{Deserialize, Serialize};

use super::heston::{Heston, HestonStep};
use super::jumps::{JumpStep, NormalJumps};
use super::merton::total_volatility;
use crate::math::LOG2_E;
use crate::process::{Clock, Modifiers, Moments, Noise, Process, Unsuitable, When};
use crate::units::{Drift, OutOfDomain, Volatility};

/// Bates' model: [`Heston`] with the normal jumps of [`Merton`](super::Merton), independent of the variance.
///
/// - E[S(t)] = S₀·e^(μt): the jumps' compensator is λ(e^(m + s²/2) − 1).
/// - Budget: the price's normal, a word for the variance, a uniform for the jumps' number and a normal for their sum.
///
/// Source: Bates (1996), *Review of Financial Studies* 9(1).
///
/// ```
/// use gbm_core::model::{Bates, Heston, NormalJumps};
/// let json = r#"{"heston":{"drift":0,"initial_variance":0.04,"long_run_variance":0.04,"mean_reversion":0.5,
///     "volatility_of_variance":1,"leverage":-0.9},"jumps":{"per_year":2,"mean":-0.05,"deviation":0.1}}"#;
/// let model: Bates = serde_json::from_str(json)?;
/// assert_eq!(model, Bates::new(*model.heston(), NormalJumps::new(2.0, -0.05, 0.1)?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bates {
    heston: Heston,
    jumps: NormalJumps,
}

/// The coefficients of a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BatesStep {
    heston: HestonStep,
    jumps: JumpStep,
}

impl Bates {
    /// Jumps added to a diffusion.
    pub fn new(heston: Heston, jumps: NormalJumps) -> Self {
        Self { heston, jumps }
    }

    /// The same model of another drift, every size of its moves scaled.
    pub(super) fn scaled(&self, drift: Drift, by: f64) -> Result<Self, OutOfDomain> {
        Ok(Self { heston: self.heston.scaled(drift, by)?, jumps: self.jumps.scaled(by)? })
    }

    /// The diffusion.
    pub fn heston(&self) -> &Heston {
        &self.heston
    }

    /// The jumps.
    pub fn jumps(&self) -> &NormalJumps {
        &self.jumps
    }
}

impl Process for Bates {
    type State = f64;
    type Step = BatesStep;

    fn budget(&self) -> usize {
        4
    }

    fn diffusion_slot(&self) -> usize {
        0
    }

    fn normals(&self, _: &BatesStep) -> usize {
        2
    }

    fn drift(&self) -> Drift {
        self.heston.drift()
    }

    fn volatility(&self) -> Volatility {
        total_volatility(self.heston.volatility(), self.jumps.variance_per_year())
    }

    fn initial_state(&self, noise: Noise<'_>) -> f64 {
        self.heston.initial_state(noise)
    }

    fn fits(&self, v: &f64) -> bool {
        self.heston.fits(v)
    }

    fn check(&self, clock: &Clock) -> Result<(), Unsuitable> {
        self.jumps.per_year.check(clock)
    }

    fn step(&self, clock: &Clock, modifiers: &Modifiers) -> BatesStep {
        let scale = modifiers.scale(self.volatility());
        let jumps = self.jumps.step(clock, modifiers, scale);
        BatesStep { heston: self.heston.coefficients(clock, modifiers, scale, jumps.compensator), jumps }
    }

    fn moments(&self, &v: &f64, step: &BatesStep, when: When) -> Moments {
        let (mean, variance) = step.heston.moments(v, when.season);
        Moments {
            mean: (mean + step.jumps.mean()) * LOG2_E,
            deviation: (variance + step.jumps.variance()).sqrt() * LOG2_E,
        }
    }

    fn has_jumps(&self) -> bool {
        true
    }

    #[inline]
    fn evolve(&self, v: &mut f64, step: &BatesStep, noise: Noise<'_>) -> f64 {
        (step.heston.evolve(v, noise) + step.jumps.sum(noise.uniform(2), || noise.normal(3))) * LOG2_E
    }
}
