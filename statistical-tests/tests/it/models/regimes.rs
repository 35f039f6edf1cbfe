//! The switching of regimes: the stationary law, e^{Qt} and the mixture of returns.

use gbm_core::model::{Generator, RegimeSwitching};
use gbm_core::units::Years;
use nalgebra::DMatrix;
use statistical_tests::uniformity::kolmogorov_smirnov;
use statrs::distribution::{ContinuousCDF, Normal};

use super::{each_path, mean, paths, terminals};
use crate::source::SPOT;
use crate::suite::{level, pass};

const DRIFT: f64 = 0.3;
const VOLATILITIES: [f64; 3] = [0.2, 0.6, 1.6];
/// Rates a year.
const RATES: [[f64; 3]; 3] = [[0.0, 40.0, 5.0], [25.0, 0.0, 30.0], [10.0, 70.0, 0.0]];
const DAY: f64 = 1.0 / 365.0;

fn chain() -> Generator {
    RATES.iter().map(|row| row.to_vec()).collect::<Vec<_>>().try_into().unwrap()
}

fn model() -> RegimeSwitching {
    RegimeSwitching::new(DRIFT, &VOLATILITIES, chain()).unwrap()
}

/// e^{Qt}: Taylor's series for a 1024th of the time, squared back.
fn transition(t: f64) -> DMatrix<f64> {
    let mut rates = DMatrix::from_fn(3, 3, |i, j| RATES[i][j] * t);
    for i in 0..3 {
        rates[(i, i)] = -rates.row(i).sum();
    }
    rates /= 1024.0;
    let mut term = DMatrix::identity(3, 3);
    let mut sum = term.clone();
    for n in 1..40 {
        term = term * &rates / f64::from(n);
        sum += &term;
    }
    for _ in 0..10 {
        sum = &sum * &sum;
    }
    sum
}

/// The rows of e^{Qt} for t → ∞ are all the stationary law.
fn stationary() -> [f64; 3] {
    let long = transition(10.0);
    std::array::from_fn(|j| long[(0, j)])
}

#[test]
fn the_chain_is_the_exponential_of_its_generator() {
    let largest = |ours: Vec<Vec<f64>>, exact: DMatrix<f64>| {
        (0..9).map(|at| (ours[at / 3][at % 3] - exact[(at / 3, at % 3)]).abs()).fold(0.0, f64::max)
    };
    for t in [1e-6, 1.0 / 525_600.0, DAY, 0.1, 3.0] {
        let error = largest(chain().transition(Years::new(t).unwrap()), transition(t));
        assert!(error < 1e-12, "t = {t}: {error:e}");
    }
    let error = chain().stationary().iter().zip(stationary()).map(|(p, q)| (p - q).abs()).fold(0.0, f64::max);
    assert!(error < 1e-12, "{error:e}");
}

/// Which regime a step's deviation is of.
fn regime(deviation: f64, dt: f64) -> usize {
    let of = |sigma: &f64| (deviation / (sigma * dt.sqrt()) - 1.0).abs() < 1e-9;
    VOLATILITIES.iter().position(of).expect("one of the regimes")
}

/// Regimes at the start, and from each to each after one step and after seven.
#[test]
fn regimes_switch_as_the_generator_says() {
    let n = paths(300_000);
    let mut firsts: [Vec<f64>; 3] = std::array::from_fn(|_| Vec::new());
    let mut moves: Vec<[Vec<f64>; 2]> = vec![[Vec::new(), Vec::new()]; 9];
    each_path(&model(), DAY, 8, 30, n, |seen| {
        let at = |step: usize| regime(seen[step].deviation, DAY);
        for (i, first) in firsts.iter_mut().enumerate() {
            first.push(f64::from(u8::from(at(0) == i)));
        }
        for (lag, step) in [1, 7].into_iter().enumerate() {
            for (to, sample) in moves[3 * at(0)..][..3].iter_mut().enumerate() {
                sample[lag].push(f64::from(u8::from(at(step) == to)));
            }
        }
    });
    let law = stationary();
    pass("regimes", firsts.iter().zip(law).map(|(sample, p)| mean("at the start", sample, p)));
    for (lag, t) in [DAY, 7.0 * DAY].into_iter().enumerate() {
        let exact = transition(t);
        for (at, sample) in moves.iter().enumerate() {
            let (from, to) = (at / 3, at % 3);
            pass("regimes", [mean(&format!("{from} to {to}, {} days", [1, 7][lag]), &sample[lag], exact[(from, to)])]);
        }
    }
}

/// The returns of a step are the mixture, at the start and later; E[S_T] = S₀e^{μT}.
#[test]
fn returns_are_the_mixture() {
    let (normal, law) = (Normal::standard(), stationary());
    let probability = |r: f64| -> f64 {
        let of =
            |(sigma, p): (f64, f64)| p * normal.cdf((r - (DRIFT - 0.5 * sigma * sigma) * DAY) / (sigma * DAY.sqrt()));
        VOLATILITIES.into_iter().zip(law).map(of).sum()
    };
    let (mut first, mut later) = (Vec::new(), Vec::new());
    each_path(&model(), DAY, 6, 31, 200_000, |seen| {
        first.push(probability(seen[0].increment));
        later.push(probability(seen[5].increment));
    });
    for mut sample in [first, later] {
        sample.sort_unstable_by(f64::total_cmp);
        pass("regimes", [kolmogorov_smirnov(&sample, level())]);
    }
    pass("regimes", [mean("E[S]", &terminals(&model(), 90, 0.25, 200_000), SPOT * (DRIFT * 0.25).exp())]);
}
