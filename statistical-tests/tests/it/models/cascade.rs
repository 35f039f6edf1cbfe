//! The cascade against what its factors say: log-normal variance, memory as a mixture of exponentials, bursts that add up to jumps.

use closed_form::merton::{Jumps, european};
use closed_form::{Kind, Market, Parameters};
use gbm_core::model::{
    Bursts, Cascade, FactorVariance, JumpDeviation, Merton, NormalJumps, PerYear, Spread, VolatilityFactor,
};
use gbm_core::process::Process;
use gbm_core::units::Seconds;
use statistical_tests::Outcome;
use statistical_tests::uniformity::kolmogorov_smirnov_two;

use super::prices::payoffs;
use super::{MINUTE, each_path, mean, paths, sorted_returns, terminals};
use crate::source::SPOT;
use crate::suite::{level, pass};

const SIGMA: f64 = 0.8;

/// A factor: τ in minutes, s².
pub(super) fn factor((tau_min, variance): (f64, f64)) -> VolatilityFactor {
    VolatilityFactor { tau_s: Seconds::new(60.0 * tau_min).unwrap(), variance: FactorVariance::new(variance).unwrap() }
}

pub(super) fn cascade(factors: &[(f64, f64)], jumps: Option<Bursts>) -> Cascade {
    Cascade::new(0.1, SIGMA, &factors.iter().copied().map(factor).collect::<Vec<_>>(), jumps).unwrap()
}

fn bursts(per_year: f64, deviation: f64, spread_s: f64) -> Bursts {
    Bursts {
        per_year: PerYear::new(per_year).unwrap(),
        deviation: JumpDeviation::new(deviation).unwrap(),
        spread_s: Spread::new(spread_s).unwrap(),
    }
}

/// σ²Δ.
fn scale() -> f64 {
    SIGMA * SIGMA * MINUTE
}

/// Factors far slower than a tick: held for 16 ticks, and for 1024.
const SLOW: [(f64, f64); 2] = [(1000.0, 0.02), (60_000.0, 0.03)];

/// Kurtosis 3e^{4s²}, and the mean of |r₀rₖ| that makes the autocorrelation of |r| (e^{C_k} − 1)/((π/2)e^{s²} − 1).
#[test]
fn returns_are_log_normal_mixtures() {
    let s2: f64 = SLOW.iter().map(|(_, s2)| s2).sum();
    let lags = [1024, 2048];
    let (mut squares, mut fourths, mut sizes) = (Vec::new(), Vec::new(), Vec::new());
    let mut products = [Vec::new(), Vec::new()];
    each_path(&cascade(&SLOW, None), MINUTE, 1, 10, 1_000_000, |seen| {
        let r = seen[0].centred().abs() / scale().sqrt();
        squares.push(r * r);
        fourths.push(r.powi(4));
        sizes.push(r);
    });
    each_path(&cascade(&SLOW, None), MINUTE, 2049, 11, 20_000, |seen| {
        for (products, lag) in products.iter_mut().zip(lags) {
            products.push((seen[0].centred() * seen[lag].centred()).abs() / scale());
        }
    });
    let size = std::f64::consts::FRAC_2_PI.sqrt() * (-0.5 * s2).exp();
    pass("cascade", [mean("variance", &squares, 1.0), mean("kurtosis", &fourths, 3.0 * (4.0 * s2).exp())]);
    pass("cascade", [mean("|r|", &sizes, size)]);
    for (lag, products) in [1024.0, 2048.0].into_iter().zip(&products) {
        let memory: f64 = SLOW.iter().map(|(tau, s2)| s2 * f64::exp(-lag / tau)).sum();
        let acf = (memory.exp() - 1.0) / (std::f64::consts::FRAC_PI_2 * s2.exp() - 1.0);
        let exact = size * size + acf * (1.0 - size * size);
        pass("cascade", [mean(&format!("|r|, lag {lag}"), products, exact)]);
    }
}

/// ln of a tick's deviation is normal: its mean, variance and memory, of the default's eight factors.
#[test]
fn log_volatility_is_a_mixture_of_ornstein_uhlenbecks() {
    // Where a factor of 2 min moves every tick, its variance is that of its average over the tick.
    let factors = [(2.0, 0.10), (10.0, 0.10), (50.0, 0.08), (250.0, 0.08), (1250.0, 0.07), (6250.0, 0.07)];
    for (what, outcome) in log_volatility(&cascade(&factors, None), &factors, 20_000) {
        pass(what, [outcome]);
    }
}

/// The variance with which a factor enters a step of a minute: its average's, unless it is held for longer.
fn entering((tau, s2): (f64, f64)) -> f64 {
    let x = 1.0 / tau;
    if tau < 100.0 { s2 * 2.0 * (x - 1.0 + (-x).exp()) / (x * x) } else { s2 }
}

pub(super) fn log_volatility<P: Process>(model: &P, factors: &[(f64, f64)], n: usize) -> Vec<(&'static str, Outcome)> {
    let s2: f64 = factors.iter().copied().map(entering).sum();
    let centre = 0.5 * scale().ln() - s2;
    // Of which every number of ticks held is a divisor.
    let lags = [0, 128, 256];
    let mut products = vec![Vec::new(); lags.len()];
    let mut firsts = Vec::new();
    each_path(model, MINUTE, 257, 12, n, |seen| {
        let log = |lag: usize| seen[lag].deviation.ln() - centre;
        firsts.push(log(0));
        for (products, lag) in products.iter_mut().zip(lags) {
            products.push(log(0) * log(lag));
        }
    });
    let mut all = vec![("log-volatility", mean("mean", &firsts, 0.0))];
    for (lag, products) in lags.into_iter().zip(&products) {
        let memory: f64 = factors.iter().map(|&(tau, s2)| entering((tau, s2)) * (-(lag as f64) / tau).exp()).sum();
        all.push(("log-volatility", mean(&format!("autocovariance, lag {lag}"), products, memory)));
    }
    all
}

/// Bursts at once and spread: the variance of a tick is σ²Δ, all of it, once as many are under way as end; at the start none is,
/// and 1 − (1 − e^{−t/spread})·js of it is missing. The price is a martingale but for its drift.
#[test]
fn bursts_share_the_variance() {
    let factors = [(1000.0, 0.05)];
    for spread_s in [0.0, 300.0, 3600.0] {
        // 200 a day, a quarter of the variance.
        let deviation = (0.25 * SIGMA * SIGMA / 73_000.0).sqrt();
        let model = cascade(&factors, Some(bursts(73_000.0, deviation, spread_s)));
        assert!((model.jump_share() - 0.25).abs() < 1e-12);
        // Fifteen times as long as a burst lasts.
        let burn = if spread_s > 0.0 { if spread_s > 1000.0 { 900 } else { 75 } } else { 1 };
        let (mut first, mut last, mut squares) = (Vec::new(), Vec::new(), Vec::new());
        each_path(&model, MINUTE, burn + 1, 13, 30_000, |seen| {
            first.push(seen[0].variance() / scale());
            last.push(seen[seen.len() - 1].variance() / scale());
            squares.push(seen[seen.len() - 1].centred().powi(2) / scale());
        });
        let x = 60.0 / spread_s;
        let at_once = if spread_s > 0.0 { 1.0 - (1.0 - (-x).exp()) / x } else { 1.0 };
        let what = format!("bursts of {spread_s} s");
        pass(&what, [mean("variance at first", &first, 0.75 + 0.25 * at_once)]);
        pass(&what, [mean("variance", &last, 1.0), mean("square", &squares, 1.0)]);
        let prices = terminals(&model, 60, 0.02, paths(100_000));
        pass(&what, [mean("E[S]", &prices, SPOT * 0.002_f64.exp())]);
    }
}

/// All variance in bursts that arrive at once: Merton's model with jumps N(−s²/2, s²), price by price.
#[test]
fn bursts_at_once_are_mertons_jumps() {
    let (per_year, deviation) = (4.0, 0.2);
    let model = cascade(&[], Some(bursts(per_year, deviation, 0.0)));
    let volatility = (SIGMA * SIGMA - per_year * deviation * deviation).sqrt();
    let (rate, maturity) = (0.1, 0.25);
    let market = Parameters { spot: SPOT, rate, dividend_yield: 0.0, volatility, maturity };
    let jumps = Jumps { intensity: per_year, mean: -0.5 * deviation * deviation, deviation };
    let prices = terminals(&model, 1, maturity, 1_000_000);
    for strike in [60.0, 100.0, 140.0] {
        let exact = european(&Market::new(market).unwrap(), Kind::Put, strike, jumps).unwrap();
        let paid = payoffs(&prices, Kind::Put, strike, (-rate * maturity).exp());
        pass("bursts at once", [mean(&format!("put {strike}"), &paid, exact)]);
    }
}

/// A burst that is spread over many ticks adds up to one jump: after sixty times the spread the sum's law is Merton's, but for the
/// bursts that have not ended, an expected λ·spread = 0.003 of them.
#[test]
fn a_spread_burst_adds_up_to_a_jump() {
    let (per_year, deviation, maturity) = (20.0, 0.15, 0.01);
    let (n, steps) = (20_000, 1000);
    let spread_s = maturity * 31_536_000.0 / 60.0;
    let spread = cascade(&[], Some(bursts(per_year, deviation, spread_s)));
    let volatility = (SIGMA * SIGMA - per_year * deviation * deviation).sqrt();
    let jumps = NormalJumps::new(per_year, -0.5 * deviation * deviation, deviation).unwrap();
    // Merton's compensator is 0: E[e^J] = 1.
    let merton = Merton::new(0.1, volatility, jumps).unwrap();
    let [spread, merton] =
        [sorted_returns(&terminals(&spread, steps, maturity, n)), sorted_returns(&terminals(&merton, 1, maturity, n))];
    pass("a spread burst", [kolmogorov_smirnov_two(&spread, &merton, level())]);
}
