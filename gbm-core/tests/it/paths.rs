//! Filled paths: the simulation's bits, any chunking, any threads, named errors.

use gbm_core::correlation::Correlation;
use gbm_core::paths::PathError;
use gbm_core::prelude::*;

use crate::support::{SPOT, btc, pair};

fn paths(seed: u64, first_path: u64, steps: u64) -> Paths {
    Paths { first_path, ..Paths::new(Seed::from(seed), steps, btc(0).grid().dt()) }
}

fn gbm() -> Gbm {
    Gbm::new(0.5, 0.8).unwrap()
}

fn spot() -> Price {
    Price::new(SPOT).unwrap()
}

#[test]
fn path_0_is_the_live_simulation() {
    let mut prices = vec![0.0; 5000];
    paths(42, 0, 5000).fill_paths(&gbm(), spot(), &mut prices).unwrap();
    assert!(Simulation::new(btc(42)).map(|tick| tick.price).take(5000).eq(prices));
}

#[test]
fn a_basket_is_the_live_market() {
    let market = pair(42);
    let correlation: Correlation = market.correlation().cloned().unwrap();
    let basket = MultiGbm::new(vec![gbm(), Gbm::new(0.2, 1.1).unwrap()], correlation).unwrap();
    let mut prices = vec![0.0; 2 * 1000];
    paths(42, 0, 1000).fill_basket(&basket, &[spot(), spot()], &mut prices).unwrap();
    assert!(Simulation::new(market).map(|tick| tick.price).take(2000).eq(prices));
}

#[test]
fn chunks_and_threads_change_no_bit() {
    let whole = {
        let mut prices = vec![0.0; 84 * 50];
        paths(7, 0, 50).fill_paths(&gbm(), spot(), &mut prices).unwrap();
        prices
    };
    for chunk in [1, 7, 84] {
        let mut prices = vec![0.0; 84 * 50];
        for (first, rows) in (0..).step_by(chunk).zip(prices.chunks_mut(chunk * 50)) {
            paths(7, first, 50).fill_paths(&gbm(), spot(), rows).unwrap();
        }
        assert_eq!(prices, whole, "chunks of {chunk}");
    }
    for threads in [1, 2, 7] {
        let mut prices = vec![0.0; 84 * 50];
        let each = 84_usize.div_ceil(threads);
        std::thread::scope(|scope| {
            for (first, rows) in (0..).step_by(each).zip(prices.chunks_mut(each * 50)) {
                scope.spawn(move || paths(7, first, 50).fill_paths(&gbm(), spot(), rows).unwrap());
            }
        });
        assert_eq!(prices, whole, "{threads} threads");
    }
}

#[test]
fn zero_volatility_is_the_exact_curve() {
    let curve = Gbm::new(0.3, 0.0).unwrap();
    let mut prices = vec![0.0; 1000];
    let yearly = Paths { dt: Years::new(0.01).unwrap(), ..paths(1, 0, 1000) };
    yearly.fill_paths(&curve, spot(), &mut prices).unwrap();
    for (step, price) in (1..).zip(prices) {
        #[allow(clippy::disallowed_methods, reason = "the oracle")]
        let expected = SPOT * (0.3 * 0.01 * f64::from(step)).exp();
        // 4e-15 of the conversion, and the rounding of up to 125 blocks of the sum.
        assert!((price / expected - 1.0).abs() < 1e-14, "step {step}: {price} {expected}");
    }
}

#[track_caller]
fn refused(paths: Paths, len: usize, text: &str) -> PathError {
    let mut prices = vec![-1.0; len];
    let error = paths.fill_paths(&gbm(), spot(), &mut prices).unwrap_err();
    assert!(prices.iter().all(|&price| price == -1.0), "something was written");
    assert_eq!(error.to_string(), text);
    error
}

#[test]
fn wrong_shapes_are_named_and_nothing_is_written() {
    refused(paths(1, 0, 0), 10, "steps = 0 is outside [1, 281474976710656]");
    refused(paths(1, 0, u64::MAX), 10, "steps = 18446744073709551615 is outside [1, 281474976710656]");
    refused(paths(1, 0, 7), 10, "the slice holds 10 prices: it must be a positive multiple of 7, one path's");
    refused(paths(1, 0, 7), 0, "the slice holds 0 prices: it must be a positive multiple of 7, one path's");
    refused(paths(1, (1 << 40) - 1, 1), 2, "path = 1099511627776 is outside [0, 2^40)");
    let correlation = pair(1).correlation().cloned().unwrap();
    let basket = MultiGbm::new(vec![gbm(), gbm()], correlation).unwrap();
    let error = paths(1, 0, 5).fill_basket(&basket, &[spot()], &mut [0.0; 10]).unwrap_err();
    assert_eq!(error, PathError::Spots { spots: 1, assets: 2 });
    let last = Paths { asset: u16::MAX, ..paths(1, 0, 5) };
    let error = last.fill_basket(&basket, &[spot(), spot()], &mut [0.0; 10]).unwrap_err();
    assert_eq!(error.to_string(), "asset = 65536 is outside [0, 65535]");
}
