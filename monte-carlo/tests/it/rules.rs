//! Where a simulation stops, and what it counts.

use std::ops::ControlFlow;

use monte_carlo::payoff::{Average, Control, Direction, Right, Watch};
use monte_carlo::units::TargetError;
use monte_carlo::{MonteCarlo, QuasiMonteCarlo, Stopped};

use crate::oracle;
use crate::suite::{arithmetic, digital, european, market, pass, seed, touch};

/// Samples of a wave of short paths.
const WAVE: u64 = 64 * 4096;

#[test]
fn paths_are_rounded_up_to_whole_samples() {
    let (market, call) = (market(100.0, 0.1, 0.2, 1.0), european(Right::Call, 100.0));
    let paths = |simulation: MonteCarlo| simulation.price(&market, &call).unwrap().paths;
    let plain = MonteCarlo::new(seed(), 1, 1001);
    assert_eq!((paths(plain), paths(MonteCarlo { antithetic: true, ..plain })), (1001, 1002));
    assert_eq!(paths(MonteCarlo { paths: 2, ..plain }), 4);
    assert_eq!(paths(MonteCarlo { paths: 2, antithetic: true, ..plain }), 8);
    let quasi = QuasiMonteCarlo::new(seed(), 1, 1001);
    assert_eq!(quasi.price(&market, &call).unwrap().paths, 16 * 64);
    assert_eq!(QuasiMonteCarlo { paths: 2, replicates: 5, ..quasi }.price(&market, &call).unwrap().paths, 5);
}

#[test]
fn a_target_is_reached_and_no_more() {
    let (market, call) = (market(100.0, 0.1, 0.2, 1.0), european(Right::Call, 100.0));
    let exact = oracle::european(&market, Right::Call, 100.0);
    let target_error = Some(TargetError::new(0.01).unwrap());
    let simulation = MonteCarlo { target_error, ..MonteCarlo::new(seed(), 1, 1 << 40) };
    let estimate = simulation.price(&market, &call).unwrap();
    assert_eq!(estimate.stopped, Stopped::TargetError);
    assert!(estimate.standard_error <= 0.01 && estimate.paths.is_multiple_of(WAVE), "{estimate:?}");
    // A wave less would not have been enough.
    let before = MonteCarlo::new(seed(), 1, estimate.paths - WAVE).price(&market, &call).unwrap();
    assert!(before.standard_error > 0.01, "{before:?}");
    pass("stopped by its target", &estimate, exact);
    // Nothing is trusted before the second wave.
    let target_error = Some(TargetError::new(10.0).unwrap());
    let early = MonteCarlo { target_error, ..simulation }.price(&market, &call).unwrap();
    assert_eq!((early.paths, early.stopped), (2 * WAVE, Stopped::TargetError));
    // A target that isn't reached leaves all paths.
    let target_error = Some(TargetError::new(1e-9).unwrap());
    let all = MonteCarlo { target_error, ..MonteCarlo::new(seed(), 1, 5000) }.price(&market, &call).unwrap();
    assert_eq!((all.paths, all.stopped), (5000, Stopped::Paths));
    // Quasi-random ones stop where the points are a net.
    let quasi = QuasiMonteCarlo {
        target_error: Some(TargetError::new(1e-4).unwrap()),
        ..QuasiMonteCarlo::new(seed(), 1, 1 << 40)
    };
    let estimate = quasi.price(&market, &call).unwrap();
    assert_eq!(estimate.stopped, Stopped::TargetError);
    assert!(estimate.standard_error <= 1e-4 && (estimate.paths / 16).is_power_of_two(), "{estimate:?}");
}

/// A payment that has never come yet has an error of 0, which is no reason to stop.
#[test]
fn a_rare_payment_is_waited_for() {
    let market = market(100.0, 0.0, 0.1, 0.01);
    let target_error = Some(TargetError::new(1.0).unwrap());
    let simulation = MonteCarlo { target_error, ..MonteCarlo::new(seed(), 1, 4 * WAVE) };
    let estimate = simulation.price(&market, &digital(Right::Call, 120.0)).unwrap();
    assert_eq!((estimate.mean, estimate.paths, estimate.stopped), (0.0, 4 * WAVE, Stopped::Paths));
}

#[test]
fn a_callback_sees_every_wave_and_may_stop() {
    let (market, call) = (market(100.0, 0.1, 0.2, 1.0), european(Right::Call, 100.0));
    let simulation = MonteCarlo { antithetic: true, ..MonteCarlo::new(seed(), 1, 7 * WAVE) };
    let mut seen = Vec::new();
    let whole = simulation
        .price_with(&market, &call, |progress| {
            seen.push((progress.paths, progress.of, progress.mean));
            ControlFlow::Continue(())
        })
        .unwrap();
    let paths: Vec<u64> = seen.iter().map(|(paths, ..)| *paths).collect();
    assert_eq!(paths, [2 * WAVE, 4 * WAVE, 6 * WAVE, 7 * WAVE]);
    assert!(seen.iter().all(|(_, of, _)| *of == 7 * WAVE) && seen[3].2 == whole.mean);
    // Stopped, it gives what a shorter simulation gives.
    let stopped = simulation.price_with(&market, &call, |_| ControlFlow::Break(())).unwrap();
    assert_eq!((stopped.paths, stopped.stopped), (2 * WAVE, Stopped::Callback));
    assert_eq!(stopped.mean, MonteCarlo { paths: 2 * WAVE, ..simulation }.price(&market, &call).unwrap().mean);
    assert_eq!(stopped.mean, seen[0].2);
    // Also between the waves of a net, where replicates have advanced alike.
    let quasi = QuasiMonteCarlo::new(seed(), 1, 1 << 22);
    let stopped = quasi.price_with(&market, &call, |_| ControlFlow::Break(())).unwrap();
    assert_eq!((stopped.paths, stopped.stopped), (WAVE, Stopped::Callback));
    pass("stopped by its callback", &stopped, oracle::european(&market, Right::Call, 100.0));
}

/// What a control or a mirror image is there for.
#[test]
fn variance_is_reduced() {
    let market = market(100.0, 0.05, 0.2, 1.0);
    let asian = arithmetic(Right::Call, 100.0, Average::Discrete);
    let plain = MonteCarlo::new(seed(), 12, 50_000);
    let error = |simulation: MonteCarlo| simulation.price(&market, &asian).unwrap().standard_error;
    let without = error(plain);
    assert!(error(MonteCarlo { antithetic: true, ..plain }) < 0.75 * without);
    assert!(error(MonteCarlo { control: Some(Control::Terminal), ..plain }) < 0.7 * without);
    assert!(error(MonteCarlo { control: Some(Control::Geometric), ..plain }) < 0.03 * without);
    let quasi = QuasiMonteCarlo::new(seed(), 12, 50_000).price(&market, &asian).unwrap();
    assert!(quasi.standard_error < 0.15 * without);
    // The bridge's probability smooths a payoff that would be 0 or 1.
    let discrete = plain.price(&market, &touch(Direction::Up, 110.0, Watch::Discrete)).unwrap();
    let continuous = plain.price(&market, &touch(Direction::Up, 110.0, Watch::Continuous)).unwrap();
    assert!(continuous.standard_error < discrete.standard_error);
}
