//! The option to exchange one asset for another.

use crate::domain::{Domain, MATURITY, OutOfDomain, PRICE, RATE, VOLATILITY};
use crate::normal::{deviation, exchange, log_ratio};

/// One of the two assets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Asset {
    /// S, the price today; 10⁻¹⁵ to 10¹⁵.
    pub spot: f64,
    /// q, the yield per year, continuously compounded; −10 to 10.
    pub dividend_yield: f64,
    /// σ, per √year; 0 to 100.
    pub volatility: f64,
}

/// The right to receive asset 1 for asset 2 at maturity.
///
/// - V = S₁·e^{−q₁T}·Φ(d₁) − S₂·e^{−q₂T}·Φ(d₂);
/// - d₁ = (ln(S₁/S₂) + (q₂ − q₁ + σ²/2)·T)/(σ√T), d₂ = d₁ − σ√T, σ the [`ratio_volatility`], T in years.
///
/// No interest rate enters: asset 2 is the money. With σ√T = 0 it is max(S₁·e^{−q₁T} − S₂·e^{−q₂T}, 0).
///
/// Source: Margrabe (1978), *J. Finance* 33(1), eq. 7; with yields Haug (2007), section 5.4.
///
/// # Errors
/// [`OutOfDomain`] for a field of [`Asset`] outside its domain, a correlation outside [−1, 1], a maturity outside [0,
/// 30].
///
/// # Examples
/// ```
/// use closed_form::exchange::{Asset, price};
/// let first = Asset { spot: 22.0, dividend_yield: 0.06, volatility: 0.2 };
/// let second = Asset { spot: 20.0, dividend_yield: 0.04, volatility: 0.25 };
/// assert!((price(first, second, 0.5, 0.5)? - 2.374).abs() < 5e-4);
/// assert_eq!(price(first, second, 1.5, 0.5).unwrap_err().to_string(), "correlation = 1.5 is outside [-1, 1]");
/// # Ok::<(), closed_form::OutOfDomain>(())
/// ```
pub fn price(first: Asset, second: Asset, correlation: f64, maturity: f64) -> Result<f64, OutOfDomain> {
    for asset in [first, second] {
        PRICE.check("spot", asset.spot)?;
        RATE.check("dividend_yield", asset.dividend_yield)?;
    }
    let volatility = ratio_volatility(first.volatility, second.volatility, correlation)?;
    let maturity = MATURITY.check("maturity", maturity)?;
    let prepaid = |asset: Asset| asset.spot * (-asset.dividend_yield * maturity).exp();
    let k = log_ratio(first.spot, second.spot) + (second.dividend_yield - first.dividend_yield) * maturity;
    Ok(exchange(prepaid(first), prepaid(second), k, deviation(volatility, maturity)))
}

/// The volatility of S₁/S₂: √(σ₁² + σ₂² − 2ρσ₁σ₂), per √year, for two assets with correlation ρ.
///
/// # Errors
/// [`OutOfDomain`] for a volatility outside [0, 100] or a correlation outside [−1, 1].
///
/// # Examples
/// ```
/// use closed_form::exchange::ratio_volatility;
/// assert_eq!(ratio_volatility(0.3, 0.4, 0.0)?, 0.5);
/// assert_eq!(ratio_volatility(0.3, 0.3, 1.0)?, 0.0);
/// assert!(ratio_volatility(0.3, -0.3, 1.0).is_err());
/// # Ok::<(), closed_form::OutOfDomain>(())
/// ```
pub fn ratio_volatility(first: f64, second: f64, correlation: f64) -> Result<f64, OutOfDomain> {
    let (first, second) = (VOLATILITY.check("volatility", first)?, VOLATILITY.check("volatility", second)?);
    let correlation = Domain { low: -1.0, high: 1.0 }.check("correlation", correlation)?;
    // (σ₁ − σ₂)² + 2(1 − ρ)σ₁σ₂ has no negative term, so rounding can't make the square negative.
    Ok((first - second).hypot((2.0 * (1.0 - correlation) * first * second).sqrt()))
}
