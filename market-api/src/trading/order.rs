//! Orders, fills, prints, and what an order would cost.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Which way an order trades.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// It takes from the asks.
    Buy,
    /// It takes from the bids.
    Sell,
}

/// What makes an order trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderType {
    /// At once, at whatever the book gives.
    Market,
    /// At `price` or better.
    Limit,
    /// A market order once the price has gone against the side as far as `stop`.
    Stop,
    /// A limit order at `price` once the price has gone as far as `stop`.
    StopLimit,
    /// A market order once the price has come in favour as far as `stop`.
    TakeProfit,
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

/// `POST /v1/orders`, and `POST /v1/orders/preview`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewOrder {
    /// The instrument's id.
    pub instrument: String,
    /// The sender's own name for it, 1 to 36 characters: the same name and order again is the same order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// Which way.
    pub side: Side,
    /// When it trades.
    #[serde(rename = "type")]
    pub kind: OrderType,
    /// How much, base units.
    pub quantity: Decimal,
    /// The worst price, of a limit and a stop-limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Decimal>,
    /// The price that triggers it, of a stop, a stop-limit and a take-profit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop: Option<Decimal>,
    /// How long it stands.
    #[serde(default)]
    pub time_in_force: TimeInForce,
    /// Only as a maker.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub post_only: bool,
    /// Only to make the position smaller.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reduce_only: bool,
    /// The last tick on which it may trade.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_tick: Option<u64>,
}

/// How far an order has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// On its way: it arrives on a later tick.
    Accepted,
    /// It waits for its trigger.
    Untriggered,
    /// It rests in the book.
    Resting,
    /// Some of it has been filled, the rest rests.
    PartiallyFilled,
    /// All of it has been filled.
    Filled,
    /// It ended before; `reason` says why.
    Cancelled,
    /// Its time ended before.
    Expired,
}

impl Status {
    /// Whether it may still trade.
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Filled | Self::Cancelled | Self::Expired)
    }
}

/// An order as it stands: `GET /v1/orders`, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Its number.
    pub id: u64,
    /// What was asked for.
    #[serde(flatten)]
    pub asked: NewOrder,
    /// How far it has got.
    pub status: Status,
    /// What has been filled.
    pub filled: Decimal,
    /// The average price of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub average_price: Option<Decimal>,
    /// Why it ended without being filled: a stable code; `liquidated` of the order that closes what an account can't bear any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The last tick that its sender had seen.
    pub decided_tick: u64,
    /// When it was accepted.
    pub created_at: i64,
    /// When it last changed.
    pub updated_at: i64,
    /// The strategy's number, if one has sent it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<u64>,
    /// Why the strategy wanted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// A trade of one order: `GET /v1/fills`, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fill {
    /// Its number.
    pub id: u64,
    /// The order's.
    pub order: u64,
    /// The instrument.
    pub instrument: String,
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
    /// The tick.
    pub tick: u64,
    /// The tick's time.
    pub time: i64,
    /// The strategy's number, if one has sent the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<u64>,
}

/// A fill as the public sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Print {
    /// The instrument.
    pub instrument: String,
    /// The tick.
    pub tick: u64,
    /// The tick's time.
    pub time: i64,
    /// Whose side took; of a resting order, the other.
    pub side: Side,
    /// At what price.
    pub price: Decimal,
    /// How much.
    pub quantity: Decimal,
}

/// What an order would cost now: `POST /v1/orders/preview`. Nothing is promised: it acts on a later tick.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// What it would take at once.
    pub taken: Decimal,
    /// The average price of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub average_price: Option<Decimal>,
    /// The price of the last unit of that; the limit if nothing is taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worst_price: Option<Decimal>,
    /// How far the average is from the middle of bid and ask, against its sender, basis points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slippage_bp: Option<Decimal>,
    /// What it is worth: what is taken at its average, the rest at its own price.
    pub value: Decimal,
    /// The fee of all of it.
    pub fee: Decimal,
    /// What the account pays (negative: gets).
    pub total: Decimal,
    /// Why it would be refused, if it would.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<Refusal>,
}

/// Why an order would be refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// A stable code, such as `insufficient_funds`. A refused order is answered with a problem whose type ends in it.
    pub code: String,
    /// The same in words.
    pub detail: String,
}
