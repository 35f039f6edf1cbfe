//! The volatility that explains a European option's price.

use crate::domain::{Domain, OutOfDomain, PRICE, RATE, VOLATILITY};
use crate::market::Kind;
use crate::normal::{density, exchange, log_ratio};

/// Maturities in years: without time no volatility explains a price.
const MATURITY: Domain = Domain { low: 1e-9, ..crate::domain::MATURITY };
/// Above this σ√T a price is its upper bound to the last bit: Φ(−40) < 10⁻³⁰⁰.
const MOST: f64 = 80.0;
/// The bracket is halved at worst: 10 times to reach the scale of σ√T, 53 times for its digits, with room to spare.
const STEPS: usize = 200;

/// A European option with its price.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quote {
    /// S, the price of the asset; 10⁻¹⁵ to 10¹⁵.
    pub spot: f64,
    /// r, the interest rate per year, continuously compounded; −10 to 10.
    pub rate: f64,
    /// q, the yield of holding the asset per year, continuously compounded; −10 to 10.
    pub dividend_yield: f64,
    /// T, in years; 10⁻⁹ to 30.
    pub maturity: f64,
    /// Call or put.
    pub kind: Kind,
    /// K, the strike; 10⁻¹⁵ to 10¹⁵.
    pub strike: f64,
    /// V, the option's price, strictly between the bounds without arbitrage.
    pub price: f64,
}

/// Why there is no implied volatility.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ImpliedError {
    /// A number outside its domain, the volatility among them.
    #[error(transparent)]
    OutOfDomain(#[from] OutOfDomain),
    /// The price isn't strictly between the bounds without arbitrage.
    #[error("price = {price} is outside ({low}, {high}), the prices without arbitrage")]
    Arbitrage {
        /// The option's price.
        price: f64,
        /// What the option is worth without volatility.
        low: f64,
        /// What it is worth with boundless volatility.
        high: f64,
    },
}

/// σ, per √year, at which [`black_scholes::european`](crate::black_scholes::european) is the quoted price.
///
/// It exists, once, for max(S·e^{−qT} − K·e^{−rT}, 0) < V < S·e^{−qT} (call), or max(K·e^{−rT} − S·e^{−qT}, 0) < V <
/// K·e^{−rT} (put), since V grows with σ. Solved is ln v(s) = ln(V − lower bound) for s = σ√T, v the value of the
/// option that is out of the money: Newton's steps on the logarithm, kept in a bracket that shrinks by its geometric mean
/// where a step would leave it.
///
/// What the price's rounding leaves: a relative error ε of V moves σ by ε·V/vega. Deep in the money the digits of V are
/// those of the lower bound, and with σ√T ≫ 1 those of the upper one: there σ has few digits or none.
///
/// Source: Manaster and Koehler (1982), *J. Finance* 37(1), for the start at s² = 2·|ln(S·e^{(r−q)T}/K)|, where vega is
/// largest; Jäckel (2015), *Wilmott*, "Let's be rational", for the logarithm.
///
/// # Errors
/// [`ImpliedError::OutOfDomain`] for a field outside its domain, and for a volatility above 100;
/// [`ImpliedError::Arbitrage`] for a price on or outside the bounds, or NaN.
///
/// # Examples
/// ```
/// use closed_form::{Kind, implied::{Quote, volatility}};
/// let quote = Quote { spot: 21.0, rate: 0.1, dividend_yield: 0.0, maturity: 0.25, kind: Kind::Call, strike: 20.0, price: 1.875 };
/// assert!((volatility(quote)? - 0.235).abs() < 5e-4);
/// let error = volatility(Quote { price: 21.5, rate: 0.0, ..quote }).unwrap_err();
/// assert_eq!(error.to_string(), "price = 21.5 is outside (1, 21), the prices without arbitrage");
/// # Ok::<(), closed_form::implied::ImpliedError>(())
/// ```
pub fn volatility(quote: Quote) -> Result<f64, ImpliedError> {
    let Quote { kind, price, .. } = quote;
    let spot = PRICE.check("spot", quote.spot)?;
    let rate = RATE.check("rate", quote.rate)?;
    let dividend_yield = RATE.check("dividend_yield", quote.dividend_yield)?;
    let maturity = MATURITY.check("maturity", quote.maturity)?;
    let strike = PRICE.check("strike", quote.strike)?;
    let (asset, cash) = (spot * (-dividend_yield * maturity).exp(), strike * (-rate * maturity).exp());
    let k = log_ratio(spot, strike) + (rate - dividend_yield) * maturity;
    let (low, high) = match kind {
        Kind::Call => (exchange(asset, cash, k, 0.0), asset),
        Kind::Put => (exchange(cash, asset, -k, 0.0), cash),
    };
    // Call and put have the same value of choice: that of the one that is out of the money.
    let (choice, most) = (price - low, asset.min(cash));
    if !(price > low && price < high && choice < most) {
        return Err(ImpliedError::Arbitrage { price, low, high });
    }
    let s = deviation(asset.min(cash), asset.max(cash), k.abs(), choice);
    Ok(VOLATILITY.check("volatility", s / maturity.sqrt())?)
}

/// s at which the exchange of `small` for `large`, k = ln(large/small), is worth `value`.
fn deviation(small: f64, large: f64, k: f64, value: f64) -> f64 {
    let slope = |s: f64| small * density(0.5 * s - k / s);
    // No slope exceeds small·φ(0).
    let (mut low, mut high) = ((value / (small * density(0.0))).max(f64::MIN_POSITIVE), MOST);
    let mut s = (2.0 * k).sqrt().clamp(low.min(high), high);
    for _ in 0..STEPS {
        let worth = exchange(small, large, -k, s);
        if worth < value {
            low = s;
        } else {
            high = s;
        }
        let newton = s - (worth / value).ln() * worth / slope(s);
        let next = if newton > low && newton < high { newton } else { low.sqrt() * high.sqrt() };
        let step = (next - s).abs();
        s = next;
        if step <= 2.0 * f64::EPSILON * s {
            break;
        }
    }
    s
}
