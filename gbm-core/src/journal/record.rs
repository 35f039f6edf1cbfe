use serde::{Deserialize, Serialize};

use super::chain::{Chain, SealError};
use super::digest::{Digest, DigestState, TickDigest};
use super::line::{CommandLine, Entry, Header, Line, MAX_ACTOR_CHARS, MAX_REASON_CHARS};
use crate::engine::{Quote, Simulation, Snapshot, SnapshotError, StepError};
use crate::intervention::{Command, InterventionError};
use crate::market::Market;
use crate::process::Process;

/// A line that can't be written. Nothing has changed.
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
        /// `actor` or `reason`.
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
        /// The watermark in force.
        watermark: u64,
    },
    /// A tick above the watermark: its line must be on disk first.
    #[error("tick = {tick} is above the watermark {watermark}")]
    AboveWatermark {
        /// The tick to be computed.
        tick: u64,
        /// The watermark in force.
        watermark: u64,
    },
    /// Another line was committed since the draft was made.
    #[error("the draft has seq {draft}, but the next line is {next}")]
    Stale {
        /// The draft's sequence number.
        draft: u64,
        /// The number due.
        next: u64,
    },
    /// A line that can't be written as JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

/// A line to be written: it takes effect by [`Recorder::commit`], after it is safely on disk.
#[derive(Clone, Debug)]
#[must_use = "a draft has no effect until it is committed"]
pub struct Draft {
    line: Line,
    text: String,
    chain: Chain,
}

impl Draft {
    /// The text with its newline.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it says.
    pub fn line(&self) -> &Line {
        &self.line
    }
}

/// A simulation that keeps its journal: ticks are counted into the digest, changes pass through drafts.
///
/// The order that makes a journal the truth: draft, write and sync the text, commit, and only then step.
///
/// ```
/// use gbm_core::journal::{self, Recorder};
/// use gbm_core::prelude::*;
/// # let btc = Instrument { name: "BTC-USD".into(), asset: 0, spot: Price::new(1.0)?,
/// #     model: Model::from(Gbm::new(0.5, 0.8)?), book: Book::btc() };
/// # let market = Market::new(Seed::from(42), TimeGrid::new(0, 100)?, vec![btc], None)?;
/// let (mut recorder, mut text) = Recorder::start(market)?;
/// let draft = recorder.draft_through(100)?;
/// text.push_str(draft.text());
/// recorder.commit(draft)?;
/// while recorder.simulation().tick() < 100 {
///     recorder.step()?;
/// }
/// assert!(recorder.step().is_err()); // above the watermark
/// let end = recorder.draft_end()?;
/// text.push_str(end.text());
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
    through: u64,
}

impl<P: Process + Clone + Serialize> Recorder<P> {
    /// A journal's beginning, and the text of its header.
    ///
    /// # Errors
    /// [`RecordError::Json`] if the market can't be written.
    pub fn start(market: Market<P>) -> Result<(Self, String), RecordError> {
        let (mut text, chain) = Chain::default().seal(&Header::new(market.clone()))?;
        text.push('\n');
        let quotes = vec![Quote::default(); market.instruments().len()];
        let digest = TickDigest::default();
        Ok((Self { simulation: Simulation::new(market), digest, quotes, chain, seq: 0, through: 0 }, text))
    }

    /// An accepted command's line; `None` if the same command is known already, and nothing is to be written.
    ///
    /// # Errors
    /// [`RecordError`], by which the command is refused.
    pub fn draft_command(&self, command: &Command, actor: &str, reason: &str) -> Result<Option<Draft>, RecordError> {
        for (field, text, most) in [("actor", actor, MAX_ACTOR_CHARS), ("reason", reason, MAX_REASON_CHARS)] {
            let chars = text.chars().count();
            if chars > most {
                return Err(RecordError::TooLong { field, chars, most });
            }
        }
        let intervention = self.simulation.resolve(command)?;
        if self.simulation.knows(intervention.id) {
            return Ok(None);
        }
        let line = CommandLine { intervention, actor: actor.into(), reason: reason.into() };
        self.draft(Entry::Command(line)).map(Some)
    }

    /// A watermark: once it is on disk, ticks up to `tick` may be computed and published.
    ///
    /// # Errors
    /// [`RecordError::Watermark`] for a tick below the watermark in force, [`RecordError::Step`] beyond the grid.
    pub fn draft_through(&self, tick: u64) -> Result<Draft, RecordError> {
        self.simulation.market().grid().check(tick).map_err(StepError::from)?;
        if tick < self.through {
            return Err(RecordError::Watermark { tick, watermark: self.through });
        }
        self.draft(Entry::Through { tick })
    }

    /// The line that closes the journal.
    ///
    /// # Errors
    /// [`RecordError::Json`].
    pub fn draft_end(&self) -> Result<Draft, RecordError> {
        self.draft(Entry::End {})
    }

    fn draft(&self, entry: Entry) -> Result<Draft, RecordError> {
        let line = Line { seq: self.seq + 1, at: self.simulation.tick(), digest: self.digest.value(), entry };
        let (mut text, chain) = self.chain.seal(&line)?;
        text.push('\n');
        Ok(Draft { line, text, chain })
    }

    /// Lets a line that is on disk take effect.
    ///
    /// # Errors
    /// [`RecordError::Stale`] if another line was committed since, or ticks were computed.
    pub fn commit(&mut self, draft: Draft) -> Result<(), RecordError> {
        let Draft { line, chain, .. } = draft;
        if line.seq != self.seq + 1 || line.at != self.simulation.tick() {
            return Err(RecordError::Stale { draft: line.seq, next: self.seq + 1 });
        }
        match line.entry {
            Entry::Command(command) => self.simulation.accept(command.intervention)?,
            Entry::Through { tick } => self.through = tick,
            Entry::End {} => {}
        }
        (self.seq, self.chain) = (line.seq, chain);
        Ok(())
    }

    /// Computes the next tick; its quotes, one for each instrument.
    ///
    /// # Errors
    /// [`RecordError::AboveWatermark`] for a tick that may not be published yet, [`RecordError::Step`] at the
    /// grid's end.
    #[inline]
    pub fn step(&mut self) -> Result<&[Quote], RecordError> {
        let tick = self.simulation.tick() + 1;
        if tick > self.through {
            return Err(RecordError::AboveWatermark { tick, watermark: self.through });
        }
        self.simulation.step_into(&mut self.quotes)?;
        self.digest.push(tick, &self.quotes);
        Ok(&self.quotes)
    }

    /// The simulation.
    pub fn simulation(&self) -> &Simulation<P> {
        &self.simulation
    }

    /// The watermark in force.
    pub fn through(&self) -> u64 {
        self.through
    }

    /// The digest of all ticks so far.
    pub fn digest(&self) -> Digest {
        self.digest.value()
    }

    /// What a later run can go on from.
    pub fn checkpoint(&self) -> Checkpoint<P> {
        Checkpoint::new(&self.simulation, &self.digest)
    }
}

/// A simulation and its digest between two ticks, as one sealed line.
///
/// ```
/// # use gbm_core::prelude::*;
/// use gbm_core::journal::{Checkpoint, TickDigest};
/// # let btc = Instrument { name: "BTC-USD".into(), asset: 0, spot: Price::new(1.0)?,
/// #     model: Model::from(Gbm::new(0.5, 0.8)?), book: Book::btc() };
/// # let market = Market::new(Seed::from(42), TimeGrid::new(0, 100)?, vec![btc], None)?;
/// let text = Checkpoint::new(&Simulation::new(market), &TickDigest::default()).to_text()?;
/// let (simulation, digest) = Checkpoint::<Model>::from_text(text.as_bytes())?.restore()?;
/// assert!(Checkpoint::<Model>::from_text(text.replace("42", "43").as_bytes()).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(serialize = "P: Serialize", deserialize = "P: Process + Deserialize<'de>"))]
pub struct Checkpoint<P: Process> {
    simulation: Snapshot<P>,
    digest: DigestState,
}

/// A text that isn't a checkpoint.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// It was changed, or is something else.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// Sealed, but not a checkpoint.
    #[error("{0}")]
    Syntax(#[from] serde_json::Error),
    /// No simulation has left it behind.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// The digest's open block can't be gone on with.
    #[error("digest: the open block is not a hash state")]
    Digest,
}

impl<P: Process + Clone + Serialize> Checkpoint<P> {
    /// A checkpoint of a simulation and the digest of its ticks.
    pub fn new(simulation: &Simulation<P>, digest: &TickDigest) -> Self {
        Self { simulation: simulation.snapshot(), digest: digest.state() }
    }

    /// The sealed line, with its newline.
    ///
    /// # Errors
    /// Those of serde.
    pub fn to_text(&self) -> serde_json::Result<String> {
        let (mut text, _) = Chain::default().seal(self)?;
        text.push('\n');
        Ok(text)
    }
}

impl<P: Process + for<'de> Deserialize<'de>> Checkpoint<P> {
    /// Reads a sealed line.
    ///
    /// # Errors
    /// [`CheckpointError`] for a text that was changed or is something else.
    pub fn from_text(text: &[u8]) -> Result<Self, CheckpointError> {
        let line = text.strip_suffix(b"\n").unwrap_or(text);
        Chain::default().open(line)?;
        Ok(serde_json::from_slice(line)?)
    }

    /// The simulation and digest, ready to go on.
    ///
    /// # Errors
    /// [`CheckpointError`] for contents that no simulation has left behind.
    pub fn restore(self) -> Result<(Simulation<P>, TickDigest), CheckpointError> {
        let digest = TickDigest::restore(&self.digest).ok_or(CheckpointError::Digest)?;
        Ok((Simulation::restore(self.simulation)?, digest))
    }
}
