//! Parameters from prices, with how well they are known.

use crate::math::ln;
use crate::model::Gbm;
use crate::stats::Moments;
use crate::units::{OutOfDomain, Price};

/// The normal quantile of a two-sided 95 % interval.
const Z_95: f64 = 1.959_963_984_540_054;
const MIN_PRICES: usize = 3;

/// Prices that can't be calibrated on. Rows count from 0.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CalibrationError {
    /// Fewer than three.
    #[error("prices = {0}: at least {MIN_PRICES} are needed")]
    TooFew(usize),
    /// As many times as prices are needed.
    #[error("times_ms has {times} entries, but there are {prices} prices")]
    Lengths {
        /// Times given.
        times: usize,
        /// Prices given.
        prices: usize,
    },
    /// A price out of its domain.
    #[error("row {row}: {error}")]
    Price {
        /// The row.
        row: usize,
        /// What is wrong.
        error: OutOfDomain,
    },
    /// Times must increase strictly.
    #[error("row {row}: time {time_ms} ms does not come after {before} ms")]
    Time {
        /// The row.
        row: usize,
        /// Its time.
        time_ms: i64,
        /// The time of the row before.
        before: i64,
    },
    /// A year must have a positive length.
    #[error("year_s = 0 is outside [1, 2^64)")]
    Year,
}

/// A number and its standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Its standard error.
    pub standard_error: f64,
}

impl Estimate {
    /// The two-sided 95 % interval, value ± 1.96 standard errors.
    pub fn interval_95(&self) -> (f64, f64) {
        let reach = Z_95 * self.standard_error;
        (self.value - reach, self.value + reach)
    }
}

/// Geometric Brownian motion fitted to prices.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GbmFit {
    /// Log-returns used, n.
    pub returns: u64,
    /// Their span T in years.
    pub years: f64,
    /// m, the drift of ln S per year; its error depends on the span alone, not on the number of prices.
    pub log_drift: Estimate,
    /// μ = m + σ²/2, the drift of dS = μ S dt + σ S dW per year.
    pub drift: Estimate,
    /// σ per √year, with its standard error under independent normal returns, σ/√(2n).
    pub volatility: Estimate,
    /// The standard error of σ that allows for heavy tails: σ·√((κ − 1)/(4n)), κ the returns' kurtosis.
    pub volatility_robust_error: f64,
    /// κ − 3.
    pub excess_kurtosis: f64,
    /// The last price and its time, where a simulation may go on.
    pub last_price: Price,
    /// Unix milliseconds.
    pub last_time_ms: i64,
    /// The median spacing of the prices in milliseconds.
    pub median_spacing_ms: u64,
    /// The shortest and the longest.
    pub spacings_ms: (u64, u64),
}

impl GbmFit {
    /// The model with this drift μ = m + σ²/2 and this volatility.
    ///
    /// # Errors
    /// [`OutOfDomain`] for a drift outside [−1000, 1000] or a volatility above 100.
    pub fn model(&self) -> Result<Gbm, OutOfDomain> {
        Gbm::new(self.drift.value, self.volatility.value)
    }

    /// What is odd about the spacing of the prices, which the fit allows for: gaps, or rows of several frequencies.
    pub fn note(&self) -> Option<String> {
        let (least, most) = self.spacings_ms;
        let seconds = |ms: u64| ms as f64 / 1000.0;
        (least < most).then(|| {
            format!(
                "prices are {} s to {} s apart, usually {} s: gaps or several frequencies, which the fit allows for",
                seconds(least),
                seconds(most),
                seconds(self.median_spacing_ms)
            )
        })
    }
}

/// Fits geometric Brownian motion by maximum likelihood; the prices may be unevenly spaced.
///
/// With returns rᵢ over Δᵢ years: m = Σrᵢ/ΣΔᵢ, σ² = Σ(rᵢ − mΔᵢ)²/Δᵢ/(n − 1), se(m) = σ/√T,
/// se(μ)² = se(m)² + σ²·se(σ)² with the robust se(σ).
///
/// - `times_ms`: Unix milliseconds, strictly increasing; `prices`: as many, positive; `year_s`: seconds in a year.
///
/// # Errors
/// [`CalibrationError`] for fewer than three prices, slices of unequal length, a price that isn't positive and
/// finite, times that don't increase.
///
/// Source: Campbell, Lo and MacKinlay (1997), *The Econometrics of Financial Markets*, §9.3.
///
/// ```
/// use gbm_core::calibrate::fit_gbm;
/// let times = [0, 86_400_000, 172_800_000, 259_200_000];
/// let fit = fit_gbm(&times, &[100.0, 101.0, 99.0, 102.0], 365 * 86_400)?;
/// assert_eq!(fit.last_price.get(), 102.0);
/// assert_eq!(fit.model()?.drift().get(), fit.drift.value);
/// assert!(fit_gbm(&times, &[100.0, -1.0, 99.0, 102.0], 365 * 86_400).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn fit_gbm(times_ms: &[i64], prices: &[f64], year_s: u64) -> Result<GbmFit, CalibrationError> {
    let (last_price, last_time_ms) = check(times_ms, prices)?;
    if year_s == 0 {
        return Err(CalibrationError::Year);
    }
    let year_ms = year_s as f64 * 1000.0;
    let spacings: Vec<u64> = times_ms.windows(2).map(|pair| pair[1].abs_diff(pair[0])).collect();
    let steps = || {
        let returns = prices.windows(2).map(|pair| ln(pair[1] / pair[0]));
        returns.zip(spacings.iter().map(|&spacing| spacing as f64 / year_ms))
    };
    let n = spacings.len() as f64;
    let years = times_ms[times_ms.len() - 1].abs_diff(times_ms[0]) as f64 / year_ms;
    let total: f64 = steps().map(|(r, _)| r).sum();
    let log_drift = total / years;
    let squares: f64 = steps().map(|(r, dt)| (r - log_drift * dt) * (r - log_drift * dt) / dt).sum();
    let sigma = (squares / (n - 1.0)).sqrt();
    let standardised: Moments = steps().map(|(r, dt)| (r - log_drift * dt) / dt.sqrt()).collect();
    let kurtosis = standardised.kurtosis().unwrap_or(3.0);
    let robust = sigma * ((kurtosis - 1.0).max(0.0) / (4.0 * n)).sqrt();
    let log_drift_error = sigma / years.sqrt();
    let drift_error = (log_drift_error * log_drift_error + (sigma * robust) * (sigma * robust)).sqrt();
    let spacings_ms = spacings.iter().fold((u64::MAX, 0), |(least, most), &one| (one.min(least), one.max(most)));
    let mut sorted = spacings;
    let middle = sorted.len() / 2;
    let (_, &mut median_spacing_ms, _) = sorted.select_nth_unstable(middle);
    Ok(GbmFit {
        returns: (prices.len() - 1) as u64,
        years,
        log_drift: Estimate { value: log_drift, standard_error: log_drift_error },
        drift: Estimate { value: log_drift + 0.5 * sigma * sigma, standard_error: drift_error },
        volatility: Estimate { value: sigma, standard_error: sigma / (2.0 * n).sqrt() },
        volatility_robust_error: robust,
        excess_kurtosis: kurtosis - 3.0,
        last_price,
        last_time_ms,
        median_spacing_ms,
        spacings_ms,
    })
}

fn check(times_ms: &[i64], prices: &[f64]) -> Result<(Price, i64), CalibrationError> {
    if times_ms.len() != prices.len() {
        return Err(CalibrationError::Lengths { times: times_ms.len(), prices: prices.len() });
    }
    let mut last = None;
    for (row, (&time_ms, &price)) in times_ms.iter().zip(prices).enumerate() {
        let price = Price::new(price).map_err(|error| CalibrationError::Price { row, error })?;
        if let Some((_, before)) = last.filter(|&(_, before)| before >= time_ms) {
            return Err(CalibrationError::Time { row, time_ms, before });
        }
        last = Some((price, time_ms));
    }
    last.filter(|_| prices.len() >= MIN_PRICES).ok_or(CalibrationError::TooFew(prices.len()))
}
