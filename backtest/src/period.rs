//! How often equity is looked at, and how many of such periods a year has.

use gbm_core::grid::CALENDAR_YEAR_S;
use serde::{Deserialize, Serialize};

const YEAR_MS: u64 = CALENDAR_YEAR_S * 1000;

/// A length that no period has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("period_ms = {0} is outside [1, {YEAR_MS}]")]
pub struct PeriodError(u64);

/// The interval of an equity curve's samples: whole milliseconds of simulated time, at most a year.
///
/// A year has 365 days, as everywhere here: markets of this kind don't close.
///
/// ```
/// use backtest::period::Period;
/// assert_eq!(Period::DAY.per_year(), 365.0);
/// assert_eq!(Period::new(3_600_000)?.per_year(), 8760.0);
/// assert_eq!(Period::new(0).unwrap_err().to_string(), "period_ms = 0 is outside [1, 31536000000]");
/// # Ok::<(), backtest::period::PeriodError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct Period(u64);

impl Period {
    /// A day.
    pub const DAY: Self = Self(86_400_000);
    /// An hour.
    pub const HOUR: Self = Self(3_600_000);
    /// A minute.
    pub const MINUTE: Self = Self(60_000);
    /// A second.
    pub const SECOND: Self = Self(1000);

    /// So many milliseconds.
    ///
    /// # Errors
    /// [`PeriodError`] outside [1, a year].
    pub fn new(ms: u64) -> Result<Self, PeriodError> {
        if (1..=YEAR_MS).contains(&ms) { Ok(Self(ms)) } else { Err(PeriodError(ms)) }
    }

    /// The longest of a day, an hour, a minute and a second that a time holds thirty times; a second if none. Fewer periods say little about
    /// how returns vary.
    pub fn fitting(span_ms: u64) -> Self {
        let fits = |period: &Self| period.0.saturating_mul(30) <= span_ms;
        [Self::DAY, Self::HOUR, Self::MINUTE].into_iter().find(fits).unwrap_or(Self::SECOND)
    }

    /// Milliseconds.
    pub fn ms(self) -> u64 {
        self.0
    }

    /// How many a year has.
    pub fn per_year(self) -> f64 {
        YEAR_MS as f64 / self.0 as f64
    }
}

impl TryFrom<u64> for Period {
    type Error = PeriodError;

    fn try_from(ms: u64) -> Result<Self, PeriodError> {
        Self::new(ms)
    }
}

impl From<Period> for u64 {
    fn from(period: Period) -> Self {
        period.0
    }
}
