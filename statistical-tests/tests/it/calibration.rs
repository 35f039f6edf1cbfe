//! The null laws themselves: on sound noise each test must reject as often as its level says. A statistic scaled too
//! small would never fail; here it would reject too rarely.

use gbm_core::noise::Seed;
use statistical_tests::correlation::{Products, lagged};
use statistical_tests::level::Level;
use statistical_tests::{Outcome, counts, moments, serial, uniformity};
use statrs::distribution::{DiscreteCDF, Poisson};

use crate::engine::Engine;
use crate::source::{Source, Stream};
use crate::suite::{level, pass};

/// Samples, and normals in each.
const SAMPLES: u32 = 4000;
const N: usize = 2000;
/// The level at which rejections are counted: often enough to see a tenth too few.
const RATE: f64 = 0.2;

fn often() -> Level {
    Level::bonferroni(RATE, 1)
}

/// A count of rejections against its binomial law.
fn calibrated(test: &str, rejections: u32, samples: u32, rate: f64) -> Outcome {
    let samples = f64::from(samples);
    let z = (f64::from(rejections) - samples * rate) / (samples * rate * (1.0 - rate)).sqrt();
    Outcome::two_sided(
        format!("{test}: rejects {:.4} of {rate:.4}", f64::from(rejections) / samples),
        z,
        level().two_sided(),
    )
}

/// Whether each test rejects one sample, in a fixed order.
fn rejections(normals: &mut [f64]) -> Vec<(&'static str, f64, bool)> {
    let (first, second) = normals.split_at(N / 2);
    let mixed: Vec<f64> = first.iter().zip(second).map(|(x, e)| 0.6 * x + 0.8 * e).collect();
    let matrix = nalgebra::DMatrix::from_row_slice(2, 2, &[1.0, 0.6, 0.6, 1.0]);
    let mut products = Products::new(2);
    products.add_columns(&[first.to_vec(), mixed]);
    // Sizes without a common factor: else D lies on so coarse a lattice that the test rejects too rarely.
    let (left, right) = normals.split_at(701);
    let (mut left, mut right) = (left.to_vec(), right.to_vec());
    left.sort_unstable_by(f64::total_cmp);
    right.sort_unstable_by(f64::total_cmp);
    let tail = counts::tail(normals, 2.5, often());
    let law = Poisson::new(N as f64 * 0.006_209_665).expect("a positive mean");
    // The bounds are small counts.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small counts")]
    let beyond = law.cdf(tail.low as u64 - 1) + law.sf(tail.high as u64);
    let moments = moments::moments(normals.iter().copied(), often());
    let mut all = vec![
        ("KS two-sample", RATE, !uniformity::kolmogorov_smirnov_two(&left, &right, often()).passes()),
        ("correlations", RATE, !products.correlated(&matrix, often()).passes()),
        ("lagged", RATE, !lagged(first, second, 3, often()).passes()),
        ("tail", beyond, !tail.passes()),
        ("moment 1", RATE, !moments[0].passes()),
        ("moment 2", RATE, !moments[1].passes()),
        ("moment 3", RATE, !moments[2].passes()),
        ("mean", RATE, !moments::mean(normals, 0.0, often()).passes()),
        ("Ljung-Box", RATE, !serial::ljung_box(normals, 10, often()).passes()),
        ("runs of signs", RATE, !serial::runs_of_signs(normals, often()).passes()),
        ("runs up and down", RATE, !serial::runs_up_and_down(normals, often()).passes()),
        ("variance ratio", RATE, !serial::variance_ratio(normals, 4, often()).passes()),
    ];
    normals.sort_unstable_by(f64::total_cmp);
    // The tail formula is for small levels; 1.933 is the published 10 % point (Anderson and Darling 1954).
    all.push(("AD", 0.1, uniformity::anderson_darling(normals, often()).statistic > 1.933));
    uniformity::sort_into_probabilities(normals);
    all.push(("KS", RATE, !uniformity::kolmogorov_smirnov(normals, often()).passes()));
    all.push(("chi2", RATE, !uniformity::chi_square(normals.iter().copied(), 50, often()).passes()));
    all
}

#[test]
fn tests_reject_as_often_as_they_say() {
    let engine = Engine(Seed::from(7));
    let mut totals: Vec<(&'static str, f64, u32)> = Vec::new();
    let mut normals = vec![0.0; N];
    for path in 0..u64::from(SAMPLES) {
        engine.normals(Stream { asset: 1, path }, 0, &mut normals);
        let rejections = rejections(&mut normals);
        if totals.is_empty() {
            totals = rejections.iter().map(|&(test, rate, _)| (test, rate, 0)).collect();
        }
        for (total, (_, _, rejects)) in totals.iter_mut().zip(rejections) {
            total.2 += u32::from(rejects);
        }
    }
    pass("calibration", totals.into_iter().map(|(test, rate, count)| calibrated(test, count, SAMPLES, rate)));
}

/// The largest of 2016 correlations rejects with 1 − (1 − α/2016)²⁰¹⁶ = 18 %.
#[test]
fn the_largest_of_many_correlations_rejects_as_often_as_it_says() {
    let engine = Engine(Seed::from(7));
    let (samples, rate) = (400, 1.0 - f64::exp(-RATE));
    let mut columns = vec![vec![0.0; 1000]; 64];
    let mut count = 0;
    for first in 0..u64::from(samples) {
        for (column, path) in columns.iter_mut().zip(0..) {
            engine.normals(Stream { asset: 2, path }, 1000 * first, column);
        }
        let mut products = Products::new(columns.len());
        products.add_columns(&columns);
        count += u32::from(!products.independent(often()).passes());
    }
    pass("calibration", [calibrated("cross-correlation", count, samples, rate)]);
}
