//! The law of one step: standardised log-returns are standard normal whatever Δt.

use gbm_core::noise::Seed;
use statistical_tests::{moments, uniformity};

use crate::batteries::{curve, serial_tests, terminals};
use crate::engine::Engine;
use crate::source::{HOUR, Law, SECOND, SPOT, Source, YEAR};
use crate::suite::{level, pass, seed};

/// The published bounds for 10⁷ terminals: the critical values of √n·D at 10⁻⁶ and of 200 two-sided z-scores at a
/// family error of 10⁻⁶.
const KS_BOUND: f64 = 2.69;
const MOMENT_BOUND: f64 = 5.85;

/// Ten million terminals, on paths of their own. The price's rounding moves a standardised log-return of a second by
/// 10⁻¹⁶/(σ√Δt) = 10⁻¹²; √n·D resolves 10⁻³.
#[track_caller]
fn check(what: &str, law: Law, first_path: u64) {
    judge(what, terminals(&Engine(Seed::from(seed())), law, 1, first_path, 10_000_000));
}

#[track_caller]
fn judge(what: &str, mut sample: Vec<f64>) {
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

/// Paths of a step that lie one behind the other on one stream.
#[test]
fn terminals_of_one_stream() {
    let mut sample = vec![0.0; 10_000_000];
    Engine(Seed::from(seed())).shared_terminals(YEAR, 5, &mut sample);
    for price in &mut sample {
        *price = YEAR.standardise((*price / SPOT).ln(), 1);
    }
    judge("1 y, one stream", sample);
}

/// Without volatility the price is S₀e^{μt}, for logarithms up to 15.6 in size, to 4·10⁻¹⁵ for each unit of it.
#[test]
fn the_curve_without_volatility() {
    let engine = Engine(Seed::from(seed()));
    let flat = Law { volatility: 0.0, ..SECOND };
    let day = 86_400_000;
    pass("σ = 0, 1 s", [curve(&engine, flat)]);
    pass("σ = 0, 1 h", [curve(&engine, Law { interval_ms: 3_600_000, ..flat })]);
    pass("σ = 0, 1 d", [curve(&engine, Law { interval_ms: day, drift: 5.7, ..flat })]);
    pass("σ = 0, 1 d down", [curve(&engine, Law { interval_ms: day, drift: -5.7, ..flat })]);
}

/// A million steps: each block of eight rounds the running sum once more, and without noise always to the same side.
/// The sum's worst case is half an ulp, 2⁻⁵³ of its size, a block. A fifth of that is seen: 3·10⁻¹¹ at ln(P/S₀) = 11.
#[test]
fn a_long_curve_without_volatility() {
    let law = Law { volatility: 0.0, ..HOUR };
    let mut prices = vec![0.0; 1_000_000];
    Engine(Seed::from(seed())).path(law, 0, &mut prices);
    for (price, step) in prices.iter().zip(1_u32..) {
        let log = law.drift * f64::from(step) / 8760.0;
        let worst = (f64::from(step) / 8.0 + 16.0) * 0.5 * f64::EPSILON * log;
        let error = (price / (SPOT * log.exp()) - 1.0).abs();
        assert!(error <= worst + 4e-15, "step {step}: {error:e}");
    }
}
