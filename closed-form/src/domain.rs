//! What numbers are allowed, and the error for the others.

use std::fmt;

/// A number outside the domain of the field it was meant for.
///
/// ```
/// use closed_form::touch::{Motion, probability};
/// use closed_form::Direction;
/// let motion = Motion { spot: 100.0, drift: 0.1, volatility: -1.0, horizon: 1.0 };
/// let error = probability(motion, Direction::Up, 120.0).unwrap_err();
/// assert_eq!(error.to_string(), "volatility = -1 is outside [0, 100]");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("{field} = {value} is outside {domain}")]
pub struct OutOfDomain {
    /// The field's or argument's name.
    pub field: &'static str,
    /// What was given.
    pub value: f64,
    /// What is allowed.
    pub domain: Domain,
}

/// An interval of finite numbers, its ends included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Domain {
    /// The smallest number allowed.
    pub low: f64,
    /// The largest number allowed.
    pub high: f64,
}

/// Prices, strikes, levels and amounts of cash. With rates up to 10 and 30 years, no product leaves f64's range.
pub(crate) const PRICE: Domain = Domain { low: 1e-15, high: 1e15 };
/// Rates and yields per year, continuously compounded.
pub(crate) const RATE: Domain = Domain { low: -10.0, high: 10.0 };
/// Volatilities per √year.
pub(crate) const VOLATILITY: Domain = Domain { low: 0.0, high: 100.0 };
/// Maturities in years.
pub(crate) const MATURITY: Domain = Domain { low: 0.0, high: 30.0 };

impl Domain {
    /// The value, if it lies inside. NaN never does.
    pub(crate) fn check(self, field: &'static str, value: f64) -> Result<f64, OutOfDomain> {
        if (self.low..=self.high).contains(&value) {
            Ok(value)
        } else {
            Err(OutOfDomain { field, value, domain: self })
        }
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}, {}]", self.low, self.high)
    }
}
