//! Time as an index: tick k ≥ 1 covers ((k − 1)Δ, kΔ] and ends at `start_time + k·Δ`, in integers, never accumulated
//! and never read from a clock.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::units::{Seconds, Years};

/// The last tick that can be addressed: 2⁴⁸ steps of up to 2¹⁶ noise words fill 2⁶⁴ words of a stream.
pub const MAX_TICK: u64 = 1 << 48;
/// The last time, in Unix milliseconds: the largest integer every JSON reader keeps exactly.
pub const MAX_TIME_MS: i64 = (1 << 53) - 1;
/// A year of a market that never closes: 365 × 86,400 s.
pub const CALENDAR_YEAR_S: u64 = 365 * 86_400;
/// A year of equity trading: 252 sessions of 6.5 hours.
pub const TRADING_YEAR_S: u64 = 252 * 23_400;

/// What decays is over after this many half-lives: 5·10⁻²⁰ of it is left.
pub const SPENT_HALF_LIVES: f64 = 64.0;

const MAX_INTERVAL_MS: u64 = 100 * CALENDAR_YEAR_S * 1000;
const MIN_YEAR_S: u64 = 3600;
const MAX_YEAR_S: u64 = 366 * 86_400;

/// A length of time in milliseconds, told in the largest unit of which it is a whole number.
///
/// ```
/// use gbm_core::grid::LengthMs;
/// let told = [86_400_000, 5_400_000, 3_607_000, 100, 0].map(|ms| LengthMs(ms).to_string());
/// assert_eq!(told, ["1d", "90m", "3607s", "100ms", "0ms"]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LengthMs(pub u64);

impl fmt::Display for LengthMs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1000, "s")];
        let whole = units.into_iter().find(|(unit, _)| self.0 >= *unit && self.0.is_multiple_of(*unit));
        let (unit, name) = whole.unwrap_or((1, "ms"));
        write!(f, "{}{name}", self.0 / unit)
    }
}

/// A rule of the grid that was broken.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum GridError {
    /// The tick interval isn't a whole number of milliseconds in range.
    #[error("tick_interval_ms = {0} is outside [1, {MAX_INTERVAL_MS}]")]
    Interval(u64),
    /// The year's length is out of range.
    #[error("year_s = {0} is outside [{MIN_YEAR_S}, {MAX_YEAR_S}]")]
    Year(u64),
    /// The start lies outside ±285,616 years of 1970.
    #[error("start_time_ms = {0} is outside [-{MAX_TIME_MS}, {MAX_TIME_MS})")]
    Start(i64),
    /// The tick lies beyond the grid's end.
    #[error("tick = {tick} is outside [0, {last}], the ticks that this grid can address")]
    Overflow {
        /// The tick asked for.
        tick: u64,
        /// The last tick of the grid.
        last: u64,
    },
    /// The time lies before the start or beyond the grid's end.
    #[error("time_ms = {time_ms} is outside ({start}, {end}], the times of this grid")]
    Time {
        /// The time asked for, Unix milliseconds.
        time_ms: i64,
        /// The grid's start, exclusive.
        start: i64,
        /// The time of the grid's last tick.
        end: i64,
    },
}

/// Start, spacing and the length of a year.
///
/// - `start_time_ms`: Unix milliseconds, UTC, the time of "tick 0", which is the spot and has no noise.
/// - `tick_interval_ms`: Δ in whole milliseconds, the unit of time on the wire. Models see Δt = Δ in years only.
/// - `year_s`: seconds of trading in a year, [`CALENDAR_YEAR_S`] by default.
///
/// ```
/// use gbm_core::grid::TimeGrid;
/// let grid = TimeGrid::new(1_700_000_000_000, 100)?;
/// assert_eq!(grid.time_ms(20)?, 1_700_000_002_000);
/// assert_eq!(TimeGrid::new(0, 0).unwrap_err().to_string(), "tick_interval_ms = 0 is outside [1, 3153600000000]");
/// # Ok::<(), gbm_core::grid::GridError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawGrid", into = "RawGrid")]
pub struct TimeGrid {
    start_time_ms: i64,
    tick_interval_ms: u64,
    year_s: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGrid {
    start_time_ms: i64,
    tick_interval_ms: u64,
    #[serde(default = "calendar_year")]
    year_s: u64,
}

fn calendar_year() -> u64 {
    CALENDAR_YEAR_S
}

impl TimeGrid {
    /// A grid with calendar years.
    ///
    /// # Errors
    /// [`GridError::Interval`] for an interval of 0 or beyond 100 years, [`GridError::Start`].
    pub fn new(start_time_ms: i64, tick_interval_ms: u64) -> Result<Self, GridError> {
        Self::with_year(start_time_ms, tick_interval_ms, CALENDAR_YEAR_S)
    }

    /// A grid with a year of another length, such as [`TRADING_YEAR_S`].
    ///
    /// # Errors
    /// As [`TimeGrid::new`], and [`GridError::Year`] for a year under an hour or over 366 days.
    pub fn with_year(start_time_ms: i64, tick_interval_ms: u64, year_s: u64) -> Result<Self, GridError> {
        if !(1..=MAX_INTERVAL_MS).contains(&tick_interval_ms) {
            return Err(GridError::Interval(tick_interval_ms));
        }
        if !(MIN_YEAR_S..=MAX_YEAR_S).contains(&year_s) {
            return Err(GridError::Year(year_s));
        }
        if !(-MAX_TIME_MS..MAX_TIME_MS).contains(&start_time_ms) {
            return Err(GridError::Start(start_time_ms));
        }
        Ok(Self { start_time_ms, tick_interval_ms, year_s })
    }

    /// Start, Unix milliseconds.
    pub fn start_time_ms(&self) -> i64 {
        self.start_time_ms
    }

    /// Δ in milliseconds.
    pub fn tick_interval_ms(&self) -> u64 {
        self.tick_interval_ms
    }

    /// Seconds in a year.
    pub fn year_s(&self) -> u64 {
        self.year_s
    }

    /// Δt = Δ/year, in years: one division of two integers that f64 holds exactly.
    pub fn dt(&self) -> Years {
        Years::known(self.tick_interval_ms as f64 / (self.year_s * 1000) as f64)
    }

    /// Δ in seconds.
    pub fn tick_s(&self) -> f64 {
        self.tick_interval_ms as f64 / 1000.0
    }

    /// The last tick: 2⁴⁸, or the last one before [`MAX_TIME_MS`].
    pub fn last_tick(&self) -> u64 {
        let span = MAX_TIME_MS.abs_diff(self.start_time_ms);
        (span / self.tick_interval_ms).min(MAX_TICK)
    }

    /// The tick, if the grid can address it.
    ///
    /// # Errors
    /// [`GridError::Overflow`] beyond [`TimeGrid::last_tick`].
    pub fn check(&self, tick: u64) -> Result<u64, GridError> {
        let last = self.last_tick();
        if tick <= last { Ok(tick) } else { Err(GridError::Overflow { tick, last }) }
    }

    /// `start_time + tick·Δ`, Unix milliseconds.
    ///
    /// # Errors
    /// [`GridError::Overflow`] beyond [`TimeGrid::last_tick`].
    pub fn time_ms(&self, tick: u64) -> Result<i64, GridError> {
        let elapsed = self.check(tick)?.saturating_mul(self.tick_interval_ms);
        Ok(self.start_time_ms.saturating_add_unsigned(elapsed))
    }

    /// The first tick that ends at or after a time.
    ///
    /// # Errors
    /// [`GridError::Time`] for a time at or before the start, or beyond the last tick.
    pub fn tick_at(&self, time_ms: i64) -> Result<u64, GridError> {
        let end = self.time_ms(self.last_tick())?;
        if time_ms <= self.start_time_ms || time_ms > end {
            return Err(GridError::Time { time_ms, start: self.start_time_ms, end });
        }
        Ok(time_ms.abs_diff(self.start_time_ms).div_ceil(self.tick_interval_ms))
    }

    /// The number of ticks that a duration takes: ⌈duration/Δ⌉, at least 1 and at most [`MAX_TICK`].
    ///
    /// The duration is rounded to whole microseconds first, so that 1.1 s of 100 ms ticks are 11, not 12.
    pub fn ticks_in(&self, duration: Seconds) -> u64 {
        self.ticks_in_s(duration.get())
    }

    /// The tick by which something that decays from `start` with a half-life is over: [`SPENT_HALF_LIVES`] later.
    pub fn tick_spent(&self, start: u64, half_life: Seconds) -> u64 {
        start.saturating_add(self.ticks_in_s(SPENT_HALF_LIVES * half_life.get()))
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive; the cast saturates")]
    fn ticks_in_s(&self, duration_s: f64) -> u64 {
        let duration_us = (duration_s * 1e6).round() as u64;
        duration_us.div_ceil(self.tick_interval_ms * 1000).clamp(1, MAX_TICK)
    }
}

impl TryFrom<RawGrid> for TimeGrid {
    type Error = GridError;

    fn try_from(raw: RawGrid) -> Result<Self, GridError> {
        Self::with_year(raw.start_time_ms, raw.tick_interval_ms, raw.year_s)
    }
}

impl From<TimeGrid> for RawGrid {
    fn from(grid: TimeGrid) -> Self {
        Self { start_time_ms: grid.start_time_ms, tick_interval_ms: grid.tick_interval_ms, year_s: grid.year_s }
    }
}
