//! The table of planted faults: which test catches which, on which grid and from which n on.

use statistical_tests::{Outcome, counts, moments};

use crate::batteries::{
    addressed, anderson_darling, bytes, call, chi_square, correlations, coupling, curve, increments,
    kolmogorov_smirnov, lag_one, margrabe, normals, serial_tests, steps_against_one, substreams, terminals, ties,
};
use crate::mimic::{Fault, Mimic};
use crate::source::{HOUR, Law, SECOND, Source, YEAR};
use crate::suite::{level, pass_silently};

/// The smallest n tried.
const LEAST: usize = 1000;

/// One fault and one test that catches it.
struct Row {
    fault: Fault,
    grid: &'static str,
    /// The smallest power of ten, from [`LEAST`] on, at which the test catches the fault.
    n: usize,
    test: fn(&dyn Source, usize) -> Outcome,
}

/// A step at which a fault of order σ√Δt shows early.
const DAY: Law = Law { interval_ms: 86_400_000, ..HOUR };

const fn row(fault: Fault, grid: &'static str, n: usize, test: fn(&dyn Source, usize) -> Outcome) -> Row {
    Row { fault, grid, n, test }
}

fn moment(source: &dyn Source, law: Law, power: usize, n: usize) -> Outcome {
    moments::moment(&terminals(source, law, 1, 0, n), power, level())
}

/// A serial test on the terminals of consecutive paths, by its place in [`serial_tests`].
fn across_paths(source: &dyn Source, place: usize, n: usize) -> Outcome {
    serial_tests(&terminals(source, HOUR, 1, 0, n)).swap_remove(place)
}

/// A serial test along one path.
fn along_a_path(source: &dyn Source, place: usize, n: usize) -> Outcome {
    serial_tests(&increments(source, HOUR, n)).swap_remove(place)
}

const ROWS: &[Row] = &[
    row(Fault::MissingIto, "1 y", 1000, |s, n| moment(s, YEAR, 1, n)),
    row(Fault::MissingIto, "1 h", 10_000_000, |s, n| moment(s, HOUR, 1, n)),
    row(Fault::MissingIto, "1 y", 1000, |s, n| kolmogorov_smirnov(terminals(s, YEAR, 1, 0, n))),
    row(Fault::MissingIto, "0.1 y", 100_000, |s, n| call(s, 100.0, 0, n)),
    row(Fault::SigmaHalfPercent, "1 h", 1_000_000, |s, n| moment(s, HOUR, 2, n)),
    row(Fault::SigmaHalfPercent, "1 h", 10_000_000, |s, n| kolmogorov_smirnov(terminals(s, HOUR, 1, 0, n))),
    row(Fault::DaysForYears, "1 h", 1000, |s, n| moment(s, HOUR, 2, n)),
    row(Fault::DaysForYears, "1 h", 1000, |s, _| curve(s, HOUR)),
    row(Fault::ReusedStream, "noise", 1000, substreams),
    row(Fault::SwappedSlot, "1 h", 1000, correlations),
    row(Fault::OffByOneTick, "1 s", 1000, coupling),
    row(Fault::OffByOneTick, "1 s", 1000, lag_one),
    row(Fault::OffByOneTick, "1 s", 1000, |s, n| addressed(s, &Mimic::new(Fault::None), n)),
    row(Fault::Normals32Bit, "noise", 1_000_000, |s, n| ties(normals(s, n))),
    row(Fault::Normals32Bit, "noise", 1000, bytes),
    row(Fault::TruncatedTails, "noise", 10_000_000, |s, n| counts::tail(&normals(s, n), 4.5, level())),
    row(Fault::ForgottenSqrtDt, "1 h", 1000, |s, n| moment(s, HOUR, 2, n)),
    row(Fault::ForgottenSqrtDt, "250 x 1 h", 1000, steps_against_one),
    row(Fault::FlippedCorrelation, "1 h", 1000, correlations),
    row(Fault::FlippedCorrelation, "4 x 0.25 y", 1000, margrabe),
    row(Fault::TwelveUniforms, "noise", 1_000_000, |s, n| moments::moment(&normals(s, n), 4, level())),
    row(Fault::TwelveUniforms, "noise", 1_000_000, |s, n| moments::moment(&normals(s, n), 6, level())),
    row(Fault::TwelveUniforms, "noise", 1_000_000, |s, n| counts::tail(&normals(s, n), -3.0, level())),
    row(Fault::TwelveUniforms, "noise", 1_000_000, |s, n| anderson_darling(normals(s, n))),
    row(Fault::TwelveUniforms, "noise", 1_000_000, |s, n| chi_square(normals(s, n))),
    row(Fault::EulerStep, "1 d", 100_000, |s, n| moment(s, DAY, 3, n)),
    row(Fault::EulerStep, "1 d", 100_000, |s, n| moment(s, DAY, 5, n)),
    row(Fault::LostStep, "250 x 1 h", 100_000, steps_against_one),
    row(Fault::LostStep, "1 h", 1000, |s, _| curve(s, HOUR)),
    row(Fault::Autocorrelated, "1 h", 10_000_000, |s, n| along_a_path(s, 0, n)),
    row(Fault::Autocorrelated, "1 h", 10_000_000, |s, n| along_a_path(s, 3, n)),
    row(Fault::AntitheticPairs, "1 h", 1000, |s, n| across_paths(s, 0, n)),
    row(Fault::AntitheticPairs, "1 h", 1000, |s, n| across_paths(s, 1, n)),
    row(Fault::AntitheticPairs, "1 h", 10_000, |s, n| across_paths(s, 2, n)),
    row(Fault::AntitheticPairs, "1 h", 1000, |s, n| across_paths(s, 3, n)),
    row(Fault::AntitheticPairs, "1 h", 1000, |s, n| across_paths(s, 4, n)),
];

/// Each fault is caught by its test at the n that the table names and not by fewer, and the same test passes without
/// the fault. On this seed: a fault whose expected z-score is near the critical value may need ten times n on another.
#[test]
fn every_planted_fault_is_caught() {
    let (title, n, test) = ("fault", "n", "caught by");
    let (grid, [statistic, critical, without]) = ("grid", ["statistic", "critical", "no fault"]);
    let mut table = format!("{title:<20}{grid:<11}{n:>9}  {test:<29}{statistic:>13}{critical:>12}{without:>12}");
    let half = |parity| move || ROWS.iter().skip(parity).step_by(2).map(check).collect::<Vec<_>>();
    let (even, odd) = std::thread::scope(|scope| {
        let odd = scope.spawn(half(1));
        (half(0)(), odd.join().expect("the other half's faults are caught"))
    });
    for row in 0..ROWS.len() {
        table = table + "\n" + &if row % 2 == 0 { &even } else { &odd }[row / 2];
    }
    println!("{table}");
}

/// A row's line in the table, after asserting all it says.
fn check(Row { fault, grid, n, test }: &Row) -> String {
    let caught = test(&Mimic::new(*fault), *n);
    assert!(!caught.passes(), "{fault:?} escapes {caught} at n = {n}");
    for fewer in std::iter::successors(Some(n / 10), |n| Some(n / 10)).take_while(|&n| n >= LEAST) {
        let missed = test(&Mimic::new(*fault), fewer);
        assert!(missed.passes(), "{fault:?} is caught at n = {fewer} already: {missed}");
    }
    let sound = test(&Mimic::new(Fault::None), *n);
    let numbers = [caught.statistic, caught.critical(), sound.statistic].map(number);
    pass_silently("no fault", [sound]);
    let [statistic, critical, without] = numbers;
    let fault = format!("{fault:?}");
    format!("{fault:<20}{grid:<11}{n:>9}  {:<29}{statistic:>13}{critical:>12}{without:>12}", caught.test)
}

fn number(value: f64) -> String {
    if value == 0.0 || value.abs() >= 1e-3 { format!("{value:.3}") } else { format!("{value:.1e}") }
}

/// Faults can hide on a grid: a diffusion of σΔt is right where Δt is a year, and a lost −σ²/2 drowns in the noise of
/// a second. Which grid a test runs on is part of it.
#[test]
fn some_grids_are_blind() {
    let blind = [(Fault::ForgottenSqrtDt, YEAR, 2), (Fault::MissingIto, SECOND, 1), (Fault::EulerStep, SECOND, 3)];
    for (fault, law, power) in blind {
        let outcome = moment(&Mimic::new(fault), law, power, 1_000_000);
        assert!(outcome.passes(), "{fault:?}: {outcome}");
    }
}
