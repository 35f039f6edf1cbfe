use std::f64::consts::{FRAC_2_PI, PI};

use super::finite;
use crate::returns::Returns;

/// −ln(−ln 0.99): what a Gumbel variable exceeds in one case of a hundred.
pub const LEE_MYKLAND_1_PERCENT: f64 = 4.6001;
/// Products of neighbours in the window that tells local volatility.
const WINDOW: usize = 166;
const HOURS: usize = 24;

/// The hour of UTC in which a return lies.
fn hour(slot: u16, a_day: u16) -> usize {
    usize::from(slot) * HOURS / usize::from(a_day)
}

/// How the mean of |r| in each hour of UTC compares with that of all hours; 1 for an hour without returns or movement.
pub fn hour_factors(returns: &Returns) -> [f64; HOURS] {
    let (mut sums, mut counts) = ([0.0; HOURS], [0_u32; HOURS]);
    for (r, &slot) in returns.values().iter().zip(returns.slots()) {
        let hour = hour(slot, returns.scale().bars_a_day());
        sums[hour] += r.abs();
        counts[hour] += 1;
    }
    let mean = sums.iter().sum::<f64>() / returns.values().len() as f64;
    std::array::from_fn(|hour| {
        let factor = sums[hour] / f64::from(counts[hour]) / mean;
        if factor.is_finite() && factor > 0.0 { factor } else { 1.0 }
    })
}

/// Jumps a day by Lee and Mykland's test at 1 %, of hourly returns.
///
/// b = |r|/factor of its hour; σ² = the mean of the 166 products b_s·b_{s−1} that end at t − 1; a jump where (b/σ − C)/S >
/// 4.6001, with c = √(2/π), C = √(2 ln n)/c − (ln π + ln ln n)/(2c·√(2 ln n)), S = 1/(c·√(2 ln n)), n all returns.
///
/// - `factors`: of the hours 0–23 of UTC; [`hour_factors`] of the data itself, or frozen ones.
/// - None without a return that can be tested: one is that has 167 before it in its stretch.
///
/// Source: Lee and Mykland (2008), *Review of Financial Studies* 21(6), eqs. 7, 12 and 13.
pub fn jumps_a_day(returns: &Returns, factors: &[f64; HOURS]) -> Option<f64> {
    let a_day = returns.scale().bars_a_day();
    let log_n = (returns.values().len() as f64).ln();
    let (c, root) = (FRAC_2_PI.sqrt(), (2.0 * log_n).sqrt());
    let location = root / c - (PI.ln() + log_n.ln()) / (2.0 * c * root);
    let critical = location + LEE_MYKLAND_1_PERCENT / (c * root);
    let (mut jumps, mut tested) = (0_u32, 0_u32);
    for range in returns.stretches().filter(|range| range.len() > WINDOW + 1) {
        let own = returns.values()[range.clone()].iter().zip(&returns.slots()[range]);
        let sizes: Vec<f64> = own.map(|(r, &slot)| r.abs() / factors[hour(slot, a_day)]).collect();
        let products: Vec<f64> = sizes.windows(2).map(|pair| pair[0] * pair[1]).collect();
        // The product i ends at return i + 1, so the window of return t is products t − 167 to t − 2.
        for (window, size) in products.windows(WINDOW).zip(&sizes[WINDOW + 1..]) {
            tested += 1;
            let variance = window.iter().sum::<f64>() / WINDOW as f64;
            jumps += u32::from(variance > 0.0 && *size > critical * variance.sqrt());
        }
    }
    finite(f64::from(a_day) * f64::from(jumps) / f64::from(tested))
}
