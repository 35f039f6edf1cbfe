//! Back-tests on request: one at a time, on a thread of their own, so that they take no time from the exchange.

mod work;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use market_api::trading::{Backtest, BacktestResult, BacktestState, NewBacktest};
use rayon::{ThreadPool, ThreadPoolBuilder};

pub use work::{Given, check};

/// Back-tests that may wait.
const MAX_WAITING: usize = 32;
/// Of one trader, those that wait or run.
const MAX_OF_OWNER: usize = 3;
/// Back-tests that are remembered, the last ones.
const MAX_KEPT: usize = 200;

/// Why a back-test isn't begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Full {
    /// The trader's own.
    #[error("{MAX_OF_OWNER} back-tests of this account are under way")]
    Owner,
    /// Everyone's.
    #[error("{MAX_WAITING} back-tests are waiting")]
    All,
}

/// How far a job has got, for those who look and for the thread.
#[derive(Debug, Default)]
pub struct Progress {
    /// Thousandths of a per cent that are done.
    done: AtomicU64,
    is_cancelled: AtomicBool,
}

impl Progress {
    const WHOLE: f64 = 100_000.0;

    /// Notes the part that is done; `true` if it is to go on.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of a whole")]
    pub fn reach(&self, part: f64) -> bool {
        self.done.store((part.clamp(0.0, 1.0) * Self::WHOLE) as u64, Ordering::Relaxed);
        !self.is_cancelled.load(Ordering::Relaxed)
    }

    fn part(&self) -> f64 {
        self.done.load(Ordering::Relaxed) as f64 / Self::WHOLE
    }
}

struct Job {
    owner: String,
    asked: NewBacktest,
    state: BacktestState,
    progress: Arc<Progress>,
    error: Option<String>,
    result: Option<Arc<BacktestResult>>,
}

#[derive(Default)]
struct Jobs {
    last: u64,
    jobs: BTreeMap<u64, Job>,
}

/// The jobs and the way to their thread. Cheap to clone.
#[derive(Clone)]
pub struct Backtests {
    jobs: Arc<Mutex<Jobs>>,
    queue: SyncSender<(u64, Given)>,
}

impl Backtests {
    /// Starts the thread, which ends with the last handle.
    ///
    /// # Errors
    /// If it can't be started.
    pub fn start() -> std::io::Result<Self> {
        let (queue, waiting) = sync_channel(MAX_WAITING);
        let jobs = Arc::new(Mutex::new(Jobs::default()));
        let backtests = Self { jobs: jobs.clone(), queue };
        let pool = pool()?;
        std::thread::Builder::new().name("back-tests".into()).spawn(move || run(&jobs, &waiting, &pool))?;
        Ok(backtests)
    }

    /// Begins a back-test of a trader.
    ///
    /// # Errors
    /// [`Full`].
    pub fn begin(&self, owner: &str, asked: NewBacktest, given: Given) -> Result<Backtest, Full> {
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        let is_open = |job: &Job| matches!(job.state, BacktestState::Waiting | BacktestState::Running);
        if jobs.jobs.values().filter(|job| job.owner == owner && is_open(job)).count() >= MAX_OF_OWNER {
            return Err(Full::Owner);
        }
        let id = jobs.last + 1;
        self.queue.try_send((id, given)).map_err(|error| match error {
            TrySendError::Full(_) | TrySendError::Disconnected(_) => Full::All,
        })?;
        jobs.last = id;
        let (state, progress) = (BacktestState::Waiting, Arc::default());
        let job = Job { owner: owner.into(), asked, state, progress, error: None, result: None };
        let answer = told(id, &job);
        jobs.jobs.insert(id, job);
        while jobs.jobs.len() > MAX_KEPT {
            let Some(oldest) = jobs.jobs.iter().find(|(_, job)| !is_open(job)).map(|(id, _)| *id) else { break };
            jobs.jobs.remove(&oldest);
        }
        Ok(answer)
    }

    /// A trader's back-test.
    pub fn get(&self, owner: &str, id: u64) -> Option<Backtest> {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.jobs.get(&id).filter(|job| job.owner == owner).map(|job| told(id, job))
    }

    /// A trader's back-tests without their results, newest first.
    pub fn list(&self, owner: &str) -> Vec<Backtest> {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        let mine = jobs.jobs.iter().rev().filter(|(_, job)| job.owner == owner);
        mine.map(|(id, job)| Backtest { result: None, ..told(*id, job) }).collect()
    }

    /// Stops a trader's back-test, and forgets it.
    pub fn forget(&self, owner: &str, id: u64) -> Option<Backtest> {
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        let job = jobs.jobs.get(&id).filter(|job| job.owner == owner)?;
        job.progress.is_cancelled.store(true, Ordering::Relaxed);
        let mut job = jobs.jobs.remove(&id)?;
        if matches!(job.state, BacktestState::Waiting | BacktestState::Running) {
            job.state = BacktestState::Cancelled;
        }
        Some(told(id, &job))
    }
}

fn told(id: u64, job: &Job) -> Backtest {
    Backtest {
        id,
        asked: job.asked.clone(),
        state: job.state,
        progress: if job.state == BacktestState::Done { 1.0 } else { job.progress.part() },
        error: job.error.clone(),
        result: job.result.as_deref().cloned(),
    }
}

/// A pool that leaves a core to the market, if there is more than one.
fn pool() -> std::io::Result<ThreadPool> {
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let pool = ThreadPoolBuilder::new()
        .num_threads(cores.saturating_sub(1).max(1))
        .thread_name(|at| format!("back-tests {at}"));
    pool.build().map_err(std::io::Error::other)
}

/// The thread: one job after the other.
fn run(jobs: &Mutex<Jobs>, waiting: &Receiver<(u64, Given)>, pool: &ThreadPool) {
    while let Ok((id, given)) = waiting.recv() {
        let begun = change(jobs, id, |job| {
            job.state = BacktestState::Running;
            (job.asked.clone(), job.progress.clone())
        });
        // It was forgotten before its turn.
        let Some((asked, progress)) = begun else { continue };
        let result = pool.install(|| work::run(&asked, given, &progress));
        change(jobs, id, |job| match result {
            Ok(result) => (job.state, job.result) = (BacktestState::Done, Some(Arc::new(result))),
            Err(error) => (job.state, job.error) = (BacktestState::Failed, Some(error)),
        });
    }
}

fn change<T>(jobs: &Mutex<Jobs>, id: u64, change: impl FnOnce(&mut Job) -> T) -> Option<T> {
    let mut jobs = jobs.lock().unwrap_or_else(PoisonError::into_inner);
    jobs.jobs.get_mut(&id).map(change)
}
