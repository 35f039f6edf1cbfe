//! Fits as models: what a bar's return is by the model is what it is by the fit.

use std::f64::consts::LN_2;

use calibration::cascade::{Factor, Specification, ladder};
use calibration::garch::{Garch, Parameters};
use calibration::regimes::{Regime, Regimes};
use calibration::{Returns, cascade, gbm, kou, merton};
use gbm_core::calibrate::Estimate;
use gbm_core::model::Model;
use gbm_core::noise::Seed;
use gbm_core::paths::Paths;
use gbm_core::process::{Clock, Modifiers, Noise, Process, When};
use gbm_core::units::{Price, Years};
use nalgebra::DMatrix;

use crate::support::{day, near};

/// Mean and variance of a day's log-return from a state.
fn moments<P: Process>(model: &P, state: &P::State) -> (f64, f64) {
    let step = model.step(&Clock::from(day()), &Modifiers::neutral(model));
    let found = model.moments(state, &step, When { step: 0, season: 1.0 });
    (found.mean * LN_2, (found.deviation * LN_2).powi(2))
}

/// The same of models that remember nothing.
fn memoryless(model: &Model) -> (f64, f64) {
    moments(model, &model.initial_state(Noise::new(0, 0.0, &[0; 8])))
}

#[track_caller]
fn is_near(found: (f64, f64), mean: f64, variance: f64) {
    near("mean", found.0, mean, 1e-12 * variance.sqrt());
    near("variance", found.1, variance, 1e-12 * variance);
}

#[test]
fn brownian_motion_moves_as_it_was_fitted() {
    let times: Vec<i64> = (0..6).map(|day| day * 86_400_000).collect();
    let fit = gbm::fit(&times, &[100.0, 103.0, 99.0, 102.0, 105.0, 104.0], 365 * 86_400).unwrap().model;
    let expected = (fit.log_drift.value * day().get(), fit.volatility.value.powi(2) * day().get());
    is_near(memoryless(&fit.model().unwrap().into()), expected.0, expected.1);
}

#[test]
fn jumps_move_as_they_were_fitted() {
    let (m, sigma, lambda, mean, deviation) = (0.769, 0.264, 252.0, -0.04, 0.0460);
    let parameters = merton::Parameters {
        log_drift: m,
        volatility: sigma,
        intensity: lambda,
        jump_mean: mean,
        jump_deviation: deviation,
    };
    let fit = merton::Merton::new(parameters).unwrap();
    let variance = sigma * sigma + lambda * (mean * mean + deviation * deviation);
    is_near(memoryless(&fit.model().unwrap()), (m + lambda * mean) * day().get(), variance * day().get());
    let (p, up_rate, down_rate) = (0.3, 12.0, 20.0);
    let fit = kou::Kou::new(kou::Parameters {
        log_drift: m,
        volatility: sigma,
        intensity: lambda,
        up_probability: p,
        up_rate,
        down_rate,
    })
    .unwrap();
    let mean = p / up_rate - (1.0 - p) / down_rate;
    let variance = fit.total_volatility().powi(2);
    is_near(memoryless(&fit.model().unwrap()), (m + lambda * mean) * day().get(), variance * day().get());
}

#[test]
fn garch_moves_as_it_was_fitted() {
    for (gamma, degrees) in [(0.0, None), (0.1, Some(5.0)), (-0.08, None)] {
        let parameters = Parameters { mean: 0.002, omega: 2e-5, alpha: 0.1, gamma, beta: 0.8, degrees };
        let fit = Garch::new(parameters).unwrap();
        let model = fit.model(day()).unwrap();
        is_near(memoryless(&model), parameters.mean, fit.variance());
        // After a fall of two deviations.
        let Model::Garch(garch) = model else { panic!("{model:?}") };
        let step = garch.step(&Clock::from(day()), &Modifiers::neutral(&garch));
        let mut h = fit.variance();
        if degrees.is_none() {
            garch.evolve(&mut h, &step, Noise::new(0, -2.0, &[0; 2]));
            let expected = 2e-5 + (4.0 * (0.1 + gamma) + 0.8) * fit.variance();
            near("h", h, expected, 1e-12 * expected);
        }
        // Made for the bar, however its length in years is rounded.
        let paths = Paths::new(Seed::from(1), 3, day());
        paths.fill_paths(&garch, Price::new(100.0).unwrap(), &mut [0.0; 3]).unwrap();
    }
}

#[test]
fn regimes_move_as_they_were_fitted() {
    let laws = vec![Regime { log_drift: 0.9, volatility: 0.3 }, Regime { log_drift: -1.5, volatility: 1.1 }];
    let transition = DMatrix::from_row_slice(2, 2, &[0.95, 0.05, 0.1, 0.9]);
    let fit = Regimes::new(laws.clone(), transition.clone(), day()).unwrap();
    let Model::RegimeSwitching(model) = fit.model().unwrap() else { panic!("{fit:?}") };
    let mut mean = 0.0;
    for (state, (law, share)) in (0..).zip(laws.iter().zip(fit.shares())) {
        let found = moments(&model, &state);
        near("variance", found.1, law.volatility.powi(2) * day().get(), 1e-14);
        mean += share * found.0;
    }
    let expected: f64 = laws.iter().zip(fit.shares()).map(|(law, share)| share * law.log_drift * day().get()).sum();
    near("mean", mean, expected, 1e-14);
    for (row, chances) in model.rates().transition(day()).iter().enumerate() {
        for (column, chance) in chances.iter().enumerate() {
            near("chance", *chance, transition[(row, column)], 1e-12);
        }
    }
    let absorbing = Regimes::new(laws, DMatrix::from_row_slice(2, 2, &[0.5, 0.5, 0.0, 1.0]), day()).unwrap();
    let error = absorbing.model().unwrap_err().to_string();
    assert_eq!(error, "rates: state 1 can't be left or can't be reached");
}

/// The model's own hours, fitted again.
#[test]
fn a_cascade_moves_as_it_was_fitted() {
    const YEAR_S: u64 = 365 * 86_400;
    let known = |value| Estimate { value, standard_error: 0.01 };
    let times = ladder(YEAR_S).unwrap();
    let variances = [None, Some(0.0), Some(0.0), Some(0.1), Some(0.1), Some(0.0), Some(0.15), Some(0.0)];
    let pairs = times.iter().zip(variances);
    let factors = pairs.map(|(time, s2)| Factor { time: *time, variance: s2.map(known) }).collect();
    let model = cascade::Cascade { volatility: known(0.8), factors, noise: 1.2 }.model(0.1).unwrap();
    let Model::Cascade(told) = &model else { panic!("{model:?}") };
    let taus: Vec<f64> = told.factors().iter().map(|factor| factor.tau_s.get()).collect();
    assert_eq!(taus, [15_000.0, 75_000.0, 1_875_000.0]);
    assert_eq!((model.volatility().get(), model.drift().get()), (0.8, 0.1 + 0.5 * 0.8 * 0.8));
    let years = |seconds: f64| Years::new(seconds / YEAR_S as f64).unwrap();
    let (ticks, bars) = (4, 5 * 8760);
    let paths = Paths::new(Seed::from(8), (ticks * bars) as u64, years(900.0));
    let mut logs = vec![0.0; ticks * bars];
    paths.fill_log_prices(&model, Price::new(1.0).unwrap(), &mut logs).unwrap();
    let closes: Vec<f64> = logs.chunks_exact(ticks).map(|bar| bar[ticks - 1]).collect();
    let returns = closes.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let returns = Returns::new(returns, years(3600.0)).unwrap();
    let specification = Specification { times, tick: years(900.0), block: 60 * 24, seed: 1 };
    let again = cascade::fit(&returns, &specification).unwrap();
    println!("{again:#?}");
    near("σ", again.volatility.value, 0.8, 4.4 * again.volatility.standard_error);
    for (factor, truth) in again.factors.iter().zip(variances) {
        if let Some((found, truth)) = factor.variance.zip(truth) {
            near("s²", found.value, truth, 4.4 * found.standard_error.max(0.005));
        }
    }
}

#[test]
fn parameters_that_no_model_has_are_named() {
    let fails = |result: Result<Model, calibration::ModelError>, text: &str| {
        assert_eq!(result.unwrap_err().to_string(), text);
    };
    let garch = |omega, alpha, gamma| {
        let fit = Garch::new(Parameters { mean: 0.0, omega, alpha, gamma, beta: 0.1, degrees: None }).unwrap();
        fit.model(day())
    };
    fails(garch(3.0, 0.1, 0.0), "omega = 3 is outside (0, 1]");
    fails(garch(0.1, 1.4, -1.4), "alpha = 1.4 is outside [0, 1]");
    fails(garch(0.1, 0.0, 1.5), "gamma = 1.5 is outside [-1, 1]");
    let fast = merton::Parameters {
        log_drift: 2000.0,
        volatility: 0.0625,
        intensity: 0.0,
        jump_mean: 0.0,
        jump_deviation: 0.0,
    };
    let fast = merton::Merton::new(fast).unwrap().model();
    fails(fast, "drift = 2000.001953125 is outside [-1000, 1000]");
}
