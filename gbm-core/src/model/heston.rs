use serde::{Deserialize, Serialize};

use super::decay::gone;
use crate::bounded;
use crate::math::{LOG2_E, exp, ln};
use crate::process::{Clock, Modifiers, Moments, Noise, Process, When};
use crate::units::{Domain, Drift, OutOfDomain, Volatility};

/// ψ_c: above it the variance is drawn from an atom at 0 and an exponential, below it from a squared normal.
const SWITCH: f64 = 1.5;
/// Below it the variance hardly moves, and above it there is hardly any: neither ψ nor 1/ψ can overflow or lose all digits.
const LEAST_RATIO: f64 = 1e-24;
const MOST_RATIO: f64 = 1e12;
/// More than a variance can ever be: what is read from somewhere mustn't overflow.
const MOST_VARIANCE: f64 = 1e30;

bounded!(
    /// κ: how fast the variance returns, per year.
    MeanReversion, "mean_reversion", Domain::closed(1e-6, 1e4)
);
bounded!(
    /// v₀: the variance per year that a path starts with.
    InitialVariance, "initial_variance", Domain::closed(0.0, 1e4)
);
bounded!(
    /// θ: the variance per year to which it returns.
    LongRunVariance, "long_run_variance", Domain::closed(0.0, 1e4)
);
bounded!(
    /// ξ: the volatility of the variance.
    VolatilityOfVariance, "volatility_of_variance", Domain::closed(1e-6, 100.0)
);
bounded!(
    /// ρ: the correlation of the price's and the variance's Brownian motions.
    Leverage, "leverage", Domain::closed(-1.0, 1.0)
);

/// Parameters of [`Heston`], annual.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HestonParameters {
    /// μ: E[S(t)] = S₀·e^(μt), in [−1000, 1000].
    pub drift: f64,
    /// v₀, in [0, 10⁴].
    pub initial_variance: f64,
    /// θ, in [0, 10⁴].
    pub long_run_variance: f64,
    /// κ, in [10⁻⁶, 10⁴].
    pub mean_reversion: f64,
    /// ξ, in [10⁻⁶, 100].
    pub volatility_of_variance: f64,
    /// ρ, in [−1, 1].
    pub leverage: f64,
}

/// Heston's stochastic volatility, stepped by Andersen's QE-M scheme (ψ_c = 1.5, γ₁ = γ₂ = ½).
///
/// dS = μ S dt + √v S dW₁, dv = κ(θ − v) dt + ξ√v dW₂, d⟨W₁, W₂⟩ = ρ dt
///
/// - The variance's mean and variance over a step are exact, its law a squared normal or an atom at 0 with an exponential; the
///   price is a martingale but for its drift, in every step (where E[e^(Av′)] exists, which short steps see to).
/// - 2κθ < ξ² (Feller's condition violated) is allowed: the variance then touches 0. See [`Heston::satisfies_feller`].
/// - An intervention scales the price's volatility outside the variance's recursion: v ← m²v in the price alone.
/// - Budget: the price's independent normal, which correlation mixes and seasons scale, and a word for the variance.
///
/// Source: Heston (1993), *Review of Financial Studies* 6(2), eqs. 1 and 4; Andersen (2008), *J. Computational Finance* 11(3), eqs. 23, 26–30
/// and 33, and his section on martingale correction.
///
/// ```
/// use gbm_core::model::{Heston, HestonParameters};
/// let andersen = Heston::new(HestonParameters {
///     drift: 0.0,
///     initial_variance: 0.04,
///     long_run_variance: 0.04,
///     mean_reversion: 0.5,
///     volatility_of_variance: 1.0,
///     leverage: -0.9,
/// })?;
/// assert!(!andersen.satisfies_feller());
/// # Ok::<(), gbm_core::units::OutOfDomain>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Heston {
    drift: Drift,
    initial_variance: InitialVariance,
    long_run_variance: LongRunVariance,
    mean_reversion: MeanReversion,
    volatility_of_variance: VolatilityOfVariance,
    leverage: Leverage,
}

/// The coefficients of a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HestonStep {
    /// μ·Δt.
    drift: f64,
    /// m, by which interventions scale the price's volatility.
    scale: f64,
    /// e^(−κΔt).
    decay: f64,
    /// θ(1 − e^(−κΔt)).
    pull: f64,
    /// The variance of v′ is v·this + `constant_variance`.
    variance_slope: f64,
    constant_variance: f64,
    /// ½Δt.
    half: f64,
    /// ρ/ξ, and ½Δt·κ·ρ/ξ.
    ratio: f64,
    half_ratio: f64,
    /// ½Δt·(1 − ρ²).
    independent: f64,
}

/// The law of the next variance.
#[derive(Clone, Copy, Debug)]
enum Next {
    /// a(b + Z)².
    Squared { a: f64, b: f64 },
    /// 0 with probability p, else an exponential of rate β.
    Exponential { p: f64, beta: f64 },
}

/// How the price answers to the variance before and after: Δ ln S = μΔt + K₀ + K₁v + K₂v′ + √(K₃(v + v′))·Z.
#[derive(Clone, Copy, Debug)]
struct Answer {
    k1: f64,
    k2: f64,
    k3: f64,
}

impl Heston {
    /// A model with these parameters.
    ///
    /// # Errors
    /// [`OutOfDomain`] for a drift outside [−1000, 1000], a variance outside [0, 10⁴], κ outside [10⁻⁶, 10⁴], ξ outside
    /// [10⁻⁶, 100] or ρ outside [−1, 1].
    pub fn new(parameters: HestonParameters) -> Result<Self, OutOfDomain> {
        Ok(Self {
            drift: Drift::new(parameters.drift)?,
            initial_variance: InitialVariance::new(parameters.initial_variance)?,
            long_run_variance: LongRunVariance::new(parameters.long_run_variance)?,
            mean_reversion: MeanReversion::new(parameters.mean_reversion)?,
            volatility_of_variance: VolatilityOfVariance::new(parameters.volatility_of_variance)?,
            leverage: Leverage::new(parameters.leverage)?,
        })
    }

    /// A model whose parameters the caller knows to be in their domains.
    pub(super) fn known(parameters: HestonParameters) -> Self {
        Self {
            drift: Drift::known(parameters.drift),
            initial_variance: InitialVariance::known(parameters.initial_variance),
            long_run_variance: LongRunVariance::known(parameters.long_run_variance),
            mean_reversion: MeanReversion::known(parameters.mean_reversion),
            volatility_of_variance: VolatilityOfVariance::known(parameters.volatility_of_variance),
            leverage: Leverage::known(parameters.leverage),
        }
    }

    /// The same model of another drift, every size of its moves scaled.
    pub(super) fn scaled(&self, drift: Drift, by: f64) -> Result<Self, OutOfDomain> {
        Ok(Self {
            drift,
            initial_variance: InitialVariance::new(self.initial_variance.get() * (by * by))?,
            long_run_variance: LongRunVariance::new(self.long_run_variance.get() * (by * by))?,
            volatility_of_variance: VolatilityOfVariance::new(self.volatility_of_variance.get() * by)?,
            ..*self
        })
    }

    /// Whether 2κθ ≥ ξ², so that the variance never touches 0. Where it doesn't, the scheme holds all the same.
    pub fn satisfies_feller(&self) -> bool {
        let xi = self.volatility_of_variance.get();
        2.0 * self.mean_reversion.get() * self.long_run_variance.get() >= xi * xi
    }

    /// What it was made from.
    pub fn parameters(&self) -> HestonParameters {
        HestonParameters {
            drift: self.drift.get(),
            initial_variance: self.initial_variance.get(),
            long_run_variance: self.long_run_variance.get(),
            mean_reversion: self.mean_reversion.get(),
            volatility_of_variance: self.volatility_of_variance.get(),
            leverage: self.leverage.get(),
        }
    }

    /// θ.
    pub fn long_run_variance(&self) -> LongRunVariance {
        self.long_run_variance
    }

    /// The coefficients of a step whose drift has something more in it.
    pub(super) fn coefficients(&self, clock: &Clock, modifiers: &Modifiers, scale: f64, more: f64) -> HestonStep {
        let dt = clock.dt().get();
        let (kappa, theta) = (self.mean_reversion.get(), self.long_run_variance.get());
        let (xi, rho) = (self.volatility_of_variance.get(), self.leverage.get());
        let decay = exp(-kappa * dt);
        let gone = gone(kappa * dt);
        let half = 0.5 * dt;
        HestonStep {
            drift: modifiers.drift.get() * dt + more,
            scale,
            decay,
            pull: theta * gone,
            variance_slope: xi * xi * decay * gone / kappa,
            constant_variance: theta * xi * xi * gone * gone / (2.0 * kappa),
            half,
            ratio: rho / xi,
            half_ratio: half * kappa * rho / xi,
            independent: half * (1.0 - rho * rho),
        }
    }
}

impl HestonStep {
    fn next(&self, v: f64) -> Next {
        let mean = self.pull + v * self.decay;
        let variance = v * self.variance_slope + self.constant_variance;
        let psi = variance / (mean * mean);
        if psi <= SWITCH {
            let inverse = 2.0 / psi.max(LEAST_RATIO);
            let b2 = inverse - 1.0 + (inverse * (inverse - 1.0)).sqrt();
            Next::Squared { a: mean / (1.0 + b2), b: b2.sqrt() }
        } else if psi < MOST_RATIO {
            let p = (psi - 1.0) / (psi + 1.0);
            Next::Exponential { p, beta: (1.0 - p) / mean }
        } else {
            Next::Exponential { p: 1.0, beta: 1.0 }
        }
    }

    fn answer(&self, season: f64) -> Answer {
        let scale = self.scale * season;
        let half = 0.5 * scale * scale * self.half;
        Answer {
            k1: scale * (self.half_ratio - self.ratio) - half,
            k2: scale * (self.half_ratio + self.ratio) - half,
            k3: scale * scale * self.independent,
        }
    }

    /// Mean and standard deviation of a step's increment, natural units.
    pub(super) fn moments(&self, v: f64, season: f64) -> (f64, f64) {
        let (next, answer) = (self.next(v), self.answer(season));
        let (mean, variance) = next.moments();
        let Answer { k1, k2, k3 } = answer;
        let centre = self.drift + answer.martingale(v, next) + k1 * v + k2 * mean;
        (centre, k2 * k2 * variance + k3 * (v + mean))
    }

    /// The increment of a step, natural units, and the variance after it.
    #[inline]
    pub(super) fn evolve(&self, v: &mut f64, noise: Noise<'_>) -> f64 {
        let (next, answer) = (self.next(*v), self.answer(noise.when().season));
        let after = match next {
            Next::Squared { a, b } => {
                let root = b + noise.normal(1);
                a * (root * root)
            }
            Next::Exponential { p, beta } => {
                let u = noise.uniform(1);
                if u <= p { 0.0 } else { ln((1.0 - p) / (1.0 - u)) / beta }
            }
        };
        let centre = answer.martingale(*v, next) + answer.k1 * *v + answer.k2 * after;
        let deviation = (answer.k3 * (*v + after)).sqrt();
        *v = after;
        self.drift + centre + deviation * noise.diffusion()
    }
}

impl Answer {
    /// K₀: −ln E[e^(K₁v + K₂v′ + ½K₃(v + v′))].
    fn martingale(self, v: f64, next: Next) -> f64 {
        let a = self.k2 + 0.5 * self.k3;
        let known = (self.k1 + 0.5 * self.k3) * v;
        let log_mean = match next {
            Next::Squared { a: size, b } => {
                let left = 1.0 - 2.0 * a * size;
                if left <= 0.0 {
                    return self.uncorrected(v, next);
                }
                a * b * b * size / left - 0.5 * ln(left)
            }
            Next::Exponential { p, beta } => {
                if a >= beta {
                    return self.uncorrected(v, next);
                }
                ln(p + beta * (1.0 - p) / (beta - a))
            }
        };
        -log_mean - known
    }

    /// The expectation doesn't exist: the step is centred on its mean, less half its variance.
    #[cold]
    fn uncorrected(self, v: f64, next: Next) -> f64 {
        let (mean, variance) = next.moments();
        let Answer { k1, k2, k3 } = self;
        -(k1 * v + k2 * mean) - 0.5 * (k2 * k2 * variance + k3 * (v + mean))
    }
}

impl Next {
    fn moments(self) -> (f64, f64) {
        match self {
            Self::Squared { a, b } => (a * (1.0 + b * b), 2.0 * a * a * (1.0 + 2.0 * b * b)),
            Self::Exponential { p, beta } => ((1.0 - p) / beta, (1.0 - p * p) / (beta * beta)),
        }
    }
}

impl Process for Heston {
    type State = f64;
    type Step = HestonStep;

    fn budget(&self) -> usize {
        2
    }

    fn diffusion_slot(&self) -> usize {
        0
    }

    fn normals(&self, _: &HestonStep) -> usize {
        2
    }

    fn drift(&self) -> Drift {
        self.drift
    }

    fn volatility(&self) -> Volatility {
        Volatility::known(self.long_run_variance.get().sqrt())
    }

    fn initial_state(&self, _: Noise<'_>) -> f64 {
        self.initial_variance.get()
    }

    fn fits(&self, &v: &f64) -> bool {
        (0.0..=MOST_VARIANCE).contains(&v)
    }

    fn step(&self, clock: &Clock, modifiers: &Modifiers) -> HestonStep {
        self.coefficients(clock, modifiers, modifiers.scale(self.volatility()), 0.0)
    }

    fn moments(&self, &v: &f64, step: &HestonStep, when: When) -> Moments {
        let (mean, variance) = step.moments(v, when.season);
        Moments { mean: mean * LOG2_E, deviation: variance.sqrt() * LOG2_E }
    }

    #[inline]
    fn evolve(&self, v: &mut f64, step: &HestonStep, noise: Noise<'_>) -> f64 {
        step.evolve(v, noise) * LOG2_E
    }
}
