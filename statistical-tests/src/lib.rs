//! Laws of the engine's output, tested against closed forms; and planted faults that each test must catch.
//!
//! A test takes a sample and gives an [`Outcome`]: a statistic and the interval that a correct engine stays in. The
//! interval's ends are *derived*: a [`Level`] is the family error 10⁻⁶ shared out over all checks of the suite
//! (Bonferroni), and each test turns its share into a quantile of its own null law. Nothing here calls the engine's
//! maths: normal, chi-squared and Poisson laws are `statrs`', option prices `closed_form`'s, the rest are published formulas,
//! named where they stand.
//!
//! ```
//! use statistical_tests::{Level, moments, uniformity};
//! let level = Level::bonferroni(1e-6, 200);
//! assert!((level.two_sided() - 5.848).abs() < 1e-3);
//! let sample: Vec<f64> = (0..1000).map(|i| (f64::from(i) + 0.5) / 1000.0).collect();
//! assert!(uniformity::kolmogorov_smirnov(&sample, level).passes());
//! assert!(!moments::moments(sample.iter().copied(), level)[0].passes()); // uniforms aren't standard normals
//! ```
//!
//! The tests that use all this stand in `tests/it`; the table of faults is printed by
//! `cargo test -p statistical-tests faults -- --nocapture`. `STATISTICAL_TESTS_SEED=20261122 cargo test …` runs the
//! laws on another seed than the published one.

pub mod correlation;
pub mod counts;
pub mod level;
pub mod moments;
mod outcome;
pub mod serial;
pub mod uniformity;

pub use level::Level;
pub use outcome::Outcome;

/// NaN if a value is NaN, else 0: added to statistics that count, in which a NaN would be lost.
fn nan_of(sample: &[f64]) -> f64 {
    if sample.iter().any(|value| value.is_nan()) { f64::NAN } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A simulator that yields NaN passes no test, however rare the NaN.
    #[test]
    fn nothing_passes_with_a_nan() {
        let level = Level::bonferroni(1e-6, 200);
        for position in [0, 500, 999] {
            let mut sample: Vec<f64> = (0..1000).map(|i| f64::from(i).sin()).collect();
            let sound = sample.clone();
            sample[position] = f64::NAN;
            let mut products = correlation::Products::new(2);
            products.add_columns(&[sample.clone(), sound.clone()]);
            let mut outcomes = vec![
                counts::tail(&sample, 3.0, level),
                counts::ties(&sample, level),
                serial::ljung_box(&sample, 3, level),
                serial::runs_of_signs(&sample, level),
                serial::runs_up_and_down(&sample, level),
                serial::variance_ratio(&sample, 3, level),
                moments::mean(&sample, 0.0, level),
                products.independent(level),
                products.correlated(&nalgebra::DMatrix::identity(2, 2), level),
                correlation::lagged(&sound, &sample, 0, level),
                uniformity::kolmogorov_smirnov_two(&sound, &sample, level),
            ];
            outcomes.extend(moments::moments(sample.iter().copied(), level));
            outcomes.push(uniformity::anderson_darling(&sample, level));
            uniformity::sort_into_probabilities(&mut sample);
            outcomes.push(uniformity::kolmogorov_smirnov(&sample, level));
            outcomes.push(uniformity::chi_square(sample, 10, level));
            for outcome in outcomes {
                assert!(outcome.statistic.is_nan() && !outcome.passes(), "{outcome}");
            }
        }
    }
}
