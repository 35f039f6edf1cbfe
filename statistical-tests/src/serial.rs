//! Tests of independence along a sequence of standard normals (mean 0 known).

use crate::{Level, Outcome, nan_of};

/// Ljung-Box: Q = n(n + 2)·Σ_{k ≤ m} r_k²/(n − k), r_k the lag-k autocorrelation.
///
/// Null: χ² with m degrees of freedom. Source: Ljung and Box (1978), *Biometrika* 65, eq. 2.2.
pub fn ljung_box(sample: &[f64], lags: u16, level: Level) -> Outcome {
    let n = sample.len() as f64;
    let power: f64 = sample.iter().map(|x| x * x).sum();
    let sum: f64 = (1..=lags)
        .map(|lag| {
            let shifted = sample.iter().skip(usize::from(lag));
            let product: f64 = sample.iter().zip(shifted).map(|(x, y)| x * y).sum();
            (product / power).powi(2) / (n - f64::from(lag))
        })
        .sum();
    Outcome::at_most(format!("Ljung-Box {lags}"), n * (n + 2.0) * sum, level.chi_squared(u32::from(lags)))
}

/// Runs of signs about the known median 0: the changes of sign are binomial (n − 1, ½).
///
/// Null: standard normal. Source: Wald and Wolfowitz (1940), *Ann. Math. Stat.* 11, with the counts of both signs
/// random rather than given.
pub fn runs_of_signs(sample: &[f64], level: Level) -> Outcome {
    let trials = sample.len() as f64 - 1.0;
    let changes = sample.windows(2).filter(|pair| (pair[0] < 0.0) != (pair[1] < 0.0)).count();
    let z = (changes as f64 - 0.5 * trials) / (0.25 * trials).sqrt();
    Outcome::two_sided("runs of signs", z + nan_of(sample), level.two_sided())
}

/// Runs up and down: their number has mean (2n − 1)/3 and variance (16n − 29)/90, whatever the (continuous) law.
///
/// Null: standard normal. Source: Levene and Wolfowitz (1944), *Ann. Math. Stat.* 15.
pub fn runs_up_and_down(sample: &[f64], level: Level) -> Outcome {
    let n = sample.len() as f64;
    let turns = sample.windows(3).filter(|triple| (triple[0] < triple[1]) != (triple[1] < triple[2])).count();
    let z = ((turns + 1) as f64 - (2.0 * n - 1.0) / 3.0) / ((16.0 * n - 29.0) / 90.0).sqrt();
    Outcome::two_sided("runs up and down", z + nan_of(sample), level.two_sided())
}

/// Variance ratio: VR(q) = variance of overlapping q-step sums over q times the variance of one step, minus 1, over
/// its standard error √(2(2q − 1)(q − 1)/(3qn)).
///
/// Null: standard normal, homoskedastic. Source: Lo and MacKinlay (1988), *Rev. Financ. Stud.* 1, eqs. 12 and 14b,
/// with the mean known.
pub fn variance_ratio(sample: &[f64], horizon: u16, level: Level) -> Outcome {
    let (n, q) = (sample.len() as f64, f64::from(horizon));
    let width = usize::from(horizon);
    let one = sample.iter().map(|x| x * x).sum::<f64>() / n;
    let mut sum: f64 = sample.iter().take(width).sum();
    let mut squares = sum * sum;
    for (leaving, entering) in sample.iter().zip(sample.iter().skip(width)) {
        sum += entering - leaving;
        squares += sum * sum;
    }
    let many = squares / (n - q + 1.0) / q;
    let z = (many / one - 1.0) / (2.0 * (2.0 * q - 1.0) * (q - 1.0) / (3.0 * q * n)).sqrt();
    Outcome::two_sided(format!("variance ratio {horizon}"), z, level.two_sided())
}
