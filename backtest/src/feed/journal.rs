use gbm_core::grid::TimeGrid;
use gbm_core::journal::{Journal, Replay};
use gbm_core::process::Process;
use gbm_core::quoting::Increment;

use super::{Feed, Step, published};
use crate::error::BacktestError;

/// A journal's ticks, with all that has intervened in them, as they were published; every digest is checked on the way.
#[derive(Clone, Debug)]
pub struct Replayed<'a, P: Process> {
    replay: Replay<'a, P>,
    grid: TimeGrid,
    instrument: usize,
    increment: Increment,
    start_ms: i64,
    end_ms: i64,
}

impl<'a, P: Process + Clone> Replayed<'a, P> {
    /// A journal from its first tick, of one instrument by its position, in an increment of prices.
    ///
    /// # Errors
    /// [`BacktestError::Instrument`] if there is no such instrument.
    pub fn new(journal: &'a Journal<P>, instrument: usize, increment: Increment) -> Result<Self, BacktestError> {
        if instrument >= journal.header.market.instruments().len() {
            return Err(BacktestError::Instrument(instrument));
        }
        let grid = journal.header.market.grid();
        let start_ms = grid.start_time_ms();
        Ok(Self { replay: Replay::new(journal), grid, instrument, increment, start_ms, end_ms: start_ms })
    }
}

impl<P: Process> Feed for Replayed<'_, P> {
    #[inline]
    fn step(&mut self) -> Result<Option<Step>, BacktestError> {
        loop {
            let Some(tick) = self.replay.next().transpose()? else { return Ok(None) };
            if tick.instrument != self.instrument {
                continue;
            }
            self.end_ms = self.grid.time_ms(tick.tick).map_err(gbm_core::engine::StepError::Grid)?;
            if tick.is_halted {
                return Ok(Some(Step::Halt));
            }
            let quoting = self.replay.simulation().quoting(self.instrument);
            let quoting = quoting.ok_or(BacktestError::Instrument(self.instrument))?;
            return Ok(Some(Step::Quote(published((tick.tick, self.end_ms), tick.price, quoting, self.increment))));
        }
    }

    fn start_ms(&self) -> i64 {
        self.start_ms
    }

    fn end_ms(&self) -> i64 {
        self.end_ms
    }
}
