//! European options from the characteristic function of the log-price, by the cosine series of its density.

use std::f64::consts::{FRAC_1_PI, PI};

use crate::complex::Complex;
use crate::domain::{Domain, MATURITY, OutOfDomain, PRICE, RATE};
use crate::market::Kind;
use crate::normal::log_ratio;

/// The law of X = ln(S_T/F), F = S·e^{(r−q)T} the forward: E[e^X] = 1.
pub trait CharacteristicFunction {
    /// Checks the law's own numbers.
    ///
    /// # Errors
    /// [`OutOfDomain`] naming the first one outside its domain.
    fn check(&self) -> Result<(), OutOfDomain>;

    /// φ(u) = E[e^{iuX}] for a real u ≥ 0 and T in years.
    fn characteristic(&self, u: f64, maturity: f64) -> Complex;

    /// The cumulants of X, which say how far the series has to reach.
    fn cumulants(&self, maturity: f64) -> Cumulants;
}

/// The cumulants of X for one maturity: (−i)ⁿ times the n-th derivative of ln φ at 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cumulants {
    /// The mean.
    pub c1: f64,
    /// The variance.
    pub c2: f64,
    /// The fourth: the variance squared times the excess kurtosis.
    pub c4: f64,
}

/// A European option.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contract {
    /// S, the price today; 10⁻¹⁵ to 10¹⁵.
    pub spot: f64,
    /// r, the interest rate per year, continuously compounded; −10 to 10.
    pub rate: f64,
    /// q, the yield of holding the asset per year, continuously compounded; −10 to 10.
    pub dividend_yield: f64,
    /// T, in years; 0 to 30.
    pub maturity: f64,
    /// Call or put.
    pub kind: Kind,
    /// K, the strike; 10⁻¹⁵ to 10¹⁵.
    pub strike: f64,
}

/// How far and how fine the series is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// L: the density is taken from c₁ − L·√(c₂ + √c₄) to c₁ + L·√(c₂ + √c₄); 1 to 100. 16 by default, where Fang and
    /// Oosterlee have 10: rare jumps reach far.
    pub width: f64,
    /// N, the number of terms; 1 to 2²⁰, 4096 by default.
    pub terms: u32,
    /// What the terms left out may be of K·e^{−rT}; 0 to 1, 10⁻¹⁰ by default.
    pub tolerance: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { width: 16.0, terms: 4096, tolerance: 1e-10 }
    }
}

/// Why there is no price.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CosError {
    /// A number outside its domain.
    #[error(transparent)]
    OutOfDomain(#[from] OutOfDomain),
    /// The characteristic function is still large, or no number, where the series ends.
    #[error("the series of {terms} terms leaves out {remainder} of the strike, more than {tolerance}")]
    NotConverged {
        /// N.
        terms: u32,
        /// The estimate of what is left out.
        remainder: f64,
        /// What was allowed.
        tolerance: f64,
    },
}

/// A European option under a law of the log-price.
///
/// P = K·e^{−rT}·Σ′ₖ Re(φ(uₖ)·e^{iuₖ(x−a)})·Vₖ for k < N, the first term halved, with x = ln(F/K), uₖ = kπ/(b − a), [a, b]
/// = x + c₁ ± L·√(c₂ + √c₄), and Vₖ = 2/(b − a)·∫(1 − e^y)·cos(uₖ(y − a)) dy over [a, min(b, 0)]. A call is C = P +
/// S·e^{−qT} − K·e^{−rT}: its own series would magnify the truncation by e^b.
///
/// Terms left out are estimated at 4·|φ(u_N)|/(π·u_N), as |Vₖ| ≤ 4/((b − a)·uₖ²) but for higher orders, and |φ| falls.
/// What lies outside [a, b] isn't estimated: a law whose tails the four cumulants don't tell needs a larger L, and then
/// more terms. With L = 16 a call at the money under Heston's law with v₀ = θ = 0.04, ξ = 1, ρ = −0.9, T = 10 is off by
/// 2·10⁻⁸ of the strike for κ = 0.2, and by 7·10⁻⁶ for κ = 0.001; with L = 48 the latter by 2·10⁻¹². Errors are
/// absolute, in shares of the strike: an option far out of the money has no digits of its own. Where X has no deviation
/// the price is the discounted payoff of the forward.
///
/// Source: Fang and Oosterlee (2008), *SIAM J. Scientific Computing* 31(2), eqs. 19, 22–25 and 49.
///
/// # Errors
/// [`CosError::OutOfDomain`] for a field of the law, of [`Contract`] or of [`Settings`] outside its domain;
/// [`CosError::NotConverged`] where the estimate exceeds the tolerance: more terms help, unless the law has atoms.
///
/// # Examples
/// ```
/// use closed_form::{Kind, cos::{Contract, Settings, price}, heston::Heston};
/// let heston = Heston { variance: 0.0175, mean_reversion: 1.5768, long_variance: 0.0398, vol_of_vol: 0.5751, correlation: -0.5711 };
/// let contract = Contract { spot: 100.0, rate: 0.0, dividend_yield: 0.0, maturity: 1.0, kind: Kind::Call, strike: 100.0 };
/// assert!((price(&heston, contract, Settings::default())? - 5.785155450).abs() < 1e-7);
/// let error = price(&Heston { correlation: -2.0, ..heston }, contract, Settings::default()).unwrap_err();
/// assert_eq!(error.to_string(), "correlation = -2 is outside [-1, 1]");
/// # Ok::<(), closed_form::cos::CosError>(())
/// ```
pub fn price(law: &impl CharacteristicFunction, contract: Contract, settings: Settings) -> Result<f64, CosError> {
    law.check()?;
    let Contract { kind, maturity, .. } = contract;
    let (spot, strike) = (PRICE.check("spot", contract.spot)?, PRICE.check("strike", contract.strike)?);
    let rate = RATE.check("rate", contract.rate)?;
    let dividend_yield = RATE.check("dividend_yield", contract.dividend_yield)?;
    MATURITY.check("maturity", maturity)?;
    Domain { low: 1.0, high: 100.0 }.check("width", settings.width)?;
    Domain { low: 1.0, high: 1_048_576.0 }.check("terms", f64::from(settings.terms))?;
    Domain { low: 0.0, high: 1.0 }.check("tolerance", settings.tolerance)?;
    let (asset, cash) = (spot * (-dividend_yield * maturity).exp(), strike * (-rate * maturity).exp());
    let x = log_ratio(spot, strike) + (rate - dividend_yield) * maturity;
    let Cumulants { c1, c2, c4 } = law.cumulants(maturity);
    let Settings { terms, tolerance, .. } = settings;
    if !(c1 + c2 + c4).is_finite() {
        return Err(CosError::NotConverged { terms, remainder: f64::NAN, tolerance });
    }
    let reach = settings.width * (c2 + c4.max(0.0).sqrt()).max(0.0).sqrt();
    let (a, b) = (x + c1 - reach, x + c1 + reach);
    let certain = (cash - asset).max(0.0);
    let put = if reach == 0.0 || a >= 0.0 || b <= 0.0 {
        certain
    } else {
        (cash * put_series(law, maturity, x, (a, b), settings)?).clamp(certain, cash)
    };
    Ok(if kind == Kind::Put { put } else { (put + asset - cash).max(0.0) })
}

/// P/(K·e^{−rT}), for a < 0 < b.
fn put_series(
    law: &impl CharacteristicFunction,
    maturity: f64,
    x: f64,
    (a, b): (f64, f64),
    settings: Settings,
) -> Result<f64, CosError> {
    let Settings { terms, tolerance, .. } = settings;
    // k = 0: half of 2/(b − a)·∫(1 − e^y) dy.
    let mut sum = (a.exp_m1() - a) / (b - a);
    for k in 1..terms {
        let u = f64::from(k) * PI / (b - a);
        let (sin, cos) = (-u * a).sin_cos();
        // ∫(1 − e^y)·cos(u(y − a)) dy over [a, 0]: the parts' sin(−ua)/u cancel to sin(−ua)/(u(1 + u²)).
        let payoff = (sin / u - cos + a.exp()) / (1.0 + u * u);
        let turn = Complex::new(0.0, u * (x - a)).exp();
        sum += 2.0 / (b - a) * (law.characteristic(u, maturity) * turn).re * payoff;
    }
    let last = f64::from(terms) * PI / (b - a);
    let remainder = 4.0 * FRAC_1_PI * law.characteristic(last, maturity).abs() / last;
    if remainder <= tolerance && sum.is_finite() {
        Ok(sum)
    } else {
        Err(CosError::NotConverged { terms, remainder, tolerance })
    }
}
