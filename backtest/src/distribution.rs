//! One figure over many runs.

use serde::Serialize;

/// The quantiles that are told.
pub const QUANTILES: [f64; 7] = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

/// How a figure is spread over runs that have it.
///
/// ```
/// use backtest::distribution::Distribution;
/// let spread = Distribution::of((1..=5).map(f64::from).map(Some)).unwrap();
/// assert_eq!((spread.mean, spread.quantiles[3]), (3.0, (0.5, 3.0)));
/// assert!((spread.standard_error.unwrap() - (2.5_f64 / 5.0).sqrt()).abs() < 1e-15);
/// assert_eq!(Distribution::of([None, None]), None);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Distribution {
    /// Runs that have the figure.
    pub runs: usize,
    /// Its mean.
    pub mean: f64,
    /// The mean's standard error, s/√n; absent for one run.
    pub standard_error: Option<f64>,
    /// The sample deviation s; absent for one run.
    pub deviation: Option<f64>,
    /// The least.
    pub min: f64,
    /// The most.
    pub max: f64,
    /// Probability and quantile, by linear interpolation between order statistics: `numpy.quantile`'s default, Hyndman and Fan's type 7.
    pub quantiles: Vec<(f64, f64)>,
}

impl Distribution {
    /// Of the values that are there; none if none is. The order of values matters to no figure but for rounding.
    pub fn of(values: impl IntoIterator<Item = Option<f64>>) -> Option<Self> {
        let mut values: Vec<f64> = values.into_iter().flatten().collect();
        let runs = values.len();
        let count = runs as f64;
        let mean = values.iter().sum::<f64>() / count;
        let squares = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>();
        values.sort_by(f64::total_cmp);
        let (min, max) = (*values.first()?, *values.last()?);
        let deviation = (runs > 1).then(|| (squares / (count - 1.0)).sqrt());
        let quantiles = QUANTILES.map(|part| (part, quantile(&values, part))).to_vec();
        Some(Self {
            runs,
            mean,
            standard_error: deviation.map(|deviation| deviation / count.sqrt()),
            deviation,
            min,
            max,
            quantiles,
        })
    }
}

/// A quantile of sorted values, of which there is one at least.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the values' places")]
fn quantile(sorted: &[f64], part: f64) -> f64 {
    let place = part * (sorted.len() - 1) as f64;
    let below = place.floor() as usize;
    let (low, high) = (sorted[below], sorted[(below + 1).min(sorted.len() - 1)]);
    low + (place - place.floor()) * (high - low)
}

/// A probability, as it was found in runs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Probability {
    /// The part of the runs in which it happened.
    pub value: f64,
    /// Its standard error, √(p·(1 − p)/n).
    pub standard_error: f64,
}

impl Probability {
    /// Of so many runs, one at least.
    pub(crate) fn of(happened: usize, runs: usize) -> Self {
        let (value, count) = (happened as f64 / runs as f64, runs as f64);
        Self { value, standard_error: (value * (1.0 - value) / count).sqrt() }
    }
}
