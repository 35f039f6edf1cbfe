//! The exchange: its rules, whether it takes orders, and all that a trader has of it.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::account::{Account, Terms};
use super::order::{Fill, Order};
use super::strategy::Run;

/// What holds for every order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// The price increment.
    pub tick_size: Decimal,
    /// The quantity increment.
    pub lot_size: Decimal,
    /// The most of one order, base units.
    pub max_quantity: Decimal,
    /// The most open orders of one account.
    pub max_open_orders: usize,
    /// Ticks from a decision to its arrival.
    pub latency_ticks: u64,
    /// Part of the margin below which a position is closed.
    pub maintenance: Decimal,
    /// The most strategies of one trader that run at once.
    pub max_runs: usize,
}

/// Whether orders are taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Venue {
    /// The market's session; empty before the first one is known.
    pub session: String,
    /// The last tick that was traded on.
    pub tick: u64,
    /// Its time.
    pub time: i64,
    /// Whether the market's stream is followed now.
    pub is_live: bool,
    /// Whether trading is halted.
    pub is_halted: bool,
    /// Why nothing is taken, while nothing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
}

/// The first event of a connection, and `GET /v1/venue`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hello {
    /// The server's clock, Unix milliseconds.
    pub server_time: i64,
    /// The instrument that is traded.
    pub instrument: String,
    /// Whether orders are taken.
    #[serde(flatten)]
    pub venue: Venue,
    /// What holds for every order.
    pub rules: Rules,
    /// What a new account begins with.
    pub terms: Terms,
    /// The volatility that this session's prices have shown, per √year, jumps apart: that of back-tests on paths, unless they say another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volatility: Option<f64>,
}

/// All that a trader has: the event `snapshot`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Book {
    /// The market's session.
    pub session: String,
    /// Its account.
    pub account: Account,
    /// Its open orders and the last that ended, newest first.
    pub orders: Vec<Order>,
    /// Its last fills, newest first.
    pub fills: Vec<Fill>,
    /// Its strategies, newest first.
    pub strategies: Vec<Run>,
}
