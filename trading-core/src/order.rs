//! Orders: what is asked for, how it stands, and why it ended.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The longest client order id.
pub const MAX_CLIENT_ID_CHARS: usize = 36;

/// Which way an order trades.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// It takes from the asks.
    Buy,
    /// It takes from the bids.
    Sell,
}

impl Side {
    /// The other one.
    #[must_use]
    pub fn opposite(self) -> Self {
        if self == Self::Buy { Self::Sell } else { Self::Buy }
    }

    /// A quantity with the sign of the position that it makes.
    pub fn signed(self, quantity: Decimal) -> Decimal {
        if self == Self::Buy { quantity } else { -quantity }
    }
}

/// An order's number, from 1, in the order of acceptance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OrderId(pub u64);

/// An account's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AccountId(pub u64);

/// What makes an order trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Kind {
    /// At once, at whatever the book gives.
    Market,
    /// At its price or better.
    Limit {
        /// The worst price.
        price: Decimal,
    },
    /// A market order once the price has gone against the side as far as this: up for a purchase, down for a sale.
    Stop {
        /// The price that triggers it.
        stop: Decimal,
    },
    /// A limit order once the price has.
    StopLimit {
        /// The price that triggers it.
        stop: Decimal,
        /// The worst price.
        price: Decimal,
    },
    /// A market order once the price has come as far as this in favour: down for a purchase, up for a sale.
    TakeProfit {
        /// The price that triggers it.
        stop: Decimal,
    },
}

impl Kind {
    /// The worst price, if there is one.
    pub fn limit(self) -> Option<Decimal> {
        match self {
            Self::Limit { price } | Self::StopLimit { price, .. } => Some(price),
            Self::Market | Self::Stop { .. } | Self::TakeProfit { .. } => None,
        }
    }

    /// The price that triggers it, if it waits for one.
    pub fn trigger(self) -> Option<Decimal> {
        match self {
            Self::Stop { stop } | Self::StopLimit { stop, .. } | Self::TakeProfit { stop } => Some(stop),
            Self::Market | Self::Limit { .. } => None,
        }
    }
}

/// How long an order stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeInForce {
    /// Until it is filled or cancelled.
    #[default]
    Gtc,
    /// What isn't filled on arrival is cancelled.
    Ioc,
    /// Wholly on arrival, or not at all.
    Fok,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewOrder {
    /// The sender's own name for it: the same name and order again is the same order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// Which way.
    pub side: Side,
    /// How much, in base units.
    pub quantity: Decimal,
    /// When it trades.
    pub kind: Kind,
    /// How long it stands.
    #[serde(default)]
    pub time_in_force: TimeInForce,
    /// Only as a maker: refused if it would trade on arrival.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub post_only: bool,
    /// Only to make the position smaller: cut to it, and refused if there is none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reduce_only: bool,
    /// The last tick on which it may trade.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_tick: Option<u64>,
}

/// An order as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Its number.
    pub id: OrderId,
    /// Whose it is.
    pub account: AccountId,
    /// What was asked for.
    pub asked: NewOrder,
    /// The tick that its sender had seen.
    pub decided_tick: u64,
    /// The price at which it counts against what its account can bear: its limit or trigger, or what it would have cost when it was
    /// accepted.
    pub counted_price: Decimal,
    /// How far it has got.
    pub status: Status,
    /// What has been filled.
    pub filled: Decimal,
    /// Whether its owner has asked for its end, which is on its way.
    pub is_leaving: bool,
}

impl Order {
    /// What hasn't been filled.
    pub fn remaining(&self) -> Decimal {
        self.asked.quantity - self.filled
    }
}

/// How far an order has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// On its way: it arrives on the first tick that comes so late.
    Accepted,
    /// It waits for its trigger.
    Untriggered,
    /// It rests in the book.
    Resting,
    /// It rests, and some of it has been filled.
    PartiallyFilled,
    /// All of it has been.
    Filled,
    /// It ended before.
    Cancelled,
    /// Its time ended before.
    Expired,
}

impl Status {
    /// Whether it can't trade yet.
    pub fn waits(self) -> bool {
        self == Self::Untriggered
    }
}

/// Why an order was refused. Nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Rejection {
    /// No such account.
    #[error("the account is not known")]
    UnknownAccount,
    /// No such order, another account's, or one that has ended.
    #[error("the order is not known, or has ended")]
    UnknownOrder,
    /// Zero or less.
    #[error("quantity must be above 0")]
    QuantityNotPositive,
    /// More than one order may be of.
    #[error("quantity is above the most that one order may be of")]
    QuantityTooLarge,
    /// No multiple of the lot.
    #[error("quantity is no multiple of the lot size")]
    WrongLotSize,
    /// Zero or less.
    #[error("price must be above 0")]
    PriceNotPositive,
    /// More than a price may be.
    #[error("price is above the highest that an order may have")]
    PriceTooLarge,
    /// No multiple of the tick size.
    #[error("price is no multiple of the tick size")]
    WrongTickSize,
    /// Longer than allowed, or empty.
    #[error("client_id must have 1 to {MAX_CLIENT_ID_CHARS} characters")]
    BadClientId,
    /// The name belongs to another order.
    #[error("client_id was used for another order")]
    ClientIdTaken,
    /// A combination that means nothing.
    #[error("post_only is for limit orders that stand until they are cancelled")]
    PostOnlyNeedsLimit,
    /// A time in force that a waiting order can't have.
    #[error("ioc and fok are for orders that act on arrival")]
    WaitsForTrigger,
    /// The expiry has passed.
    #[error("expires_tick has passed")]
    AlreadyExpired,
    /// Nobody trades now.
    #[error("trading is halted")]
    Halted,
    /// There is no price yet.
    #[error("there is no price yet")]
    NoPrice,
    /// It would cost more than there is.
    #[error("the account has too little")]
    InsufficientFunds,
    /// It would trade with an order of its own account.
    #[error("it would trade with an order of the same account")]
    SelfCrossing,
    /// There is no position to make smaller.
    #[error("there is no position that it would make smaller")]
    NothingToReduce,
    /// The account has too many orders already.
    #[error("the account has too many open orders")]
    TooManyOrders,
}

impl Rejection {
    /// Its stable name, the same as in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::UnknownAccount => "unknown_account",
            Self::UnknownOrder => "unknown_order",
            Self::QuantityNotPositive => "quantity_not_positive",
            Self::QuantityTooLarge => "quantity_too_large",
            Self::WrongLotSize => "wrong_lot_size",
            Self::PriceNotPositive => "price_not_positive",
            Self::PriceTooLarge => "price_too_large",
            Self::WrongTickSize => "wrong_tick_size",
            Self::BadClientId => "bad_client_id",
            Self::ClientIdTaken => "client_id_taken",
            Self::PostOnlyNeedsLimit => "post_only_needs_limit",
            Self::WaitsForTrigger => "waits_for_trigger",
            Self::AlreadyExpired => "already_expired",
            Self::Halted => "halted",
            Self::NoPrice => "no_price",
            Self::InsufficientFunds => "insufficient_funds",
            Self::SelfCrossing => "self_crossing",
            Self::NothingToReduce => "nothing_to_reduce",
            Self::TooManyOrders => "too_many_orders",
        }
    }
}

/// Why an accepted order ended without being filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Ending {
    /// Its owner has cancelled it.
    Asked,
    /// The rest of an immediate-or-cancel order.
    Ioc,
    /// A fill-or-kill order that couldn't be filled wholly.
    Fok,
    /// A post-only order that would have traded.
    PostOnly,
    /// By the time it was to trade there was too little.
    InsufficientFunds,
    /// By then there was no position to make smaller.
    NothingToReduce,
    /// By then it would have traded with an order of its own account.
    SelfCrossing,
    /// The account was liquidated.
    Liquidated,
    /// The account was set back to its beginning.
    Reset,
}
