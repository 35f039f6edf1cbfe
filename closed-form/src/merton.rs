//! European options on a price that also jumps, by log-normal factors at the times of a Poisson process.

use crate::domain::{Domain, OutOfDomain, PRICE};
use crate::market::{Kind, Market};
use crate::normal::{exchange, log_ratio};

/// Jumps per year.
pub(crate) const INTENSITY: Domain = Domain { low: 0.0, high: 1e4 };
/// Means of a jump's logarithm.
pub(crate) const JUMP_MEAN: Domain = Domain { low: -5.0, high: 5.0 };
/// Deviations of a jump's logarithm.
pub(crate) const JUMP_DEVIATION: Domain = Domain { low: 0.0, high: 3.0 };
/// Jumps expected until maturity: e^{−500} is still a normal number.
const EXPECTED: Domain = Domain { low: 0.0, high: 500.0 };
/// The share of the sum that the terms left out may have.
const TAIL: f64 = 1e-16;

/// Normal jumps of the logarithm of the price.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Jumps {
    /// λ, the number expected per year; 0 to 10⁴.
    pub intensity: f64,
    /// μ, the mean of a jump of ln S; −5 to 5.
    pub mean: f64,
    /// δ, the deviation of a jump of ln S; 0 to 3.
    pub deviation: f64,
}

impl Jumps {
    /// The first number outside its domain, if there is one.
    pub(crate) fn check(&self) -> Result<(), OutOfDomain> {
        INTENSITY.check("intensity", self.intensity)?;
        JUMP_MEAN.check("mean", self.mean)?;
        JUMP_DEVIATION.check("deviation", self.deviation)?;
        Ok(())
    }

    /// ln E[e^J] = μ + δ²/2, J a jump.
    pub(crate) fn growth(&self) -> f64 {
        self.mean + 0.5 * self.deviation * self.deviation
    }
}

/// A European option under dS/S = (r − q − λκ) dt + σ dW + (e^J − 1) dN, N of intensity λ, J ~ N(μ, δ²), κ = e^{μ+δ²/2} −
/// 1.
///
/// V = Σₙ e^{−λT}·(λT)ⁿ/n! · BS(S·e^{−λκT+n(μ+δ²/2)}, K, r, q, √(σ² + nδ²/T), T), BS the price of
/// [`black_scholes::european`](crate::black_scholes::european), σ, r, q and T the [`Market`]'s.
///
/// The sum ends where no more than 10⁻¹⁶ of it is left: the n-th term of a put is at most K·e^{−rT} times the n-th
/// chance of Poisson's law with mean λT, that of a call S·e^{−qT} times the one with mean λ(1 + κ)T, and past its mean
/// that law's tail is below a geometric series. With λ = 0 it is the price of Black and Scholes, bit for bit.
///
/// Source: Merton (1976), *J. Financial Economics* 3(1–2), eqs. 16 and 19; with the chances of λT instead of λ(1 + κ)T
/// and each term's own forward instead of its own interest rate.
///
/// # Errors
/// [`OutOfDomain`] for a strike outside [10⁻¹⁵, 10¹⁵], a field of [`Jumps`] outside its domain, λT
/// (`intensity * maturity`) or λ(1 + κ)T (`compensated intensity * maturity`) above 500.
///
/// # Examples
/// ```
/// use closed_form::{Kind, Market, Parameters, merton::{Jumps, european}};
/// let market = Market::new(Parameters { spot: 100.0, rate: 0.05, dividend_yield: 0.0, volatility: 0.15, maturity: 0.25 })?;
/// let jumps = Jumps { intensity: 0.1, mean: -0.9, deviation: 0.45 };
/// assert!((european(&market, Kind::Call, 100.0, jumps)? - 4.3912).abs() < 5e-5);
/// let error = european(&market, Kind::Call, 100.0, Jumps { intensity: -1.0, ..jumps }).unwrap_err();
/// assert_eq!(error.to_string(), "intensity = -1 is outside [0, 10000]");
/// # Ok::<(), closed_form::OutOfDomain>(())
/// ```
pub fn european(market: &Market, kind: Kind, strike: f64, jumps: Jumps) -> Result<f64, OutOfDomain> {
    let strike = PRICE.check("strike", strike)?;
    jumps.check()?;
    let expected = jumps.intensity * market.parameters().maturity;
    let compensated = expected * jumps.growth().exp();
    EXPECTED.check("intensity * maturity", expected)?;
    EXPECTED.check("compensated intensity * maturity", compensated)?;
    let k = log_ratio(market.spot(), strike) + market.carry();
    // The payments times the n-th chance: for the asset the forward's growth turns λT into λ(1 + κ)T.
    let mut asset = market.prepaid() * (-compensated).exp();
    let mut cash = strike * market.discount() * (-expected).exp();
    let (mut n, mut sum) = (0.0, 0.0);
    loop {
        let k = k + n * jumps.growth() - expected * jumps.growth().exp_m1();
        let s = if n == 0.0 { market.deviation() } else { market.deviation().hypot(n.sqrt() * jumps.deviation) };
        let term = match kind {
            Kind::Call => exchange(asset, cash, k, s),
            Kind::Put => exchange(cash, asset, -k, s),
        };
        // A payment below the smallest number is 0, and k no longer its logarithm.
        sum += term.max(0.0);
        n += 1.0;
        asset *= compensated / n;
        cash *= expected / n;
        // The rest is below most·(1 + x + x² + …), x = mean/(n + 1).
        let (most, mean) = if kind == Kind::Call { (asset, compensated) } else { (cash, expected) };
        let ratio = mean / (n + 1.0);
        if ratio < 1.0 && most <= TAIL * sum * (1.0 - ratio) {
            return Ok(sum);
        }
    }
}
