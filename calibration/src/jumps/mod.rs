//! Jump-diffusions of log-prices on evenly spaced bars: m·Δ + σ·√Δ·Z + the sum of Poisson(λ·Δ) jumps.

pub mod kou;
pub mod merton;
mod poisson;
mod scale;
mod series;
mod tails;
