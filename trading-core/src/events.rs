//! What an exchange tells: every change of an order or an account, in the order in which it happened.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::desk::{RunId, RunState};
use crate::order::{AccountId, Ending, NewOrder, Order, OrderId, Rejection, Side};

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
    /// An order was accepted, a trader's or a strategy's; it is on its way.
    Accepted {
        /// As it stands.
        order: Box<Order>,
        /// Why a strategy wants it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// A strategy asked for an order that was refused. (Who submits one is told at once.)
    Rejected {
        /// Whose account.
        account: AccountId,
        /// What was asked for.
        asked: Box<NewOrder>,
        /// Why it was refused.
        rejection: Rejection,
        /// Why the strategy wanted it.
        reason: String,
    },
    /// A strategy started, is to stop, or has stopped.
    Run {
        /// Which.
        run: RunId,
        /// How it stands now.
        state: RunState,
    },
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
    /// An account's money no longer bore its position, which was closed at once. The fill before it is of an order that nobody asked
    /// for and nothing else tells of.
    Liquidated {
        /// The account.
        account: AccountId,
        /// The loss beyond its money, which the house bears.
        written_off: Decimal,
    },
}
