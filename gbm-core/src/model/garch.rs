use serde::{Deserialize, Serialize};

use crate::bounded;
use crate::math::{LOG2_E, student};
use crate::process::{Clock, Modifiers, Moments, Noise, Process, Unsuitable, When};
use crate::units::{Domain, Drift, OutOfDomain, Seconds, Volatility};

/// More than a bar's variance can ever be: what is read from somewhere mustn't overflow.
const MOST_VARIANCE: f64 = 1e30;
/// How long a year is for the declared volatility.
const YEAR_S: f64 = crate::grid::CALENDAR_YEAR_S as f64;

bounded!(
    /// ω: what a bar's variance has in it whatever came before.
    Omega, "omega", Domain::above(0.0, 1.0)
);
bounded!(
    /// α: the weight of the last return's square.
    Alpha, "alpha", Domain::closed(0.0, 1.0)
);
bounded!(
    /// γ: what a fall adds to it; below 0 where falls move the variance less than rises.
    Gamma, "gamma", Domain::closed(-1.0, 1.0)
);
bounded!(
    /// β: the weight of the last variance.
    Beta, "beta", Domain::closed(0.0, 1.0)
);
bounded!(
    /// ν: degrees of freedom, above 2 for a finite variance.
    Degrees, "degrees", Domain::above(2.0, 1e6)
);

/// The law of GARCH's innovations, of variance 1.
///
/// ```
/// use gbm_core::model::{Degrees, Innovation};
/// let heavy = Innovation::Student { degrees: Degrees::new(5.0)? };
/// assert_eq!(serde_json::to_string(&heavy)?, r#"{"kind":"student","degrees":5.0}"#);
/// assert!(Degrees::new(2.0).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Innovation {
    /// Standard normal.
    Normal {},
    /// Student's t, scaled to variance 1.
    Student {
        /// ν, in (2, 10⁶].
        degrees: Degrees,
    },
}

/// Parameters that make no stationary process.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum GarchError {
    /// A number out of its domain.
    #[error(transparent)]
    Domain(#[from] OutOfDomain),
    /// A fall would take from the variance.
    #[error("alpha + gamma = {0} is below 0: a fall would make the variance negative")]
    Negative(f64),
    /// The variance would have no mean.
    #[error("alpha + gamma/2 + beta = {0} is not below 1: the variance has no stationary mean")]
    NotStationary(f64),
}

/// GARCH(1,1) and GJR-GARCH, exact at the length of bar that they are declared for, and defined for no other.
///
/// r = μ·bar − h/2 + √h·ε,  h′ = ω + (α + γ·1{ε < 0})·h·ε² + β·h
///
/// - h per bar, natural log-returns squared (a fit to per cent has ω·10⁻⁴); ε normal or Student's t of variance 1, where the price
///   itself has no finite mean and μ is the log-price's drift plus half the variance.
/// - ω in (0, 1], α and β in [0, 1], γ in [−1, 1], α + γ ≥ 0, so that h stays above 0; ν in (2, 10⁶].
/// - α + γ/2 + β < 1; the path starts at the mean ω/(1 − α − γ/2 − β). γ = 0 is plain GARCH.
/// - Interventions and seasons scale the return outside the recursion. Budget: one normal and a uniform.
///
/// Source: Bollerslev (1986), *J. Econometrics* 31; Glosten, Jagannathan and Runkle (1993), *J. Finance* 48(5).
///
/// ```
/// use gbm_core::model::{Garch, GarchParameters, Innovation};
/// let daily = GarchParameters { drift: 0.5, bar_s: 86_400.0, omega: 2.3e-5, alpha: 0.129, gamma: 0.0, beta: 0.86 };
/// let model = Garch::new(daily, Innovation::Normal {})?;
/// assert!((model.unconditional_variance() - 2.3e-5 / 0.011).abs() < 1e-15);
/// assert!(Garch::new(GarchParameters { beta: 0.9, ..daily }, Innovation::Normal {}).is_err());
/// assert!(Garch::new(GarchParameters { gamma: -0.13, ..daily }, Innovation::Normal {}).is_err());
/// # Ok::<(), gbm_core::model::GarchError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Raw", into = "Raw")]
pub struct Garch {
    raw: Raw,
}

/// Parameters of [`Garch`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GarchParameters {
    /// μ per year, in [−1000, 1000].
    pub drift: f64,
    /// The bar's length in seconds, in (0, 10¹²].
    pub bar_s: f64,
    /// ω, squared log-returns per bar, in (0, 1].
    pub omega: f64,
    /// α, in [0, 1].
    pub alpha: f64,
    /// γ, what a fall adds to α, in [−1, 1]; α + γ is 0 or more.
    pub gamma: f64,
    /// β, in [0, 1]; α + γ/2 + β is below 1.
    pub beta: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    drift: Drift,
    bar_s: Seconds,
    omega: Omega,
    alpha: Alpha,
    #[serde(default = "none", skip_serializing_if = "is_none")]
    gamma: Gamma,
    beta: Beta,
    innovation: Innovation,
}

fn none() -> Gamma {
    Gamma::known(0.0)
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_none(gamma: &Gamma) -> bool {
    gamma.get() == 0.0
}

/// The coefficients of a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GarchStep {
    drift: f64,
    scale: f64,
}

impl Garch {
    /// A model with these parameters.
    ///
    /// # Errors
    /// [`GarchError::Domain`] for a drift outside [−1000, 1000], a bar outside (0, 10¹²] s, ω outside (0, 1], α or β outside [0, 1] or γ
    /// outside [−1, 1]; [`GarchError::Negative`] for α + γ < 0; [`GarchError::NotStationary`] unless α + γ/2 + β is below 1.
    pub fn new(parameters: GarchParameters, innovation: Innovation) -> Result<Self, GarchError> {
        let GarchParameters { drift, bar_s, omega, alpha, gamma, beta } = parameters;
        let raw = Raw {
            drift: Drift::new(drift)?,
            bar_s: Seconds::new(bar_s)?,
            omega: Omega::new(omega)?,
            alpha: Alpha::new(alpha)?,
            gamma: Gamma::new(gamma)?,
            beta: Beta::new(beta)?,
            innovation,
        };
        raw.try_into()
    }

    /// The same model of another drift, every size of its moves scaled.
    pub(super) fn scaled(&self, drift: Drift, by: f64) -> Result<Self, OutOfDomain> {
        let omega = Omega::new(self.raw.omega.get() * (by * by))?;
        Ok(Self { raw: Raw { drift, omega, ..self.raw } })
    }

    /// The mean of h, per bar.
    pub fn unconditional_variance(&self) -> f64 {
        self.raw.omega.get() / (1.0 - self.raw.persistence())
    }

    /// The bar's length.
    pub fn bar_s(&self) -> Seconds {
        self.raw.bar_s
    }

    /// The law of ε.
    pub fn innovation(&self) -> Innovation {
        self.raw.innovation
    }
}

impl Raw {
    fn persistence(&self) -> f64 {
        self.alpha.get() + 0.5 * self.gamma.get() + self.beta.get()
    }
}

impl TryFrom<Raw> for Garch {
    type Error = GarchError;

    fn try_from(raw: Raw) -> Result<Self, GarchError> {
        let after_falls = raw.alpha.get() + raw.gamma.get();
        if after_falls < 0.0 {
            return Err(GarchError::Negative(after_falls));
        }
        let persistence = raw.persistence();
        if persistence < 1.0 { Ok(Self { raw }) } else { Err(GarchError::NotStationary(persistence)) }
    }
}

impl From<Garch> for Raw {
    fn from(model: Garch) -> Self {
        model.raw
    }
}

impl Process for Garch {
    type State = f64;
    type Step = GarchStep;

    fn budget(&self) -> usize {
        2
    }

    fn diffusion_slot(&self) -> usize {
        0
    }

    fn drift(&self) -> Drift {
        self.raw.drift
    }

    fn volatility(&self) -> Volatility {
        let variance = self.unconditional_variance() * (YEAR_S / self.raw.bar_s.get());
        Volatility::known(variance.sqrt().min(Volatility::DOMAIN.high()))
    }

    fn initial_state(&self, _: Noise<'_>) -> f64 {
        self.unconditional_variance()
    }

    fn fits(&self, &h: &f64) -> bool {
        (0.0..=MOST_VARIANCE).contains(&h)
    }

    fn check(&self, clock: &Clock) -> Result<(), Unsuitable> {
        let (step_s, bar_s) = (clock.step_s(), self.raw.bar_s.get());
        if step_s == bar_s { Ok(()) } else { Err(Unsuitable::Bar { step_s, bar_s }) }
    }

    fn step(&self, clock: &Clock, modifiers: &Modifiers) -> GarchStep {
        GarchStep { drift: modifiers.drift.get() * clock.dt().get(), scale: modifiers.scale(self.volatility()) }
    }

    fn moments(&self, &h: &f64, step: &GarchStep, when: When) -> Moments {
        let deviation = step.scale * when.season * h.sqrt();
        Moments { mean: (step.drift - 0.5 * (deviation * deviation)) * LOG2_E, deviation: deviation * LOG2_E }
    }

    #[inline]
    fn evolve(&self, h: &mut f64, step: &GarchStep, noise: Noise<'_>) -> f64 {
        let Raw { omega, alpha, gamma, beta, innovation, .. } = &self.raw;
        let epsilon = match innovation {
            Innovation::Normal {} => noise.diffusion(),
            Innovation::Student { degrees } => student(noise.diffusion(), noise.uniform(1), degrees.get()),
        };
        let deviation = step.scale * noise.when().season * h.sqrt();
        let increment = step.drift - 0.5 * (deviation * deviation) + deviation * epsilon;
        let weight = if epsilon < 0.0 { alpha.get() + gamma.get() } else { alpha.get() };
        *h = omega.get() + (weight * (epsilon * epsilon) + beta.get()) * *h;
        increment * LOG2_E
    }
}
