//! The rules of one instrument's exchange.

pub use gbm_core::market::Book;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::order::{Kind, NewOrder, Rejection, TimeInForce};
use crate::quote::Grid;

/// When a resting order is filled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Queue {
    /// As soon as the other side's best price reaches its own.
    Touch,
    /// Once the other side's best price has gone beyond: whoever stood before it has been filled then.
    Through,
    /// The same, and on each tick no more of it than what rests between the two prices; that is its impact then.
    #[default]
    Depth,
}

/// Whose book an order moves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Impact {
    /// Its own account's, as that meets it from then on.
    #[default]
    Own,
    /// Everyone's: whoever keeps the exchange tells the market of what was taken, and the market's own price moves. Accounts meet the book
    /// as the market tells it.
    Shared,
}

/// What holds for every order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Multiples of prices and quantities.
    pub grid: Grid,
    /// The law of the book.
    pub book: Book,
    /// Ticks from a decision to its arrival, at least 1.
    pub latency_ticks: u64,
    /// When resting orders are filled.
    pub queue: Queue,
    /// Whose book an order moves.
    #[serde(default)]
    pub impact: Impact,
    /// The most of one order.
    pub max_quantity: Decimal,
    /// The highest price of an order.
    pub max_price: Decimal,
    /// The most open orders of one account.
    pub max_open_orders: usize,
    /// The part of a position's value below which equity must not fall, as a part of what leverage asks for.
    pub maintenance: Decimal,
}

impl Rules {
    /// Cents, hundred-thousandths of a coin, a tick of latency, at most 1,000 coins and 200 open orders, liquidation at half of the
    /// margin.
    pub fn btc(book: Book) -> Self {
        Self {
            grid: Grid { tick_size: Decimal::new(1, 2), lot_size: Decimal::new(1, 5) },
            book,
            latency_ticks: 1,
            queue: Queue::default(),
            impact: Impact::default(),
            max_quantity: Decimal::from(1000),
            max_price: Decimal::from(1_000_000_000),
            max_open_orders: 200,
            maintenance: Decimal::new(5, 1),
        }
    }

    /// Checks what doesn't depend on how anything stands.
    ///
    /// # Errors
    /// [`Rejection`] by the first rule that is broken.
    pub fn check(&self, order: &NewOrder) -> Result<(), Rejection> {
        let refuse = |is_broken: bool, why| if is_broken { Err(why) } else { Ok(()) };
        if let Some(id) = &order.client_id {
            let chars = id.chars().count();
            refuse(chars == 0 || chars > crate::order::MAX_CLIENT_ID_CHARS, Rejection::BadClientId)?;
        }
        refuse(order.quantity <= Decimal::ZERO, Rejection::QuantityNotPositive)?;
        refuse(order.quantity > self.max_quantity, Rejection::QuantityTooLarge)?;
        refuse(!is_multiple(order.quantity, self.grid.lot_size), Rejection::WrongLotSize)?;
        for price in [order.kind.limit(), order.kind.trigger()].into_iter().flatten() {
            refuse(price <= Decimal::ZERO, Rejection::PriceNotPositive)?;
            refuse(price > self.max_price, Rejection::PriceTooLarge)?;
            refuse(!is_multiple(price, self.grid.tick_size), Rejection::WrongTickSize)?;
        }
        let stands = order.time_in_force == TimeInForce::Gtc;
        refuse(!stands && order.kind.trigger().is_some(), Rejection::WaitsForTrigger)?;
        let may_rest = stands && matches!(order.kind, Kind::Limit { .. });
        refuse(order.post_only && !may_rest, Rejection::PostOnlyNeedsLimit)
    }
}

fn is_multiple(value: Decimal, step: Decimal) -> bool {
    value.checked_rem(step).is_some_and(|rest| rest.is_zero())
}
