//! The thread that owns the exchange and its ledger: ticks and requests in, events out once they are durable.

mod feed;

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::{Receiver, Sender};
use tokio::sync::watch;
use trading_core::account::Terms;
use trading_core::events::Event;
use trading_core::order::AccountId;
use trading_core::rules::{Impact, Queue};

use crate::acting::{Acting, Live};
use crate::flow::{Flow, flows};
use crate::handle::{Message, Published, Reply};
use crate::ledger::{Batch, Ledger, LedgerError, Restored};
use crate::refusal::Refusal;
use crate::views;

/// Messages taken before what they did is written.
const MAX_AT_ONCE: usize = 512;
/// Ticks that nothing happened on, after which they are written all the same.
const MAX_QUIET_TICKS: usize = 10_000;
/// Ticks after which a snapshot is written.
const SNAPSHOT_TICKS: u64 = 10_000;
/// Or as long after the last one.
const SNAPSHOT_TIME: Duration = Duration::from_secs(30);
/// A snapshot may take this part of the thread's time.
const SNAPSHOT_PART: u32 = 20;

/// Between two looks for strategies that nobody can stop any more.
const FORGET_TIME: Duration = Duration::from_mins(1);

/// What an exchange is like, beside its instrument.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// What a new account begins with.
    pub terms: Terms,
    /// Ticks from a decision to its arrival.
    pub latency_ticks: u64,
    /// When resting orders are filled.
    pub queue: Queue,
    /// Whose book an order moves.
    pub impact: Impact,
}

/// Whom the thread tells what.
pub struct Told {
    /// Clients, of what has happened.
    pub published: Sender<Published>,
    /// The market's follower, which connection counts.
    pub connection: watch::Sender<u64>,
    /// Whoever tells the market of orders that move everyone's book.
    pub flows: Sender<Flow>,
    /// The same, which session the market runs.
    pub traded: watch::Sender<Option<String>>,
}

/// The thread's state.
pub struct Venue {
    ledger: Ledger,
    settings: Settings,
    current: Option<Restored>,
    batch: Batch,
    events: Vec<Event>,
    live: Live,
    seen: HashMap<AccountId, Instant>,
    replies: Vec<Reply>,
    published: Sender<Published>,
    /// Something couldn't be published.
    is_behind: bool,
    /// What the market is told of, if orders move everyone's book.
    flows: Sender<Flow>,
    /// The ledger may hold what was traded and not handed on to be told.
    owes_flows: bool,
    /// The session that the market was last seen to run, none while it isn't followed.
    traded: watch::Sender<Option<String>>,
    /// The number of the connection to the market that counts; another one is to be made when it changes.
    connection: watch::Sender<u64>,
    ticks_since_snapshot: u64,
    snapshot_at: Instant,
    snapshot_cost: Duration,
    /// When forgotten strategies were last looked for.
    forgot_at: Option<Instant>,
}

impl Venue {
    /// Opens the ledger, and goes on with its last session until the market says otherwise.
    ///
    /// # Errors
    /// [`LedgerError`] for a ledger that can't be used.
    pub fn open(
        directory: &Path,
        settings: Settings,
        Told { published, connection, flows, traded }: Told,
    ) -> Result<Self, LedgerError> {
        let ledger = Ledger::open(directory)?;
        let current = ledger.last()?;
        let live = Live { lost: Some("it was not reached yet".into()), ..Live::default() };
        let mut venue = Self {
            ledger,
            settings,
            current: None,
            batch: Batch::default(),
            events: Vec::new(),
            live,
            seen: HashMap::new(),
            replies: Vec::new(),
            published,
            is_behind: false,
            flows,
            owes_flows: true,
            traded,
            connection,
            ticks_since_snapshot: 0,
            snapshot_at: Instant::now(),
            snapshot_cost: Duration::ZERO,
            forgot_at: None,
        };
        venue.take_up(current);
        Ok(venue)
    }

    /// Goes on with a session.
    fn take_up(&mut self, restored: Option<Restored>) {
        let now = Instant::now();
        self.seen.clear();
        if let Some(Restored { state, books, .. }) = &restored {
            let traders = state.desk.exchange().accounts().map(|(id, _)| id);
            self.seen.extend(traders.filter(|id| books.subject(*id).is_some()).map(|id| (id, now)));
        }
        self.current = restored;
        self.owes_flows = true;
        // What a crash or a fault has left unwritten comes again: from the market, and from whoever was told that it failed.
        self.batch = Batch::default();
    }

    /// Runs until it is told to stop.
    pub fn run(mut self, mut messages: Receiver<Message>) {
        while let Some(first) = messages.blocking_recv() {
            let mut goes_on = self.take(first);
            for _ in 1..MAX_AT_ONCE {
                let Some(next) = messages.try_recv().ok().filter(|_| goes_on) else { break };
                goes_on = self.take(next);
            }
            self.settle(!goes_on);
            if !goes_on {
                break;
            }
        }
        self.snapshot();
    }

    /// The exchange, for whoever acts on it; none before its session is known.
    fn acting(&mut self) -> Option<Acting<'_>> {
        let Restored { session, state, books } = self.current.as_mut()?;
        Some(Acting {
            session,
            state,
            books,
            batch: &mut self.batch,
            ledger: &self.ledger,
            live: &self.live,
            terms: &self.settings.terms,
            seen: &mut self.seen,
            events: &mut self.events,
        })
    }

    /// Takes a message; `false` if it is the last.
    fn take(&mut self, message: Message) -> bool {
        match message {
            Message::Act(act) => {
                let away = self.live.trouble.clone().map_or(Refusal::NoSession, Refusal::Disk);
                // While the ledger can't be written, what is durable can be looked at, and nothing is done.
                let reply = match self.acting() {
                    Some(mut acting) => act(Ok(&mut acting)),
                    None => act(Err(away)),
                };
                self.replies.push(reply);
            }
            Message::Feed(connection, feed) if connection == *self.connection.borrow() => self.feed(feed),
            // Of a connection that was given up.
            Message::Feed(..) => {}
            Message::Beat => {
                self.settle(true);
                if self.live.trouble.is_some() {
                    self.recover();
                }
                self.stop_forgotten_if_due();
                // Once all that was handed on is told, the rest is.
                if self.flows.capacity() == self.flows.max_capacity() {
                    self.tell_owed();
                }
                self.snapshot_if_due();
                self.publish_venue();
            }
            Message::Steered(session, tick) => {
                if self.current.as_ref().is_some_and(|current| current.session.name == session) {
                    self.batch.steered = self.batch.steered.max(Some(tick));
                }
            }
            Message::Stop => return false,
        }
        true
    }

    fn stop_forgotten_if_due(&mut self) {
        if self.forgot_at.is_some_and(|at| at.elapsed() < FORGET_TIME) {
            return;
        }
        self.forgot_at = Some(Instant::now());
        if let Some(Err(error)) = self.acting().map(|mut acting| acting.stop_forgotten()) {
            tracing::warn!(%error, "strategies of guests who are gone can't be stopped");
        }
    }

    /// Writes what has happened, if anything depends on it, and then tells of it.
    fn settle(&mut self, is_due: bool) {
        let Some(Restored { session, state, books }) = &self.current else { return self.answer(&Ok(())) };
        let batch = &self.batch;
        let has_happened = !batch.lines.is_empty() || !batch.changes.is_empty();
        let is_steered = is_due && batch.steered.is_some();
        let has_ticks = batch.ticks.len() >= MAX_QUIET_TICKS || (is_due && !batch.ticks.is_empty());
        if !has_happened && !has_ticks && !is_steered {
            return self.answer(&Ok(()));
        }
        if let Err(error) = self.ledger.commit(session, state, batch) {
            return self.fail(&error);
        }
        self.ticks_since_snapshot += batch.ticks.len() as u64;
        let batch = std::mem::take(&mut self.batch);
        let subject = |account| books.subject(account).map(str::to_owned);
        let told = batch.changes.told.into_iter().filter_map(|(owner, told)| Some((subject(owner)?, told))).collect();
        let account = |&id: &AccountId| Some((subject(id)?, views::account(session, state, id)?));
        let accounts = batch.changes.traders.iter().filter_map(account).collect();
        let run = |&id: &_| Some((subject(state.desk.run(id)?.owner)?, views::run(session, state, id)?));
        let runs = batch.changes.runs.iter().filter_map(run).collect();
        let flows = flows(session, state, &batch.changes.fills);
        let changes = Published::Changes { told, accounts, runs, prints: batch.changes.prints };
        self.hand_on(flows);
        self.answer(&Ok(()));
        if has_happened {
            self.publish(changes);
        }
        self.snapshot_if_due();
    }

    /// Hands on what the market is to be told, in the order of ticks: after one that found no room none is, until the ledger is asked again.
    fn hand_on(&mut self, flows: Vec<Flow>) {
        for flow in flows {
            if self.owes_flows {
                return;
            }
            if self.flows.try_send(flow).is_err() {
                self.owes_flows = true;
                tracing::warn!("too much waits to be told to the market");
            }
        }
    }

    fn answer(&mut self, durable: &Result<(), Refusal>) {
        for reply in self.replies.drain(..) {
            reply(durable.clone());
        }
    }

    /// The ledger couldn't be written: nothing of what was to be written has happened.
    fn fail(&mut self, error: &LedgerError) {
        tracing::error!(%error, "the ledger can't be written");
        let detail = error.to_string();
        self.answer(&Err(Refusal::Disk(detail.clone())));
        self.live.trouble = Some(detail);
        self.publish_venue();
        self.recover();
    }

    /// Goes back to what is durable; the market is asked for the ticks after it again.
    fn recover(&mut self) {
        match self.ledger.last() {
            Ok(last) => self.take_up(last),
            Err(error) => {
                tracing::error!(%error, "the ledger can't be read");
                self.current = None;
                self.batch = Batch::default();
            }
        }
        match self.probe() {
            Ok(()) => {
                self.live.trouble = None;
                self.live.lost = Some("it is followed again from where the ledger stands".into());
                self.connection.send_modify(|number| *number += 1);
                // Whoever has seen what was taken back is told how things stand.
                self.publish(Published::Session);
            }
            Err(error) => self.live.trouble = Some(error.to_string()),
        }
    }

    /// Whether the ledger can be written again.
    fn probe(&mut self) -> Result<(), LedgerError> {
        match &self.current {
            Some(Restored { session, state, .. }) => self.ledger.snapshot(session, state),
            None => self.ledger.last().map(drop),
        }
    }

    fn snapshot_if_due(&mut self) {
        let since = self.snapshot_at.elapsed();
        let is_due =
            self.ticks_since_snapshot >= SNAPSHOT_TICKS || (self.ticks_since_snapshot > 0 && since >= SNAPSHOT_TIME);
        if is_due && since >= self.snapshot_cost * SNAPSHOT_PART && self.batch.ticks.is_empty() {
            self.snapshot();
        }
    }

    fn snapshot(&mut self) {
        let Some(Restored { session, state, .. }) = self.current.as_ref().filter(|_| self.batch.ticks.is_empty())
        else {
            return;
        };
        let began = Instant::now();
        match self.ledger.snapshot(session, state) {
            Ok(()) => self.ticks_since_snapshot = 0,
            // Nothing is lost by it but time at the next start.
            Err(error) => tracing::warn!(%error, "no snapshot could be written"),
        }
        (self.snapshot_at, self.snapshot_cost) = (Instant::now(), began.elapsed());
    }

    fn publish_venue(&mut self) {
        let current = self.current.as_ref();
        let venue = views::venue(current.map(|now| &now.session), current.map(|now| &now.state), &self.live);
        self.publish(Published::Venue(venue));
    }

    /// Hands on what clients are to be told. The exchange waits for nobody: if too much waits to be told, everyone is told anew how things
    /// stand once it has been.
    fn publish(&mut self, published: Published) {
        if self.is_behind && self.published.try_send(Published::Session).is_ok() {
            self.is_behind = false;
        }
        self.is_behind |= self.published.try_send(published).is_err();
    }
}
