//! Raw moments of standard normals, and means against closed forms.

use crate::{Level, Outcome};

/// E[Z^{2j}] = (2j − 1)!!, j = 0 to 6.
const EVEN: [f64; 7] = [1.0, 1.0, 3.0, 15.0, 105.0, 945.0, 10_395.0];

/// E[Z^k], k ≤ 12.
fn expected(power: usize) -> f64 {
    if power.is_multiple_of(2) { EVEN[power / 2] } else { 0.0 }
}

/// The z-scores of raw moments 1 to 6: (mean of zᵏ − E Zᵏ)/√((E Z²ᵏ − (E Zᵏ)²)/n).
///
/// Null: standard normal by the central limit theorem. Z⁶ has skewness 34, so its z-score's tail is normal within a
/// factor of 1.5 at n = 10⁷ and not usable below 10⁶; see [`moment`] for one of them alone.
pub fn moments(normals: impl IntoIterator<Item = f64>, level: Level) -> [Outcome; 6] {
    let (mut n, mut sums) = (0.0, [0.0; 6]);
    for z in normals {
        n += 1.0;
        let mut power = 1.0;
        for sum in &mut sums {
            power *= z;
            *sum += power;
        }
    }
    std::array::from_fn(|i| {
        let power = i + 1;
        let variance = expected(2 * power) - expected(power).powi(2);
        let z = (sums[i] / n - expected(power)) / (variance / n).sqrt();
        Outcome::two_sided(format!("moment {power}"), z, level.two_sided())
    })
}

/// One of the six moments.
///
/// `power`: 1 to 6; another number answers with NaN, which passes nothing.
pub fn moment(normals: &[f64], power: usize, level: Level) -> Outcome {
    let all = moments(normals.iter().copied(), level);
    let missing = || Outcome::two_sided(format!("moment {power}"), f64::NAN, level.two_sided());
    power.checked_sub(1).and_then(|i| all.get(i).cloned()).unwrap_or_else(missing)
}

/// The z-score of a sample's mean against an exact one: (x̄ − exact)/(s/√n).
///
/// Null: standard normal by the central limit theorem; the sample must be long for its skewness.
pub fn mean(sample: &[f64], exact: f64, level: Level) -> Outcome {
    let n = sample.len() as f64;
    let mean = sample.iter().sum::<f64>() / n;
    let variance = sample.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
    Outcome::two_sided("mean", (mean - exact) / (variance / n).sqrt(), level.two_sided())
}
