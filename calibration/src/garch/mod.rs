//! GARCH(1,1) and its asymmetric form, with normal or Student innovations.

mod fit;
pub(crate) mod recursion;

use gbm_core::units::Domain;

pub use fit::{Innovations, MAX_PERSISTENCE, Mean, Specification, fit};

use crate::error::FitError;
use crate::returns::Returns;
use recursion::fill;

/// r_t = μ + ε_t, ε_t = σ_t·z_t, σ²_t = ω + (α + γ·[ε_{t−1} < 0])·ε²_{t−1} + β·σ²_{t−1}: z independent, of mean 0 and variance 1.
///
/// The first variance takes σ²₀ = ε²₀ = the mean of all ε², and half of γ, as Fiorentini, Calzolari and Panattoni do.
///
/// ```
/// use calibration::garch::{Garch, Parameters};
/// let parameters = Parameters { mean: 0.0, omega: 0.01, alpha: 0.15, gamma: 0.0, beta: 0.8, degrees: None };
/// assert!((Garch::new(parameters)?.variance() - 0.2).abs() < 1e-12);
/// assert_eq!(Garch::new(Parameters { alpha: 0.25, ..parameters }).unwrap_err().to_string(),
///     "alpha + gamma/2 + beta = 1.05: a stationary variance needs less than 1");
/// # Ok::<(), calibration::FitError>(())
/// ```
///
/// Source: Bollerslev (1986), *J. Econometrics* 31(3); Glosten, Jagannathan and Runkle (1993), *J. Finance* 48(5);
/// Fiorentini, Calzolari and Panattoni (1996), *J. Applied Econometrics* 11(4).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Garch(Parameters);

/// Those of [`Garch`], unchecked: per bar, in the returns' units and their squares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameters {
    /// μ.
    pub mean: f64,
    /// ω, above 0.
    pub omega: f64,
    /// α, after a return above μ; 0 or more.
    pub alpha: f64,
    /// γ, what is added to α after a return below μ; α + γ is 0 or more.
    pub gamma: f64,
    /// β, in [0, 1).
    pub beta: f64,
    /// ν, in (2, 10⁶], of a Student's t scaled to variance 1; none for a normal z.
    pub degrees: Option<f64>,
}

impl Garch {
    /// Checks the parameters.
    ///
    /// # Errors
    /// [`FitError::OutOfDomain`]; [`FitError::NonStationary`] for α + γ/2 + β ≥ 1, taking z as symmetric.
    pub fn new(parameters: Parameters) -> Result<Self, FitError> {
        let Parameters { mean, omega, alpha, gamma, beta, degrees } = parameters;
        Domain::closed(f64::MIN, f64::MAX).check("mean", mean)?;
        Domain::above(0.0, f64::MAX).check("omega", omega)?;
        Domain::closed(0.0, 1.0).check("beta", beta)?;
        Domain::closed(0.0, 2.0).check("alpha", alpha)?;
        Domain::closed(-2.0, 2.0).check("gamma", gamma)?;
        Domain::closed(0.0, 2.0).check("alpha + gamma", alpha + gamma)?;
        if let Some(degrees) = degrees {
            Domain::above(2.0, 1e6).check("degrees", degrees)?;
        }
        let garch = Self(parameters);
        let persistence = garch.persistence();
        if persistence < 1.0 { Ok(garch) } else { Err(FitError::NonStationary(persistence)) }
    }

    /// The parameters.
    pub fn parameters(&self) -> Parameters {
        self.0
    }

    /// α + γ/2 + β, below 1.
    pub fn persistence(&self) -> f64 {
        self.0.alpha + 0.5 * self.0.gamma + self.0.beta
    }

    /// ω/(1 − persistence), the variance of a bar in the long run.
    pub fn variance(&self) -> f64 {
        self.0.omega / (1.0 - self.persistence())
    }

    /// ln L of returns.
    pub fn log_likelihood(&self, returns: &Returns) -> f64 {
        let mut rows = vec![0.0; returns.values().len()];
        fill(&self.0, returns.values(), &mut rows, |_| ());
        rows.iter().sum()
    }

    /// σ²_t for each return, and for the one to come: n + 1 numbers.
    pub fn variances(&self, returns: &Returns) -> Vec<f64> {
        let (mut rows, mut variances) = (vec![0.0; returns.values().len()], Vec::new());
        let next = fill(&self.0, returns.values(), &mut rows, |variance| variances.push(variance));
        variances.push(next);
        variances
    }
}
