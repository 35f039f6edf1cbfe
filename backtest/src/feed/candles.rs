use gbm_core::market::Book;
use gbm_core::quoting::{Increment, Quoting};
use serde::{Deserialize, Serialize};
use trading_core::quote::Quote;

use super::{Feed, Step, published};
use crate::error::BacktestError;

/// A day, milliseconds.
const DAY_MS: f64 = 86_400_000.0;
/// The shortest candle: four ticks have times of their own.
const MIN_CANDLE_MS: i64 = 4;
/// Liquidity is held within these, whatever a volume says.
const LIQUIDITY: (f64, f64) = (0.01, 100.0);
const BASIS_POINTS: f64 = 10_000.0;

/// What a price did in a stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candle {
    /// When it began, Unix milliseconds.
    pub open_time_ms: i64,
    /// The first price.
    pub open: f64,
    /// The highest.
    pub high: f64,
    /// The lowest.
    pub low: f64,
    /// The last.
    pub close: f64,
    /// Base units traded; none if it isn't known.
    pub volume: Option<f64>,
}

/// Candles that can't be traded on. Rows count from 1.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CandleError {
    /// Fewer than two: how long one is isn't known.
    #[error("candles = {0} is outside [2, ∞)")]
    TooFew(usize),
    /// A price that isn't one.
    #[error("candle {row}: {name} = {value} is outside (0, ∞)")]
    Price {
        /// Which, from 1.
        row: usize,
        /// The column.
        name: &'static str,
        /// What stands there.
        value: f64,
    },
    /// Open or close outside of low and high.
    #[error("candle {row}: low = {low} and high = {high} don't hold {name} = {value}")]
    Range {
        /// Which, from 1.
        row: usize,
        /// The column.
        name: &'static str,
        /// What stands there.
        value: f64,
        /// The lowest.
        low: f64,
        /// The highest.
        high: f64,
    },
    /// A volume below zero, or none at all.
    #[error("candle {row}: volume = {value} is outside [0, ∞)")]
    Volume {
        /// Which, from 1.
        row: usize,
        /// What stands there.
        value: f64,
    },
    /// It begins too soon after the one before.
    #[error("candle {row}: open_time_ms = {time_ms} isn't {MIN_CANDLE_MS} ms or more after the one before")]
    Order {
        /// Which, from 1.
        row: usize,
        /// When it begins.
        time_ms: i64,
    },
    /// A spread that isn't one.
    #[error("spread_bp = {0} is outside [0, 10000]")]
    Spread(f64),
}

/// What candles don't say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Making {
    /// The spread between bid and ask, basis points of the price.
    pub spread_bp: f64,
}

impl Default for Making {
    /// A basis point, as the book of a market of our own.
    fn default() -> Self {
        Self { spread_bp: 1.0 }
    }
}

/// Ticks made of candles, by rules that leave no choice.
///
/// - A candle lasts as long as the shortest one; what is left before the next one is none of its time.
/// - It has four ticks: the open at its beginning; a third of its time later the low and another third later the high, or first the high if it
///   closes below its open (what it left at the end it came to last); the close a millisecond before its end. So bars as long
///   as the candles, which begin at multiples of their length, are the candles again.
/// - Prices are rounded to the increment. Bid and ask are half the spread away, rounded outwards, at least an increment each.
/// - Liquidity is the candle's volume, as a day's, over the book's daily volume, held within [0.01, 100]; 1 where no volume is known.
///
/// ```
/// use backtest::feed::{Candle, Candles, Feed, Making, Step};
/// use gbm_core::market::Book;
/// use gbm_core::quoting::Increment;
/// let candle = |minute: i64, open, high, low, close| Candle { open_time_ms: 60_000 * minute, open, high, low, close, volume: None };
/// let rows = [candle(0, 100.0, 103.0, 99.0, 102.0), candle(1, 102.0, 102.5, 98.0, 98.5)];
/// let cents = Increment::new(std::num::NonZeroU32::MIN, 2);
/// let mut feed = Candles::new(&rows, Making::default(), &Book::btc(), cents)?;
/// let mut prices = Vec::new();
/// while let Some(Step::Quote(quote)) = feed.step()? {
///     prices.push((quote.time_ms, quote.price));
/// }
/// assert_eq!(prices[..4], [(0, 100.0), (20_000, 99.0), (40_000, 103.0), (59_999, 102.0)]);
/// assert_eq!(prices[5..7], [(80_000, 102.5), (100_000, 98.0)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Candles<'a> {
    rows: &'a [Candle],
    increment: Increment,
    half_spread: f64,
    daily_volume: f64,
    /// The shortest candle.
    length_ms: i64,
    ticks: u64,
}

impl<'a> Candles<'a> {
    /// Checks all of them.
    ///
    /// # Errors
    /// [`CandleError`] by the first rule that is broken.
    pub fn new(candles: &'a [Candle], making: Making, book: &Book, increment: Increment) -> Result<Self, CandleError> {
        if !(0.0..=BASIS_POINTS).contains(&making.spread_bp) {
            return Err(CandleError::Spread(making.spread_bp));
        }
        if candles.len() < 2 {
            return Err(CandleError::TooFew(candles.len()));
        }
        for (row, candle) in (1..).zip(candles) {
            check(row, candle)?;
        }
        let mut length_ms = i64::MAX;
        for (row, pair) in (2..).zip(candles.windows(2)) {
            let time_ms = pair[1].open_time_ms;
            let length = time_ms.checked_sub(pair[0].open_time_ms).filter(|length| *length >= MIN_CANDLE_MS);
            length_ms = length_ms.min(length.ok_or(CandleError::Order { row, time_ms })?);
        }
        Ok(Self {
            rows: candles,
            increment,
            half_spread: 0.5 * making.spread_bp / BASIS_POINTS,
            daily_volume: book.daily_volume.get(),
            length_ms,
            ticks: 0,
        })
    }

    /// All ticks.
    pub fn ticks(&self) -> u64 {
        4 * self.rows.len() as u64
    }

    fn quote(&self, candle: &Candle, place: u64) -> Quote {
        let Candle { open_time_ms, open, high, low, close, volume } = *candle;
        let extremes = if close < open { [high, low] } else { [low, high] };
        let third = self.length_ms / 3;
        let (price, after_ms) = match place {
            0 => (open, 0),
            1 => (extremes[0], third),
            2 => (extremes[1], 2 * third),
            _ => (close, self.length_ms - 1),
        };
        let liquidity = volume.map_or(1.0, |volume| volume * DAY_MS / self.length_ms as f64 / self.daily_volume);
        let liquidity = liquidity.clamp(LIQUIDITY.0, LIQUIDITY.1);
        let quoting = Quoting { liquidity, half_spread: self.half_spread };
        published((self.ticks, open_time_ms.saturating_add(after_ms)), price, quoting, self.increment)
    }
}

impl Feed for Candles<'_> {
    #[inline]
    fn step(&mut self) -> Result<Option<Step>, BacktestError> {
        let place = usize::try_from(self.ticks / 4).unwrap_or(usize::MAX);
        let Some(candle) = self.rows.get(place) else { return Ok(None) };
        let of_candle = self.ticks % 4;
        self.ticks += 1;
        Ok(Some(Step::Quote(self.quote(candle, of_candle))))
    }

    fn start_ms(&self) -> i64 {
        self.rows.first().map_or(0, |candle| candle.open_time_ms)
    }

    fn end_ms(&self) -> i64 {
        let told = usize::try_from(self.ticks.div_ceil(4)).unwrap_or(usize::MAX).min(self.rows.len());
        let last = told.checked_sub(1).and_then(|place| self.rows.get(place));
        last.map_or(self.start_ms(), |candle| candle.open_time_ms.saturating_add(self.length_ms))
    }
}

fn check(row: usize, candle: &Candle) -> Result<(), CandleError> {
    let Candle { open, high, low, close, volume, .. } = *candle;
    for (name, value) in [("open", open), ("high", high), ("low", low), ("close", close)] {
        if !(value > 0.0 && value.is_finite()) {
            return Err(CandleError::Price { row, name, value });
        }
    }
    for (name, value) in [("open", open), ("close", close)] {
        if value < low || value > high {
            return Err(CandleError::Range { row, name, value, low, high });
        }
    }
    match volume {
        Some(value) if !(value >= 0.0 && value.is_finite()) => Err(CandleError::Volume { row, value }),
        _ => Ok(()),
    }
}
