//! The last trades.

use std::collections::VecDeque;

use gbm_core::intervention::OrderSide;
use gbm_core::prints::{Print, Tape};
use market_api::trade::TradeBatch;
use serde::{Deserialize, Serialize};

use super::Expired;
use crate::wire::tell_order_side;

/// Trades that a client may go back by.
pub const RESUME_TRADES: usize = 50_000;
/// Trades that a client without a position is given.
pub const SNAPSHOT_TRADES: usize = 200;

#[derive(Clone, Copy, Debug, PartialEq)]
struct Trade {
    tick: u64,
    t: i64,
    price: f64,
    lots: u64,
    side: OrderSide,
}

/// Consecutive trades, of which the newest has seq `seq`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(into = "Columns", try_from = "Columns")]
pub(super) struct Trades {
    held: VecDeque<Trade>,
    seq: u64,
    /// The tick of the last one that is held no more.
    forgotten: u64,
}

impl Trades {
    pub(super) fn seq(&self) -> u64 {
        self.seq
    }

    /// How many are held.
    pub(super) fn len(&self) -> usize {
        self.held.len()
    }

    /// Adds one of a tick's prints, by the time of the tick before.
    pub(super) fn push(&mut self, tick: u64, tick_before: i64, print: &Print) {
        if self.held.len() == RESUME_TRADES
            && let Some(oldest) = self.held.pop_front()
        {
            self.forgotten = oldest.tick;
        }
        let &Print { offset_ms, side, lots, price } = print;
        self.seq += 1;
        self.held.push_back(Trade { tick, t: tick_before.saturating_add_unsigned(offset_ms), price, lots, side });
    }

    /// The seq of the last trade up to a tick.
    pub(super) fn seq_at(&self, tick: u64) -> Option<u64> {
        let later = self.held.len() - self.held.partition_point(|trade| trade.tick <= tick);
        (tick >= self.forgotten).then(|| self.seq - later as u64)
    }

    /// Those after one; instrument and session are the caller's to name.
    pub(super) fn after(&self, seq: u64, most: usize, tape: &Tape) -> Result<TradeBatch, Expired> {
        let first = self.seq - self.held.len() as u64;
        if seq < first || seq > self.seq {
            return Err(Expired { seq, first, last: self.seq });
        }
        let from = usize::try_from(seq - first).unwrap_or(self.held.len());
        let rows = || self.held.range(from..).take(most);
        Ok(TradeBatch {
            instrument: String::new(),
            session: String::new(),
            prev_seq: seq,
            seq0: seq + 1,
            tick: rows().map(|trade| trade.tick).collect(),
            t: rows().map(|trade| trade.t).collect(),
            price: rows().map(|trade| trade.price).collect(),
            quantity: rows().map(|trade| tape.quantity(trade.lots)).collect(),
            side: rows().map(|trade| tell_order_side(trade.side)).collect(),
        })
    }
}

/// Trades as columns, of which each is a fraction of its size as objects.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Columns {
    seq: u64,
    forgotten: u64,
    tick: Vec<u64>,
    t: Vec<i64>,
    price: Vec<f64>,
    /// Negative for a sale.
    lots: Vec<i64>,
}

impl From<Trades> for Columns {
    fn from(Trades { held, seq, forgotten }: Trades) -> Self {
        let signed = |trade: &Trade| match trade.side {
            OrderSide::Buy => trade.lots.cast_signed(),
            OrderSide::Sell => -trade.lots.cast_signed(),
        };
        Self {
            seq,
            forgotten,
            tick: held.iter().map(|trade| trade.tick).collect(),
            t: held.iter().map(|trade| trade.t).collect(),
            price: held.iter().map(|trade| trade.price).collect(),
            lots: held.iter().map(signed).collect(),
        }
    }
}

impl TryFrom<Columns> for Trades {
    type Error = &'static str;

    fn try_from(Columns { seq, forgotten, tick, t, price, lots }: Columns) -> Result<Self, Self::Error> {
        let rows = tick.len();
        if [t.len(), price.len(), lots.len()] != [rows; 3] || rows > RESUME_TRADES || rows as u64 > seq {
            return Err("the columns of trades don't fit");
        }
        let held = tick.into_iter().zip(t).zip(price).zip(lots).map(|(((tick, t), price), lots)| {
            let side = if lots < 0 { OrderSide::Sell } else { OrderSide::Buy };
            Trade { tick, t, price, lots: lots.unsigned_abs(), side }
        });
        Ok(Self { held: held.collect(), seq, forgotten })
    }
}
