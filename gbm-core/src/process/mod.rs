//! What a model is: data and pure functions from noise to increments. Models hold no generator, no clock and no grid.

mod clock;
mod noise;
mod sum;

pub use clock::Clock;
pub use noise::{Noise, When};
pub(crate) use sum::{BLOCK, block_of};
pub use sum::{LogSum, price_at};

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::math::LN_2;
use crate::units::{Drift, Volatility};

/// The most noise words a model may declare for one step.
pub const MAX_BUDGET: usize = 64;
/// Bits of a path's number in its stream's.
pub(crate) const PATH_BITS: u32 = 40;

/// A model of one asset's logarithmic price.
///
/// Correlation couples assets from outside, by mixing the one normal that each model declares as its diffusion.
///
/// A model of one's own, Merton's jumps with one normal for their sum and at most one jump a step:
///
/// ```
/// use gbm_core::math::LOG2_E;
/// use gbm_core::prelude::*;
/// use gbm_core::process::{Clock, Modifiers, Moments, Noise, When};
///
/// struct Jumpy(Gbm);
///
/// impl Process for Jumpy {
///     type State = ();
///     type Step = (<Gbm as Process>::Step, f64);
///     fn budget(&self) -> usize { 3 }
///     fn diffusion_slot(&self) -> usize { 0 }
///     fn drift(&self) -> Drift { self.0.drift() }
///     fn volatility(&self) -> Volatility { self.0.volatility() }
///     fn initial_state(&self, _: Noise<'_>) {}
///     fn step(&self, clock: &Clock, modifiers: &Modifiers) -> Self::Step {
///         (self.0.step(clock, modifiers), 50.0 * clock.dt().get()) // 50 jumps a year
///     }
///     fn moments(&self, _: &(), (gbm, probability): &Self::Step, _: When) -> Moments {
///         let jumps = probability * (0.05 * LOG2_E).powi(2);
///         Moments { mean: gbm.drift, deviation: (gbm.diffusion.powi(2) + jumps).sqrt() }
///     }
///     fn evolve(&self, state: &mut (), (gbm, probability): &Self::Step, noise: Noise<'_>) -> f64 {
///         let jump = if noise.uniform(1) < *probability { 0.05 * noise.normal(2) * LOG2_E } else { 0.0 };
///         self.0.evolve(state, gbm, noise) + jump
///     }
/// }
///
/// let paths = Paths::new(Seed::from(1), 365, Years::new(1.0 / 365.0)?);
/// let mut prices = vec![0.0; 365];
/// paths.fill_paths(&Jumpy(Gbm::new(0.1, 0.5)?), Price::new(100.0)?, &mut prices)?;
/// assert!(prices.iter().all(|&price| price > 0.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Process {
    /// What the model carries from step to step, in natural units (`()` for a Lévy process).
    type State: Clone + Debug + PartialEq + Serialize + DeserializeOwned;
    /// The coefficients of a step, prepared once for as long as Δt and modifiers stay the same.
    type Step: Clone + Debug;

    /// Noise words per step, at most [`MAX_BUDGET`]: an address space, not a count of draws.
    fn budget(&self) -> usize;

    /// The slot, below the budget, whose normal is the diffusion that correlation mixes.
    fn diffusion_slot(&self) -> usize;

    /// The declared drift μ per year: E[S(t)] = S₀·e^{μt}.
    fn drift(&self) -> Drift;

    /// The declared annual volatility.
    fn volatility(&self) -> Volatility;

    /// How many of the first slots [`Process::evolve`] reads as normals in every step: vector kernels invert these ahead, with the
    /// same bits.
    fn normals(&self, step: &Self::Step) -> usize {
        let _ = step;
        0
    }

    /// Whether [`Process::initial_state`] reads its noise.
    fn has_random_start(&self) -> bool {
        false
    }

    /// The state before the first step, drawn by a budget's words that no step uses.
    fn initial_state(&self, noise: Noise<'_>) -> Self::State;

    /// Whether a state, read from somewhere, is one of this model's.
    fn fits(&self, state: &Self::State) -> bool {
        let _ = state;
        true
    }

    /// Whether the model can take such steps.
    ///
    /// # Errors
    /// [`Unsuitable`] where it can't.
    fn check(&self, clock: &Clock) -> Result<(), Unsuitable> {
        let _ = clock;
        Ok(())
    }

    /// The coefficients of such steps under the modifiers.
    fn step(&self, clock: &Clock, modifiers: &Modifiers) -> Self::Step;

    /// The step as `drift + diffusion·Z`, if that is all that [`Process::evolve`] computes from it and the model's budget is
    /// one word: vector kernels then fill its paths, with the same bits.
    fn linear(&self, step: &Self::Step) -> Option<LinearStep> {
        let _ = step;
        None
    }

    /// Mean and standard deviation of the increment that [`Process::evolve`] gives from this state at this time, in **log₂
    /// units**: a bridge to a target is built on the one, a pin on the other.
    fn moments(&self, state: &Self::State, step: &Self::Step, when: When) -> Moments;

    /// Whether the volatility in force is the model's own parameter, so that one of 0 can be set to another; else it is scaled.
    fn sets_volatility(&self) -> bool {
        false
    }

    /// Whether the model has jumps, whose rate [`Modifiers::jump_rate_factor`] scales.
    fn has_jumps(&self) -> bool {
        false
    }

    /// How many regimes the model has, in one of which [`Modifiers::regime`] may hold it.
    fn regimes(&self) -> u32 {
        0
    }

    /// One step: the increment of the log-price in **log₂ units**, a pure function of its arguments.
    fn evolve(&self, state: &mut Self::State, step: &Self::Step, noise: Noise<'_>) -> f64;
}

/// Steps that a model isn't made for.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Unsuitable {
    /// A recursion over bars of one length.
    #[error("the step is {step_s} s, but this model moves by bars of {bar_s} s and no other")]
    Bar {
        /// The step asked for, in seconds.
        step_s: f64,
        /// The bar's length, in seconds.
        bar_s: f64,
    },
    /// More jumps in a step than can be counted.
    #[error(
        "{expected} jumps are expected in a step of {step_s} s: at most {MAX_JUMPS} can be counted, take shorter steps"
    )]
    Jumps {
        /// The mean number of jumps in a step.
        expected: f64,
        /// The step asked for, in seconds.
        step_s: f64,
    },
}

/// The most jumps that may be expected in one step; an intervention that asks for more gets this many.
pub const MAX_JUMPS: f64 = 500.0;

/// No volatility is scaled by more, so that no square of it overflows: 2¹²⁸.
const MOST_SCALE: f64 = f64::from_bits((1023 + 128) << 52);

/// How interventions bend a model, resolved to the values in force for one step.
///
/// A model with a volatility of its own (stochastic volatility, jumps) scales its whole centred increment by
/// `volatility / declared volatility × volatility_factor`, outside its own recursion, and its compensator follows.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Modifiers {
    /// The drift in force.
    pub drift: Drift,
    /// The annual volatility in force, before the factor.
    pub volatility: Volatility,
    /// The product of all volatility factors; 1 leaves the model alone.
    pub volatility_factor: f64,
    /// The product of all factors of the jumps' intensity.
    pub jump_rate_factor: f64,
    /// The regime in which the model is held.
    pub regime: Option<u32>,
}

impl Modifiers {
    /// The model as declared.
    pub fn neutral<P: Process>(process: &P) -> Self {
        Self {
            drift: process.drift(),
            volatility: process.volatility(),
            volatility_factor: 1.0,
            jump_rate_factor: 1.0,
            regime: None,
        }
    }

    /// By how much a model of its own volatility scales its whole centred increment.
    pub fn scale(&self, declared: Volatility) -> f64 {
        let ratio = if declared.get() > 0.0 { self.volatility.get() / declared.get() } else { 1.0 };
        (ratio * self.volatility_factor).min(MOST_SCALE)
    }
}

/// A step whose increment in log₂ units is `drift + diffusion·Z`, whatever the state: the rounded product is added to the
/// drift.
///
/// ```
/// use gbm_core::process::LinearStep;
/// assert_eq!(LinearStep { drift: 0.25, diffusion: 2.0 }.increment(1.5), 3.25);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinearStep {
    /// The increment's mean, log₂ units.
    pub drift: f64,
    /// What one standard normal adds, log₂ units.
    pub diffusion: f64,
}

impl LinearStep {
    /// The step with its diffusion scaled and the drift's −½·diffusion² following.
    #[inline]
    #[must_use]
    pub fn in_season(self, season: f64) -> Self {
        if season == 1.0 { self } else { self.scaled(season) }
    }

    #[cold]
    #[inline(never)]
    fn scaled(self, season: f64) -> Self {
        let variance = self.diffusion * self.diffusion * LN_2;
        Self { drift: self.drift + 0.5 * (1.0 - season * season) * variance, diffusion: self.diffusion * season }
    }

    /// The increment of a step with this normal.
    #[inline]
    pub fn increment(self, normal: f64) -> f64 {
        self.drift + self.diffusion * normal
    }
}

/// Mean and standard deviation of an increment, log₂ units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    /// The mean.
    pub mean: f64,
    /// The standard deviation.
    pub deviation: f64,
}

impl From<LinearStep> for Moments {
    fn from(step: LinearStep) -> Self {
        Self { mean: step.drift, deviation: step.diffusion.abs() }
    }
}
