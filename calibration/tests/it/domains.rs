//! Bad input is named, with where it is.

use calibration::range::{Bar, Bars};
use calibration::regimes::{Regime, Regimes};
use calibration::{FitError, Fitted, ParameterEstimate, Returns, ewma, gbm, kou, merton, regimes};
use gbm_core::units::Years;
use nalgebra::DMatrix;

use crate::support::{Normals, daily, day, near};

const DAY_MS: i64 = 86_400_000;
const YEAR_S: u64 = 365 * 86_400;

fn days(count: usize) -> Vec<i64> {
    (0..).map(|day| day * DAY_MS).take(count).collect()
}

#[track_caller]
fn fails<T: std::fmt::Debug>(result: Result<T, FitError>, message: &str) {
    assert_eq!(result.unwrap_err().to_string(), message);
}

#[test]
fn prices_that_can_t_be_used_are_named() {
    let returns = |times: &[i64], prices: &[f64]| Returns::from_prices(times, prices, YEAR_S);
    let even = [100.0, 101.0, 99.0, 102.0];
    fails(returns(&days(2), &even[..2]), "prices = 2: at least 3 are needed");
    fails(returns(&[], &[]), "prices = 0: at least 3 are needed");
    fails(returns(&days(3), &even), "times_ms has 3 entries, but there are 4 prices");
    fails(returns(&days(4), &[100.0, f64::NAN, 99.0, 102.0]), "row 2: price = NaN is not a finite number");
    fails(returns(&days(4), &[100.0, 1.0, f64::INFINITY, 2.0]), "row 3: price = inf is not a finite number");
    fails(returns(&days(4), &[100.0, 1.0, 1.0, 0.0]), "row 4: price = 0 is not positive");
    fails(returns(&days(4), &[-1.0, 1.0, 1.0, 2.0]), "row 1: price = -1 is not positive");
    fails(returns(&[0, DAY_MS, DAY_MS, 2 * DAY_MS], &even), "row 3: time 86400000 ms does not come after 86400000 ms");
    let mixed = [0, DAY_MS, 2 * DAY_MS, 2 * DAY_MS + 3_600_000, 2 * DAY_MS + 7_200_000, 3 * DAY_MS + 7_200_000];
    fails(
        returns(&mixed, &[100.0, 101.0, 99.0, 102.0, 100.0, 99.0]),
        "row 4: 1h after the row before, where 1d is usual: rows must be evenly spaced",
    );
    fails(returns(&days(4), &[7.0; 4]), "all 3 returns are equal");
    fails(returns(&days(5), &[100.0, 110.0, 121.0, 133.1, 146.41]), "all 4 returns are equal");
    fails(Returns::from_prices(&days(4), &even, 0), "years = inf is outside (0, 1000000]");
    fails(Returns::new(vec![0.1, f64::NAN], day()), "row 2: return = NaN is not a finite number");
    fails(Returns::new(vec![0.1], day()), "returns = 1: at least 2 are needed");
    fails(gbm::fit(&days(4), &even, 0), "year_s = 0 is outside [1, 18446744073709552000]");
    fails(gbm::fit(&days(4), &[7.0; 4], YEAR_S), "all 3 returns are equal");
}

#[test]
fn bars_that_can_t_be_used_are_named() {
    let bar = Bar { open: 10.0, high: 12.0, low: 9.0, close: 11.0 };
    let bars = |bars: &[Bar]| Bars::new(&days(bars.len()), bars, YEAR_S);
    fails(bars(&[bar, bar]), "bars = 2: at least 3 are needed");
    fails(bars(&[bar, Bar { low: 0.0, ..bar }, bar]), "row 2: low = 0 is not positive");
    fails(bars(&[bar, bar, Bar { high: f64::NAN, ..bar }]), "row 3: high = NaN is not a finite number");
    fails(bars(&[Bar { low: 10.5, ..bar }, bar, bar]), "row 1: low 10.5 and high 12 don't hold open 10 and close 11");
    fails(
        Bars::new(&[0, 1, 2, 4], &[bar; 4], YEAR_S),
        "row 4: 2ms after the row before, where 1ms is usual: rows must be evenly spaced",
    );
    let flat = Bar { open: 10.0, high: 10.0, low: 10.0, close: 10.0 };
    let still = bars(&[flat, flat, flat]).unwrap();
    assert_eq!(
        (still.parkinson().value, still.yang_zhang().value, still.close_to_close().standard_error),
        (0.0, 0.0, 0.0)
    );
}

#[test]
fn few_returns_are_named() {
    let few = daily(vec![0.1, -0.2, 0.3]);
    fails(merton::fit(&few), "returns = 3: at least 100 are needed");
    fails(kou::fit(&few), "returns = 3: at least 100 are needed");
    fails(ewma::fit(&few), "returns = 3: at least 100 are needed");
    fails(regimes::fit(&few, 3), "returns = 3: at least 300 are needed");
    fails(regimes::fit(&few, 1), "regimes = 1 is outside [2, 4]");
}

#[test]
fn chains_that_are_none_are_named() {
    let regime = |volatility| Regime { log_drift: 0.0, volatility };
    let chain = |rows: &[f64]| {
        let count = rows.len().isqrt();
        let laws = (1..=count).map(|i| regime(i as f64)).collect();
        Regimes::new(laws, DMatrix::from_row_slice(count, count, rows), day())
    };
    fails(chain(&[]), "regimes = 0 is outside [2, 4]");
    fails(chain(&[1.0]), "regimes = 1 is outside [2, 4]");
    let several = "the chain has no single stationary law: no regime is reached from all others";
    fails(chain(&[1.0, 0.0, 0.0, 1.0]), several);
    // Rows whose rounding would make the equations solvable.
    fails(chain(&[1.0, 0.0, 0.0, 0.0, 0.3, 0.7, 0.0, 0.1, 0.9]), several);
    fails(chain(&[0.7, 0.1, 0.2, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]), several);
    fails(
        chain(&[0.5, 0.6, 0.0, 1.0]),
        "row 0 of the transition matrix is not a row of probabilities that add up to 1",
    );
    // A regime that is left for good has no share.
    let leaving = chain(&[0.5, 0.5, 0.0, 1.0]).unwrap();
    near("share", leaving.shares()[0], 0.0, 1e-15);
    near("share", leaving.shares()[1], 1.0, 1e-15);
}

#[test]
fn criteria_count_what_was_free() {
    let estimate = ParameterEstimate { name: "x".into(), value: 1.0, standard_error: Some(0.5), robust_error: None };
    let fitted = Fitted {
        model: (),
        estimates: vec![estimate.clone(), estimate],
        log_likelihood: -10.0,
        rows: 100,
        at_bounds: vec![],
    };
    assert_eq!(fitted.aic(), 24.0);
    near("BIC", fitted.bic(), 20.0 + 2.0 * 100.0_f64.ln(), 1e-12);
    let (low, high) = fitted.estimates[0].interval_95().unwrap();
    near("interval", high - low, 1.959_963_984_540_054, 1e-12);
    assert!(fitted.estimates[0].robust_interval_95().is_none() && fitted.estimate("y").is_none());
}

/// Normal returns have no jumps: whatever is found, is found, and no worse than without.
#[test]
fn returns_without_jumps_are_fitted_or_refused_by_name() {
    let mut normals = Normals::new(11);
    let returns = daily((0..1000).map(|_| 0.03 * normals.next()).collect());
    let n = 1000.0;
    let normal = -0.5 * n * ((2.0 * std::f64::consts::PI * returns.variance()).ln() + 1.0);
    let told = |name: &str, found: f64| {
        println!("{name}: {found} of {normal}");
        assert!(found > normal - 1e-3, "{name}: {found} < {normal}");
    };
    told("merton", merton::fit(&returns).unwrap().log_likelihood);
    told("kou", kou::fit(&returns).unwrap().log_likelihood);
    // Regimes that are all one law leave a ridge.
    match regimes::fit(&returns, 2) {
        Ok(fitted) => told("regimes", fitted.log_likelihood),
        Err(error) => assert!(matches!(error, FitError::NotConverged { .. }), "{error}"),
    }
}

/// A market that often stands still would have an infinite likelihood without a bound.
#[test]
fn a_likelihood_without_end_is_held_by_a_bound() {
    let mut normals = Normals::new(12);
    let returns = (0..1000).map(|row| if row % 3 == 0 { 0.0 } else { 0.03 * normals.next() }).collect();
    let fitted = merton::fit(&daily(returns)).unwrap();
    println!("{fitted:?}");
    assert!(fitted.at_bounds.contains(&"volatility: too small a part of the whole"));
    assert!(fitted.estimate("volatility").unwrap().standard_error.is_none());
    assert!(fitted.estimate("jump_deviation").unwrap().standard_error.is_some());
}

#[test]
fn ewma_s_lambda_is_found() {
    let mut normals = Normals::new(13);
    let (lambda, mut variance) = (0.94, 1.0);
    let returns = (0..4000).map(|_| {
        let r = f64::sqrt(variance) * normals.next();
        variance = lambda * variance + (1.0 - lambda) * r * r;
        r
    });
    let returns = Returns::new(returns.collect(), Years::new(1.0).unwrap()).unwrap();
    let fitted = ewma::fit(&returns).unwrap();
    let estimate = fitted.estimate("lambda").unwrap();
    // 4.4 errors: 10⁻⁵.
    near("λ", fitted.model.lambda(), lambda, 4.4 * estimate.standard_error.unwrap());
    near("ln L", fitted.model.log_likelihood(&returns), fitted.log_likelihood, 1e-9);
    let variances = fitted.model.variances(&returns);
    let (r, last) = (returns.values()[3999], variances[3999]);
    near("RiskMetrics", variances[4000], fitted.model.lambda() * (last - r * r) + r * r, 1e-12);
}
