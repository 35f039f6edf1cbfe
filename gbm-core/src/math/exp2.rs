use super::coefficients::EXP2;

/// Adding and subtracting this rounds a number below 2⁵¹ in size to an integer.
const ROUND: f64 = 1.5 * 4_503_599_627_370_496.0;
const LOWEST: f64 = -1022.0;
/// The largest f64 below 1,024.
const HIGHEST: f64 = f64::from_bits(0x408f_ffff_ffff_ffff);

/// Two to the power `x`.
///
/// x = n + f with n = ⌊x⌋ and f in [0, 1]; 2ᶠ is a polynomial of degree 11 by Horner's rule and n is added to the
/// exponent. All coefficients are positive, so each step of Horner's rule is a non-decreasing function of f under
/// rounding, and hence the whole function is monotone for *every* pair of arguments.
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
    let nearest = (x + ROUND) - ROUND;
    let floor = if nearest > x { nearest - 1.0 } else { nearest };
    let f = x - floor;
    let mut p = EXP2[10];
    p = EXP2[9] + f * p;
    p = EXP2[8] + f * p;
    p = EXP2[7] + f * p;
    p = EXP2[6] + f * p;
    p = EXP2[5] + f * p;
    p = EXP2[4] + f * p;
    p = EXP2[3] + f * p;
    p = EXP2[2] + f * p;
    p = EXP2[1] + f * p;
    p = EXP2[0] + f * p;
    p = 1.0 + f * p;
    // The low bits of (floor + ROUND) hold the integer in two's complement.
    let exponent = (floor + ROUND).to_bits() << 52;
    f64::from_bits(p.to_bits().wrapping_add(exponent))
}
