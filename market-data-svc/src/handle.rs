//! The way to the market's task: what it can be asked, and why it may refuse.

use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};

use gbm_core::engine::{MAX_INTERVENTIONS, Quote, Simulation};
use gbm_core::intervention::{Accepted, Command};
use gbm_core::journal::{Digest, Journal, RecordError};
use gbm_core::market::Market;
use gbm_core::model::Model;
use market_api::clock::{Clock, ClockChange};
use market_api::session::Session;
use scenario::{Overrides, Scenario, ScenarioError};
use tokio::sync::mpsc::Sender;
use tokio::sync::oneshot;

use crate::clock::SpeedError;
use crate::overrides::Overrides as Interventions;

/// Requests that may wait for the task; one more is refused.
pub const MAX_REQUESTS: usize = 1024;
/// The most interventions released by one request.
pub const MAX_RELEASED: usize = 2000;
/// Of a session's interventions, those that may be there for one more to be a `meta_order`.
pub const MAX_META_ORDERS: usize = MAX_INTERVENTIONS / 10 * 9;

/// A request that was not done. Nothing has changed, or, after [`MarketError::Unsure`], nothing will have.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MarketError {
    /// The command is refused.
    #[error(transparent)]
    Refused(#[from] RecordError),
    /// The speed is out of range.
    #[error(transparent)]
    Speed(#[from] SpeedError),
    /// More than one request may release.
    #[error("interventions = {0} are open: at most {MAX_RELEASED} can be released at once, so begin a new session")]
    TooMany(usize),
    /// The scenario can't be run here.
    #[error(transparent)]
    Scenario(Box<ScenarioError>),
    /// Nothing of a run is scheduled or acts.
    #[error("run = {0}: nothing of it is scheduled or acts")]
    NoRun(u64),
    /// Another session is meant.
    #[error("session = {asked:?} doesn't run: {here:?} does")]
    OtherSession {
        /// The one that is meant.
        asked: String,
        /// The one that runs.
        here: String,
    },
    /// The rest of a session's interventions is for other kinds.
    #[error("interventions = {MAX_META_ORDERS} or more: a meta_order is none of the last {}", MAX_INTERVENTIONS - MAX_META_ORDERS)]
    MetaOrders,
    /// The request's key names another one.
    #[error("Idempotency-Key was used for another request")]
    KeyTaken,
    /// The journal can't be written now.
    #[error("the journal can't be written: {0}")]
    Disk(String),
    /// The journal can't be written, and the request's lines can't be cut off yet: only a crash until then would bring them
    /// back.
    #[error("the journal can't be written, nor the request taken back yet: {0}")]
    Unsure(String),
    /// Too much is waiting.
    #[error("busy: {0} requests are waiting")]
    Busy(usize),
    /// The task has ended.
    #[error("the market has stopped")]
    Stopped,
}

/// A command with where it comes from.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What to do.
    pub command: Command,
    /// Who asks.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// The request's name for its sender, empty if it has none: a repetition has one effect and one answer.
    pub key: String,
    /// The session that is meant, if no other is.
    pub session: Option<String>,
}

/// A scenario to be run.
#[derive(Clone, Debug)]
pub struct Play {
    /// The scenario.
    pub scenario: Scenario,
    /// Its parameters, where they are to be others.
    pub parameters: Overrides,
    /// The instrument.
    pub instrument: String,
    /// The tick on which it begins; the first one that a command can have if absent.
    pub tick: Option<u64>,
    /// Who asks.
    pub actor: String,
    /// The request's name for its sender, empty if it has none.
    pub key: String,
}

/// The name that a request has for its sender, and a number of what it asks for: the same name for something else is a conflict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Key {
    /// Empty if it has none.
    pub name: String,
    /// The same for a repetition within one process.
    pub asked: u64,
}

impl Key {
    /// The key of a request for `asked`.
    pub fn new(name: impl Into<String>, asked: impl Hash) -> Self {
        let mut hasher = DefaultHasher::new();
        asked.hash(&mut hasher);
        Self { name: name.into(), asked: hasher.finish() }
    }
}

/// What a session begins with.
#[derive(Clone, Debug)]
pub enum Opening {
    /// A market.
    Market(Box<Market<Model>>),
    /// All interventions of another session, which it replays.
    Replay(Box<Journal<Model>>),
}

impl Opening {
    /// The session's market.
    pub fn market(&self) -> &Market<Model> {
        match self {
            Self::Market(market) => market,
            Self::Replay(journal) => &journal.header.market,
        }
    }
}

/// An intervention that is on the disk, with the time of its tick.
#[derive(Clone, Debug, PartialEq)]
pub struct Acted {
    /// The intervention.
    pub accepted: Accepted,
    /// Its tick's time, Unix milliseconds of simulated time.
    pub time_ms: i64,
}

/// How the market stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Status {
    /// The clock.
    pub clock: Clock,
    /// The last tick published.
    pub tick: u64,
    /// The watermark.
    pub through: u64,
    /// Ticks published in the last whole second.
    pub ticks_per_second: u64,
    /// The 99th percentile of how late the last ticks were, milliseconds.
    pub lateness_p99_ms: f64,
    /// Why the journal can't be written, while it can't.
    pub stalled: Option<String>,
}

/// A copy of the journal as it is on the disk, closed: the file's first bytes, then the end line.
#[derive(Debug)]
pub struct JournalCopy {
    /// The journal's file, which goes on growing.
    pub file: File,
    /// How much of it belongs to the copy.
    pub bytes: u64,
    /// What comes after.
    pub end: String,
}

/// The market between two ticks.
#[derive(Debug)]
pub struct View<'a> {
    /// The simulation.
    pub simulation: &'a Simulation<Model>,
    /// Its interventions.
    pub overrides: &'a Interventions,
    /// The last tick's quotes; the spots before the first.
    pub quotes: &'a [Quote],
    /// The digest of all ticks so far.
    pub digest: Digest,
    /// The session's name.
    pub session: &'a str,
    /// The tick on which a command would act that names none.
    pub command_tick: u64,
}

pub(crate) type Reply<T> = oneshot::Sender<Result<T, MarketError>>;
type Look = Box<dyn FnOnce(&View<'_>) + Send>;

/// What the task is asked for.
pub(crate) enum Request {
    Intervene { asked: Box<Asked>, reply: Reply<Acted> },
    ReleaseAll { instrument: String, run: Option<u64>, actor: String, key: String, reply: Reply<Vec<Acted>> },
    Play { play: Box<Play>, reply: Reply<Vec<Acted>> },
    Clock { change: ClockChange, reply: Reply<Status> },
    Begin { opening: Opening, clock: Clock, key: Key, reply: Reply<(Session, String)> },
    Journal(Reply<JournalCopy>),
    Look(Look),
}

/// The way to the task. Cheap to clone.
#[derive(Clone, Debug)]
pub struct MarketHandle(pub(crate) Sender<Request>);

impl MarketHandle {
    /// Asks for an intervention; the answer comes when it is on the disk, and names the tick on which it acts.
    ///
    /// # Errors
    /// [`MarketError`]; nothing has changed then.
    pub async fn intervene(&self, asked: Asked) -> Result<Acted, MarketError> {
        self.ask(|reply| Request::Intervene { asked: Box::new(asked), reply }).await
    }

    /// Cancels everything that is scheduled or acts on an instrument, all on one tick. A key makes a repetition the same request.
    ///
    /// # Errors
    /// [`MarketError`]; nothing has changed then.
    pub async fn release_all(&self, instrument: &str, actor: &str, key: &str) -> Result<Vec<Acted>, MarketError> {
        let (instrument, actor, key) = (instrument.into(), actor.into(), key.into());
        self.ask(|reply| Request::ReleaseAll { instrument, run: None, actor, key, reply }).await
    }

    /// The same of what one run of a scenario has left.
    ///
    /// # Errors
    /// [`MarketError::NoRun`] if that is nothing.
    pub async fn stop_run(
        &self,
        instrument: &str,
        run: u64,
        actor: &str,
        key: &str,
    ) -> Result<Vec<Acted>, MarketError> {
        let (instrument, actor, key) = (instrument.into(), actor.into(), key.into());
        self.ask(|reply| Request::ReleaseAll { instrument, run: Some(run), actor, key, reply }).await
    }

    /// Runs a scenario: every intervention of it is accepted, or none. A key makes a repetition the same request.
    ///
    /// # Errors
    /// [`MarketError::Scenario`], by which it is refused; nothing has changed then.
    pub async fn play(&self, play: Play) -> Result<Vec<Acted>, MarketError> {
        self.ask(|reply| Request::Play { play: Box::new(play), reply }).await
    }

    /// Changes the clock, or nothing; gives how the market stands afterwards.
    ///
    /// # Errors
    /// [`MarketError::Speed`] for a speed out of range, [`MarketError::Disk`] if it can't be kept.
    pub async fn clock(&self, change: ClockChange) -> Result<Status, MarketError> {
        self.ask(|reply| Request::Clock { change, reply }).await
    }

    /// Ends the session, puts its journal away, and begins another; gives what is told of it, and its seed. A key makes a
    /// repetition the same request.
    ///
    /// # Errors
    /// [`MarketError::Disk`] if the new journal can't be begun; the old session goes on then.
    pub async fn begin(&self, opening: Opening, clock: Clock, key: Key) -> Result<(Session, String), MarketError> {
        self.ask(|reply| Request::Begin { opening, clock, key, reply }).await
    }

    /// The journal as it is on the disk.
    ///
    /// # Errors
    /// [`MarketError::Disk`] if it can't be read.
    pub async fn journal(&self) -> Result<JournalCopy, MarketError> {
        self.ask(Request::Journal).await
    }

    /// Looks at the market as it stands between two ticks.
    ///
    /// # Errors
    /// [`MarketError::Busy`], [`MarketError::Stopped`].
    pub async fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce(&View<'_>) -> T + Send + 'static,
    ) -> Result<T, MarketError> {
        self.ask(|reply| Request::Look(Box::new(move |view| drop(reply.send(Ok(look(view))))))).await
    }

    async fn ask<T>(&self, request: impl FnOnce(Reply<T>) -> Request) -> Result<T, MarketError> {
        use tokio::sync::mpsc::error::TrySendError;
        let (reply, answer) = oneshot::channel();
        self.0.try_send(request(reply)).map_err(|error| match error {
            TrySendError::Full(_) => MarketError::Busy(MAX_REQUESTS),
            TrySendError::Closed(_) => MarketError::Stopped,
        })?;
        answer.await.unwrap_or(Err(MarketError::Stopped))
    }
}
