//! Ticks, in batches of columns.

use serde::{Deserialize, Serialize};

/// Consecutive ticks of one instrument: row i is tick `tick0 + i`, seq `seq0 + i`, at `t0 + i·dt`.
///
/// ```
/// use market_api::tick::TickBatch;
/// let batch = TickBatch { instrument: "BTC-USD".into(), session: "s".into(), prev_seq: 9, seq0: 10, tick0: 10,
///     t0: 1000, dt: 100, price: vec![1.0, 2.0] };
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
}
