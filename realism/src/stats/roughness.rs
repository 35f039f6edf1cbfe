use super::blocks::{days_of, realised};
use super::{finite, slope};
use crate::returns::Returns;

/// Keeps the logarithm of a day without any trade finite.
const FLOOR: f64 = 1e-12;
const MAX_LAG: usize = 30;

/// The log-volatility of each day of UTC, lv = ½·ln(RV + 10⁻¹²), in stretches.
pub fn log_volatilities(returns: &Returns, a_day: usize) -> Vec<Vec<f64>> {
    let of = |day: &[f64]| 0.5 * (realised(day) + FLOOR).ln();
    days_of(returns, a_day).map(|days| days.into_iter().map(of).collect()).collect()
}

/// The roughness H of log-volatility: ½ of the least-squares slope of ln E[(lv_{t+l} − lv_t)²] on ln l, l = 1…30 days.
///
/// - ½ for a Brownian log-volatility, near 0.1 for BTC's, 0 for independent days. None if no stretch holds 31 days.
///
/// Source: Gatheral, Jaisson and Rosenbaum (2018), *Quantitative Finance* 18(6), eq. 2.1 with q = 2.
pub fn roughness(stretches: &[Vec<f64>]) -> Option<f64> {
    let points: Option<Vec<(f64, f64)>> = (1..=MAX_LAG)
        .map(|lag| {
            let held = stretches.iter().filter(|days| days.len() > lag);
            let steps = held.flat_map(|days| days.iter().zip(&days[lag..]).map(|(now, then)| (then - now).powi(2)));
            let (sum, count) = steps.fold((0.0, 0_usize), |(sum, count), step| (sum + step, count + 1));
            finite((sum / count as f64).ln()).map(|mean| ((lag as f64).ln(), mean))
        })
        .collect();
    slope(&points?).map(|slope| 0.5 * slope)
}
