use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::chain::Chain;
use super::checkpoint::{Checkpoint, CheckpointError};
use super::digest::{Digest, TickDigest};
use super::line::{CommandLine, Entry, Header, Line, MAX_ACTOR_CHARS, MAX_KEY_CHARS, MAX_REASON_CHARS};
use super::read::{Journal, Position};
use super::replay::{Replay, ReplayError};
use crate::engine::{Quote, Simulation, StepError, Tick};
use crate::intervention::{Command, InterventionError, InterventionId};
use crate::market::Market;
use crate::process::Process;

/// The most lines that may be proposed and not confirmed.
pub const MAX_OPEN: usize = 65_536;

/// A line that can't be written, or a tick that can't be computed yet. Nothing has changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// The command is refused.
    #[error(transparent)]
    Intervention(#[from] InterventionError),
    /// The step can't be taken.
    #[error(transparent)]
    Step(#[from] StepError),
    /// A name or reason that is too long.
    #[error("{field} has {chars} characters, at most {most} are allowed")]
    TooLong {
        /// `actor`, `reason` or `key`.
        field: &'static str,
        /// Its length.
        chars: usize,
        /// The most allowed.
        most: usize,
    },
    /// A watermark that would go back.
    #[error("through = {tick} is below the watermark {watermark}")]
    Watermark {
        /// The tick asked for.
        tick: u64,
        /// The last watermark proposed.
        watermark: u64,
    },
    /// A tick above the watermark, or that of a command whose line isn't confirmed: the line must be on disk first.
    #[error("tick = {tick} is above {horizon}, the last tick whose lines are on disk")]
    AboveHorizon {
        /// The tick to be computed.
        tick: u64,
        /// The last tick that may be.
        horizon: u64,
    },
    /// The journal was closed.
    #[error("the journal has ended")]
    Ended,
    /// Too many lines wait for the disk.
    #[error("{MAX_OPEN} lines are not confirmed: wait for the disk")]
    Full,
    /// A rewritten journal that isn't this one's.
    #[error("through = {found}: the journal stands at {through}, and {open} of its lines are not confirmed")]
    Elsewhere {
        /// The other's watermark.
        found: u64,
        /// Lines that aren't confirmed.
        open: usize,
        /// This one's watermark.
        through: u64,
    },
    /// A line that can't be written as JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

/// A line to be written. It takes effect by [`Recorder::confirm`], once it is safely on disk.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a proposal takes effect when it is on disk and confirmed"]
pub struct Proposal {
    /// What it says.
    pub line: Line,
    /// Its text, with the newline.
    pub text: String,
}

/// What became of a command.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a proposal takes effect when it is on disk and confirmed"]
pub enum Proposed {
    /// It is new: write its line.
    Line(Box<Proposal>),
    /// The same command was given before. It may be acknowledged once the line of this seq is confirmed; 0 if it is
    /// already.
    Known {
        /// The seq to wait for.
        seq: u64,
    },
}

/// A proposed line that isn't confirmed: what to undo if it can't be written.
#[derive(Clone, Debug)]
struct Open {
    seq: u64,
    before: Chain,
    at_before: u64,
    effect: Effect,
}

#[derive(Clone, Copy, Debug)]
enum Effect {
    Command { id: InterventionId, tick: u64 },
    Through(u64),
    End,
}

/// A simulation that keeps its journal: ticks are counted into the digest, changes pass through proposals.
///
/// The order that makes a journal the truth: propose, write and sync the text, confirm. Any number of lines may be
/// proposed before one sync confirms them all, and ticks go on meanwhile, up to the watermark confirmed and not beyond
/// the tick before the first command that isn't. Lines that can't be written are retracted, and nothing has happened.
///
/// ```
/// use gbm_core::journal::{self, Recorder};
/// use gbm_core::prelude::*;
/// # let btc = Instrument { name: "BTC-USD".into(), asset: 0, spot: Price::new(1.0)?,
/// #     model: Model::from(Gbm::new(0.5, 0.8)?), book: Book::btc() };
/// # let market = Market::new(Seed::from(42), TimeGrid::new(0, 100)?, vec![btc], None)?;
/// let (mut recorder, mut text) = Recorder::start(market)?;
/// let through = recorder.propose_through(100)?;
/// assert!(recorder.step().is_err()); // not on disk yet
/// text.push_str(&through.text);
/// recorder.confirm(through.line.seq);
/// while recorder.simulation().tick() < 100 {
///     recorder.step()?;
/// }
/// assert!(recorder.step().is_err()); // above the watermark
/// text.push_str(&recorder.propose_end()?.text);
/// let journal = journal::read::<Model>(text.as_bytes())?;
/// assert_eq!(journal.lines.last().map(|line| line.digest), Some(recorder.digest()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Recorder<P: Process> {
    simulation: Simulation<P>,
    digest: TickDigest,
    quotes: Vec<Quote>,
    chain: Chain,
    seq: u64,
    /// The last line's.
    at: u64,
    through: u64,
    proposed_through: u64,
    ended: bool,
    open: VecDeque<Open>,
    horizon: u64,
}

impl<P: Process + Clone + Serialize> Recorder<P> {
    /// A journal's beginning, and the text of its header, which must be on disk before anything else.
    ///
    /// # Errors
    /// [`RecordError::Json`] if the market can't be written.
    pub fn start(market: Market<P>) -> Result<(Self, String), RecordError> {
        Self::start_session(market, "")
    }

    /// The same for a session that has a name.
    ///
    /// # Errors
    /// As [`Recorder::start`].
    pub fn start_session(market: Market<P>, session: &str) -> Result<(Self, String), RecordError> {
        let (mut text, chain) = Chain::default().seal(&Header::new(market.clone(), session))?;
        text.push('\n');
        let start = Position { chain, ..Position::default() };
        let recorder = Self::assemble(Simulation::new(market), TickDigest::default(), start, false);
        Ok((recorder, text))
    }

    /// A journal that begins with all interventions of another, so that its ticks are that one's, and after its last they
    /// go on; and the text to be on disk before anything else. Who acted and why is kept; keys were that session's.
    ///
    /// # Errors
    /// [`RecordError::Intervention`] for a line that no session of its market can have written.
    pub fn start_replay(journal: &Journal<P>, session: &str) -> Result<(Self, String), RecordError> {
        let (mut recorder, mut text) = Self::start_session(journal.header.market.clone(), session)?;
        for line in &journal.lines {
            let Entry::Command(line) = &line.entry else { continue };
            let proposal = recorder.propose_replayed(CommandLine { key: String::new(), ..line.clone() })?;
            recorder.confirm(proposal.line.seq);
            text.push_str(&proposal.text);
        }
        Ok((recorder, text))
    }

    /// Goes on with a journal that was read: its ticks are recomputed up to its end or watermark and shown to `seen`,
    /// one call for each instrument of each tick with the simulation as it stands after it, and every digest is checked. A torn last line must be cut off the file
    /// ([`Journal::torn`]) before anything is appended.
    ///
    /// # Errors
    /// [`ReplayError`] if the journal doesn't give the ticks it says it gave.
    pub fn recover(journal: &Journal<P>, seen: impl FnMut(&Simulation<P>, Tick)) -> Result<Self, ReplayError> {
        Self::follow(journal, Replay::new(journal), seen)
    }

    fn follow(
        journal: &Journal<P>,
        mut replay: Replay<'_, P>,
        mut seen: impl FnMut(&Simulation<P>, Tick),
    ) -> Result<Self, ReplayError> {
        while let Some(tick) = replay.next() {
            seen(replay.simulation(), tick?);
        }
        let start = Position { chain: journal.chain, through: journal.through(), ..journal.start };
        let end = journal.lines.last().map_or(start, |line| Position { seq: line.seq, at: line.at, ..start });
        let (simulation, digest) = replay.into_parts();
        Ok(Self::assemble(simulation, digest, end, journal.has_ended()))
    }

    fn assemble(simulation: Simulation<P>, digest: TickDigest, end: Position, ended: bool) -> Self {
        let quotes = vec![Quote::default(); simulation.market().instruments().len()];
        let Position { seq, at, through, chain } = end;
        let mut recorder = Self {
            simulation,
            digest,
            quotes,
            chain,
            seq,
            at,
            through,
            proposed_through: through,
            ended,
            open: VecDeque::new(),
            horizon: through,
        };
        recorder.find_horizon();
        recorder
    }

    /// An accepted command's line, or that the same command is known already and nothing is to be written.
    ///
    /// # Errors
    /// [`RecordError`], by which the command is refused.
    pub fn propose_command(&mut self, command: &Command, actor: &str, reason: &str) -> Result<Proposed, RecordError> {
        self.propose_keyed(command, actor, reason, "")
    }

    /// The same with the name that the request has for its sender, by which a repetition is recognised: finding the id
    /// of a key is the caller's part, who reads keys from the lines.
    ///
    /// # Errors
    /// [`RecordError`], by which the command is refused.
    pub fn propose_keyed(
        &mut self,
        command: &Command,
        actor: &str,
        reason: &str,
        key: &str,
    ) -> Result<Proposed, RecordError> {
        self.propose_part(command, actor, reason, key, false)
    }

    /// The same of a request that has several commands: all but the last say that there are `more`. Their lines must be written
    /// together, and a reader takes all of them or, if a crash has cut them short, none.
    ///
    /// # Errors
    /// [`RecordError`], by which the command is refused.
    pub fn propose_part(
        &mut self,
        command: &Command,
        actor: &str,
        reason: &str,
        key: &str,
        more: bool,
    ) -> Result<Proposed, RecordError> {
        let limits =
            [("actor", actor, MAX_ACTOR_CHARS), ("reason", reason, MAX_REASON_CHARS), ("key", key, MAX_KEY_CHARS)];
        for (field, text, most) in limits {
            let chars = text.chars().count();
            if chars > most {
                return Err(RecordError::TooLong { field, chars, most });
            }
        }
        let intervention = self.simulation.resolve(command)?;
        if self.simulation.knows(intervention.id) {
            let is_open = |open: &&Open| open.command() == Some(intervention.id);
            return Ok(Proposed::Known { seq: self.open.iter().find(is_open).map_or(0, |open| open.seq) });
        }
        let effect = Effect::Command { id: intervention.id, tick: intervention.tick };
        let (actor, reason, key) = (actor.into(), reason.into(), key.into());
        let line = CommandLine { intervention: intervention.clone(), actor, reason, key, more, replayed: false };
        let proposal = self.propose(Entry::Command(line), effect)?;
        self.simulation.accept(intervention)?;
        Ok(Proposed::Line(Box::new(proposal)))
    }

    /// A line of another session of this market, taken as it stands.
    pub(crate) fn propose_replayed(&mut self, line: CommandLine) -> Result<Proposal, RecordError> {
        let effect = Effect::Command { id: line.intervention.id, tick: line.intervention.tick };
        self.simulation.accept_replayed(&line.intervention)?;
        let id = line.intervention.id;
        let proposal = self.propose(Entry::Command(CommandLine { replayed: true, more: false, ..line }), effect);
        proposal.inspect_err(|_| self.simulation.retract(std::iter::once(id)))
    }

    /// A watermark: once it is confirmed, ticks up to `tick` may be computed and published.
    ///
    /// # Errors
    /// [`RecordError::Watermark`] for a tick below the last one proposed, [`RecordError::Step`] beyond the grid.
    pub fn propose_through(&mut self, tick: u64) -> Result<Proposal, RecordError> {
        self.simulation.market().grid().check(tick).map_err(StepError::from)?;
        if tick < self.proposed_through {
            return Err(RecordError::Watermark { tick, watermark: self.proposed_through });
        }
        let before = std::mem::replace(&mut self.proposed_through, tick);
        self.propose(Entry::Through { tick }, Effect::Through(tick)).inspect_err(|_| self.proposed_through = before)
    }

    /// The line that closes the journal.
    ///
    /// # Errors
    /// [`RecordError::Ended`] if it was closed before.
    pub fn propose_end(&mut self) -> Result<Proposal, RecordError> {
        let proposal = self.propose(Entry::End {}, Effect::End)?;
        self.ended = true;
        self.find_horizon();
        Ok(proposal)
    }

    /// The line that would close a copy of the journal as it is on disk now, up to the last line confirmed; nothing
    /// changes by it.
    ///
    /// # Errors
    /// [`RecordError::Json`] if it can't be written.
    pub fn closing(&self) -> Result<Proposal, RecordError> {
        let (seq, chain) = self.open.front().map_or((self.seq + 1, self.chain), |open| (open.seq, open.before));
        let line = Line { seq, at: self.simulation.tick(), digest: self.digest.value(), entry: Entry::End {} };
        let (mut text, _) = chain.seal(&line)?;
        text.push('\n');
        Ok(Proposal { line, text })
    }

    fn propose(&mut self, entry: Entry, effect: Effect) -> Result<Proposal, RecordError> {
        if self.ended {
            return Err(RecordError::Ended);
        }
        if self.open.len() == MAX_OPEN {
            return Err(RecordError::Full);
        }
        let line = Line { seq: self.seq + 1, at: self.simulation.tick(), digest: self.digest.value(), entry };
        let (mut text, chain) = self.chain.seal(&line)?;
        text.push('\n');
        self.open.push_back(Open { seq: line.seq, before: self.chain, at_before: self.at, effect });
        (self.seq, self.at, self.chain) = (line.seq, line.at, chain);
        if let Effect::Command { tick, .. } = effect {
            self.horizon = self.horizon.min(tick - 1);
        }
        Ok(Proposal { line, text })
    }

    /// Lets every line up to `seq` take effect: they are on disk.
    pub fn confirm(&mut self, seq: u64) {
        while let Some(open) = self.open.pop_front_if(|open| open.seq <= seq) {
            if let Effect::Through(tick) = open.effect {
                self.through = tick;
            }
        }
        self.find_horizon();
    }

    /// Takes back every line that isn't confirmed: they could not be written. Their commands have not acted.
    pub fn retract(&mut self) {
        if let Some(first) = self.open.front() {
            (self.seq, self.at, self.chain) = (first.seq - 1, first.at_before, first.before);
        }
        self.simulation.retract(self.open.iter().filter_map(Open::command));
        self.ended &= !self.open.iter().any(|open| matches!(open.effect, Effect::End));
        self.proposed_through = self.through;
        self.open.clear();
        self.find_horizon();
    }

    fn find_horizon(&mut self) {
        let last = if self.ended { self.simulation.tick() } else { self.through };
        self.horizon = self.open.iter().filter_map(Open::command_tick).fold(last, |last, tick| last.min(tick - 1));
    }

    /// Goes on in another journal of the same session, whose lines say what this one's do: a
    /// [`Compactor`](super::Compactor) has rewritten it up to here.
    ///
    /// # Errors
    /// [`RecordError::Elsewhere`] while lines aren't confirmed, and for a journal that ends at another watermark.
    pub fn go_on_from(&mut self, position: Position) -> Result<(), RecordError> {
        if !self.open.is_empty() || position.through != self.through {
            return Err(RecordError::Elsewhere {
                found: position.through,
                open: self.open.len(),
                through: self.through,
            });
        }
        (self.seq, self.at, self.chain) = (position.seq, position.at, position.chain);
        Ok(())
    }

    /// Computes the next tick; its quotes, one for each instrument.
    ///
    /// # Errors
    /// [`RecordError::AboveHorizon`] for a tick that may not be published yet, [`RecordError::Step`] at the grid's
    /// end.
    #[inline]
    pub fn step(&mut self) -> Result<&[Quote], RecordError> {
        let tick = self.simulation.tick() + 1;
        if tick > self.horizon {
            return Err(RecordError::AboveHorizon { tick, horizon: self.horizon });
        }
        self.simulation.step_into(&mut self.quotes)?;
        self.digest.push(tick, &self.quotes);
        Ok(&self.quotes)
    }

    /// The simulation.
    pub fn simulation(&self) -> &Simulation<P> {
        &self.simulation
    }

    /// The seq of the last line proposed or recovered; 0 for the header alone.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// The watermark confirmed.
    pub fn through(&self) -> u64 {
        self.through
    }

    /// The last tick that may be computed: the watermark, or the tick before the first unconfirmed command.
    pub fn horizon(&self) -> u64 {
        self.horizon
    }

    /// Whether the journal was closed.
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// The digest of all ticks so far.
    pub fn digest(&self) -> Digest {
        self.digest.value()
    }

    /// What a later run can go on from.
    pub fn checkpoint(&self) -> Checkpoint<P> {
        Checkpoint::new(&self.simulation, &self.digest)
    }

    /// Where the journal stands, if every line proposed is confirmed: a checkpoint made now belongs there.
    pub fn position(&self) -> Option<Position> {
        let position = Position { seq: self.seq, at: self.at, through: self.through, chain: self.chain };
        self.open.is_empty().then_some(position)
    }
}

impl<P: Process + Clone + Serialize + for<'de> Deserialize<'de>> Recorder<P> {
    /// Goes on with a journal of which only the tail after a [`Recorder::position`] was read, and the checkpoint that was
    /// made there. Otherwise as [`Recorder::recover`].
    ///
    /// # Errors
    /// [`ResumeError`] for a checkpoint that can't be used, or a tail that doesn't give the ticks it says it gave.
    pub fn resume(
        journal: &Journal<P>,
        checkpoint: Checkpoint<P>,
        seen: impl FnMut(&Simulation<P>, Tick),
    ) -> Result<Self, ResumeError> {
        Ok(Self::follow(journal, Replay::resume(journal, checkpoint)?, seen)?)
    }
}

/// A checkpoint and a tail that don't go on with each other.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResumeError {
    /// The checkpoint can't be used.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The tail doesn't give the ticks it says it gave.
    #[error(transparent)]
    Replay(#[from] ReplayError),
}

impl Open {
    fn command(&self) -> Option<InterventionId> {
        if let Effect::Command { id, .. } = self.effect { Some(id) } else { None }
    }

    fn command_tick(&self) -> Option<u64> {
        if let Effect::Command { tick, .. } = self.effect { Some(tick) } else { None }
    }
}
