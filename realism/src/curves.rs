//! What a report draws of returns: numbers along an axis.

use gbm_core::math::inverse_normal;
use serde::Serialize;

use crate::envelope::{Envelope, quantile, sorted};
use crate::facts::Sample;
use crate::returns::Returns;
use crate::scale::Scale;
use crate::stats::{Moments, Series};

/// Bins of the distribution, half a standard deviation each, the middle one around 0.
const BINS: usize = 61;
const BIN: f64 = 0.5;
/// Lags at which the autocorrelation of |r| is drawn, evenly spaced in their logarithm.
const LAGS: usize = 28;
/// Expected returns beyond the outermost quantile that is drawn.
const BEYOND: f64 = 3.0;

/// How many curves there are.
const KINDS: usize = 5;

/// Numbers along an axis; none where one can't be measured.
type Values = Vec<Option<f64>>;
/// All curves of one path.
pub(crate) type Measured = [Values; KINDS];

/// What is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The density of returns over the data's standard deviation; x in the same unit.
    Density,
    /// Quantiles of returns over the data's standard deviation; x the normal law's.
    Quantiles,
    /// Autocorrelation of r; x the lag in bars.
    AcfReturns,
    /// Autocorrelation of |r|; x the lag in bars.
    AcfSizes,
    /// Excess kurtosis of sums; x how many bars they have.
    Kurtosis,
}

/// Numbers along an axis, of the data and of a model's paths.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Curve {
    /// What they are.
    pub kind: Kind,
    /// Where.
    pub x: Vec<f64>,
    /// Of the data; null where it can't be measured.
    pub data: Vec<Option<f64>>,
    /// Of the paths.
    pub model: Vec<Option<Envelope>>,
}

/// Where each curve is measured.
#[derive(Clone, Debug)]
pub(crate) struct Axes {
    deviation: f64,
    probabilities: Vec<f64>,
    lags: Vec<usize>,
    size_lags: Vec<usize>,
    widths: &'static [usize],
}

/// Lags and sums in bars: the last lag for r, for |r|, and the sums.
const fn extent(scale: Scale) -> (usize, usize, &'static [usize]) {
    match scale {
        Scale::Minute => (60, 720, &[1, 2, 5, 10, 15, 30, 60, 120, 240]),
        Scale::Hour => (72, 1440, &[1, 2, 4, 8, 12, 24, 72, 168, 336, 720]),
        Scale::Day => (40, 250, &[1, 2, 3, 5, 7, 10, 14, 21, 30]),
    }
}

impl Axes {
    pub(crate) fn of(returns: &Returns) -> Self {
        let (last, last_size, widths) = extent(returns.scale());
        let deviation = Moments::of(returns.values()).map_or(1.0, |moments| moments.deviation());
        let step = (last_size as f64).ln() / (LAGS - 1) as f64;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most the last lag")]
        let spaced = (0_u32..).take(LAGS).map(|place| (f64::from(place) * step).exp().round() as usize);
        let mut size_lags: Vec<usize> = spaced.collect();
        size_lags.dedup();
        // Evenly spaced in the log-odds, to where few returns lie.
        let outermost = (returns.values().len() as f64 / BEYOND).ln();
        let odds = (-20_i32..=20).map(|place| f64::from(place) / 20.0 * outermost);
        let probabilities = odds.map(|odds| 1.0 / (1.0 + (-odds).exp())).collect();
        Self { deviation, probabilities, lags: (1..=last).collect(), size_lags, widths }
    }

    /// All curves of returns, in the order of [`Axes::curves`].
    pub(crate) fn measure(&self, returns: &Returns) -> Measured {
        let (sample, plain) = (Sample::new(returns, None), Series::of(returns, |r| r));
        [
            self.density(returns.values()),
            self.quantiles(returns.values()),
            self.lags.iter().map(|&lag| plain.autocorrelation(lag)).collect(),
            self.size_lags.iter().map(|&lag| sample.size_autocorrelation(lag)).collect(),
            self.widths.iter().map(|&width| sample.kurtosis(width)).collect(),
        ]
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the bins")]
    fn density(&self, values: &[f64]) -> Values {
        let mut counts = [0_u32; BINS];
        for value in values {
            let bin = (value / self.deviation / BIN + 0.5 * BINS as f64).floor();
            if (0.0..BINS as f64).contains(&bin) {
                counts[bin as usize] += 1;
            }
        }
        counts.iter().map(|&count| Some(f64::from(count) / values.len() as f64 / BIN)).collect()
    }

    fn quantiles(&self, values: &[f64]) -> Values {
        let sorted = sorted(values.iter().map(|&value| Some(value / self.deviation)));
        self.probabilities.iter().map(|&part| quantile(&sorted, part)).collect()
    }

    /// The curves, from the data's and each path's.
    pub(crate) fn curves(&self, data: Measured, paths: &[Measured]) -> Vec<Curve> {
        let bars = |places: &[usize]| places.iter().map(|&place| place as f64).collect();
        let centre = |bin| (f64::from(bin) - 0.5 * (BINS - 1) as f64) * BIN;
        let kinds: [(Kind, Vec<f64>); KINDS] = [
            (Kind::Density, (0_u32..).take(BINS).map(centre).collect()),
            (Kind::Quantiles, self.probabilities.iter().map(|&part| normal_quantile(part)).collect()),
            (Kind::AcfReturns, bars(&self.lags)),
            (Kind::AcfSizes, bars(&self.size_lags)),
            (Kind::Kurtosis, bars(self.widths)),
        ];
        let mut curves = Vec::with_capacity(kinds.len());
        for (number, ((kind, x), data)) in kinds.into_iter().zip(data).enumerate() {
            let at = |place: usize| {
                Envelope::of(&sorted(paths.iter().map(|path| path[number].get(place).copied().flatten())))
            };
            curves.push(Curve { kind, model: (0..x.len()).map(at).collect(), x, data });
        }
        curves
    }
}

/// The normal quantile of a probability in (0, 1), by way of the noise word that has it.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a probability below 1")]
fn normal_quantile(probability: f64) -> f64 {
    inverse_normal((probability * 2.0_f64.powi(64)) as u64)
}
