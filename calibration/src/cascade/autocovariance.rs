//! Autocovariances of ln|r|: those that were seen, and those that a factor makes.

use gbm_core::units::Years;

/// 1, 2, 3, … and then each about five quarters of the one before, to `longest`.
pub(super) fn lags(longest: usize) -> Vec<usize> {
    let next = |lag: &usize| Some(((5 * lag + 2) / 4).max(lag + 1));
    std::iter::successors(Some(1), next).take_while(|&lag| lag <= longest).collect()
}

/// ln|r| about its mean; none where r is 0.
pub(super) fn centred(returns: &[f64]) -> Vec<Option<f64>> {
    let logs: Vec<Option<f64>> = returns.iter().map(|r| (*r != 0.0).then(|| r.abs().ln())).collect();
    let count = logs.iter().flatten().count().max(1) as f64;
    let mean = logs.iter().flatten().sum::<f64>() / count;
    logs.into_iter().map(|log| log.map(|log| log - mean)).collect()
}

/// The autocovariances of bars' means of X with variance 1 and time constant τ, held through ticks: n ticks a bar, φ = e^(−tick/τ).
///
/// γ(k) = φ^{nk}·(1 − φⁿ)(1 − φ⁻ⁿ)/((1 − φ)(1 − φ⁻¹))/n² for k ≥ 1; γ(0) = (n(1 − φ²) − 2φ(1 − φⁿ))/(1 − φ)²/n².
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// Bars in a time constant, inverse.
    decay: f64,
    first: f64,
    variance: f64,
}

impl Shape {
    pub(super) fn new(time: Years, tick: Years, bar: Years) -> Self {
        let n = (bar.get() / tick.get()).round().max(1.0);
        let (step, decay) = (tick.get() / time.get(), bar.get() / time.get());
        let phi = (-step).exp();
        let gap = -(-step).exp_m1();
        // (1 − φⁿ)(1 − φ⁻ⁿ)/((1 − φ)(1 − φ⁻¹)) is (sinh(nh/2)/sinh(h/2))²; taken with φⁿ of the first lag, so that nothing overflows.
        let ratio = -(-n * step).exp_m1() / gap / n;
        let variance = (n * (1.0 - phi * phi) - 2.0 * phi * -(-n * step).exp_m1()) / (gap * gap * n * n);
        Self { decay, first: ratio * ratio * (-step).exp(), variance }
    }

    pub(super) fn variance(&self) -> f64 {
        self.variance
    }

    /// γ(k), k ≥ 1.
    pub(super) fn at(&self, lag: usize) -> f64 {
        self.first * (-(lag as f64 - 1.0) * self.decay).exp()
    }

    /// The variance of the mean of `rows` bars.
    pub(super) fn of_the_mean(&self, rows: usize) -> f64 {
        let n = rows as f64;
        let sum: f64 = (1..rows).map(|lag| (1.0 - lag as f64 / n) * self.at(lag)).sum();
        (self.variance + 2.0 * sum) / n
    }
}
