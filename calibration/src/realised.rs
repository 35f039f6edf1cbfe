//! Realised variance, and bipower variation, which jumps don't enter.

use std::f64::consts::FRAC_PI_2;

use crate::error::FitError;
use crate::returns::Returns;

/// Variances per year of returns that are taken as of mean 0.
///
/// ```
/// use calibration::{Returns, realised::Realised};
/// use gbm_core::units::Years;
/// let calm = Returns::new(vec![0.01, -0.01, 0.01, -0.009, 0.3, 0.01, -0.01], Years::new(1.0 / 365.0)?)?;
/// let realised = Realised::new(&calm)?;
/// assert!(realised.jump_share() > 0.8);
/// assert!(Realised::new(&Returns::new(vec![0.1, 0.2], Years::new(1.0)?)?).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Realised {
    /// RV = Σr²/(nΔ).
    pub variance: f64,
    /// BV = (π/2)·(n/(n − 1))·Σ|rᵢ·rᵢ₋₁|/(nΔ).
    pub bipower: f64,
}

impl Realised {
    /// Of all returns.
    ///
    /// # Errors
    /// [`FitError::TooFew`] below three returns.
    ///
    /// Source: Barndorff-Nielsen and Shephard (2004), *J. Financial Econometrics* 2(1), eqs. 1 and 8.
    pub fn new(returns: &Returns) -> Result<Self, FitError> {
        let values = returns.at_least(3)?.values();
        let n = values.len() as f64;
        let years = n * returns.bar().get();
        let products: f64 = values.windows(2).map(|pair| (pair[0] * pair[1]).abs()).sum();
        Ok(Self {
            variance: values.iter().map(|r| r * r).sum::<f64>() / years,
            bipower: FRAC_PI_2 * n / (n - 1.0) * products / years,
        })
    }

    /// 1 − BV/RV: what of the variance came by jumps, as far as bars are short; not below 0.
    pub fn jump_share(&self) -> f64 {
        (1.0 - self.bipower / self.variance).max(0.0)
    }
}
