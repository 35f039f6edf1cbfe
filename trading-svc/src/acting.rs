//! What a request may do, on the venue's thread: look at the exchange as it stands, and ask it for something, which is logged.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use rust_decimal::Decimal;
use svc_common::token::GUEST;
use trading_core::account::Terms;
use trading_core::desk::{Input, MAX_ACCOUNTS, MAX_RUNS, Outcome, RunId, RunState};
use trading_core::events::Event;
use trading_core::log::Line;
use trading_core::order::AccountId;
use trading_core::strategy::Values;

use crate::books::Books;
use crate::ledger::{Batch, Ledger, Request};
use crate::refusal::Refusal;
use crate::state::{Session, State};

/// The most lines of one session's trading log.
pub const MAX_INPUTS: u64 = 10_000_000;
/// Further ones for what the market says and for the ways out: cancels, stops, orders that only reduce.
const RESERVED_INPUTS: u64 = 1_000_000;
/// No guest's token lasts as long, so a guest that hasn't called since can't any more.
const FORGOTTEN: Duration = Duration::from_hours(13);
/// The last of [`MAX_RUNS`] are for traders of whose strategies none runs: no few can have them all.
const SHARED_RUNS: usize = MAX_RUNS / 5;

/// Whether the market is followed.
#[derive(Clone, Debug, Default)]
pub struct Live {
    /// Why not; none if it is.
    pub lost: Option<String>,
    /// Why the ledger can't be written; none if it can.
    pub trouble: Option<String>,
    /// The preset that moves the price, as the market says to everyone; none if it is none.
    pub preset: Option<String>,
}

/// A strategy to be started.
#[derive(Clone, Debug)]
pub struct Start {
    /// Its name.
    pub strategy: String,
    /// What is set of it.
    pub values: Values,
    /// What its account begins with, and pays.
    pub terms: Terms,
    /// The loss after which it is stopped.
    pub loss_limit: Option<Decimal>,
}

/// The exchange of a session, and what is to be written of what happens to it.
pub struct Acting<'a> {
    /// The session.
    pub session: &'a Session,
    /// The exchange.
    pub state: &'a mut State,
    /// Whose is what.
    pub books: &'a mut Books,
    /// What is to be written.
    pub batch: &'a mut Batch,
    /// What was written.
    pub ledger: &'a Ledger,
    /// Whether the market is followed.
    pub live: &'a Live,
    /// What an account begins with.
    pub terms: &'a Terms,
    /// When each account last called.
    pub seen: &'a mut HashMap<AccountId, Instant>,
    /// Kept for its memory.
    pub events: &'a mut Vec<Event>,
}

impl Acting<'_> {
    /// A subject's account; it is opened if there is none.
    ///
    /// # Errors
    /// [`Refusal`] if there are too many.
    pub fn account(&mut self, subject: &str) -> Result<AccountId, Refusal> {
        let account = match self.books.account(subject) {
            Some(account) => account,
            None => self.open(subject, *self.terms)?,
        };
        self.seen.insert(account, Instant::now());
        Ok(account)
    }

    fn open(&mut self, subject: &str, terms: Terms) -> Result<AccountId, Refusal> {
        self.make_room()?;
        let account = self.state.next_account();
        self.apply(Input::Open { account, terms })?;
        self.books.name(account, subject);
        self.batch.opened.push((account.0, subject.to_owned()));
        self.books.balance(self.state, account, &mut self.batch.changes);
        Ok(account)
    }

    /// Lets another account be opened, if there are as many as may be and one is forgotten.
    fn make_room(&mut self) -> Result<(), Refusal> {
        if self.state.desk.exchange().accounts().len() < MAX_ACCOUNTS {
            return Ok(());
        }
        let forgotten = self.seen.iter().filter(|(account, _)| self.is_forgotten(**account));
        let oldest = forgotten.min_by_key(|(_, at)| **at).map(|(account, _)| *account);
        if let Some(account) = oldest {
            self.apply(Input::Close { account })?;
            self.seen.remove(&account);
            self.books.forget(account);
            self.batch.closed.push(account.0);
        }
        Ok(())
    }

    /// Whether it is a guest's, and nobody can call it any more. An admin comes again under the same name.
    fn is_forgotten(&self, account: AccountId) -> bool {
        let is_guest = self.books.subject(account).is_some_and(|subject| subject.starts_with(GUEST));
        is_guest && self.seen.get(&account).is_some_and(|at| at.elapsed() > FORGOTTEN)
    }

    /// Stops the strategies that nobody can stop any more.
    ///
    /// # Errors
    /// [`Refusal`] if that can't be logged.
    pub fn stop_forgotten(&mut self) -> Result<(), Refusal> {
        let runs = self.state.desk.runs().filter(|(_, run)| run.state == RunState::Running);
        let forgotten: Vec<RunId> = runs.filter(|(_, run)| self.is_forgotten(run.owner)).map(|(run, _)| run).collect();
        for run in forgotten {
            self.apply(Input::Stop { run })?;
        }
        Ok(())
    }

    /// Starts a strategy of an owner's, on a new account.
    ///
    /// # Errors
    /// [`Refusal`]: nothing has started.
    pub fn start(&mut self, owner: AccountId, new: Start) -> Result<RunId, Refusal> {
        self.make_room()?;
        let mut free = MAX_RUNS.saturating_sub(self.state.desk.active_runs());
        if free <= SHARED_RUNS {
            self.stop_forgotten()?;
            free = MAX_RUNS.saturating_sub(self.state.desk.active_runs());
        }
        let runs_one = || self.state.desk.runs().any(|(_, run)| run.owner == owner && !run.has_stopped());
        if free <= SHARED_RUNS && runs_one() {
            return Err(Refusal::Crowded);
        }
        let (run, account) = (self.state.next_run(), self.state.next_account());
        let Start { strategy, values, terms, loss_limit } = new;
        self.apply(Input::Start { run, owner, account, strategy, values, terms, loss_limit })?;
        Ok(run)
    }

    /// What a trader has asked for under a key, and what has come of it: written, or about to be.
    ///
    /// # Errors
    /// [`Refusal::Disk`].
    pub fn requested(&self, owner: AccountId, key: &str) -> Result<Option<(String, u64)>, Refusal> {
        if key.is_empty() {
            return Ok(None);
        }
        let mut waiting = self.batch.requests.iter();
        if let Some(found) = waiting.find(|request| request.owner == owner.0 && request.key == key) {
            return Ok(Some((found.body.clone(), found.run)));
        }
        self.ledger.request(self.session, owner.0, key).map_err(|error| Refusal::Disk(error.to_string()))
    }

    /// Keeps a request that has a key.
    pub fn remember(&mut self, request: Request) {
        if !request.key.is_empty() {
            self.batch.requests.push(request);
        }
    }

    /// Sets an account back, to other terms if they are given.
    ///
    /// # Errors
    /// [`Refusal`] for terms outside their domain, and then nothing has changed.
    pub fn reset(&mut self, account: AccountId, terms: Terms) -> Result<(), Refusal> {
        terms.check().map_err(trading_core::desk::DeskError::from)?;
        let is_same = self.state.desk.exchange().account(account).is_some_and(|known| known.terms == terms);
        self.apply(Input::Reset { account, terms: (!is_same).then_some(terms) })?;
        self.books.balance(self.state, account, &mut self.batch.changes);
        Ok(())
    }

    /// Asks the exchange for something; what is accepted is logged, unless it changes nothing.
    ///
    /// # Errors
    /// [`Refusal`]: nothing has changed.
    pub fn apply(&mut self, input: Input) -> Result<Outcome, Refusal> {
        if let Some(trouble) = &self.live.trouble {
            return Err(Refusal::Disk(trouble.clone()));
        }
        if let Some(outcome) = self.state.desk.repeated(&input) {
            return Ok(outcome);
        }
        let most = if is_way_out(&input) { MAX_INPUTS + RESERVED_INPUTS } else { MAX_INPUTS };
        if self.state.inputs >= most {
            return Err(Refusal::LogFull);
        }
        self.events.clear();
        let after = self.state.desk.last_tick();
        let outcome = self.state.apply(&input, self.events)?;
        if let (Input::Start { run, account, owner, .. }, Outcome::Started(_)) = (&input, outcome) {
            self.books.start(self.state, *account, *run, *owner);
            self.books.balance(self.state, *account, &mut self.batch.changes);
        }
        self.books.note(self.session, self.state, self.events, &mut self.batch.changes);
        self.batch.lines.push(Line { after, input });
        Ok(outcome)
    }

    /// Refuses what can't be promised while prices don't come.
    ///
    /// # Errors
    /// [`Refusal::NotLive`].
    pub fn must_be_live(&self) -> Result<(), Refusal> {
        self.live.lost.as_ref().map_or(Ok(()), |why| Err(Refusal::NotLive(why.clone())))
    }
}

/// What is taken of a full log: the market's word, and what ends or reduces.
fn is_way_out(input: &Input) -> bool {
    match input {
        Input::Halt | Input::Missed { .. } | Input::Cancel { .. } | Input::Stop { .. } | Input::Close { .. } => true,
        Input::Submit { order, .. } => order.reduce_only,
        Input::Open { .. } | Input::Reset { .. } | Input::Start { .. } => false,
    }
}
