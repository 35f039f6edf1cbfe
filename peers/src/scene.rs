//! What everyone simulates: one asset, one year.

pub(crate) const SPOT: f64 = 100_000.0;
pub(crate) const DRIFT: f64 = 0.5;
pub(crate) const VOLATILITY: f64 = 0.8;
/// Paths that are stored, and their steps.
pub(crate) const PATHS: usize = 10_000;
pub(crate) const STEPS: usize = 1_000;
/// Values of every workload.
pub(crate) const VALUES: usize = PATHS * STEPS;
/// Steps to a year of the path that is streamed, so that ten million of them stay within f64.
pub(crate) const FINE: usize = 1_000_000;
/// Values of a slice that is used before the next is filled: 32 kB, of which all values are a multiple.
pub(crate) const SLICE: usize = 3_200;
pub(crate) const STRIKE: f64 = SPOT;
pub(crate) const SEED: u64 = 42;

/// Δt in years of a year in so many steps.
#[allow(clippy::cast_precision_loss, reason = "few steps")]
pub(crate) fn dt(steps: usize) -> f64 {
    1.0 / steps as f64
}

/// Mean and standard deviation of a step's log-return: the exact law.
pub(crate) fn exact(dt: f64) -> (f64, f64) {
    ((DRIFT - 0.5 * VOLATILITY * VOLATILITY) * dt, VOLATILITY * dt.sqrt())
}

/// Mean and standard deviation of a step's factor by Euler: 1 + μΔt + σ√Δt·Z.
pub(crate) fn euler(dt: f64) -> (f64, f64) {
    (1.0 + DRIFT * dt, VOLATILITY * dt.sqrt())
}

/// What a call pays.
pub(crate) fn payoff(price: f64) -> f64 {
    (price - STRIKE).max(0.0)
}

/// What a call pays on a slice of prices together: eight sums side by side, since one would wait for itself.
pub(crate) fn payoffs(prices: &[f64]) -> f64 {
    let (chunks, rest) = prices.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for chunk in chunks {
        for (sum, &price) in sums.iter_mut().zip(chunk) {
            *sum += payoff(price);
        }
    }
    sums.iter().sum::<f64>() + rest.iter().map(|&price| payoff(price)).sum::<f64>()
}
