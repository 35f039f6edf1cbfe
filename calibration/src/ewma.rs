//! Variance by exponentially falling weights.

use gbm_core::units::Domain;

use crate::error::FitError;
use crate::fitted::Fitted;
use crate::garch::Parameters;
use crate::garch::recursion::fill;
use crate::likelihood::{Likelihood, Limit, between, free_between};
use crate::maximise;
use crate::returns::Returns;

/// RiskMetrics' λ for daily returns.
pub const RISK_METRICS: f64 = 0.94;
const BOUNDS: (f64, f64) = (0.01, 0.9999);
const MIN_RETURNS: usize = 100;

/// σ²_t = λ·σ²_{t−1} + (1 − λ)·r²_{t−1}, r of mean 0; σ²₁ is the mean of all r².
///
/// ```
/// use calibration::ewma::{Ewma, RISK_METRICS};
/// assert_eq!(Ewma::new(RISK_METRICS)?.lambda(), 0.94);
/// assert!(Ewma::new(1.5).is_err());
/// # Ok::<(), calibration::FitError>(())
/// ```
///
/// Source: J. P. Morgan and Reuters (1996), *RiskMetrics: Technical Document*, 4th ed., §5.2.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ewma {
    lambda: f64,
}

impl Ewma {
    /// With λ in [0, 1].
    ///
    /// # Errors
    /// [`FitError::OutOfDomain`].
    pub fn new(lambda: f64) -> Result<Self, FitError> {
        Domain::closed(0.0, 1.0).check("lambda", lambda)?;
        Ok(Self { lambda })
    }

    /// λ.
    pub fn lambda(&self) -> f64 {
        self.lambda
    }

    /// σ²_t of a bar for each return, and for the one to come: n + 1 numbers.
    pub fn variances(&self, returns: &Returns) -> Vec<f64> {
        let (mut rows, mut variances) = (vec![0.0; returns.values().len()], Vec::new());
        let next = fill(&parameters(self.lambda), returns.values(), &mut rows, |variance| variances.push(variance));
        variances.push(next);
        variances
    }

    /// ln L of normal returns with these variances.
    pub fn log_likelihood(&self, returns: &Returns) -> f64 {
        let mut rows = vec![0.0; returns.values().len()];
        fill(&parameters(self.lambda), returns.values(), &mut rows, |_| ());
        rows.iter().sum()
    }
}

/// A GARCH without ω whose coefficients add up to 1, which is no stationary one.
fn parameters(lambda: f64) -> Parameters {
    Parameters { mean: 0.0, omega: 0.0, alpha: 1.0 - lambda, gamma: 0.0, beta: lambda, degrees: None }
}

/// Fits `lambda` by the likelihood of normal returns, within [0.01, 0.9999]; a maximum there is named in
/// [`Fitted::at_bounds`].
///
/// # Errors
/// [`FitError::TooFew`] below 100 returns; [`FitError::NotConverged`], [`FitError::NoStart`].
///
/// # Examples
/// ```
/// use calibration::{Returns, ewma};
/// use gbm_core::units::Years;
/// let few = Returns::new(vec![0.1, -0.2, 0.3], Years::new(1.0 / 365.0)?)?;
/// assert_eq!(ewma::fit(&few).unwrap_err().to_string(), "returns = 3: at least 100 are needed");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn fit(returns: &Returns) -> Result<Fitted<Ewma>, FitError> {
    let problem = Problem { returns: returns.at_least(MIN_RETURNS)?.values() };
    let starts: Vec<Vec<f64>> =
        [0.8, 0.94, 0.98].iter().map(|&lambda| vec![free_between(BOUNDS.0, BOUNDS.1, lambda)]).collect();
    maximise::fit(&problem, &starts, 0.05, |x| Ewma::new(x[0]))
}

struct Problem<'a> {
    returns: &'a [f64],
}

impl Likelihood for Problem<'_> {
    fn names(&self) -> Vec<String> {
        vec!["lambda".into()]
    }

    fn rows(&self) -> usize {
        self.returns.len()
    }

    fn fill(&self, parameters: &[f64], rows: &mut [f64]) {
        fill(&self::parameters(parameters[0]), self.returns, rows, |_| ());
    }

    fn limits(&self) -> Vec<Limit> {
        vec![Limit::at_least("lambda >= 0.01", 0, 1, BOUNDS.0), Limit::at_most("lambda <= 0.9999", 0, 1, BOUNDS.1)]
    }

    fn scales(&self) -> Vec<f64> {
        vec![0.05]
    }

    fn limited(&self, free: &[f64]) -> Vec<f64> {
        vec![between(BOUNDS.0, BOUNDS.1, free[0])]
    }
}
