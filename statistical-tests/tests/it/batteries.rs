//! The tests that run on every source, each a function of the source and n.

use closed_form::exchange::{self, Asset};
use closed_form::{Kind, Market, Parameters, black_scholes};
use nalgebra::DMatrix;
use statistical_tests::correlation::{Products, lagged};
use statistical_tests::{Outcome, counts, moments, serial, uniformity};

use crate::source::{Basket, HOUR, Law, SECOND, SPOT, Source, Stream, YEAR, standardise_path};
use crate::suite::level;

/// The substreams of the test for cross-correlation.
const SUBSTREAMS: u8 = 64;
/// Steps of the multi-step paths.
pub(crate) const STEPS: u64 = 250;

/// The market of the published call prices; its maturity is one step.
pub(crate) const CALLS: Parameters =
    Parameters { spot: SPOT, rate: 0.1, dividend_yield: 0.0, volatility: 0.25, maturity: 0.1 };
const CALLS_LAW: Law = Law { drift: 0.1, volatility: 0.25, interval_ms: 3_153_600_000 };

/// Standardised log-returns of n paths over a number of steps, from path `first` on.
pub(crate) fn terminals(source: &dyn Source, law: Law, steps: u64, first: u64, n: usize) -> Vec<f64> {
    let mut sample = vec![0.0; n];
    source.terminals(law, steps, first, &mut sample);
    for price in &mut sample {
        *price = law.standardise((*price / SPOT).ln(), steps);
    }
    sample
}

/// Standardised log-returns of one path's n steps.
pub(crate) fn increments(source: &dyn Source, law: Law, n: usize) -> Vec<f64> {
    let mut sample = vec![0.0; n];
    source.path(law, 0, &mut sample);
    standardise_path(law, &mut sample);
    sample
}

/// Normals of stream 0.
pub(crate) fn normals(source: &dyn Source, n: usize) -> Vec<f64> {
    let mut sample = vec![0.0; n];
    source.normals(Stream { asset: 0, path: 0 }, 0, &mut sample);
    sample
}

pub(crate) fn kolmogorov_smirnov(mut sample: Vec<f64>) -> Outcome {
    uniformity::sort_into_probabilities(&mut sample);
    uniformity::kolmogorov_smirnov(&sample, level())
}

pub(crate) fn anderson_darling(mut sample: Vec<f64>) -> Outcome {
    sample.sort_unstable_by(f64::total_cmp);
    uniformity::anderson_darling(&sample, level())
}

pub(crate) fn chi_square(mut sample: Vec<f64>) -> Outcome {
    uniformity::sort_into_probabilities(&mut sample);
    uniformity::chi_square(sample, 1000, level())
}

pub(crate) fn ties(mut sample: Vec<f64>) -> Outcome {
    sample.sort_unstable_by(f64::total_cmp);
    counts::ties(&sample, level())
}

/// The bytes of n words.
pub(crate) fn bytes(source: &dyn Source, n: usize) -> Outcome {
    let mut words = vec![0; n];
    source.words(Stream { asset: 0, path: 0 }, 0, &mut words);
    uniformity::chi_square_bytes(&words, level())
}

/// All pairs of 64 sequences of n normals each; `read` gives sequence k from a step on.
pub(crate) fn cross(n: usize, read: impl Fn(u8, u64, &mut [f64])) -> Outcome {
    let mut columns = vec![Vec::new(); usize::from(SUBSTREAMS)];
    let mut products = Products::new(columns.len());
    for first in (0..n).step_by(1000) {
        for (column, k) in columns.iter_mut().zip(0..SUBSTREAMS) {
            column.resize(1000.min(n - first), 0.0);
            read(k, first as u64, column);
        }
        products.add_columns(&columns);
    }
    products.independent(level())
}

/// All pairs of the streams of an asset's first 64 paths.
pub(crate) fn substreams(source: &dyn Source, n: usize) -> Outcome {
    cross(n, |k, first, column| source.normals(Stream { asset: 0, path: u64::from(k) }, first, column))
}

/// Standardised increments of a basket, n rows in paths of ten steps, as products.
pub(crate) fn basket_products(source: &dyn Source, basket: &Basket, n: usize) -> Products {
    let assets = basket.laws.len();
    let mut prices = vec![0.0; n * assets];
    source.basket(basket, 10, &mut prices);
    let mut products = Products::new(assets);
    let (mut before, mut row) = (vec![SPOT; assets], vec![0.0; assets]);
    for (step, prices) in prices.chunks(assets).enumerate() {
        if step % 10 == 0 {
            before.fill(SPOT);
        }
        for (i, law) in basket.laws.iter().enumerate() {
            row[i] = law.standardise((prices[i] / before[i]).ln(), 1);
        }
        before.copy_from_slice(prices);
        products.add_row(&row);
    }
    products
}

/// Three assets on hourly steps.
pub(crate) fn three_assets() -> Basket {
    let correlation = DMatrix::from_row_slice(3, 3, &[1.0, 0.7, -0.3, 0.7, 1.0, 0.1, -0.3, 0.1, 1.0]);
    Basket { laws: vec![HOUR, Law { volatility: 1.1, ..HOUR }, Law { drift: -0.2, ..HOUR }], correlation }
}

pub(crate) fn correlations(source: &dyn Source, n: usize) -> Outcome {
    let basket = three_assets();
    basket_products(source, &basket, n).correlated(&basket.correlation, level())
}

/// A call's price by Black-Scholes.
pub(crate) fn call_price(strike: f64) -> f64 {
    let market = Market::new(CALLS).expect("a market");
    black_scholes::european(&market, Kind::Call, strike).expect("a strike")
}

/// The discounted payoff of a call against Black-Scholes, n terminals of one step.
pub(crate) fn call(source: &dyn Source, strike: f64, first: u64, n: usize) -> Outcome {
    let mut payoffs = vec![0.0; n];
    source.terminals(CALLS_LAW, 1, first, &mut payoffs);
    let discount = (-CALLS.rate * CALLS.maturity).exp();
    for price in &mut payoffs {
        *price = discount * (*price - strike).max(0.0);
    }
    Outcome { test: "call".into(), ..moments::mean(&payoffs, call_price(strike), level()) }
}

/// The discounted payoff of Margrabe's option on two assets with ρ = 0.7 over a year in four steps.
pub(crate) fn margrabe(source: &dyn Source, n: usize) -> Outcome {
    let law = |volatility| Law { drift: 0.05, volatility, interval_ms: 7_884_000_000 };
    let (first, second, rho) = (law(0.8), law(1.1), 0.7);
    let correlation = DMatrix::from_row_slice(2, 2, &[1.0, rho, rho, 1.0]);
    let mut prices = vec![0.0; n * 4 * 2];
    source.basket(&Basket { laws: vec![first, second], correlation }, 4, &mut prices);
    let payoff = |path: &[f64]| (-first.drift).exp() * (path[6] - path[7]).max(0.0);
    let payoffs: Vec<f64> = prices.chunks(8).map(payoff).collect();
    let asset = |law: Law| Asset { spot: SPOT, dividend_yield: 0.0, volatility: law.volatility };
    let exact = exchange::price(asset(first), asset(second), rho, 1.0).expect("a price");
    Outcome { test: "exchange option".into(), ..moments::mean(&payoffs, exact, level()) }
}

/// 250 steps of an hour against one step of 250 hours: two-sample KS of n log-returns each.
pub(crate) fn steps_against_one(source: &dyn Source, n: usize) -> Outcome {
    let long = Law { interval_ms: STEPS * HOUR.interval_ms, ..HOUR };
    let mut many = terminals(source, HOUR, STEPS, 0, n);
    let mut one = terminals(source, long, 1, 1 << 30, n);
    many.sort_unstable_by(f64::total_cmp);
    one.sort_unstable_by(f64::total_cmp);
    uniformity::kolmogorov_smirnov_two(&many, &one, level())
}

/// The steered price and its reference move on the noise of the same step: r = 1 at lag 0, so that this is no
/// matter of chance; rounding leaves 1 − r below 10⁻⁹.
pub(crate) fn coupling(source: &dyn Source, n: usize) -> Outcome {
    let (steered, reference) = coupled(source, n);
    let rows: Vec<Vec<f64>> = vec![steered, reference];
    let mut products = Products::new(2);
    products.add_columns(&rows);
    Outcome::at_most("coupling, 1 − r", 1.0 - products.correlation(1, 0), 1e-9)
}

/// The steered price shares nothing with the reference's next step.
pub(crate) fn lag_one(source: &dyn Source, n: usize) -> Outcome {
    let (steered, reference) = coupled(source, n);
    lagged(&steered, &reference, 1, level())
}

fn coupled(source: &dyn Source, n: usize) -> (Vec<f64>, Vec<f64>) {
    let (mut steered, mut reference) = (vec![0.0; n], vec![0.0; n]);
    source.coupled(SECOND, &mut steered, &mut reference);
    standardise_path(Law { volatility: 0.5 * SECOND.volatility, ..SECOND }, &mut steered);
    standardise_path(SECOND, &mut reference);
    (steered, reference)
}

/// Step j of a path, and of a steered price's reference, moves by the normal of word j: largest |Δz| against `direct`'s
/// normals. The price's rounding is 10⁻¹⁶/(σ√Δt) = 10⁻¹² here.
pub(crate) fn addressed(source: &dyn Source, direct: &dyn Source, n: usize) -> Outcome {
    let direct = normals(direct, n);
    let (_, reference) = coupled(source, n);
    let path = largest_difference(&increments(source, SECOND, n), &direct);
    Outcome::at_most("addressed noise", largest([path, largest_difference(&reference, &direct)].into_iter()), 1e-10)
}

/// σ = 0 over a thousand steps: largest |P/(S₀e^{μt}) − 1| over 4·10⁻¹⁵·max(1, |μt|).
pub(crate) fn curve(source: &dyn Source, law: Law) -> Outcome {
    let mut prices = vec![0.0; 1000];
    source.path(Law { volatility: 0.0, ..law }, 0, &mut prices);
    let error = |(price, step): (&f64, u32)| {
        let log = law.drift * (f64::from(step) * law.interval_ms as f64) / YEAR.interval_ms as f64;
        (price / (SPOT * log.exp()) - 1.0).abs() / log.abs().max(1.0)
    };
    Outcome::at_most("curve", largest(prices.iter().zip(1..).map(error)), 4e-15)
}

pub(crate) fn largest_difference(x: &[f64], y: &[f64]) -> f64 {
    assert_eq!(x.len(), y.len());
    largest(x.iter().zip(y).map(|(x, y)| (x - y).abs()))
}

/// The largest of non-negative numbers; NaN if one of them is.
pub(crate) fn largest(sizes: impl Iterator<Item = f64>) -> f64 {
    sizes.fold(0.0, |largest, size| if largest.is_nan() || size <= largest { largest } else { size })
}

/// The serial tests, in the order of the sample.
pub(crate) fn serial_tests(sample: &[f64]) -> Vec<Outcome> {
    vec![
        serial::ljung_box(sample, 10, level()),
        serial::runs_of_signs(sample, level()),
        serial::runs_up_and_down(sample, level()),
        serial::variance_ratio(sample, 2, level()),
        serial::variance_ratio(sample, 16, level()),
    ]
}
