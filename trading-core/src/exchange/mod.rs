//! Orders and accounts in motion.
//!
//! A tick is gone through in this order: what has expired; what arrives, each order or cancel in the order of its acceptance;
//! what is triggered, by the same order; resting orders, the better price first and then the older; accounts whose margin is spent.

mod book;
mod estimate;
mod execution;
mod funds;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::account::{Account, Terms};
use crate::depth::Depth;
use crate::events::{Event, FillId};
use crate::order::{AccountId, Ending, NewOrder, Order, OrderId, Rejection, Status};
use crate::quote::Quote;
use crate::rules::Rules;
use book::RestingBook;

pub use estimate::Estimate;

/// The client order ids of one account that are remembered, the last ones.
pub const MAX_CLIENT_IDS: usize = 1_000;

/// One account with what it has open.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Trader {
    account: Account,
    open: BTreeSet<OrderId>,
    /// What its own trades have left in the book as it meets it, and when that was so.
    excess: f64,
    excess_time_ms: i64,
    client_ids: BTreeMap<String, (OrderId, NewOrder)>,
    /// Their order, oldest first.
    named: VecDeque<String>,
}

/// What is on its way to the exchange.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Arrival {
    Order(OrderId),
    Cancel(OrderId),
}

/// What becomes of an order that may be submitted.
enum Admitted {
    /// It is the one that was sent before.
    Known(OrderId),
    /// It is new.
    New { quote: Quote, counted_price: Decimal },
}

/// The exchange of one instrument. Its serde form is its snapshot: what is read back goes on as it would have.
///
/// ```
/// use gbm_core::market::Book;
/// use rust_decimal::Decimal;
/// use trading_core::account::Terms;
/// use trading_core::events::Event;
/// use trading_core::exchange::Exchange;
/// use trading_core::order::{AccountId, Kind, NewOrder, Side, TimeInForce};
/// use trading_core::quote::Quote;
/// use trading_core::rules::Rules;
///
/// let mut exchange = Exchange::new(Rules::btc(Book::btc()));
/// let me = AccountId(1);
/// exchange.open(me, Terms::paper());
/// let quote = |tick| Quote { tick, time_ms: 0, price: 100.0, bid: 99.99, ask: 100.01, liquidity: 1.0 };
/// let mut events = Vec::new();
/// exchange.on_tick(&quote(1), &mut events);
/// let order = NewOrder { client_id: None, side: Side::Buy, quantity: Decimal::ONE, kind: Kind::Market,
///     time_in_force: TimeInForce::Gtc, post_only: false, reduce_only: false, expires_tick: None };
/// exchange.submit(me, order)?;
/// assert!(events.is_empty()); // it arrives with the next tick
/// exchange.on_tick(&quote(2), &mut events);
/// let Some(Event::Filled(fill)) = events.first() else { panic!("no fill") };
/// assert!(fill.price > Decimal::new(10_001, 2)); // the ask, and a little of the book behind it
/// # Ok::<(), trading_core::order::Rejection>(())
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Exchange {
    rules: Rules,
    traders: BTreeMap<AccountId, Trader>,
    /// Orders that haven't ended.
    orders: BTreeMap<OrderId, Order>,
    arriving: VecDeque<(u64, Arrival)>,
    resting: RestingBook,
    /// By the tick on which they expire.
    expiring: BTreeSet<(u64, OrderId)>,
    /// Accounts with margin and a position.
    margined: BTreeSet<AccountId>,
    quote: Option<Quote>,
    is_halted: bool,
    last_order: u64,
    last_fill: u64,
}

impl Exchange {
    /// An exchange without accounts, before its first tick.
    pub fn new(rules: Rules) -> Self {
        Self {
            rules,
            traders: BTreeMap::new(),
            orders: BTreeMap::new(),
            arriving: VecDeque::new(),
            resting: RestingBook::default(),
            expiring: BTreeSet::new(),
            margined: BTreeSet::new(),
            quote: None,
            is_halted: false,
            last_order: 0,
            last_fill: 0,
        }
    }

    /// Opens an account; `false` if it is there already, and stays as it is.
    pub fn open(&mut self, account: AccountId, terms: Terms) -> bool {
        if self.traders.contains_key(&account) {
            return false;
        }
        let trader = Trader {
            account: Account::new(terms),
            open: BTreeSet::new(),
            excess: 0.0,
            excess_time_ms: 0,
            client_ids: BTreeMap::new(),
            named: VecDeque::new(),
        };
        self.traders.insert(account, trader);
        true
    }

    /// Forgets an account that has neither a position nor open orders; `false` if it has, or isn't there.
    pub(crate) fn close_account(&mut self, account: AccountId) -> bool {
        let is_idle = |trader: &Trader| trader.account.position.is_zero() && trader.open.is_empty();
        self.traders.get(&account).is_some_and(is_idle) && self.traders.remove(&account).is_some()
    }

    /// Sets an account back to its beginning, on other terms if they are given: its orders end, its money is as at first.
    ///
    /// # Errors
    /// [`Rejection::UnknownAccount`].
    pub fn reset(
        &mut self,
        account: AccountId,
        terms: Option<Terms>,
        events: &mut Vec<Event>,
    ) -> Result<(), Rejection> {
        let trader = self.traders.get(&account).ok_or(Rejection::UnknownAccount)?;
        let (terms, open) = (terms.unwrap_or(trader.account.terms), trader.open.clone());
        for order in open {
            self.end(order, Status::Cancelled, events, |order| Event::Cancelled { order, reason: Ending::Reset });
        }
        if let Some(trader) = self.traders.get_mut(&account) {
            (trader.account, trader.excess) = (Account::new(terms), 0.0);
        }
        self.margined.remove(&account);
        Ok(())
    }

    /// The rules.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The last tick.
    pub fn quote(&self) -> Option<&Quote> {
        self.quote.as_ref()
    }

    /// An account's money.
    pub fn account(&self, account: AccountId) -> Option<&Account> {
        self.traders.get(&account).map(|trader| &trader.account)
    }

    /// What an account could still spend: its cash less what its open orders may need.
    pub fn free_cash(&self, account: AccountId) -> Option<Decimal> {
        let trader = self.traders.get(&account)?;
        Some(trader.account.cash - self.reserved(trader, None).cash)
    }

    /// The accounts, by number.
    pub fn accounts(&self) -> impl ExactSizeIterator<Item = (AccountId, &Account)> {
        self.traders.iter().map(|(id, trader)| (*id, &trader.account))
    }

    /// The last order's number; 0 before the first.
    pub fn last_order(&self) -> OrderId {
        OrderId(self.last_order)
    }

    /// Whether trading is halted.
    pub fn is_halted(&self) -> bool {
        self.is_halted
    }

    /// An order that hasn't ended.
    pub fn order(&self, order: OrderId) -> Option<&Order> {
        self.orders.get(&order)
    }

    /// The order of a client id, if it is remembered: an account's last [`MAX_CLIENT_IDS`] are.
    pub fn named(&self, account: AccountId, client_id: &str) -> Option<OrderId> {
        self.traders.get(&account)?.client_ids.get(client_id).map(|(id, _)| *id)
    }

    /// The number of the same order, if it is remembered by its client id.
    pub(crate) fn sent_before(&self, account: AccountId, order: &NewOrder) -> Option<OrderId> {
        let (id, known) = self.traders.get(&account)?.client_ids.get(order.client_id.as_ref()?)?;
        (known == order).then_some(*id)
    }

    /// An account's orders that haven't ended, oldest first.
    pub fn open_orders(&self, account: AccountId) -> impl Iterator<Item = &Order> {
        let open = self.traders.get(&account).into_iter().flat_map(|trader| &trader.open);
        open.filter_map(|id| self.orders.get(id))
    }

    /// Trading is halted: nothing arrives, trades or is accepted until the next tick.
    pub fn halt(&mut self) {
        self.is_halted = true;
    }

    /// Whether an order would be accepted now. Nothing changes.
    ///
    /// # Errors
    /// [`Rejection`] by the first rule that is broken, the same as [`submit`](Self::submit)'s.
    pub fn check(&self, account: AccountId, order: &NewOrder) -> Result<(), Rejection> {
        self.admit(account, order).map(|_| ())
    }

    fn admit(&self, account: AccountId, order: &NewOrder) -> Result<Admitted, Rejection> {
        let trader = self.traders.get(&account).ok_or(Rejection::UnknownAccount)?;
        self.rules.check(order)?;
        if let Some((id, known)) = order.client_id.as_ref().and_then(|id| trader.client_ids.get(id)) {
            return if known == order { Ok(Admitted::Known(*id)) } else { Err(Rejection::ClientIdTaken) };
        }
        if self.is_halted {
            return Err(Rejection::Halted);
        }
        let quote = self.quote.ok_or(Rejection::NoPrice)?;
        if order.expires_tick.is_some_and(|tick| tick <= quote.tick) {
            return Err(Rejection::AlreadyExpired);
        }
        if trader.open.len() >= self.rules.max_open_orders {
            return Err(Rejection::TooManyOrders);
        }
        if order.reduce_only && !trader.would_reduce(order.side) {
            return Err(Rejection::NothingToReduce);
        }
        if self.crosses_itself(trader, order, &quote) {
            return Err(Rejection::SelfCrossing);
        }
        let counted_price = self.counted_price(trader, order, &quote).ok_or(Rejection::NoPrice)?;
        if !self.can_bear(trader, order, counted_price) {
            return Err(Rejection::InsufficientFunds);
        }
        Ok(Admitted::New { quote, counted_price })
    }

    /// Accepts an order; it arrives so many ticks after the last one. The same client id and order again is the same order.
    ///
    /// # Errors
    /// [`Rejection`]; nothing has changed.
    pub fn submit(&mut self, account: AccountId, order: NewOrder) -> Result<OrderId, Rejection> {
        let (quote, counted_price) = match self.admit(account, &order)? {
            Admitted::Known(id) => return Ok(id),
            Admitted::New { quote, counted_price } => (quote, counted_price),
        };
        self.last_order += 1;
        let id = OrderId(self.last_order);
        if let Some(trader) = self.traders.get_mut(&account) {
            trader.note(id, &order);
        }
        if let Some(tick) = order.expires_tick {
            self.expiring.insert((tick, id));
        }
        let status = Status::Accepted;
        let (decided_tick, filled) = (quote.tick, Decimal::ZERO);
        let accepted =
            Order { id, account, asked: order, decided_tick, counted_price, status, filled, is_leaving: false };
        self.orders.insert(id, accepted);
        self.arriving.push_back((quote.tick + self.rules.latency_ticks, Arrival::Order(id)));
        Ok(id)
    }

    /// Asks for an order's end; the wish arrives as an order would, and what has been filled by then stays filled. It may be asked
    /// for while trading is halted, as at other venues, and asked again, which changes nothing.
    ///
    /// # Errors
    /// [`Rejection::UnknownOrder`] for one that isn't this account's or has ended.
    pub fn cancel(&mut self, account: AccountId, order: OrderId) -> Result<(), Rejection> {
        let quote = self.quote.ok_or(Rejection::UnknownOrder)?;
        let known = self.orders.get_mut(&order).filter(|order| order.account == account);
        let known = known.ok_or(Rejection::UnknownOrder)?;
        if std::mem::replace(&mut known.is_leaving, true) {
            return Ok(());
        }
        self.arriving.push_back((quote.tick + self.rules.latency_ticks, Arrival::Cancel(order)));
        Ok(())
    }

    /// Follows a published tick; what happens on it is added to `events`.
    pub fn on_tick(&mut self, quote: &Quote, events: &mut Vec<Event>) {
        (self.quote, self.is_halted) = (Some(*quote), false);
        while let Some(&(tick, id)) = self.expiring.first().filter(|(tick, _)| *tick < quote.tick) {
            self.expiring.remove(&(tick, id));
            self.end(id, Status::Expired, events, |order| Event::Expired { order });
        }
        while let Some((_, arrival)) = self.arriving.pop_front_if(|(due, _)| *due <= quote.tick) {
            match arrival {
                Arrival::Order(id) => self.arrive(id, quote, events),
                Arrival::Cancel(id) => {
                    self.end(id, Status::Cancelled, events, |order| Event::Cancelled { order, reason: Ending::Asked });
                }
            }
        }
        for id in self.resting.triggered(quote.price) {
            events.push(Event::Triggered { order: id });
            self.execute(id, quote, events);
        }
        self.match_resting(quote, events);
        self.liquidate(quote, events);
    }

    /// The depth that orders meet.
    fn depth(&self, quote: &Quote) -> Depth {
        Depth::new(self.rules.book, quote.liquidity)
    }

    /// Ends an order that is still open.
    fn end(&mut self, id: OrderId, status: Status, events: &mut Vec<Event>, told: impl FnOnce(OrderId) -> Event) {
        let Some(mut order) = self.orders.remove(&id) else { return };
        order.status = status;
        self.resting.remove(&order);
        if let Some(tick) = order.asked.expires_tick {
            self.expiring.remove(&(tick, id));
        }
        if let Some(trader) = self.traders.get_mut(&order.account) {
            trader.open.remove(&id);
        }
        events.push(told(id));
    }

    fn next_fill(&mut self) -> FillId {
        self.last_fill += 1;
        FillId(self.last_fill)
    }
}

impl Trader {
    fn note(&mut self, id: OrderId, order: &NewOrder) {
        self.open.insert(id);
        if let Some(name) = &order.client_id {
            self.client_ids.insert(name.clone(), (id, order.clone()));
            self.named.push_back(name.clone());
            if self.named.len() > MAX_CLIENT_IDS
                && let Some(oldest) = self.named.pop_front()
            {
                self.client_ids.remove(&oldest);
            }
        }
    }
}
