//! What a model is: data and pure functions from noise to increments. Models hold no generator, no clock and no grid.

use std::fmt::Debug;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::math::{SATURATION, exp2_in_range, inverse_normal, uniform};
use crate::units::{Drift, Volatility, Years};

/// The most noise words a model may declare for one step.
pub const MAX_BUDGET: usize = 64;
/// Bits of a path's number in its stream's.
pub(crate) const PATH_BITS: u32 = 40;
/// Steps in one block of the running sum.
pub(crate) const BLOCK: usize = 8;

/// A model of one asset's logarithmic price.
///
/// Correlation couples assets from outside, by mixing the one normal that each model declares as its diffusion.
///
/// A model of one's own, Merton's jumps with one normal for their sum and at most one jump a step:
///
/// ```
/// use gbm_core::math::LOG2_E;
/// use gbm_core::prelude::*;
/// use gbm_core::process::{Modifiers, Moments, Noise};
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
///     fn initial_state(&self) {}
///     fn step(&self, dt: Years, modifiers: &Modifiers) -> Self::Step {
///         (self.0.step(dt, modifiers), 50.0 * dt.get()) // 50 jumps a year
///     }
///     fn moments(&self, _: &(), (gbm, probability): &Self::Step) -> Moments {
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

    /// The state before the first step.
    fn initial_state(&self) -> Self::State;

    /// The coefficients of a step of length `dt` under the modifiers.
    fn step(&self, dt: Years, modifiers: &Modifiers) -> Self::Step;

    /// The step as `drift + diffusion·Z`, if that is all that [`Process::evolve`] computes from it and the model's budget is
    /// one word: vector kernels then fill its paths, with the same bits.
    fn linear(&self, step: &Self::Step) -> Option<LinearStep> {
        let _ = step;
        None
    }

    /// Mean and standard deviation of the increment that [`Process::evolve`] gives from this state, in **log₂ units**: a bridge to
    /// a target is built on the one, a pin on the other.
    fn moments(&self, state: &Self::State, step: &Self::Step) -> Moments;

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

/// The noise of one step: the words of the model's budget and the diffusion normal after correlation.
#[derive(Clone, Copy, Debug)]
pub struct Noise<'a> {
    diffusion: f64,
    words: &'a [u64],
}

impl<'a> Noise<'a> {
    /// Noise from the step's words and the (correlated) diffusion normal.
    #[inline]
    pub fn new(diffusion: f64, words: &'a [u64]) -> Self {
        Self { diffusion, words }
    }

    /// The diffusion normal, mixed with other assets' where they are correlated.
    #[inline]
    pub fn diffusion(&self) -> f64 {
        self.diffusion
    }

    /// The standard normal of another slot; a slot outside the budget gives the first one's.
    #[inline]
    pub fn normal(&self, slot: usize) -> f64 {
        inverse_normal(self.word(slot))
    }

    /// The uniform in (0, 1) of another slot.
    #[inline]
    pub fn uniform(&self, slot: usize) -> f64 {
        uniform(self.word(slot))
    }

    #[inline]
    fn word(&self, slot: usize) -> u64 {
        debug_assert!(slot < self.words.len(), "slot {slot} of a budget of {}", self.words.len());
        self.words.get(slot).copied().unwrap_or_default()
    }
}

/// The price S₀·2^x of a log-price in log₂ units.
///
/// Prices saturate at S₀·2^±900, so that no parameter can drive one to zero or to infinity.
///
/// ```
/// use gbm_core::process::price_at;
/// assert_eq!(price_at(100.0, 1.0), 200.0);
/// assert!(price_at(100.0, -1e300) > 0.0);
/// ```
#[inline]
pub fn price_at(spot: f64, log_price: f64) -> f64 {
    spot * exp2_in_range(log_price.clamp(-SATURATION, SATURATION))
}

/// The running log-price, summed by a rule that no chunking can change.
///
/// Steps belong to blocks ⌊j/8⌋. Within a block `partial` is the running sum of increments; the total is
/// `carry + partial`; `carry` takes the total after j ≡ 7 (mod 8).
///
/// ```
/// use gbm_core::process::LogSum;
/// let mut sum = LogSum::default();
/// let totals: Vec<f64> = (0..9).map(|step| sum.add(step, 0.5)).collect();
/// assert_eq!(totals[8], 4.5);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSum {
    pub(crate) carry: f64,
    pub(crate) partial: f64,
}

/// The block of a step or word, and the place there.
#[inline]
#[allow(clippy::cast_possible_truncation, reason = "below the length of a block")]
pub(crate) const fn block_of(index: u64) -> (u64, usize) {
    (index / BLOCK as u64, (index % BLOCK as u64) as usize)
}

impl LogSum {
    /// Adds the increment of step `j` and gives the total, in the increments' units.
    #[inline]
    pub fn add(&mut self, step: u64, increment: f64) -> f64 {
        self.partial += increment;
        let total = self.carry + self.partial;
        if step % BLOCK as u64 == BLOCK as u64 - 1 {
            self.carry = total;
            self.partial = 0.0;
        }
        total
    }

    /// The total so far.
    pub fn total(&self) -> f64 {
        self.carry + self.partial
    }
}
