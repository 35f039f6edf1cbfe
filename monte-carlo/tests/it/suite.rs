//! The suite's family error, critical values derived from it, and what tests share.

use std::sync::atomic::{AtomicU32, Ordering};

use gbm_core::noise::Seed;
use monte_carlo::payoff::{
    AsianArithmetic, AsianGeometric, Average, Barrier, Digital, Direction, European, Knock, LookbackFixed,
    LookbackFloating, OneTouch, Pays, Right, Watch,
};
use monte_carlo::units::{Cash, Level, Strike};
use monte_carlo::{Estimate, Market, Parameters};
use statistical_tests::{Level as Share, Outcome};
use statrs::distribution::{ContinuousCDF, StudentsT};

/// The probability that any check of the suite rejects a correct estimate.
const FAMILY_ERROR: f64 = 1e-6;
/// An upper bound on the checks, enforced by [`pass`].
const CHECKS: u32 = 400;

static CHECKED: AtomicU32 = AtomicU32::new(0);

/// The seed of all estimates.
pub(crate) fn seed() -> Seed {
    Seed::from(20_261_124)
}

/// How far an estimate lies from the truth in standard errors, and the interval that a correct one stays in: Student's t, with
/// the degrees of freedom that the error is known by.
pub(crate) fn outcome(what: &str, estimate: &Estimate, exact: f64) -> Outcome {
    let share = Share::bonferroni(FAMILY_ERROR, CHECKS).get();
    let law = StudentsT::new(0.0, 1.0, estimate.freedom.min(1 << 20) as f64).unwrap();
    Outcome::two_sided(what, estimate.distance(exact), quantile(|t| law.sf(t), 0.5 * share))
}

/// The t at which a falling tail is `probability`, by bisection.
fn quantile(tail: impl Fn(f64) -> f64, probability: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1e6);
    while high - low > 1e-9 * high {
        let middle = 0.5 * (low + high);
        if tail(middle) > probability { low = middle } else { high = middle }
    }
    high
}

/// Asserts that an estimate agrees with the truth, and prints both.
#[track_caller]
pub(crate) fn pass(what: &str, estimate: &Estimate, exact: f64) {
    let checks = CHECKED.fetch_add(1, Ordering::Relaxed) + 1;
    assert!(checks <= CHECKS, "more than {CHECKS} checks: raise the number that the family error is divided by");
    let outcome = outcome(what, estimate, exact);
    println!("{outcome}; {:.9} ± {:.1e}, exactly {exact:.9}", estimate.mean, estimate.standard_error);
    assert!(outcome.passes(), "{outcome}: {estimate:?}");
}

/// Asserts that a faulty estimate is told from the truth.
#[track_caller]
pub(crate) fn caught(fault: &str, estimate: &Estimate, exact: f64) {
    let outcome = outcome(fault, estimate, exact);
    println!("caught: {outcome}");
    assert!(!outcome.passes(), "not caught: {outcome}");
}

pub(crate) fn market(spot: f64, rate: f64, volatility: f64, maturity: f64) -> Market {
    Market::black_scholes(Parameters { spot, rate, volatility, maturity }).unwrap()
}

pub(crate) fn strike(value: f64) -> Strike {
    Strike::new(value).unwrap()
}

pub(crate) fn european(right: Right, k: f64) -> European {
    European { right, strike: strike(k) }
}

pub(crate) fn digital(right: Right, k: f64) -> Digital {
    Digital { right, strike: strike(k), cash: Cash::new(10.0).unwrap() }
}

pub(crate) fn arithmetic(right: Right, k: f64, average: Average) -> AsianArithmetic {
    AsianArithmetic { right, strike: strike(k), average }
}

pub(crate) fn geometric(right: Right, k: f64, average: Average) -> AsianGeometric {
    AsianGeometric { right, strike: strike(k), average }
}

/// A barrier that is watched continuously.
pub(crate) fn barrier(right: Right, k: f64, direction: Direction, knock: Knock, level: f64) -> Barrier {
    let level = Level::new(level).unwrap();
    Barrier { right, strike: strike(k), direction, knock, level, watch: Watch::Continuous }
}

/// One unit of cash for a touch.
pub(crate) fn touch(direction: Direction, level: f64, watch: Watch) -> OneTouch {
    let (level, cash) = (Level::new(level).unwrap(), Cash::new(1.0).unwrap());
    OneTouch { direction, level, cash, pays: Pays::Touch, watch }
}

pub(crate) fn floating(right: Right, watch: Watch) -> LookbackFloating {
    LookbackFloating { right, watch }
}

pub(crate) fn fixed(right: Right, k: f64, watch: Watch) -> LookbackFixed {
    LookbackFixed { right, strike: strike(k), watch }
}
