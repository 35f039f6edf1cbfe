//! Calibration against values computed by hand and against the known parameters of simulated prices.

use gbm_core::calibrate::{CalibrationError, fit_gbm};
use gbm_core::prelude::*;
use gbm_core::stats::{Moments, RealisedVolatility};

use crate::support::btc;

const YEAR_S: u64 = 365 * 86_400;
const DAY_MS: i64 = 86_400_000;

#[track_caller]
fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{found} is not {expected}");
}

#[test]
fn four_prices_by_hand() {
    // Python: r = diff(log([100, 110, 105, 120])) over 1, 1 and 2 days.
    let fit = fit_gbm(&[0, DAY_MS, 2 * DAY_MS, 4 * DAY_MS], &[100.0, 110.0, 105.0, 120.0], YEAR_S).unwrap();
    close(fit.years, 4.0 / 365.0);
    close(fit.log_drift.value, 16.636_842_057_448_366);
    close(fit.volatility.value, 1.470_783_372_645_633);
    close(fit.log_drift.standard_error, 14.049_638_439_979_203);
    close(fit.drift.value, 17.718_443_922_073_796);
    close(fit.volatility.standard_error, 0.600_444_797_525_254_5);
    close(fit.volatility_robust_error, 0.300_222_398_762_627_13);
    assert_eq!((fit.returns, fit.median_spacing_ms, fit.last_time_ms), (3, 86_400_000, 4 * DAY_MS));
    let (low, high) = fit.log_drift.interval_95();
    close(high - low, 2.0 * 1.959_963_984_540_054 * fit.log_drift.standard_error);
}

#[test]
fn the_intervals_cover_what_was_simulated() {
    // 400 seeds of 1,000 daily prices: 95 % intervals cover in 95 % ± 4.4 % (four standard errors).
    let (mut sigma_covered, mut drift_covered) = (0, 0);
    let paths = Paths::new(Seed::from(9), 1000, Years::new(1.0 / 365.0).unwrap());
    let mut prices = vec![0.0; 400 * 1000];
    paths.fill_paths(&Gbm::new(0.4, 0.8).unwrap(), Price::new(1.0).unwrap(), &mut prices).unwrap();
    let times: Vec<i64> = (0..1000).map(|day| day * DAY_MS).collect();
    for path in prices.chunks_exact(1000) {
        let fit = fit_gbm(&times, path, YEAR_S).unwrap();
        let covers = |(low, high): (f64, f64), value| low <= value && value <= high;
        sigma_covered += u32::from(covers(fit.volatility.interval_95(), 0.8));
        drift_covered += u32::from(covers(fit.drift.interval_95(), 0.4));
    }
    assert!((363..=397).contains(&sigma_covered), "{sigma_covered} of 400");
    assert!((363..=397).contains(&drift_covered), "{drift_covered} of 400");
}

#[test]
fn a_constant_price_has_no_volatility() {
    let fit = fit_gbm(&[0, 1, 2, 3], &[5.0; 4], YEAR_S).unwrap();
    assert_eq!((fit.volatility.value, fit.volatility_robust_error, fit.drift.value), (0.0, 0.0, 0.0));
}

#[track_caller]
fn refused(times: &[i64], prices: &[f64], text: &str) -> CalibrationError {
    let error = fit_gbm(times, prices, YEAR_S).unwrap_err();
    assert_eq!(error.to_string(), text);
    error
}

#[test]
fn bad_rows_are_named() {
    refused(&[0, 1], &[1.0, 2.0], "prices = 2: at least 3 are needed");
    refused(&[], &[], "prices = 0: at least 3 are needed");
    refused(&[0, 1, 2], &[1.0, 2.0], "times_ms has 3 entries, but there are 2 prices");
    refused(&[0, 1, 2], &[1.0, 0.0, 2.0], "row 1: price = 0 is outside [0.000000000000001, 1000000000000000]");
    refused(&[0, 1, 2], &[1.0, 2.0, f64::NAN], "row 2: price = NaN is outside [0.000000000000001, 1000000000000000]");
    refused(&[0, 1, 1], &[1.0, 2.0, 3.0], "row 2: time 1 ms does not come after 1 ms");
    assert_eq!(fit_gbm(&[0, 1, 2], &[1.0; 3], 0), Err(CalibrationError::Year));
}

#[test]
fn moments_agree_with_two_passes() {
    let values: Vec<f64> = Simulation::new(btc(3)).map(|tick| tick.price).take(10_000).collect();
    let moments: Moments = values.iter().copied().collect();
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let central = |power: i32| {
        values.iter().map(|value| (0..power).fold(1.0, |product, _| product * (value - mean))).sum::<f64>() / n
    };
    close(moments.mean() / mean, 1.0);
    close(moments.variance().unwrap() * (n - 1.0) / n / central(2), 1.0);
    assert!((moments.skewness().unwrap() - central(3) / (central(2) * central(2).sqrt())).abs() < 1e-9);
    assert!((moments.kurtosis().unwrap() - central(4) / (central(2) * central(2))).abs() < 1e-9);
    assert_eq!(Moments::from_iter([1.0, 1.0]).skewness(), None);
    assert_eq!(Moments::from_iter([1.0]).variance(), None);
}

#[test]
fn realised_volatility_finds_the_models() {
    let mut realised = RealisedVolatility::default();
    assert_eq!(realised.annual(btc(0).grid().dt()), None);
    Simulation::new(btc(5)).take(200_000).for_each(|tick| realised.push(tick.price));
    let sigma = realised.annual(btc(0).grid().dt()).unwrap();
    // One standard error is 0.8/√(2n) = 0.0013.
    assert!((sigma - 0.8).abs() < 0.007, "{sigma}");
}
