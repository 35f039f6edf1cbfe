//! Moments and realised volatility, one pass and in O(1) memory.

use crate::math::ln;
use crate::units::Years;

/// Count, mean and the central sums of powers 2 to 4, updated one value at a time.
///
/// Source: Pébay (2008), Sandia report SAND2008-6212, eqs. 1.6–1.8.
///
/// ```
/// use gbm_core::stats::Moments;
/// let moments: Moments = [1.0, 2.0, 3.0, 4.0].into_iter().collect();
/// assert_eq!(moments.mean(), 2.5);
/// assert_eq!(moments.kurtosis(), Some(1.64));
/// assert_eq!(Moments::default().kurtosis(), None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moments {
    count: u64,
    mean: f64,
    m2: f64,
    m3: f64,
    m4: f64,
}

impl Moments {
    /// Adds a value.
    pub fn push(&mut self, value: f64) {
        let before = self.count as f64;
        self.count += 1;
        let n = self.count as f64;
        let delta = value - self.mean;
        let share = delta / n;
        let term = delta * share * before;
        self.mean += share;
        self.m4 +=
            term * (share * share) * (n * n - 3.0 * n + 3.0) + 6.0 * (share * share) * self.m2 - 4.0 * share * self.m3;
        self.m3 += term * share * (n - 2.0) - 3.0 * share * self.m2;
        self.m2 += term;
    }

    /// Values seen.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The mean; 0 before the first value.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// The unbiased variance, Σ(x − x̄)²/(n − 1), from two values on.
    pub fn variance(&self) -> Option<f64> {
        (self.count > 1).then(|| self.m2 / (self.count - 1) as f64)
    }

    /// m₃/m₂^{3/2}, of population moments, unless all values are equal.
    pub fn skewness(&self) -> Option<f64> {
        let variance = self.m2 / self.count as f64;
        (variance > 0.0).then(|| self.m3 / self.count as f64 / (variance * variance.sqrt()))
    }

    /// m₄/m₂², of population moments (3 for a normal law), unless all values are equal.
    pub fn kurtosis(&self) -> Option<f64> {
        (self.m2 > 0.0).then(|| self.count as f64 * self.m4 / (self.m2 * self.m2))
    }
}

impl FromIterator<f64> for Moments {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        let mut moments = Self::default();
        values.into_iter().for_each(|value| moments.push(value));
        moments
    }
}

/// The annualised standard deviation of log-returns: σ̂ = sd(ln(Sₖ/Sₖ₋₁))/√Δt.
///
/// ```
/// use gbm_core::stats::RealisedVolatility;
/// use gbm_core::units::Years;
/// let mut realised = RealisedVolatility::default();
/// for price in [100.0, 101.0, 100.0, 101.0] {
///     realised.push(price);
/// }
/// assert!(realised.annual(Years::new(1.0 / 365.0)?).is_some_and(|sigma| sigma > 0.2));
/// # Ok::<(), gbm_core::units::OutOfDomain>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RealisedVolatility {
    last: Option<f64>,
    returns: Moments,
}

impl RealisedVolatility {
    /// Adds a price.
    pub fn push(&mut self, price: f64) {
        if let Some(last) = self.last {
            self.returns.push(ln(price / last));
        }
        self.last = Some(price);
    }

    /// Per √year, from three prices on; `dt` is the time between two prices.
    pub fn annual(&self, dt: Years) -> Option<f64> {
        self.returns.variance().map(|variance| (variance / dt.get()).sqrt())
    }
}
