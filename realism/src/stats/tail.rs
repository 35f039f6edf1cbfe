use super::{Moments, finite};

/// Hill's index of the top 5 % of |r|: 1/mean ln(x₍ᵢ₎/x₍ₖ₊₁₎), i ≤ k = ⌊0.05·n⌋, x in falling order.
///
/// - Least where tails are heaviest; 3 is usual for returns. None of fewer than 20 values, or where x₍ₖ₊₁₎ = 0.
///
/// Source: Hill (1975), *Annals of Statistics* 3(5), eq. 2.
///
/// ```
/// // A Pareto law's quantiles have its index, here 3.
/// let pareto: Vec<f64> = (0..100_000).map(|i| ((f64::from(i) + 0.5) / 100_000.0).powf(-1.0 / 3.0)).collect();
/// assert!((realism::stats::hill(&pareto).unwrap() - 3.0).abs() < 0.01);
/// assert_eq!(realism::stats::hill(&[0.0; 100]), None);
/// ```
pub fn hill(returns: &[f64]) -> Option<f64> {
    let k = returns.len() / 20;
    if k == 0 {
        return None;
    }
    let mut sizes: Vec<f64> = returns.iter().map(|r| r.abs()).collect();
    let (top, &mut threshold, _) = sizes.select_nth_unstable_by(k, |a, b| b.total_cmp(a));
    // In one order, whatever the selection left: a sum's last bits depend on it.
    top.sort_unstable_by(f64::total_cmp);
    let mean = top.iter().map(|x| (x / threshold).ln()).sum::<f64>() / k as f64;
    finite(1.0 / mean)
}

/// P(|r − r̄| > `times` standard deviations), the share of returns; none where nothing varies.
///
/// ```
/// let mut returns = vec![0.01, -0.01].repeat(50);
/// returns[0] = 0.2;
/// assert_eq!(realism::stats::beyond(&returns, 5.0), Some(0.01));
/// ```
pub fn beyond(returns: &[f64], times: f64) -> Option<f64> {
    let moments = Moments::of(returns).filter(|moments| moments.m2 > 0.0)?;
    let far = returns.iter().filter(|r| (*r - moments.mean).abs() > times * moments.deviation()).count();
    Some(far as f64 / returns.len() as f64)
}
