//! Every function against files of values: exact ones, and another program's.

use std::collections::BTreeMap;

use crate::support::{Case, cases};

/// The largest error of each family, by a measure of it.
fn check(text: &'static str, what: &str, measure: impl Fn(&Case) -> f64, allowed: impl Fn(&str) -> f64) {
    let mut worst: BTreeMap<&str, f64> = BTreeMap::new();
    for case in cases(text) {
        let error = measure(&case);
        assert!(error <= allowed(case.family), "{}: {} has {what} error {error:.1e}", case.line, case.ours);
        let seen = worst.entry(case.family).or_default();
        *seen = seen.max(error);
    }
    assert_eq!(worst.len(), 9, "a family is missing");
    for (family, error) in worst {
        println!("{family}: {what} error {error:.1e}");
    }
}

fn absolute(case: &Case) -> f64 {
    (case.ours - case.expected).abs() / case.scale
}

/// 120 digits: deep in and out of the money, minutes and decades, calm and wild, with and without carry.
#[test]
fn values_are_exact() {
    let exact = include_str!("data/exact.txt");
    check(exact, "absolute", absolute, |_| 2e-15);
    // Barrier options are sums whose terms cancel; the other prices keep their digits down to the smallest f64.
    let relative = |case: &Case| {
        let is_subnormal = case.expected < 1e-290 && case.ours < 1e-290;
        if is_subnormal || case.family == "barrier" { 0.0 } else { (case.ours / case.expected - 1.0).abs() }
    };
    check(exact, "relative", relative, |_| 1e-12);
}

/// QuantLib's chance of a touch is itself good to eleven digits only.
#[test]
fn values_are_quantlibs() {
    let allowed = |family: &str| if family == "touch" { 1e-13 } else { 2e-15 };
    check(include_str!("data/quantlib.txt"), "absolute", absolute, allowed);
}
