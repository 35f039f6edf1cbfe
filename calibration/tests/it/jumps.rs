//! Merton's and Kou's densities against their characteristic functions, and fits of known parameters.

use std::f64::consts::PI;

use calibration::{kou, merton};
use closed_form::cos::CharacteristicFunction;
use closed_form::jump_diffusion;

use crate::support::{btc_daily, day, lines, near};

/// f(x) = (1/π)·∫ Re(e^{−iux}·φ(u)) du by the trapezoidal rule, which for such φ is as exact as doubles are; `shift` moves the law.
fn inverted(law: &impl CharacteristicFunction, shift: f64, x: f64, reach: f64, highest: f64) -> f64 {
    let (step, maturity) = (PI / reach, day().get());
    let term = |u: f64| {
        let phi = law.characteristic(u, maturity);
        let (sin, cos) = (u * (x - shift)).sin_cos();
        phi.re * cos + phi.im * sin
    };
    let others = (1..).map(|k| f64::from(k) * step).take_while(|&u| u <= highest);
    (0.5 * term(0.0) + others.map(term).sum::<f64>()) * step / PI
}

#[test]
fn kou_s_density_inverts_its_characteristic_function() {
    for (sigma, intensity, p, up_rate, down_rate) in [
        (0.186, 458.0, 0.499, 40.7, 39.3),
        (0.8, 30.0, 0.3, 12.0, 20.0),
        (0.05, 2000.0, 0.7, 100.0, 60.0),
        (0.4, 0.0, 0.5, 40.0, 40.0),
    ] {
        let law = jump_diffusion::Kou { volatility: sigma, intensity, up_probability: p, up_rate, down_rate };
        // Theirs is a martingale, ours has the drift m.
        let m = 0.7;
        let growth = p / (up_rate - 1.0) - (1.0 - p) / (down_rate + 1.0);
        let shift = (m + 0.5 * sigma * sigma + intensity * growth) * day().get();
        let parameters =
            kou::Parameters { log_drift: m, volatility: sigma, intensity, up_probability: p, up_rate, down_rate };
        let ours = kou::Kou::new(parameters).unwrap();
        for step in -40_i32..=40 {
            let x = 0.01 * f64::from(step);
            let expected = inverted(&law, shift, x, 6.0, 9.0 / (sigma * day().get().sqrt()));
            let density = ours.ln_density(x, day()).exp();
            assert!((density - expected).abs() < 2e-11 * (1.0 + expected), "{x}: {density}, expected {expected}");
        }
    }
}

/// Against 60 digits, far out too, where an absolute error would hide everything.
#[test]
fn kou_s_density_keeps_its_digits() {
    let kou = kou::Kou::new(kou::Parameters {
        log_drift: 0.7,
        volatility: 0.186,
        intensity: 458.0,
        up_probability: 0.499,
        up_rate: 40.7,
        down_rate: 39.3,
    })
    .unwrap();
    for (x, expected) in lines(include_str!("data/kou.txt")) {
        near(x, kou.ln_density(x.parse().unwrap(), day()), expected[0], 1e-10);
    }
}

#[test]
fn kou_s_far_tail_is_exponential() {
    let parameters = kou::Parameters {
        log_drift: 0.0,
        volatility: 0.186,
        intensity: 4.0,
        up_probability: 0.5,
        up_rate: 40.0,
        down_rate: 50.0,
    };
    let kou = kou::Kou::new(parameters).unwrap();
    // One jump is then likelier than two by far, but for the polynomial in x.
    let slope = kou.ln_density(2.01, day()) - kou.ln_density(2.0, day());
    assert!((slope + 0.4).abs() < 0.03, "{slope}");
    assert!(kou.ln_density(-5.0, day()).is_finite());
}

#[test]
fn merton_s_density_inverts_its_characteristic_function() {
    let (m, sigma, intensity, mean, deviation) = (0.769, 0.264, 252.0, -0.0004, 0.0460);
    let jumps = closed_form::merton::Jumps { intensity, mean, deviation };
    let law = jump_diffusion::Merton { volatility: sigma, jumps };
    let growth = (mean + 0.5 * deviation * deviation).exp_m1();
    let shift = (m + 0.5 * sigma * sigma + intensity * growth) * day().get();
    let ours = merton::Merton::new(merton::Parameters {
        log_drift: m,
        volatility: sigma,
        intensity,
        jump_mean: mean,
        jump_deviation: deviation,
    })
    .unwrap();
    for step in -40_i32..=40 {
        let x = 0.01 * f64::from(step);
        let expected = inverted(&law, shift, x, 6.0, 9.0 / (sigma * day().get().sqrt()));
        let density = ours.ln_density(x, day()).exp();
        assert!((density - expected).abs() < 1e-12 * (1.0 + expected), "{x}: {density}, expected {expected}");
    }
    assert!(ours.ln_density(40.0, day()).is_finite());
}

#[test]
fn bitcoin_s_jumps_are_found() {
    let Some(returns) = btc_daily() else { return };
    let fitted = merton::fit(&returns).unwrap();
    let found = |name: &str| fitted.estimate(name).unwrap().value;
    near("m", found("log_drift"), 0.769, 5e-4);
    near("σ", found("volatility"), 0.264, 5e-4);
    near("λ", found("intensity"), 252.0, 0.5);
    near("mean", found("jump_mean"), -0.0004, 5e-5);
    near("deviation", found("jump_deviation"), 0.0460, 5e-5);
    assert!(fitted.at_bounds.is_empty());
    // The parameters that another program stopped at are less likely than ours.
    let fitted_kou = kou::fit(&returns).unwrap();
    let other = kou::Parameters {
        log_drift: 0.736,
        volatility: 0.186,
        intensity: 458.0,
        up_probability: 0.499,
        up_rate: 40.7,
        down_rate: 39.3,
    };
    let other = kou::Kou::new(other).unwrap();
    let theirs: f64 = returns.values().iter().map(|r| other.ln_density(*r, returns.bar())).sum();
    println!("Kou: ln L {} at {:?}, theirs {theirs}", fitted_kou.log_likelihood, fitted_kou.model);
    assert!(fitted_kou.log_likelihood > theirs && fitted_kou.aic() < fitted.aic());
}
