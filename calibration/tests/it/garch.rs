//! GARCH against published and other programs' figures.

use std::f64::consts::PI;

use calibration::garch::{Garch, Innovations, MAX_PERSISTENCE, Mean, Parameters, Specification, fit};

use crate::support::{Normals, btc_daily, daily, data, lines, near, numbers};

const PLAIN: Specification = Specification { mean: Mean::Constant, leverage: false, innovations: Innovations::Normal };

fn marks() -> Option<Vec<f64>> {
    Some(data("dem2gbp.csv")?.lines().skip(1).map(|line| line.trim().parse().unwrap()).collect())
}

#[test]
fn the_benchmark_of_fiorentini_calzolari_and_panattoni_is_met() {
    let Some(returns) = marks() else { return };
    assert_eq!(returns.len(), 1974);
    let fitted = fit(&daily(returns), PLAIN).unwrap();
    println!("{:?}, ln L {}", fitted.model, fitted.log_likelihood);
    near("μ", fitted.model.parameters().mean, -0.006190, 5e-7);
    near("ω", fitted.model.parameters().omega, 0.010761, 5e-7);
    near("α", fitted.model.parameters().alpha, 0.153134, 5e-7);
    near("β", fitted.model.parameters().beta, 0.805974, 5e-7);
    near("ln L", fitted.log_likelihood, -1106.608, 5e-4);
    // Errors as `arch` has them, from the Hessian and by Bollerslev and Wooldridge.
    let errors = fitted.estimates.iter().map(|e| (e.standard_error.unwrap(), e.robust_error.unwrap()));
    let published = [(0.00846, 0.00919), (0.00285, 0.00649), (0.02652, 0.05353), (0.03355, 0.07246)];
    for ((plain, robust), (expected, expected_robust)) in errors.zip(published) {
        near("Hessian", plain, expected, 1e-4);
        near("robust", robust, expected_robust, 1e-3);
    }
}

/// The density of each return by variances, added up.
fn by_variances(mean: f64, returns: &[f64], variances: &[f64]) -> f64 {
    let term = |(r, v): (&f64, &f64)| -0.5 * ((2.0 * PI * v).ln() + (r - mean) * (r - mean) / v);
    returns.iter().zip(variances).map(term).sum()
}

#[test]
fn a_recursion_one_step_late_misses_the_benchmark() {
    let Some(returns) = marks() else { return };
    let garch = Garch::new(Parameters {
        mean: -0.006190,
        omega: 0.010761,
        alpha: 0.153134,
        gamma: 0.0,
        beta: 0.805974,
        degrees: None,
    })
    .unwrap();
    let variances = garch.variances(&daily(returns.clone()));
    assert_eq!(variances.len(), returns.len() + 1);
    near("ln L", by_variances(garch.parameters().mean, &returns, &variances), -1106.608, 5e-4);
    let late = by_variances(garch.parameters().mean, &returns[1..], &variances)
        + by_variances(garch.parameters().mean, &returns[..1], &variances);
    assert!((late - -1106.608).abs() > 1.0, "{late}");
}

#[test]
fn arch_s_fits_are_met() {
    let returns = daily(numbers(include_str!("data/gjr.txt")));
    for (name, figures) in lines(include_str!("data/arch.txt")) {
        let specification = Specification {
            mean: Mean::Zero,
            leverage: name.starts_with("gjr"),
            innovations: if name.ends_with("-t") { Innovations::Student } else { Innovations::Normal },
        };
        let fitted = fit(&returns, specification).unwrap();
        near(name, fitted.log_likelihood, figures[0], 1e-6);
        let k = fitted.estimates.len();
        assert_eq!(figures.len(), 1 + 3 * k);
        for (i, estimate) in fitted.estimates.iter().enumerate() {
            let (value, plain, robust) = (figures[1 + i], figures[1 + k + i], figures[1 + 2 * k + i]);
            let error = estimate.standard_error.unwrap();
            near(&format!("{name} {}", estimate.name), estimate.value, value, 1e-3 * error);
            near(&format!("{name} {} error", estimate.name), error, plain, 2e-3 * plain);
            near(&format!("{name} {} robust", estimate.name), estimate.robust_error.unwrap(), robust, 5e-3 * robust);
        }
    }
}

#[test]
fn bitcoin_s_variance_is_held_at_the_bound() {
    let Some(returns) = btc_daily() else { return };
    let per_cent = daily(returns.values().iter().map(|r| 100.0 * r).collect());
    let student = Specification { innovations: Innovations::Student, ..PLAIN };
    let fitted = fit(&per_cent, student).unwrap();
    println!("{fitted:?}");
    assert_eq!(fitted.at_bounds, ["persistence < 1"]);
    near("persistence", fitted.model.persistence(), MAX_PERSISTENCE, 1e-12);
    near("α", fitted.model.parameters().alpha, 0.1290, 2e-3);
    // The errors left are those of α and β moving against each other.
    let errors: Vec<f64> = fitted.estimates.iter().map(|estimate| estimate.standard_error.unwrap()).collect();
    near("β's error", errors[3], errors[2], 1e-9);
    // The same returns in another unit have the same maximum.
    let plain = fit(&returns, student).unwrap();
    let shift = 100.0_f64.ln() * returns.values().len() as f64;
    near("ln L", plain.log_likelihood, fitted.log_likelihood + shift, 1e-5);
    near("ω", plain.model.parameters().omega * 1e4, fitted.model.parameters().omega, 1e-5);
}

#[test]
fn independent_returns_have_no_memory() {
    let mut normals = Normals::new(5);
    let returns = daily((0..3000).map(|_| 0.03 * normals.next()).collect());
    let fitted = fit(&returns, PLAIN).unwrap();
    println!("{fitted:?}");
    assert!(fitted.model.parameters().alpha < 0.05);
    near("the long run", fitted.model.variance().sqrt(), 0.03, 0.002);
}

#[test]
fn parameters_out_of_their_domain_are_named() {
    let error = |omega, alpha, gamma, beta| {
        Garch::new(Parameters { mean: 0.0, omega, alpha, gamma, beta, degrees: None }).unwrap_err().to_string()
    };
    assert_eq!(error(0.1, 0.2, 0.0, 0.8), "alpha + gamma/2 + beta = 1: a stationary variance needs less than 1");
    assert!(error(0.0, 0.1, 0.0, 0.8).starts_with("omega = 0 is outside (0, "));
    assert_eq!(error(0.1, -0.1, 0.0, 0.8), "alpha = -0.1 is outside [0, 2]");
    assert_eq!(error(0.1, 0.1, -0.2, 0.8), "alpha + gamma = -0.1 is outside [0, 2]");
    assert_eq!(error(0.1, 0.1, 0.0, f64::NAN), "beta = NaN is outside [0, 1]");
    let student =
        Garch::new(Parameters { mean: 0.0, omega: 0.1, alpha: 0.1, gamma: 0.0, beta: 0.8, degrees: Some(2.0) });
    assert_eq!(student.unwrap_err().to_string(), "degrees = 2 is outside (2, 1000000]");
}
