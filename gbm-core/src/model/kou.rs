use serde::{Deserialize, Serialize};

use super::jumps::{Count, PerYear};
use super::merton::{diffusion_step, total_volatility};
use crate::bounded;
use crate::math::{LOG2_E, erlang};
use crate::process::{Clock, LinearStep, Modifiers, Moments, Noise, Process, Unsuitable, When};
use crate::units::{Domain, Drift, Fraction, OutOfDomain, Volatility};

/// A scaled upward jump has a finite mean only while its rate stays above 1: it is held at this.
const LEAST_UP_RATE: f64 = 1.1;

bounded!(
    /// The rate of exponential jumps up: above 1, so that E[e^J] is finite.
    UpRate, "up_rate", Domain::above(1.0, 1e6)
);
bounded!(
    /// The rate of exponential jumps down: its mean 1/η₂ is a number that prices can fall by.
    DownRate, "down_rate", Domain::closed(0.001, 1e6)
);

/// Kou's jumps: up with probability p by an exponential of mean 1/η₁, else down by one of mean 1/η₂.
///
/// ```
/// use gbm_core::model::ExponentialJumps;
/// let jumps = ExponentialJumps::new(458.0, 0.499, 40.7, 39.3)?;
/// assert!(jumps.mean().abs() < 0.001);
/// assert_eq!(ExponentialJumps::new(1.0, 0.5, 1.0, 5.0).unwrap_err().to_string(), "up_rate = 1 is outside (1, 1000000]");
/// # Ok::<(), gbm_core::units::OutOfDomain>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExponentialJumps {
    /// λ, per year.
    pub per_year: PerYear,
    /// p.
    pub up_probability: Fraction,
    /// η₁.
    pub up_rate: UpRate,
    /// η₂.
    pub down_rate: DownRate,
}

impl ExponentialJumps {
    /// Jumps with these parameters.
    ///
    /// # Errors
    /// [`OutOfDomain`] for an intensity outside [0, 10⁶], a probability outside [0, 1], a rate up outside (1, 10⁶] or one down
    /// outside [10⁻³, 10⁶].
    pub fn new(per_year: f64, up_probability: f64, up_rate: f64, down_rate: f64) -> Result<Self, OutOfDomain> {
        Ok(Self {
            per_year: PerYear::new(per_year)?,
            up_probability: Fraction::new(up_probability)?,
            up_rate: UpRate::new(up_rate)?,
            down_rate: DownRate::new(down_rate)?,
        })
    }

    /// E\[J\] = p/η₁ − (1 − p)/η₂.
    pub fn mean(&self) -> f64 {
        self.up_probability.get() / self.up_rate.get() - (1.0 - self.up_probability.get()) / self.down_rate.get()
    }

    /// What jumps add to the variance of a year's log-return: 2λ·(p/η₁² + (1 − p)/η₂²).
    pub fn variance_per_year(&self) -> f64 {
        let (p, up, down) = (self.up_probability.get(), self.up_rate.get(), self.down_rate.get());
        2.0 * self.per_year.get() * (p / (up * up) + (1.0 - p) / (down * down))
    }
}

/// Kou's jump-diffusion, exact in every step: Brownian motion and double-exponential jumps.
///
/// Δ ln S = (μ − σ²/2 − λ(E[e^J] − 1))·Δt + σ√Δt·Z + Σ up − Σ down, E[e^J] = p·η₁/(η₁ − 1) + (1 − p)·η₂/(η₂ + 1)
///
/// - The jumps up and down are independent Poisson processes of rates pλ and (1 − p)λ; the sum of n exponentials is an Erlang
///   variable, drawn by [`erlang`]. Budget: one normal and four uniforms.
/// - μ `drift` per year: E[S(t)] = S₀·e^(μt); σ `volatility` of the diffusion, per √year. Season and correlation act on it.
/// - An intervention that scales the volatility so far that E[e^J] were infinite finds η₁ held at 1.1.
///
/// Source: Kou (2002), *Management Science* 48(8). Oracle: his prices, and Fourier's.
///
/// ```
/// use gbm_core::model::{ExponentialJumps, Kou};
/// let model = Kou::new(0.05, 0.16, ExponentialJumps::new(1.0, 0.4, 10.0, 5.0)?)?;
/// assert_eq!(model.jumps().up_rate.get(), 10.0);
/// # Ok::<(), gbm_core::units::OutOfDomain>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kou {
    drift: Drift,
    volatility: Volatility,
    jumps: ExponentialJumps,
}

/// The coefficients of a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KouStep {
    diffusion: LinearStep,
    up: Side,
    down: Side,
}

/// Jumps in one direction.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Side {
    count: Count,
    mean: f64,
}

impl Side {
    #[inline]
    fn sum(&self, noise: Noise<'_>, slot: usize) -> f64 {
        let count = self.count.draw(noise.uniform(slot));
        if count == 0 { 0.0 } else { self.mean * erlang(noise.uniform(slot + 1), count) }
    }

    fn expected(&self) -> f64 {
        self.count.expected * self.mean
    }

    fn variance(&self) -> f64 {
        2.0 * self.count.expected * self.mean * self.mean
    }
}

impl Kou {
    /// A model with these annual parameters.
    ///
    /// # Errors
    /// [`OutOfDomain`] for a drift outside [−1000, 1000] or a volatility outside [0, 100].
    pub fn new(drift: f64, volatility: f64, jumps: ExponentialJumps) -> Result<Self, OutOfDomain> {
        Ok(Self { drift: Drift::new(drift)?, volatility: Volatility::new(volatility)?, jumps })
    }

    /// The same model of another drift, every size of its moves scaled.
    pub(super) fn scaled(&self, drift: Drift, by: f64) -> Result<Self, OutOfDomain> {
        let ExponentialJumps { per_year, up_probability, up_rate, down_rate } = self.jumps;
        let (up, down) = (up_rate.get() / by, down_rate.get() / by);
        let jumps = ExponentialJumps::new(per_year.get(), up_probability.get(), up, down)?;
        Self::new(drift.get(), self.volatility.get() * by, jumps)
    }

    /// σ, the diffusion's.
    pub fn diffusion_volatility(&self) -> Volatility {
        self.volatility
    }

    /// The jumps.
    pub fn jumps(&self) -> &ExponentialJumps {
        &self.jumps
    }
}

impl Process for Kou {
    type State = ();
    type Step = KouStep;

    fn budget(&self) -> usize {
        5
    }

    fn diffusion_slot(&self) -> usize {
        0
    }

    fn drift(&self) -> Drift {
        self.drift
    }

    fn volatility(&self) -> Volatility {
        total_volatility(self.volatility, self.jumps.variance_per_year())
    }

    fn initial_state(&self, _: Noise<'_>) {}

    fn check(&self, clock: &Clock) -> Result<(), Unsuitable> {
        self.jumps.per_year.check(clock)
    }

    fn step(&self, clock: &Clock, modifiers: &Modifiers) -> KouStep {
        let (scale, jumps) = (modifiers.scale(self.volatility()), &self.jumps);
        let p = jumps.up_probability.get();
        let (up_rate, down_rate) =
            ((jumps.up_rate.get() / scale).max(LEAST_UP_RATE.min(jumps.up_rate.get())), jumps.down_rate.get() / scale);
        let side = |probability: f64, rate: f64| {
            let factor = probability * modifiers.jump_rate_factor;
            Side { count: Count::new(jumps.per_year, clock, factor), mean: 1.0 / rate }
        };
        let (up, down) = (side(p, up_rate), side(1.0 - p, down_rate));
        let compensator = down.count.expected / (down_rate + 1.0) - up.count.expected / (up_rate - 1.0);
        KouStep { diffusion: diffusion_step(self.volatility, clock, modifiers, scale, compensator), up, down }
    }

    fn moments(&self, (): &(), step: &KouStep, when: When) -> Moments {
        let diffusion = step.diffusion.in_season(when.season);
        let jumps = (step.up.variance() + step.down.variance()) * (LOG2_E * LOG2_E);
        Moments {
            mean: diffusion.drift + (step.up.expected() - step.down.expected()) * LOG2_E,
            deviation: (diffusion.diffusion * diffusion.diffusion + jumps).sqrt(),
        }
    }

    fn has_jumps(&self) -> bool {
        true
    }

    #[inline]
    fn evolve(&self, (): &mut (), step: &KouStep, noise: Noise<'_>) -> f64 {
        let diffusion = step.diffusion.in_season(noise.when().season).increment(noise.diffusion());
        diffusion + (step.up.sum(noise, 1) - step.down.sum(noise, 3)) * LOG2_E
    }
}
