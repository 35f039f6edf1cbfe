//! Candles of nine intervals.

use serde::{Deserialize, Serialize};

/// A candle's length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Interval {
    /// One second.
    #[serde(rename = "1s")]
    S1,
    /// Five seconds.
    #[serde(rename = "5s")]
    S5,
    /// Fifteen seconds.
    #[serde(rename = "15s")]
    S15,
    /// One minute.
    #[serde(rename = "1m")]
    M1,
    /// Five minutes.
    #[serde(rename = "5m")]
    M5,
    /// Fifteen minutes.
    #[serde(rename = "15m")]
    M15,
    /// One hour.
    #[serde(rename = "1h")]
    H1,
    /// Four hours.
    #[serde(rename = "4h")]
    H4,
    /// One day, UTC.
    #[serde(rename = "1d")]
    D1,
}

impl Interval {
    /// All of them, shortest first.
    pub const ALL: [Self; 9] =
        [Self::S1, Self::S5, Self::S15, Self::M1, Self::M5, Self::M15, Self::H1, Self::H4, Self::D1];

    /// Milliseconds.
    pub fn ms(self) -> i64 {
        1000 * match self {
            Self::S1 => 1,
            Self::S5 => 5,
            Self::S15 => 15,
            Self::M1 => 60,
            Self::M5 => 300,
            Self::M15 => 900,
            Self::H1 => 3600,
            Self::H4 => 14_400,
            Self::D1 => 86_400,
        }
    }

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::S1 => "1s",
            Self::S5 => "5s",
            Self::S15 => "15s",
            Self::M1 => "1m",
            Self::M5 => "5m",
            Self::M15 => "15m",
            Self::H1 => "1h",
            Self::H4 => "4h",
            Self::D1 => "1d",
        }
    }

    /// The interval of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|interval| interval.name() == name)
    }
}

/// Open, high, low, close and volume of the ticks whose time lies in [`open_time`, `open_time` + interval).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candle {
    /// The start, Unix milliseconds.
    pub open_time: i64,
    /// The first price.
    pub open: f64,
    /// The highest price.
    pub high: f64,
    /// The lowest price.
    pub low: f64,
    /// The last price.
    pub close: f64,
    /// What was traded on its ticks, base units.
    pub volume: f64,
    /// In how many trades.
    pub trades: u64,
    /// Ticks in it.
    pub ticks: u64,
    /// Whether the interval is over.
    pub closed: bool,
}

impl Candle {
    /// A candle of one tick, on which nothing was traded yet.
    pub fn opened(open_time: i64, price: f64) -> Self {
        let [open, high, low, close] = [price; 4];
        Self { open_time, open, high, low, close, volume: 0.0, trades: 0, ticks: 1, closed: false }
    }

    /// Adds a tick's price; its volume and trades are counted by whoever counts lots.
    pub fn push(&mut self, price: f64) {
        self.high = self.high.max(price);
        self.low = self.low.min(price);
        self.close = price;
        self.ticks += 1;
    }
}

/// `GET /v1/instruments/{id}/reference`, for admins: the reference price at a candle's end.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReferencePoint {
    /// The candle's start, Unix milliseconds.
    pub open_time: i64,
    /// What its close would have been without any intervention.
    pub reference: f64,
}
