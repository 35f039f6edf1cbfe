//! A market on a disk that tests can watch, break and copy.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gbm_core::engine::Quote;
use gbm_core::intervention::Accepted;
use gbm_core::journal::{self, Entry, Journal, Recorder, Replay};
use gbm_core::prelude::*;
use market_data_svc::market::{Market as Task, MarketHandle, Published};
use market_data_svc::writer::{JournalWriter, Sink};
use tokio::sync::mpsc::{channel, unbounded_channel};
use tokio::task::JoinHandle;

#[derive(Debug, Default)]
struct Contents {
    bytes: Vec<u8>,
    broken: bool,
    /// What a broken disk still takes of a line before it fails.
    takes: usize,
    /// What was taken can't be cut off again either.
    stuck: bool,
    syncs: usize,
}

/// A disk in memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Disk(Arc<Mutex<Contents>>);

impl Disk {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().bytes.clone()
    }

    pub(crate) fn syncs(&self) -> usize {
        self.0.lock().unwrap().syncs
    }

    pub(crate) fn set_broken(&self, broken: bool) {
        self.0.lock().unwrap().broken = broken;
    }

    /// A disk that takes every byte and then fails to sync, and may not even let them be cut off.
    pub(crate) fn fail_after_taking_all(&self, stuck: bool) {
        let mut contents = self.0.lock().unwrap();
        (contents.broken, contents.takes, contents.stuck) = (true, usize::MAX / 2, stuck);
    }

    pub(crate) fn unstick(&self) {
        self.0.lock().unwrap().stuck = false;
    }
}

struct DiskSink {
    disk: Disk,
    good: usize,
    sync_takes: Duration,
}

impl Sink for DiskSink {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        std::thread::sleep(self.sync_takes);
        let mut contents = self.disk.0.lock().unwrap();
        if contents.broken {
            let takes = contents.takes.min(bytes.len());
            contents.bytes.extend_from_slice(&bytes[..takes]);
            if contents.takes < 200 {
                contents.takes = (contents.takes + 37) % 200;
            }
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        contents.bytes.extend_from_slice(bytes);
        contents.syncs += 1;
        self.good = contents.bytes.len();
        Ok(())
    }

    fn cut(&mut self) -> io::Result<()> {
        let mut contents = self.disk.0.lock().unwrap();
        if contents.stuck {
            return Err(io::Error::other("stuck"));
        }
        contents.bytes.truncate(self.good);
        Ok(())
    }
}

/// A running market, and what it has published.
pub(crate) struct Running {
    pub(crate) handle: MarketHandle,
    pub(crate) disk: Disk,
    pub(crate) seen: Arc<Mutex<Vec<Quote>>>,
    tasks: [JoinHandle<()>; 2],
}

pub(crate) fn market(seed: u64, interval_ms: u64) -> Market<Model> {
    let btc = Instrument {
        name: "BTC-USD".into(),
        asset: 0,
        spot: Price::new(100_000.0).unwrap(),
        model: Gbm::new(0.5, 0.8).unwrap().into(),
        book: Book::btc(),
    };
    Market::new(Seed::from(seed), TimeGrid::new(0, interval_ms).unwrap(), vec![btc], None).unwrap()
}

impl Running {
    pub(crate) fn new(seed: u64, interval_ms: u64, sync_takes: Duration) -> Self {
        let (recorder, header) = Recorder::start_session(market(seed, interval_ms), "test").unwrap();
        let disk = Disk::default();
        disk.0.lock().unwrap().bytes = header.into_bytes();
        Self::on(recorder, disk, Vec::new(), sync_takes)
    }

    /// Goes on with a copy of a disk, as a process does that starts after a crash.
    pub(crate) fn recovered(bytes: &[u8]) -> (Self, Vec<Quote>) {
        let journal = read(bytes);
        let whole = journal.torn.map_or(bytes.len(), |torn| torn.offset);
        let mut seen = Vec::new();
        let recorder =
            Recorder::recover(&journal, |_, Tick { price, reference, .. }| seen.push(Quote { price, reference })).unwrap();
        let disk = Disk::default();
        disk.0.lock().unwrap().bytes = bytes[..whole].to_vec();
        (Self::on(recorder, disk, seen.clone(), Duration::ZERO), seen)
    }

    fn on(recorder: Recorder<Model>, disk: Disk, seen: Vec<Quote>, sync_takes: Duration) -> Self {
        let (written, outcomes) = unbounded_channel();
        let good = disk.bytes().len();
        let writer = JournalWriter::start(DiskSink { disk: disk.clone(), good, sync_takes }, written).unwrap();
        let (publish, mut published) = channel::<Published>(64);
        let (task, handle) = Task::new(recorder, writer, outcomes, publish);
        let seen = Arc::new(Mutex::new(seen));
        let collected = seen.clone();
        let collect = tokio::spawn(async move {
            while let Some(batch) = published.recv().await {
                let mut seen = collected.lock().unwrap();
                assert_eq!(batch.first, seen.len() as u64 + 1, "no hole and no overlap");
                seen.extend(batch.quotes);
            }
        });
        Self { handle, disk, seen, tasks: [tokio::spawn(task.run()), collect] }
    }

    pub(crate) fn ticks(&self) -> usize {
        self.seen.lock().unwrap().len()
    }

    /// Lets the market stop and gives its disk and everything it has published.
    pub(crate) async fn stop(self) -> (Vec<u8>, Vec<Quote>) {
        drop(self.handle);
        for task in self.tasks {
            task.await.unwrap();
        }
        let seen = self.seen.lock().unwrap().clone();
        (self.disk.bytes(), seen)
    }
}

pub(crate) fn read(bytes: &[u8]) -> Journal<Model> {
    journal::read(bytes).unwrap_or_else(|error| panic!("{error}"))
}

/// The interventions of a journal.
pub(crate) fn commands(journal: &Journal<Model>) -> Vec<Accepted> {
    let commands = journal.lines.iter().filter_map(|line| match &line.entry {
        Entry::Command(command) => Some(command.intervention.clone()),
        _ => None,
    });
    commands.collect()
}

/// Recomputes a journal: what was seen is its beginning, and each acknowledged command stands in it once.
#[track_caller]
pub(crate) fn holds(bytes: &[u8], seen: &[Quote], acknowledged: &[Accepted]) {
    let journal = read(bytes);
    let quotes: Vec<Quote> = Replay::new(&journal)
        .map(|tick| tick.unwrap())
        .map(|Tick { price, reference, .. }| Quote { price, reference })
        .collect();
    assert!(quotes.len() >= seen.len(), "{} ticks were published, {} are in the journal", seen.len(), quotes.len());
    assert!(quotes[..seen.len()] == *seen, "a published tick is contradicted");
    let commands = commands(&journal);
    for accepted in acknowledged {
        assert_eq!(commands.iter().filter(|found| *found == accepted).count(), 1, "{accepted:?}");
    }
}

pub(crate) fn shock(log_return: f64) -> Command {
    let shock = Shock {
        log_return: LogReturn::new(log_return).unwrap(),
        permanent_fraction: Fraction::new(1.0).unwrap(),
        half_life_s: None,
    };
    Command::now(Intervention::Shock(shock))
}
