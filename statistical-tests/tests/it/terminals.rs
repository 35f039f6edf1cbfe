//! The law of one step: standardised log-returns are standard normal whatever Δt.

use gbm_core::noise::Seed;
use statistical_tests::{moments, uniformity};

use crate::batteries::{curve, serial_tests, terminals};
use crate::engine::Engine;
use crate::mimic::SEED;
use crate::source::{HOUR, Law, SECOND, YEAR};
use crate::suite::{level, pass};

/// The published bounds for 10⁷ terminals: the critical values of √n·D at 10⁻⁶ and of 200 two-sided z-scores at a
/// family error of 10⁻⁶.
const KS_BOUND: f64 = 2.69;
const MOMENT_BOUND: f64 = 5.85;

/// Ten million terminals, on paths of their own. The price's rounding moves a standardised log-return of a second by
/// 10⁻¹⁶/(σ√Δt) = 10⁻¹²; √n·D resolves 10⁻³.
#[track_caller]
fn check(what: &str, law: Law, first_path: u64) {
    let mut sample = terminals(&Engine(Seed::from(SEED)), law, 1, first_path, 10_000_000);
    let moments = moments::moments(sample.iter().copied(), level());
    assert!(moments.iter().all(|moment| moment.statistic.abs() < MOMENT_BOUND), "{moments:?}");
    pass(what, moments);
    pass(what, serial_tests(&sample));
    sample.sort_unstable_by(f64::total_cmp);
    pass(what, [uniformity::anderson_darling(&sample, level())]);
    uniformity::sort_into_probabilities(&mut sample);
    let distance = uniformity::kolmogorov_smirnov(&sample, level());
    assert!(distance.statistic < KS_BOUND, "{what}: {distance}");
    pass(what, [distance, uniformity::chi_square(sample, 1000, level())]);
}

#[test]
fn a_second() {
    check("1 s", SECOND, 0);
}

#[test]
fn an_hour() {
    check("1 h", HOUR, 1 << 32);
}

#[test]
fn a_year() {
    check("1 y", YEAR, 1 << 33);
}

/// Without volatility the price is S₀e^{μt}, for logarithms up to 15.6 in size.
#[test]
fn the_curve_without_volatility() {
    let engine = Engine(Seed::from(SEED));
    let flat = Law { volatility: 0.0, ..SECOND };
    // 2⁻¹⁰ of a calendar year isn't a whole number of milliseconds; a day and an hour are.
    let day = 86_400_000;
    pass("σ = 0, 1 s", [curve(&engine, flat)]);
    pass("σ = 0, 1 h", [curve(&engine, Law { interval_ms: 3_600_000, ..flat })]);
    pass("σ = 0, 1 d", [curve(&engine, Law { interval_ms: day, drift: 5.7, ..flat })]);
    pass("σ = 0, 1 d down", [curve(&engine, Law { interval_ms: day, drift: -5.7, ..flat })]);
}
