//! A cascade of log-volatilities, fitted by the moments of ln|r|.

mod autocovariance;
mod fit;
mod resample;

pub use fit::{Cascade, Factor, Specification, fit, ladder};
