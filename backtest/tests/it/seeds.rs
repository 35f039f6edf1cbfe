//! Many seeds: each is a run of its own, in its place, whatever computes it.

use std::ops::ControlFlow;

use backtest::run::run;
use backtest::seeds::{Seeds, Spread, nth_seed, run_seeds};
use gbm_core::prelude::*;

use crate::support::{built, cents, go, market, path, setup};

fn seeds(count: u64) -> Seeds<Gbm> {
    Seeds { market: market(7, 0.1, 1000), instrument: 0, ticks: 2000, seeds: count }
}

#[test]
fn a_seed_among_many_is_that_seed_alone() {
    let (setup, maker) = (setup("2"), built("market_maker", &[]));
    let reports = run_seeds(&setup, &maker, &seeds(70), go).unwrap();
    for (seed, report) in (7..).zip(&reports) {
        let alone = run(&setup, maker.clone(), &mut path(seed, 0.1, 1000, 2000), go).unwrap();
        assert_eq!(alone.report, *report, "seed {seed}");
    }
    assert_eq!(reports.len(), 70);
}

#[cfg(feature = "rayon")]
#[test]
fn threads_change_nothing() {
    let (setup, cross) = (setup("1"), built("average_cross", &[("bar_s", 10.0)]));
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let mut told = Vec::new();
        let reports = pool.install(|| {
            run_seeds(&setup, &cross, &seeds(100), |done| {
                told.push(done);
                ControlFlow::Continue(())
            })
        });
        (serde_json::to_string(&Spread::of(&reports.unwrap()).unwrap()).unwrap(), told)
    };
    let alone = with(1);
    assert_eq!(alone.1, [32, 64, 96, 100]);
    for threads in [2, 5] {
        assert_eq!(with(threads), alone);
    }
}

#[test]
fn a_spread_counts_losses_and_ruins() {
    let setup = backtest::run::Setup { ruin: 0.005, ..setup("1") };
    let reports = run_seeds(&setup, &built("buy_and_hold", &[]), &seeds(200), go).unwrap();
    let spread = Spread::of(&reports).unwrap();
    let lost = reports.iter().filter(|report| report.equity < report.initial).count();
    let ruined = reports.iter().filter(|report| report.lowest_equity <= 99_500.0).count();
    assert_eq!((spread.loss.value, spread.ruin.value), (lost as f64 / 200.0, ruined as f64 / 200.0));
    assert!(ruined > 10 && ruined < lost, "{ruined} {lost}");
    let part = spread.loss.value;
    assert_eq!(spread.loss.standard_error, (part * (1.0 - part) / 200.0).sqrt());
    let total = spread.total_return.unwrap();
    assert_eq!(total.runs, 200);
    assert!(total.min <= total.quantiles[0].1 && total.quantiles[6].1 <= total.max);
    // Nothing is sold, so no round trip is closed.
    assert_eq!(spread.win_rate, None);
}

#[test]
fn seeds_are_counted_as_integers_of_256_bits() {
    assert_eq!(nth_seed(Seed::from(41), 1), Seed::from(42));
    let full = Seed::from_key([0xff; 32]);
    assert_eq!(nth_seed(full, 1), Seed::from(0));
    assert_eq!(nth_seed(Seed::from(u64::MAX), 2).to_string(), format!("0x{:0>64}", "10000000000000001"));
}

#[test]
fn too_many_too_few_and_stopped() {
    let (setup, hold) = (setup("1"), built("buy_and_hold", &[]));
    for count in [0, 100_001] {
        let error = run_seeds(&setup, &hold, &seeds(count), go).unwrap_err();
        assert_eq!(error.to_string(), format!("seeds = {count} is outside [1, 100000]"));
    }
    let stopped = run_seeds(&setup, &hold, &seeds(100), |_| ControlFlow::Break(()));
    assert_eq!(stopped.unwrap_err().to_string(), "it was stopped before its end");
    let mut fine = setup.clone();
    fine.rules.grid.tick_size = crate::support::dec("0");
    let error = run_seeds(&fine, &hold, &seeds(1), go).unwrap_err();
    assert!(error.to_string().starts_with("tick_size = 0 is outside"), "{error}");
    assert_eq!(backtest::feed::increment(&setup.rules.grid).unwrap(), cents());
    assert!(Spread::of(&[]).is_err());
}
