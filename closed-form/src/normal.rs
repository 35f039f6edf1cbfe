//! The normal law, and the differences of its tails that prices are made of.
//!
//! Textbook formulas subtract e^{w₁}·Φ(−x₁) and e^{w₂}·Φ(−x₂), which may be huge, tiny or nearly equal. In every one
//! of them w₁ − x₁²/2 = w₂ − x₂²/2 = e, since both come from one density. So with M(x) = e^{x²/2}·Φ(−x), Mills' ratio
//! over √(2π), the difference is e^e·(M(x₁) − M(x₂)): nothing overflows, and for neighbouring x it is an integral of
//! −M′, which is positive, so that nothing cancels.

use std::f64::consts::FRAC_1_SQRT_2;

/// 1/√(2π).
const PEAK: f64 = 0.398_942_280_401_432_7;
/// Below this σ√T a path counts as without randomness, which adds less than this share of the spot to a price.
const NO_DEVIATION: f64 = 1e-150;
/// Nodes and weights of Gauss-Legendre's rule of ten points on [−1, 1]. Abramowitz and Stegun, table 25.4.
const RULE: [(f64, f64); 5] = [
    (0.148_874_338_981_631_22, 0.295_524_224_714_752_87),
    (0.433_395_394_129_247_2, 0.269_266_719_309_996_35),
    (0.679_409_568_299_024_4, 0.219_086_362_515_982_04),
    (0.865_063_366_688_984_5, 0.149_451_349_150_580_6),
    (0.973_906_528_517_171_7, 0.066_671_344_308_688_14),
];

/// σ√T, or exactly 0 where it is too small to matter.
pub(crate) fn deviation(volatility: f64, years: f64) -> f64 {
    let deviation = volatility * years.sqrt();
    if deviation < NO_DEVIATION { 0.0 } else { deviation }
}

/// ln(a/b), to the last bits also where a is near b.
pub(crate) fn log_ratio(a: f64, b: f64) -> f64 {
    let ratio = a / b;
    if (0.5..=2.0).contains(&ratio) { ((a - b) / b).ln_1p() } else { ratio.ln() }
}

/// Φ(x).
pub(crate) fn cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x * FRAC_1_SQRT_2)
}

/// φ(x), the density.
pub(crate) fn density(x: f64) -> f64 {
    PEAK * (-0.5 * x * x).exp()
}

/// M(x) = e^{x²/2}·Φ(−x) for x ≥ 0.
fn mills(x: f64) -> f64 {
    let z = x * FRAC_1_SQRT_2;
    if z < 26.0 {
        // z² = square + rest exactly, since e^{z²} magnifies the rounding of z² by z².
        let square = z * z;
        let rest = z.mul_add(z, -square);
        0.5 * square.exp() * (1.0 + rest) * libm::erfc(z)
    } else {
        // Abramowitz and Stegun 7.1.23: the eighth term is below 10⁻¹⁸ here.
        let step = -1.0 / (x * x);
        let series = [13.0, 11.0, 9.0, 7.0, 5.0, 3.0, 1.0].iter().fold(1.0, |sum, odd| 1.0 + odd * step * sum);
        PEAK / x * series
    }
}

/// e^w·Φ(−x), given e = w − x²/2 as well: w is used where x ≤ 0, e where x > 0 and e^w may overflow.
pub(crate) fn tail(x: f64, w: f64, e: f64) -> f64 {
    if x > 0.0 { e.exp() * mills(x) } else { w.exp() * cdf(-x) }
}

/// (e^{w₁}·Φ(δ − c) − e^{w₂}·Φ(−δ − c))/(2δ), where w₁ − (c − δ)²/2 = w₂ − (c + δ)²/2 = e; at δ = 0 its limit,
/// −e^e·M′(c).
pub(crate) fn slope(c: f64, delta: f64, w: (f64, f64), e: f64) -> f64 {
    // M changes by a factor e over 1/max(1, −c): beyond that the difference loses nothing, within it the rule is exact.
    if delta.abs() * (-c).max(1.0) > 0.5 {
        return (tail(c - delta, w.0, e) - tail(c + delta, w.1, e)) / (2.0 * delta);
    }
    // −M′(x) = 1/√(2π) − x·M(x).
    let density = |x: f64| PEAK * e.exp() - x * tail(x, e + 0.5 * x * x, e);
    let pairs = RULE.iter().map(|&(node, weight)| weight * (density(c - delta * node) + density(c + delta * node)));
    0.5 * pairs.sum::<f64>()
}

/// The value of receiving `first` for `second`, of which k = ln(first/second) has deviation s:
/// first·Φ(k/s + s/2) − second·Φ(k/s − s/2).
///
/// It is what the exchange is worth now, max(first − second, 0), and the value of choice, which is the same for both
/// sides: scale·(e^{−|k|}·Φ(s/2 − |k|/s) − Φ(−s/2 − |k|/s)), scale the larger of the two.
pub(crate) fn exchange(first: f64, second: f64, k: f64, s: f64) -> f64 {
    let now = if k > 1.0 { first - second } else { second * k.max(0.0).exp_m1() };
    if s == 0.0 {
        return now;
    }
    let (c, delta) = (k.abs() / s, 0.5 * s);
    let e = -0.5 * (c + delta) * (c + delta);
    now + first.max(second) * s * slope(c, delta, (-k.abs(), 0.0), e)
}
