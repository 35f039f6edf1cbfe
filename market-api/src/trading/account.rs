//! Accounts: terms, positions, money, equity over time.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What an account begins with, and pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// Cash.
    pub initial: Decimal,
    /// The fee of a fill that rested, basis points.
    pub maker_bp: Decimal,
    /// The fee of a fill that took, basis points.
    pub taker_bp: Decimal,
    /// The position's value may be so many times the equity; 1 is an account without margin, which is never short.
    pub leverage: Decimal,
}

/// What may be chosen of an account: `POST /v1/account/reset`. What is absent stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChosenTerms {
    /// Cash, (0, 10⁹].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initial: Option<Decimal>,
    /// [1, 100].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leverage: Option<Decimal>,
}

/// A position: `GET /v1/positions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The instrument.
    pub instrument: String,
    /// Base units; negative if short.
    pub quantity: Decimal,
    /// The average price of what is held, rounded to cash's decimals.
    pub entry_price: Decimal,
    /// What it has cost, exactly.
    pub cost: Decimal,
    /// The price it is valued at: the last one.
    pub mark_price: Decimal,
    /// What it would bring beyond its cost.
    pub unrealised: Decimal,
    /// About where it would be liquidated, if it has margin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub liquidation_price: Option<Decimal>,
}

/// An account: `GET /v1/account`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its number.
    pub id: u64,
    /// What it began with, and pays.
    pub terms: Terms,
    /// What it has.
    pub cash: Decimal,
    /// What it could spend: cash less what open orders may need; with margin, equity less what the position ties up, times the leverage.
    pub free: Decimal,
    /// Base units that it could sell: the position less what open sales may need; with margin, what `free` pays.
    pub free_base: Decimal,
    /// About the largest market order to buy that would be accepted now, base units.
    pub most_buy: Decimal,
    /// The same to sell.
    pub most_sell: Decimal,
    /// What all of it is worth at the last price.
    pub equity: Decimal,
    /// What closed positions have brought, before fees.
    pub realised: Decimal,
    /// What the position would bring beyond its cost.
    pub unrealised: Decimal,
    /// Fees paid.
    pub fees: Decimal,
    /// Losses beyond its money, which the house bears.
    pub written_off: Decimal,
    /// Its position, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// The tick of all this.
    pub tick: u64,
    /// Its time.
    pub time: i64,
}

/// An account's equity over time: `GET /v1/equity`, `GET /v1/strategies/{id}/equity`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EquityCurve {
    /// Times, oldest first.
    pub time: Vec<i64>,
    /// What all of it was worth then.
    pub equity: Vec<Decimal>,
}
