//! The sensitivities of European options.

use crate::domain::{OutOfDomain, PRICE};
use crate::market::{Kind, Market};
use crate::normal::{cdf, density, log_ratio};

/// How the price V of a European option moves with each number it depends on, the others held.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Greeks {
    /// Δ = ∂V/∂S.
    pub delta: f64,
    /// Γ = ∂²V/∂S², per unit of price.
    pub gamma: f64,
    /// ∂V/∂σ, for a volatility of 1 per √year: a hundredth of it is for one point of volatility.
    pub vega: f64,
    /// Θ = −∂V/∂T, per year: what the passing of time does.
    pub theta: f64,
    /// ∂V/∂r, for a rate of 1 per year, the yield q held.
    pub rho: f64,
}

/// Why there are no sensitivities.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum GreeksError {
    /// A number outside its domain.
    #[error(transparent)]
    OutOfDomain(#[from] OutOfDomain),
    /// σ√T = 0 and S·e^{(r−q)T} = K.
    #[error("strike = {strike} is the forward price: without randomness the option's price has a kink there")]
    Kink {
        /// The strike.
        strike: f64,
    },
}

/// The sensitivities of [`black_scholes::european`](crate::black_scholes::european).
///
/// With s = σ√T, d₁ = (ln(S/K) + (r − q + σ²/2)·T)/s, d₂ = d₁ − s, φ the normal density, and η = 1 for a call, −1 for
/// a put:
///
/// - Δ = η·e^{−qT}·Φ(ηd₁); Γ = e^{−qT}·φ(d₁)/(S·s); vega = S·e^{−qT}·φ(d₁)·√T;
/// - Θ = −S·e^{−qT}·φ(d₁)·σ/(2√T) + η·q·S·e^{−qT}·Φ(ηd₁) − η·r·K·e^{−rT}·Φ(ηd₂);
/// - ρ = η·T·K·e^{−rT}·Φ(ηd₂).
///
/// With σ√T = 0 and the forward off the strike they are those of the discounted payoff: Γ = vega = 0.
///
/// Source: Merton (1973), *Bell J. Economics* 4(1), for the price with a yield; Haug (2007), *The Complete Guide to
/// Option Pricing Formulas*, chapter 2; Hull, *Options, Futures, and Other Derivatives*, the chapter on the Greek
/// letters.
///
/// # Errors
/// [`GreeksError::OutOfDomain`] for a strike outside [10⁻¹⁵, 10¹⁵]; [`GreeksError::Kink`] where σ√T = 0 and the forward
/// is the strike.
///
/// # Examples
/// ```
/// use closed_form::{Kind, Market, Parameters, greeks::european};
/// let parameters = Parameters { spot: 49.0, rate: 0.05, dividend_yield: 0.0, volatility: 0.2, maturity: 0.3846 };
/// let market = Market::new(parameters)?;
/// assert!((european(&market, Kind::Call, 50.0)?.delta - 0.522).abs() < 5e-4);
/// let error = european(&market, Kind::Call, 0.0).unwrap_err();
/// assert_eq!(error.to_string(), "strike = 0 is outside [0.000000000000001, 1000000000000000]");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn european(market: &Market, kind: Kind, strike: f64) -> Result<Greeks, GreeksError> {
    let strike = PRICE.check("strike", strike)?;
    let parameters = market.parameters();
    let k = log_ratio(parameters.spot, strike) + market.carry();
    let s = market.deviation();
    if s == 0.0 && k == 0.0 {
        return Err(GreeksError::Kink { strike });
    }
    // Without randomness d₁ and d₂ are both infinite, and no density is left.
    let (d1, d2) = if s > 0.0 { (k / s + 0.5 * s, k / s - 0.5 * s) } else { (k / 0.0, k / 0.0) };
    let sign = if kind == Kind::Call { 1.0 } else { -1.0 };
    let asset = sign * market.prepaid() * cdf(sign * d1);
    let cash = sign * strike * market.discount() * cdf(sign * d2);
    let peak = market.prepaid() * density(d1);
    let root = parameters.maturity.sqrt();
    let (gamma, decay) = if s > 0.0 {
        (peak / s / parameters.spot / parameters.spot, 0.5 * peak * (parameters.volatility / root))
    } else {
        (0.0, 0.0)
    };
    Ok(Greeks {
        delta: asset / parameters.spot,
        gamma,
        vega: peak * root,
        theta: parameters.dividend_yield * asset - parameters.rate * cash - decay,
        rho: parameters.maturity * cash,
    })
}
