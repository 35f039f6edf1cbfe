//! Statistics of returns in stretches; each says when it can't be measured.

mod autocorrelation;
mod bipower;
mod blocks;
mod jumps;
mod line;
mod moments;
mod roughness;
mod tail;

pub use autocorrelation::{Series, decay, leverage};
pub use bipower::jump_share;
pub use jumps::{LEE_MYKLAND_1_PERCENT, hour_factors, jumps_a_day};
pub use line::slope;
pub use moments::Moments;
pub use roughness::{log_volatilities, roughness};
pub use tail::{beyond, hill};

/// A number that is one.
pub(crate) fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}
