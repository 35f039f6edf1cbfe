//! What stands in the place of the service's thread, its store's names and its faults.

use std::io;
use std::sync::mpsc::{Receiver as Lines, TryRecvError};
use std::sync::{Arc, Mutex};

use market_api::clock::Clock;
use market_api::instrument::TickSize;
use market_data_svc::session::{BeginError, Disk, Keep};
use market_data_svc::store::Store;
use market_data_svc::writer::{Appender, Ended, Sink, Worker};

use super::faults::Planted;

/// What a worker has to do, until it has ended.
type Work = Arc<Mutex<Option<(Appender, Lines<market_data_svc::writer::Lines>)>>>;

/// Where the newest worker works when the scheduler says so; one before it ends while it is waited for.
#[derive(Clone, Default)]
pub(super) struct Bench {
    newest: Arc<Mutex<Work>>,
    planted: Option<Planted>,
}

impl Bench {
    pub(super) fn new(planted: Option<Planted>) -> Self {
        Self { planted, ..Self::default() }
    }

    pub(super) fn step(&self) -> bool {
        let newest = self.newest.lock().unwrap().clone();
        step(&newest, self.planted)
    }
}

impl Worker for Bench {
    fn start(&self, appender: Appender, lines: Lines<market_data_svc::writer::Lines>) -> io::Result<Ended> {
        let (work, planted) = (Arc::new(Mutex::new(Some((appender, lines)))), self.planted);
        *self.newest.lock().unwrap() = work.clone();
        Ok(Box::new(move || while step(&work, planted) {}))
    }
}

/// One group of lines, as the thread takes them; `false` if there is nothing to do.
fn step(work: &Work, planted: Option<Planted>) -> bool {
    let mut place = work.lock().unwrap();
    let Some((appender, lines)) = place.as_mut() else { return false };
    let first = match lines.try_recv() {
        Ok(first) => Some(first),
        Err(TryRecvError::Empty) if appender.rest().is_some() => None,
        Err(TryRecvError::Empty) => return false,
        Err(TryRecvError::Disconnected) => {
            *place = None;
            return false;
        }
    };
    let gathered = first.map(|first| first.with_gathered(lines));
    let gathered = gathered.map(|lines| match planted {
        Some(planted) => planted.lines(lines, appender.failed_epoch()),
        None => lines,
    });
    if !appender.take(gathered) {
        *place = None;
    }
    true
}

/// The store, with names that the run gives.
pub(super) struct Cabinet {
    pub(super) store: Store,
    pub(super) keep_every: u64,
    pub(super) names: Arc<Mutex<Vec<String>>>,
    pub(super) planted: Option<Planted>,
}

impl Disk for Cabinet {
    fn begin(&mut self, ended: &str, header: &[u8]) -> Result<Box<dyn Sink>, BeginError> {
        let sink = self.store.begin(ended, header)?;
        Ok(faulty(sink, self.planted))
    }

    fn new_name(&self) -> String {
        new_name(&self.names)
    }

    fn restore(&mut self) -> io::Result<()> {
        self.store.restore()
    }

    fn keep_clock(&mut self, clock: Clock) -> io::Result<()> {
        self.store.keep_clock(clock)
    }

    fn keep(&self) -> Keep {
        self.store.keep()
    }

    fn journal(&self) -> io::Result<std::fs::File> {
        Err(io::Error::from(io::ErrorKind::Unsupported))
    }

    fn keep_every(&self) -> u64 {
        self.keep_every
    }

    fn max_journal_bytes(&self) -> u64 {
        self.store.max_journal_bytes()
    }

    fn tick_size(&self) -> TickSize {
        self.store.tick_size()
    }
}

pub(super) fn faulty(sink: Box<dyn Sink>, planted: Option<Planted>) -> Box<dyn Sink> {
    match planted {
        Some(planted) => planted.sink(sink),
        None => sink,
    }
}

pub(super) fn new_name(names: &Mutex<Vec<String>>) -> String {
    let mut names = names.lock().unwrap();
    let name = format!("s-{:06}", names.len() + 1);
    names.push(name.clone());
    name
}
