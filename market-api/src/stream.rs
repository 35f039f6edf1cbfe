//! The events of the Socket.IO stream, path `/socket.io/`, default namespace.

use serde::{Deserialize, Serialize};

use crate::candle::{Candle, Interval};
use crate::clock::Clock;
use crate::intervention::Override;
use crate::session::Session;
use crate::tick::{ReferenceBatch, TickBatch};
use crate::trade::{BookProfile, TradeBatch};

/// Event names, as sent.
pub mod event {
    /// To a client that has connected: [`super::Hello`].
    pub const HELLO: &str = "hello";
    /// From a client: [`super::Subscribe`], acknowledged by [`super::Subscribed`].
    pub const SUBSCRIBE: &str = "subscribe";
    /// From a client: [`super::Unsubscribe`], acknowledged by the list of channels now held.
    pub const UNSUBSCRIBE: &str = "unsubscribe";
    /// [`crate::tick::TickBatch`].
    pub const TICKS: &str = "ticks";
    /// [`crate::trade::TradeBatch`].
    pub const TRADES: &str = "trades";
    /// [`crate::trade::BookProfile`], at most ten a second.
    pub const BOOK: &str = "book";
    /// [`super::CandleUpdate`].
    pub const CANDLES: &str = "candles";
    /// [`crate::tick::ReferenceBatch`], admins only.
    pub const REFERENCE: &str = "reference";
    /// [`super::OverrideUpdate`], admins only.
    pub const OVERRIDES: &str = "overrides";
    /// [`super::Stats`], each second.
    pub const STATS: &str = "stats";
    /// [`super::Heartbeat`], each second.
    pub const HEARTBEAT: &str = "heartbeat";
    /// A new session has begun: [`crate::session::Session`]. What is held of the old one is history; channels stay.
    pub const SESSION: &str = "session";
    /// [`super::StreamError`].
    pub const ERROR: &str = "error";
    /// The server stops soon: reconnect.
    pub const DRAINING: &str = "draining";
}

/// A part of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Channel {
    /// Every tick.
    Ticks,
    /// Every trade.
    Trades,
    /// The book behind the best quotes.
    Book,
    /// Candles of an interval.
    Candles(Interval),
    /// Realised volatility, drift and drawdown.
    Stats,
    /// The counterfactual price; admins only.
    Reference,
    /// Interventions as they are accepted, act and end; admins only.
    Overrides,
}

impl Channel {
    /// The channel of a name: `ticks`, `trades`, `book`, `candles:1m`, `stats`, `reference`, `overrides`.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "ticks" => Some(Self::Ticks),
            "trades" => Some(Self::Trades),
            "book" => Some(Self::Book),
            "stats" => Some(Self::Stats),
            "reference" => Some(Self::Reference),
            "overrides" => Some(Self::Overrides),
            _ => name.strip_prefix("candles:").and_then(Interval::named).map(Self::Candles),
        }
    }

    /// Its name.
    pub fn name(self) -> String {
        match self {
            Self::Ticks => "ticks".into(),
            Self::Trades => "trades".into(),
            Self::Book => "book".into(),
            Self::Candles(interval) => format!("candles:{}", interval.name()),
            Self::Stats => "stats".into(),
            Self::Reference => "reference".into(),
            Self::Overrides => "overrides".into(),
        }
    }

    /// Whether it tells what a trader must not know.
    pub fn is_for_admins(self) -> bool {
        matches!(self, Self::Reference | Self::Overrides)
    }
}

/// The first event of a connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hello {
    /// The stream's version.
    pub protocol: u32,
    /// The server's clock, Unix milliseconds.
    pub server_time: i64,
    /// The session.
    #[serde(flatten)]
    pub session: Session,
    /// The most ticks that a resume can go back.
    pub resume_limit: usize,
    /// The most trades that a resume can go back.
    pub trade_resume_limit: usize,
}

/// A position in a session's ticks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Position {
    /// The session.
    pub session: String,
    /// The last seq held.
    pub seq: u64,
    /// The seq of the last trade held; without it trades go on after the tick of `seq`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trade_seq: Option<u64>,
}

/// Asks for channels of an instrument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subscribe {
    /// The instrument.
    pub instrument: String,
    /// The channels, by name.
    pub channels: Vec<String>,
    /// The position to go on from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume: Option<Position>,
}

/// Gives channels up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unsubscribe {
    /// The instrument.
    pub instrument: String,
    /// The channels, by name.
    pub channels: Vec<String>,
}

/// The answer to [`Subscribe`]: what is held now, and the history that the stream joins without hole or overlap.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Subscribed {
    /// The channels now held, by name.
    pub channels: Vec<String>,
    /// The position could not be resumed: what follows is a snapshot.
    pub expired: bool,
    /// The missed ticks, or the last ones; present if `ticks` was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticks: Option<TickBatch>,
    /// The trades missed, or the last ones; present if `trades` was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trades: Option<TradeBatch>,
    /// The position's trades could not be resumed: those above are a snapshot.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub trades_expired: bool,
    /// The book as it stands; present if `book` was asked for, from the first tick on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub book: Option<BookProfile>,
    /// The last candles of each interval asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub candles: Vec<CandleHistory>,
    /// The reference prices of the rows of `ticks`; present if `reference` was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<ReferenceBatch>,
    /// The last interventions, oldest first, if `overrides` was asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<Override>,
}

/// Candles of one interval, oldest first; the last one is open.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CandleHistory {
    /// The interval.
    pub interval: Interval,
    /// The candles.
    pub candles: Vec<Candle>,
}

/// Candles that have changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CandleUpdate {
    /// The instrument.
    pub instrument: String,
    /// The interval.
    pub interval: Interval,
    /// The candles closed since the last update, then the open one.
    pub candles: Vec<Candle>,
}

/// Figures of the last minutes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stats {
    /// The instrument.
    pub instrument: String,
    /// The last price.
    pub price: f64,
    /// Annualised, of the window's returns; absent before the third tick.
    pub realised_volatility: Option<f64>,
    /// ln(last/first) of the window, per year.
    pub realised_drift: Option<f64>,
    /// The largest fall from a peak in the session, as a share.
    pub drawdown: f64,
    /// The window's ticks.
    pub window_ticks: usize,
}

/// That the server lives, and where its stream stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Heartbeat {
    /// The server's clock, Unix milliseconds.
    pub server_time: i64,
    /// The session.
    pub session: String,
    /// The last seq of each instrument.
    pub seq: std::collections::BTreeMap<String, u64>,
    /// The clock.
    pub clock: Clock,
    /// Whether trading in the first instrument is halted: ticks go on, and none is published.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub halted: bool,
    /// Every instrument in which trading is halted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub halts: Vec<String>,
}

/// Interventions that were accepted, or whose state has changed; match them by id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OverrideUpdate {
    /// The instrument.
    pub instrument: String,
    /// The session.
    pub session: String,
    /// The interventions as they stand now.
    pub overrides: Vec<Override>,
}

/// Something that went wrong on a connection: the text of a refused acknowledgement (`{"error": …}`), of `connect_error`,
/// and of the event `error`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamError {
    /// A stable code, such as `unauthorized`, `forbidden`, `unknown-channel`, `malformed`.
    pub code: String,
    /// What was wrong.
    pub message: String,
}
