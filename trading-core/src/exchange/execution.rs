//! Trades: what an order takes from the depth on arrival, and what resting orders are given.

use rust_decimal::Decimal;

use super::{Exchange, Trader};
use crate::depth::Depth;
use crate::events::{Event, Fill};
use crate::order::{AccountId, Ending, NewOrder, Order, OrderId, Side, Status, TimeInForce};
use crate::quote::{Quote, float};
use crate::rules::{Impact, Queue};

/// What an order can take at once.
pub(super) struct Taking {
    pub(super) quantity: Decimal,
    /// The average.
    pub(super) price: Decimal,
}

impl Exchange {
    /// An order reaches the exchange.
    pub(super) fn arrive(&mut self, id: OrderId, quote: &Quote, events: &mut Vec<Event>) {
        let Some(order) = self.orders.get_mut(&id) else { return };
        if order.asked.kind.trigger().is_some() {
            order.status = Status::Untriggered;
            let order = order.clone();
            self.resting.insert(&order);
            events.push(Event::Waits { order: id });
        } else {
            self.execute(id, quote, events);
        }
    }

    /// Lets an order take what it can, and rest or end with what is left.
    pub(super) fn execute(&mut self, id: OrderId, quote: &Quote, events: &mut Vec<Event>) {
        let Some(order) = self.orders.get(&id).cloned() else { return };
        let Some(trader) = self.traders.get(&order.account) else { return };
        let end = |exchange: &mut Self, reason, events: &mut Vec<Event>| {
            exchange.end(id, Status::Cancelled, events, |order| Event::Cancelled { order, reason });
        };
        let Some(wanted) = allowed(trader, &order) else { return end(self, Ending::NothingToReduce, events) };
        if order.asked.kind.trigger().is_some() && self.crosses_itself_now(trader, &order, quote) {
            return end(self, Ending::SelfCrossing, events);
        }
        let taking = self.taking(trader, &order.asked, wanted, quote);
        if order.asked.post_only && taking.is_some() {
            return end(self, Ending::PostOnly, events);
        }
        if order.asked.time_in_force == TimeInForce::Fok
            && taking.as_ref().is_none_or(|taking| taking.quantity < wanted)
        {
            return end(self, Ending::Fok, events);
        }
        if taking.is_none() && order.asked.kind.limit().is_none() {
            // The book asks more for it than a price can be.
            return end(self, Ending::InsufficientFunds, events);
        }
        if let Some(Taking { quantity, price }) = taking {
            if !self.can_pay(trader, id, order.asked.side, quantity, price) {
                return end(self, Ending::InsufficientFunds, events);
            }
            self.take(&order, quantity, price, quote, events);
        }
        let Some(order) = self.orders.get_mut(&id) else { return };
        if order.asked.kind.limit().is_none() {
            // The depth has no end, so all that may be left of it is what was more than the position.
            return end(self, Ending::NothingToReduce, events);
        }
        if order.asked.time_in_force != TimeInForce::Gtc {
            return end(self, Ending::Ioc, events);
        }
        order.status = if order.filled.is_zero() { Status::Resting } else { Status::PartiallyFilled };
        let order = order.clone();
        self.resting.insert(&order);
        events.push(Event::Rests { order: id });
    }

    /// The same as at acceptance, for an order that was triggered.
    fn crosses_itself_now(&self, trader: &Trader, order: &Order, quote: &Quote) -> bool {
        let mut asked = order.asked.clone();
        asked.quantity = order.remaining();
        if asked.kind.limit().is_none() {
            asked.kind = crate::order::Kind::Market;
        }
        self.crosses_itself(trader, &asked, quote)
    }

    /// What the depth has for an order within its limit, and the average price of that.
    pub(super) fn taking(&self, trader: &Trader, asked: &NewOrder, wanted: Decimal, quote: &Quote) -> Option<Taking> {
        let (side, depth) = (asked.side, self.depth(quote));
        let excess = trader.excess_at(&depth, quote.time_ms);
        let best = quote.best(side);
        let limit = asked.kind.limit();
        let quantity = match limit {
            None => wanted,
            Some(limit) => {
                let within = depth.quantity_within(excess, float(limit) / best, side).abs();
                wanted.min(self.rules.grid.lots(within))
            }
        };
        if quantity.is_zero() {
            return None;
        }
        let average = best * depth.mean_factor(excess, float(side.signed(quantity)));
        let price = self.rules.grid.against(average, side)?.max(self.rules.grid.tick_size);
        // What is within the limit at its end is so on average; rounding against the trader may not change that.
        let price = match (limit, side) {
            (Some(limit), Side::Buy) => price.min(limit),
            (Some(limit), Side::Sell) => price.max(limit),
            (None, _) => price,
        };
        Some(Taking { quantity, price })
    }

    fn take(&mut self, order: &Order, quantity: Decimal, price: Decimal, quote: &Quote, events: &mut Vec<Event>) {
        self.leave_impact(order.account, order.asked.side.signed(quantity), quote);
        self.fill(order.id, quantity, price, false, quote, events);
    }

    /// Moves the book as an account meets it, by a trade of its own.
    fn leave_impact(&mut self, account: AccountId, signed: Decimal, quote: &Quote) {
        if self.rules.impact == Impact::Shared {
            return;
        }
        let depth = self.depth(quote);
        if let Some(trader) = self.traders.get_mut(&account) {
            let excess = trader.excess_at(&depth, quote.time_ms);
            trader.excess = depth.after(excess, float(signed));
            trader.excess_time_ms = quote.time_ms;
        }
    }

    /// Enters a fill of an open order; it ends if that was the last of it.
    fn fill(
        &mut self,
        id: OrderId,
        quantity: Decimal,
        price: Decimal,
        is_maker: bool,
        quote: &Quote,
        events: &mut Vec<Event>,
    ) {
        let fill_id = self.next_fill();
        let Some(order) = self.orders.get_mut(&id) else { return };
        let Some(trader) = self.traders.get_mut(&order.account) else { return };
        let (account, side) = (order.account, order.asked.side);
        let fee = trader.account.terms.fee(price * quantity, is_maker);
        let realised = trader.account.fill(side, quantity, price, fee);
        order.filled += quantity;
        order.status = Status::PartiallyFilled;
        let is_margined = trader.account.terms.has_margin() && !trader.account.position.is_zero();
        if is_margined {
            self.margined.insert(account);
        } else {
            self.margined.remove(&account);
        }
        let (is_over, tick) = (order.remaining().is_zero(), quote.tick);
        let fill = Fill { id: fill_id, tick, order: id, account, side, quantity, price, fee, is_maker, realised };
        if is_over {
            self.end(id, Status::Filled, events, |_| Event::Filled(fill));
        } else {
            events.push(Event::Filled(fill));
        }
    }

    /// Fills resting orders that the market has come to. What it gives on a tick it gives once, to the better price first and then to the
    /// older order. (An account meets the book that its own trades have moved; those may hold back an order while a younger one of
    /// another account is filled.)
    pub(super) fn match_resting(&mut self, quote: &Quote, events: &mut Vec<Event>) {
        let (mut bought, mut sold) = (Decimal::ZERO, Decimal::ZERO);
        for id in self.resting.reached(quote.bid, quote.ask) {
            let Some(order) = self.orders.get(&id) else { continue };
            let (Some(trader), Some(limit)) = (self.traders.get(&order.account), order.asked.kind.limit()) else {
                continue;
            };
            let depth = self.depth(quote);
            let before = if order.asked.side == Side::Buy { &mut bought } else { &mut sold };
            let (given, is_bounded) = self.given(trader, order, limit, &depth, quote, *before);
            match allowed(trader, order) {
                None => self.end(id, Status::Cancelled, events, |order| Event::Cancelled {
                    order,
                    reason: Ending::NothingToReduce,
                }),
                Some(wanted) if !wanted.min(given).is_zero() => {
                    let quantity = wanted.min(given);
                    let (side, account_id, account) = (order.asked.side, order.account, &trader.account);
                    // An order that only reduces may have taken what this one had counted on.
                    if !account.terms.has_margin() && side == Side::Sell && quantity > account.position {
                        let reason = Ending::InsufficientFunds;
                        self.end(id, Status::Cancelled, events, |order| Event::Cancelled { order, reason });
                    } else {
                        if is_bounded {
                            *before += quantity;
                            self.leave_impact(account_id, side.signed(quantity), quote);
                        }
                        self.fill(id, quantity, limit, true, quote, events);
                    }
                }
                Some(_) => {}
            }
        }
    }

    /// How much of a resting order the market gives on this tick, after what it has given `before`, and whether that is bounded by the
    /// depth.
    fn given(
        &self,
        trader: &Trader,
        order: &Order,
        limit: Decimal,
        depth: &Depth,
        quote: &Quote,
        before: Decimal,
    ) -> (Decimal, bool) {
        let (side, price) = (order.asked.side, float(limit));
        // Its own trades have moved the book away from it; that they have moved it towards it doesn't count.
        let excess = trader.excess_at(depth, quote.time_ms);
        let against = if side == Side::Buy { excess.max(0.0) } else { excess.min(0.0) };
        let best = quote.best(side) * depth.factor(against);
        let (touches, passes) = match side {
            Side::Buy => (best <= price, best < price),
            Side::Sell => (best >= price, best > price),
        };
        let is_reached = if self.rules.queue == Queue::Touch { touches } else { passes };
        if !is_reached {
            return (Decimal::ZERO, false);
        }
        // An order that has moved the book up to its own price gets no more of it than what has come back since.
        let is_bounded = self.rules.queue == Queue::Depth || against != 0.0;
        if !is_bounded {
            return (order.remaining(), false);
        }
        let reach = price / quote.best(side);
        let lots = |excess| self.rules.grid.lots(depth.quantity_within(excess, reach, side).abs());
        let left = (lots(0.0) - before).max(Decimal::ZERO);
        (lots(against).min(left), true)
    }

    /// Closes the positions of accounts whose equity has fallen below what is to be maintained.
    pub(super) fn liquidate(&mut self, quote: &Quote, events: &mut Vec<Event>) {
        if self.margined.is_empty() {
            return;
        }
        let Some(mark) = self.rules.grid.price(quote.price) else { return };
        let maintenance = self.rules.maintenance;
        let is_spent = |id: &&AccountId| {
            self.traders.get(id).is_some_and(|trader| {
                let account = &trader.account;
                let needed = account.position.abs() * mark * maintenance / account.terms.leverage;
                account.equity(mark) < needed
            })
        };
        let spent: Vec<AccountId> = self.margined.iter().filter(is_spent).copied().collect();
        for account in spent {
            self.close(account, quote, events);
        }
    }

    fn close(&mut self, id: AccountId, quote: &Quote, events: &mut Vec<Event>) {
        let Some(trader) = self.traders.get(&id) else { return };
        let position = trader.account.position;
        let side = if position.is_sign_negative() { Side::Buy } else { Side::Sell };
        let depth = self.depth(quote);
        let excess = trader.excess_at(&depth, quote.time_ms);
        let average = quote.best(side) * depth.mean_factor(excess, float(-position));
        // Where the book has no price for all of it, the next tick comes here again.
        let Some(price) = self.rules.grid.against(average, side) else { return };
        let price = price.max(self.rules.grid.tick_size);
        for order in trader.open.clone() {
            self.end(order, Status::Cancelled, events, |order| Event::Cancelled { order, reason: Ending::Liquidated });
        }
        self.last_order += 1;
        let order = OrderId(self.last_order);
        let fill_id = self.next_fill();
        self.leave_impact(id, -position, quote);
        let Some(trader) = self.traders.get_mut(&id) else { return };
        let quantity = position.abs();
        let fee = trader.account.terms.fee(price * quantity, false);
        let realised = trader.account.fill(side, quantity, price, fee);
        let written_off = trader.account.write_off();
        self.margined.remove(&id);
        let (tick, is_maker) = (quote.tick, false);
        events.push(Event::Filled(Fill {
            id: fill_id,
            tick,
            order,
            account: id,
            side,
            quantity,
            price,
            fee,
            is_maker,
            realised,
        }));
        events.push(Event::Liquidated { account: id, written_off });
    }
}

/// What an order may trade: what is left of it, cut to the position if it only reduces; none if there is nothing to reduce.
fn allowed(trader: &Trader, order: &Order) -> Option<Decimal> {
    if !order.asked.reduce_only {
        return Some(order.remaining());
    }
    trader.would_reduce(order.asked.side).then(|| order.remaining().min(trader.account.position.abs()))
}
