//! What an exchange tells: every change of an order or an account, in the order in which it happened.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::order::{AccountId, Ending, OrderId, Side};

/// A fill's number, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FillId(pub u64);

/// A trade of one order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fill {
    /// Its number.
    pub id: FillId,
    /// The tick.
    pub tick: u64,
    /// The order.
    pub order: OrderId,
    /// Whose.
    pub account: AccountId,
    /// Which way.
    pub side: Side,
    /// How much.
    pub quantity: Decimal,
    /// At what price.
    pub price: Decimal,
    /// The fee.
    pub fee: Decimal,
    /// Whether the order rested.
    pub is_maker: bool,
    /// What it has realised, before the fee.
    pub realised: Decimal,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Event {
    /// An order came to wait for its trigger.
    Waits {
        /// The order.
        order: OrderId,
    },
    /// Its trigger has come.
    Triggered {
        /// The order.
        order: OrderId,
    },
    /// An order came to rest in the book.
    Rests {
        /// The order.
        order: OrderId,
    },
    /// A trade.
    Filled(Fill),
    /// An order has ended, filled or not.
    Cancelled {
        /// The order.
        order: OrderId,
        /// Why.
        reason: Ending,
    },
    /// An order's time has ended.
    Expired {
        /// The order.
        order: OrderId,
    },
    /// An account's money no longer bore its position, which was closed at once.
    Liquidated {
        /// The account.
        account: AccountId,
        /// The loss beyond its money, which the house bears.
        written_off: Decimal,
    },
}
