//! European options.

use crate::domain::{OutOfDomain, PRICE};
use crate::market::{Kind, Market};
use crate::normal::{cdf, exchange, log_ratio};

/// A European option.
///
/// - Call: C = S·e^{−qT}·Φ(d₁) − K·e^{−rT}·Φ(d₂); put: P = K·e^{−rT}·Φ(−d₂) − S·e^{−qT}·Φ(−d₁);
/// - d₁ = (ln(S/K) + (r − q + σ²/2)·T)/(σ√T), d₂ = d₁ − σ√T;
/// - S, r, q, σ, T the [`Market`]'s, K the strike.
///
/// With σ√T = 0 it is max(S·e^{−qT} − K·e^{−rT}, 0), or with the signs of a put.
///
/// Source: Black and Scholes (1973), *J. Political Economy* 81(3), eq. 13; the yield is Merton's (1973), *Bell J.
/// Economics* 4(1); Haug (2007), *The Complete Guide to Option Pricing Formulas*, section 1.1.6.
///
/// # Errors
/// [`OutOfDomain`] for a strike outside [10⁻¹⁵, 10¹⁵].
///
/// # Examples
/// ```
/// use closed_form::{Kind, Market, Parameters, black_scholes::european};
/// let market = Market::new(Parameters { spot: 60.0, rate: 0.08, dividend_yield: 0.0, volatility: 0.3, maturity: 0.25 })?;
/// assert!((european(&market, Kind::Call, 65.0)? - 2.1334).abs() < 5e-5);
/// assert_eq!(european(&market, Kind::Call, f64::NAN).unwrap_err().field, "strike");
/// # Ok::<(), closed_form::OutOfDomain>(())
/// ```
pub fn european(market: &Market, kind: Kind, strike: f64) -> Result<f64, OutOfDomain> {
    let strike = PRICE.check("strike", strike)?;
    Ok(vanilla(market, kind, strike))
}

/// [`european`] with a checked strike.
pub(crate) fn vanilla(market: &Market, kind: Kind, strike: f64) -> f64 {
    let (asset, cash) = (market.prepaid(), strike * market.discount());
    let k = log_ratio(market.spot(), strike) + market.carry();
    match kind {
        Kind::Call => exchange(asset, cash, k, market.deviation()),
        Kind::Put => exchange(cash, asset, -k, market.deviation()),
    }
}

/// A digital option: an amount of cash at maturity if S_T > K (call) or S_T ≤ K (put).
///
/// - Call: X·e^{−rT}·Φ(d₂); put: X·e^{−rT}·Φ(−d₂); d₂ as for [`european`], X the cash.
///
/// With σ√T = 0 it is X·e^{−rT} or 0, as S·e^{(r−q)T} lies above K or not.
///
/// Source: Rubinstein and Reiner (1991), *Risk* 4(9); Haug (2007), section 4.19.2.
///
/// # Errors
/// [`OutOfDomain`] for a strike or an amount of cash outside [10⁻¹⁵, 10¹⁵].
///
/// # Examples
/// ```
/// use closed_form::{Kind, Market, Parameters, black_scholes::cash_or_nothing};
/// let market = Market::new(Parameters { spot: 100.0, rate: 0.06, dividend_yield: 0.06, volatility: 0.35, maturity: 0.75 })?;
/// assert!((cash_or_nothing(&market, Kind::Put, 80.0, 10.0)? - 2.6710).abs() < 5e-5);
/// assert_eq!(cash_or_nothing(&market, Kind::Put, 80.0, -10.0).unwrap_err().field, "cash");
/// # Ok::<(), closed_form::OutOfDomain>(())
/// ```
pub fn cash_or_nothing(market: &Market, kind: Kind, strike: f64, cash: f64) -> Result<f64, OutOfDomain> {
    let (strike, cash) = (PRICE.check("strike", strike)?, PRICE.check("cash", cash)?);
    let k = log_ratio(market.spot(), strike) + market.carry();
    let s = market.deviation();
    let sign = if kind == Kind::Call { 1.0 } else { -1.0 };
    let probability =
        if s > 0.0 { cdf(sign * (k / s - 0.5 * s)) } else { f64::from((k > 0.0) == (kind == Kind::Call)) };
    Ok(cash * market.discount() * probability)
}
