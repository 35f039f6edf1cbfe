//! GARCH against the moments of its stationary law.
//!
//! Sources: Bollerslev (1986), *J. Econometrics* 31, section 3, for variance and fourth moment; Bollerslev (1988), *J. Time Series Analysis*
//! 9(2), for the autocorrelation of squares; He and Teräsvirta (1999), *J. Econometrics* 92(1), for any law of ε.

use gbm_core::model::{Garch, GarchParameters, Innovation};
use gbm_core::process::Process;
use statistical_tests::Outcome;

use super::{each_path, mean, paths};
use crate::suite::pass;

pub(super) const DAY: f64 = 1.0 / 365.0;
/// Bars after which nothing is left of the start: 0.88¹⁶⁰ < 10⁻⁸.
pub(super) const BURN: usize = 160;
const LAGS: [usize; 4] = [1, 2, 5, 20];

/// α, β and E[ε⁴] of a process with mean variance 1/10,000 a bar.
#[derive(Clone, Copy, Debug)]
pub(super) struct Law {
    pub(super) alpha: f64,
    pub(super) beta: f64,
    pub(super) fourth: f64,
}

pub(super) const NORMAL: Law = Law { alpha: 0.08, beta: 0.8, fourth: 3.0 };
const MEAN: f64 = 1e-4;

impl Law {
    pub(super) fn model(self, innovation: Innovation) -> Garch {
        let Self { alpha, beta, .. } = self;
        let omega = MEAN * (1.0 - alpha - beta);
        let parameters = GarchParameters { drift: 0.0, bar_s: 86_400.0, omega, alpha, gamma: 0.0, beta };
        Garch::new(parameters, innovation).unwrap()
    }

    /// E[r⁴]/E[r²]².
    pub(super) fn kurtosis(self) -> f64 {
        let Self { alpha, beta, fourth } = self;
        let persistence = alpha + beta;
        fourth * (1.0 - persistence * persistence) / (1.0 - persistence * persistence - alpha * alpha * (fourth - 1.0))
    }

    /// E[r_t²·r_{t+k}²]/E[r²]².
    pub(super) fn product(self, lag: usize) -> f64 {
        let Self { alpha, beta, .. } = self;
        let first = alpha * (1.0 - alpha * beta - beta * beta) / (1.0 - 2.0 * alpha * beta - beta * beta);
        let correlation = first * (alpha + beta).powi(i32::try_from(lag - 1).expect("a lag of the tests"));
        1.0 + (self.kurtosis() - 1.0) * correlation
    }
}

/// Squares and their products along stationary paths, in units of the mean variance.
pub(super) fn outcomes<P: Process>(model: &P, law: Law, n: usize) -> Vec<Outcome> {
    let (mut squares, mut fourths, mut products) = (Vec::new(), Vec::new(), vec![Vec::new(); LAGS.len()]);
    each_path(model, DAY, (BURN + 21) as u64, 3, n, |seen| {
        let square = |lag: usize| seen[BURN + lag].centred().powi(2) / MEAN;
        squares.push(square(0));
        fourths.push(square(0).powi(2));
        for (products, lag) in products.iter_mut().zip(LAGS) {
            products.push(square(0) * square(lag));
        }
    });
    let mut all = vec![mean("variance", &squares, 1.0), mean("kurtosis", &fourths, law.kurtosis())];
    all.extend(
        LAGS.iter().zip(&products).map(|(&lag, sample)| mean(&format!("squares, lag {lag}"), sample, law.product(lag))),
    );
    all
}

#[test]
fn garch_has_its_moments() {
    let n = paths(100_000);
    pass("GARCH", outcomes(&NORMAL.model(Innovation::Normal {}), NORMAL, n));
    // 3(ν − 2)/(ν − 4) for ν = 24.
    let student = serde_json::from_str(r#"{"kind":"student","degrees":24}"#).unwrap();
    let law = Law { alpha: 0.06, fourth: 3.3, ..NORMAL };
    pass("GARCH-t", outcomes(&law.model(student), law, n));
}

/// A fall adds γ: the mean variance, and how the next bar's answers to the sign of this one's, E[ε·h′ | h] = −γh·√(2/π).
#[test]
fn a_fall_weighs_more() {
    let (alpha, gamma, beta) = (0.04, 0.1, 0.8);
    let omega = MEAN * (1.0 - alpha - 0.5 * gamma - beta);
    let parameters = GarchParameters { drift: 0.0, bar_s: 86_400.0, omega, alpha, gamma, beta };
    let model = Garch::new(parameters, Innovation::Normal {}).unwrap();
    assert!((model.unconditional_variance() / MEAN - 1.0).abs() < 1e-12);
    let (mut variance, mut answer, mut both) = (Vec::new(), Vec::new(), Vec::new());
    each_path(&model, DAY, BURN as u64 + 2, 4, paths(200_000), |seen| {
        let (now, next) = (seen[BURN], seen[BURN + 1]);
        variance.push(now.variance() / MEAN);
        let epsilon = now.centred() / now.deviation;
        answer.push(epsilon * next.variance() / now.variance());
        both.push((next.variance() - omega) / now.variance());
    });
    pass("GJR", [mean("variance", &variance, 1.0)]);
    pass("GJR", [mean("asymmetry", &answer, -gamma * std::f64::consts::FRAC_2_PI.sqrt())]);
    pass("GJR", [mean("persistence", &both, alpha + 0.5 * gamma + beta)]);
}
