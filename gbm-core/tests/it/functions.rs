//! exp, the laws' functions and their extremes against 60-digit references (tools/functions.py).

use gbm_core::math::{centred_normal_cdf, erlang, exp, inverse_normal, ln, poisson, student, uniform};
use gbm_core::model::{Msm, MsmParameters};

use crate::double_double::Pair;
use crate::support::Dice;

/// Lines of a function, in fields; hexadecimal ones are bits.
fn rows(name: &str) -> Vec<Vec<&'static str>> {
    let lines = include_str!("data/functions.txt").lines().map(|line| line.split(' ').collect::<Vec<_>>());
    let rows: Vec<_> = lines.filter(|fields| fields[0] == name).map(|fields| fields[1..].to_vec()).collect();
    assert!(rows.len() > 100, "{name}: {}", rows.len());
    rows
}

fn float(field: &str) -> f64 {
    f64::from_bits(u64::from_str_radix(field, 16).unwrap())
}

fn reference(fields: &[&str]) -> Pair {
    Pair::new(float(fields[0]), float(fields[1]))
}

#[track_caller]
fn close(found: f64, expected: Pair, tolerance: f64, what: &dyn std::fmt::Debug) {
    let is_zero = expected.high == 0.0 && found == 0.0;
    let error = if is_zero { 0.0 } else { expected.relative_error(found) };
    assert!(error <= tolerance, "{what:?}: {found:e} instead of {:e}, {error:e} above {tolerance:e}", expected.high);
}

#[test]
fn exp_is_accurate_to_its_arguments_rounding() {
    for row in rows("exp") {
        let x = float(row[0]);
        // x·log₂e is rounded, twice: an ulp of it moves e^x by |x| times as much.
        close(exp(x), reference(&row[1..]), 4e-16 + 2.3e-16 * x.abs(), &x);
    }
    assert_eq!([exp(-1e300), exp(f64::NEG_INFINITY)], [f64::MIN_POSITIVE; 2]);
    assert!(exp(1e300).is_finite() && exp(f64::NAN).is_nan());
}

#[test]
fn the_centred_normal_cdf_is_within_3e_15() {
    for row in rows("cdf") {
        let z = float(row[0]);
        close(centred_normal_cdf(z), reference(&row[1..]), 3e-15, &z);
        assert!(centred_normal_cdf(z).abs() <= 0.5);
        assert_eq!(centred_normal_cdf(-z), -centred_normal_cdf(z));
    }
    assert_eq!([f64::INFINITY, f64::NEG_INFINITY].map(centred_normal_cdf), [0.5, -0.5]);
    assert!(centred_normal_cdf(f64::NAN).is_nan());
    let mut dice = Dice(1);
    for _ in 0..100_000 {
        let word = dice.word();
        let back = centred_normal_cdf(inverse_normal(word)) + 0.5;
        assert!((back - uniform(word)).abs() < 1e-15, "{word:016x}");
    }
}

#[test]
fn students_t_is_baileys_product() {
    for row in rows("student") {
        let [z, u, degrees] = [0, 1, 2].map(|place| float(row[place]));
        // U^(−2/ν) − 1 loses what it has in common with 1.
        let exponent = -2.0 / degrees * ln(u);
        let tolerance = 4e-15 + 4e-16 / exponent;
        close(student(z, u, degrees), reference(&row[3..]), tolerance, &(z, u, degrees));
    }
    assert!(student(f64::NAN, 0.5, 4.0).is_nan());
    // No uniform that there is, and no normal, makes it anything but finite.
    for word in [0, u64::MAX, 1 << 63] {
        for degrees in [2.0 + f64::EPSILON * 2.0, 2.5, 1e6] {
            assert!(student(inverse_normal(word), uniform(0), degrees).is_finite());
            assert!(student(inverse_normal(word), uniform(u64::MAX), degrees).is_finite());
        }
    }
}

#[test]
fn erlang_solves_for_its_survival_probability() {
    for row in rows("erlang") {
        let (u, count) = (float(row[0]), row[1].parse().unwrap());
        let (expected, slope) = (reference(&row[2..]), float(row[4]));
        // ln Q is a sum of logarithms, each rounded; the slope says what that makes of x.
        let terms: f64 = (1..count).map(|i| 1.0 + (expected.high / f64::from(i)).ln().abs()).sum();
        let tolerance = 2e-15 + 9e-16 * (3.0 + terms + expected.high) * slope / expected.high;
        close(erlang(u, count), expected, tolerance, &(u, count));
    }
    let mut dice = Dice(2);
    for count in [1, 2, 5, 50, 500] {
        // Nor does it leap where rounding is all that ln Q is.
        for u in [1.0 - f64::EPSILON / 2.0, 1.0 - 1e-15, 1.0 - 1e-14, 1.0 - 1e-13, 1.0 - 1e-12] {
            assert!((0.0..f64::from(count)).contains(&erlang(u, count)), "{u}, {count}");
        }
        // It falls as u rises.
        let mut uniforms: Vec<f64> = (0..200).map(|_| uniform(dice.word())).collect();
        uniforms.sort_by(f64::total_cmp);
        let sums: Vec<f64> = uniforms.iter().map(|&u| erlang(u, count)).collect();
        assert!(sums.windows(2).all(|pair| pair[0] >= pair[1] && pair[1] > 0.0), "{count}");
    }
}

#[test]
fn poisson_counts_to_the_uniform() {
    let mut least_is_most = 0;
    let rows = rows("poisson");
    for row in &rows {
        let (u, mean) = (float(row[0]), float(row[1]));
        let (low, high): (u32, u32) = (row[2].parse().unwrap(), row[3].parse().unwrap());
        let found = poisson(u, mean, exp(-mean));
        assert!((low..=high).contains(&found), "u = {u}, mean = {mean}: {found} is outside [{low}, {high}]");
        least_is_most += u32::from(low == high);
    }
    assert!(least_is_most as usize > rows.len() * 8 / 10, "the references say too little");
    assert_eq!(poisson(0.5, 0.0, 1.0), 0);
    // It ends, whatever the word.
    for mean in [1e-300, 1.0, 499.0, 500.0] {
        let most = poisson(uniform(u64::MAX), mean, exp(-mean));
        assert!(f64::from(most) < mean + 10.0 * mean.sqrt() + 30.0, "{mean}: {most}");
        assert_eq!(poisson(uniform(0), mean, exp(-mean)) > 100, mean > 400.0);
    }
}

#[test]
fn rare_renewals_are_not_rounded_away() {
    // γ₁ of a step is −ln(1 − γ)·b^(1 − k)·Δ/bar but for its square.
    let slow = MsmParameters {
        drift: 0.0,
        volatility: 0.8,
        bar_s: 86_400.0,
        multipliers: 5,
        multiplier: 1.5,
        renewal: 0.9,
        spacing: 30.0,
    };
    let found = Msm::new(slow).unwrap().renewal_in(1, 0.001);
    let expected = 10.0_f64.ln() * 30.0_f64.powi(-4) * (0.001 / 86_400.0);
    assert!((found / expected - 1.0).abs() < 1e-12, "{found:e} instead of {expected:e}");
}
