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

/// No price is above it, 10¹²: a decimal has digits for what all that an account can hold is worth at it.
pub const MAX_PRICE: Decimal = Decimal::from_parts(3_567_587_328, 232, 0, false, 0);

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
    /// A published price as a decimal; none if it isn't a price, or is above [`MAX_PRICE`].
    pub fn price(&self, price: f64) -> Option<Decimal> {
        let steps = Decimal::from_f64(price)?.checked_div(self.tick_size)?;
        self.steps(steps.round()).filter(|price| price.is_sign_positive() && !price.is_zero())
    }

    /// A computed price, rounded against whoever trades: up for a purchase. None if it isn't a price, or is above [`MAX_PRICE`].
    pub fn against(&self, price: f64, side: Side) -> Option<Decimal> {
        let strategy = match side {
            Side::Buy => RoundingStrategy::ToPositiveInfinity,
            Side::Sell => RoundingStrategy::ToNegativeInfinity,
        };
        let steps = Decimal::from_f64_retain(price)?.checked_div(self.tick_size)?;
        self.steps(steps.round_dp_with_strategy(0, strategy))
    }

    fn steps(&self, steps: Decimal) -> Option<Decimal> {
        steps.checked_mul(self.tick_size).filter(|price| *price <= MAX_PRICE)
    }

    /// A computed quantity in whole lots, rounded down; as many as a decimal can say of one beyond that.
    pub fn lots(&self, quantity: f64) -> Decimal {
        match Decimal::from_f64_retain(quantity) {
            Some(quantity) => self.whole_lots(quantity),
            None if quantity > 0.0 => self.most_lots(),
            None => Decimal::ZERO,
        }
    }

    /// A quantity in whole lots, rounded down; as many as a decimal can say of one beyond that.
    pub(crate) fn whole_lots(&self, quantity: Decimal) -> Decimal {
        let lots = quantity.checked_div(self.lot_size).and_then(|lots| lots.floor().checked_mul(self.lot_size));
        lots.unwrap_or_else(|| self.most_lots())
    }

    fn most_lots(&self) -> Decimal {
        let most = Decimal::from_parts(u32::MAX, u32::MAX, u32::MAX, false, self.lot_size.scale());
        most - most.checked_rem(self.lot_size).unwrap_or_default()
    }
}

/// A decimal as a float.
pub(crate) fn float(value: Decimal) -> f64 {
    value.to_f64().unwrap_or(f64::NAN)
}
