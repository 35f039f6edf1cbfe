//! What is told of a session beside its state: whose account is whose, open orders as clients see them, and what each event changes.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use market_api::trading as wire;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use trading_core::desk::RunId;
use trading_core::events::{Event, Fill};
use trading_core::order::{AccountId, Ending, Order, OrderId};

use crate::state::{Session, State};
use crate::wire::{asked, ending, side};

/// An order as its owner sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Known {
    /// What is told of it.
    pub order: wire::Order,
    /// The account that it trades on.
    pub account: u64,
    /// The trader who is told of it: the same, or who has started the strategy.
    pub owner: u64,
    /// The value of what has been filled.
    pub value: Decimal,
}

/// Something that a trader is told.
#[derive(Clone, Debug)]
pub enum Told {
    /// An order as it stands now.
    Order(wire::Order),
    /// A fill.
    Fill(wire::Fill),
}

/// An account's money after a tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balance {
    /// The tick.
    pub tick: u64,
    /// What it has.
    pub cash: Decimal,
    /// What it holds.
    pub position: Decimal,
}

/// What has changed, to be kept and then told.
#[derive(Debug, Default)]
pub struct Changes {
    /// Orders as they stand now.
    pub orders: BTreeMap<u64, Known>,
    /// Fills: the trader, the account, the fill.
    pub fills: Vec<(u64, u64, wire::Fill)>,
    /// Money by account and tick.
    pub balances: BTreeMap<(u64, u64), Balance>,
    /// What traders are told, in its order.
    pub told: Vec<(AccountId, Told)>,
    /// What everyone is told.
    pub prints: Vec<wire::Print>,
    /// Strategies that have changed.
    pub runs: BTreeSet<RunId>,
    /// Traders whose account, or a strategy's of whom, has changed.
    pub traders: BTreeSet<AccountId>,
}

impl Changes {
    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.orders.is_empty() && self.balances.is_empty() && self.runs.is_empty() && self.traders.is_empty()
    }
}

/// Whose is what, and which orders are open.
#[derive(Clone, Debug, Default)]
pub struct Books {
    accounts: HashMap<String, AccountId>,
    subjects: HashMap<AccountId, String>,
    /// Strategies' accounts.
    runs: HashMap<AccountId, (RunId, AccountId)>,
    open: BTreeMap<OrderId, Known>,
}

impl Books {
    /// What a state and its ledger say.
    pub fn new(state: &State, subjects: Vec<(u64, String)>, open: Vec<Known>) -> Self {
        let mut books = Self::default();
        for (id, subject) in subjects {
            books.name(AccountId(id), &subject);
        }
        for (run, known) in state.desk.runs() {
            books.runs.insert(known.account, (run, known.owner));
        }
        books.open = open.into_iter().map(|known| (OrderId(known.order.id), known)).collect();
        books
    }

    /// Whose account it is from now on.
    pub fn name(&mut self, account: AccountId, subject: &str) {
        self.accounts.insert(subject.into(), account);
        self.subjects.insert(account, subject.into());
    }

    /// Nobody's any more.
    pub fn forget(&mut self, account: AccountId) {
        if let Some(subject) = self.subjects.remove(&account) {
            self.accounts.remove(&subject);
        }
    }

    /// A strategy's account. Those of runs that the desk has forgotten are forgotten too.
    pub fn start(&mut self, state: &State, account: AccountId, run: RunId, owner: AccountId) {
        self.runs.retain(|_, (known, _)| state.desk.run(*known).is_some());
        self.runs.insert(account, (run, owner));
    }

    /// How many strategies' accounts are known.
    pub fn strategies(&self) -> usize {
        self.runs.len()
    }

    /// A subject's account.
    pub fn account(&self, subject: &str) -> Option<AccountId> {
        self.accounts.get(subject).copied()
    }

    /// An account's subject.
    pub fn subject(&self, account: AccountId) -> Option<&str> {
        self.subjects.get(&account).map(String::as_str)
    }

    /// An open order.
    pub fn order(&self, order: OrderId) -> Option<&Known> {
        self.open.get(&order)
    }

    /// A trader's open orders, strategies' among them, newest first.
    pub fn open(&self, owner: AccountId) -> impl Iterator<Item = &Known> {
        self.open.values().rev().filter(move |known| known.owner == owner.0)
    }

    /// Notes what a tick or an input has changed.
    pub fn note(&mut self, session: &Session, state: &State, events: &[Event], changes: &mut Changes) {
        let mut touched = BTreeSet::new();
        let tick = state.desk.last_tick();
        for event in events {
            match event {
                Event::Accepted { order, reason } => self.accept(session, order, reason.as_deref(), tick, changes),
                Event::Filled(fill) => {
                    touched.insert(fill.account);
                    self.fill(session, state, fill, changes);
                }
                Event::Waits { order } => self.move_on(session, *order, tick, changes, wire::Status::Untriggered),
                Event::Triggered { order } => self.move_on(session, *order, tick, changes, wire::Status::Accepted),
                Event::Rests { order } => {
                    let is_fresh = self.open.get(order).is_none_or(|known| known.order.filled.is_zero());
                    let status = if is_fresh { wire::Status::Resting } else { wire::Status::PartiallyFilled };
                    self.move_on(session, *order, tick, changes, status);
                }
                Event::Cancelled { order, reason } => {
                    if let Some(known) = self.open.get_mut(order) {
                        known.order.reason = Some(ending(*reason));
                    }
                    self.move_on(session, *order, tick, changes, wire::Status::Cancelled);
                }
                Event::Expired { order } => self.move_on(session, *order, tick, changes, wire::Status::Expired),
                Event::Liquidated { account, .. } => {
                    touched.insert(*account);
                }
                Event::Run { run, .. } => {
                    changes.runs.insert(*run);
                    changes.traders.extend(state.desk.run(*run).map(|known| known.owner));
                }
                Event::Rejected { account, .. } => changes.runs.extend(self.runs.get(account).map(|(run, _)| *run)),
                _ => {}
            }
        }
        for account in touched {
            self.balance(state, account, changes);
        }
    }

    /// Notes an account's money.
    pub fn balance(&self, state: &State, account: AccountId, changes: &mut Changes) {
        let Some(money) = state.desk.exchange().account(account) else { return };
        let tick = state.desk.last_tick();
        let balance = Balance { tick, cash: money.cash, position: money.position };
        changes.balances.insert((account.0, tick), balance);
        let (run, owner) = self.runs.get(&account).map_or((None, account), |(run, owner)| (Some(*run), *owner));
        changes.traders.insert(owner);
        changes.runs.extend(run);
    }

    fn accept(&mut self, session: &Session, order: &Order, why: Option<&str>, tick: u64, changes: &mut Changes) {
        let time = session.time(tick);
        let (run, owner) =
            self.runs.get(&order.account).map_or((None, order.account), |(run, owner)| (Some(run.0), *owner));
        let told = wire::Order {
            id: order.id.0,
            asked: asked(&session.instrument, &order.asked),
            status: wire::Status::Accepted,
            filled: Decimal::ZERO,
            average_price: None,
            reason: None,
            decided_tick: order.decided_tick,
            created_at: time,
            updated_at: time,
            run,
            why: why.map(str::to_owned),
        };
        let known = Known { order: told, account: order.account.0, owner: owner.0, value: Decimal::ZERO };
        self.open.insert(order.id, known);
        self.tell(order.id, changes);
        changes.traders.insert(owner);
    }

    fn move_on(&mut self, session: &Session, id: OrderId, tick: u64, changes: &mut Changes, status: wire::Status) {
        let Some(known) = self.open.get_mut(&id) else { return };
        known.order.status = status;
        known.order.updated_at = session.time(tick);
        changes.traders.insert(AccountId(known.owner));
        self.tell(id, changes);
    }

    fn fill(&mut self, session: &Session, state: &State, fill: &Fill, changes: &mut Changes) {
        if !self.open.contains_key(&fill.order) {
            self.accept_liquidation(session, fill, changes);
        }
        let Some(known) = self.open.get_mut(&fill.order) else { return };
        known.value += fill.price * fill.quantity;
        known.order.filled += fill.quantity;
        known.order.average_price = Some((known.value / known.order.filled).round_dp(8).normalize());
        let is_whole = known.order.filled >= known.order.asked.quantity;
        let status = if is_whole { wire::Status::Filled } else { wire::Status::PartiallyFilled };
        let (run, owner) = (known.order.run, AccountId(known.owner));
        let time = session.time(fill.tick);
        let told = wire::Fill {
            id: fill.id.0,
            order: fill.order.0,
            instrument: session.instrument.clone(),
            side: side(fill.side),
            quantity: fill.quantity,
            price: fill.price,
            fee: fill.fee,
            is_maker: fill.is_maker,
            realised: fill.realised,
            tick: fill.tick,
            time,
            run,
        };
        changes.prints.push(wire::Print {
            instrument: session.instrument.clone(),
            tick: fill.tick,
            time,
            side: side(if fill.is_maker { fill.side.opposite() } else { fill.side }),
            price: fill.price,
            quantity: fill.quantity,
        });
        changes.fills.push((owner.0, fill.account.0, told.clone()));
        self.move_on(session, fill.order, state.desk.last_tick(), changes, status);
        changes.told.push((owner, Told::Fill(told)));
    }

    /// The order of a liquidation, which nobody asked for and no other event tells of.
    fn accept_liquidation(&mut self, session: &Session, fill: &Fill, changes: &mut Changes) {
        let asked = trading_core::order::NewOrder {
            client_id: None,
            side: fill.side,
            quantity: fill.quantity,
            kind: trading_core::order::Kind::Market,
            time_in_force: trading_core::order::TimeInForce::Gtc,
            post_only: false,
            reduce_only: true,
            expires_tick: None,
        };
        let order = Order {
            id: fill.order,
            account: fill.account,
            asked,
            decided_tick: fill.tick,
            counted_price: fill.price,
            status: trading_core::order::Status::Accepted,
            filled: Decimal::ZERO,
            is_leaving: false,
        };
        self.accept(session, &order, Some("the account was liquidated"), fill.tick, changes);
        if let Some(known) = self.open.get_mut(&fill.order) {
            known.order.reason = Some(ending(Ending::Liquidated));
        }
    }

    fn tell(&mut self, id: OrderId, changes: &mut Changes) {
        let Some(known) = self.open.get(&id) else { return };
        changes.told.push((AccountId(known.owner), Told::Order(known.order.clone())));
        changes.orders.insert(id.0, known.clone());
        if !known.order.status.is_open() {
            self.open.remove(&id);
        }
    }
}
