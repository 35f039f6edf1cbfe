//! What an account can bear.

use rust_decimal::Decimal;

use super::{Exchange, Trader};
use crate::order::{AccountId, Kind, NewOrder, OrderId, Side};
use crate::quote::{Quote, float};

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

    /// Cash that open purchases may need, and base units that open sales may, but for one order.
    pub(super) fn reserved(&self, trader: &Trader, but: Option<OrderId>) -> (Decimal, Decimal) {
        let (mut cash, mut base) = (Decimal::ZERO, Decimal::ZERO);
        for order in trader.open.iter().filter(|id| Some(**id) != but).filter_map(|id| self.orders.get(id)) {
            // What only makes a position smaller is cut to it, and needs nothing of its own.
            if order.asked.reduce_only {
                continue;
            }
            match order.asked.side {
                Side::Buy => cash += trader.account.terms.with_fee(order.counted_price * order.remaining()),
                Side::Sell => base += order.remaining(),
            }
        }
        (cash, base)
    }

    /// Whether an account could bear an order beside those that are open.
    pub(super) fn can_bear(&self, trader: &Trader, order: &NewOrder, price: Decimal, quote: &Quote) -> bool {
        if order.reduce_only {
            return true;
        }
        let value = price * order.quantity;
        let (cash, base) = self.reserved(trader, None);
        let account = &trader.account;
        if !account.terms.has_margin() {
            return match order.side {
                Side::Buy => account.terms.with_fee(value) <= account.cash - cash,
                Side::Sell => order.quantity <= account.position - base,
            };
        }
        let Some(mark) = self.rules.grid.price(quote.price) else { return false };
        let committed = match order.side {
            Side::Buy => (account.position.max(Decimal::ZERO) * mark) + cash,
            Side::Sell => ((-account.position).max(Decimal::ZERO) + base) * mark,
        };
        committed + value <= account.equity(mark) * account.terms.leverage
    }

    /// Whether a fill leaves the account with enough, other orders' needs apart.
    pub(super) fn can_pay(&self, trader: &Trader, but: OrderId, side: Side, quantity: Decimal, price: Decimal) -> bool {
        let account = &trader.account;
        let value = price * quantity;
        let fee = account.terms.fee(value, false);
        if !account.terms.has_margin() {
            let (cash, base) = self.reserved(trader, Some(but));
            return match side {
                Side::Buy => value + fee <= account.cash - cash,
                // What only reduces may take what other sales have reserved, but never more than there is.
                Side::Sell => {
                    let is_reducing = self.orders.get(&but).is_some_and(|order| order.asked.reduce_only);
                    quantity <= account.position - if is_reducing { Decimal::ZERO } else { base }
                }
            };
        }
        let after = account.position + side.signed(quantity);
        let shrinks = after.abs() <= account.position.abs() && trader.would_reduce(side);
        shrinks || after.abs() * price <= (account.equity(price) - fee) * account.terms.leverage
    }

    /// What an account has room for beside its open orders: the value of what it could still buy, fees included, and the base units
    /// that it could still sell, in whole lots. With margin both count what the leverage allows.
    pub fn room(&self, id: AccountId) -> Option<(Decimal, Decimal)> {
        let trader = self.traders.get(&id)?;
        let (cash, base) = self.reserved(trader, None);
        let account = &trader.account;
        if !account.terms.has_margin() {
            return Some((account.cash - cash, account.position - base));
        }
        let mark = self.rules.grid.price(self.quote?.price)?;
        let limit = account.equity(mark) * account.terms.leverage;
        let buy = limit - account.position.max(Decimal::ZERO) * mark - cash;
        let sell = limit / mark - (-account.position).max(Decimal::ZERO) - base;
        let lots = (sell.max(Decimal::ZERO) / self.rules.grid.lot_size).floor() * self.rules.grid.lot_size;
        Some((buy.max(Decimal::ZERO), lots))
    }

    /// The price at which an account's equity is what its position needs: cash + q·p = |q|·p·maintenance/leverage. None without margin or
    /// position, or if no price is.
    pub fn liquidation_price(&self, id: AccountId) -> Option<Decimal> {
        let account = &self.traders.get(&id)?.account;
        let held = account.position;
        if !account.terms.has_margin() || held.is_zero() {
            return None;
        }
        let price = -account.cash / (held - held.abs() * self.rules.maintenance / account.terms.leverage);
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
