//! The suite's family error, and the count that keeps it honest.

use std::sync::atomic::{AtomicU32, Ordering};

use statistical_tests::{Level, Outcome};

/// The probability that any check of the whole suite rejects a correct engine.
pub(crate) const FAMILY_ERROR: f64 = 1e-6;
/// An upper bound on the suite's statistical checks of fault-free sources, enforced by [`pass`].
pub(crate) const CHECKS: u32 = 200;

static CHECKED: AtomicU32 = AtomicU32::new(0);

/// One check's share of the family error: 5·10⁻⁹, 5.85 standard errors.
pub(crate) fn level() -> Level {
    Level::bonferroni(FAMILY_ERROR, CHECKS)
}

/// Asserts that fault-free outcomes lie inside their critical values, and counts them.
#[track_caller]
pub(crate) fn pass(what: &str, outcomes: impl IntoIterator<Item = Outcome>) {
    for outcome in outcomes {
        let checks = CHECKED.fetch_add(1, Ordering::Relaxed) + 1;
        println!("{what}: {outcome}");
        assert!(outcome.passes(), "{what}: {outcome}");
        assert!(checks <= CHECKS, "more than {CHECKS} checks: raise the number that the family error is divided by");
    }
}
