//! Exponential decay without cancellation.

use crate::math::exp;

/// Below this the series is exact to the last bit.
const SMALL: f64 = 0.02;

/// Above this an average's variance is 2/x to the last bit but one, also where squares overflow.
const LARGE: f64 = 1e18;

/// 1 − e^(−x), x ≥ 0.
pub(super) fn gone(x: f64) -> f64 {
    if x > SMALL {
        return 1.0 - exp(-x);
    }
    let mut sum = 0.0;
    for k in (2..=8_u32).rev() {
        sum = (1.0 + sum) * (-x / f64::from(k));
    }
    x * (1.0 + sum)
}

/// 2(x − 1 + e^(−x))/x²: the variance of an Ornstein-Uhlenbeck process's average over a time of x times its τ.
pub(super) fn averaged(x: f64) -> f64 {
    if x > LARGE {
        return 2.0 / x;
    }
    if x > SMALL {
        return 2.0 * (x - gone(x)) / (x * x);
    }
    let mut sum = 0.0;
    for k in (3..=9_u32).rev() {
        sum = (1.0 + sum) * (-x / f64::from(k));
    }
    1.0 + sum
}
