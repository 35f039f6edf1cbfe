//! The service as a whole: the caller owns the socket and says when to stop.

use std::future::Future;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use gbm_core::engine::Quote;
use gbm_core::journal::{RecordError, Recorder, ReplayError};
use gbm_core::market::Market;
use gbm_core::model::Model;
use market_api::instrument::{Instrument, TickSize};
use market_api::session::Session;
use market_api::stream::event;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{channel, unbounded_channel};
use tokio::sync::watch;

use crate::feed::Feed;
use crate::history::History;
use crate::market::{Market as Task, MarketHandle};
use crate::store::{Store, StoreError};
use crate::writer::{FileSink, JournalWriter, Sink};
use crate::{rest, stream};

/// Batches of ticks that may wait for the feed.
const MAX_PUBLISHED: usize = 64;
/// What clients have after `draining` before their connections are closed.
pub const DRAIN: Duration = Duration::from_millis(200);

/// What a service is started with.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the session is kept.
    pub data_directory: PathBuf,
    /// The market, if no session is there yet; one that is there goes on.
    pub market: Market<Model>,
    /// The name of a new session.
    pub session: String,
    /// The price increment on the wire.
    pub tick_size: TickSize,
}

/// A service that can't start, or stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServiceError {
    /// The data directory can't be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The journal doesn't give the ticks it says it gave.
    #[error("session.jsonl: {0}")]
    Replay(#[from] ReplayError),
    /// A journal can't be begun.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// A closed journal can't be gone on with.
    #[error("session.jsonl: the session was closed")]
    Ended,
    /// The socket or the journal's file failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// A session that stands ready: its recorder, its file, and what clients may be told of it.
struct Opened {
    recorder: Recorder<Model>,
    sink: FileSink,
    session: Session,
    history: History,
}

/// Goes on with the session in the directory, or begins one.
fn open(store: &Store, config: &Config) -> Result<Opened, ServiceError> {
    let describe = |market: &Market<Model>, name: &str| {
        let session = describe(market, name, config.tick_size);
        let id = session.instruments.first().map_or("", |instrument| instrument.id.as_str());
        let history = History::new(id, name, market.grid(), config.tick_size);
        (session, history)
    };
    if let Some((journal, file)) = store.load()? {
        let (mut session, mut history) = describe(&journal.header.market, &journal.header.session);
        let recorder = Recorder::recover(&journal, |tick| {
            if tick.instrument == 0 {
                history.push(Quote { price: tick.price, reference: tick.reference });
            }
        })?;
        if recorder.has_ended() {
            return Err(ServiceError::Ended);
        }
        (session.tick, session.seq) = (history.seq(), history.seq());
        return Ok(Opened { recorder, sink: FileSink::new(file)?, session, history });
    }
    let (session, history) = describe(&config.market, &config.session);
    let (recorder, header) = Recorder::start_session(config.market.clone(), &config.session)?;
    let mut sink = FileSink::new(store.create()?)?;
    sink.append(header.as_bytes())?;
    Ok(Opened { recorder, sink, session, history })
}

fn describe(market: &Market<Model>, session: &str, tick_size: TickSize) -> Session {
    let instruments = market.instruments().iter().map(|instrument| {
        let (base, quote) = instrument.name.split_once('-').unwrap_or((&instrument.name, ""));
        Instrument {
            id: instrument.name.clone(),
            base: base.into(),
            quote: quote.into(),
            tick_size,
            model: instrument.model.name().into(),
        }
    });
    Session {
        session: session.into(),
        practice: market.seed().is_guessable(),
        start_time: market.grid().start_time_ms(),
        tick_interval_ms: market.grid().tick_interval_ms(),
        tick: 0,
        seq: 0,
        instruments: instruments.collect(),
    }
}

/// Serves REST and Socket.IO on the listener until `shutdown` is done; then clients are told to reconnect, and the
/// session rests in its journal. `ready` is given the way to the market once it runs.
///
/// # Errors
/// [`ServiceError`] for a data directory or journal that can't be used, or a socket that fails.
pub async fn run(
    listener: TcpListener,
    config: Config,
    ready: impl FnOnce(MarketHandle),
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServiceError> {
    let store = Store::open(&config.data_directory)?;
    let Opened { recorder, sink, session, history } = open(&store, &config)?;
    let (written, outcomes) = unbounded_channel();
    let writer = JournalWriter::start(sink, written)?;
    let (publish, published) = channel(MAX_PUBLISHED);
    let (market, handle) = Task::new(recorder, writer, outcomes, publish);

    let (know, known) = watch::channel(None);
    let (layer, io) = stream::layer(known);
    let id = session.instruments.first().map(|instrument| instrument.id.clone()).unwrap_or_default();
    let (feed, feed_handle) = Feed::new(io.clone(), session, &id, history, published);
    know.send_replace(Some(feed_handle.clone()));
    stream::listen(&io);
    let router = rest::router(feed_handle).layer(layer);

    let market = tokio::spawn(market.run());
    let feed = tokio::spawn(feed.run());
    ready(handle.clone());
    let drain = async move {
        shutdown.await;
        // Clients that can't be told will find out by themselves.
        drop(io.emit(event::DRAINING, &()).await);
        tokio::time::sleep(DRAIN).await;
        io.close().await;
    };
    axum::serve(listener, router).with_graceful_shutdown(drain).await?;
    drop((handle, know));
    market.abort();
    // The tasks have nothing left to say; an aborted one is no error.
    drop(market.await);
    drop(feed.await);
    Ok(())
}
