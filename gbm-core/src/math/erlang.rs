use super::ln;

/// The sum of `count` exponentials of rate 1 whose survival probability is `u`: the x with Q(count, x) = u, where
/// Q(n, x) = e^(−x)·Σ_{i<n} x^i/i!.
///
/// - `u` in (0, 1), `count` ≥ 1. One exponential is −ln u; for more, Newton's steps on ln Q, which is concave and so is
///   approached from the right, until rounding leads back: at most 64 of them, each of `count` terms.
///
/// ```
/// use gbm_core::math::erlang;
/// assert_eq!(erlang(0.5, 1), std::f64::consts::LN_2);
/// assert!((erlang(0.5, 2) - 1.678_346_990_016_661).abs() < 1e-14);
/// ```
pub fn erlang(u: f64, count: u32) -> f64 {
    if count <= 1 {
        return -ln(u);
    }
    let target = ln(u);
    let mut x = f64::from(count);
    for round in 0..64 {
        // The sum, and its last term, over x^(n−1)/(n−1)!: backwards, so that the largest terms come first.
        let (mut term, mut sum) = (1.0, 1.0);
        for i in (1..count).rev() {
            term *= f64::from(i) / x;
            sum += term;
        }
        // ln of x^(n−1)/(n−1)! from its factors, which no power can overflow.
        let last: f64 = (1..count).map(|i| ln(x / f64::from(i))).sum();
        let gap = (last + ln(sum) - x) - target;
        // d ln Q/dx = −1/sum.
        let step = gap * sum;
        // A tangent's root lies to the right of a concave function's: a later step to the right is rounding, which a slope may
        // make a leap.
        if round > 0 && step >= 0.0 {
            break;
        }
        let next = x + step;
        x = if next > 0.0 { next } else { 0.5 * x };
        if step.abs() <= 1e-15 * x {
            break;
        }
    }
    x
}
