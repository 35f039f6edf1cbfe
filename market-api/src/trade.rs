//! Trades, in batches of columns, and the book behind the best quotes.

use serde::{Deserialize, Serialize};

use crate::intervention::OrderSide;

/// Consecutive trades of one instrument: row i has seq `seq0 + i`. Their quantities sum to their ticks' volumes.
///
/// ```
/// use market_api::trade::TradeBatch;
/// let text = r#"{"instrument":"BTC-USD","session":"s","prev_seq":9,"seq0":10,"tick":[4],"t":[393],"price":[100005.0],
///     "quantity":[0.0125],"side":["buy"]}"#;
/// let batch: TradeBatch = serde_json::from_str(text)?;
/// assert_eq!(batch.last_seq(), 10);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TradeBatch {
    /// The instrument's name.
    pub instrument: String,
    /// The session.
    pub session: String,
    /// The trade told before this batch: a client that holds another has a gap.
    pub prev_seq: u64,
    /// The first row's seq: +1 per trade, from 1, without holes.
    pub seq0: u64,
    /// The tick that each belongs to.
    pub tick: Vec<u64>,
    /// When each was made, Unix milliseconds: after the tick before, and not after its own.
    pub t: Vec<i64>,
    /// The best ask of its tick for a purchase, the best bid for a sale.
    pub price: Vec<f64>,
    /// Base units, whole lots.
    pub quantity: Vec<f64>,
    /// Who came to the market.
    pub side: Vec<OrderSide>,
}

impl TradeBatch {
    /// The last row's seq; the one before the batch if it is empty.
    pub fn last_seq(&self) -> u64 {
        self.prev_seq + self.price.len() as u64
    }
}

/// A price, and the quantity that rests from there to the next level's, base units.
pub type Level = (f64, f64);

/// The book after a tick, as its depth law implies it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BookProfile {
    /// The instrument's name.
    pub instrument: String,
    /// The session.
    pub session: String,
    /// The seq of its tick.
    pub seq: u64,
    /// The tick.
    pub tick: u64,
    /// Its time, Unix milliseconds.
    pub t: i64,
    /// Its price.
    pub price: f64,
    /// The best bid.
    pub bid: f64,
    /// The best ask.
    pub ask: f64,
    /// The depth multiplier L.
    pub liquidity: f64,
    /// Bids, the highest first.
    pub bids: Vec<Level>,
    /// Asks, the lowest first.
    pub asks: Vec<Level>,
}
