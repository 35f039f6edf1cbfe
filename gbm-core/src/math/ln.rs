use super::coefficients::{LN, LN_2_HIGH, LN_2_LOW, LOG2_E};

const SUBNORMAL_SCALE: f64 = 18_014_398_509_481_984.0; // 2^54
/// The bits of √½: the mantissa's range is [√½, √2).
const ROOT_HALF: u64 = 0x3fe6_a09e_667f_3bcd;
const EXPONENT_BIAS: i64 = 1023;

/// The natural logarithm.
///
/// x = 2ᵏ·m with m in [√½, √2), f = m − 1, s = f/(2 + f):
/// ln m = 2·artanh s = f − (f²/2 − s·(f²/2 + R(s²))), to which k·ln 2 is added in two parts (the reduction of
/// fdlibm's `e_log.c`, with our own minimax polynomial R). What is added before the last rounding is known to
/// better than the distance between the logarithms of neighbouring arguments, so the function is monotone.
///
/// - Domain: x > 0, subnormal numbers included. ln 0 = −∞; a negative x or NaN gives NaN; ln ∞ = ∞.
/// - Accuracy: within 1.5 ulp.
///
/// ```
/// use gbm_core::math::ln;
/// assert_eq!(ln(1.0), 0.0);
/// assert!((ln(10.0) - std::f64::consts::LN_10).abs() < 1e-15);
/// assert!(ln(-1.0).is_nan());
/// ```
#[inline]
pub fn ln(x: f64) -> f64 {
    if x.is_nan() || x < 0.0 {
        return f64::NAN;
    }
    if x == 0.0 {
        return f64::NEG_INFINITY;
    }
    if x == f64::INFINITY {
        return x;
    }
    let (bits, shift) = if x < f64::MIN_POSITIVE { ((x * SUBNORMAL_SCALE).to_bits(), 54) } else { (x.to_bits(), 0) };
    // Moving the origin to √½ puts the carry into the exponent exactly where m would leave [√½, √2).
    let moved = bits.wrapping_sub(ROOT_HALF);
    let k = (moved.cast_signed() >> 52) - shift;
    let m = f64::from_bits((moved & 0x000f_ffff_ffff_ffff).wrapping_add(ROOT_HALF));
    let f = m - 1.0;
    let s = f / (2.0 + f);
    let z = s * s;
    let mut r = LN[6];
    r = LN[5] + z * r;
    r = LN[4] + z * r;
    r = LN[3] + z * r;
    r = LN[2] + z * r;
    r = LN[1] + z * r;
    r = LN[0] + z * r;
    r *= z;
    let half_square = (0.5 * f) * f;
    let k = small_integer(k);
    let small = half_square - (s * (half_square + r) + k * LN_2_LOW);
    k * LN_2_HIGH - (small - f)
}

/// The binary logarithm, ln x · log₂ e; domain and special values as [`ln`], within 2.5 ulp.
///
/// ```
/// assert!((gbm_core::math::log2(8.0) - 3.0).abs() < 1e-15);
/// ```
#[inline]
pub fn log2(x: f64) -> f64 {
    ln(x) * LOG2_E
}

/// An integer of at most 11 bits, exactly.
#[inline]
fn small_integer(k: i64) -> f64 {
    debug_assert!(k.abs() <= EXPONENT_BIAS + 54);
    k as f64
}
