use gbm_core::units::Years;

use crate::error::FitError;

/// Log-returns over bars of one length.
///
/// ```
/// use calibration::Returns;
/// let day = 86_400_000;
/// let returns = Returns::from_prices(&[0, day, 2 * day, 3 * day], &[100.0, 101.0, 99.0, 102.0], 365 * 86_400)?;
/// assert_eq!(returns.values().len(), 3);
/// let error = Returns::from_prices(&[0, day, 3 * day, 4 * day], &[100.0, 101.0, 99.0, 102.0], 365 * 86_400).unwrap_err();
/// assert_eq!(error.to_string(),
///     "row 3: 2d after the row before, where 1d is usual: rows must be evenly spaced");
/// # Ok::<(), calibration::FitError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Returns {
    values: Vec<f64>,
    bar: Years,
}

impl Returns {
    /// Returns in natural logarithms, or in any multiple of them, over bars of a length in years.
    ///
    /// # Errors
    /// [`FitError::TooFew`] below two, [`FitError::NotFinite`], [`FitError::Constant`] if all are equal.
    pub fn new(values: Vec<f64>, bar: Years) -> Result<Self, FitError> {
        if let Some((row, &value)) = (1..).zip(&values).find(|(_, value)| !value.is_finite()) {
            return Err(FitError::NotFinite { row, field: "return", value });
        }
        if values.len() < 2 {
            return Err(FitError::TooFew { what: "returns", found: values.len(), needed: 2 });
        }
        let returns = Self { values, bar };
        let size = returns.values.iter().fold(0.0_f64, |size, r| size.max(r.abs()));
        // Rounding alone moves the returns of prices that grow evenly.
        let spread = returns.values.iter().map(|r| (r - returns.mean()).abs()).fold(0.0, f64::max);
        if spread <= 1e-12 * size { Err(FitError::Constant(returns.values.len())) } else { Ok(returns) }
    }

    /// The log-returns of prices, ln(Sᵢ/Sᵢ₋₁).
    ///
    /// - `times_ms`: Unix milliseconds, evenly spaced; `prices`: as many, positive; `year_s`: seconds in a year.
    ///
    /// # Errors
    /// Those of [`Returns::new`]; [`FitError::Lengths`], [`FitError::NotPositive`], [`FitError::Time`] for times that don't
    /// increase, [`FitError::Uneven`] where one is further from the one before, or nearer, than their median distance.
    pub fn from_prices(times_ms: &[i64], prices: &[f64], year_s: u64) -> Result<Self, FitError> {
        let bar_ms = check_series(times_ms, prices)?;
        let usual_ms = bar_ms.ok_or(FitError::TooFew { what: "prices", found: prices.len(), needed: 3 })?;
        check_even(times_ms, usual_ms)?;
        let bar = Years::new(usual_ms as f64 / (year_s as f64 * 1000.0))?;
        Self::new(prices.windows(2).map(|pair| (pair[1] / pair[0]).ln()).collect(), bar)
    }

    /// The returns.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Δ, a bar's length in years.
    pub fn bar(&self) -> Years {
        self.bar
    }

    /// r̄.
    pub fn mean(&self) -> f64 {
        self.values.iter().sum::<f64>() / self.values.len() as f64
    }

    /// Σ(r − r̄)²/n, above zero.
    pub fn variance(&self) -> f64 {
        let mean = self.mean();
        self.values.iter().map(|r| (r - mean) * (r - mean)).sum::<f64>() / self.values.len() as f64
    }

    /// Fails where a model needs more of them.
    pub(crate) fn at_least(&self, needed: usize) -> Result<&Self, FitError> {
        let found = self.values.len();
        if found < needed { Err(FitError::TooFew { what: "returns", found, needed }) } else { Ok(self) }
    }
}

/// Checks lengths, order and prices; the median spacing from three prices on.
pub(crate) fn check_series(times_ms: &[i64], prices: &[f64]) -> Result<Option<u64>, FitError> {
    if times_ms.len() != prices.len() {
        return Err(FitError::Lengths { what: "times_ms", found: times_ms.len(), wanted: prices.len(), of: "prices" });
    }
    for (row, &price) in (1..).zip(prices) {
        check_price(row, "price", price)?;
    }
    for (row, pair) in (2..).zip(times_ms.windows(2)) {
        if pair[0] >= pair[1] {
            return Err(FitError::Time { row, time_ms: pair[1], before: pair[0] });
        }
    }
    let mut spacings: Vec<u64> = times_ms.windows(2).map(|pair| pair[1].abs_diff(pair[0])).collect();
    let middle = spacings.len() / 2;
    Ok((prices.len() >= 3).then(|| *spacings.select_nth_unstable(middle).1))
}

/// Whether all spacings are the usual one.
pub(crate) fn check_even(times_ms: &[i64], usual_ms: u64) -> Result<(), FitError> {
    let mut spacings = (2..).zip(times_ms.windows(2).map(|pair| pair[1].abs_diff(pair[0])));
    spacings
        .find(|&(_, spacing_ms)| spacing_ms != usual_ms)
        .map_or(Ok(()), |(row, spacing_ms)| Err(FitError::Uneven { row, spacing_ms, usual_ms }))
}

pub(crate) fn check_price(row: usize, field: &'static str, value: f64) -> Result<(), FitError> {
    if !value.is_finite() {
        return Err(FitError::NotFinite { row, field, value });
    }
    if value <= 0.0 {
        return Err(FitError::NotPositive { row, field, value });
    }
    Ok(())
}
