//! Options on the geometric average of the price, which is lognormal as the price is.

use crate::domain::{Domain, OutOfDomain, PRICE};
use crate::market::{Kind, Market};
use crate::normal::{exchange, log_ratio};

/// Numbers of fixings.
const FIXINGS: Domain = Domain { low: 1.0, high: u32::MAX as f64 };

/// An option on the geometric average of n prices, G = (S(t₁)·…·S(tₙ))^{1/n} with tᵢ = i·T/n: exact, for a fixed
/// strike.
///
/// - ln G is normal with mean ln S + (r − q − σ²/2)·T·(n + 1)/(2n) and variance s² = σ²·T·(n + 1)(2n + 1)/(6n²);
/// - call: e^{−rT}·(F·Φ(d) − K·Φ(d − s)), put: e^{−rT}·(K·Φ(s − d) − F·Φ(−d));
/// - F = e^{mean + s²/2} and d = ln(F/K)/s + s/2.
///
/// One fixing makes it a European option. With σ√T = 0 the average is S·e^{(r−q)·T·(n+1)/(2n)}.
///
/// Source: Kemna and Vorst (1990), *J. Banking & Finance* 14(1); Glasserman (2004), *Monte Carlo Methods in
/// Financial Engineering*, section 3.2.2.
///
/// # Errors
/// [`OutOfDomain`] for a strike outside [10⁻¹⁵, 10¹⁵] or no fixings.
///
/// # Examples
/// ```
/// use closed_form::{Kind, Market, Parameters, asian::geometric};
/// let market = Market::new(Parameters { spot: 100.0, rate: 0.06, dividend_yield: 0.03, volatility: 0.2, maturity: 1.0 })?;
/// assert!((geometric(&market, Kind::Call, 100.0, 10)? - 5.3425606635).abs() < 1e-9);
/// assert_eq!(geometric(&market, Kind::Call, 100.0, 0).unwrap_err().to_string(), "fixings = 0 is outside [1, 4294967295]");
/// # Ok::<(), closed_form::OutOfDomain>(())
/// ```
pub fn geometric(market: &Market, kind: Kind, strike: f64, fixings: u32) -> Result<f64, OutOfDomain> {
    let n = FIXINGS.check("fixings", f64::from(fixings))?;
    average(market, kind, strike, (n + 1.0) / (2.0 * n), (n + 1.0) * (2.0 * n + 1.0) / (6.0 * n * n))
}

/// An option on the geometric average of the whole path, G = exp(∫₀ᵀ ln S(t) dt/T), for a fixed strike.
///
/// The limit of [`geometric`] for many fixings: ln G is normal with mean ln S + (r − q − σ²/2)·T/2 and variance σ²·T/3.
///
/// Source: Kemna and Vorst (1990), *J. Banking & Finance* 14(1); Haug (2007), section 4.20.1.
///
/// # Errors
/// [`OutOfDomain`] for a strike outside [10⁻¹⁵, 10¹⁵].
///
/// # Examples
/// ```
/// use closed_form::{Kind, Market, Parameters, asian::geometric_continuous};
/// let market = Market::new(Parameters { spot: 80.0, rate: 0.05, dividend_yield: -0.03, volatility: 0.2, maturity: 0.25 })?;
/// assert!((geometric_continuous(&market, Kind::Put, 85.0)? - 4.6922).abs() < 5e-5);
/// assert!(geometric_continuous(&market, Kind::Put, 0.0).is_err());
/// # Ok::<(), closed_form::OutOfDomain>(())
/// ```
pub fn geometric_continuous(market: &Market, kind: Kind, strike: f64) -> Result<f64, OutOfDomain> {
    average(market, kind, strike, 1.0 / 2.0, 1.0 / 3.0)
}

/// An option on an average whose logarithm has these shares of the log-price's drift and variance.
fn average(market: &Market, kind: Kind, strike: f64, drift: f64, variance: f64) -> Result<f64, OutOfDomain> {
    let strike = PRICE.check("strike", strike)?;
    let s = market.deviation();
    let growth = market.carry() * drift - 0.5 * s * s * (drift - variance);
    let (average, cash) = (market.spot() * growth.exp() * market.discount(), strike * market.discount());
    let k = log_ratio(market.spot(), strike) + growth;
    Ok(match kind {
        Kind::Call => exchange(average, cash, k, s * variance.sqrt()),
        Kind::Put => exchange(cash, average, -k, s * variance.sqrt()),
    })
}
