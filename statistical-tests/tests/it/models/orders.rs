//! How errors fall with Δ: Euler's scheme by regression, against Andersen's, whose error is below what is seen.

use closed_form::Kind;
use gbm_core::process::Process;
use statistical_tests::moments;

use super::planted::FullTruncation;
use super::prices::{ANDERSEN, exact, heston_model, payoffs};
use super::{paths, terminals};
use crate::suite::level;

/// The errors of a put at the money in a case for so many steps a year, each with its standard error.
fn errors<P: Process + Sync>(model: &P, case: usize, per_year: &[f64], n: usize) -> Vec<(f64, f64)> {
    let case = ANDERSEN[case];
    let maturity = f64::from(case.maturity);
    let put = exact(&case.law, 0.0, maturity, Kind::Put, 100.0);
    let error = |&per_year: &f64| {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole steps, chosen here")]
        let steps = (per_year * maturity) as u64;
        let paid = payoffs(&terminals(model, steps, maturity, n), Kind::Put, 100.0, 1.0);
        let error = paid.iter().sum::<f64>() / n as f64 - put;
        (error, (error / moments::mean(&paid, put, level()).statistic).abs())
    };
    per_year.iter().map(error).collect()
}

/// The slope of ln|error| on ln Δ by least squares.
fn order(per_year: &[f64], errors: &[(f64, f64)]) -> f64 {
    let points: Vec<(f64, f64)> =
        per_year.iter().zip(errors).map(|(steps, (error, _))| (-steps.ln(), error.abs().ln())).collect();
    let n = points.len() as f64;
    let (x, y) = points.iter().fold((0.0, 0.0), |(x, y), point| (x + point.0 / n, y + point.1 / n));
    let products: f64 = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum();
    products / points.iter().map(|point| (point.0 - x).powi(2)).sum::<f64>()
}

/// Euler's scheme has weak order 1; at the same Δ Andersen's is nearer by far, and within what is promised of it at Δ = 1/8.
#[test]
fn eulers_scheme_is_of_order_one() {
    let n = paths(100_000);
    let per_year = [1.0, 2.0, 4.0, 8.0];
    for case in [0, 1] {
        let euler = errors(&FullTruncation(ANDERSEN[case].law), case, &per_year, n);
        let andersen = errors(&heston_model(&ANDERSEN[case].law, 0.0), case, &per_year, n);
        let order = order(&per_year, &euler);
        println!("case {}: Euler {euler:.4?}, order {order:.3}; Andersen {andersen:.4?}", ANDERSEN[case].name);
        assert!((0.75..1.15).contains(&order), "{order}");
        for ((euler, _), (andersen, error)) in euler.iter().zip(&andersen) {
            assert!(andersen.abs() < 0.25 * euler.abs() + 5.0 * error, "{euler} {andersen}");
        }
    }
}

/// Andersen's scheme is of more than order 1 where its error is large enough to be seen: half the step, less than half the error.
/// Variance and its variance are exact in any step; what is wrong is what the price makes of the variance within one.
#[test]
fn andersens_scheme_is_of_more_than_order_one() {
    let per_year = [1.0, 2.0];
    let errors = errors(&heston_model(&ANDERSEN[2].law, 0.0), 2, &per_year, 2_000_000);
    let order = order(&per_year, &errors);
    println!("case III: Andersen {errors:.4?}, order {order:.3}");
    assert!(order > 1.0, "{order}");
}
