//! Back-tests on request: one at a time, on a thread of their own, so that they take no time from the exchange.

mod work;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
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
pub enum NotBegun {
    /// The trader's own are too many.
    #[error("{MAX_OF_OWNER} back-tests of this account are under way")]
    Owner,
    /// Everyone's are.
    #[error("{MAX_WAITING} back-tests are waiting")]
    All,
    /// The key names another one.
    #[error("Idempotency-Key was used for another request")]
    KeyTaken,
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
    /// The request's name for its sender, for as long as the job is remembered; empty if it has none.
    key: String,
    asked: NewBacktest,
    /// Until its turn comes.
    given: Option<Given>,
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

impl Jobs {
    fn known(&self, owner: &str, key: &str, asked: &NewBacktest) -> Result<Option<Backtest>, NotBegun> {
        let is_it = |job: &Job| !key.is_empty() && job.key == key && job.owner == owner;
        match self.jobs.iter().find(|(_, job)| is_it(job)) {
            None => Ok(None),
            Some((id, job)) if job.asked == *asked => Ok(Some(told(*id, job))),
            Some(_) => Err(NotBegun::KeyTaken),
        }
    }
}

/// The jobs and the way to their thread. Cheap to clone.
#[derive(Clone)]
pub struct Backtests {
    jobs: Arc<Mutex<Jobs>>,
    /// Wakes the thread, which looks for the oldest job that waits.
    wake: SyncSender<()>,
}

impl Backtests {
    /// Starts the thread, which ends with the last handle.
    ///
    /// # Errors
    /// If it can't be started.
    pub fn start() -> std::io::Result<Self> {
        let (wake, woken) = sync_channel(1);
        let jobs = Arc::new(Mutex::new(Jobs::default()));
        let backtests = Self { jobs: jobs.clone(), wake };
        let pool = pool()?;
        std::thread::Builder::new().name("back-tests".into()).spawn(move || run(&jobs, &woken, &pool))?;
        Ok(backtests)
    }

    /// The back-test that a trader has begun before under a key.
    ///
    /// # Errors
    /// [`NotBegun::KeyTaken`] if that was another one.
    pub fn known(&self, owner: &str, key: &str, asked: &NewBacktest) -> Result<Option<Backtest>, NotBegun> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner).known(owner, key, asked)
    }

    /// Begins a back-test of a trader; under a key that is known it is the one that was begun before.
    ///
    /// # Errors
    /// [`NotBegun`].
    pub fn begin(&self, owner: &str, key: &str, asked: NewBacktest, given: Given) -> Result<Backtest, NotBegun> {
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = jobs.known(owner, key, &asked)? {
            return Ok(known);
        }
        let is_open = |job: &Job| matches!(job.state, BacktestState::Waiting | BacktestState::Running);
        if jobs.jobs.values().filter(|job| job.owner == owner && is_open(job)).count() >= MAX_OF_OWNER {
            return Err(NotBegun::Owner);
        }
        if jobs.jobs.values().filter(|job| job.state == BacktestState::Waiting).count() >= MAX_WAITING {
            return Err(NotBegun::All);
        }
        jobs.last += 1;
        let (id, state, progress) = (jobs.last, BacktestState::Waiting, Arc::default());
        let (owner, key, given) = (owner.into(), key.into(), Some(given));
        let job = Job { owner, key, asked, given, state, progress, error: None, result: None };
        let answer = told(id, &job);
        jobs.jobs.insert(id, job);
        // Full means that it is about to wake.
        let _ = self.wake.try_send(());
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

/// The thread: one job after the other, the oldest first.
fn run(jobs: &Mutex<Jobs>, woken: &Receiver<()>, pool: &ThreadPool) {
    while woken.recv().is_ok() {
        while let Some((id, asked, given, progress)) = next(jobs) {
            // A fault in one is no reason for those after it to wait for ever.
            let computed = AssertUnwindSafe(|| pool.install(|| work::run(&asked, given, &progress)));
            let result = catch_unwind(computed).unwrap_or_else(|_| {
                tracing::error!(id, "a back-test has panicked");
                Err("a fault of the program has ended it".into())
            });
            change(jobs, id, |job| match result {
                Ok(result) => (job.state, job.result) = (BacktestState::Done, Some(Arc::new(result))),
                Err(error) => (job.state, job.error) = (BacktestState::Failed, Some(error)),
            });
        }
    }
}

/// Takes the oldest job that waits; what was forgotten before its turn isn't there any more.
fn next(jobs: &Mutex<Jobs>) -> Option<(u64, NewBacktest, Given, Arc<Progress>)> {
    let mut jobs = jobs.lock().unwrap_or_else(PoisonError::into_inner);
    let (id, job) = jobs.jobs.iter_mut().find(|(_, job)| job.state == BacktestState::Waiting)?;
    job.state = BacktestState::Running;
    Some((*id, job.asked.clone(), job.given.take()?, job.progress.clone()))
}

fn change<T>(jobs: &Mutex<Jobs>, id: u64, change: impl FnOnce(&mut Job) -> T) -> Option<T> {
    let mut jobs = jobs.lock().unwrap_or_else(PoisonError::into_inner);
    jobs.jobs.get_mut(&id).map(change)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use trading_core::account::Terms;
    use trading_core::quote::Quote;
    use trading_core::rules::{Book, Rules};

    use super::*;

    fn asked(count: u32, ticks: u64) -> NewBacktest {
        serde_json::from_value(serde_json::json!({
            "instrument": "BTC-USD", "strategy": "buy_and_hold", "on": "seeds", "count": count, "ticks": ticks
        }))
        .unwrap()
    }

    fn given(interval_ms: u64) -> Given {
        let quote = |tick| Quote { tick, time_ms: 0, price: 100.0, bid: 99.0, ask: 101.0, liquidity: 1.0 };
        Given {
            instrument: "BTC-USD".into(),
            rules: Rules::btc(Book::btc()),
            terms: Terms::paper(),
            ticks: vec![quote(1), quote(2)],
            last: (100.0, 0),
            volatility: None,
            interval_ms,
            preset: backtest::preset::Preset::Btc,
        }
    }

    fn ended(backtests: &Backtests, id: u64) -> Backtest {
        for _ in 0..2000 {
            let told = backtests.get("me", id).unwrap();
            if !matches!(told.state, BacktestState::Waiting | BacktestState::Running) {
                return told;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("it doesn't end");
    }

    #[test]
    fn a_panic_ends_its_job_and_no_other() {
        let backtests = Backtests::start().unwrap();
        // Its span is none that a number holds.
        let on_session = serde_json::from_value(serde_json::json!({
            "instrument": "BTC-USD", "strategy": "buy_and_hold", "on": "session"
        }));
        let fault = backtests.begin("me", "", on_session.unwrap(), given(u64::MAX)).unwrap();
        let next = backtests.begin("me", "", asked(1, 1000), given(100)).unwrap();
        let told = ended(&backtests, fault.id);
        assert_eq!(
            (told.state, told.error.as_deref()),
            (BacktestState::Failed, Some("a fault of the program has ended it"))
        );
        let told = ended(&backtests, next.id);
        assert_eq!((told.state, told.error), (BacktestState::Done, None));
    }

    #[test]
    fn what_is_forgotten_makes_room() {
        let backtests = Backtests::start().unwrap();
        let long = backtests.begin("long", "", asked(1000, 100_000), given(100)).unwrap();
        for number in 0..2 * MAX_WAITING {
            let owner = format!("trader {number}");
            let begun = backtests.begin(&owner, "", asked(1, 1000), given(100)).unwrap();
            assert_eq!(backtests.forget(&owner, begun.id).unwrap().state, BacktestState::Cancelled);
        }
        let mut refused = None;
        for number in 0..=MAX_WAITING + 1 {
            refused = backtests.begin(&number.to_string(), "", asked(1, 1000), given(100)).err().or(refused);
        }
        assert_eq!(refused, Some(NotBegun::All));
        backtests.forget("long", long.id).unwrap();
    }

    #[test]
    fn a_key_names_one_back_test_of_its_owner() {
        let backtests = Backtests::start().unwrap();
        let begin = |owner, key, ticks| backtests.begin(owner, key, asked(1, ticks), given(100)).map(|told| told.id);
        assert_eq!((begin("me", "k", 1000), begin("me", "k", 1000)), (Ok(1), Ok(1)));
        assert_eq!(backtests.known("me", "k", &asked(1, 1000)).unwrap().unwrap().id, 1);
        assert_eq!(begin("me", "k", 2000), Err(NotBegun::KeyTaken));
        assert_eq!((begin("me", "l", 1000), begin("you", "k", 1000), begin("me", "", 1000)), (Ok(2), Ok(3), Ok(4)));
        assert_eq!(backtests.known("you", "", &asked(1, 1000)), Ok(None));
    }
}
