//! A session: what is told of it, and where it is kept.

use std::fs::File;
use std::io;

use gbm_core::engine::Quote;
use gbm_core::market::Market;
use gbm_core::model::{Model, Preset};
use market_api::clock::Clock;
use market_api::instrument::{Instrument, LOT_SIZE, TickSize};
use market_api::session::Session;

use crate::clock::server_time;
use crate::history::History;
use crate::kept::{KEEP_EVERY, Standing};
use crate::overrides::Overrides;
use crate::wire;
use crate::writer::Sink;

/// Writes how a session stands, with the history that belongs to it.
pub type Keep = Box<dyn FnOnce(Standing, Vec<History>) -> io::Result<()> + Send>;

/// Why a session couldn't begin.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BeginError {
    /// The disk failed; the session before is where it was.
    #[error(transparent)]
    Undone(#[from] io::Error),
    /// The disk failed, and failed again when the journal of the session before was put back: until it is
    /// [restored](Disk::restore), the next start may find the session that was to begin.
    #[error("the journal has lost its place: {0}")]
    Displaced(io::Error),
}

/// Where sessions are kept, one at a time.
pub trait Disk: Send + Sync + 'static {
    /// Puts the journal of the session `ended` away and begins another with this header.
    ///
    /// # Errors
    /// [`BeginError::Undone`] if the disk fails and nothing has changed, [`BeginError::Displaced`] if that can't be said.
    fn begin(&mut self, ended: &str, header: &[u8]) -> Result<Box<dyn Sink>, BeginError>;

    /// Puts back the journal that [`Disk::begin`] has displaced, if it has; the next start finds it then.
    ///
    /// # Errors
    /// Those of the disk; it may be called again.
    fn restore(&mut self) -> io::Result<()>;

    /// What the next session is called.
    fn new_name(&self) -> String {
        new_name()
    }

    /// Keeps the clock for the next start.
    ///
    /// # Errors
    /// Those of the disk.
    fn keep_clock(&mut self, clock: Clock) -> io::Result<()>;

    /// How to keep, off the task, what a restart needn't compute again.
    fn keep(&self) -> Keep;

    /// Ticks and lines after which another one is worth its while.
    fn keep_every(&self) -> u64 {
        KEEP_EVERY
    }

    /// The journal, to be read.
    ///
    /// # Errors
    /// Those of the disk.
    fn journal(&self) -> io::Result<File>;

    /// The length at which a journal is rewritten without what has been overtaken.
    fn max_journal_bytes(&self) -> u64;

    /// The price increment on the wire.
    fn tick_size(&self) -> TickSize;
}

/// A session at its first tick, as clients are told of it.
#[derive(Clone, Debug)]
pub struct Begun {
    /// What anyone may know.
    pub session: Session,
    /// What they may be told of each of its instruments.
    pub histories: Vec<History>,
    tick_size: TickSize,
    spots: Vec<Quote>,
}

impl Begun {
    /// A market under a session's name, before its first tick.
    pub fn new(market: &Market<Model>, name: &str, tick_size: TickSize, clock: Clock) -> Self {
        let instruments = market.instruments().iter().map(|instrument| {
            let (base, quote) = instrument.name.split_once('-').unwrap_or((&instrument.name, ""));
            Instrument {
                id: instrument.name.clone(),
                base: base.into(),
                quote: quote.into(),
                tick_size,
                lot_size: LOT_SIZE,
                model: instrument.model.name().into(),
                preset: Preset::of(&instrument.model).map(|preset| preset.name().into()),
                halted: false,
                book: wire::book(&instrument.book),
            }
        });
        let session = Session {
            session: name.into(),
            practice: market.seed().is_guessable(),
            start_time: market.grid().start_time_ms(),
            tick_interval_ms: market.grid().tick_interval_ms(),
            tick: 0,
            seq: 0,
            halted: false,
            clock,
            instruments: instruments.collect(),
        };
        let spot = |instrument: &gbm_core::market::Instrument<Model>| {
            let price = instrument.spot.get();
            Quote { price, reference: price, is_halted: false }
        };
        let spots = market.instruments().iter().map(spot).collect();
        Self { session, histories: History::of_market(market, name, tick_size), tick_size, spots }
    }

    /// Tells how far its histories are.
    pub fn look(&mut self) {
        tell(&mut self.session, self.histories.iter());
    }

    /// Its interventions: none.
    pub fn overrides(&self) -> Overrides {
        Overrides::new(self.tick_size, self.spots.clone())
    }
}

/// How far a session is, by its histories.
pub(crate) fn tell<'a>(session: &mut Session, histories: impl Iterator<Item = &'a History> + Clone) {
    if let Some(first) = histories.clone().next() {
        (session.tick, session.seq, session.halted) = (first.tick(), first.seq(), first.is_halted());
    }
    for (instrument, history) in session.instruments.iter_mut().zip(histories) {
        instrument.halted = history.is_halted();
    }
}

/// A new session's name: the time in hexadecimal, so that names sort, and 24 random bits, so that they differ.
pub fn new_name() -> String {
    // Without randomness two sessions of one millisecond would share a name; nothing else hangs on it.
    let random = getrandom::u32().unwrap_or_default() >> 8;
    format!("{:011x}{random:06x}", server_time())
}
