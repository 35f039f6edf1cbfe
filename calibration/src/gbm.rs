//! Geometric Brownian motion by `gbm-core`'s fit, with the likelihood that others are compared by.

use std::f64::consts::PI;

use gbm_core::calibrate::{GbmFit, fit_gbm};

use crate::error::FitError;
use crate::fitted::Fitted;
use crate::likelihood::{Likelihood, Limit};
use crate::maximise;
use crate::returns::check_series;

/// Fits by maximum likelihood: `log_drift` m per year and `volatility` σ per √year, of ln Sᵢ/Sᵢ₋₁ ~ N(mΔᵢ, σ²Δᵢ); the prices may be
/// unevenly spaced.
///
/// The model is [`fit_gbm`]'s, whose σ² divides by n − 1; the estimate of σ here divides by n, where the likelihood is highest.
///
/// - `times_ms`: Unix milliseconds, strictly increasing; `prices`: as many, positive; `year_s`: seconds in a year, above 0.
///
/// # Errors
/// [`FitError::TooFew`] below three prices, [`FitError::Lengths`], [`FitError::NotFinite`], [`FitError::NotPositive`],
/// [`FitError::Time`], [`FitError::Constant`] for prices that grow evenly, [`FitError::OutOfDomain`].
///
/// # Examples
/// ```
/// use calibration::gbm;
/// let times = [0, 86_400_000, 172_800_000, 259_200_000];
/// let fitted = gbm::fit(&times, &[100.0, 101.0, 99.0, 102.0], 365 * 86_400)?;
/// assert_eq!((fitted.rows, fitted.estimates.len()), (3, 2));
/// assert_eq!(gbm::fit(&times, &[100.0, -1.0, 99.0, 102.0], 365 * 86_400).unwrap_err().to_string(),
///     "row 2: price = -1 is not positive");
/// # Ok::<(), calibration::FitError>(())
/// ```
pub fn fit(times_ms: &[i64], prices: &[f64], year_s: u64) -> Result<Fitted<GbmFit>, FitError> {
    check_series(times_ms, prices)?.ok_or(FitError::TooFew { what: "prices", found: prices.len(), needed: 3 })?;
    gbm_core::units::Domain::closed(1.0, u64::MAX as f64).check("year_s", year_s as f64)?;
    let model = fit_gbm(times_ms, prices, year_s)?;
    let year_ms = year_s as f64 * 1000.0;
    let returns: Vec<f64> = prices.windows(2).map(|pair| (pair[1] / pair[0]).ln()).collect();
    let bars: Vec<f64> = times_ms.windows(2).map(|pair| pair[1].abs_diff(pair[0]) as f64 / year_ms).collect();
    let n = returns.len() as f64;
    let sigma = model.volatility.value * ((n - 1.0) / n).sqrt();
    let largest = returns.iter().zip(&bars).map(|(r, bar)| r.abs() / bar.sqrt()).fold(0.0, f64::max);
    if sigma <= 1e-9 * largest {
        return Err(FitError::Constant(returns.len()));
    }
    let problem = Problem { returns, bars, sigma, years: model.years };
    maximise::refine(&problem, vec![model.log_drift.value, sigma], 0, |_| Ok(model))
}

struct Problem {
    returns: Vec<f64>,
    bars: Vec<f64>,
    sigma: f64,
    years: f64,
}

impl Likelihood for Problem {
    fn names(&self) -> Vec<String> {
        ["log_drift", "volatility"].map(String::from).to_vec()
    }

    fn rows(&self) -> usize {
        self.returns.len()
    }

    fn fill(&self, parameters: &[f64], rows: &mut [f64]) {
        let &[m, sigma] = parameters else { return };
        for (row, (r, bar)) in rows.iter_mut().zip(self.returns.iter().zip(&self.bars)) {
            let variance = sigma * sigma * bar;
            *row = -0.5 * ((2.0 * PI * variance).ln() + (r - m * bar) * (r - m * bar) / variance);
        }
    }

    fn limits(&self) -> Vec<Limit> {
        Vec::new()
    }

    fn scales(&self) -> Vec<f64> {
        vec![self.sigma / self.years.sqrt(), self.sigma]
    }

    fn limited(&self, free: &[f64]) -> Vec<f64> {
        free.to_vec()
    }
}
