use std::f64::consts::FRAC_PI_2;

use super::blocks::{days_of, realised};
use super::finite;
use crate::returns::Returns;

/// The share of realised variance that jumps make: 1 − ΣBV/ΣRV over days of UTC, BV = (π/2)·m/(m − 1)·Σ|rᵢ·rᵢ₋₁| of
/// the day's m returns.
///
/// - `a_day`: returns in a day. A day counts that lacks a tenth of them at most. None where nothing varies.
/// - Not bounded by 0: without jumps it scatters around it.
///
/// Source: Barndorff-Nielsen and Shephard (2004), *J. Financial Econometrics* 2(1), eq. 7.
pub fn jump_share(returns: &Returns, a_day: usize) -> Option<f64> {
    let (mut bipower, mut variance) = (0.0, 0.0);
    for day in days_of(returns, a_day).flatten().filter(|day| day.len() > 1) {
        let m = day.len() as f64;
        bipower += FRAC_PI_2 * m / (m - 1.0) * day.windows(2).map(|pair| (pair[0] * pair[1]).abs()).sum::<f64>();
        variance += realised(day);
    }
    finite(1.0 - bipower / variance)
}
