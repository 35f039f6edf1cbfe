//! Ticks, in batches of columns.

use serde::{Deserialize, Serialize};

/// Ticks that a halt withheld, before the row of this seq.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The seq of the first tick after it.
    pub seq: u64,
    /// How many ticks were withheld.
    pub ticks: u64,
}

/// Consecutive published ticks of one instrument: row i is seq `seq0 + i`, tick `tick0 + i` at `t0 + i·dt`. From a gap's row on,
/// tick and time are later by the gap's ticks.
///
/// ```
/// use market_api::tick::TickBatch;
/// let batch = TickBatch { instrument: "BTC-USD".into(), session: "s".into(), prev_seq: 9, seq0: 10, tick0: 10,
///     t0: 1000, dt: 100, price: vec![1.0, 2.0], bid: vec![0.9, 1.9], ask: vec![1.1, 2.1],
///     volume: vec![0.5, 0.0], liquidity: vec![1.0, 1.0], gaps: Vec::new() };
/// assert_eq!(batch.last_seq(), 11);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TickBatch {
    /// The instrument's name.
    pub instrument: String,
    /// The session.
    pub session: String,
    /// The seq published before this batch: a client that holds another has a gap.
    pub prev_seq: u64,
    /// The first row's seq: +1 per published tick, without holes.
    pub seq0: u64,
    /// The first row's tick.
    pub tick0: u64,
    /// The first row's time, Unix milliseconds.
    pub t0: i64,
    /// Milliseconds between rows.
    pub dt: u64,
    /// Prices, rounded to the tick size.
    pub price: Vec<f64>,
    /// The best bids: below the price, rounded down to the tick size.
    pub bid: Vec<f64>,
    /// The best asks: above the price, rounded up.
    pub ask: Vec<f64>,
    /// What was traded on each tick, base units, whole lots.
    pub volume: Vec<f64>,
    /// The depth multiplier L: 1 as the instrument is made.
    pub liquidity: Vec<f64>,
    /// Halts between these rows; absent if there was none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<Gap>,
}

impl TickBatch {
    /// The last row's seq; the one before the batch if it is empty.
    pub fn last_seq(&self) -> u64 {
        self.prev_seq + self.price.len() as u64
    }
}

/// The same rows' reference prices, for admins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReferenceBatch {
    /// The instrument's name.
    pub instrument: String,
    /// The first row's seq.
    pub seq0: u64,
    /// The first row's time, Unix milliseconds.
    pub t0: i64,
    /// Milliseconds between rows.
    pub dt: u64,
    /// What the prices would have been without any intervention, rounded to the tick size.
    pub reference: Vec<f64>,
    /// Halts between these rows; absent if there was none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<Gap>,
}
