use gbm_core::engine::{Quote as Priced, Simulation};
use gbm_core::grid::TimeGrid;
use gbm_core::market::Market;
use gbm_core::process::Process;
use gbm_core::quoting::Increment;

use super::{Feed, Step, published};
use crate::error::BacktestError;

/// A seeded path: a market's simulation, with whatever interventions it has been told of, as it is published.
///
/// Prices and quotes are those that the market's service would publish: rounded to the increment, the book's spread around them, both as
/// liquidity leaves them.
#[derive(Clone, Debug)]
pub struct Path<P: Process> {
    simulation: Simulation<P>,
    grid: TimeGrid,
    instrument: usize,
    increment: Increment,
    priced: Vec<Priced>,
    last_tick: u64,
    start_ms: i64,
    end_ms: i64,
}

impl<P: Process + Clone> Path<P> {
    /// The first ticks of a market, which nobody steers.
    ///
    /// # Errors
    /// As [`Path::new`].
    pub fn of(market: Market<P>, instrument: usize, increment: Increment, ticks: u64) -> Result<Self, BacktestError> {
        Self::new(Simulation::new(market), instrument, increment, ticks)
    }
}

impl<P: Process> Path<P> {
    /// The next ticks of a simulation, so many of them, of one instrument by its position, in an increment of prices.
    ///
    /// # Errors
    /// [`BacktestError::Instrument`] if there is no such instrument, [`BacktestError::Empty`] for no tick.
    pub fn new(
        simulation: Simulation<P>,
        instrument: usize,
        increment: Increment,
        ticks: u64,
    ) -> Result<Self, BacktestError> {
        let instruments = simulation.market().instruments().len();
        if instrument >= instruments {
            return Err(BacktestError::Instrument(instrument));
        }
        if ticks == 0 {
            return Err(BacktestError::Empty);
        }
        let grid = simulation.market().grid();
        let start_ms = grid.time_ms(simulation.tick()).map_err(gbm_core::engine::StepError::Grid)?;
        Ok(Self {
            last_tick: simulation.tick().saturating_add(ticks),
            grid,
            instrument,
            increment,
            priced: vec![Priced::default(); instruments],
            start_ms,
            end_ms: start_ms,
            simulation,
        })
    }
}

impl<P: Process> Feed for Path<P> {
    #[inline]
    fn step(&mut self) -> Result<Option<Step>, BacktestError> {
        if self.simulation.tick() >= self.last_tick {
            return Ok(None);
        }
        let tick = self.simulation.step_into(&mut self.priced)?;
        self.end_ms = self.grid.time_ms(tick).map_err(gbm_core::engine::StepError::Grid)?;
        let Priced { price, is_halted, .. } = self.priced[self.instrument];
        if is_halted {
            return Ok(Some(Step::Halt));
        }
        let quoting = self.simulation.quoting(self.instrument).ok_or(BacktestError::Instrument(self.instrument))?;
        Ok(Some(Step::Quote(published((tick, self.end_ms), price, quoting, self.increment))))
    }

    fn start_ms(&self) -> i64 {
        self.start_ms
    }

    fn end_ms(&self) -> i64 {
        self.end_ms
    }
}
