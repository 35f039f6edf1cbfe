use std::fmt;

use serde::Serialize;

/// Milliseconds of a day.
pub(crate) const DAY_MS: i64 = 86_400_000;

/// How long a bar is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Scale {
    /// A minute.
    #[serde(rename = "1m")]
    Minute,
    /// An hour.
    #[serde(rename = "1h")]
    Hour,
    /// A day of UTC.
    #[serde(rename = "1d")]
    Day,
}

impl Scale {
    /// A bar's length in milliseconds.
    pub const fn bar_ms(self) -> i64 {
        match self {
            Self::Minute => 60_000,
            Self::Hour => 3_600_000,
            Self::Day => DAY_MS,
        }
    }

    /// Bars in a day.
    pub const fn bars_a_day(self) -> u16 {
        match self {
            Self::Minute => 1440,
            Self::Hour => 24,
            Self::Day => 1,
        }
    }

    /// Bars in the year by which volatility is annualised: 525,960, 8,766 or 365.
    pub const fn bars_a_year(self) -> f64 {
        match self {
            Self::Minute => 525_960.0,
            Self::Hour => 8_766.0,
            Self::Day => 365.0,
        }
    }

    /// Bars in a block of the bootstrap: 2, 60 or 200 days.
    pub const fn block_bars(self) -> usize {
        match self {
            Self::Minute => 2 * 1440,
            Self::Hour => 60 * 24,
            Self::Day => 200,
        }
    }

    /// The simulation tick that is used unless another is asked for: a minute, below days; a quarter of an hour.
    pub const fn tick_ms(self) -> i64 {
        match self {
            Self::Minute | Self::Hour => 60_000,
            Self::Day => 900_000,
        }
    }
}

impl fmt::Display for Scale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Minute => "1m",
            Self::Hour => "1h",
            Self::Day => "1d",
        })
    }
}
