//! What an account can bear.

use rust_decimal::Decimal;

use super::{Exchange, Trader};
use crate::account::Account;
use crate::order::{AccountId, Kind, NewOrder, OrderId, Side, TimeInForce};
use crate::quote::{Quote, float};

/// Halvings towards the largest order: a millionth of it is left.
const MOST_HALVINGS: usize = 20;

/// What an account's open orders may need.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reserved {
    /// Cash of purchases, fees included.
    pub(super) cash: Decimal,
    /// Base units of purchases.
    bought: Decimal,
    /// Base units of sales.
    sold: Decimal,
}

impl Reserved {
    /// How much an order of a side may still take back of a position beside the open ones.
    fn covers(&self, position: Decimal, side: Side) -> Decimal {
        let (against, open) = match side {
            Side::Buy => (-position, self.bought),
            Side::Sell => (position, self.sold),
        };
        (against - open).max(Decimal::ZERO)
    }

    /// The value of a position on a side and of open orders that would add to it.
    fn committed(&self, position: Decimal, side: Side, price: Decimal) -> Decimal {
        let zero = Decimal::ZERO;
        match side {
            Side::Buy => {
                let adds = (self.bought - (-position).max(zero)).max(zero);
                let part = if self.bought.is_zero() { zero } else { adds / self.bought };
                position.max(zero) * price + self.cash * part
            }
            Side::Sell => ((-position).max(zero) + (self.sold - position.max(zero)).max(zero)) * price,
        }
    }
}

impl Trader {
    /// Whether an order of this side makes the position smaller.
    pub(super) fn would_reduce(&self, side: Side) -> bool {
        let position = self.account.position;
        !position.is_zero() && (position.is_sign_negative() == (side == Side::Buy))
    }

    /// What is left of its excess at a time.
    pub(super) fn excess_at(&self, depth: &crate::depth::Depth, time_ms: i64) -> f64 {
        let passed_ms = time_ms.saturating_sub(self.excess_time_ms).max(0);
        if self.excess == 0.0 { 0.0 } else { depth.relaxed(self.excess, passed_ms as f64 / 1000.0) }
    }
}

impl Exchange {
    /// The price at which an order counts: its limit or trigger, or what it would cost on average now.
    pub(super) fn counted_price(&self, trader: &Trader, order: &NewOrder, quote: &Quote) -> Option<Decimal> {
        if let Some(price) = order.kind.limit().or(order.kind.trigger()) {
            return Some(price);
        }
        let depth = self.depth(quote);
        let excess = trader.excess_at(&depth, quote.time_ms);
        let signed = float(order.side.signed(order.quantity));
        self.rules.grid.against(quote.best(order.side) * depth.mean_factor(excess, signed), order.side)
    }

    /// What open orders may need, but for one.
    pub(super) fn reserved(&self, trader: &Trader, but: Option<OrderId>) -> Reserved {
        let mut reserved = Reserved::default();
        for order in trader.open.iter().filter(|id| Some(**id) != but).filter_map(|id| self.orders.get(id)) {
            // What only makes a position smaller is cut to it, and needs nothing of its own.
            if order.asked.reduce_only {
                continue;
            }
            match order.asked.side {
                Side::Buy => {
                    reserved.cash += trader.account.terms.with_fee(order.counted_price * order.remaining());
                    reserved.bought += order.remaining();
                }
                Side::Sell => reserved.sold += order.remaining(),
            }
        }
        reserved
    }

    /// Whether an account could bear an order beside those that are open.
    pub(super) fn can_bear(&self, trader: &Trader, order: &NewOrder, price: Decimal) -> bool {
        if order.reduce_only {
            return true;
        }
        let account = &trader.account;
        let value = price * order.quantity;
        let reserved = self.reserved(trader, None);
        if !account.terms.has_margin() {
            return match order.side {
                Side::Buy => account.terms.with_fee(value) <= account.cash - reserved.cash,
                Side::Sell => order.quantity <= account.position - reserved.sold,
            };
        }
        // What only takes back a position costs no margin, so that a losing one can always be left.
        let adds = (order.quantity - reserved.covers(account.position, order.side)).max(Decimal::ZERO);
        let fee = account.terms.with_fee(value) - value;
        let committed = reserved.committed(account.position, order.side, price);
        let left = self.equity_after(account, order.side, order.quantity, price) - fee;
        adds.is_zero() || committed + adds * price <= left.saturating_mul(account.terms.leverage)
    }

    /// What an account would be worth after a trade at a price, before the fee: valued at that price or at the last one, whichever leaves less.
    fn equity_after(&self, account: &Account, side: Side, quantity: Decimal, price: Decimal) -> Decimal {
        let at_price = account.equity(price);
        let mark = self.quote.and_then(|quote| self.rules.grid.price(quote.price));
        let lost = |mark: Decimal| (side.signed(quantity) * (price - mark)).max(Decimal::ZERO);
        mark.map_or(at_price, |mark| at_price.min(account.equity(mark) - lost(mark)))
    }

    /// Whether a fill leaves the account with enough, other orders' needs apart.
    pub(super) fn can_pay(&self, trader: &Trader, but: OrderId, side: Side, quantity: Decimal, price: Decimal) -> bool {
        let account = &trader.account;
        let value = price * quantity;
        let fee = account.terms.fee(value, false);
        if !account.terms.has_margin() {
            let reserved = self.reserved(trader, Some(but));
            return match side {
                Side::Buy => value + fee <= account.cash - reserved.cash,
                // What only reduces may take what other sales have reserved, but never more than there is.
                Side::Sell => {
                    let is_reducing = self.orders.get(&but).is_some_and(|order| order.asked.reduce_only);
                    quantity <= account.position - if is_reducing { Decimal::ZERO } else { reserved.sold }
                }
            };
        }
        let after = account.position + side.signed(quantity);
        let shrinks = after.abs() <= account.position.abs() && trader.would_reduce(side);
        let left = self.equity_after(account, side, quantity, price) - fee;
        shrinks || after.abs() * price <= left.saturating_mul(account.terms.leverage)
    }

    /// What an account has room for beside its open orders, at the last price: the value of what it could still buy, fees included, and the
    /// base units that it could still sell, in whole lots. With margin both count what the leverage allows after the fee, and what takes back
    /// a position.
    pub fn room(&self, id: AccountId) -> Option<(Decimal, Decimal)> {
        let trader = self.traders.get(&id)?;
        let (account, reserved) = (&trader.account, self.reserved(trader, None));
        if !account.terms.has_margin() {
            return Some((account.cash - reserved.cash, account.position - reserved.sold));
        }
        let mark = self.rules.grid.price(self.quote?.price)?;
        let (limit, one) = (account.equity(mark).saturating_mul(account.terms.leverage), Decimal::from(1_000_000));
        let fee = (account.terms.with_fee(one) - one) / one;
        // v + committed + L·f·v = L·equity, v the value of what adds to the position; what covers it costs its own fee of that.
        let adds = |side| {
            let covers = reserved.covers(account.position, side) * mark;
            let left = limit - reserved.committed(account.position, side, mark) - covers * fee * account.terms.leverage;
            covers + (left / (Decimal::ONE + fee * account.terms.leverage)).max(Decimal::ZERO)
        };
        let buy = adds(Side::Buy).saturating_mul(Decimal::ONE + fee);
        let sell = adds(Side::Sell).checked_div(mark).unwrap_or(Decimal::MAX);
        Some((buy, self.rules.grid.whole_lots(sell)))
    }

    /// About the largest market order of a side that would be accepted now, in whole lots: what there is room for at the price that it would
    /// have on average. It may be a little less than the largest.
    pub fn most(&self, id: AccountId, side: Side) -> Option<Decimal> {
        let (trader, quote) = (self.traders.get(&id)?, self.quote.as_ref()?);
        let (buy, sell) = self.room(id)?;
        let best = self.rules.grid.against(quote.best(side), side)?;
        let lots = |quantity| self.rules.grid.whole_lots(quantity);
        let paid = trader.account.terms.with_fee(best);
        let value = if side == Side::Buy { buy.checked_div(paid).unwrap_or(Decimal::MAX) } else { sell };
        let mut order = NewOrder {
            client_id: None,
            side,
            quantity: lots(value.min(self.rules.max_quantity)),
            kind: Kind::Market,
            time_in_force: TimeInForce::Gtc,
            post_only: false,
            reduce_only: false,
            expires_tick: None,
        };
        let bears = |order: &NewOrder| {
            let price = self.counted_price(trader, order, quote);
            order.quantity.is_zero() || price.is_some_and(|price| self.can_bear(trader, order, price))
        };
        if order.quantity > Decimal::ZERO && bears(&order) {
            return Some(order.quantity);
        }
        // A larger order costs more on average, so it is halved towards the largest.
        let (mut low, mut high) = (Decimal::ZERO, order.quantity.max(Decimal::ZERO));
        for _ in 0..MOST_HALVINGS {
            order.quantity = lots((low + high) / Decimal::TWO);
            if bears(&order) { low = order.quantity } else { high = order.quantity }
        }
        Some(low)
    }

    /// The price at which an account's equity is what its position needs: cash + q·p = |q|·p·maintenance/leverage. None without margin or
    /// position, or if no price is.
    pub fn liquidation_price(&self, id: AccountId) -> Option<Decimal> {
        let account = &self.traders.get(&id)?.account;
        let held = account.position;
        if !account.terms.has_margin() || held.is_zero() {
            return None;
        }
        let price = (-account.cash).checked_div(held - held.abs() * self.rules.maintenance / account.terms.leverage)?;
        (price > Decimal::ZERO).then(|| price.round_dp(self.rules.grid.tick_size.scale()))
    }

    /// Whether an order would meet another of its account on the way to its worst price.
    pub(super) fn crosses_itself(&self, trader: &Trader, order: &NewOrder, quote: &Quote) -> bool {
        let reach = match order.kind {
            Kind::Limit { price } | Kind::StopLimit { price, .. } => float(price),
            // They act later, and are looked at then.
            Kind::Stop { .. } | Kind::TakeProfit { .. } => return false,
            Kind::Market => {
                let depth = self.depth(quote);
                let excess = trader.excess_at(&depth, quote.time_ms);
                quote.best(order.side) * depth.factor(depth.after(excess, float(order.side.signed(order.quantity))))
            }
        };
        let others = trader.open.iter().filter_map(|id| self.orders.get(id));
        others.filter(|other| other.asked.side != order.side).any(|other| {
            let Some(price) = other.asked.kind.limit().filter(|_| !other.status.waits()) else { return false };
            if order.side == Side::Buy { float(price) <= reach } else { float(price) >= reach }
        })
    }
}
