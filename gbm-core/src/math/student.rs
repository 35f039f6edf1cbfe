use super::{LOG2_E, exp2, log2};

/// 1/√(2π).
const DENSITY_AT_0: f64 = 0.398_942_280_401_432_7;

/// Student's t of ν degrees of freedom scaled to variance 1, from a standard normal and a uniform: its sign and size grow
/// with the normal.
///
/// √(ν·(U^(−2/ν) − 1))·sin(π(Φ(z) − ½))·√((ν − 2)/ν), ν > 2.
///
/// Source: Bailey (1994), *Mathematics of Computation* 62(206), whose cos 2πV has the law of sin π(V − ½).
///
/// ```
/// use gbm_core::math::student;
/// assert_eq!(student(0.0, 0.3, 4.0), 0.0);
/// assert_eq!(student(-1.0, 0.3, 4.0), -student(1.0, 0.3, 4.0));
/// ```
pub fn student(normal: f64, u: f64, degrees: f64) -> f64 {
    let radius = degrees * (exp2(-2.0 / degrees * log2(u)) - 1.0);
    (radius * ((degrees - 2.0) / degrees)).sqrt() * sin_pi(centred_normal_cdf(normal))
}

/// Φ(z) − ½ = φ(z)·(z + z³/3 + z⁵/(3·5) + …), odd in z.
///
/// Source: Marsaglia (2004), *J. Statistical Software* 11(4).
///
/// ```
/// use gbm_core::math::centred_normal_cdf;
/// assert!((centred_normal_cdf(1.0) - 0.341_344_746_068_542_9).abs() < 1e-16);
/// ```
pub fn centred_normal_cdf(z: f64) -> f64 {
    if z.is_nan() {
        return z;
    }
    if z.abs() > 9.0 {
        return if z > 0.0 { 0.5 } else { -0.5 };
    }
    let square = z * z;
    let (mut term, mut sum, mut odd) = (z, z, 1.0);
    loop {
        odd += 2.0;
        term *= square / odd;
        let next = sum + term;
        if next == sum {
            break;
        }
        sum = next;
    }
    // Rounding may leave a little more than there is.
    (sum * (DENSITY_AT_0 * exp2(-0.5 * square * LOG2_E))).clamp(-0.5, 0.5)
}

/// sin(πx), x in [−½, ½]: its series, whose next term is below 2⁻⁵⁶.
fn sin_pi(x: f64) -> f64 {
    let y = x * std::f64::consts::PI;
    let square = y * y;
    let mut sum = 0.0;
    for k in (1..=11_u32).rev() {
        let n = f64::from(2 * k);
        sum = (1.0 + sum) * (-square / (n * (n + 1.0)));
    }
    y + y * sum
}
