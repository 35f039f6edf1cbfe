//! A market on a disk that tests can watch, break and copy.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gbm_core::engine::Quote;
use gbm_core::intervention::Accepted;
use gbm_core::journal::{self, CommandLine, Entry, Journal, Recorder, Replay};
use gbm_core::prelude::*;
use market_api::clock::Clock;
use market_api::instrument::TickSize;
use market_api::intervention::Override;
use market_data_svc::handle::{Asked, MarketError, MarketHandle};
use market_data_svc::market::{Market as Task, Published, Ready};
use market_data_svc::session::{BeginError, Begun, Disk as Kept, Keep};
use market_data_svc::writer::{JournalWriter, Sink};
use tokio::sync::mpsc::{channel, unbounded_channel};
use tokio::task::JoinHandle;

#[derive(Debug, Default)]
struct Contents {
    /// One journal for each session, the current one last.
    files: Vec<Vec<u8>>,
    broken: bool,
    /// What a broken disk still takes of a line before it fails.
    takes: usize,
    /// What was taken can't be cut off again either.
    stuck: bool,
    /// A session that can't begin can't be undone either.
    displaces: bool,
    /// What was written at once.
    appends: Vec<Vec<u8>>,
}

/// A disk in memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Disk(Arc<Mutex<Contents>>);

impl Disk {
    fn holding(bytes: Vec<u8>) -> Self {
        Self(Arc::new(Mutex::new(Contents { files: vec![bytes], ..Contents::default() })))
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().files.last().unwrap().clone()
    }

    pub(crate) fn syncs(&self) -> usize {
        self.0.lock().unwrap().appends.len()
    }

    /// What was written and synced at once, from the first time on.
    pub(crate) fn appends(&self) -> Vec<Vec<u8>> {
        self.0.lock().unwrap().appends.clone()
    }

    /// The journals of sessions that have ended.
    pub(crate) fn ended(&self) -> Vec<Vec<u8>> {
        let files = self.0.lock().unwrap().files.clone();
        files[..files.len() - 1].to_vec()
    }

    pub(crate) fn set_broken(&self, broken: bool) {
        self.0.lock().unwrap().broken = broken;
    }

    /// A disk that takes every byte and then fails to sync, and may not even let them be cut off.
    pub(crate) fn fail_after_taking_all(&self, stuck: bool) {
        let mut contents = self.0.lock().unwrap();
        (contents.broken, contents.takes, contents.stuck) = (true, usize::MAX / 2, stuck);
    }

    pub(crate) fn set_displacing(&self, displaces: bool) {
        self.0.lock().unwrap().displaces = displaces;
    }

    pub(crate) fn unstick(&self) {
        self.0.lock().unwrap().stuck = false;
    }
}

impl Kept for Disk {
    fn begin(&mut self, _: &str, header: &[u8]) -> Result<Box<dyn Sink>, BeginError> {
        let mut contents = self.0.lock().unwrap();
        if contents.displaces {
            return Err(BeginError::Displaced(io::ErrorKind::StorageFull.into()));
        }
        if contents.broken {
            return Err(io::Error::from(io::ErrorKind::StorageFull).into());
        }
        contents.files.push(header.to_vec());
        let file = contents.files.len() - 1;
        Ok(Box::new(DiskSink { disk: self.clone(), file, good: header.len(), sync_takes: Duration::ZERO }))
    }

    fn restore(&mut self) -> io::Result<()> {
        if self.0.lock().unwrap().displaces { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn keep_clock(&mut self, _: Clock) -> io::Result<()> {
        if self.0.lock().unwrap().broken { Err(io::Error::from(io::ErrorKind::StorageFull)) } else { Ok(()) }
    }

    fn keep(&self) -> Keep {
        Box::new(|_, _| Ok(()))
    }

    fn journal(&self) -> io::Result<std::fs::File> {
        Err(io::Error::from(io::ErrorKind::Unsupported))
    }

    fn max_journal_bytes(&self) -> u64 {
        u64::MAX
    }

    fn tick_size(&self) -> TickSize {
        TickSize::new(1, 2).unwrap()
    }
}

struct DiskSink {
    disk: Disk,
    file: usize,
    good: usize,
    sync_takes: Duration,
}

impl Sink for DiskSink {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        std::thread::sleep(self.sync_takes);
        let mut contents = self.disk.0.lock().unwrap();
        if contents.broken {
            let takes = contents.takes.min(bytes.len());
            contents.files[self.file].extend_from_slice(&bytes[..takes]);
            if contents.takes < 200 {
                contents.takes = (contents.takes + 37) % 200;
            }
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        contents.files[self.file].extend_from_slice(bytes);
        contents.appends.push(bytes.to_vec());
        self.good = contents.files[self.file].len();
        Ok(())
    }

    fn cut(&mut self) -> io::Result<()> {
        let mut contents = self.disk.0.lock().unwrap();
        if contents.stuck {
            return Err(io::Error::other("stuck"));
        }
        contents.files[self.file].truncate(self.good);
        Ok(())
    }
}

/// A running market, and what it has published.
pub(crate) struct Running {
    pub(crate) handle: MarketHandle,
    pub(crate) disk: Disk,
    pub(crate) seen: Arc<Mutex<Vec<Quote>>>,
    /// Interventions as they were told, in that order.
    pub(crate) told: Arc<Mutex<Vec<Override>>>,
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
        let disk = Disk::holding(header.into_bytes());
        Self::on(recorder, disk, Vec::new(), sync_takes)
    }

    /// Goes on with a copy of a disk, as a process does that starts after a crash.
    pub(crate) fn recovered(bytes: &[u8]) -> (Self, Vec<Quote>) {
        let journal = read(bytes);
        let whole = journal.torn.map_or(bytes.len(), |torn| torn.offset);
        let mut seen = Vec::new();
        let recorder = Recorder::recover(&journal, |_, Tick { price, reference, is_halted, .. }| {
            seen.push(Quote { price, reference, is_halted });
        })
        .unwrap();
        let disk = Disk::holding(bytes[..whole].to_vec());
        (Self::on(recorder, disk, seen.clone(), Duration::ZERO), seen)
    }

    fn on(recorder: Recorder<Model>, disk: Disk, seen: Vec<Quote>, sync_takes: Duration) -> Self {
        let (written, outcomes) = unbounded_channel();
        let good = disk.bytes().len();
        let sink = DiskSink { disk: disk.clone(), file: 0, good, sync_takes };
        let writer = JournalWriter::start(Box::new(sink), written).unwrap();
        let (publish, mut published) = channel::<Published>(64);
        let clock = Clock { running: true, speed: 1.0 };
        let begun = Begun::new(recorder.simulation().market(), "test", disk.tick_size(), clock);
        let mut overrides = begun.overrides();
        for line in commands_of(&read(&disk.bytes())) {
            overrides.add(line);
        }
        let ready = Ready { recorder, session: "test".into(), overrides, clock, bytes: good as u64 };
        let (task, handle) = Task::new(ready, Box::new(disk.clone()), writer, outcomes, publish);
        let seen = Arc::new(Mutex::new(seen));
        let told = Arc::new(Mutex::new(Vec::new()));
        let (collected, heard) = (seen.clone(), told.clone());
        let collect = tokio::spawn(async move {
            while let Some(published) = published.recv().await {
                match published {
                    Published::Ticks { first, ticks } => {
                        let mut seen = collected.lock().unwrap();
                        assert_eq!(first, seen.len() as u64 + 1, "no hole and no overlap");
                        seen.extend(ticks.iter().map(|tick| tick.quote));
                    }
                    Published::Overrides(overrides) => heard.lock().unwrap().extend(overrides),
                    Published::Clock(_) | Published::Keep(..) => {}
                    // What was seen belongs to the session that ended.
                    Published::Session(_) => collected.lock().unwrap().clear(),
                }
            }
        });
        Self { handle, disk, seen, told, tasks: [tokio::spawn(task.run()), collect] }
    }

    /// Asks for an intervention as a request without a key does.
    pub(crate) async fn intervene(&self, command: Command, actor: &str) -> Result<Accepted, MarketError> {
        intervene(&self.handle, command, actor).await
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
    commands_of(journal).into_iter().map(|command| command.intervention).collect()
}

fn commands_of(journal: &Journal<Model>) -> Vec<CommandLine> {
    let commands = journal.lines.iter().filter_map(|line| match &line.entry {
        Entry::Command(command) => Some(command.clone()),
        _ => None,
    });
    commands.collect()
}

pub(crate) async fn intervene(handle: &MarketHandle, command: Command, actor: &str) -> Result<Accepted, MarketError> {
    let asked = Asked { command, actor: actor.into(), reason: "test".into(), key: String::new(), session: None };
    handle.intervene(asked).await.map(|acted| acted.accepted)
}

/// Recomputes a journal: what was seen is its beginning, and each acknowledged command stands in it once.
#[track_caller]
pub(crate) fn holds(bytes: &[u8], seen: &[Quote], acknowledged: &[Accepted]) {
    let journal = read(bytes);
    let quotes: Vec<Quote> = Replay::new(&journal)
        .map(|tick| tick.unwrap())
        .map(|Tick { price, reference, is_halted, .. }| Quote { price, reference, is_halted })
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
