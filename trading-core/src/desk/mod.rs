//! An exchange with strategies on it, and all that may be asked of both.
//!
//! The same desk serves a live market and a back-test: published ticks and logged inputs are the whole truth, and what it tells
//! follows from them to the last bit. A tick is gone through by the exchange first; then every strategy, by its run's number, is told
//! of its fills, its bar and the tick, and what it decides is submitted as anyone's orders are.

mod input;
mod run;

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::account::Terms;
use crate::events::Event;
use crate::exchange::Exchange;
use crate::order::{AccountId, Kind, NewOrder, OrderId, Rejection, Side, TimeInForce};
use crate::quote::Quote;
use crate::rules::Rules;
use crate::strategy::{Action, BuiltIn, Decision, Strategy, Values, View};

pub use input::{DeskError, Input, Outcome};
pub use run::{Decided, MAX_DECISIONS, Run, RunId, RunState, StopReason};

/// The most accounts, strategies' own among them.
pub const MAX_ACCOUNTS: usize = 100_000;
/// The most strategies that run at once.
pub const MAX_RUNS: usize = 500;
/// The most strategies that run at once for one owner.
pub const MAX_RUNS_OF_OWNER: usize = 10;
/// Stopped runs that are remembered, the last ones by number; an older one's account is forgotten with it.
pub const MAX_STOPPED_RUNS: usize = 1000;

/// An exchange with strategies on it. Its serde form is its snapshot: what is read back, given the same ticks and inputs, tells the
/// same.
///
/// ```
/// use gbm_core::market::Book;
/// use trading_core::account::Terms;
/// use trading_core::desk::{Desk, Input, Outcome, RunId};
/// use trading_core::order::AccountId;
/// use trading_core::quote::Quote;
/// use trading_core::rules::Rules;
///
/// let mut desk = Desk::new(Rules::btc(Book::btc()));
/// let mut events = Vec::new();
/// let (me, run) = (AccountId(1), RunId(1));
/// desk.apply(&Input::Open { account: me, terms: Terms::paper() }, &mut events)?;
/// let start = Input::Start { run, owner: me, account: AccountId(2), strategy: "buy_and_hold".into(), values: Default::default(),
///     terms: Terms::paper(), loss_limit: None };
/// assert_eq!(desk.apply(&start, &mut events)?, Outcome::Started(run));
/// for tick in 1..=2 {
///     let (time_ms, price) = (100 * tick as i64, 50_000.0);
///     desk.on_tick(&Quote { tick, time_ms, price, bid: 49_997.5, ask: 50_002.5, liquidity: 1.0 }, &mut events);
/// }
/// assert_eq!(desk.run(run).map(|run| run.fills), Some(1));
/// # Ok::<(), trading_core::desk::DeskError>(())
/// ```
///
/// `S` is what decides: the built-in strategies, or one of the caller's own.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Desk<S = BuiltIn> {
    exchange: Exchange,
    runs: BTreeMap<RunId, Run<S>>,
    /// Those that haven't stopped.
    active: BTreeSet<RunId>,
    /// The last tick that was seen, or said to be missed.
    last_tick: u64,
    /// What a strategy decides; kept only for its memory.
    #[serde(skip)]
    decisions: Vec<Decision>,
}

impl Desk {
    /// A desk without accounts, before its first tick, for the built-in strategies.
    pub fn new(rules: Rules) -> Self {
        Self::of(rules)
    }
}

impl<S: Strategy> Desk<S> {
    /// A desk without accounts, before its first tick, for strategies of one type.
    pub fn of(rules: Rules) -> Self {
        let (runs, active) = (BTreeMap::new(), BTreeSet::new());
        Self { exchange: Exchange::new(rules), runs, active, last_tick: 0, decisions: Vec::new() }
    }

    /// The exchange.
    pub fn exchange(&self) -> &Exchange {
        &self.exchange
    }

    /// A run, stopped or not.
    pub fn run(&self, run: RunId) -> Option<&Run<S>> {
        self.runs.get(&run)
    }

    /// All runs, by number.
    pub fn runs(&self) -> impl Iterator<Item = (RunId, &Run<S>)> {
        self.runs.iter().map(|(id, run)| (*id, run))
    }

    /// How many runs haven't stopped.
    pub fn active_runs(&self) -> usize {
        self.active.len()
    }

    /// The last tick that was seen, or said to be missed; 0 before the first.
    pub fn last_tick(&self) -> u64 {
        self.last_tick
    }

    /// Whether an input would be accepted now. Nothing changes.
    ///
    /// # Errors
    /// [`DeskError`], the same as [`apply`](Self::apply)'s.
    pub fn check(&self, input: &Input) -> Result<(), DeskError> {
        match input {
            Input::Open { account, terms } => self.check_new_account(*account, terms),
            Input::Close { account } => self.check_trader(*account),
            Input::Reset { account, terms } => {
                self.check_trader(*account)?;
                Ok(terms.map_or(Ok(()), |terms| terms.check())?)
            }
            Input::Submit { account, order } => {
                self.check_trader(*account)?;
                Ok(self.exchange.check(*account, order)?)
            }
            Input::Cancel { account, order } => {
                self.check_trader(*account)?;
                let known = self.exchange.order(*order).filter(|order| order.account == *account);
                known.map(|_| ()).ok_or(DeskError::Rejected(Rejection::UnknownOrder))
            }
            Input::Start { .. } => self.check_start(input).map(|_| ()),
            Input::Stop { run } => match self.runs.get(run).map(|run| run.state) {
                None => Err(DeskError::UnknownRun(*run)),
                Some(RunState::Stopped { .. }) => Err(DeskError::RunHasStopped(*run)),
                Some(_) => Ok(()),
            },
            Input::Missed { through } if *through <= self.last_tick => {
                Err(DeskError::NotMissed { through: *through, last_tick: self.last_tick })
            }
            Input::Missed { .. } | Input::Halt => Ok(()),
        }
    }

    /// What has become of an input that was followed before and would change nothing now: an order that is known by its client id, the end of
    /// an order or of a run that is on its way.
    pub fn repeated(&self, input: &Input) -> Option<Outcome> {
        match input {
            Input::Submit { account, order } => self.exchange.sent_before(*account, order).map(Outcome::Order),
            Input::Cancel { order, .. } => {
                let is_leaving = self.exchange.order(*order).is_some_and(|order| order.is_leaving);
                (is_leaving && self.check(input).is_ok()).then_some(Outcome::Cancelling)
            }
            Input::Stop { run } => {
                let is_stopping = |run: &Run<S>| matches!(run.state, RunState::Stopping { .. });
                self.runs.get(run).is_some_and(is_stopping).then_some(Outcome::Stopping)
            }
            _ => None,
        }
    }

    /// Follows an input; what it changes is added to `events`.
    ///
    /// # Errors
    /// [`DeskError`]; nothing has changed.
    pub fn apply(&mut self, input: &Input, events: &mut Vec<Event>) -> Result<Outcome, DeskError> {
        self.check(input)?;
        match input {
            Input::Open { account, terms } => {
                self.exchange.open(*account, *terms);
                Ok(Outcome::Opened)
            }
            Input::Close { account } => {
                // Nobody would be left to stop them.
                let is_orphan = |id: &RunId| self.runs.get(id).is_some_and(|run| run.owner == *account);
                for run in self.active.iter().copied().filter(is_orphan).collect::<Vec<_>>() {
                    self.stop(run, StopReason::Asked, events);
                }
                self.exchange.reset(*account, None, events)?;
                self.exchange.close_account(*account);
                Ok(Outcome::Closed)
            }
            Input::Submit { account, order } => {
                Ok(Outcome::Order(self.submit(*account, order.clone(), None, events)?))
            }
            Input::Cancel { account, order } => {
                self.exchange.cancel(*account, *order)?;
                Ok(Outcome::Cancelling)
            }
            Input::Reset { account, terms } => {
                self.exchange.reset(*account, *terms, events)?;
                Ok(Outcome::Reset)
            }
            Input::Start { run, account, terms, .. } => {
                let started = self.check_start(input)?;
                self.exchange.open(*account, *terms);
                Ok(self.begin(*run, started, events))
            }
            Input::Stop { run } => {
                self.stop(*run, StopReason::Asked, events);
                Ok(Outcome::Stopping)
            }
            Input::Halt => {
                self.exchange.halt();
                Ok(Outcome::Halted)
            }
            Input::Missed { through } => {
                self.last_tick = *through;
                // What was last seen is no price any more: nothing is accepted before the next tick.
                self.exchange.halt();
                Ok(Outcome::Missed)
            }
        }
    }

    /// Starts a strategy that has been made, on a new account of its own, of which it is the owner too.
    ///
    /// # Errors
    /// [`DeskError`] for a run or an account that is there already, terms outside their domain, or too many of either; nothing has
    /// changed.
    pub fn start(
        &mut self,
        (run, account): (RunId, AccountId),
        strategy: S,
        terms: Terms,
        events: &mut Vec<Event>,
    ) -> Result<Outcome, DeskError> {
        if self.runs.contains_key(&run) {
            return Err(DeskError::RunTaken(run));
        }
        self.check_new_account(account, &terms)?;
        if self.active.len() >= MAX_RUNS {
            return Err(DeskError::TooManyRuns);
        }
        self.exchange.open(account, terms);
        let started = Run::new(account, account, strategy, Values::new(), None, self.last_tick);
        Ok(self.begin(run, started, events))
    }

    fn begin(&mut self, run: RunId, started: Run<S>, events: &mut Vec<Event>) -> Outcome {
        events.push(Event::Run { run, state: started.state });
        self.runs.insert(run, started);
        self.active.insert(run);
        Outcome::Started(run)
    }

    /// Follows a published tick; what happens on it is added to `events`. A tick that isn't after the last one changes nothing.
    #[inline]
    pub fn on_tick(&mut self, quote: &Quote, events: &mut Vec<Event>) {
        if quote.tick <= self.last_tick {
            return;
        }
        self.last_tick = quote.tick;
        let from = events.len();
        self.exchange.on_tick(quote, events);
        let told = from..events.len();
        let mut active = std::mem::take(&mut self.active);
        active.retain(|&run| {
            self.step(run, quote, told.clone(), events);
            self.is_active(run)
        });
        self.active = active;
        self.forget();
    }

    fn is_active(&self, run: RunId) -> bool {
        self.runs.get(&run).is_some_and(|run| !matches!(run.state, RunState::Stopped { .. }))
    }

    /// Lets a run follow a tick that the exchange has gone through, telling of it in a part of `events`.
    fn step(&mut self, id: RunId, quote: &Quote, told: std::ops::Range<usize>, events: &mut Vec<Event>) {
        let Some(run) = self.runs.get_mut(&id) else { return };
        let mut decisions = std::mem::take(&mut self.decisions);
        decisions.clear();
        let mut is_liquidated = false;
        if let Some(view) = View::new(&self.exchange, run.account) {
            let is_running = run.state == RunState::Running;
            for event in &events[told] {
                match event {
                    Event::Filled(fill) if fill.account == run.account => {
                        run.fills += 1;
                        if is_running {
                            run.strategy.on_fill(fill, &view, &mut decisions);
                        }
                    }
                    Event::Liquidated { account, .. } => is_liquidated |= *account == run.account,
                    _ => {}
                }
            }
            if is_running {
                if let Some(bar) = run.bars.as_mut().and_then(|bars| bars.push(quote)) {
                    run.strategy.on_bar(&bar, &view, &mut decisions);
                }
                run.strategy.on_tick(&view, &mut decisions);
            }
        }
        let why = if is_liquidated { Some(StopReason::Liquidated) } else { self.spent(id, quote) };
        match why {
            Some(why) => self.stop(id, why, events),
            None => self.decide(id, quote.tick, &mut decisions, events),
        }
        self.wind_down(id, events);
        self.decisions = decisions;
    }

    /// Whether a run has lost what it may.
    fn spent(&self, id: RunId, quote: &Quote) -> Option<StopReason> {
        let run = self.runs.get(&id)?;
        let limit = run.loss_limit?;
        let account = self.exchange.account(run.account)?;
        let mark = self.exchange.rules().grid.price(quote.price)?;
        (account.terms.initial - account.equity(mark) >= limit).then_some(StopReason::LossLimit)
    }

    /// Submits what a strategy wants.
    fn decide(&mut self, id: RunId, tick: u64, decisions: &mut Vec<Decision>, events: &mut Vec<Event>) {
        for Decision { action, reason } in decisions.drain(..) {
            let Some(account) = self.runs.get(&id).map(|run| run.account) else { return };
            let refused = match &action {
                Action::Submit(order) => {
                    self.submit(account, order.clone(), Some(&reason), events).err().inspect(|rejection| {
                        let (asked, reason) = (Box::new(order.clone()), reason.clone());
                        events.push(Event::Rejected { account, asked, rejection: *rejection, reason });
                    })
                }
                Action::Cancel(order) => self.exchange.cancel(account, *order).err(),
            };
            if let Some(run) = self.runs.get_mut(&id) {
                run.note(Decided { tick, reason, action, refused });
            }
        }
    }

    fn submit(
        &mut self,
        account: AccountId,
        order: NewOrder,
        reason: Option<&str>,
        events: &mut Vec<Event>,
    ) -> Result<OrderId, Rejection> {
        let last = self.exchange.last_order();
        let id = self.exchange.submit(account, order)?;
        // The same order again is accepted once.
        if let Some(order) = self.exchange.order(id).filter(|_| id > last) {
            events.push(Event::Accepted { order: Box::new(order.clone()), reason: reason.map(Into::into) });
        }
        Ok(id)
    }

    /// From now on a run only ends: its orders are cancelled, its position is closed.
    fn stop(&mut self, id: RunId, why: StopReason, events: &mut Vec<Event>) {
        let Some(run) = self.runs.get_mut(&id).filter(|run| run.state == RunState::Running) else { return };
        run.state = RunState::Stopping { why };
        events.push(Event::Run { run: id, state: run.state });
        self.wind_down(id, events);
        if !self.is_active(id) {
            self.active.remove(&id);
        }
    }

    /// Takes a stopping run as far as the exchange lets it, which may be its end.
    fn wind_down(&mut self, id: RunId, events: &mut Vec<Event>) {
        let Some(&Run { state: RunState::Stopping { why }, account, .. }) = self.runs.get(&id) else { return };
        let open: Vec<OrderId> =
            self.exchange.open_orders(account).filter(|order| !order.is_leaving).map(|order| order.id).collect();
        let is_closing = |id: &OrderId| {
            self.exchange.order(*id).is_some_and(|order| order.asked.reduce_only && order.asked.kind == Kind::Market)
        };
        if open.iter().any(is_closing) {
            return;
        }
        for order in open {
            // It is open and this account's, so this isn't refused.
            let _ = self.exchange.cancel(account, order);
        }
        if self.exchange.open_orders(account).next().is_some() {
            return;
        }
        let position = self.exchange.account(account).map_or(Decimal::ZERO, |account| account.position);
        if !position.is_zero() {
            // Refused while trading is halted: the next tick comes here again.
            let _ = self.submit(account, self.closing(position), Some("the strategy ends"), events);
        } else if let Some(run) = self.runs.get_mut(&id) {
            run.state = RunState::Stopped { why };
            events.push(Event::Run { run: id, state: run.state });
        }
    }

    fn closing(&self, position: Decimal) -> NewOrder {
        NewOrder {
            client_id: None,
            side: if position.is_sign_negative() { Side::Buy } else { Side::Sell },
            quantity: position.abs().min(self.exchange.rules().max_quantity),
            kind: Kind::Market,
            time_in_force: TimeInForce::Gtc,
            post_only: false,
            reduce_only: true,
            expires_tick: None,
        }
    }

    /// Forgets the oldest stopped runs beyond what is remembered.
    fn forget(&mut self) {
        let stopped = self.runs.len().saturating_sub(self.active.len());
        for _ in MAX_STOPPED_RUNS..stopped {
            let oldest = self.runs.iter().find(|(_, run)| matches!(run.state, RunState::Stopped { .. }));
            let Some((id, account)) = oldest.map(|(id, run)| (*id, run.account)) else { return };
            self.runs.remove(&id);
            self.exchange.close_account(account);
        }
    }

    fn check_new_account(&self, account: AccountId, terms: &Terms) -> Result<(), DeskError> {
        if self.exchange.account(account).is_some() {
            return Err(DeskError::AccountTaken(account));
        }
        if self.exchange.accounts().len() >= MAX_ACCOUNTS {
            return Err(DeskError::TooManyAccounts);
        }
        Ok(terms.check()?)
    }

    /// An account that is there and no strategy's own.
    fn check_trader(&self, account: AccountId) -> Result<(), DeskError> {
        if self.exchange.account(account).is_none() {
            return Err(DeskError::Rejected(Rejection::UnknownAccount));
        }
        let is_run = self.runs.values().any(|run| run.account == account);
        if is_run { Err(DeskError::StrategyAccount(account)) } else { Ok(()) }
    }

    fn check_start(&self, start: &Input) -> Result<Run<S>, DeskError> {
        let Input::Start { run, owner, account, strategy, values, terms, loss_limit } = start else {
            return Err(DeskError::TooManyRuns);
        };
        if self.runs.contains_key(run) {
            return Err(DeskError::RunTaken(*run));
        }
        self.check_trader(*owner)?;
        self.check_new_account(*account, terms)?;
        let mine = self.active.iter().filter(|id| self.runs.get(id).is_some_and(|run| run.owner == *owner)).count();
        if self.active.len() >= MAX_RUNS || mine >= MAX_RUNS_OF_OWNER {
            return Err(DeskError::TooManyRuns);
        }
        if let Some(limit) = loss_limit.filter(|limit| *limit <= Decimal::ZERO) {
            return Err(DeskError::LossLimit(limit));
        }
        let built = S::named(strategy, values)?;
        Ok(Run::new(*owner, *account, built, Values::clone(values), *loss_limit, self.last_tick))
    }
}
