use serde::{Deserialize, Serialize};

use super::jumps::{JumpStep, NormalJumps};
use crate::math::LOG2_E;
use crate::process::{Clock, LinearStep, Modifiers, Moments, Noise, Process, Unsuitable, When};
use crate::units::{Drift, OutOfDomain, Volatility};

/// Merton's jump-diffusion, exact in every step: Brownian motion and a compound Poisson sum of normal jumps.
///
/// Δ ln S = (μ − σ²/2 − λ(e^(m + s²/2) − 1))·Δt + σ√Δt·Z + N·m + √N·s·Z′, N ~ Poisson(λΔt)
///
/// - μ `drift` per year: E[S(t)] = S₀·e^(μt); σ `volatility` of the diffusion, per √year; λ, m, s: [`NormalJumps`].
/// - Budget: two normals and a uniform. Season and correlation act on the diffusion.
///
/// Source: Merton (1976), *J. Financial Economics* 3. Oracle: his series.
///
/// ```
/// use gbm_core::model::{Merton, NormalJumps};
/// let model = Merton::new(0.1, 0.264, NormalJumps::new(252.0, -0.0004, 0.046)?)?;
/// let json = serde_json::to_string(&model)?;
/// assert_eq!(serde_json::from_str::<Merton>(&json)?, model);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Merton {
    drift: Drift,
    volatility: Volatility,
    jumps: NormalJumps,
}

/// The coefficients of a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MertonStep {
    diffusion: LinearStep,
    jumps: JumpStep,
}

impl Merton {
    /// A model with these annual parameters.
    ///
    /// # Errors
    /// [`OutOfDomain`] for a drift outside [−1000, 1000] or a volatility outside [0, 100].
    pub fn new(drift: f64, volatility: f64, jumps: NormalJumps) -> Result<Self, OutOfDomain> {
        Ok(Self { drift: Drift::new(drift)?, volatility: Volatility::new(volatility)?, jumps })
    }

    /// The same model of another drift, every size of its moves scaled.
    pub(super) fn scaled(&self, drift: Drift, by: f64) -> Result<Self, OutOfDomain> {
        Self::new(drift.get(), self.volatility.get() * by, self.jumps.scaled(by)?)
    }

    /// σ, the diffusion's.
    pub fn diffusion_volatility(&self) -> Volatility {
        self.volatility
    }

    /// The jumps.
    pub fn jumps(&self) -> &NormalJumps {
        &self.jumps
    }
}

/// √(σ² + jumps), of a year.
pub(super) fn total_volatility(diffusion: Volatility, jumps_variance: f64) -> Volatility {
    let sigma = diffusion.get();
    Volatility::known((sigma * sigma + jumps_variance).sqrt().min(Volatility::DOMAIN.high()))
}

/// The step of a diffusion of volatility σ, scaled, with something more in its drift; natural units in, log₂ units out.
pub(super) fn diffusion_step(
    sigma: Volatility,
    clock: &Clock,
    modifiers: &Modifiers,
    scale: f64,
    more: f64,
) -> LinearStep {
    let dt = clock.dt().get();
    let sigma = scale * sigma.get();
    LinearStep {
        drift: ((modifiers.drift.get() - 0.5 * (sigma * sigma)) * dt + more) * LOG2_E,
        diffusion: sigma * dt.sqrt() * LOG2_E,
    }
}

impl Process for Merton {
    type State = ();
    type Step = MertonStep;

    fn budget(&self) -> usize {
        3
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

    fn step(&self, clock: &Clock, modifiers: &Modifiers) -> MertonStep {
        let scale = modifiers.scale(self.volatility());
        let jumps = self.jumps.step(clock, modifiers, scale);
        MertonStep { diffusion: diffusion_step(self.volatility, clock, modifiers, scale, jumps.compensator), jumps }
    }

    fn moments(&self, (): &(), step: &MertonStep, when: When) -> Moments {
        let diffusion = step.diffusion.in_season(when.season);
        let jumps = step.jumps.variance() * (LOG2_E * LOG2_E);
        Moments {
            mean: diffusion.drift + step.jumps.mean() * LOG2_E,
            deviation: (diffusion.diffusion * diffusion.diffusion + jumps).sqrt(),
        }
    }

    fn has_jumps(&self) -> bool {
        true
    }

    #[inline]
    fn evolve(&self, (): &mut (), step: &MertonStep, noise: Noise<'_>) -> f64 {
        let diffusion = step.diffusion.in_season(noise.when().season).increment(noise.diffusion());
        diffusion + step.jumps.sum(noise.uniform(1), || noise.normal(2)) * LOG2_E
    }
}
