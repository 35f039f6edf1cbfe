//! Orders that wait: resting ones by price and time, others by their trigger.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::order::{Kind, Order, OrderId, Side, Status};
use crate::quote::float;

/// All of them. Floats beside the sets let a tick pass that concerns none of them without a look into one.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(from = "Sets")]
pub(super) struct RestingBook {
    /// The highest first, then the oldest.
    bids: BTreeSet<(Reverse<Decimal>, OrderId)>,
    /// The lowest first, then the oldest.
    asks: BTreeSet<(Decimal, OrderId)>,
    /// Triggered at or above their price, the lowest first.
    above: BTreeSet<(Decimal, OrderId)>,
    /// Triggered at or below their price, the highest first.
    below: BTreeSet<(Reverse<Decimal>, OrderId)>,
    #[serde(skip)]
    best_bid: f64,
    #[serde(skip)]
    best_ask: f64,
    #[serde(skip)]
    lowest_above: f64,
    #[serde(skip)]
    highest_below: f64,
}

/// What a snapshot keeps: the floats follow from it, and infinity has no form in JSON.
#[derive(Deserialize)]
struct Sets {
    bids: BTreeSet<(Reverse<Decimal>, OrderId)>,
    asks: BTreeSet<(Decimal, OrderId)>,
    above: BTreeSet<(Decimal, OrderId)>,
    below: BTreeSet<(Reverse<Decimal>, OrderId)>,
}

impl From<Sets> for RestingBook {
    fn from(Sets { bids, asks, above, below }: Sets) -> Self {
        let mut book = Self { bids, asks, above, below, ..Self::default() };
        book.look();
        book
    }
}

impl Default for RestingBook {
    fn default() -> Self {
        Self {
            bids: BTreeSet::new(),
            asks: BTreeSet::new(),
            above: BTreeSet::new(),
            below: BTreeSet::new(),
            best_bid: f64::NEG_INFINITY,
            best_ask: f64::INFINITY,
            lowest_above: f64::INFINITY,
            highest_below: f64::NEG_INFINITY,
        }
    }
}

/// Whether it waits for the price to rise.
fn rises(kind: Kind, side: Side) -> bool {
    match kind {
        Kind::TakeProfit { .. } => side == Side::Sell,
        _ => side == Side::Buy,
    }
}

impl RestingBook {
    /// Puts an order where its status says that it waits.
    pub(super) fn insert(&mut self, order: &Order) {
        let (id, side) = (order.id, order.asked.side);
        match (order.status, order.asked.kind.trigger(), order.asked.kind.limit()) {
            (Status::Untriggered, Some(stop), _) if rises(order.asked.kind, side) => {
                self.above.insert((stop, id));
            }
            (Status::Untriggered, Some(stop), _) => {
                self.below.insert((Reverse(stop), id));
            }
            (Status::Resting | Status::PartiallyFilled, _, Some(price)) if side == Side::Buy => {
                self.bids.insert((Reverse(price), id));
            }
            (Status::Resting | Status::PartiallyFilled, _, Some(price)) => {
                self.asks.insert((price, id));
            }
            _ => {}
        }
        self.look();
    }

    /// Takes an order out, wherever it is.
    pub(super) fn remove(&mut self, order: &Order) {
        let id = order.id;
        if let Some(price) = order.asked.kind.limit() {
            self.bids.remove(&(Reverse(price), id));
            self.asks.remove(&(price, id));
        }
        if let Some(stop) = order.asked.kind.trigger() {
            self.above.remove(&(stop, id));
            self.below.remove(&(Reverse(stop), id));
        }
        self.look();
    }

    fn look(&mut self) {
        self.best_bid = self.bids.first().map_or(f64::NEG_INFINITY, |(Reverse(price), _)| float(*price));
        self.best_ask = self.asks.first().map_or(f64::INFINITY, |(price, _)| float(*price));
        self.lowest_above = self.above.first().map_or(f64::INFINITY, |(stop, _)| float(*stop));
        self.highest_below = self.below.first().map_or(f64::NEG_INFINITY, |(Reverse(stop), _)| float(*stop));
    }

    /// Takes out what a price triggers, in the order of acceptance.
    pub(super) fn triggered(&mut self, price: f64) -> Vec<OrderId> {
        if price < self.lowest_above && price > self.highest_below {
            return Vec::new();
        }
        let mut ids = Vec::new();
        ids.extend(self.above.extract_if(.., |(stop, _)| float(*stop) <= price).map(|(_, id)| id));
        ids.extend(self.below.extract_if(.., |(Reverse(stop), _)| float(*stop) >= price).map(|(_, id)| id));
        self.look();
        ids.sort_unstable();
        ids
    }

    /// Resting orders that a bid and an ask have reached, the better price first and then the older, bids before asks.
    pub(super) fn reached(&self, bid: f64, ask: f64) -> Vec<OrderId> {
        if ask > self.best_bid && bid < self.best_ask {
            return Vec::new();
        }
        let bids = self.bids.iter().take_while(|(Reverse(price), _)| float(*price) >= ask).map(|&(_, id)| id);
        let asks = self.asks.iter().take_while(|(price, _)| float(*price) <= bid).map(|&(_, id)| id);
        bids.chain(asks).collect()
    }
}
