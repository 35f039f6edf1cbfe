//! The functions every published bit depends on, in scalar code with a written-out order of operations.
//!
//! Only IEEE 754 add, subtract, multiply, divide and square root are used: no platform maths, no fused
//! multiply-add, no reassociation. A vector version of a function performs the same operations in the same
//! order and so gives the same bits on every machine.

pub(crate) mod coefficients;
mod erlang;
pub(crate) mod exp2;
pub(crate) mod inverse_normal;
mod ln;
mod poisson;
mod student;

pub use coefficients::{LN_2, LOG2_E};
pub use erlang::erlang;
pub(crate) use exp2::exp2_in_range;
pub use exp2::{exp, exp2};
pub use inverse_normal::{inverse_normal, uniform};
pub use ln::{ln, log2};
pub use poisson::poisson;
pub use student::{centred_normal_cdf, student};

/// Log-prices in log₂ units saturate at ± this, so that no parameter can drive a price to zero or to infinity.
pub(crate) const SATURATION: f64 = 900.0;
