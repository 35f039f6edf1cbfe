//! The task that owns history and tells clients: whoever subscribes is told what was missed and joins the stream in one
//! step, without hole or overlap.

mod line;
mod subscriptions;

use std::collections::BTreeMap;
use std::time::Duration;

use market_api::auth::Role;
use market_api::intervention::{Override, State};
use market_api::session::{PROTOCOL, Session};
use market_api::stream::{Channel, Heartbeat, Hello, OverrideUpdate, StreamError, Subscribe, Unsubscribe, event};
use serde::Serialize;
use socketioxide::SocketIo;
use socketioxide::extract::{AckSender, SocketRef};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use crate::clock::server_time;
use crate::history::{History, Observed, RESUME_TICKS, RESUME_TRADES};
use crate::market::Published;
use crate::session::{Begun, tell};
use line::Line;

/// Ticks are gathered for this long before they are sent, at most one batch for each window.
pub const FLUSH_WINDOW: Duration = Duration::from_millis(20);
/// The book is sent at most once in this time.
pub const BOOK_EVERY: Duration = Duration::from_millis(100);
/// Levels of a side that are sent; REST gives as many as are asked for.
pub const BOOK_LEVELS: usize = 20;
/// Requests that may wait for the task.
pub const MAX_REQUESTS: usize = 1024;
/// The most channels that one subscription may name.
pub const MAX_CHANNELS: usize = 32;
/// Interventions that a subscriber is told of, the newest; beyond them, all that act or wait for their tick.
pub const MAX_OVERRIDES: usize = 500;
/// Even of those not more than this.
pub const MAX_OPEN_OVERRIDES: usize = 5000;

/// A reader of history, run by the task.
type Look = Box<dyn FnOnce(&Session, &[&History]) + Send>;

enum Request {
    Connect(SocketRef),
    Subscribe { socket: SocketRef, body: Subscribe, ack: AckSender },
    Unsubscribe { socket: SocketRef, body: Unsubscribe, ack: AckSender },
    Look(Look),
}

/// Who a connection belongs to, and until when; kept with the socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// What it may do.
    pub role: Role,
    /// When its token ends, Unix milliseconds.
    pub expires_at: i64,
}

impl Identity {
    fn is_admin(self) -> bool {
        self.role == Role::Admin && server_time() < self.expires_at
    }
}

/// A refusal in place of an acknowledgement.
#[derive(Serialize)]
pub(crate) struct Refused {
    pub(crate) error: StreamError,
}

/// An error of the stream.
pub(crate) fn stream_error(code: &str, message: impl Into<String>) -> StreamError {
    StreamError { code: code.into(), message: message.into() }
}

#[derive(Serialize)]
struct Held {
    channels: Vec<String>,
}

/// The way to the task. Cheap to clone.
#[derive(Clone, Debug)]
pub struct FeedHandle {
    requests: Sender<Request>,
    io: SocketIo,
}

impl FeedHandle {
    /// Greets a client.
    pub async fn connect(&self, socket: SocketRef) {
        // A feed that has ended greets nobody; the connection falls with the server.
        drop(self.requests.send(Request::Connect(socket)).await);
    }

    /// Subscribes a client, and acknowledges.
    pub async fn subscribe(&self, socket: SocketRef, body: Subscribe, ack: AckSender) {
        drop(self.requests.send(Request::Subscribe { socket, body, ack }).await);
    }

    /// Gives channels up, and acknowledges.
    pub async fn unsubscribe(&self, socket: SocketRef, body: Unsubscribe, ack: AckSender) {
        drop(self.requests.send(Request::Unsubscribe { socket, body, ack }).await);
    }

    /// Connected clients.
    pub fn clients(&self) -> usize {
        self.io.of("/").map_or(0, |namespace| namespace.sockets().len())
    }

    /// Looks at session and histories as they stand between two batches; `None` once the feed has ended.
    pub async fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Session, &[&History]) -> T + Send + 'static,
    ) -> Option<T> {
        let (reply, answer) = oneshot::channel();
        let look: Look = Box::new(move |session, histories| drop(reply.send(look(session, histories))));
        self.requests.send(Request::Look(look)).await.ok()?;
        answer.await.ok()
    }
}

/// The task's state.
pub struct Feed {
    io: SocketIo,
    session: Session,
    lines: Vec<Line>,
    overrides: BTreeMap<u64, Override>,
    requests: Receiver<Request>,
    published: Receiver<Published>,
    flush: Option<Instant>,
    keeping: Option<JoinHandle<()>>,
}

impl Feed {
    /// A feed that goes on with a session, whose ticks and interventions so far nobody needs to be sent.
    pub fn new(
        io: SocketIo,
        begun: Begun,
        overrides: Vec<Override>,
        published: Receiver<Published>,
    ) -> (Self, FeedHandle) {
        let (handle, requests) = channel(MAX_REQUESTS);
        let Begun { session, histories, .. } = begun;
        let lines = histories.into_iter().map(|history| Line::new(io.clone(), history)).collect();
        let mut overrides = overrides.into_iter().map(|known| (known.id, known)).collect();
        forget(&mut overrides);
        let feed = Self { io: io.clone(), session, lines, overrides, requests, published, flush: None, keeping: None };
        (feed, FeedHandle { requests: handle, io })
    }

    /// Runs until the market stops publishing.
    pub async fn run(mut self) {
        let mut seconds = interval(Duration::from_secs(1));
        seconds.set_missed_tick_behavior(MissedTickBehavior::Skip);
        loop {
            let (flush, book) = (self.flush, self.book_due());
            tokio::select! {
                published = self.published.recv() => match published {
                    Some(published) => self.take(published).await,
                    None => return self.flush().await,
                },
                () = sleep_until(flush.unwrap_or_else(Instant::now)), if flush.is_some() => self.flush().await,
                () = sleep_until(book.unwrap_or_else(Instant::now)), if book.is_some() => self.send_books().await,
                Some(request) = self.requests.recv() => self.answer(request).await,
                _ = seconds.tick() => self.beat().await,
            }
        }
    }

    async fn take(&mut self, published: Published) {
        match published {
            Published::Ticks { ticks, .. } => {
                let were_halted = self.halts();
                self.take_ticks(&ticks);
                if self.halts() != were_halted {
                    // Whoever trades must know at once that nobody does.
                    self.flush().await;
                    self.beat().await;
                }
            }
            Published::Clock(clock) => {
                // The ticks before it first, or a market would still move after it was said to stand.
                self.flush().await;
                self.session.clock = clock;
                self.beat().await;
            }
            Published::Overrides(overrides) => {
                // An intervention that acts is told after the tick on which it does.
                self.flush().await;
                self.take_overrides(overrides).await;
            }
            Published::Session(begun) => self.take_session(*begun).await,
            // One at a time: on a slow disk the next one is as good.
            Published::Keep(standing, keep) if self.keeping.as_ref().is_none_or(JoinHandle::is_finished) => {
                let histories = self.lines.iter().map(|line| line.history.clone()).collect();
                self.keeping = Some(spawn_blocking(move || {
                    if let Err(error) = keep(*standing, histories) {
                        // Nothing is lost by it but time at the next start.
                        tracing::warn!(%error, "how the session stands can't be kept");
                    }
                }));
            }
            Published::Keep(..) => {}
        }
    }

    fn take_ticks(&mut self, ticks: &[Observed]) {
        for ticks in ticks.chunks_exact(self.lines.len()) {
            for (line, tick) in self.lines.iter_mut().zip(ticks) {
                line.push(tick);
            }
        }
        tell(&mut self.session, self.lines.iter().map(|line| &line.history));
        self.flush.get_or_insert_with(|| Instant::now() + FLUSH_WINDOW);
    }

    /// The instruments in which trading is halted.
    fn halts(&self) -> Vec<String> {
        let halted = self.session.instruments.iter().filter(|instrument| instrument.halted);
        halted.map(|instrument| instrument.id.clone()).collect()
    }

    async fn take_overrides(&mut self, overrides: Vec<Override>) {
        for known in &overrides {
            self.overrides.insert(known.id, known.clone());
        }
        forget(&mut self.overrides);
        for line in self.lines.iter().filter(|line| line.is_wanted(Channel::Overrides)) {
            let (instrument, session) = (line.instrument().to_owned(), self.session.session.clone());
            let overrides: Vec<_> = overrides.iter().filter(|known| known.instrument == instrument).cloned().collect();
            if !overrides.is_empty() {
                let update = OverrideUpdate { instrument, session, overrides };
                line.send(Channel::Overrides, event::OVERRIDES, &update).await;
            }
        }
    }

    /// Ends the stream of one session and begins that of another; everyone stays in their rooms.
    async fn take_session(&mut self, begun: Begun) {
        self.flush().await;
        self.session = begun.session;
        self.lines = begun.histories.into_iter().map(|history| Line::new(self.io.clone(), history)).collect();
        self.overrides.clear();
        drop(self.io.emit(event::SESSION, &self.session).await);
    }

    /// Sends what has gathered.
    async fn flush(&mut self) {
        self.flush = None;
        for line in &mut self.lines {
            line.flush().await;
        }
    }

    /// When a book is to be sent that the last flush has left, if none comes before.
    fn book_due(&self) -> Option<Instant> {
        self.lines.iter().filter_map(Line::book_due).min().filter(|_| self.flush.is_none())
    }

    async fn send_books(&mut self) {
        let now = Instant::now();
        for line in self.lines.iter_mut().filter(|line| line.book_due().is_some_and(|due| due <= now)) {
            line.send_book().await;
        }
    }

    /// Once a second: figures to whoever wants them, and to all that the server lives.
    async fn beat(&mut self) {
        for line in &self.lines {
            line.send_stats().await;
        }
        let heartbeat = Heartbeat {
            server_time: server_time(),
            session: self.session.session.clone(),
            seq: self.lines.iter().map(|line| (line.instrument().to_owned(), line.sent)).collect(),
            clock: self.session.clock,
            halted: self.session.halted,
            halts: self.halts(),
        };
        // A client whose buffer is full misses this one and sees the next.
        drop(self.io.emit(event::HEARTBEAT, &heartbeat).await);
        self.dismiss();
    }

    /// Takes the rooms of admins from whoever's token has ended.
    fn dismiss(&self) {
        let channels = [Channel::Reference, Channel::Overrides];
        for room in self.lines.iter().flat_map(|line| channels.map(|channel| line.room(channel))) {
            for socket in self.io.within(room.clone()).sockets() {
                if !is_admin(&socket) {
                    socket.leave(room.clone());
                    drop(socket.emit(event::ERROR, &stream_error("unauthorized", "the token has ended")));
                }
            }
        }
    }

    async fn answer(&mut self, request: Request) {
        match request {
            Request::Connect(socket) => {
                let hello = Hello {
                    protocol: PROTOCOL,
                    server_time: server_time(),
                    session: self.session.clone(),
                    resume_limit: RESUME_TICKS,
                    trade_resume_limit: RESUME_TRADES,
                };
                drop(socket.emit(event::HELLO, &hello));
            }
            Request::Subscribe { socket, body, ack } => {
                if let Err(error) = self.allow(&socket, &body) {
                    drop(ack.send(&Refused { error }));
                    return;
                }
                // Whoever joins now must not be sent what its history holds already.
                self.flush().await;
                match self.subscribe(&socket, &body) {
                    Ok(subscribed) => drop(ack.send(&subscribed)),
                    Err(error) => drop(ack.send(&Refused { error })),
                }
            }
            Request::Unsubscribe { socket, body, ack } => match self.channels(&body.instrument, &body.channels) {
                Ok((line, channels)) => {
                    for channel in channels {
                        socket.leave(line.room(channel));
                    }
                    drop(ack.send(&Held { channels: line.held(&socket) }));
                }
                Err(error) => drop(ack.send(&Refused { error })),
            },
            Request::Look(look) => {
                let histories: Vec<&History> = self.lines.iter().map(|line| &line.history).collect();
                look(&self.session, &histories);
            }
        }
    }
}

/// Whether a connection belongs to an admin whose token has not ended.
fn is_admin(socket: &SocketRef) -> bool {
    socket.extensions.get::<Identity>().is_some_and(Identity::is_admin)
}

/// Forgets the oldest interventions that are too many: what is over first, then what is hidden, what acts last.
fn forget(overrides: &mut BTreeMap<u64, Override>) {
    let over: [&[State]; 2] = [&[State::Ended, State::Cancelled], &[State::Superseded]];
    for states in over {
        let surplus = overrides.len().saturating_sub(MAX_OVERRIDES);
        let oldest: Vec<u64> = overrides
            .values()
            .filter(|known| states.contains(&known.state))
            .map(|known| known.id)
            .take(surplus)
            .collect();
        for id in oldest {
            overrides.remove(&id);
        }
    }
    while overrides.len() > MAX_OPEN_OVERRIDES {
        overrides.pop_first();
    }
}
