use serde::{Deserialize, Serialize};

use super::decay::{averaged, gone};
use super::jumps::{Count, JumpDeviation, PerYear};
use crate::bounded;
use crate::math::{LOG2_E, exp, exp2};
use crate::process::{Clock, Modifiers, Moments, Noise, Process, Unsuitable, When};
use crate::units::{Domain, Drift, OutOfDomain, Seconds, Volatility};

/// The most factors.
pub const MAX_FACTORS: usize = 12;
/// A factor is held for as many steps, a power of two, as make up no more than this part of its τ.
const HELD: f64 = 1.0 / 50.0;
/// More than a factor's deviations and a reservoir can ever be: what is read from somewhere mustn't overflow.
const MOST_DEVIATIONS: f64 = 100.0;
const MOST_VARIANCE: f64 = 1e30;
/// A reservoir with less than this is empty: e⁻³⁰ of nothing one could see.
const EMPTY: f64 = 1e-30;

bounded!(
    /// The stationary variance of a factor of log-volatility.
    FactorVariance, "variance", Domain::closed(0.0, 4.0)
);
bounded!(
    /// Over how long jumps are spread, in seconds; 0 for all at once.
    Spread, "spread_s", Domain::closed(0.0, 1e7)
);

/// A part of log-volatility: an Ornstein-Uhlenbeck process with its own time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VolatilityFactor {
    /// τ: its autocorrelation is e^(−t/τ).
    pub tau_s: Seconds,
    /// s².
    pub variance: FactorVariance,
}

/// Jumps as the cascade has them: bursts of variance. Each adds s² to a reservoir from which the diffusion draws at rate 1/spread,
/// so that a jump N(0, s²) arrives by many small moves, none of which tells the next one's sign; with spread 0 at once.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bursts {
    /// λ, per year.
    pub per_year: PerYear,
    /// s, natural logarithm.
    pub deviation: JumpDeviation,
    /// How long a burst lasts: the time in which all but 1/e of its variance is spent.
    pub spread_s: Spread,
}

/// Parameters of [`Cascade`] that don't fit together.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CascadeError {
    /// A number out of its domain.
    #[error(transparent)]
    Domain(#[from] OutOfDomain),
    /// Too many factors.
    #[error("factors = {0} is outside [0, {MAX_FACTORS}]")]
    Factors(usize),
    /// The factors stand from the fastest to the slowest.
    #[error("factors: tau_s = {after} comes after {before}, but they must increase")]
    Order {
        /// A factor's τ.
        before: f64,
        /// The next one's.
        after: f64,
    },
    /// The jumps have more variance than the whole.
    #[error("jumps carry {jumps} of the variance per year, but volatility² = {all}")]
    Jumps {
        /// λs².
        jumps: f64,
        /// σ².
        all: f64,
    },
}

/// Volatility as a cascade of log-normal factors, from minutes to months, with bursts of variance: the default for BTC.
///
/// Δ ln S = μΔt − V/2 + √V·Z,  V = σ²(1 − js)·S²·e^(2ΣXᵢ − 2Σsᵢ²)·Δt + (what bursts release in Δt)
///
/// - Xᵢ: independent Ornstein-Uhlenbeck processes, variance sᵢ², time τᵢ, exact AR(1), held for a power of two of steps ≤ τᵢ/50; one
///   with τ ≲ Δt enters with the variance of its average over the step, s²·2(x − 1 + e^(−x))/x², x = Δt/τ, exactly, and with the autocorrelation e^(−x), which
///   is that of points and so less than an average's. S: the season.
/// - μ `drift` per year: E[S(t)] = S₀·e^(μt), exactly, in every step. σ `volatility` per √year, everything included: js = λs²/σ² of
///   the variance belongs to [`Bursts`]. The factors start in their stationary law; no burst is under way.
/// - The volatility of a step is known when it begins, but for bursts that come in it. Budget: one normal, one for each factor and a uniform.
/// - Oracle without bursts: kurtosis 3e^(4s²), s² = Σsᵢ², and the autocorrelation of log-volatility, a mixture of exponentials.
///
/// Source: log-volatility as a sum of Ornstein-Uhlenbeck processes: Alizadeh, Brandt and Diebold (2002), *J. Finance* 57(3); as a
/// log-normal cascade: Bacry, Delour and Muzy (2001), *Physical Review E* 64, 026103; bursts: Barndorff-Nielsen and Shephard (2001), *J. Royal
/// Statistical Society B* 63(2).
///
/// ```
/// use gbm_core::model::Cascade;
/// let json = r#"{"drift":0.5,"volatility":0.8,"factors":[{"tau_s":3000,"variance":0.1},{"tau_s":75000,"variance":0.2}],
///     "jumps":{"per_year":182.5,"deviation":0.01872,"spread_s":300}}"#;
/// let model: Cascade = serde_json::from_str(json)?;
/// assert!((model.jump_share() - 0.1).abs() < 0.001);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Raw", into = "Raw")]
pub struct Cascade {
    raw: Raw,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    drift: Drift,
    volatility: Volatility,
    factors: Vec<VolatilityFactor>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    jumps: Option<Bursts>,
}

/// Where a cascade stands.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CascadeState {
    /// Xᵢ/sᵢ.
    factors: [f64; MAX_FACTORS],
    /// The variance that bursts have still to release.
    reservoir: f64,
}

/// The coefficients of a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CascadeStep {
    /// μ·Δt.
    drift: f64,
    /// m², by which interventions scale the variance.
    scale: f64,
    /// σ²(1 − js)·e^(−2Σs²)·Δt.
    variance: f64,
    factors: [FactorStep; MAX_FACTORS],
    count: usize,
    /// How many of the factors move in every step.
    fast: usize,
    bursts: Option<BurstStep>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct FactorStep {
    /// What X/s adds to log₂ of the variance.
    weight: f64,
    decay: f64,
    innovation: f64,
    /// It moves after step j where the bits of j + 1 under this are 0.
    mask: u64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct BurstStep {
    count: Count,
    variance: f64,
    /// How much of the reservoir a step releases.
    release: f64,
    /// How much of what arrives within the step.
    at_once: f64,
}

impl Cascade {
    /// A model with these parameters; factors from the fastest to the slowest.
    ///
    /// # Errors
    /// [`CascadeError`] for a number out of its domain, too many factors or some out of order, or jumps of more variance than σ².
    pub fn new(
        drift: f64,
        volatility: f64,
        factors: &[VolatilityFactor],
        jumps: Option<Bursts>,
    ) -> Result<Self, CascadeError> {
        let (drift, volatility) = (Drift::new(drift)?, Volatility::new(volatility)?);
        Raw { drift, volatility, factors: factors.to_vec(), jumps }.try_into()
    }

    /// A model whose parameters the caller knows to fit together.
    pub(super) fn known(
        drift: Drift,
        volatility: Volatility,
        factors: Vec<VolatilityFactor>,
        jumps: Option<Bursts>,
    ) -> Self {
        Self { raw: Raw { drift, volatility, factors, jumps } }
    }

    /// The same model of another drift, every size of its moves scaled.
    pub(super) fn scaled(&self, drift: Drift, by: f64) -> Result<Self, OutOfDomain> {
        let burst = |bursts: &Bursts| -> Result<Bursts, OutOfDomain> {
            Ok(Bursts { deviation: JumpDeviation::new(bursts.deviation.get() * by)?, ..*bursts })
        };
        let volatility = Volatility::new(self.raw.volatility.get() * by)?;
        let jumps = self.raw.jumps.as_ref().map(burst).transpose()?;
        Ok(Self { raw: Raw { drift, volatility, factors: self.raw.factors.clone(), jumps } })
    }

    /// js, the share of the variance that belongs to jumps.
    pub fn jump_share(&self) -> f64 {
        let sigma = self.raw.volatility.get();
        if sigma > 0.0 { self.raw.jumps_variance() / (sigma * sigma) } else { 0.0 }
    }

    /// The factors, the fastest first.
    pub fn factors(&self) -> &[VolatilityFactor] {
        &self.raw.factors
    }

    /// The bursts.
    pub fn jumps(&self) -> Option<&Bursts> {
        self.raw.jumps.as_ref()
    }
}

impl Raw {
    fn jumps_variance(&self) -> f64 {
        self.jumps.map_or(0.0, |jumps| jumps.per_year.get() * (jumps.deviation.get() * jumps.deviation.get()))
    }
}

impl TryFrom<Raw> for Cascade {
    type Error = CascadeError;

    fn try_from(raw: Raw) -> Result<Self, CascadeError> {
        if raw.factors.len() > MAX_FACTORS {
            return Err(CascadeError::Factors(raw.factors.len()));
        }
        for pair in raw.factors.windows(2) {
            let (before, after) = (pair[0].tau_s.get(), pair[1].tau_s.get());
            if before >= after {
                return Err(CascadeError::Order { before, after });
            }
        }
        let (jumps, all) = (raw.jumps_variance(), raw.volatility.get() * raw.volatility.get());
        if jumps > all {
            return Err(CascadeError::Jumps { jumps, all });
        }
        Ok(Self { raw })
    }
}

impl From<Cascade> for Raw {
    fn from(model: Cascade) -> Self {
        model.raw
    }
}

/// The most steps, a power of two, that make up no more than a part of τ; 1 where a step is longer.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive; the cast saturates")]
fn held_for(tau_s: f64, step_s: f64) -> u64 {
    let steps = (tau_s * HELD / step_s) as u64;
    1 << steps.clamp(1, 1 << 40).ilog2()
}

impl FactorStep {
    fn new(factor: &VolatilityFactor, step_s: f64) -> Self {
        let tau_s = factor.tau_s.get();
        let held = held_for(tau_s, step_s);
        let (x, s2) = (held as f64 * step_s / tau_s, factor.variance.get());
        let s2 = if held == 1 { s2 * averaged(x) } else { s2 };
        Self { weight: 2.0 * s2.sqrt() * LOG2_E, decay: exp(-x), innovation: gone(2.0 * x).sqrt(), mask: held - 1 }
    }

    /// s² of the factor as it enters.
    fn variance(&self) -> f64 {
        let s = self.weight / (2.0 * LOG2_E);
        s * s
    }
}

impl BurstStep {
    fn new(bursts: &Bursts, clock: &Clock, factor: f64) -> Self {
        let (s, spread_s) = (bursts.deviation.get(), bursts.spread_s.get());
        let (mut release, mut at_once) = (1.0, 1.0);
        if spread_s > 0.0 {
            let x = clock.step_s() / spread_s;
            release = gone(x);
            at_once = if x > 0.0 { 1.0 - release / x } else { 0.0 };
        }
        Self { count: Count::new(bursts.per_year, clock, factor), variance: s * s, release, at_once }
    }
}

impl CascadeStep {
    /// The diffusion's variance in this step.
    #[inline]
    fn diffusion(&self, state: &CascadeState, season: f64) -> f64 {
        // In four sums, that none waits for all others.
        let mut sums = [0.0; 4];
        for (factors, values) in self.factors.as_chunks::<4>().0.iter().zip(state.factors.as_chunks::<4>().0) {
            for ((sum, factor), value) in sums.iter_mut().zip(factors).zip(values) {
                *sum += factor.weight * value;
            }
        }
        let log2 = (sums[0] + sums[1]) + (sums[2] + sums[3]);
        self.variance * (season * season) * exp2(log2)
    }
}

impl Process for Cascade {
    type State = CascadeState;
    type Step = CascadeStep;

    fn budget(&self) -> usize {
        2 + self.raw.factors.len()
    }

    fn diffusion_slot(&self) -> usize {
        0
    }

    fn normals(&self, step: &CascadeStep) -> usize {
        1 + step.fast
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

    fn initial_state(&self, noise: Noise<'_>) -> CascadeState {
        let mut factors = [0.0; MAX_FACTORS];
        for (slot, factor) in (1..=self.raw.factors.len()).zip(&mut factors) {
            *factor = noise.normal(slot);
        }
        CascadeState { factors, reservoir: 0.0 }
    }

    fn fits(&self, state: &CascadeState) -> bool {
        state.factors.iter().all(|value| value.abs() <= MOST_DEVIATIONS)
            && (0.0..=MOST_VARIANCE).contains(&state.reservoir)
    }

    fn check(&self, clock: &Clock) -> Result<(), Unsuitable> {
        self.raw.jumps.map_or(Ok(()), |jumps| jumps.per_year.check(clock))
    }

    fn step(&self, clock: &Clock, modifiers: &Modifiers) -> CascadeStep {
        let (sigma, dt) = (self.raw.volatility.get(), clock.dt().get());
        let scale = modifiers.scale(self.raw.volatility);
        let mut factors = [FactorStep::default(); MAX_FACTORS];
        for (step, factor) in factors.iter_mut().zip(&self.raw.factors) {
            *step = FactorStep::new(factor, clock.step_s());
        }
        let count = self.raw.factors.len();
        let log_mean: f64 = factors[..count].iter().map(FactorStep::variance).sum();
        CascadeStep {
            drift: modifiers.drift.get() * dt,
            scale: scale * scale,
            variance: (sigma * sigma - self.raw.jumps_variance()).max(0.0) * dt * exp(-2.0 * log_mean),
            fast: factors[..count].iter().take_while(|factor| factor.mask == 0).count(),
            factors,
            count,
            bursts: self.raw.jumps.map(|jumps| BurstStep::new(&jumps, clock, modifiers.jump_rate_factor)),
        }
    }

    fn moments(&self, state: &CascadeState, step: &CascadeStep, when: When) -> Moments {
        // What bursts release, its mean and its variance: how many come in the step isn't known before.
        let (released, unknown) = step.bursts.map_or((0.0, 0.0), |bursts| {
            let each = bursts.at_once * bursts.variance;
            let arriving = bursts.count.expected * each;
            (bursts.release * state.reservoir + arriving, arriving * each)
        });
        let variance = step.scale * (step.diffusion(state, when.season) + released);
        // −V/2 + √V·Z has the variance E[V] + ¼·Var(V).
        let deviation = (variance + 0.25 * (step.scale * step.scale) * unknown).sqrt();
        Moments { mean: (step.drift - 0.5 * variance) * LOG2_E, deviation: deviation * LOG2_E }
    }

    fn has_jumps(&self) -> bool {
        self.raw.jumps.is_some()
    }

    #[inline]
    fn evolve(&self, state: &mut CascadeState, step: &CascadeStep, noise: Noise<'_>) -> f64 {
        let When { step: j, season } = noise.when();
        let mut variance = step.diffusion(state, season);
        if let Some(bursts) = &step.bursts {
            let arrived = f64::from(bursts.count.draw(noise.uniform(1 + step.count))) * bursts.variance;
            let released = bursts.release * state.reservoir + bursts.at_once * arrived;
            let left = state.reservoir + arrived - released;
            state.reservoir = if left > EMPTY { left } else { 0.0 };
            variance += released;
        }
        variance *= step.scale;
        let increment = step.drift - 0.5 * variance + variance.sqrt() * noise.diffusion();
        for (i, (factor, value)) in step.factors[..step.count].iter().zip(&mut state.factors).enumerate() {
            if (j + 1) & factor.mask == 0 {
                *value = factor.decay * *value + factor.innovation * noise.normal(1 + i);
            }
        }
        increment * LOG2_E
    }
}
