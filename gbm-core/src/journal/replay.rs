use std::iter::Zip;
use std::ops::RangeFrom;
use std::slice::Iter;

use serde::Deserialize;

use super::checkpoint::{Checkpoint, CheckpointError};
use super::digest::{BLOCK_TICKS, Digest, TickDigest};
use super::line::{Entry, Line};
use super::read::{Journal, number};
use crate::engine::{Quote, Simulation, StepError, Tick};
use crate::intervention::InterventionError;
use crate::process::Process;

/// A journal that doesn't give the ticks it says it gave.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// The digest differs.
    #[error("journal line {line}: the digest differs, first in block {block} (ticks {from} to {to})")]
    Digest {
        /// The first line that differs, from 1.
        line: usize,
        /// The block of 4,096 ticks, from 0.
        block: u64,
        /// The first tick that may differ.
        from: u64,
        /// The last tick of the comparison.
        to: u64,
    },
    /// A recorded command that the simulation refuses.
    #[error("journal line {line}: {error}")]
    Intervention {
        /// The line, from 1.
        line: usize,
        /// Why.
        error: InterventionError,
    },
    /// A tick beyond the grid.
    #[error(transparent)]
    Step(#[from] StepError),
}

/// Recomputes a journal's ticks, up to its end or its watermark, checking every digest on the way.
///
/// As an iterator it yields what [`Simulation`] yields; after an error it ends.
///
/// ```
/// use gbm_core::journal::{self, Recorder, Replay};
/// # use gbm_core::prelude::*;
/// # let btc = Instrument { name: "BTC-USD".into(), asset: 0, spot: Price::new(1.0)?,
/// #     model: Model::from(Gbm::new(0.5, 0.8)?), book: Book::btc() };
/// # let market = Market::new(Seed::from(42), TimeGrid::new(0, 100)?, vec![btc], None)?;
/// let (mut recorder, mut text) = Recorder::start(market)?;
/// text.push_str(&recorder.propose_through(100)?.text);
/// let journal = journal::read::<Model>(text.as_bytes())?;
/// assert_eq!(Replay::new(&journal).count(), 100);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Replay<'a, P: Process> {
    simulation: Simulation<P>,
    digest: TickDigest,
    /// With the lines' numbers, from 1, the header's.
    lines: Zip<RangeFrom<usize>, Iter<'a, Line>>,
    current: Option<(usize, &'a Line)>,
    through: u64,
    /// The last tick whose digest was right.
    agreed: u64,
    quotes: Vec<Quote>,
    yielded: usize,
    failed: bool,
}

impl<'a, P: Process + Clone> Replay<'a, P> {
    /// Begins before the first tick.
    pub fn new(journal: &'a Journal<P>) -> Self {
        Self::from(journal, Simulation::new(journal.header.market.clone()), TickDigest::default())
    }
}

impl<'a, P: Process + for<'de> Deserialize<'de>> Replay<'a, P> {
    /// Goes on from a checkpoint that was made where the journal's tail begins.
    ///
    /// # Errors
    /// [`CheckpointError`] for contents that no simulation has left behind.
    pub fn resume(journal: &'a Journal<P>, checkpoint: Checkpoint<P>) -> Result<Self, CheckpointError> {
        let (simulation, digest) = checkpoint.restore()?;
        Ok(Self::from(journal, simulation, digest))
    }
}

impl<'a, P: Process> Replay<'a, P> {
    fn from(journal: &'a Journal<P>, simulation: Simulation<P>, digest: TickDigest) -> Self {
        let quotes = vec![Quote::default(); simulation.market().instruments().len()];
        let mut lines = (number(journal.start) + 1..).zip(&journal.lines);
        Self {
            agreed: simulation.tick(),
            simulation,
            digest,
            current: lines.next(),
            lines,
            through: journal.through(),
            yielded: quotes.len(),
            quotes,
            failed: false,
        }
    }

    /// The simulation as far as it has got.
    pub fn simulation(&self) -> &Simulation<P> {
        &self.simulation
    }

    /// The digest of all ticks so far.
    pub fn digest(&self) -> Digest {
        self.digest.value()
    }

    /// The simulation and the digest of its ticks, to go on with.
    pub(super) fn into_parts(self) -> (Simulation<P>, TickDigest) {
        (self.simulation, self.digest)
    }

    /// Takes up every line that was written at the current tick. Gives whether a tick follows.
    fn take_lines(&mut self) -> Result<bool, ReplayError> {
        while let Some((number, line)) = self.current {
            let tick = self.simulation.tick();
            if line.at > tick {
                return Ok(true);
            }
            if self.digest.value() != line.digest {
                let from = self.agreed + 1;
                let block = (from - 1) / BLOCK_TICKS;
                return Err(ReplayError::Digest { line: number, block, from, to: line.at });
            }
            self.agreed = tick;
            match &line.entry {
                Entry::Command(command) => {
                    let intervention = command.intervention.clone();
                    let accepted = if command.replayed {
                        self.simulation.accept_replayed(&intervention)
                    } else {
                        self.simulation.accept(intervention)
                    };
                    accepted.map_err(|error| ReplayError::Intervention { line: number, error })?;
                }
                Entry::Through { .. } => {}
                Entry::End {} => return Ok(false),
            }
            self.current = self.lines.next();
        }
        Ok(self.simulation.tick() < self.through)
    }

    fn advance(&mut self) -> Result<bool, ReplayError> {
        if !self.take_lines()? {
            return Ok(false);
        }
        let tick = self.simulation.step_into(&mut self.quotes)?;
        self.digest.push(tick, &self.quotes);
        self.yielded = 0;
        Ok(true)
    }
}

impl<P: Process> Iterator for Replay<'_, P> {
    type Item = Result<Tick, ReplayError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        if self.yielded == self.quotes.len() {
            match self.advance() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => {
                    self.failed = true;
                    return Some(Err(error));
                }
            }
        }
        let instrument = self.yielded;
        self.yielded += 1;
        Some(Ok(Tick::new(self.simulation.tick(), instrument, self.quotes[instrument])))
    }
}
