//! The market an option is priced in, and the words options share.

use crate::domain::{MATURITY, OutOfDomain, PRICE, RATE, VOLATILITY};
use crate::normal::deviation;

/// The right to buy or to sell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// To buy: pays max(X − K, 0).
    Call,
    /// To sell: pays max(K − X, 0).
    Put,
}

/// Where a level lies, seen from the price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Above: it is reached by the maximum.
    Up,
    /// Below: it is reached by the minimum.
    Down,
}

/// What a [`Market`] is made from, unchecked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameters {
    /// S, the price today; 10⁻¹⁵ to 10¹⁵.
    pub spot: f64,
    /// r, the interest rate per year, continuously compounded; −10 to 10.
    pub rate: f64,
    /// q, the yield of holding the asset per year, continuously compounded; −10 to 10. The cost of carry is b = r −
    /// q: for an option on a future q = r, on a currency q is the foreign rate.
    pub dividend_yield: f64,
    /// σ, per √year; 0 to 100.
    pub volatility: f64,
    /// T, in years; 0 to 30.
    pub maturity: f64,
}

/// A checked market with one maturity: dS = (r − q)·S dt + σ·S dW.
///
/// ```
/// use closed_form::{Market, Parameters};
/// let parameters = Parameters { spot: 100.0, rate: 0.1, dividend_yield: 0.0, volatility: 0.25, maturity: 0.1 };
/// assert!(Market::new(parameters).is_ok());
/// let error = Market::new(Parameters { maturity: -1.0, ..parameters }).unwrap_err();
/// assert_eq!(error.to_string(), "maturity = -1 is outside [0, 30]");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Market {
    parameters: Parameters,
}

impl Market {
    /// Checks each number against its domain.
    ///
    /// # Errors
    /// [`OutOfDomain`] naming the first field outside its domain; NaN and infinities are outside every domain.
    pub fn new(parameters: Parameters) -> Result<Self, OutOfDomain> {
        PRICE.check("spot", parameters.spot)?;
        RATE.check("rate", parameters.rate)?;
        RATE.check("dividend_yield", parameters.dividend_yield)?;
        VOLATILITY.check("volatility", parameters.volatility)?;
        MATURITY.check("maturity", parameters.maturity)?;
        Ok(Self { parameters })
    }

    /// The numbers it was made from.
    pub fn parameters(&self) -> Parameters {
        self.parameters
    }

    /// S.
    pub(crate) fn spot(&self) -> f64 {
        self.parameters.spot
    }

    /// e^{−rT}.
    pub(crate) fn discount(&self) -> f64 {
        (-self.parameters.rate * self.parameters.maturity).exp()
    }

    /// S·e^{−qT}: the price today of the asset at maturity.
    pub(crate) fn prepaid(&self) -> f64 {
        self.spot() * (-self.parameters.dividend_yield * self.parameters.maturity).exp()
    }

    /// bT = (r − q)·T, the logarithm of the forward over the spot.
    pub(crate) fn carry(&self) -> f64 {
        (self.parameters.rate - self.parameters.dividend_yield) * self.parameters.maturity
    }

    /// σ√T.
    pub(crate) fn deviation(&self) -> f64 {
        deviation(self.parameters.volatility, self.parameters.maturity)
    }
}
