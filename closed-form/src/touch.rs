//! The probability that a price reaches a level.

use crate::domain::{Domain, OutOfDomain, PRICE, VOLATILITY};
use crate::market::Direction;
use crate::normal::{deviation, log_ratio, tail};

/// A price in motion: dS = μ·S dt + σ·S dW. With μ the real drift the probabilities are those of the world, with r − q
/// those that options are priced by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Motion {
    /// S, the price today; 10⁻¹⁵ to 10¹⁵.
    pub spot: f64,
    /// μ per year, continuously compounded; −1000 to 1000.
    pub drift: f64,
    /// σ, per √year; 0 to 100.
    pub volatility: f64,
    /// T, in years; 0 to 10⁶.
    pub horizon: f64,
}

/// P(max_{t ≤ T} S(t) ≥ H) for `Up`, P(min_{t ≤ T} S(t) ≤ H) for `Down`, H the level.
///
/// - Up: Φ((m − h)/s) + e^{2mh/s²}·Φ((−m − h)/s); down: the same with −h and −m;
/// - h = ln(H/S), m = (μ − σ²/2)·T, s = σ√T.
///
/// A level at or behind the price has been reached already: 1. With σ√T = 0 it is 1 if S·e^{μT} reaches it, else 0.
///
/// Source: Borodin and Salminen (2002), *Handbook of Brownian Motion*, 2nd ed., part II, eq. 2.1.1.4 and 2.1.2.4.
///
/// # Errors
/// [`OutOfDomain`] for a field of [`Motion`] or a level outside its domain.
///
/// # Examples
/// ```
/// use closed_form::{Direction, touch::{Motion, probability}};
/// let motion = Motion { spot: 100.0, drift: 0.1, volatility: 0.3, horizon: 1.0 };
/// assert!((probability(motion, Direction::Up, 120.0)? - 0.6036169169).abs() < 1e-10);
/// assert_eq!(probability(motion, Direction::Up, -120.0).unwrap_err().field, "level");
/// # Ok::<(), closed_form::OutOfDomain>(())
/// ```
pub fn probability(motion: Motion, direction: Direction, level: f64) -> Result<f64, OutOfDomain> {
    let Motion { spot, drift, volatility, horizon } = motion;
    PRICE.check("spot", spot)?;
    Domain { low: -1000.0, high: 1000.0 }.check("drift", drift)?;
    VOLATILITY.check("volatility", volatility)?;
    Domain { low: 0.0, high: 1e6 }.check("horizon", horizon)?;
    PRICE.check("level", level)?;
    let sign = if direction == Direction::Up { 1.0 } else { -1.0 };
    let s = deviation(volatility, horizon);
    let (h, m) = (sign * log_ratio(level, spot), sign * (drift * horizon - 0.5 * s * s));
    if h <= 0.0 {
        return Ok(1.0);
    }
    if s == 0.0 {
        return Ok(f64::from(m >= h));
    }
    // Both tails have the density at h in common: 2mh/s² − ((m + h)/s)²/2 = −((m − h)/s)²/2.
    let miss = (h - m) / s;
    let e = -0.5 * miss * miss;
    Ok((tail(miss, 0.0, e) + tail((h + m) / s, 2.0 * (m / s) * (h / s), e)).min(1.0))
}
