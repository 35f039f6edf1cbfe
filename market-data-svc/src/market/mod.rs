//! The task that owns the simulation: it alone steps it, and no tick or command gets ahead of the disk.

mod commands;
mod rotation;
mod succession;

use std::collections::VecDeque;
use std::time::Duration;

use gbm_core::engine::{Quote, Simulation};
use gbm_core::journal::{BLOCK_TICKS, CommandLine, Recorder};
use gbm_core::model::Model;
use market_api::intervention::Override;
use tokio::sync::mpsc::{Receiver, Sender, UnboundedReceiver, channel};
use tokio::time::{Instant, sleep_until};

use crate::clock::Clock;
use crate::handle::{JournalCopy, MAX_REQUESTS, MarketError, MarketHandle, Request, Status, View};
use crate::history::Observed;
use crate::kept::Standing;
use crate::overrides::Overrides;
use crate::pace::Pace;
use crate::session::{Begun, Disk, Keep};
use crate::writer::{JournalWriter, MAX_WAITING, Written};
use commands::{Answer, Told};
use rotation::Rotation;

pub use commands::COMMAND_LEAD;

/// The watermark is written about this far ahead.
pub const WATERMARK_LEAD: Duration = Duration::from_secs(1);
/// After a failure the disk is tried again this much later.
pub const DISK_RETRY: Duration = Duration::from_millis(250);
/// Further behind than this, the market goes on from where it stands instead of running after the clock.
pub const MAX_LAG: Duration = Duration::from_secs(5);
/// The most ticks computed before the task looks at its requests again.
const MAX_BATCH: u64 = 4096;

/// What the task tells whoever listens, in the order in which it happened.
pub enum Published {
    /// Consecutive ticks, as computed.
    Ticks {
        /// The first tick.
        first: u64,
        /// Each instrument's part of each of them, tick after tick.
        ticks: Vec<Observed>,
    },
    /// Interventions that were accepted, act, or have ended.
    Overrides(Vec<Override>),
    /// The clock was changed.
    Clock(market_api::clock::Clock),
    /// Another session has begun.
    Session(Box<Begun>),
    /// How the session stands now, to be kept with its history.
    Keep(Box<Standing>, Keep),
}

/// Nobody takes what is published any more.
struct Unheard;

/// The task's state.
pub struct Market {
    recorder: Recorder<Model>,
    session: String,
    disk: Box<dyn Disk>,
    writer: JournalWriter,
    requests: Receiver<Request>,
    written: UnboundedReceiver<Written>,
    published: Sender<Published>,
    clock: Clock,
    is_clock_kept: bool,
    pace: Pace,
    /// Whether the last turn was the ticks'.
    has_ticked: bool,
    overrides: Overrides,
    /// The last seq proposed and the last one confirmed.
    proposed: u64,
    confirmed: u64,
    /// The journal's bytes up to the last line confirmed, and the lengths of those after it.
    confirmed_bytes: u64,
    lengths: VecDeque<(u64, u64)>,
    /// The last watermark proposed.
    watermark: u64,
    /// Ticks and lines up to which nothing needs to be kept.
    keep_at: u64,
    /// Commands whose lines aren't confirmed.
    pending: VecDeque<(u64, CommandLine)>,
    /// Answers that wait for their line's sync.
    waiting: Vec<(u64, Answer)>,
    /// The last requests with a key that leave no line of their own, and their answers.
    told: VecDeque<(String, Told)>,
    stalled: Option<Stall>,
    /// Why lines that couldn't be written can't be cut off yet either.
    stuck: Option<String>,
    /// Why this session's journal isn't surely in its place.
    displaced: Option<Stall>,
    rotation: Rotation,
    /// The journal's length at which it is rewritten.
    rotate_at: u64,
}

struct Stall {
    reason: String,
    retry: Instant,
}

impl Stall {
    fn new(reason: &str) -> Self {
        Self { reason: reason.into(), retry: Instant::now() + DISK_RETRY }
    }
}

/// A session that stands ready to run.
pub struct Ready {
    /// Its recorder, whose lines are all on the disk.
    pub recorder: Recorder<Model>,
    /// Its name.
    pub session: String,
    /// Its interventions so far.
    pub overrides: Overrides,
    /// The clock it goes on with.
    pub clock: market_api::clock::Clock,
    /// The journal's length on the disk.
    pub bytes: u64,
}

impl Market {
    /// A market that goes on from `ready`; what happens is told to `published`. `written` is the other end of what the
    /// writer tells.
    pub fn new(
        ready: Ready,
        disk: Box<dyn Disk>,
        writer: JournalWriter,
        written: UnboundedReceiver<Written>,
        published: Sender<Published>,
    ) -> (Self, MarketHandle) {
        let (handle, requests) = channel(MAX_REQUESTS);
        let Ready { recorder, session, overrides, clock, bytes } = ready;
        let grid = recorder.simulation().market().grid();
        let clock = Clock::new(grid.tick_interval_ms(), recorder.simulation().tick(), clock);
        let (seq, watermark) = (recorder.seq(), recorder.through());
        let rotate_at = disk.max_journal_bytes();
        let market = Self {
            recorder,
            session,
            disk,
            writer,
            requests,
            written,
            published,
            clock,
            is_clock_kept: true,
            pace: Pace::new(),
            has_ticked: false,
            overrides,
            proposed: seq,
            confirmed: seq,
            confirmed_bytes: bytes,
            lengths: VecDeque::new(),
            watermark,
            keep_at: 0,
            pending: VecDeque::new(),
            waiting: Vec::new(),
            told: VecDeque::new(),
            stalled: None,
            stuck: None,
            displaced: None,
            rotation: Rotation::None,
            rotate_at,
        };
        (market, MarketHandle(handle))
    }

    /// Runs until every handle is dropped, or nobody takes the ticks any more. The session is not ended by that: it goes
    /// on when its journal is opened again.
    pub async fn run(mut self) {
        while self.turn().await.is_ok() {}
    }

    async fn turn(&mut self) -> Result<(), Unheard> {
        self.restore();
        self.rotate();
        self.raise_watermark();
        // While a trial is under way its outcome wakes the task, not the time that has passed.
        let may_try = self.proposed == self.confirmed && !self.rotation.holds() && self.displaced.is_none();
        let retry = self.stalled.as_ref().filter(|_| may_try).map(|stall| stall.retry);
        let restore = self.displaced.as_ref().map(|stall| stall.retry);
        let wake = [self.next_due(), retry, restore].into_iter().flatten().min();
        // In a fixed order, so that no chance decides; ticks and requests that are both ready take turns.
        let is_due = wake.is_some_and(|wake| wake <= Instant::now());
        let is_ticks_turn = is_due && !std::mem::take(&mut self.has_ticked);
        tokio::select! {
            biased;
            Some(outcome) = self.written.recv() => self.settle(outcome),
            () = std::future::ready(()), if is_ticks_turn => self.tick().await?,
            request = self.requests.recv(), if self.takes_requests() => match request {
                Some(request) => self.answer(request).await?,
                None => return Err(Unheard),
            },
            () = sleep_until(wake.unwrap_or_else(Instant::now)), if wake.is_some() => self.tick().await?,
        }
        let changed = self.overrides.take_changed(self.recorder.simulation());
        if !changed.is_empty() {
            self.publish(Published::Overrides(changed)).await?;
        }
        self.keep().await
    }

    /// Requests wait for a moment while a rewritten journal takes its place, but not for a disk that fails meanwhile.
    fn takes_requests(&self) -> bool {
        !self.rotation.is_short() || self.stuck.is_some() || self.displaced.is_some()
    }

    /// Lets how things stand be kept once enough has happened.
    async fn keep(&mut self) -> Result<(), Unheard> {
        let done = self.simulation().tick() + self.confirmed;
        if done < self.keep_at + self.disk.keep_every() || self.rotation.holds() {
            return Ok(());
        }
        let Some(position) = self.recorder.position() else { return Ok(()) };
        self.keep_at = done;
        let standing = Standing {
            session: self.session.clone(),
            bytes: self.confirmed_bytes,
            position,
            checkpoint: self.recorder.checkpoint(),
            overrides: self.overrides.clone(),
        };
        self.publish(Published::Keep(Box::new(standing), self.disk.keep())).await
    }

    async fn publish(&self, what: Published) -> Result<(), Unheard> {
        self.published.send(what).await.map_err(|_| Unheard)
    }

    fn simulation(&self) -> &Simulation<Model> {
        self.recorder.simulation()
    }

    /// Proposes the next watermark while half of the last one is left, or to see whether the disk is back.
    fn raise_watermark(&mut self) {
        if self.rotation.holds() || self.displaced.is_some() {
            return;
        }
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
        self.lengths.push_back((seq, text.len() as u64));
        if !self.writer.send(seq, text) {
            self.fail("the journal's thread has ended");
        }
    }

    /// The wall time of the next tick, unless the clock stands or the tick must wait for the disk.
    fn next_due(&self) -> Option<Instant> {
        let next = self.simulation().tick() + 1;
        (next <= self.recorder.horizon()).then(|| self.clock.due(next)).flatten()
    }

    /// Computes and publishes every tick that is due and allowed.
    async fn tick(&mut self) -> Result<(), Unheard> {
        let now = Instant::now();
        self.has_ticked = true;
        let done = self.simulation().tick();
        let next = self.clock.due(done + 1).filter(|&due| due <= now);
        if next.is_some_and(|due| now.duration_since(due) > MAX_LAG) {
            self.clock.start_again(done, now);
            return Ok(());
        }
        // A tick whose time has come is due, whatever the division behind `tick_at` rounds to.
        let due = self.clock.tick_at(now).unwrap_or(done).max(done + u64::from(next.is_some()));
        let last = due.min(self.recorder.horizon()).min(done + MAX_BATCH);
        let mut ticks = Vec::new();
        for tick in done + 1..=last {
            let Ok(quotes) = self.recorder.step().map(<[Quote]>::to_vec) else { break };
            let simulation = self.recorder.simulation();
            self.overrides.follow(simulation, &quotes);
            if let Some(due) = self.clock.due(tick) {
                self.pace.push(due, now);
            }
            let observed = |(position, quote)| Observed::on(simulation, position, quote);
            ticks.extend(quotes.into_iter().enumerate().map(observed));
        }
        if ticks.is_empty() { Ok(()) } else { self.publish(Published::Ticks { first: done + 1, ticks }).await }
    }

    async fn answer(&mut self, request: Request) -> Result<(), Unheard> {
        // Whoever asked may have gone; that changes nothing.
        match request {
            Request::Intervene { asked, reply } => match self.propose(*asked) {
                Ok((accepted, seq)) => self.answer_at(seq, Answer::One(accepted, reply)),
                Err(error) => drop(reply.send(Err(error))),
            },
            Request::ReleaseAll { instrument, run, actor, key, reply } => {
                match self.release_once(&instrument, run, &actor, key) {
                    Ok((accepted, seq)) => self.answer_at(seq, Answer::All(accepted, reply)),
                    Err(error) => drop(reply.send(Err(error))),
                }
            }
            Request::Play { play, reply } => match self.play_once(&play) {
                Ok((accepted, seq)) => self.answer_at(seq, Answer::All(accepted, reply)),
                Err(error) => drop(reply.send(Err(error))),
            },
            Request::Clock { change, reply } => {
                let before = self.clock.state();
                let changed = self.change_clock(change);
                drop(reply.send(changed.map(|()| self.status())));
                if self.clock.state() != before {
                    self.publish(Published::Clock(self.clock.state())).await?;
                }
            }
            Request::Begin { opening, clock, key, reply } => {
                if let Some(begun) = self.begin_once(opening, clock, key, reply) {
                    self.publish(Published::Session(begun)).await?;
                }
            }
            Request::Journal(reply) => drop(reply.send(self.copy())),
            Request::Look(look) => look(&View {
                simulation: self.recorder.simulation(),
                overrides: &self.overrides,
                quotes: self.overrides.quotes(),
                digest: self.recorder.digest(),
                session: &self.session,
                command_tick: self.command_tick(),
            }),
        }
        Ok(())
    }

    fn change_clock(&mut self, change: market_api::clock::ClockChange) -> Result<(), MarketError> {
        let before = self.clock.state();
        let asks = change.running.is_some() || change.speed.is_some();
        self.clock.change(change, self.recorder.simulation().tick())?;
        if self.clock.state() == before && (self.is_clock_kept || !asks) {
            return Ok(());
        }
        let kept = self.disk.keep_clock(self.clock.state());
        // One that failed may be there all the same, so the next one counts even if it changes nothing.
        self.is_clock_kept = kept.is_ok();
        if let Err(error) = kept {
            let back = market_api::clock::ClockChange { running: Some(before.running), speed: Some(before.speed) };
            self.clock.change(back, self.recorder.simulation().tick())?;
            return Err(MarketError::Disk(error.to_string()));
        }
        Ok(())
    }

    fn status(&mut self) -> Status {
        Status {
            clock: self.clock.state(),
            tick: self.recorder.simulation().tick(),
            through: self.recorder.through(),
            ticks_per_second: self.pace.ticks_per_second(),
            lateness_p99_ms: self.pace.p99_ms(),
            stalled: self.stall_reason().map(str::to_owned),
        }
    }

    /// Why the journal can't be written, while it can't.
    fn stall_reason(&self) -> Option<&str> {
        let stall = self.displaced.as_ref().or(self.stalled.as_ref()).map(|stall| stall.reason.as_str());
        stall.or(self.stuck.as_deref()).or(self.rotation.reason())
    }

    fn copy(&self) -> Result<JournalCopy, MarketError> {
        // The file that is there has other lines than the recorder knows of, or is another session's.
        let displaced = self.displaced.as_ref().map(|stall| stall.reason.as_str());
        if let Some(reason) = displaced.or(self.rotation.reason()) {
            return Err(MarketError::Disk(reason.into()));
        }
        let file = self.disk.journal().map_err(|error| MarketError::Disk(error.to_string()))?;
        Ok(JournalCopy { file, bytes: self.confirmed_bytes, end: self.recorder.closing()?.text })
    }

    /// Whether commands can be taken now.
    fn check_disk(&self, lines: usize) -> Result<(), MarketError> {
        match self.stall_reason() {
            Some(reason) => Err(MarketError::Disk(reason.into())),
            None if self.proposed - self.confirmed + lines as u64 > MAX_WAITING as u64 => {
                Err(MarketError::Busy(MAX_WAITING))
            }
            None => Ok(()),
        }
    }

    fn settle(&mut self, outcome: Written) {
        match outcome {
            Written::Through(seq) => {
                self.recorder.confirm(seq);
                self.confirmed = seq;
                self.stalled = None;
                while let Some((_, bytes)) = self.lengths.pop_front_if(|(waits_for, _)| *waits_for <= seq) {
                    self.confirmed_bytes += bytes;
                }
                while let Some((_, line)) = self.pending.pop_front_if(|(waits_for, _)| *waits_for <= seq) {
                    self.overrides.add(line);
                }
                self.waiting.extract_if(.., |(waits_for, _)| *waits_for <= seq).for_each(|(_, answer)| answer.give());
            }
            Written::Stuck(error) => self.stick(&error.to_string()),
            Written::Failed { epoch, error } => {
                if self.writer.begin_again(epoch) {
                    self.fail(&error.to_string());
                }
            }
            Written::Copied => self.rotation = Rotation::Settling,
            Written::NotRotated(error) => self.not_rotated(&error.to_string()),
            Written::Hindered(error) => self.rotation = Rotation::Hindered(error.to_string()),
            Written::Rotated(placed) => self.rotated(placed),
        }
    }

    /// What waits for the disk stays open, since a crash could bring it back; whoever waits for it is told so.
    fn stick(&mut self, reason: &str) {
        self.waiting.drain(..).for_each(|(_, answer)| answer.refuse(MarketError::Unsure(reason.into())));
        self.stuck = Some(reason.into());
    }

    /// What isn't on the disk has not happened; everyone who waits for it is told so.
    fn fail(&mut self, reason: &str) {
        self.recorder.retract();
        (self.proposed, self.watermark) = (self.confirmed, self.recorder.through());
        self.lengths.clear();
        self.pending.clear();
        let confirmed = self.confirmed;
        self.told.retain(|(_, told)| !matches!(told, Told::Several(_, seq, _) if *seq > confirmed));
        self.waiting.drain(..).for_each(|(_, answer)| answer.refuse(MarketError::Disk(reason.into())));
        self.stuck = None;
        self.stalled = Some(Stall::new(reason));
    }
}
