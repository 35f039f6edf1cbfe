use std::ops::Range;

use super::{finite, slope};
use crate::returns::Returns;

/// The longest stretch must hold a lag this many times.
const LAGS_HELD: usize = 5;
/// Of the pairs that an unbroken series had, so many must lie within stretches: one of this many.
const PAIRS_HELD: usize = 4;
/// The fewest positive autocorrelations through which a power law is laid.
const MIN_POINTS: usize = 5;
const LEVERAGE_LAGS: usize = 10;

/// A series of which autocorrelations are wanted, less its mean. Sums, and no Fourier transform: a few dozen lags are wanted,
/// not all.
#[derive(Clone, Debug)]
pub struct Series {
    centred: Vec<f64>,
    squares: f64,
    stretches: Vec<Range<usize>>,
    longest: usize,
}

impl Series {
    /// What becomes of each return under a function: itself, |r| or r².
    pub fn of(returns: &Returns, each: impl Fn(f64) -> f64) -> Self {
        let mut centred: Vec<f64> = returns.values().iter().map(|&r| each(r)).collect();
        let mean = centred.iter().sum::<f64>() / centred.len() as f64;
        for x in &mut centred {
            *x -= mean;
        }
        let squares = centred.iter().map(|x| x * x).sum();
        Self { centred, squares, stretches: returns.stretches().collect(), longest: returns.longest() }
    }

    /// Σ(x_t − x̄)(x_{t+k} − x̄)/Σ(x − x̄)², the sum above over pairs within one stretch, times (n − k)/pairs: 1 without
    /// gaps, and as if none of the pairs were missing with them.
    ///
    /// - None where nothing varies, for lag 0, and where the longest stretch doesn't hold the lag five times: the minutes of
    ///   three days say nothing of a lag of one. None either where three of four pairs reach across gaps.
    ///
    /// ```
    /// use realism::{Pattern, Returns, Scale, Stretch, stats::Series};
    /// let pattern = Pattern::new(Scale::Day, [Stretch { first_close_ms: 0, closes: 9 }]);
    /// let returns = Returns::of(&pattern, &[0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0]).unwrap();
    /// assert_eq!(Series::of(&returns, |r| r).autocorrelation(1), Some(-7.0 / 8.0));
    /// assert_eq!(Series::of(&returns, |r| r).autocorrelation(2), None);
    /// ```
    pub fn autocorrelation(&self, lag: usize) -> Option<f64> {
        if !self.reaches(lag) {
            return None;
        }
        let (mut sum, mut pairs) = (0.0, 0);
        for stretch in self.stretches.iter().filter(|stretch| stretch.len() > lag) {
            let part = &self.centred[stretch.clone()];
            sum += products(&part[..part.len() - lag], &part[lag..]);
            pairs += part.len() - lag;
        }
        let all = self.centred.len() - lag;
        if PAIRS_HELD * pairs < all {
            return None;
        }
        finite(sum / self.squares * (all as f64 / pairs as f64))
    }

    /// Whether the longest stretch holds the lag five times.
    fn reaches(&self, lag: usize) -> bool {
        lag > 0 && self.longest >= LAGS_HELD.saturating_mul(lag)
    }
}

/// Σ a·b, in four sums side by side, as the processor adds.
fn products(a: &[f64], b: &[f64]) -> f64 {
    let (left, right) = (a.chunks_exact(4), b.chunks_exact(4));
    let rest = left.remainder().iter().zip(right.remainder()).map(|(a, b)| a * b).sum::<f64>();
    let mut sums = [0.0; 4];
    for (a, b) in left.zip(right) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum += a * b;
        }
    }
    sums.iter().sum::<f64>() + rest
}

/// The exponent by which autocorrelations decay: − the least-squares slope of ln acf on ln lag, over the lags with a
/// positive one, five at least; none if the longest stretch doesn't hold each lag five times.
pub fn decay(series: &Series, lags: impl Iterator<Item = usize> + Clone) -> Option<f64> {
    if !lags.clone().all(|lag| series.reaches(lag)) {
        return None;
    }
    let measured = lags.filter_map(|lag| series.autocorrelation(lag).map(|value| (lag, value)));
    let positive = measured.filter(|(_, value)| *value > 0.0);
    let points: Vec<(f64, f64)> = positive.map(|(lag, value)| ((lag as f64).ln(), value.ln())).collect();
    if points.len() < MIN_POINTS { None } else { slope(&points).map(|slope| -slope) }
}

/// The leverage effect: the mean over k = 1…10 of corr(r_t, r²_{t+k}), each over all pairs within a stretch.
pub fn leverage(returns: &Returns) -> Option<f64> {
    let each: Option<Vec<f64>> = (1..=LEVERAGE_LAGS).map(|lag| correlation(returns, lag)).collect();
    each.map(|each| each.iter().sum::<f64>() / LEVERAGE_LAGS as f64)
}

fn correlation(returns: &Returns, lag: usize) -> Option<f64> {
    let pairs = || {
        let held = returns.parts().filter(|part| part.len() > lag);
        held.flat_map(|part| part.iter().zip(&part[lag..]).map(|(&now, &then)| (now, then * then)))
    };
    let count = pairs().count() as f64;
    let (sum_x, sum_y) = pairs().fold((0.0, 0.0), |(sum_x, sum_y), (x, y)| (sum_x + x, sum_y + y));
    let (mean_x, mean_y) = (sum_x / count, sum_y / count);
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for (x, y) in pairs() {
        xx += (x - mean_x) * (x - mean_x);
        yy += (y - mean_y) * (y - mean_y);
        xy += (x - mean_x) * (y - mean_y);
    }
    finite(xy / (xx * yy).sqrt())
}
