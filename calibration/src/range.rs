//! Volatility from bars' open, high, low and close.

use std::f64::consts::LN_2;

use gbm_core::calibrate::Estimate;
use gbm_core::units::Years;

use crate::error::FitError;
use crate::returns::{check_even, check_price, check_series};

/// What a price did in a stretch of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    /// The first price.
    pub open: f64,
    /// The highest.
    pub high: f64,
    /// The lowest.
    pub low: f64,
    /// The last.
    pub close: f64,
}

/// Evenly spaced bars, checked.
///
/// All estimates are volatilities per √year, √(variance of a bar/Δ), with Δ the spacing: for daily bars and a year of 365 days,
/// annualised by √365. Their errors are by the delta method from the bars' contributions, as if bars were independent.
///
/// ```
/// use calibration::range::{Bar, Bars};
/// let day = 86_400_000;
/// let bars = [
///     Bar { open: 100.0, high: 103.0, low: 99.0, close: 102.0 },
///     Bar { open: 102.0, high: 102.5, low: 98.0, close: 99.0 },
///     Bar { open: 99.0, high: 101.0, low: 97.0, close: 100.0 },
/// ];
/// let bars = Bars::new(&[0, day, 2 * day], &bars, 365 * 86_400)?;
/// assert!((bars.parkinson().value - 0.478487).abs() < 1e-6);
/// let error = Bars::new(&[0], &[Bar { open: 100.0, high: 99.0, low: 98.0, close: 98.5 }], 365 * 86_400).unwrap_err();
/// assert_eq!(error.to_string(), "row 1: low 98 and high 99 don't hold open 100 and close 98.5");
/// # Ok::<(), calibration::FitError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Bars {
    logs: Vec<Bar>,
    bar: Years,
}

impl Bars {
    /// Checks bars that begin at evenly spaced times, Unix milliseconds.
    ///
    /// # Errors
    /// [`FitError::TooFew`] below three, [`FitError::Lengths`], [`FitError::NotFinite`], [`FitError::NotPositive`],
    /// [`FitError::Bar`], [`FitError::Time`], [`FitError::Uneven`].
    pub fn new(times_ms: &[i64], bars: &[Bar], year_s: u64) -> Result<Self, FitError> {
        for (row, bar) in (1..).zip(bars) {
            let Bar { open, high, low, close } = *bar;
            for (field, value) in [("open", open), ("high", high), ("low", low), ("close", close)] {
                check_price(row, field, value)?;
            }
            if low > open.min(close) || high < open.max(close) {
                return Err(FitError::Bar { row, open, high, low, close });
            }
        }
        let closes: Vec<f64> = bars.iter().map(|bar| bar.close).collect();
        let usual_ms =
            check_series(times_ms, &closes)?.ok_or(FitError::TooFew { what: "bars", found: bars.len(), needed: 3 })?;
        check_even(times_ms, usual_ms)?;
        let logs = bars.iter().map(|bar| Bar {
            open: bar.open.ln(),
            high: bar.high.ln(),
            low: bar.low.ln(),
            close: bar.close.ln(),
        });
        Ok(Self { logs: logs.collect(), bar: Years::new(usual_ms as f64 / (year_s as f64 * 1000.0))? })
    }

    /// √(Σ(r − r̄)²/(n − 2)/Δ), r the n − 1 differences between the closes of n bars: the bar before the first is not asked for.
    pub fn close_to_close(&self) -> Estimate {
        let moves: Vec<f64> = self.logs.windows(2).map(|pair| pair[1].close - pair[0].close).collect();
        self.estimate(&squares(&moves))
    }

    /// √(Σ(h − l)²/(4·ln 2)/n/Δ).
    ///
    /// Source: Parkinson (1980), *J. Business* 53(1), eq. 4.
    pub fn parkinson(&self) -> Estimate {
        self.mean_of(|bar| (bar.high - bar.low).powi(2) / (4.0 * LN_2))
    }

    /// √(Σ(½(h − l)² − (2·ln 2 − 1)(c − o)²)/n/Δ), without what happens between bars.
    ///
    /// Source: Garman and Klass (1980), *J. Business* 53(1), eq. 20.
    pub fn garman_klass(&self) -> Estimate {
        let part = |bar: &Bar| 0.5 * (bar.high - bar.low).powi(2) - (2.0 * LN_2 - 1.0) * (bar.close - bar.open).powi(2);
        self.mean_of(part)
    }

    /// √(Σ((h − c)(h − o) + (l − c)(l − o))/n/Δ): free of the drift.
    ///
    /// Source: Rogers and Satchell (1991), *Annals of Applied Probability* 1(4), eq. 3.
    pub fn rogers_satchell(&self) -> Estimate {
        self.mean_of(rogers_satchell)
    }

    /// √((V_o + k·V_c + (1 − k)·V_rs)/Δ): V_o the variance of o less the close before, V_c of c − o, both by n − 1, V_rs
    /// [`rogers_satchell`](Self::rogers_satchell)'s, k = 0.34/(1.34 + (n + 1)/(n − 1)). All three over the n bars that have one before.
    ///
    /// Source: Yang and Zhang (2000), *J. Business* 73(3), eqs. 8–10.
    pub fn yang_zhang(&self) -> Estimate {
        let overnight: Vec<f64> = self.logs.windows(2).map(|pair| pair[1].open - pair[0].close).collect();
        let within: Vec<f64> = self.logs.iter().skip(1).map(|bar| bar.close - bar.open).collect();
        let n = within.len() as f64;
        let k = 0.34 / (1.34 + (n + 1.0) / (n - 1.0));
        let parts = squares(&overnight).into_iter().zip(squares(&within)).zip(self.logs.iter().skip(1));
        let parts: Vec<f64> = parts.map(|((o, c), bar)| o + k * c + (1.0 - k) * rogers_satchell(bar)).collect();
        self.estimate(&parts)
    }

    fn mean_of(&self, part: impl Fn(&Bar) -> f64) -> Estimate {
        self.estimate(&self.logs.iter().map(part).collect::<Vec<f64>>())
    }

    /// The root of the parts' mean a year; a part may be negative, and so may their mean be, by accident: then 0.
    fn estimate(&self, parts: &[f64]) -> Estimate {
        let n = parts.len() as f64;
        let mean = parts.iter().sum::<f64>() / n;
        let variance = parts.iter().map(|part| (part - mean).powi(2)).sum::<f64>() / n;
        let value = (mean.max(0.0) / self.bar.get()).sqrt();
        // sd(√v) = sd(v)/(2√v).
        let standard_error = if value > 0.0 { (variance / n).sqrt() / self.bar.get() / (2.0 * value) } else { 0.0 };
        Estimate { value, standard_error }
    }
}

fn rogers_satchell(bar: &Bar) -> f64 {
    (bar.high - bar.close) * (bar.high - bar.open) + (bar.low - bar.close) * (bar.low - bar.open)
}

/// Squares about the mean, raised by n/(n − 1), so that their mean is the unbiased variance.
fn squares(values: &[f64]) -> Vec<f64> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    values.iter().map(|value| (value - mean).powi(2) * n / (n - 1.0)).collect()
}

/// Joins bars by stretches of `length_ms` since 1970, UTC: 86,400,000 for days. The times are the stretches' beginnings; one that the
/// bars don't fill, at either end, is kept.
///
/// # Errors
/// [`FitError::Lengths`].
///
/// ```
/// use calibration::range::{Bar, join};
/// let bar = |open, close| Bar { open, high: open + 2.0, low: close - 2.0, close };
/// let (times, joined) = join(&[0, 1000, 2000], &[bar(5.0, 6.0), bar(6.0, 5.5), bar(5.5, 5.0)], 2000)?;
/// assert_eq!((times, joined[0]), (vec![0, 2000], Bar { open: 5.0, high: 8.0, low: 3.5, close: 5.5 }));
/// assert!(join(&[0], &[], 2000).is_err());
/// # Ok::<(), calibration::FitError>(())
/// ```
pub fn join(times_ms: &[i64], bars: &[Bar], length_ms: u32) -> Result<(Vec<i64>, Vec<Bar>), FitError> {
    if times_ms.len() != bars.len() {
        return Err(FitError::Lengths { what: "times_ms", found: times_ms.len(), wanted: bars.len(), of: "bars" });
    }
    let length = i64::from(length_ms.max(1));
    let (mut times, mut joined): (Vec<i64>, Vec<Bar>) = (Vec::new(), Vec::new());
    for (time, bar) in times_ms.iter().zip(bars) {
        let begin = time.div_euclid(length) * length;
        if let Some(last) = joined.last_mut().filter(|_| times.last() == Some(&begin)) {
            let (high, low) = (last.high.max(bar.high), last.low.min(bar.low));
            *last = Bar { open: last.open, high, low, close: bar.close };
        } else {
            times.push(begin);
            joined.push(*bar);
        }
    }
    Ok((times, joined))
}
