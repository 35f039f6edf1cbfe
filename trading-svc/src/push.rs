//! Telling clients over Socket.IO what has become durable: each trader what is his, everyone the rest.

use std::collections::BTreeSet;

use market_api::trading::{Account, Book, Hello, Run, event};
use serde::Serialize;
use socketioxide::SocketIo;
use socketioxide::extract::SocketRef;
use socketioxide::operators::BroadcastOperators;
use tokio::sync::mpsc::Receiver;

use crate::acting::Acting;
use crate::books::Told;
use crate::handle::{Handle, Published};
use crate::ledger::{Page, Reader};
use crate::refusal::Refusal;
use crate::state::Session;
use crate::{views, wire};

/// Orders that have ended and fills that a snapshot tells of.
const SNAPSHOT_ROWS: usize = 100;

/// The trader that a connection belongs to; kept with its socket.
#[derive(Clone, Debug)]
pub struct Trader {
    /// Whom its token names.
    pub subject: String,
    /// When the token ends, Unix milliseconds.
    pub expires_at: i64,
}

/// The room of a trader's connections.
pub fn room(subject: &str) -> String {
    format!("trader/{subject}")
}

/// Who tells.
#[derive(Clone)]
pub struct Push {
    /// The server.
    pub io: SocketIo,
    /// The way to the exchange.
    pub handle: Handle,
    /// What was written.
    pub reader: Reader,
}

impl Push {
    /// Tells what is published, and greets who comes, until the exchange ends. One after the other: what is published after a greeting was
    /// looked at is told after it.
    pub async fn run(self, mut published: Receiver<Published>, mut greetings: Receiver<SocketRef>) {
        loop {
            let next = tokio::select! {
                next = published.recv() => next,
                Some(socket) = greetings.recv() => {
                    self.greet(&socket).await;
                    continue;
                }
            };
            let Some(next) = next else { return };
            match next {
                Published::Changes { told, accounts, runs, prints } => {
                    for (subject, told) in &told {
                        match told {
                            Told::Order(order) => self.tell(subject, event::ORDER, order),
                            Told::Fill(fill) => self.tell(subject, event::FILL, fill),
                        }
                    }
                    self.tell_standings(&accounts, &runs);
                    if !prints.is_empty() {
                        // Whoever's buffer is full misses them, as with any public stream's rate.
                        drop(self.io.emit(event::TRADES, &prints).await);
                    }
                }
                Published::Venue(venue) => {
                    drop(self.io.emit(event::VENUE, &venue).await);
                    self.dismiss();
                    self.mark().await;
                }
                Published::Session => {
                    for socket in self.sockets() {
                        self.greet(&socket).await;
                    }
                }
            }
        }
    }

    fn sockets(&self) -> Vec<SocketRef> {
        self.io.of("/").map(BroadcastOperators::sockets).unwrap_or_default()
    }

    /// A client that can't take what is his is sent away: it comes again, and is told how everything stands.
    fn tell(&self, subject: &str, event: &'static str, payload: &impl Serialize) {
        for socket in self.io.within(room(subject)).sockets() {
            if socket.emit(event, payload).is_err() {
                drop(socket.disconnect());
            }
        }
    }

    /// Ends the connections of whoever's token has ended.
    fn dismiss(&self) {
        let now = crate::server_time();
        for socket in self.sockets() {
            if socket.extensions.get::<Trader>().is_some_and(|trader| trader.expires_at <= now) {
                drop(socket.disconnect());
            }
        }
    }

    /// Once a second, what the last price makes of accounts and running strategies of those that are connected.
    async fn mark(&self) {
        let subjects: BTreeSet<String> =
            self.sockets().iter().filter_map(|socket| Some(socket.extensions.get::<Trader>()?.subject)).collect();
        if subjects.is_empty() {
            return;
        }
        let look = move |acting: &mut Acting<'_>| {
            let (mut accounts, mut runs) = (Vec::new(), Vec::new());
            for subject in subjects {
                let Some(id) = acting.books.account(&subject) else { continue };
                accounts.extend(views::account(acting.session, acting.state, id).map(|told| (subject.clone(), told)));
                let mine = acting.state.desk.runs().filter(|(_, run)| run.owner == id && !run.has_stopped());
                let mine: Vec<_> = mine.map(|(run, _)| run).collect();
                let told = mine.into_iter().filter_map(|run| views::run(acting.session, acting.state, run));
                runs.extend(told.map(|told| (subject.clone(), told)));
            }
            Ok((accounts, runs))
        };
        let Ok((accounts, runs)) = self.handle.act(look).await else { return };
        self.tell_standings(&accounts, &runs);
    }

    fn tell_standings(&self, accounts: &[(String, Account)], runs: &[(String, Run)]) {
        for (subject, account) in accounts {
            self.tell(subject, event::ACCOUNT, account);
        }
        for (subject, run) in runs {
            self.tell(subject, event::STRATEGY, run);
        }
    }

    /// Tells a client what it may know, and a trader how everything stands. One that can't be told is sent away, and comes again: it would wait
    /// for ever for what nobody tells it.
    async fn greet(&self, socket: &SocketRef) {
        if let Err(why) = self.introduce(socket).await {
            tracing::warn!(why, "a client can't be told how things stand");
            drop(socket.clone().disconnect());
        }
    }

    async fn introduce(&self, socket: &SocketRef) -> Result<(), String> {
        let hello = match hello(&self.handle).await {
            // Before the market is known there is nothing to tell; the session's beginning greets again.
            Err(Refusal::NoSession) => return Ok(()),
            hello => hello.map_err(|error| error.to_string())?,
        };
        socket.emit(event::HELLO, &hello).map_err(|error| error.to_string())?;
        let Some(Trader { subject, .. }) = socket.extensions.get::<Trader>() else { return Ok(()) };
        let book = book(&self.handle, &self.reader, &subject).await.map_err(|error| error.to_string())?;
        socket.emit(event::SNAPSHOT, &book).map_err(|error| error.to_string())
    }
}

/// What anyone may know of the exchange.
///
/// # Errors
/// [`Refusal::NoSession`] before the market is known.
pub async fn hello(handle: &Handle) -> Result<Hello, Refusal> {
    let look = |acting: &mut Acting<'_>| {
        Ok(Hello {
            server_time: crate::server_time(),
            instrument: acting.session.instrument.clone(),
            venue: views::venue(Some(acting.session), Some(acting.state), acting.live),
            rules: wire::rules(acting.state.desk.exchange().rules()),
            terms: wire::terms(acting.terms),
            volatility: acting.state.curve.volatility(),
        })
    };
    handle.act(look).await
}

/// All that a trader has.
async fn book(handle: &Handle, reader: &Reader, subject: &str) -> Result<Book, Refusal> {
    let subject = subject.to_owned();
    let look = move |acting: &mut Acting<'_>| {
        let owner = acting.account(&subject)?;
        let account = views::account(acting.session, acting.state, owner).ok_or(Refusal::NoSession)?;
        let open: Vec<_> = acting.books.open(owner).map(|known| known.order.clone()).collect();
        Ok((acting.session.clone(), owner, account, open, views::runs(acting.session, acting.state, owner)))
    };
    let (session, owner, account, open, strategies) = handle.act(look).await?;
    let (name, reader) = (session.name.clone(), reader.clone());
    let read = tokio::task::spawn_blocking(move || ended(&reader, &session, owner.0)).await;
    let (ended, fills) = read.map_err(|_| Refusal::Stopped)?.map_err(|error| Refusal::Disk(error.to_string()))?;
    let mut orders = open;
    // What has ended between the two looks is told again by the stream.
    let known: BTreeSet<u64> = orders.iter().map(|order| order.id).collect();
    orders.extend(ended.into_iter().filter(|order| !known.contains(&order.id)));
    orders.sort_unstable_by_key(|order| std::cmp::Reverse(order.id));
    Ok(Book { session: name, account, orders, fills, strategies })
}

type Rows = (Vec<market_api::trading::Order>, Vec<market_api::trading::Fill>);

fn ended(reader: &Reader, session: &Session, owner: u64) -> Result<Rows, crate::ledger::LedgerError> {
    let page = Page { before: None, limit: SNAPSHOT_ROWS };
    Ok((reader.orders(session, owner, page)?, reader.fills(session, owner, page)?))
}
