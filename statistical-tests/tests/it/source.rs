//! What the tests need from a simulator, and the laws they ask for.

use nalgebra::DMatrix;

/// 365 × 86,400 s.
const YEAR_MS: f64 = 31_536_000_000.0;

/// Geometric Brownian motion on a grid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Law {
    /// μ, per year.
    pub(crate) drift: f64,
    /// σ, per √year.
    pub(crate) volatility: f64,
    /// Δ, in milliseconds.
    pub(crate) interval_ms: u64,
}

/// The laws of the main tests: μ = 0.1, σ = 0.8 on steps of a second, an hour and a year.
pub(crate) const SECOND: Law = Law { drift: 0.1, volatility: 0.8, interval_ms: 1000 };
pub(crate) const HOUR: Law = Law { interval_ms: 3_600_000, ..SECOND };
pub(crate) const YEAR: Law = Law { interval_ms: 31_536_000_000, ..SECOND };

impl Law {
    /// Δt, in years.
    pub(crate) fn dt(&self) -> f64 {
        self.interval_ms as f64 / YEAR_MS
    }

    /// The log-return over a number of steps as a standard normal: (x − (μ − σ²/2)t)/(σ√t).
    pub(crate) fn standardise(&self, log_return: f64, steps: u64) -> f64 {
        let (sigma, time) = (self.volatility, self.dt() * steps as f64);
        (log_return - (self.drift - 0.5 * sigma * sigma) * time) / (sigma * time.sqrt())
    }
}

/// Correlated geometric Brownian motions on one grid.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Basket {
    pub(crate) laws: Vec<Law>,
    pub(crate) correlation: DMatrix<f64>,
}

/// The name of a stream of noise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stream {
    pub(crate) asset: u16,
    pub(crate) path: u64,
}

/// The spot of every price.
pub(crate) const SPOT: f64 = 100.0;

/// A simulator: noise, paths, baskets, and a steered price beside its reference. Asset i of a basket runs on asset
/// number i; everything else on asset 0.
pub(crate) trait Source: Sync {
    /// Noise words from an index on.
    fn words(&self, stream: Stream, first: u64, words: &mut [u64]);

    /// Standard normals of a stream, from a step on.
    fn normals(&self, stream: Stream, first: u64, normals: &mut [f64]);

    /// The last prices of consecutive paths.
    fn terminals(&self, law: Law, steps: u64, first_path: u64, prices: &mut [f64]);

    /// The prices of one path after each step.
    fn path(&self, law: Law, path: u64, prices: &mut [f64]);

    /// Prices of paths from number 0, shape `[paths][steps][assets]`.
    fn basket(&self, basket: &Basket, steps: u64, prices: &mut [f64]);

    /// Two prices on the noise of path 0, with volatility σ/2 and with σ: the steered one and its reference.
    fn coupled(&self, law: Law, steered: &mut [f64], reference: &mut [f64]);
}

/// Standardised log-returns of one path, step by step, in place of its prices.
pub(crate) fn standardise_path(law: Law, prices: &mut [f64]) {
    let mut before = SPOT;
    for price in prices {
        let log_return = (*price / before).ln();
        before = *price;
        *price = law.standardise(log_return, 1);
    }
}
