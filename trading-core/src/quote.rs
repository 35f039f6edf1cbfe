//! What clients see of a tick, and the numbers between its floats and an account's decimals.

use rust_decimal::Decimal;
use rust_decimal::prelude::{FromPrimitive, RoundingStrategy, ToPrimitive};
use serde::{Deserialize, Serialize};

use crate::order::Side;

/// A published tick: prices are rounded to the tick size.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quote {
    /// Its number.
    pub tick: u64,
    /// Simulated time, Unix milliseconds.
    pub time_ms: i64,
    /// The price.
    pub price: f64,
    /// The best bid.
    pub bid: f64,
    /// The best ask.
    pub ask: f64,
    /// The book's liquidity L: 1 as the instrument is made.
    pub liquidity: f64,
}

impl Quote {
    /// The best price that an order of this side meets.
    pub fn best(&self, side: Side) -> f64 {
        if side == Side::Buy { self.ask } else { self.bid }
    }
}

/// Multiples that prices and quantities come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grid {
    /// The price increment.
    pub tick_size: Decimal,
    /// The quantity increment.
    pub lot_size: Decimal,
}

impl Grid {
    /// A published price as a decimal; none if it isn't a price.
    pub fn price(&self, price: f64) -> Option<Decimal> {
        let steps = Decimal::from_f64(price)? / self.tick_size;
        Some(steps.round() * self.tick_size).filter(|price| price.is_sign_positive() && !price.is_zero())
    }

    /// A computed price, rounded against whoever trades: up for a purchase.
    pub fn against(&self, price: f64, side: Side) -> Option<Decimal> {
        let strategy = match side {
            Side::Buy => RoundingStrategy::ToPositiveInfinity,
            Side::Sell => RoundingStrategy::ToNegativeInfinity,
        };
        let steps = (Decimal::from_f64_retain(price)? / self.tick_size).round_dp_with_strategy(0, strategy);
        Some(steps * self.tick_size)
    }

    /// A computed quantity in whole lots, rounded down.
    pub fn lots(&self, quantity: f64) -> Decimal {
        let lots = Decimal::from_f64_retain(quantity).unwrap_or(Decimal::MAX) / self.lot_size;
        lots.floor() * self.lot_size
    }
}

/// A decimal as a float.
pub(crate) fn float(value: Decimal) -> f64 {
    value.to_f64().unwrap_or(f64::NAN)
}
