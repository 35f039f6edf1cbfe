//! The service as a whole: the caller owns the sockets and says when to stop.

use std::future::Future;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use gbm_core::engine::{MAX_INTERVENTIONS, Quote, Simulation, Tick};
use gbm_core::journal::{Entry, Journal, JournalError, LineError, RecordError, Recorder, ReplayError, ResumeError};
use gbm_core::market::Market;
use gbm_core::model::Model;
use market_api::clock::Clock;
use market_api::instrument::TickSize;
use market_api::stream::event;
use market_setup::SetupError;
use market_setup::args::{Asked, MarketArgs, Start};
use market_setup::contradiction::Contradiction;
use svc_common::guard::Guard;
use svc_common::serve::{Limits, Listeners, serve};
use svc_common::token::Verifier;
use tokio::sync::mpsc::{channel, unbounded_channel};
use tokio::sync::watch;

use crate::clock::server_time;
use crate::feed::Feed;
use crate::history::{History, Observed};
use crate::jobs::Jobs;
use crate::kept::Kept;
use crate::market::{Market as Task, Ready};
use crate::overrides::Overrides;
use crate::session::{Begun, Disk, new_name};
use crate::store::{DiskSpace, Loaded, Store, StoreError};
use crate::writer::{JournalWriter, Sink};
use crate::{rest, stream};

/// What is published and not yet taken by the feed.
const MAX_PUBLISHED: usize = 64;
/// What clients have after `draining` before their connections are closed.
pub const DRAIN: Duration = Duration::from_millis(200);

/// What a service is started with.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the session is kept, and the key by which tokens are checked.
    pub data_directory: PathBuf,
    /// The market, if no session is there yet; one that is there goes on, unless a flag contradicts it.
    pub market: MarketArgs,
    /// Puts the session that is there away and begins another.
    pub new_session: bool,
    /// The price increment on the wire.
    pub tick_size: TickSize,
    /// What the data directory may grow to.
    pub space: DiskSpace,
}

/// A service that can't start, or stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServiceError {
    /// The data directory can't be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The market asked for can't be.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// A flag contradicts the session that is there.
    #[error("{0}: leave the flag out, or put that session away with --new-session")]
    Contradiction(Contradiction),
    /// The journal is of another value version.
    #[error(
        "{}: {error}; the release of that version reads it (CHANGELOG.md, Values), --new-session puts it away",
        path.display()
    )]
    Version {
        /// The journal.
        path: PathBuf,
        /// The versions.
        error: JournalError,
    },
    /// The journal doesn't give the ticks it says it gave.
    #[error("session.jsonl: {0}; --new-session puts it away")]
    Replay(#[from] ReplayError),
    /// A journal can't be begun.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// A closed journal can't be gone on with.
    #[error("session.jsonl: the session was closed; --new-session puts it away")]
    Ended,
    /// The sockets or the journal's file failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// A session that stands ready, and its data directory, which no other process can use meanwhile.
pub struct Service {
    store: Store,
    ready: Ready,
    sink: Box<dyn Sink>,
    begun: Begun,
}

/// The market that flags ask for, with a word about what may surprise.
fn asked(config: &Config) -> Result<Market<Model>, SetupError> {
    let Asked { market, notes } = config.market.clone().of_stack().market(Start::Now(server_time()))?;
    for note in notes {
        tracing::warn!(note);
    }
    Ok(market)
}

impl Service {
    /// Goes on with the session in the directory, or begins one.
    ///
    /// # Errors
    /// [`ServiceError`] for a directory or journal that can't be used, and for flags that no market can be made from or
    /// that contradict the session.
    pub fn open(config: &Config) -> Result<Self, ServiceError> {
        let store = Store::open(&config.data_directory, config.tick_size)?.with_space(config.space);
        let loaded = store.load();
        if config.new_session {
            // Flags are checked before anything is moved.
            let market = asked(config)?;
            let name = loaded.map(|loaded| loaded.map(|loaded| loaded.journal.header.session));
            if let Some(name) = name.unwrap_or_else(|_| Some(format!("unread-{}", new_name()))) {
                store.archive(&name)?;
            }
            return Self::begin(store, market, &new_name());
        }
        let loaded = loaded.map_err(|error| match error {
            StoreError::Journal { path, error: error @ JournalError { error: LineError::ValueVersion(_), .. } } => {
                ServiceError::Version { path, error }
            }
            error => error.into(),
        })?;
        match loaded {
            None => Self::begin(store, asked(config)?, &new_name()),
            Some(loaded) => {
                if let Some(contradiction) = config.market.contradiction(&loaded.journal.header.market)? {
                    return Err(ServiceError::Contradiction(contradiction));
                }
                Self::go_on(store, loaded)
            }
        }
    }

    /// Goes on with what a store holds.
    ///
    /// # Errors
    /// [`ServiceError`] for a journal that can't be gone on with.
    pub fn go_on(store: Store, mut loaded: Loaded) -> Result<Self, ServiceError> {
        let clock = store.clock()?;
        if let Some(kept) = loaded.kept.take() {
            match Self::resume(&store, clock, &loaded, *kept) {
                Ok((ready, begun)) => return Ok(Self { store, ready, sink: loaded.sink, begun }),
                Err(error) => tracing::warn!(%error, "what was kept can't be used: the whole journal is replayed"),
            }
            loaded = store.load_whole()?.ok_or(ServiceError::Ended)?;
        }
        let (ready, begun) = Self::replay(&store, clock, &loaded)?;
        if ready.recorder.has_ended() {
            return Err(ServiceError::Ended);
        }
        Ok(Self { store, ready, sink: loaded.sink, begun })
    }

    /// Goes on from what was kept.
    fn resume(store: &Store, clock: Clock, loaded: &Loaded, kept: Kept) -> Result<(Ready, Begun), ResumeError> {
        let Kept { checkpoint, overrides, histories, .. } = kept;
        let journal = &loaded.journal;
        let mut state = State::new(store, clock, journal, overrides, histories);
        let recorder = Recorder::resume(journal, checkpoint, |simulation, tick| state.follow(simulation, tick))?;
        Ok(state.finish(recorder, loaded.bytes))
    }

    /// Computes everything again.
    fn replay(store: &Store, clock: Clock, loaded: &Loaded) -> Result<(Ready, Begun), ReplayError> {
        let journal = &loaded.journal;
        let (market, name) = (&journal.header.market, &journal.header.session);
        let begun = Begun::new(market, name, store.tick_size, clock);
        let mut state = State::new(store, clock, journal, begun.overrides(), begun.histories);
        let recorder = Recorder::recover(journal, |simulation, tick| state.follow(simulation, tick))?;
        Ok(state.finish(recorder, loaded.bytes))
    }

    /// Begins the first session of a store, under this name.
    ///
    /// # Errors
    /// [`ServiceError`] for a market or a store that can't be written.
    pub fn begin(store: Store, market: Market<Model>, name: &str) -> Result<Self, ServiceError> {
        // Whatever clock was kept belongs to the session that was here.
        let (mut store, clock) = (store, Clock { running: true, speed: 1.0 });
        store.keep_clock(clock)?;
        let begun = Begun::new(&market, name, store.tick_size, clock);
        let (recorder, header) = Recorder::start_session(market, name)?;
        let sink = store.create(header.as_bytes())?;
        let (overrides, bytes) = (begun.overrides(), header.len() as u64);
        Ok(Self { store, ready: Ready { recorder, session: name.into(), overrides, clock, bytes }, sink, begun })
    }

    /// The session's name.
    pub fn session(&self) -> &str {
        &self.ready.session
    }

    /// What a market is made of: where it is kept, how it stands, where its lines go, and what is told of it.
    pub fn into_parts(self) -> (Store, Ready, Box<dyn Sink>, Begun) {
        (self.store, self.ready, self.sink, self.begun)
    }

    /// Serves REST and Socket.IO until `shutdown` is done; then clients are told to reconnect, and the session rests in
    /// its journal.
    ///
    /// # Errors
    /// [`ServiceError::Io`] if the journal's thread or the sockets fail.
    pub async fn run(
        self,
        listeners: Listeners,
        guard: Guard,
        verifier: Verifier,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), ServiceError> {
        let Self { store, ready, sink, begun } = self;
        let scenarios = store.scenarios();
        let overrides = ready.overrides.last(ready.recorder.simulation(), None, MAX_INTERVENTIONS, false);
        let (written, outcomes) = unbounded_channel();
        let writer = JournalWriter::start(sink, written)?;
        let (publish, published) = channel(MAX_PUBLISHED);
        let (market, market_handle) = Task::new(ready, Box::new(store), writer, outcomes, publish);

        let (know, known) = watch::channel(None);
        let (layer, io) = stream::layer(known, verifier.clone());
        let (feed, feed_handle) = Feed::new(io.clone(), begun, overrides, published);
        know.send_replace(Some(feed_handle.clone()));
        stream::listen(&io);
        let jobs = Jobs::default();
        let state = rest::Rest { feed: feed_handle, market: market_handle, verifier, jobs, scenarios };
        let router = guard.before(rest::router(state).layer(layer));

        let market = tokio::spawn(market.run());
        let feed = tokio::spawn(feed.run());
        let drain = async move {
            shutdown.await;
            // Clients that can't be told will find out by themselves.
            drop(io.emit(event::DRAINING, &()).await);
            tokio::time::sleep(DRAIN).await;
            // The server has no namespaces once it is closed, and nobody may ask it for one then.
            feed.abort();
            drop(feed.await);
            io.close().await;
        };
        serve(listeners, router, Limits::default(), drain).await;
        drop(know);
        market.abort();
        // The tasks have nothing left to say; an aborted one is no error.
        drop(market.await);
        Ok(())
    }
}

/// What is derived from ticks and lines on the way to where a session stands.
struct State {
    begun: Begun,
    overrides: Overrides,
    /// The quotes of the tick that is followed.
    quotes: Vec<Quote>,
}

impl State {
    fn new(
        store: &Store,
        clock: Clock,
        journal: &Journal<Model>,
        mut overrides: Overrides,
        histories: Vec<History>,
    ) -> Self {
        let (market, name) = (&journal.header.market, &journal.header.session);
        let mut begun = Begun::new(market, name, store.tick_size, clock);
        begun.histories = histories;
        for line in &journal.lines {
            if let Entry::Command(line) = &line.entry {
                overrides.add(line.clone());
            }
        }
        Self { begun, overrides, quotes: Vec::new() }
    }

    fn follow(&mut self, simulation: &Simulation<Model>, tick: Tick) {
        let quote = Quote { price: tick.price, reference: tick.reference, is_halted: tick.is_halted };
        if let Some(history) = self.begun.histories.get_mut(tick.instrument) {
            history.push(&Observed::on(simulation, tick.instrument, quote));
        }
        self.quotes.push(quote);
        if self.quotes.len() == self.begun.histories.len() {
            self.overrides.follow(simulation, &self.quotes);
            self.quotes.clear();
        }
    }

    fn finish(self, recorder: Recorder<Model>, bytes: u64) -> (Ready, Begun) {
        let Self { mut begun, mut overrides, .. } = self;
        begun.look();
        // What happened before the start was told, or is told to whoever subscribes.
        overrides.take_changed(recorder.simulation());
        let (session, clock) = (begun.session.session.clone(), begun.session.clock);
        (Ready { recorder, session, overrides, clock, bytes }, begun)
    }
}
