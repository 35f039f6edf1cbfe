use super::coefficients::{EXP2, EXP2_HIGH, LOG2_E};

/// Adding and subtracting this rounds a number below 2⁵¹ in size to an integer.
pub(crate) const ROUND: f64 = 1.5 * 4_503_599_627_370_496.0;
/// Adding and subtracting this rounds a number below 2²⁵ in size to a multiple of 2⁻²⁶.
pub(crate) const ROUND_26: f64 = 1.5 * 67_108_864.0;
const LOWEST: f64 = -1022.0;
/// The largest f64 below 1,024.
const HIGHEST: f64 = f64::from_bits(0x408f_ffff_ffff_ffff);

/// Two to the power `x`.
///
/// x = n + f with n an integer and f in [−¼, ¾]; 2ᶠ = 1 + f·c + f·h(f), c the leading 26 bits of ln 2 and h a polynomial
/// of degree 10 by Horner's rule; n is added to the exponent. f is split into a multiple f₁ of 2⁻²⁶ and the rest f₂, so
/// that 1 + f₁·c is exact and only one rounding is made at full size: 2ᶠ = (1 + f₁·c) + t, t = f₂·c + f·h.
///
/// Monotone for *every* pair of arguments, by parts, with g = f·h(f), 0 ≤ g ≤ 0.27·f² + 2⁻²⁶·|f|:
/// - f ≥ 0: all coefficients are positive, so each step of Horner's rule, f₂·c, g and t are non-decreasing in f under
///   rounding while f₁ stays the same. Where f₁ changes, at odd multiples of 2⁻²⁷, |t| ≤ 0.27·f² + 2⁻²⁷, so the two
///   roundings of t are off by at most an ulp of that, 2⁻⁵²·(0.27·f² + 2⁻²⁷), and f·c grows by 0.69·2⁻⁵³·f or more, which is
///   more from f = 2⁻²⁵ on.
/// - −¼ ≤ f ≤ −2⁻²⁷: what the roundings of g and t are off by together, at most 2⁻⁵⁷ at f = −¼ and falling with f², is less
///   than what a step of one ulp of f adds, at least 0.57·2⁻⁵⁵ there and falling with |f|.
/// - −2⁻²⁷ < f < 0, and the splits nearest to 0, are left to a test: it goes over all 4.7·10⁷ places where the value
///   changes.
/// - The borders, x = n + ¾, are one comparison: 2^¾ and 2·2^−¼ as computed. A test makes it.
///
/// - Domain: any finite `x`; outside [−1022, 1024) the result saturates at 2⁻¹⁰²² or just below 2¹⁰²⁴.
/// - Accuracy: within 1.5 ulp.
/// - NaN gives NaN.
///
/// ```
/// use gbm_core::math::exp2;
/// assert_eq!(exp2(10.0), 1024.0);
/// assert_eq!(exp2(-5000.0), f64::MIN_POSITIVE);
/// assert!(exp2(f64::NAN).is_nan());
/// ```
#[inline]
pub fn exp2(x: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    let x = if LOWEST > x { LOWEST } else { x };
    exp2_in_range(if HIGHEST < x { HIGHEST } else { x })
}

/// [`exp2`] of an argument that is known to lie in [−1022, 1024).
#[inline]
pub(crate) fn exp2_in_range(x: f64) -> f64 {
    let shifted = (x - 0.25) + ROUND;
    let n = shifted - ROUND;
    let f = x - n;
    let coarse = (f + ROUND_26) - ROUND_26;
    let fine = f - coarse;
    let mut h = EXP2[10];
    h = EXP2[9] + f * h;
    h = EXP2[8] + f * h;
    h = EXP2[7] + f * h;
    h = EXP2[6] + f * h;
    h = EXP2[5] + f * h;
    h = EXP2[4] + f * h;
    h = EXP2[3] + f * h;
    h = EXP2[2] + f * h;
    h = EXP2[1] + f * h;
    h = EXP2[0] + f * h;
    let p = (1.0 + coarse * EXP2_HIGH) + (fine * EXP2_HIGH + f * h);
    // The low bits of `shifted` hold n in two's complement.
    f64::from_bits(p.to_bits().wrapping_add(shifted.to_bits() << 52))
}

/// e^x, within 2^±1022.
///
/// ```
/// use gbm_core::math::exp;
/// assert!((exp(1.0) / std::f64::consts::E - 1.0).abs() < 1e-15);
/// ```
#[inline]
pub fn exp(x: f64) -> f64 {
    exp2(x * LOG2_E)
}
