//! Bars of a price file: checked, brought to the scale that is asked for, and cut where something is missing.

use std::io::Read;

use gbm_core::grid::{LengthMs, MAX_TIME_MS};
use gbm_core::units::{OutOfDomain, Price};
use market_setup::prices::{PriceSeries, PricesError, read_prices};
use serde::Serialize;

use crate::pattern::{Pattern, Stretch};
use crate::scale::Scale;

/// The fewest returns that are judged.
pub const MIN_RETURNS: usize = 250;
/// Rows below an hour that may be missing in a row: a minute without a trade has none, and the last close stands.
pub const MAX_HELD: i64 = 5;
/// The share of zero returns above which a warning is due.
const MANY_ZEROS: f64 = 0.05;
/// How a file of a simulation's ticks begins.
const TICKS: &[u8] = b"tick,timestamp,";
/// So many rows in succession at one unusual distance are another frequency, not rows that are missing.
const SUCCESSION: usize = 10;

/// A price file that facts can't be measured on. Rows count from 1, the first below the header.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BarsError {
    /// It can't be read: no such column, a time that doesn't come after the one before, a price that isn't positive.
    #[error(transparent)]
    Prices(#[from] PricesError),
    /// Too few returns.
    #[error("{found} returns of {scale}: at least {MIN_RETURNS} are needed")]
    TooFew {
        /// Returns within stretches.
        found: usize,
        /// The scale.
        scale: Scale,
    },
    /// Rows further apart than the bars.
    #[error("rows are {} apart: bars of {scale} can't be made of them", LengthMs(*spacing_ms))]
    Coarse {
        /// The usual spacing, in milliseconds.
        spacing_ms: u64,
        /// The scale asked for.
        scale: Scale,
    },
    /// A usual spacing that doesn't divide the bars.
    #[error("rows are {} apart, which doesn't divide bars of {scale}", LengthMs(*spacing_ms))]
    Uneven {
        /// The usual spacing, in milliseconds.
        spacing_ms: u64,
        /// The scale asked for.
        scale: Scale,
    },
    /// Times of several frequencies.
    #[error(
        "row {row}: {} after the row before, where rows are {} apart: mixed frequencies",
        LengthMs(*after_ms),
        LengthMs(*spacing_ms)
    )]
    Mixed {
        /// The first row that doesn't fit.
        row: usize,
        /// Its distance from the one before, in milliseconds.
        after_ms: u64,
        /// The usual spacing, in milliseconds.
        spacing_ms: u64,
    },
    /// A time too far away to count bars by.
    #[error("row {row}: time = {time_ms} ms is outside [-{MAX_TIME_MS}, {MAX_TIME_MS}]")]
    Time {
        /// The row.
        row: usize,
        /// Its time.
        time_ms: i64,
    },
    /// A time that doesn't come after the one before: rows out of order, or twice the same.
    #[error("row {row}: time = {time_ms} ms does not come after {before_ms} ms")]
    Order {
        /// The row.
        row: usize,
        /// Its time.
        time_ms: i64,
        /// The time of the row before.
        before_ms: i64,
    },
    /// A price out of its domain.
    #[error("row {row}: {error}")]
    Price {
        /// The row.
        row: usize,
        /// What is wrong.
        error: OutOfDomain,
    },
    /// As many times as prices are needed.
    #[error("times_ms has {times} entries, but there are {prices} prices")]
    Lengths {
        /// Times given.
        times: usize,
        /// Prices given.
        prices: usize,
    },
    /// A price that never moves.
    #[error("every close is the same")]
    Constant,
}

/// What is odd about a file, though facts can be measured on it.
#[derive(Clone, Debug, PartialEq, Serialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Warning {
    /// Bars are missing: they have no row, or their last one is missing.
    #[error(
        "{gaps} gaps, {missing} bars in all, cut the data into {stretches} stretches: no return or lag reaches across"
    )]
    Gaps {
        /// How many.
        gaps: usize,
        /// The bars missing in them.
        missing: i64,
        /// Stretches of two closes and more.
        stretches: usize,
    },
    /// Rows without a trade.
    #[error("{rows} missing rows, at most {MAX_HELD} in a row, hold the last close")]
    Held {
        /// How many.
        rows: i64,
    },
    /// Bars that have no neighbour, and so no return.
    #[error("{bars} bars are left out: both their neighbours are missing")]
    Dropped {
        /// How many.
        bars: usize,
    },
    /// Thin trading.
    #[error("{:.1} % of the returns are zero: thin trading or coarse prices, which a model of prices alone lacks", 100.0 * share)]
    Zeros {
        /// Their share.
        share: f64,
    },
}

/// The closes of bars, as logarithms.
#[derive(Clone, Debug, PartialEq)]
pub struct Bars {
    pattern: Pattern,
    log_closes: Vec<f64>,
    warnings: Vec<Warning>,
}

impl Bars {
    /// Reads a CSV file with a column `timestamp` or `date`, when the row's bar begins, and `close` or `price`. Ticks as
    /// `algo-trading simulate` prints them, `tick,timestamp,…`, are told by that header: their times are when their bars end.
    ///
    /// # Errors
    /// [`BarsError`], as [`read_prices`] and [`Bars::new`].
    ///
    /// ```
    /// use realism::{Bars, BarsError, Scale};
    /// let error = Bars::read("date,close\n2020-01-01,1\n2020-01-02,2\n".as_bytes(), Scale::Day).unwrap_err();
    /// assert_eq!(error.to_string(), "1 returns of 1d: at least 250 are needed");
    /// let error = Bars::read("date,close\n2020-01-02,1\n2020-01-02,2\n".as_bytes(), Scale::Day).unwrap_err();
    /// assert_eq!(error.to_string(), "line 3: time = \"2020-01-02\" does not come after the line before");
    /// ```
    pub fn read(reader: impl Read, scale: Scale) -> Result<Self, BarsError> {
        let (mut reader, mut head) = (reader, Vec::new());
        // What can't be read is told by the reader of prices, which reads on.
        let _ = reader.by_ref().take(TICKS.len() as u64).read_to_end(&mut head);
        let mut series = read_prices(head.as_slice().chain(reader))?;
        if head == TICKS {
            begin(&mut series)?;
        }
        Self::new(&series, scale)
    }

    /// Bars of prices whose times are when their own bars begin.
    ///
    /// Rows finer than the scale make bars that begin at its multiples in UTC; a bar's close is its last row's, and a bar without
    /// that row is missing. Below an hour up to [`MAX_HELD`] missing rows hold the last close. Longer gaps end a stretch.
    ///
    /// # Errors
    /// [`BarsError`]: times that don't increase, a price that isn't positive, rows coarser than the scale or of mixed frequencies, fewer
    /// than [`MIN_RETURNS`] returns, a constant price.
    pub fn new(series: &PriceSeries, scale: Scale) -> Result<Self, BarsError> {
        check_rows(series)?;
        let too_few = |found| BarsError::TooFew { found, scale };
        let spacing_ms = spacing(&series.times_ms).ok_or(too_few(0))?;
        check_spacing(&series.times_ms, spacing_ms, scale)?;
        let (rows, held) = held(series, spacing_ms);
        let mut closes = Closes { scale, spacing_ms, kept: Vec::new(), dropped: 0 };
        for (time_ms, price) in rows {
            closes.add(time_ms, price);
        }
        let (pattern, log_closes, mut warnings) = closes.cut();
        if held > 0 {
            warnings.push(Warning::Held { rows: held });
        }
        let mut bars = Self { pattern, log_closes, warnings };
        if bars.pattern.returns() < MIN_RETURNS {
            return Err(too_few(bars.pattern.returns()));
        }
        let share = bars.zero_share();
        if share >= 1.0 {
            return Err(BarsError::Constant);
        }
        if share > MANY_ZEROS {
            bars.warnings.push(Warning::Zeros { share });
        }
        Ok(bars)
    }

    /// When the bars are.
    pub fn pattern(&self) -> &Pattern {
        &self.pattern
    }

    /// Natural logarithms of the closes, stretch after stretch.
    pub fn log_closes(&self) -> &[f64] {
        &self.log_closes
    }

    /// What is odd about them.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// The share of returns that are zero.
    pub fn zero_share(&self) -> f64 {
        let mut rest = self.log_closes.as_slice();
        let mut zeros = 0_usize;
        for stretch in self.pattern.stretches() {
            let (own, after) = rest.split_at(stretch.closes);
            zeros += own.windows(2).filter(|pair| pair[0] == pair[1]).count();
            rest = after;
        }
        zeros as f64 / self.pattern.returns().max(1) as f64
    }
}

/// Times at which bars end become those at which they begin, by the usual spacing.
fn begin(series: &mut PriceSeries) -> Result<(), BarsError> {
    check_rows(series)?;
    let spacing_ms = spacing(&series.times_ms).unwrap_or_default();
    series.times_ms.iter_mut().for_each(|time_ms| *time_ms -= spacing_ms);
    Ok(())
}

fn check_rows(series: &PriceSeries) -> Result<(), BarsError> {
    let (times, prices) = (series.times_ms.len(), series.prices.len());
    if times != prices {
        return Err(BarsError::Lengths { times, prices });
    }
    let mut before = None;
    for (row, (&time_ms, &price)) in (1..).zip(series.times_ms.iter().zip(&series.prices)) {
        if time_ms.unsigned_abs() > MAX_TIME_MS.unsigned_abs() {
            return Err(BarsError::Time { row, time_ms });
        }
        if let Some(before_ms) = before.filter(|before_ms| *before_ms >= time_ms) {
            return Err(BarsError::Order { row, time_ms, before_ms });
        }
        Price::new(price).map_err(|error| BarsError::Price { row, error })?;
        before = Some(time_ms);
    }
    Ok(())
}

/// The most frequent distance of neighbours; none of fewer than two.
fn spacing(times_ms: &[i64]) -> Option<i64> {
    let mut distances: Vec<i64> = times_ms.windows(2).map(|pair| pair[1] - pair[0]).collect();
    distances.sort_unstable();
    let runs = distances.chunk_by(|a, b| a == b);
    runs.max_by_key(|run| (run.len(), std::cmp::Reverse(run[0]))).map(|run| run[0])
}

fn check_spacing(times_ms: &[i64], spacing_ms: i64, scale: Scale) -> Result<(), BarsError> {
    if spacing_ms > scale.bar_ms() {
        return Err(BarsError::Coarse { spacing_ms: spacing_ms.unsigned_abs(), scale });
    }
    if scale.bar_ms() % spacing_ms != 0 {
        return Err(BarsError::Uneven { spacing_ms: spacing_ms.unsigned_abs(), scale });
    }
    let mixed = |(row, after_ms): (usize, i64)| BarsError::Mixed {
        row,
        after_ms: after_ms.unsigned_abs(),
        spacing_ms: spacing_ms.unsigned_abs(),
    };
    let distances = || (2..).zip(times_ms.windows(2).map(|pair| pair[1] - pair[0]));
    if let Some(odd) = distances().find(|(_, distance)| distance % spacing_ms != 0) {
        return Err(mixed(odd));
    }
    let distances: Vec<(usize, i64)> = distances().collect();
    let mut runs = distances.chunk_by(|a, b| a.1 == b.1);
    let other = runs.find(|run| run[0].1 != spacing_ms && run.len() >= SUCCESSION);
    other.map_or(Ok(()), |run| Err(mixed(run[0])))
}

/// The rows with those that are missing for want of a trade, and how many these are.
fn held(series: &PriceSeries, spacing_ms: i64) -> (impl Iterator<Item = (i64, f64)> + '_, i64) {
    let most = if spacing_ms < Scale::Hour.bar_ms() { MAX_HELD } else { 0 };
    let missing = move |here: i64, next: Option<&i64>| {
        let missing = next.map_or(0, |next| (next - here) / spacing_ms - 1);
        if missing <= most { missing } else { 0 }
    };
    let times = &series.times_ms;
    let count = times.windows(2).map(|pair| missing(pair[0], Some(&pair[1]))).sum();
    let rows = times.iter().zip(&series.prices).enumerate().flat_map(move |(row, (&time_ms, &price))| {
        (0..=missing(time_ms, times.get(row + 1))).map(move |step| (time_ms + step * spacing_ms, price))
    });
    (rows, count)
}

/// Bars as they are made of rows.
struct Closes {
    scale: Scale,
    spacing_ms: i64,
    /// The number of a bar, its beginning over its length, and its close's logarithm.
    kept: Vec<(i64, f64)>,
    dropped: usize,
}

impl Closes {
    fn add(&mut self, time_ms: i64, price: f64) {
        let bar_ms = self.scale.bar_ms();
        // Rows as far apart as bars may begin at any time, such as a day at noon.
        let is_last = self.spacing_ms == bar_ms || time_ms.rem_euclid(bar_ms) + self.spacing_ms >= bar_ms;
        if is_last {
            self.kept.push((time_ms.div_euclid(bar_ms), price.ln()));
        }
    }

    fn cut(mut self) -> (Pattern, Vec<f64>, Vec<Warning>) {
        let (scale, bar_ms) = (self.scale, self.scale.bar_ms());
        let (mut stretches, mut log_closes) = (Vec::new(), Vec::new());
        let (mut gaps, mut missing) = (0, 0);
        for run in self.kept.chunk_by(|a, b| b.0 == a.0 + 1) {
            if run.len() < 2 {
                self.dropped += run.len();
                continue;
            }
            stretches.push(Stretch { first_close_ms: (run[0].0 + 1) * bar_ms, closes: run.len() });
            log_closes.extend(run.iter().map(|&(_, close)| close));
        }
        for pair in self.kept.windows(2).filter(|pair| pair[1].0 != pair[0].0 + 1) {
            gaps += 1;
            missing += pair[1].0 - pair[0].0 - 1;
        }
        let mut warnings = Vec::new();
        if gaps > 0 {
            warnings.push(Warning::Gaps { gaps, missing, stretches: stretches.len() });
        }
        if self.dropped > 0 {
            warnings.push(Warning::Dropped { bars: self.dropped });
        }
        (Pattern::new(scale, stretches), log_closes, warnings)
    }
}
