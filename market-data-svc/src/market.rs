//! The task that owns the simulation: it alone steps it, and no tick or command gets ahead of the disk.

use std::time::Duration;

use gbm_core::engine::{Quote, Simulation};
use gbm_core::intervention::{Accepted, Command};
use gbm_core::journal::{BLOCK_TICKS, Digest, Proposed, RecordError, Recorder};
use gbm_core::model::Model;
use tokio::sync::mpsc::{Receiver, Sender, UnboundedReceiver, channel};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until};

use crate::writer::{JournalWriter, MAX_WAITING, Written};

/// Requests that may wait for the task; one more is refused.
pub const MAX_REQUESTS: usize = 1024;
/// A command without a tick acts on the first one that is due in at least this time, so that ticks needn't wait for it.
pub const COMMAND_LEAD: Duration = Duration::from_millis(20);
/// The watermark is written about this far ahead.
pub const WATERMARK_LEAD: Duration = Duration::from_secs(1);
/// After a failure the disk is tried again this much later.
pub const DISK_RETRY: Duration = Duration::from_millis(250);
/// Further behind than this, the market goes on from where it stands instead of running after the clock.
pub const MAX_LAG: Duration = Duration::from_secs(5);
/// The slowest and the fastest a clock may run.
pub const SPEEDS: std::ops::RangeInclusive<f64> = 0.1..=1000.0;
/// The most ticks computed before the task looks at its requests again.
const MAX_BATCH: u64 = 4096;

/// A request that was not done. Nothing has changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MarketError {
    /// The command is refused.
    #[error(transparent)]
    Refused(#[from] RecordError),
    /// The speed is out of range.
    #[error("speed = {0} is outside [{low}, {high}]", low = SPEEDS.start(), high = SPEEDS.end())]
    Speed(f64),
    /// The journal can't be written now.
    #[error("the journal can't be written: {0}")]
    Disk(String),
    /// Too much is waiting.
    #[error("busy: {0} requests are waiting")]
    Busy(usize),
    /// The task has ended.
    #[error("the market has stopped")]
    Stopped,
}

/// What the task is asked for.
#[derive(Debug)]
enum Request {
    Intervene { command: Box<Command>, actor: String, reason: String, reply: Reply<Accepted> },
    Clock { change: ClockChange, reply: Reply<Status> },
    Interventions(Reply<Vec<Accepted>>),
}

type Reply<T> = oneshot::Sender<Result<T, MarketError>>;

/// A change of the clock.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ClockChange {
    /// None: only the status is wanted.
    Look,
    /// Stop publishing ticks.
    Pause,
    /// Go on.
    Resume,
    /// Simulated seconds for each second of the wall.
    Speed(f64),
}

/// How the market stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Status {
    /// Whether ticks are published.
    pub running: bool,
    /// Simulated seconds for each second of the wall.
    pub speed: f64,
    /// The last tick published.
    pub tick: u64,
    /// The watermark.
    pub through: u64,
    /// The digest of all ticks so far.
    pub digest: Digest,
    /// Why the journal can't be written, while it can't.
    pub stalled: Option<String>,
}

/// Consecutive ticks, as computed.
#[derive(Clone, Debug, PartialEq)]
pub struct Published {
    /// The first tick.
    pub first: u64,
    /// For each tick, the quote of each instrument.
    pub quotes: Vec<Quote>,
}

/// The way to the task. Cheap to clone.
#[derive(Clone, Debug)]
pub struct MarketHandle(Sender<Request>);

impl MarketHandle {
    /// Asks for an intervention; the answer comes when it is on the disk, and names the tick on which it acts.
    ///
    /// # Errors
    /// [`MarketError`]; nothing has changed then.
    pub async fn intervene(&self, command: Command, actor: &str, reason: &str) -> Result<Accepted, MarketError> {
        let (actor, reason) = (actor.to_owned(), reason.to_owned());
        self.ask(|reply| Request::Intervene { command: Box::new(command), actor, reason, reply }).await
    }

    /// Changes the clock, or only looks; gives how the market stands afterwards.
    ///
    /// # Errors
    /// [`MarketError::Speed`] for a speed out of range, [`MarketError::Busy`], [`MarketError::Stopped`].
    pub async fn clock(&self, change: ClockChange) -> Result<Status, MarketError> {
        self.ask(|reply| Request::Clock { change, reply }).await
    }

    /// Every intervention accepted, by id.
    ///
    /// # Errors
    /// [`MarketError::Busy`], [`MarketError::Stopped`].
    pub async fn interventions(&self) -> Result<Vec<Accepted>, MarketError> {
        self.ask(Request::Interventions).await
    }

    async fn ask<T>(&self, request: impl FnOnce(Reply<T>) -> Request) -> Result<T, MarketError> {
        use tokio::sync::mpsc::error::TrySendError;
        let (reply, answer) = oneshot::channel();
        self.0.try_send(request(reply)).map_err(|error| match error {
            TrySendError::Full(_) => MarketError::Busy(MAX_REQUESTS),
            TrySendError::Closed(_) => MarketError::Stopped,
        })?;
        answer.await.unwrap_or(Err(MarketError::Stopped))
    }
}

/// The task's state.
#[derive(Debug)]
pub struct Market {
    recorder: Recorder<Model>,
    writer: JournalWriter,
    requests: Receiver<Request>,
    written: UnboundedReceiver<Written>,
    published: Sender<Published>,
    clock: Clock,
    /// The last seq proposed and the last one confirmed.
    proposed: u64,
    confirmed: u64,
    /// The last watermark proposed.
    watermark: u64,
    /// Answers that wait for their line's sync.
    waiting: Vec<(u64, Accepted, Reply<Accepted>)>,
    stalled: Option<Stall>,
}

#[derive(Debug)]
struct Stall {
    reason: String,
    retry: Instant,
}

impl Market {
    /// A market whose header, and whatever else the recorder stands on, is on the disk; ticks go to `published`.
    ///
    /// `written` is the other end of what the writer tells.
    pub fn new(
        recorder: Recorder<Model>,
        writer: JournalWriter,
        written: UnboundedReceiver<Written>,
        published: Sender<Published>,
    ) -> (Self, MarketHandle) {
        let (handle, requests) = channel(MAX_REQUESTS);
        let grid = recorder.simulation().market().grid();
        let clock = Clock::new(grid.tick_interval_ms(), recorder.simulation().tick());
        let (seq, watermark) = (recorder.seq(), recorder.through());
        let market = Self {
            recorder,
            writer,
            requests,
            written,
            published,
            clock,
            proposed: seq,
            confirmed: seq,
            watermark,
            waiting: Vec::new(),
            stalled: None,
        };
        (market, MarketHandle(handle))
    }

    /// Runs until every handle is dropped, or nobody takes the ticks any more. The session is not ended by that: it goes
    /// on when its journal is opened again.
    pub async fn run(mut self) {
        loop {
            self.raise_watermark();
            let due = self.next_due();
            let retry = self.stalled.as_ref().map(|stall| stall.retry);
            let wake = [due, retry].into_iter().flatten().min();
            tokio::select! {
                Some(outcome) = self.written.recv() => self.settle(outcome),
                request = self.requests.recv() => match request {
                    Some(request) => self.answer(request),
                    None => return,
                },
                () = sleep_until(wake.unwrap_or_else(Instant::now)), if wake.is_some() => {
                    if self.tick().await.is_err() {
                        return;
                    }
                }
            }
        }
    }

    fn simulation(&self) -> &Simulation<Model> {
        self.recorder.simulation()
    }

    /// Proposes the next watermark while half of the last one is left, or to see whether the disk is back.
    fn raise_watermark(&mut self) {
        let tick = self.simulation().tick();
        let lead = self.clock.ticks_in(WATERMARK_LEAD).clamp(2, BLOCK_TICKS);
        let is_trial = match &self.stalled {
            Some(stall) if Instant::now() < stall.retry || self.proposed > self.confirmed => return,
            stalled => stalled.is_some(),
        };
        if self.watermark >= tick + lead / 2 && !is_trial {
            return;
        }
        let target = (tick + lead).max(self.watermark).min(self.simulation().market().grid().last_tick());
        if (target == self.watermark && !is_trial) || self.is_full() {
            return;
        }
        if let Ok(proposal) = self.recorder.propose_through(target) {
            self.watermark = target;
            self.send(proposal.line.seq, proposal.text);
        }
    }

    fn is_full(&self) -> bool {
        self.proposed - self.confirmed >= MAX_WAITING as u64
    }

    fn send(&mut self, seq: u64, text: String) {
        self.proposed = seq;
        if !self.writer.send(seq, text) {
            self.fail("the journal's thread has ended".into());
        }
    }

    /// The wall time of the next tick, unless the clock stands or the tick must wait for the disk.
    fn next_due(&self) -> Option<Instant> {
        let next = self.simulation().tick() + 1;
        (next <= self.recorder.horizon()).then(|| self.clock.due(next)).flatten()
    }

    /// Computes and publishes every tick that is due and allowed.
    async fn tick(&mut self) -> Result<(), tokio::sync::mpsc::error::SendError<Published>> {
        let now = Instant::now();
        let done = self.simulation().tick();
        let due = self.clock.tick_at(now).unwrap_or(done);
        if self.clock.due(done + 1).is_some_and(|due| now.duration_since(due) > MAX_LAG) {
            self.clock.start_again(done, now);
            return Ok(());
        }
        let last = due.min(self.recorder.horizon()).min(done + MAX_BATCH);
        let mut published = Published { first: done + 1, quotes: Vec::new() };
        while self.simulation().tick() < last {
            match self.recorder.step() {
                Ok(quotes) => published.quotes.extend_from_slice(quotes),
                Err(_) => break,
            }
        }
        if published.quotes.is_empty() { Ok(()) } else { self.published.send(published).await }
    }

    fn answer(&mut self, request: Request) {
        match request {
            Request::Intervene { command, actor, reason, reply } => self.intervene(*command, &actor, &reason, reply),
            Request::Clock { change, reply } => {
                let changed = self.clock.change(change, self.recorder.simulation().tick());
                // Whoever asked may have gone; that changes nothing.
                drop(reply.send(changed.map(|()| self.status())));
            }
            Request::Interventions(reply) => {
                drop(reply.send(Ok(self.simulation().interventions().cloned().collect())));
            }
        }
    }

    fn status(&self) -> Status {
        Status {
            running: self.clock.is_running(),
            speed: self.clock.speed,
            tick: self.simulation().tick(),
            through: self.recorder.through(),
            digest: self.recorder.digest(),
            stalled: self.stalled.as_ref().map(|stall| stall.reason.clone()),
        }
    }

    fn intervene(&mut self, mut command: Command, actor: &str, reason: &str, reply: Reply<Accepted>) {
        match self.propose(&mut command, actor, reason) {
            Ok((accepted, seq)) if seq > self.confirmed => self.waiting.push((seq, accepted, reply)),
            Ok((accepted, _)) => drop(reply.send(Ok(accepted))),
            Err(error) => drop(reply.send(Err(error))),
        }
    }

    /// The command as it will act, and the seq that must be on the disk before it is acknowledged.
    fn propose(&mut self, command: &mut Command, actor: &str, reason: &str) -> Result<(Accepted, u64), MarketError> {
        if let Some(stall) = &self.stalled {
            return Err(MarketError::Disk(stall.reason.clone()));
        }
        if self.is_full() {
            return Err(MarketError::Busy(MAX_WAITING));
        }
        let is_known = command.id.is_some_and(|id| self.simulation().knows(id));
        if !is_known && command.tick.is_none() && command.time_ms.is_none() {
            let next = self.simulation().tick() + 1;
            let ahead = self.clock.first_tick_from(Instant::now() + COMMAND_LEAD).unwrap_or(next);
            command.tick = Some(ahead.max(next));
        }
        let accepted = self.simulation().resolve(command).map_err(RecordError::from)?;
        match self.recorder.propose_command(command, actor, reason)? {
            Proposed::Known { seq } => Ok((accepted, seq)),
            Proposed::Line(proposal) => {
                let seq = proposal.line.seq;
                self.send(seq, proposal.text);
                Ok((accepted, seq))
            }
        }
    }

    fn settle(&mut self, outcome: Written) {
        match outcome {
            Written::Through(seq) => {
                self.recorder.confirm(seq);
                self.confirmed = seq;
                self.stalled = None;
                for (_, accepted, reply) in self.waiting.extract_if(.., |(waits_for, ..)| *waits_for <= seq) {
                    drop(reply.send(Ok(accepted)));
                }
            }
            Written::Failed { epoch, error } => {
                if self.writer.begin_again(epoch) {
                    self.fail(error.to_string());
                }
            }
        }
    }

    /// What isn't on the disk has not happened; everyone who waits for it is told so.
    fn fail(&mut self, reason: String) {
        self.recorder.retract();
        (self.proposed, self.watermark) = (self.confirmed, self.recorder.through());
        for (_, _, reply) in self.waiting.drain(..) {
            drop(reply.send(Err(MarketError::Disk(reason.clone()))));
        }
        self.stalled = Some(Stall { reason, retry: Instant::now() + DISK_RETRY });
    }
}

/// Which tick is due when: an anchor of both, and the wall time between ticks.
#[derive(Debug)]
struct Clock {
    interval: Duration,
    speed: f64,
    /// None while the clock stands.
    anchor: Option<(u64, Instant)>,
}

impl Clock {
    fn new(interval_ms: u64, tick: u64) -> Self {
        Self { interval: Duration::from_millis(interval_ms), speed: 1.0, anchor: Some((tick, Instant::now())) }
    }

    fn is_running(&self) -> bool {
        self.anchor.is_some()
    }

    fn change(&mut self, change: ClockChange, tick: u64) -> Result<(), MarketError> {
        match change {
            ClockChange::Look => return Ok(()),
            ClockChange::Pause => self.anchor = None,
            ClockChange::Resume if self.is_running() => return Ok(()),
            ClockChange::Resume => self.anchor = Some((tick, Instant::now())),
            ClockChange::Speed(speed) if !SPEEDS.contains(&speed) => return Err(MarketError::Speed(speed)),
            ClockChange::Speed(speed) => {
                self.speed = speed;
                self.anchor = self.anchor.map(|_| (tick, Instant::now()));
            }
        }
        Ok(())
    }

    fn start_again(&mut self, tick: u64, now: Instant) {
        self.anchor = self.anchor.map(|_| (tick, now));
    }

    fn wall_interval_s(&self) -> f64 {
        self.interval.as_secs_f64() / self.speed
    }

    /// When a tick is due.
    fn due(&self, tick: u64) -> Option<Instant> {
        let (anchor, at) = self.anchor?;
        let after = Duration::try_from_secs_f64(tick.saturating_sub(anchor) as f64 * self.wall_interval_s()).ok()?;
        at.checked_add(after)
    }

    /// The last tick due by then.
    fn tick_at(&self, now: Instant) -> Option<u64> {
        self.ticks_since_anchor(now).map(|(anchor, ticks)| anchor + whole(ticks.floor()))
    }

    /// The first tick due then or later.
    fn first_tick_from(&self, then: Instant) -> Option<u64> {
        self.ticks_since_anchor(then).map(|(anchor, ticks)| anchor + whole(ticks.ceil()))
    }

    fn ticks_since_anchor(&self, then: Instant) -> Option<(u64, f64)> {
        let (anchor, at) = self.anchor?;
        Some((anchor, then.saturating_duration_since(at).as_secs_f64() / self.wall_interval_s()))
    }

    fn ticks_in(&self, wall: Duration) -> u64 {
        whole((wall.as_secs_f64() / self.wall_interval_s()).ceil())
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative; the cast saturates")]
fn whole(ticks: f64) -> u64 {
    (ticks as u64).min(gbm_core::grid::MAX_TICK)
}
