use serde::{Deserialize, Serialize};

use super::decay::gone;
use crate::bounded;
use crate::math::{LOG2_E, exp, ln};
use crate::process::{Clock, LinearStep, Modifiers, Moments, Noise, Process, When};
use crate::units::{Domain, Drift, OutOfDomain, Seconds, Volatility};

/// The most multipliers.
pub const MAX_MULTIPLIERS: u32 = 16;

bounded!(
    /// m₀: the larger value of a multiplier; the smaller is 2 − m₀.
    Multiplier, "multiplier", Domain::closed(1.0, 2.0)
);
bounded!(
    /// How many multipliers there are.
    Multipliers, "multipliers", Domain::closed(1.0, 16.0)
);
bounded!(
    /// b: by how much each multiplier lives longer than the next.
    Spacing, "spacing", Domain::above(1.0, 100.0)
);
bounded!(
    /// γ: the probability that the fastest multiplier is drawn anew in a bar.
    Renewal, "renewal", Domain::above(0.0, 0.999_999)
);

/// Parameters of [`Msm`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    drift: Drift,
    volatility: Volatility,
    bar_s: Seconds,
    multipliers: u32,
    multiplier: Multiplier,
    renewal: Renewal,
    spacing: Spacing,
}

/// Parameters of [`Msm`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MsmParameters {
    /// μ per year, in [−1000, 1000].
    pub drift: f64,
    /// σ per √year, in [0, 100].
    pub volatility: f64,
    /// The bar for which the renewal is meant, in seconds, in (0, 10¹²].
    pub bar_s: f64,
    /// k, 1 to [`MAX_MULTIPLIERS`].
    pub multipliers: u32,
    /// m₀, in [1, 2]; 1 leaves σ constant.
    pub multiplier: f64,
    /// γ_k, a probability within a bar, in (0, 0.999999].
    pub renewal: f64,
    /// b, in (1, 100].
    pub spacing: f64,
}

/// Calvet and Fisher's Markov-switching multifractal: σ² times k multipliers, each m₀ or 2 − m₀, drawn anew at its own rate.
///
/// Δ ln S = (μ − V/2)·Δt + √(V·Δt)·Z, V = σ²·ΠMᵢ at the step's start, E\[V\] = σ²
///
/// - Multiplier i of k is drawn anew within a bar with probability γᵢ = 1 − (1 − γ_k)^(b^(i−k)), within another time by the same
///   rate: the chain's law doesn't depend on Δt. The path starts in the stationary law.
/// - μ `drift` per year: E[S(t)] = S₀·e^(μt). Budget: one normal and a word for each multiplier, at most 16.
///
/// Source: Calvet and Fisher (2004), *J. Financial Econometrics* 2(1).
///
/// ```
/// use gbm_core::model::{Msm, MsmParameters};
/// let model = Msm::new(MsmParameters {
///     drift: 0.5, volatility: 0.763, bar_s: 86_400.0, multipliers: 7, multiplier: 1.502, renewal: 0.944, spacing: 2.66,
/// })?;
/// assert!((model.renewal_in(7, 86_400.0) - 0.944).abs() < 1e-15);
/// # Ok::<(), gbm_core::units::OutOfDomain>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Raw", into = "Raw")]
pub struct Msm {
    raw: Raw,
}

/// The coefficients of a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MsmStep {
    /// The step with so many multipliers at m₀.
    steps: [LinearStep; MAX_MULTIPLIERS as usize + 1],
    /// The probability that each is drawn anew.
    renewals: [f64; MAX_MULTIPLIERS as usize],
}

impl Msm {
    /// A model with these parameters.
    ///
    /// # Errors
    /// [`OutOfDomain`] for a drift outside [−1000, 1000], a volatility outside [0, 100], a bar outside (0, 10¹²] s, k outside
    /// [1, 16], m₀ outside [1, 2], γ_k outside (0, 0.999999] or b outside (1, 100].
    pub fn new(parameters: MsmParameters) -> Result<Self, OutOfDomain> {
        Raw {
            drift: Drift::new(parameters.drift)?,
            volatility: Volatility::new(parameters.volatility)?,
            bar_s: Seconds::new(parameters.bar_s)?,
            multipliers: parameters.multipliers,
            multiplier: Multiplier::new(parameters.multiplier)?,
            renewal: Renewal::new(parameters.renewal)?,
            spacing: Spacing::new(parameters.spacing)?,
        }
        .try_into()
    }

    /// The same model of another drift, every size of its moves scaled.
    pub(super) fn scaled(&self, drift: Drift, by: f64) -> Result<Self, OutOfDomain> {
        let volatility = Volatility::new(self.raw.volatility.get() * by)?;
        Ok(Self { raw: Raw { drift, volatility, ..self.raw } })
    }

    /// The probability that multiplier i, 1 the slowest, is drawn anew within a time.
    pub fn renewal_in(&self, i: u32, seconds: f64) -> f64 {
        let Raw { multipliers, renewal, spacing, bar_s, .. } = &self.raw;
        let slower = exp(-ln(spacing.get()) * f64::from(multipliers.saturating_sub(i)));
        gone(-ln(1.0 - renewal.get()) * slower * (seconds / bar_s.get()))
    }
}

impl TryFrom<Raw> for Msm {
    type Error = OutOfDomain;

    fn try_from(raw: Raw) -> Result<Self, OutOfDomain> {
        Multipliers::new(f64::from(raw.multipliers))?;
        Ok(Self { raw })
    }
}

impl From<Msm> for Raw {
    fn from(model: Msm) -> Self {
        model.raw
    }
}

impl Process for Msm {
    /// A bit for each multiplier at m₀, the slowest first.
    type State = u32;
    type Step = MsmStep;

    fn budget(&self) -> usize {
        1 + self.raw.multipliers as usize
    }

    fn diffusion_slot(&self) -> usize {
        0
    }

    fn drift(&self) -> Drift {
        self.raw.drift
    }

    fn volatility(&self) -> Volatility {
        self.raw.volatility
    }

    fn has_random_start(&self) -> bool {
        true
    }

    fn initial_state(&self, noise: Noise<'_>) -> u32 {
        let bits = 0..self.raw.multipliers;
        bits.fold(0, |state, bit| state | u32::from(noise.uniform(1 + bit as usize) < 0.5) << bit)
    }

    fn fits(&self, &state: &u32) -> bool {
        state >> self.raw.multipliers == 0
    }

    fn step(&self, clock: &Clock, modifiers: &Modifiers) -> MsmStep {
        let Raw { volatility, multipliers, multiplier, .. } = self.raw;
        let (dt, high) = (clock.dt().get(), multiplier.get());
        let scale = modifiers.scale(volatility) * volatility.get();
        let mut step = MsmStep {
            steps: [LinearStep { drift: 0.0, diffusion: 0.0 }; MAX_MULTIPLIERS as usize + 1],
            renewals: [0.0; MAX_MULTIPLIERS as usize],
        };
        for (highs, step) in (0..=multipliers).zip(&mut step.steps) {
            let product = (0..multipliers).fold(1.0, |product, i| product * if i < highs { high } else { 2.0 - high });
            let variance = scale * scale * product;
            step.drift = (modifiers.drift.get() - 0.5 * variance) * dt * LOG2_E;
            step.diffusion = (variance * dt).sqrt() * LOG2_E;
        }
        for (i, renewal) in (1..=multipliers).zip(&mut step.renewals) {
            *renewal = self.renewal_in(i, clock.step_s());
        }
        step
    }

    fn moments(&self, &state: &u32, step: &MsmStep, when: When) -> Moments {
        step.of(state).in_season(when.season).into()
    }

    #[inline]
    fn evolve(&self, state: &mut u32, step: &MsmStep, noise: Noise<'_>) -> f64 {
        let now = step.of(*state).in_season(noise.when().season);
        for (bit, &renewal) in (0..self.raw.multipliers).zip(&step.renewals) {
            let u = noise.uniform(1 + bit as usize);
            if u < renewal {
                *state = *state & !(1 << bit) | u32::from(u < 0.5 * renewal) << bit;
            }
        }
        now.increment(noise.diffusion())
    }
}

impl MsmStep {
    #[inline]
    fn of(&self, state: u32) -> LinearStep {
        self.steps[state.count_ones() as usize % (MAX_MULTIPLIERS as usize + 1)]
    }
}
