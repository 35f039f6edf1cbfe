//! Option prices in closed form, with `statrs`' normal law.

use statrs::distribution::{ContinuousCDF, Normal};

/// A Black-Scholes market with one maturity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BlackScholes {
    /// S₀, the price today.
    pub spot: f64,
    /// r, the interest rate per year, continuously compounded.
    pub rate: f64,
    /// σ, per √year.
    pub volatility: f64,
    /// T, in years.
    pub maturity: f64,
}

impl BlackScholes {
    /// A European call: C = S₀·Φ(d₁) − K·e^{−rT}·Φ(d₂), d₁ = (ln(S₀/K) + (r + σ²/2)T)/(σ√T), d₂ = d₁ − σ√T.
    ///
    /// Source: Black and Scholes (1973), *J. Political Economy* 81(3), eq. 13.
    ///
    /// ```
    /// use statistical_tests::closed_form::BlackScholes;
    /// let market = BlackScholes { spot: 100.0, rate: 0.1, volatility: 0.25, maturity: 0.1 };
    /// assert!((market.call(100.0) - 3.6599684533).abs() < 1e-9);
    /// ```
    pub fn call(&self, strike: f64) -> f64 {
        let Self { spot, rate, volatility, maturity } = *self;
        let discounted = strike * (-rate * maturity).exp();
        exchange(spot, discounted, volatility, maturity)
    }
}

/// The right to receive asset 1 for asset 2 at maturity: V = S₁·Φ(d₁) − S₂·Φ(d₂), d₁ = (ln(S₁/S₂) + σ²T/2)/(σ√T),
/// d₂ = d₁ − σ√T, σ the volatility of S₁/S₂: σ² = σ₁² + σ₂² − 2ρσ₁σ₂.
///
/// Source: Margrabe (1978), *J. Finance* 33(1), eq. 7.
pub fn exchange(first: f64, second: f64, ratio_volatility: f64, maturity: f64) -> f64 {
    let deviation = ratio_volatility * maturity.sqrt();
    let d1 = (first / second).ln() / deviation + 0.5 * deviation;
    let law = Normal::standard();
    first * law.cdf(d1) - second * law.cdf(d1 - deviation)
}

/// The volatility of S₁/S₂ for two assets with correlation ρ.
pub fn ratio_volatility(first: f64, second: f64, correlation: f64) -> f64 {
    (first * first + second * second - 2.0 * correlation * first * second).sqrt()
}
