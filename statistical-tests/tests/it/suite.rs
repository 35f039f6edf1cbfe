//! The suite's family error, and the count that keeps it honest.

use std::sync::atomic::{AtomicU32, Ordering};

use statistical_tests::{Level, Outcome};

/// The probability that any check of the whole suite rejects a correct engine.
pub(crate) const FAMILY_ERROR: f64 = 1e-6;
/// An upper bound on the suite's statistical checks of fault-free sources, enforced by [`pass`].
pub(crate) const CHECKS: u32 = 700;

/// The published seed, on which the table of faults stands.
pub(crate) const SEED: u64 = 20_260_701;
/// The variable that sets another seed for the laws, such as the day's date: a correct engine passes on all but one
/// in a million.
const SEED_VARIABLE: &str = "STATISTICAL_TESTS_SEED";

static CHECKED: AtomicU32 = AtomicU32::new(0);

/// The seed of the law tests: [`SEED`], unless the environment names another.
pub(crate) fn seed() -> u64 {
    std::env::var(SEED_VARIABLE).map_or(SEED, |text| text.parse().expect("a decimal number below 2^64"))
}

/// One check's share of the family error: 1.4·10⁻⁹, 6.05 standard errors.
pub(crate) fn level() -> Level {
    Level::bonferroni(FAMILY_ERROR, CHECKS)
}

/// Asserts that fault-free outcomes lie inside their critical values, counts and prints them.
#[track_caller]
pub(crate) fn pass(what: &str, outcomes: impl IntoIterator<Item = Outcome>) {
    let show = |outcome: &Outcome| println!("{what}: {outcome}");
    pass_silently(what, outcomes.into_iter().inspect(show));
}

/// As [`pass`], without a line for each.
#[track_caller]
pub(crate) fn pass_silently(what: &str, outcomes: impl IntoIterator<Item = Outcome>) {
    for outcome in outcomes {
        let checks = CHECKED.fetch_add(1, Ordering::Relaxed) + 1;
        assert!(outcome.passes(), "{what}: {outcome}");
        assert!(checks <= CHECKS, "more than {CHECKS} checks: raise the number that the family error is divided by");
    }
}
