//! Numbers that carry a meaning and a domain. A value of one of these types is inside its domain: it is checked
//! when made, by [`new`](Price::new) or by serde, and has no setter.
//!
//! ```
//! use gbm_core::units::{LogReturn, Price, Seconds};
//! assert_eq!(Price::new(100.0)?.get(), 100.0);
//! assert!(LogReturn::new(f64::NAN).is_err() && Seconds::new(0.0).is_err());
//! assert_eq!(serde_json::from_str::<Price>("-1").unwrap_err().to_string(),
//!     "price = -1 is outside [0.000000000000001, 1000000000000000]");
//! # Ok::<(), gbm_core::units::OutOfDomain>(())
//! ```

use std::fmt;

use serde::{Deserialize, Serialize};

/// A number outside the domain of the field it was meant for.
///
/// ```
/// use gbm_core::units::Volatility;
/// assert_eq!(Volatility::new(-1.0).unwrap_err().to_string(), "volatility = -1 is outside [0, 100]");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("{field} = {value} is outside {domain}")]
pub struct OutOfDomain {
    /// The field's name on the wire.
    pub field: &'static str,
    /// What was given.
    pub value: f64,
    /// What is allowed.
    pub domain: Domain,
}

/// An interval of finite numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Domain {
    low: f64,
    high: f64,
    low_is_inside: bool,
}

impl Domain {
    /// `[low, high]`.
    pub const fn closed(low: f64, high: f64) -> Self {
        Self { low, high, low_is_inside: true }
    }

    /// `(low, high]`.
    pub const fn above(low: f64, high: f64) -> Self {
        Self { low, high, low_is_inside: false }
    }

    /// The least number, inside only where [`Domain::includes_low`] says so.
    pub const fn low(self) -> f64 {
        self.low
    }

    /// The greatest number, inside.
    pub const fn high(self) -> f64 {
        self.high
    }

    /// Whether the least number lies inside.
    pub const fn includes_low(self) -> bool {
        self.low_is_inside
    }

    /// The value, if it lies inside. NaN and infinities never do.
    ///
    /// # Errors
    /// [`OutOfDomain`] naming the field, the value and this domain.
    pub fn check(self, field: &'static str, value: f64) -> Result<f64, OutOfDomain> {
        let above_low = if self.low_is_inside { value >= self.low } else { value > self.low };
        if above_low && value <= self.high { Ok(value) } else { Err(OutOfDomain { field, value, domain: self }) }
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let open = if self.low_is_inside { '[' } else { '(' };
        write!(f, "{open}{}, {}]", self.low, self.high)
    }
}

/// Defines a number with a meaning and a domain: `bounded!(/** docs */ Name, "field", Domain::closed(0.0, 1.0));`, where
/// [`Domain`], [`OutOfDomain`] and serde's derives are in scope.
#[macro_export]
macro_rules! bounded {
    ($(#[$doc:meta])* $name:ident, $field:literal, $domain:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
        #[serde(try_from = "f64", into = "f64")]
        pub struct $name(f64);

        impl $name {
            /// The values allowed.
            pub const DOMAIN: Domain = $domain;

            /// Checks the value against [`Self::DOMAIN`].
            ///
            /// # Errors
            /// [`OutOfDomain`] for a value outside it, NaN and infinities included.
            pub fn new(value: f64) -> Result<Self, OutOfDomain> {
                Self::DOMAIN.check($field, value).map(Self)
            }

            /// A value that the caller has derived from checked ones.
            #[allow(dead_code, reason = "not every unit is derived")]
            pub(crate) fn known(value: f64) -> Self {
                debug_assert!(Self::DOMAIN.check($field, value).is_ok(), "{} = {value}", $field);
                Self(value)
            }

            /// The number.
            #[inline]
            pub const fn get(self) -> f64 {
                self.0
            }
        }

        impl TryFrom<f64> for $name {
            type Error = OutOfDomain;

            fn try_from(value: f64) -> Result<Self, OutOfDomain> {
                Self::new(value)
            }
        }

        impl From<$name> for f64 {
            fn from(value: $name) -> f64 {
                value.0
            }
        }
    };
}

bounded!(
    /// A price in quote units for one base unit.
    Price, "price", Domain::closed(1e-15, 1e15)
);
bounded!(
    /// The drift μ of dS = μ S dt + σ S dW, per year (continuously compounded).
    Drift, "drift", Domain::closed(-1000.0, 1000.0)
);
bounded!(
    /// The volatility σ of dS = μ S dt + σ S dW, per square root of a year.
    Volatility, "volatility", Domain::closed(0.0, 100.0)
);
bounded!(
    /// A natural logarithmic return, ln(after/before).
    LogReturn, "log_return", Domain::closed(-20.0, 20.0)
);
bounded!(
    /// A natural log-distance from the mid price, ln(far/near).
    LogDistance, "within", Domain::above(0.0, 20.0)
);
bounded!(
    /// A share of a whole.
    Fraction, "fraction", Domain::closed(0.0, 1.0)
);
bounded!(
    /// A signed size in base units (BTC); positive adds, negative withdraws.
    Quantity, "quantity", Domain::closed(-1e15, 1e15)
);
bounded!(
    /// A volume in base units (BTC).
    Volume, "volume", Domain::closed(1e-9, 1e15)
);
bounded!(
    /// A length of simulated time in seconds.
    Seconds, "seconds", Domain::above(0.0, 1e12)
);
bounded!(
    /// The exponent η by which liquidity damps volatility: σ × L^−η.
    Exponent, "eta", Domain::closed(0.0, 2.0)
);
bounded!(
    /// A dimensionless positive constant.
    Factor, "factor", Domain::closed(1e-9, 1e6)
);
bounded!(
    /// The length of a step in years.
    Years, "years", Domain::above(0.0, 1e6)
);
bounded!(
    /// How far a price falls, natural logarithm.
    Depth, "depth", Domain::above(0.0, 20.0)
);
bounded!(
    /// A standard deviation around a level, natural logarithm.
    #[derive(Default)]
    Band, "band", Domain::closed(0.0, 20.0)
);
bounded!(
    /// The size of an order in base units (BTC).
    OrderSize, "quantity", Domain::above(0.0, 1e15)
);
bounded!(
    /// A full spread, ask less bid, in basis points (10⁻⁴) of the price.
    SpreadBp, "spread_bp", Domain::closed(0.0, 1000.0)
);
bounded!(
    /// A distance in per cent.
    Percent, "percent", Domain::above(0.0, 1000.0)
);
