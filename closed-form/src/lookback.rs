//! Options on the highest or lowest price of the path, watched continuously.
//!
//! Each is a European option struck at the extreme so far, and a premium for what the extreme may still become. With
//! b = r − q the textbooks write the premium as S·e^{−rT}·(σ²/2b)·(…), the bracket a difference of two tails that
//! vanishes as b → 0. Here it is S·e^{−rT}·σ√T times a slope over δ = b√T/σ, which has a limit: for small δ it is an
//! integral over the densities between the two, without division by b and without cancellation.

use crate::black_scholes::vanilla;
use crate::domain::{Domain, OutOfDomain, PRICE};
use crate::market::{Kind, Market};
use crate::normal::{log_ratio, slope};

/// A floating strike: the call pays S_T − min, the put max − S_T, `extreme` the lowest (call) or highest (put) price
/// so far.
///
/// - Call, m the minimum so far: S·e^{−qT}·Φ(a) − m·e^{−rT}·Φ(a − s)
///   + S·e^{−rT}·(σ²/2b)·((S/m)^{−2b/σ²}·Φ(−a + 2b√T/σ) − e^{bT}·Φ(−a));
/// - put, M the maximum so far: M·e^{−rT}·Φ(s − a) − S·e^{−qT}·Φ(−a)
///   + S·e^{−rT}·(σ²/2b)·(e^{bT}·Φ(a) − (S/M)^{−2b/σ²}·Φ(a − 2b√T/σ));
/// - b = r − q, s = σ√T, a = (ln(S/m) + (b + σ²/2)·T)/s, with M for m in the put. b = 0 is no exception: it takes the
///   limit.
///
/// A new option has the spot as its extreme. With σ√T = 0 it is the discounted payoff of the path S·e^{bt}.
///
/// Source: Goldman, Sosin and Gatto (1979), *J. Finance* 34(5); with a yield and past extremes Haug (2007), section
/// 4.15.1.
///
/// # Errors
/// [`OutOfDomain`] for a minimum outside [10⁻¹⁵, S] or a maximum outside [S, 10¹⁵].
///
/// # Examples
/// ```
/// use closed_form::{Kind, Market, Parameters, lookback::floating_strike};
/// let market = Market::new(Parameters { spot: 120.0, rate: 0.1, dividend_yield: 0.06, volatility: 0.3, maturity: 0.5 })?;
/// assert!((floating_strike(&market, Kind::Call, 100.0)? - 25.35336).abs() < 5e-6);
/// assert_eq!(floating_strike(&market, Kind::Call, 130.0).unwrap_err().field, "minimum");
/// # Ok::<(), closed_form::OutOfDomain>(())
/// ```
pub fn floating_strike(market: &Market, kind: Kind, extreme: f64) -> Result<f64, OutOfDomain> {
    Ok(match kind {
        Kind::Call => vanilla(market, Kind::Call, minimum(market, extreme)?) + low_premium(market, extreme),
        Kind::Put => vanilla(market, Kind::Put, maximum(market, extreme)?) + high_premium(market, extreme),
    })
}

/// A fixed strike: the call pays max(M_T − K, 0), M_T the highest price, the put max(K − m_T, 0), m_T the lowest;
/// `extreme` is the highest (call) or lowest (put) price so far.
///
/// - Call, L = max(K, extreme): e^{−rT}·(L − K) + S·e^{−qT}·Φ(d) − L·e^{−rT}·Φ(d − s)
///   + S·e^{−rT}·(σ²/2b)·(e^{bT}·Φ(d) − (S/L)^{−2b/σ²}·Φ(d − 2b√T/σ));
/// - put, L = min(K, extreme): e^{−rT}·(K − L) + L·e^{−rT}·Φ(s − d) − S·e^{−qT}·Φ(−d)
///   + S·e^{−rT}·(σ²/2b)·((S/L)^{−2b/σ²}·Φ(−d + 2b√T/σ) − e^{bT}·Φ(−d));
/// - b = r − q, s = σ√T, d = (ln(S/L) + (b + σ²/2)·T)/s. b = 0 takes the limit.
///
/// Source: Conze and Viswanathan (1991), *J. Finance* 46(5); Haug (2007), section 4.15.2.
///
/// # Errors
/// [`OutOfDomain`] for a strike outside [10⁻¹⁵, 10¹⁵], a minimum outside [10⁻¹⁵, S] or a maximum outside [S, 10¹⁵].
///
/// # Examples
/// ```
/// use closed_form::{Kind, Market, Parameters, lookback::fixed_strike};
/// let market = Market::new(Parameters { spot: 100.0, rate: 0.1, dividend_yield: 0.0, volatility: 0.2, maturity: 0.5 })?;
/// assert!((fixed_strike(&market, Kind::Call, 105.0, 100.0)? - 9.8905).abs() < 5e-5);
/// assert_eq!(fixed_strike(&market, Kind::Call, 105.0, 90.0).unwrap_err().field, "maximum");
/// # Ok::<(), closed_form::OutOfDomain>(())
/// ```
pub fn fixed_strike(market: &Market, kind: Kind, strike: f64, extreme: f64) -> Result<f64, OutOfDomain> {
    let strike = PRICE.check("strike", strike)?;
    Ok(match kind {
        Kind::Call => {
            let level = maximum(market, extreme)?.max(strike);
            market.discount() * (level - strike) + vanilla(market, Kind::Call, level) + high_premium(market, level)
        }
        Kind::Put => {
            let level = minimum(market, extreme)?.min(strike);
            market.discount() * (strike - level) + vanilla(market, Kind::Put, level) + low_premium(market, level)
        }
    })
}

fn minimum(market: &Market, extreme: f64) -> Result<f64, OutOfDomain> {
    Domain { high: market.spot(), ..PRICE }.check("minimum", extreme)
}

fn maximum(market: &Market, extreme: f64) -> Result<f64, OutOfDomain> {
    Domain { low: market.spot(), ..PRICE }.check("maximum", extreme)
}

/// S·e^{−rT}·(σ²/2b)·(e^{−2bℓ/σ²}·Φ(δ − c) − e^{bT}·Φ(−δ − c)), ℓ = ln(S/level) ≥ 0, c = ℓ/s + s/2, δ = bT/s.
fn low_premium(market: &Market, level: f64) -> f64 {
    let s = market.deviation();
    if s == 0.0 {
        return 0.0;
    }
    let (l, delta) = (log_ratio(market.spot(), level), market.carry() / s);
    // e = −ℓ − d²/2, d that of the event S_T > level: both terms are the density of the minimum at the level.
    let d = l / s - 0.5 * s + delta;
    let w = (-2.0 * delta * (l / s), market.carry());
    market.spot() * market.discount() * s * slope(l / s + 0.5 * s, delta, w, -l - 0.5 * d * d)
}

/// S·e^{−rT}·(σ²/2b)·(e^{bT}·Φ(δ − c) − e^{2bℓ/σ²}·Φ(−δ − c)), ℓ = ln(level/S) ≥ 0, c = ℓ/s − s/2, δ = bT/s.
fn high_premium(market: &Market, level: f64) -> f64 {
    let s = market.deviation();
    if s == 0.0 {
        return 0.0;
    }
    let (l, delta) = (log_ratio(level, market.spot()), market.carry() / s);
    let d = l / s + 0.5 * s - delta;
    let w = (market.carry(), 2.0 * delta * (l / s));
    market.spot() * market.discount() * s * slope(l / s - 0.5 * s, delta, w, l - 0.5 * d * d)
}
