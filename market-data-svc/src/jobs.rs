//! Work on the side: one answer and one job at a time, beside the market and not before it, so many waiting and so many answers kept.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use market_api::what_if::{Job, Outcome};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// Jobs that are kept, whether they wait, run, or are done.
pub const MAX_JOBS: usize = 16;

/// How far a piece of work is, and whether it is still wanted.
#[derive(Debug, Default)]
pub struct Progress {
    done: AtomicU64,
    is_stopped: AtomicBool,
}

impl Progress {
    /// So much is done; whether to go on.
    pub fn reach(&self, done: u64) -> ControlFlow<()> {
        self.done.store(done, Ordering::Relaxed);
        if self.is_stopped.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

#[derive(Debug)]
struct Entry {
    id: u64,
    of: u64,
    progress: Arc<Progress>,
    outcome: Option<Result<Outcome, String>>,
}

#[derive(Debug, Default)]
struct Table {
    last: u64,
    entries: VecDeque<Entry>,
}

/// The work on the side. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Jobs {
    table: Arc<Mutex<Table>>,
    turn: Arc<Semaphore>,
    /// The turn of what somebody waits for, which no job holds up.
    answers: Arc<Semaphore>,
}

impl Default for Jobs {
    fn default() -> Self {
        let one = || Arc::new(Semaphore::new(1));
        Self { table: Arc::default(), turn: one(), answers: one() }
    }
}

impl Jobs {
    /// Does a piece of work when its turn has come; `None` if it ended without an answer. It is stopped when nobody waits any more.
    pub async fn run<T: Send + 'static>(&self, work: impl FnOnce(&Progress) -> T + Send + 'static) -> Option<T> {
        /// Stops the work when its caller has gone.
        struct Wanted(Arc<Progress>);
        impl Drop for Wanted {
            fn drop(&mut self) {
                self.0.is_stopped.store(true, Ordering::Relaxed);
            }
        }
        let permit = Arc::clone(&self.answers).acquire_owned().await.ok()?;
        let progress = Arc::new(Progress::default());
        let wanted = Wanted(Arc::clone(&progress));
        let answer = spawn_blocking(move || {
            let answer = work(&progress);
            drop(permit);
            answer
        });
        let answer = answer.await.ok();
        drop(wanted);
        answer
    }

    /// Puts a piece of work, of so many ticks, into the queue; `None` if too many wait already.
    pub fn start(
        &self,
        of: u64,
        work: impl FnOnce(&Progress) -> Result<Outcome, String> + Send + 'static,
    ) -> Option<u64> {
        let progress = Arc::new(Progress::default());
        let id = {
            let mut table = self.table();
            if table.entries.len() == MAX_JOBS {
                let done = table.entries.iter().position(|entry| entry.outcome.is_some())?;
                table.entries.remove(done);
            }
            table.last += 1;
            let entry = Entry { id: table.last, of, progress: Arc::clone(&progress), outcome: None };
            table.entries.push_back(entry);
            table.last
        };
        let (table, turn) = (Arc::clone(&self.table), Arc::clone(&self.turn));
        tokio::spawn(async move {
            let Ok(permit) = turn.acquire_owned().await else { return };
            let worked = spawn_blocking(move || {
                let stopped = Err("stopped".to_owned());
                if progress.reach(0).is_break() { stopped } else { work(&progress) }
            });
            let outcome = worked.await.unwrap_or_else(|_| Err("the work has ended without an answer".into()));
            drop(permit);
            let mut table = lock(&table);
            if let Some(entry) = table.entries.iter_mut().find(|entry| entry.id == id) {
                entry.outcome = Some(outcome);
            }
        });
        Some(id)
    }

    /// How a job stands; `None` if it isn't known, or not any more.
    pub fn look(&self, id: u64) -> Option<Job> {
        let table = self.table();
        let entry = table.entries.iter().find(|entry| entry.id == id)?;
        Some(match &entry.outcome {
            None => Job::Running { done: entry.progress.done.load(Ordering::Relaxed), of: entry.of },
            Some(Ok(result)) => Job::Done { result: result.clone() },
            Some(Err(detail)) => Job::Failed { detail: detail.clone() },
        })
    }

    /// Stops a job and forgets it; whether it was known.
    pub fn stop(&self, id: u64) -> bool {
        let mut table = self.table();
        let Some(place) = table.entries.iter().position(|entry| entry.id == id) else { return false };
        if let Some(entry) = table.entries.remove(place) {
            entry.progress.is_stopped.store(true, Ordering::Relaxed);
        }
        true
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        lock(&self.table)
    }
}

/// Nothing panics while it holds the table; if something did, the table is as good as before.
fn lock(table: &Mutex<Table>) -> MutexGuard<'_, Table> {
    table.lock().unwrap_or_else(PoisonError::into_inner)
}
