//! Sessions: one run of a market.

use serde::{Deserialize, Serialize};

use crate::instrument::Instrument;

/// The version of the stream's events.
pub const PROTOCOL: u32 = 1;

/// What anyone may know of the session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// The session's id; a new seed or a reset makes a new one.
    pub session: String,
    /// Whether the seed is short enough to be guessed.
    pub practice: bool,
    /// Unix milliseconds of simulated time at tick 0.
    pub start_time: i64,
    /// Milliseconds of simulated time between ticks.
    pub tick_interval_ms: u64,
    /// The last tick published.
    pub tick: u64,
    /// The last seq published.
    pub seq: u64,
    /// Its instruments.
    pub instruments: Vec<Instrument>,
}
