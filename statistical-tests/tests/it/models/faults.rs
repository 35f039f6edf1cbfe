//! The table of planted faults in models: which test catches which, from which n on.

use closed_form::Kind;
use gbm_core::model::Innovation;
use gbm_core::process::Process;
use statistical_tests::Outcome;

use super::cascade::{cascade, log_volatility};
use super::garch::{NORMAL, outcomes};
use super::planted::{FullTruncation, Late, normal_for_exponentials, not_averaged, uncompensated};
use super::prices::{
    ANDERSEN, BIAS, KOU, MERTON_RATE, exact, heston_model, kou_model, merton_model, merton_price, near, payoffs,
};
use super::{mean, terminals};
use crate::source::SPOT;
use crate::suite::pass_silently;

/// The smallest n tried.
const LEAST: usize = 1000;

/// A fault and a test that catches it.
struct Row {
    fault: &'static str,
    grid: &'static str,
    /// The smallest power of ten, from [`LEAST`] on, at which the test catches it.
    n: usize,
    /// On the sound model, or the one with the fault, and n paths.
    test: fn(bool, usize) -> Outcome,
}

const fn row(fault: &'static str, grid: &'static str, n: usize, test: fn(bool, usize) -> Outcome) -> Row {
    Row { fault, grid, n, test }
}

fn forward<P: Process + Sync>(model: &P, n: usize) -> Outcome {
    mean("E[S]", &terminals(model, 1, 0.25, n), SPOT * (0.25 * MERTON_RATE).exp())
}

fn mertons_put<P: Process + Sync>(model: &P, n: usize) -> Outcome {
    let discount = (-0.25 * MERTON_RATE).exp();
    let paid = payoffs(&terminals(model, 1, 0.25, n), Kind::Put, 110.0, discount);
    mean("put 110", &paid, merton_price(Kind::Put, 110.0, 0.25))
}

fn kous_put<P: Process + Sync>(model: &P, n: usize) -> Outcome {
    let paid = payoffs(&terminals(model, 1, 0.5, n), Kind::Put, 75.0, (-0.025_f64).exp());
    mean("put 75", &paid, exact(&KOU, 0.05, 0.5, Kind::Put, 75.0))
}

/// A put in Andersen's third case at Δ = 1/8, with all that its scheme is allowed.
fn andersens_put<P: Process + Sync>(model: &P, strike: f64, n: usize) -> Outcome {
    let prices = terminals(model, 40, 5.0, n);
    let put = exact(&ANDERSEN[2].law, 0.0, 5.0, Kind::Put, strike);
    near(format!("put {strike}"), &payoffs(&prices, Kind::Put, strike, 1.0), put, BIAS)
}

/// The same in the first case, whose variance is at 0 for most of the time.
fn first_case<P: Process + Sync>(model: &P, n: usize) -> Outcome {
    let prices = terminals(model, 80, 10.0, n);
    let put = exact(&ANDERSEN[0].law, 0.0, 10.0, Kind::Put, 100.0);
    near("put 100".into(), &payoffs(&prices, Kind::Put, 100.0, 1.0), put, BIAS)
}

fn squares<P: Process>(model: &P, place: usize, n: usize) -> Outcome {
    outcomes(model, NORMAL, n).swap_remove(place)
}

/// Mean and variance of the log-volatility of a factor with τ of half a minute.
fn fast(planted: bool, place: usize, n: usize) -> Outcome {
    let (tau, s2) = (0.5, 0.1);
    let model = if planted { not_averaged(tau, s2) } else { cascade(&[(tau, s2)], None) };
    log_volatility(&model, &[(tau, s2)], n).swap_remove(place).1
}

const ROWS: &[Row] = &[
    row("no compensator", "Merton, 1 x 0.25 y", 10_000, |planted, n| {
        forward(&if planted { uncompensated() } else { merton_model(MERTON_RATE) }, n)
    }),
    row("no compensator", "Merton, 1 x 0.25 y", 10_000, |planted, n| {
        mertons_put(&if planted { uncompensated() } else { merton_model(MERTON_RATE) }, n)
    }),
    row("normal jumps for Kou's", "Kou, 1 x 0.5 y", 100_000, |planted, n| {
        if planted { kous_put(&normal_for_exponentials(0.05), n) } else { kous_put(&kou_model(0.05), n) }
    }),
    row("rho's sign", "Andersen III, 1/8 y", 100_000, |planted, n| {
        let mut law = ANDERSEN[2].law;
        law.correlation = if planted { -law.correlation } else { law.correlation };
        andersens_put(&heston_model(&law, 0.0), 70.0, n)
    }),
    row("Euler's truncation", "Andersen III, 1/8 y", 1_000_000, |planted, n| {
        let law = ANDERSEN[2].law;
        if planted {
            andersens_put(&FullTruncation(law), 100.0, n)
        } else {
            andersens_put(&heston_model(&law, 0.0), 100.0, n)
        }
    }),
    row("Euler's truncation", "Andersen I, 1/8 y", 100_000, |planted, n| {
        let law = ANDERSEN[0].law;
        if planted { first_case(&FullTruncation(law), n) } else { first_case(&heston_model(&law, 0.0), n) }
    }),
    row("a step late", "GARCH, 1 d", 100_000, |planted, n| {
        if planted { squares(&Late::new(NORMAL), 2, n) } else { squares(&NORMAL.model(Innovation::Normal {}), 2, n) }
    }),
    row("a factor not averaged", "cascade, 1 min", 10_000, |planted, n| fast(planted, 0, n)),
    row("a factor not averaged", "cascade, 1 min", 1000, |planted, n| fast(planted, 1, n)),
];

/// Each fault is caught at the n that the table names and not by fewer, and the same test passes without the fault.
#[test]
fn every_fault_of_a_model_is_caught() {
    let title = ["fault", "grid", "n", "caught by", "statistic", "critical", "no fault"];
    let [fault, grid, n, test, statistic, critical, without] = title;
    let numbers = format!("{statistic:>11}{critical:>11}{without:>11}");
    let mut table = vec![format!("{fault:<25}{grid:<21}{n:>9}  {test:<23}{numbers}")];
    for Row { fault, grid, n, test } in ROWS {
        let caught = test(true, *n);
        assert!(!caught.passes(), "{fault} escapes {caught} at n = {n}");
        for fewer in std::iter::successors(Some(n / 10), |n| Some(n / 10)).take_while(|&n| n >= LEAST) {
            let missed = test(true, fewer);
            assert!(missed.passes(), "{fault} is caught at n = {fewer} already: {missed}");
        }
        let sound = test(false, *n);
        let (statistic, critical, without) = (caught.statistic, caught.critical(), sound.statistic);
        let numbers = format!("{statistic:>11.3}{critical:>11.3}{without:>11.3}");
        table.push(format!("{fault:<25}{grid:<21}{n:>9}  {:<23}{numbers}", caught.test));
        pass_silently("no fault", [sound]);
    }
    println!("{}", table.join("\n"));
}
