//! One run: whatever its seed decides, step by step, on one thread and with a clock that only the run moves.

use std::future::Future;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use gbm_core::journal::JournalError;
use market_api::clock::Clock;
use market_api::instrument::TickSize;
use market_data_svc::handle::MarketHandle;
use market_data_svc::history::History;
use market_data_svc::market::{Market as Task, Published};
use market_data_svc::service::{Service, ServiceError};
use market_data_svc::session::{Begun, Disk};
use market_data_svc::store::{DiskSpace, Store, StoreError};
use market_data_svc::writer::{JournalWriter, Written};
use tokio::sync::mpsc::{Receiver, channel, unbounded_channel};

use super::clients::{Answer, Clients};
use super::dice::Dice;
use super::disk::{Flip, SimulatedDisk};
use super::faults::Planted;
use super::inode::Crash;
use super::invariants::{Broken, Witness, must};
use super::world::{Bench, Cabinet, faulty, new_name};
use crate::support::market;

const DIRECTORY: &str = "/data";
/// A market that wakes itself so often without waiting for anything never will.
const MAX_SPINS: usize = 200;

/// What a run came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Ran {
    /// A number that differs if anything that happened did.
    pub(super) trace: u64,
    pub(super) lives: u64,
    pub(super) ticks: u64,
    pub(super) acknowledgements: u64,
    pub(super) sessions: u64,
    /// Bits that were wrong and found.
    pub(super) damage_found: u64,
    /// Journals that were rewritten.
    pub(super) rotations: u64,
    /// Starts that went on from what was kept.
    pub(super) resumed: u64,
}

/// Runs a seed on a runtime of its own.
pub(super) fn run(seed: u64, planted: Option<Planted>, shown: bool) -> Result<Ran, Broken> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(Run::new(seed, planted, shown).finish())
}

/// Notes that a task wants to go on.
#[derive(Default)]
struct Bell(AtomicBool);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The market between a start and a crash.
struct Life {
    task: Pin<Box<dyn Future<Output = ()>>>,
    handle: Option<MarketHandle>,
    published: Receiver<Published>,
    history: History,
    over: bool,
}

struct Run {
    dice: Dice,
    disk: SimulatedDisk,
    bench: Bench,
    planted: Option<Planted>,
    names: Arc<Mutex<Vec<String>>>,
    clients: Clients,
    witness: Witness,
    bell: Arc<Bell>,
    interval_ms: u64,
    capacity: usize,
    max_journal_bytes: u64,
    keep_every: u64,
    /// Calls to the disk that fail on a bad day, of a thousand.
    failing: u64,
    /// Steps after which there is a crash, of a thousand.
    crashing: u64,
    trace: DefaultHasher,
    shown: bool,
    ran: Ran,
}

impl Ran {
    pub(super) fn add(&mut self, other: Self) {
        self.trace ^= other.trace;
        self.lives += other.lives;
        self.ticks += other.ticks;
        self.acknowledgements += other.acknowledgements;
        self.sessions += other.sessions;
        self.damage_found += other.damage_found;
        self.rotations += other.rotations;
        self.resumed += other.resumed;
    }
}

impl Run {
    fn new(seed: u64, planted: Option<Planted>, shown: bool) -> Self {
        let mut dice = Dice::new(seed);
        let disk = SimulatedDisk::new(dice.split(), planted);
        let interval_ms = dice.pick(&[5, 20, 50, 50, 100]);
        Self {
            disk,
            bench: Bench::new(planted),
            planted,
            names: Arc::default(),
            clients: Clients::new(interval_ms),
            witness: Witness::default(),
            bell: Arc::default(),
            interval_ms,
            capacity: dice.pick(&[1, 2, 64]),
            keep_every: dice.pick(&[20, 200, 30_000]),
            max_journal_bytes: dice.pick(&[2000, 5000, 20_000, u64::MAX / 2]),
            failing: dice.pick(&[0, 10, 50, 200]),
            crashing: dice.pick(&[5, 20, 60]),
            trace: DefaultHasher::new(),
            shown,
            ran: Ran::default(),
            dice,
        }
    }

    fn note(&mut self, what: impl FnOnce() -> String) {
        let text = what();
        text.hash(&mut self.trace);
        if self.shown {
            println!("{text}");
        }
    }

    async fn finish(mut self) -> Result<Ran, Broken> {
        let lives = self.dice.in_range(1..5);
        for _ in 0..lives {
            let life = self.start(true)?;
            let Some(mut life) = life else { continue };
            let steps = self.dice.in_range(20..120);
            let crash = self.live(&mut life, steps).await?;
            self.end(life, crash)?;
        }
        self.disk.calm();
        let mut life = self.start(false)?.ok_or("a start failed on a disk without faults")?;
        self.recover(&mut life).await?;
        self.end(life, None)?;
        self.disk.come_back(Crash::Prefix, &journal());
        self.witness.over(&self.disk)?;
        self.disk.calls().hash(&mut self.trace);
        self.ran.trace = self.trace.finish();
        (self.ran.ticks, self.ran.acknowledgements) = (self.witness.ticks, self.witness.acknowledgements);
        self.ran.sessions = self.names.lock().unwrap().len() as u64;
        self.ran.rotations = self.disk.rotations();
        Ok(self.ran)
    }

    fn store(&self) -> Store {
        let space = DiskSpace { journal_bytes: self.max_journal_bytes, archive_bytes: u64::MAX };
        let files = Arc::new(self.disk.clone());
        Store::on(files, Path::new(DIRECTORY), TickSize::new(1, 2).unwrap()).with_space(space)
    }

    /// Starts as the program does; `None` if faults or another crash prevent it.
    fn start(&mut self, may_fail: bool) -> Result<Option<Life>, Broken> {
        if may_fail {
            let failing = if self.dice.below(3) == 0 { self.failing } else { 0 };
            self.disk.set_weather(failing, false);
            if self.dice.below(4) == 0 {
                self.disk.die_in(self.dice.in_range(1..12));
            }
        }
        self.disk.set_starting(true);
        let opened = self.open();
        self.disk.set_starting(false);
        let died = self.disk.is_dead();
        let service = match opened {
            Ok(service) => service,
            Err(ServiceError::Store(StoreError::File { error, .. }) | ServiceError::Io(error)) if may_fail => {
                self.note(|| format!("no start: {error}"));
                self.crash()?;
                return Ok(None);
            }
            Err(error) => return Err(format!("a start failed: {error}")),
        };
        if died {
            self.crash()?;
            return Ok(None);
        }
        let (store, mut ready, sink, begun) = service.into_parts();
        if let Some(planted) = self.planted {
            ready.overrides = planted.overrides(ready.overrides);
        }
        let (tick, session, clock) = (ready.recorder.simulation().tick(), ready.session.clone(), ready.clock);
        self.note(|| format!("start: session {session}, tick {tick}, {clock:?}"));
        let ticks = self.witness.restarted(&self.disk, &session, tick, clock)?;
        let market = ready.recorder.simulation().market();
        let mut history = Begun::new(market, &session, store.tick_size(), clock).histories.remove(0);
        for tick in ticks {
            history.push(tick);
        }
        must!(history == begun.histories[0], "what was kept has another history than the journal");
        let cabinet = Cabinet { store, keep_every: self.keep_every, names: self.names.clone(), planted: self.planted };
        let (written, outcomes) = unbounded_channel::<Written>();
        let sink = faulty(sink, self.planted);
        let writer = JournalWriter::start_with(Arc::new(self.bench.clone()), sink, written).unwrap();
        let (publish, published) = channel(self.capacity);
        let (task, handle) = Task::new(ready, Box::new(cabinet), writer, outcomes, publish);
        self.ran.lives += 1;
        let (task, handle) = (Box::pin(task.run()), Some(handle));
        Ok(Some(Life { task, handle, published, history: begun.histories[0].clone(), over: false }))
    }

    fn open(&mut self) -> Result<Service, ServiceError> {
        let store = self.store();
        if let Some(loaded) = store.load()? {
            self.ran.resumed += u64::from(loaded.kept.is_some());
            return Service::go_on(store, loaded);
        }
        let name = new_name(&self.names);
        self.witness.may_begin(&name);
        self.witness.may_keep_clock(0, Clock { running: true, speed: 1.0 });
        Service::begin(store, market(self.dice.word() % 1000, self.interval_ms), &name)
    }

    /// Steps until a crash, or until there are enough of them.
    async fn live(&mut self, life: &mut Life, steps: u64) -> Result<Option<Crash>, Broken> {
        for _ in 0..steps {
            if life.over {
                break;
            }
            self.step(life).await?;
            if self.disk.is_dead() {
                return Ok(Some(self.how()));
            }
            if self.dice.once_in_thousand(self.crashing) {
                // What was told up to here was told.
                self.listen(life)?;
                self.disk.die();
                return Ok(Some(self.how()));
            }
        }
        Ok(None)
    }

    fn how(&mut self) -> Crash {
        use Crash::{FlippedDurable, FlippedTail, Kill, Prefix, Sectors};
        self.dice.pick(&[Kill, Kill, Prefix, Prefix, Sectors, Sectors, FlippedTail, FlippedDurable])
    }

    async fn step(&mut self, life: &mut Life) -> Result<(), Broken> {
        let (tick, known) = self.witness.stands();
        match self.dice.below(100) {
            0..24 => self.turn(life).await?,
            24..42 => drop(self.bench.step()),
            42..62 => {
                let ms = match self.dice.below(40) {
                    0 => 6000,
                    1..8 => self.dice.in_range(100..1500),
                    _ => self.dice.in_range(1..40),
                };
                tokio::time::advance(Duration::from_millis(ms)).await;
            }
            62..72 => self.clients.command(&mut self.dice, tick, known),
            72..80 => self.clients.repeat(&mut self.dice),
            80..92 => {
                if let Some(handle) = life.handle.clone()
                    && let Some(wanted) = self.clients.arrive(&mut self.dice, &handle)
                {
                    self.note(|| format!("asked: {wanted:?}"));
                    self.witness.asked(&wanted);
                }
            }
            92..94 => self.clients.clock(&mut self.dice),
            94 => self.clients.release(),
            95 if self.dice.below(4) == 0 => {
                let journal = self.witness.session().and_then(|session| self.disk.sure_journal(session));
                self.clients.begin(&mut self.dice, journal);
            }
            95 => self.clients.play(),
            96 => self.clients.look(),
            97 | 99 => {
                let failing = if self.dice.coin() { self.failing } else { 0 };
                self.disk.set_weather(failing, failing > 0 && self.dice.below(4) == 0);
            }
            98 if self.failing > 0 => self.disk.die_in(self.dice.in_range(1..20)),
            _ => {}
        }
        Ok(())
    }

    /// Lets the market's task run until it waits for something, and takes what it tells.
    async fn turn(&mut self, life: &mut Life) -> Result<(), Broken> {
        let names = self.names.lock().unwrap().len();
        let waker = Waker::from(self.bell.clone());
        for spins in 0.. {
            must!(spins < MAX_SPINS, "the market's task spins without waiting for anything");
            self.bell.0.store(false, Ordering::Relaxed);
            match life.task.as_mut().poll(&mut Context::from_waker(&waker)) {
                Poll::Ready(()) => life.over = true,
                Poll::Pending => tokio::task::yield_now().await,
            }
            // A time that has come wakes it, or its share of this thread was used up.
            if life.over || !self.bell.0.load(Ordering::Relaxed) {
                break;
            }
        }
        let begun: Vec<String> = self.names.lock().unwrap()[names..].to_vec();
        for name in &begun {
            self.witness.may_begin(name);
        }
        if self.disk.is_dead() {
            // What was told before the end, and what after it, nobody knows.
            return Ok(());
        }
        self.listen(life)?;
        Ok(())
    }

    fn listen(&mut self, life: &mut Life) -> Result<(), Broken> {
        let mut has_begun = false;
        while let Ok(published) = life.published.try_recv() {
            self.note(|| match &published {
                Published::Ticks { first, ticks } => format!("ticks from {first}: {ticks:?}"),
                Published::Overrides(told) => format!("told: {told:?}"),
                Published::Clock(clock) => format!("clock: {clock:?}"),
                Published::Session(begun) => format!("session: {}", begun.session.session),
                Published::Keep(..) => "keep".into(),
            });
            match published {
                Published::Keep(standing, keep) => drop(keep(*standing, vec![life.history.clone()])),
                published => {
                    match &published {
                        Published::Ticks { ticks, .. } => ticks.iter().for_each(|tick| life.history.push(tick)),
                        Published::Session(begun) => life.history = begun.histories[0].clone(),
                        _ => {}
                    }
                    has_begun |= self.witness.published(&self.disk, published)?;
                }
            }
        }
        let answers = self.clients.answers();
        let has_promised = answers.iter().any(|answer| matches!(answer, Answer::Begin(Ok(_))));
        for answer in answers {
            self.note(|| format!("answer: {answer:?}"));
            self.witness.answered(&self.disk, answer, !has_begun && !has_promised)?;
        }
        Ok(())
    }

    /// With a whole disk the market goes on by itself.
    async fn recover(&mut self, life: &mut Life) -> Result<(), Broken> {
        let before = self.witness.acknowledgements;
        self.clients.command(&mut self.dice, self.witness.stands().0 + 1000, 0);
        let handle = life.handle.clone().unwrap();
        while let Some(wanted) = self.clients.arrive(&mut self.dice, &handle) {
            self.witness.asked(&wanted);
        }
        for _ in 0..200 {
            self.turn(life).await?;
            while self.bench.step() {}
            tokio::time::advance(Duration::from_millis(20)).await;
        }
        must!(self.witness.acknowledgements > before, "a market on a whole disk acknowledges nothing");
        Ok(())
    }

    /// Ends a life: by a crash, or as the service is stopped.
    fn end(&mut self, mut life: Life, crash: Option<Crash>) -> Result<(), Broken> {
        if crash.is_none() {
            self.listen(&mut life)?;
        }
        life.handle = None;
        // Dropping the market lets its writer finish what was sent, unless the process has died.
        drop(life);
        self.clients.hang_up(&mut self.dice);
        self.witness.life_ends();
        match crash {
            Some(crash) => self.crash_by(crash),
            None if self.disk.is_dead() => self.crash(),
            None => Ok(()),
        }
    }

    fn crash(&mut self) -> Result<(), Broken> {
        let how = self.how();
        self.crash_by(how)
    }

    fn crash_by(&mut self, crash: Crash) -> Result<(), Broken> {
        let flip = self.disk.come_back(crash, &journal());
        self.note(|| format!("crash: {crash:?}, {flip:?}"));
        let Some(flip) = flip else { return Ok(()) };
        self.disk.calm();
        self.damaged(crash, flip)
    }

    /// A wrong bit is found and named, or cut off with what was never sure.
    fn damaged(&mut self, crash: Crash, flip: Flip) -> Result<(), Broken> {
        let expected = self.disk.line_of(flip);
        let found = match self.store().load() {
            Ok(Some(_)) => None,
            Ok(None) => Some(Err("no session".to_owned())),
            Err(StoreError::Journal { error: JournalError { line, .. }, .. }) => Some(Ok(line)),
            Err(error) => Some(Err(error.to_string())),
        };
        self.note(|| format!("a start after damage on line {expected}: {found:?}"));
        match found {
            None if crash == Crash::FlippedTail => return Ok(()),
            // Not even a header was sure.
            Some(Err(_)) if crash == Crash::FlippedTail && expected == 1 => return Ok(()),
            Some(Ok(line)) if line == expected || crash == Crash::FlippedTail => self.ran.damage_found += 1,
            found => return Err(format!("damage on line {expected} (byte {}): {found:?}", flip.byte)),
        }
        if crash == Crash::FlippedTail {
            self.disk.cut_to_sure(&journal());
        } else {
            self.disk.repair(flip);
        }
        Ok(())
    }
}

fn journal() -> PathBuf {
    Path::new(DIRECTORY).join("session.jsonl")
}
