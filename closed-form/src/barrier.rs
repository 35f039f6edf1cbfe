//! Options that a touch of a barrier ends or begins, watched continuously, without rebate.

use crate::black_scholes::vanilla;
use crate::domain::{OutOfDomain, PRICE};
use crate::market::{Direction, Kind, Market};
use crate::normal::{cdf, log_ratio, tail};

/// What a touch of the barrier does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Knock {
    /// The option begins: without a touch it pays nothing.
    In,
    /// The option ends worthless.
    Out,
}

/// A barrier.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Barrier {
    /// Which side of the price it is meant to be on.
    pub direction: Direction,
    /// What a touch does.
    pub knock: Knock,
    /// H, the price that is a touch; 10⁻¹⁵ to 10¹⁵.
    pub level: f64,
}

/// One of the eight single barrier options.
///
/// With φ = 1 for a call and −1 for a put, η = 1 for a barrier below and −1 above, b = r − q, s = σ√T, μ = b/σ² − ½:
///
/// - A = φ·S·e^{−qT}·Φ(φx₁) − φ·K·e^{−rT}·Φ(φ(x₁ − s)), x₁ = ln(S/K)/s + (1 + μ)·s: the European option;
/// - B: A with x₂ = ln(S/H)/s + (1 + μ)·s for x₁;
/// - C = φ·S·e^{−qT}·(H/S)^{2(μ+1)}·Φ(ηy₁) − φ·K·e^{−rT}·(H/S)^{2μ}·Φ(η(y₁ − s)), y₁ = ln(H²/(SK))/s + (1 + μ)·s;
/// - D: C with y₂ = ln(H/S)/s + (1 + μ)·s for y₁.
///
/// | Knock-in | K ≥ H | K < H |
/// |---|---|---|
/// | down call | C | A − B + D |
/// | up call | A | B − C + D |
/// | down put | B − C + D | A |
/// | up put | A − B + D | C |
///
/// A knock-out is A less the knock-in. A barrier at or behind the price has been touched: a knock-in is the European
/// option, a knock-out 0. With σ√T = 0 the path S·e^{bt} touches it or not.
///
/// Source: Reiner and Rubinstein (1991), *Risk* 4(8), "Breaking down the barriers"; Haug (2007), section 4.17.1.
///
/// # Errors
/// [`OutOfDomain`] for a strike or level outside [10⁻¹⁵, 10¹⁵].
///
/// # Examples
/// ```
/// use closed_form::{Direction, Kind, Market, Parameters, barrier::{Barrier, Knock, price}};
/// let market = Market::new(Parameters { spot: 100.0, rate: 0.05, dividend_yield: 0.02, volatility: 0.2, maturity: 1.0 })?;
/// let barrier = Barrier { direction: Direction::Up, knock: Knock::In, level: 110.0 };
/// assert!((price(&market, Kind::Call, 100.0, barrier)? - 9.11008).abs() < 5e-6);
/// assert_eq!(price(&market, Kind::Call, 100.0, Barrier { level: 0.0, ..barrier }).unwrap_err().field, "level");
/// # Ok::<(), closed_form::OutOfDomain>(())
/// ```
pub fn price(market: &Market, kind: Kind, strike: f64, barrier: Barrier) -> Result<f64, OutOfDomain> {
    let strike = PRICE.check("strike", strike)?;
    let level = PRICE.check("level", barrier.level)?;
    let european = vanilla(market, kind, strike);
    let knock_in = knock_in(market, kind, strike, barrier.direction, level, european).clamp(0.0, european);
    Ok(if barrier.knock == Knock::In { knock_in } else { european - knock_in })
}

fn knock_in(market: &Market, kind: Kind, strike: f64, direction: Direction, level: f64, european: f64) -> f64 {
    let terms = Terms::new(market, kind, strike, direction, level);
    let Terms { h, k, s, eta, .. } = terms;
    if eta * h >= 0.0 {
        return european;
    }
    if s == 0.0 {
        return if eta * (market.carry() - h) <= 0.0 { european } else { 0.0 };
    }
    let pays_beyond = (kind == Kind::Call) == (direction == Direction::Up);
    let is_strike_beyond = eta * (k - h) < 0.0;
    match (pays_beyond, is_strike_beyond) {
        (true, true) => european,
        (true, false) => terms.direct(h) - terms.reflected(k) + terms.reflected(h),
        (false, true) => european - terms.direct(h) + terms.reflected(h),
        (false, false) => terms.reflected(k),
    }
}

/// What the terms A to D are made of. Logarithms are relative to the spot.
struct Terms {
    /// φ and η.
    phi: f64,
    eta: f64,
    /// ln(K/S) and ln(H/S).
    k: f64,
    h: f64,
    s: f64,
    /// The two payments: S·e^{−qT}, and K·e^{−rT}; with each the mean of ln(S_T/S) where that payment is the money.
    asset: (f64, f64),
    cash: (f64, f64),
}

impl Terms {
    fn new(market: &Market, kind: Kind, strike: f64, direction: Direction, level: f64) -> Self {
        let s = market.deviation();
        Self {
            phi: if kind == Kind::Call { 1.0 } else { -1.0 },
            eta: if direction == Direction::Down { 1.0 } else { -1.0 },
            k: log_ratio(strike, market.spot()),
            h: log_ratio(level, market.spot()),
            s,
            asset: (market.prepaid(), market.carry() + 0.5 * s * s),
            cash: (strike * market.discount(), market.carry() - 0.5 * s * s),
        }
    }

    /// B, and A with k for h.
    fn direct(&self, x: f64) -> f64 {
        let term = |(value, mean): (f64, f64)| value * cdf(self.phi * (mean - x) / self.s);
        self.phi * (term(self.asset) - term(self.cash))
    }

    /// C for x = k, D for x = h: e^{2mh/s²}·Φ(η(2h − x + m)/s) for each payment, m its mean.
    ///
    /// The tail's e is −((x − m)² + 4h(h − x))/(2s²), at most 0: where C is needed, h and h − k have one sign.
    fn reflected(&self, x: f64) -> f64 {
        let Self { h, s, eta, .. } = *self;
        let term = |(value, mean): (f64, f64)| {
            let z = (x - mean) / s;
            let e = -0.5 * z * z - 2.0 * (h / s) * ((h - x) / s);
            value * tail(-eta * (2.0 * h - x + mean) / s, 2.0 * (mean / s) * (h / s), e)
        };
        self.phi * (term(self.asset) - term(self.cash))
    }
}
