//! What an order would cost, before it is sent.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Exchange;
use super::execution::Taking;
use crate::order::{AccountId, NewOrder, Side};
use crate::quote::float;

/// What an order would cost if it arrived now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Estimate {
    /// What it would take at once.
    pub taken: Decimal,
    /// The average price of that.
    pub average: Option<Decimal>,
    /// The price of the last unit of that; the limit if nothing is taken, none of an order that waits for its trigger.
    pub worst: Option<Decimal>,
    /// What it is worth: what is taken at its average, the rest at its limit or trigger.
    pub value: Decimal,
    /// The fee of all of it: what is taken as a taker, what would rest as a maker, what waits for its trigger as either.
    pub fee: Decimal,
}

impl Exchange {
    /// What an order would cost if it arrived on the last tick; none without a tick or such an account. It isn't checked by
    /// [`check`](Self::check)'s rules, and by the time it arrives the price is another.
    pub fn estimate(&self, account: AccountId, order: &NewOrder) -> Option<Estimate> {
        let (quote, trader) = (self.quote.as_ref()?, self.traders.get(&account)?);
        let terms = &trader.account.terms;
        let wanted = if order.reduce_only && trader.would_reduce(order.side) {
            order.quantity.min(trader.account.position.abs())
        } else {
            order.quantity
        };
        if let Some(stop) = order.kind.trigger() {
            let value = order.kind.limit().unwrap_or(stop) * wanted;
            let fee = terms.with_fee(value) - value;
            return Some(Estimate { taken: Decimal::ZERO, average: None, worst: order.kind.limit(), value, fee });
        }
        let limit = order.kind.limit();
        let taking = self.taking(trader, order, wanted, quote);
        let Taking { quantity: taken, price } =
            taking.unwrap_or(Taking { quantity: Decimal::ZERO, price: Decimal::ZERO });
        let rests = (wanted - taken) * limit.unwrap_or_default();
        let fee = terms.fee(price * taken, false) + terms.fee(rests, true);
        let average = (!taken.is_zero()).then_some(price);
        let worst = if taken.is_zero() { limit } else { self.worst(account, order.side, taken, limit) };
        Some(Estimate { taken, average, worst, value: price * taken + rests, fee })
    }

    /// The price of the last unit of what an account takes.
    fn worst(&self, account: AccountId, side: Side, taken: Decimal, limit: Option<Decimal>) -> Option<Decimal> {
        let (quote, trader) = (self.quote.as_ref()?, self.traders.get(&account)?);
        let depth = self.depth(quote);
        let excess = trader.excess_at(&depth, quote.time_ms);
        let last = quote.best(side) * depth.factor(depth.after(excess, float(side.signed(taken))));
        let worst = self.rules.grid.against(last, side)?.max(self.rules.grid.tick_size);
        Some(match (limit, side) {
            (None, _) => worst,
            (Some(limit), Side::Buy) => worst.min(limit),
            (Some(limit), Side::Sell) => worst.max(limit),
        })
    }
}
