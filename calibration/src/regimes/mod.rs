//! Normal returns whose drift and volatility follow a hidden Markov chain.

mod em;
mod filter;
mod fit;
mod generator;

use gbm_core::units::{Domain, Years};
use nalgebra::DMatrix;

pub use fit::{LEAST_VOLATILITY, fit};
pub use generator::{Generator, Origin, generator};

use crate::error::FitError;
use crate::returns::Returns;
use filter::Chain;

/// In regime i a bar's return is N(mᵢΔ, σᵢ²Δ); from bar to bar the regime goes from i to j with probability Pᵢⱼ. The first
/// bar's follows the stationary law.
///
/// ```
/// use calibration::regimes::{Regime, Regimes};
/// use gbm_core::units::Years;
/// use nalgebra::DMatrix;
/// let (calm, wild) = (Regime { log_drift: 0.3, volatility: 0.4 }, Regime { log_drift: -0.2, volatility: 1.2 });
/// let (transition, day) = (DMatrix::from_row_slice(2, 2, &[0.95, 0.05, 0.1, 0.9]), Years::new(1.0 / 365.0)?);
/// let regimes = Regimes::new(vec![calm, wild], transition, day)?;
/// assert!((regimes.shares()[0] - 2.0 / 3.0).abs() < 1e-12);
/// assert!(Regimes::new(vec![calm, wild], DMatrix::identity(3, 3), day).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Regimes {
    laws: Vec<Regime>,
    transition: DMatrix<f64>,
    bar: Years,
    shares: Vec<f64>,
}

/// One regime.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Regime {
    /// m, the drift of ln S per year.
    pub log_drift: f64,
    /// σ, per √year.
    pub volatility: f64,
}

/// The probabilities of the regimes: rows of bars, columns of regimes.
#[derive(Clone, Debug, PartialEq)]
pub struct Probabilities {
    /// By the returns up to each bar: Hamilton's filter.
    pub filtered: DMatrix<f64>,
    /// By all returns: Kim's smoother.
    pub smoothed: DMatrix<f64>,
}

/// How many regimes there may be.
fn check_count(regimes: usize) -> Result<(), FitError> {
    Domain::closed(2.0, 4.0).check("regimes", regimes as f64)?;
    Ok(())
}

impl Regimes {
    /// Checks the parts: 2 to 4 regimes; σ > 0; P square, as wide as there are regimes, rows of probabilities; one stationary law.
    ///
    /// # Errors
    /// [`FitError::OutOfDomain`], [`FitError::Lengths`], [`FitError::Probabilities`]; [`FitError::NoStationaryLaw`] unless some
    /// regime is reached from all others.
    pub fn new(regimes: Vec<Regime>, transition: DMatrix<f64>, bar: Years) -> Result<Self, FitError> {
        check_count(regimes.len())?;
        for regime in &regimes {
            Domain::closed(f64::MIN, f64::MAX).check("log_drift", regime.log_drift)?;
            Domain::above(0.0, f64::MAX).check("volatility", regime.volatility)?;
        }
        if transition.nrows() != regimes.len() {
            let (found, wanted) = (transition.nrows(), regimes.len());
            return Err(FitError::Lengths { what: "transition", found, wanted, of: "regimes" });
        }
        generator(&transition, bar)?;
        let mut checked = Self { laws: regimes, transition, bar, shares: Vec::new() };
        let chain = Some(checked.chain()).filter(Chain::has_one_law);
        let shares = chain.and_then(|chain| chain.stationary());
        let shares = shares.filter(|shares| shares.iter().all(|share| share.is_finite()));
        checked.shares = shares.ok_or(FitError::NoStationaryLaw)?.iter().copied().collect();
        Ok(checked)
    }

    /// By rising volatility in a fit.
    pub fn regimes(&self) -> &[Regime] {
        &self.laws
    }

    /// P, from rows to columns, within a bar.
    pub fn transition(&self) -> &DMatrix<f64> {
        &self.transition
    }

    /// The regimes' shares of time in the long run.
    pub fn shares(&self) -> &[f64] {
        &self.shares
    }

    /// Q, the rates of transition per year.
    ///
    /// # Errors
    /// Those of [`generator`]; none, once P is checked.
    pub fn generator(&self) -> Result<Generator, FitError> {
        generator(&self.transition, self.bar)
    }

    /// Which regime each bar was in.
    pub fn probabilities(&self, returns: &Returns) -> Probabilities {
        let k = self.laws.len();
        let chain = self.chain();
        let filtered = chain.filter(returns.values()).unwrap_or_default();
        let (smoothed, _) = chain.smooth(&filtered);
        let rows = returns.values().len();
        let matrix = |values: &[f64]| DMatrix::from_row_iterator(rows, k, values.iter().copied());
        Probabilities { filtered: matrix(&filtered.filtered), smoothed: matrix(&smoothed) }
    }

    /// ln L of returns.
    pub fn log_likelihood(&self, returns: &Returns) -> f64 {
        self.chain().filter(returns.values()).map_or(f64::NEG_INFINITY, |filtered| filtered.rows.iter().sum())
    }

    fn chain(&self) -> Chain {
        let bar = self.bar.get();
        Chain {
            means: self.laws.iter().map(|regime| regime.log_drift * bar).collect(),
            deviations: self.laws.iter().map(|regime| regime.volatility * bar.sqrt()).collect(),
            transition: self.transition.clone(),
        }
    }
}
