use serde::{Deserialize, Serialize};

use super::generator::{Generator, MAX_REGIMES};
use crate::process::{Clock, LinearStep, Modifiers, Moments, Noise, Process, When};
use crate::units::{Drift, OutOfDomain, Volatility};

/// Parameters that make no [`RegimeSwitching`].
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RegimeError {
    /// A number out of its domain.
    #[error(transparent)]
    Domain(#[from] OutOfDomain),
    /// Volatilities and rates that don't match.
    #[error("volatilities = {volatilities}, but rates has {states} rows")]
    States {
        /// Volatilities given.
        volatilities: usize,
        /// Rows of the generator.
        states: usize,
    },
}

/// Brownian motion whose volatility is that of a regime, which a Markov chain in continuous time chooses.
///
/// Δ ln S = (μ − σ_r²/2)·Δt + σ_r·√Δt·Z, r the regime at the step's start; it moves by e^(QΔt) once a step.
///
/// - μ `drift` per year: E[S(t)] = S₀·e^(μt); σ_r `volatilities` per √year; Q: [`Generator`]. The path starts in the stationary
///   law. For steps that are short against the regimes' lives the law doesn't depend on Δt.
/// - An intervention that forces a regime acts on the price; the chain goes on beneath and shows again when it ends.
/// - Budget: one normal and a uniform.
///
/// Source: Hamilton (1989), *Econometrica* 57(2). Oracle: the stationary mixture.
///
/// ```
/// use gbm_core::model::RegimeSwitching;
/// let chain = vec![vec![0.0, 30.0], vec![90.0, 0.0]].try_into()?;
/// let model = RegimeSwitching::new(0.1, &[0.4, 1.2], chain)?;
/// # use gbm_core::process::Process;
/// assert_eq!(model.regimes(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Raw", into = "Raw")]
pub struct RegimeSwitching {
    drift: Drift,
    volatilities: Vec<Volatility>,
    rates: Generator,
    stationary: Vec<f64>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    drift: Drift,
    volatilities: Vec<Volatility>,
    rates: Generator,
}

/// The coefficients of a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RegimeStep {
    /// Each regime's step.
    steps: [LinearStep; MAX_REGIMES],
    /// From each regime, the probability of each or one before it.
    cumulative: [[f64; MAX_REGIMES]; MAX_REGIMES],
    forced: Option<u32>,
}

impl RegimeSwitching {
    /// A model with these annual parameters.
    ///
    /// # Errors
    /// [`RegimeError::Domain`] for a drift outside [−1000, 1000] or a volatility outside [0, 100]; [`RegimeError::States`]
    /// unless there are as many volatilities as states.
    pub fn new(drift: f64, volatilities: &[f64], rates: Generator) -> Result<Self, RegimeError> {
        let volatilities = volatilities.iter().map(|&sigma| Volatility::new(sigma)).collect::<Result<_, _>>()?;
        Raw { drift: Drift::new(drift)?, volatilities, rates }.try_into()
    }

    /// The same model of another drift, every size of its moves scaled.
    pub(super) fn scaled(&self, drift: Drift, by: f64) -> Result<Self, OutOfDomain> {
        let scaled = self.volatilities.iter().map(|sigma| Volatility::new(sigma.get() * by));
        Ok(Self { drift, volatilities: scaled.collect::<Result<_, _>>()?, ..self.clone() })
    }

    /// The chain.
    pub fn rates(&self) -> &Generator {
        &self.rates
    }

    /// σ of each regime.
    pub fn volatilities(&self) -> &[Volatility] {
        &self.volatilities
    }
}

impl TryFrom<Raw> for RegimeSwitching {
    type Error = RegimeError;

    fn try_from(Raw { drift, volatilities, rates }: Raw) -> Result<Self, RegimeError> {
        let (count, states) = (volatilities.len(), rates.states());
        if count != states {
            return Err(RegimeError::States { volatilities: count, states });
        }
        let stationary = rates.stationary();
        Ok(Self { drift, volatilities, rates, stationary })
    }
}

impl From<RegimeSwitching> for Raw {
    fn from(model: RegimeSwitching) -> Self {
        Self { drift: model.drift, volatilities: model.volatilities, rates: model.rates }
    }
}

/// The first state whose cumulative probability reaches `u`.
#[allow(clippy::cast_possible_truncation, reason = "below MAX_REGIMES")]
fn draw(u: f64, cumulative: &[f64]) -> u32 {
    let last = cumulative.len() - 1;
    cumulative.iter().position(|&p| u <= p).unwrap_or(last) as u32
}

fn cumulated(law: &[f64]) -> impl Iterator<Item = f64> {
    law.iter().scan(0.0, |sum, p| {
        *sum += p;
        Some(*sum)
    })
}

impl Process for RegimeSwitching {
    type State = u32;
    type Step = RegimeStep;

    fn budget(&self) -> usize {
        2
    }

    fn diffusion_slot(&self) -> usize {
        0
    }

    fn drift(&self) -> Drift {
        self.drift
    }

    fn volatility(&self) -> Volatility {
        let squares = self.volatilities.iter().map(|sigma| sigma.get() * sigma.get());
        let variance: f64 = squares.zip(&self.stationary).map(|(square, p)| square * p).sum();
        Volatility::known(variance.sqrt().min(Volatility::DOMAIN.high()))
    }

    fn has_random_start(&self) -> bool {
        true
    }

    fn initial_state(&self, noise: Noise<'_>) -> u32 {
        let cumulative: Vec<f64> = cumulated(&self.stationary).collect();
        draw(noise.uniform(1), &cumulative)
    }

    fn fits(&self, &state: &u32) -> bool {
        state < self.regimes()
    }

    fn step(&self, clock: &Clock, modifiers: &Modifiers) -> RegimeStep {
        let scale = modifiers.scale(self.volatility());
        let mut steps = [LinearStep { drift: 0.0, diffusion: 0.0 }; MAX_REGIMES];
        for (step, sigma) in steps.iter_mut().zip(&self.volatilities) {
            *step = super::merton::diffusion_step(*sigma, clock, modifiers, scale, 0.0);
        }
        let mut cumulative = [[1.0; MAX_REGIMES]; MAX_REGIMES];
        for (row, law) in cumulative.iter_mut().zip(self.rates.transition(clock.dt())) {
            row.iter_mut().zip(cumulated(&law)).for_each(|(place, p)| *place = p);
            // Rounding leaves no gap above the last.
            row[law.len() - 1] = 1.0;
        }
        RegimeStep { steps, cumulative, forced: modifiers.regime }
    }

    fn moments(&self, &state: &u32, step: &RegimeStep, when: When) -> Moments {
        step.of(state).in_season(when.season).into()
    }

    fn regimes(&self) -> u32 {
        u32::try_from(self.volatilities.len()).unwrap_or_default()
    }

    #[inline]
    fn evolve(&self, state: &mut u32, step: &RegimeStep, noise: Noise<'_>) -> f64 {
        let now = step.of(*state).in_season(noise.when().season);
        let row = &step.cumulative[*state as usize % MAX_REGIMES];
        *state = draw(noise.uniform(1), &row[..self.volatilities.len()]);
        now.increment(noise.diffusion())
    }
}

impl RegimeStep {
    #[inline]
    fn of(&self, state: u32) -> LinearStep {
        self.steps[self.forced.unwrap_or(state) as usize % MAX_REGIMES]
    }
}
