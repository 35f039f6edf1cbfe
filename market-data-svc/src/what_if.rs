//! Futures and pasts that are computed beside the market, on copies of its simulation.

use gbm_core::counterfactual::{self, AttributionError, ForkError, attribute, fork_session};
use gbm_core::engine::{Quote, Simulation, StepError};
use gbm_core::grid::TimeGrid;
use gbm_core::intervention::{Accepted, Command, InterventionError};
use gbm_core::market::{Instrument, Market};
use gbm_core::model::Model;
use market_api::what_if::{Attribution, Contribution, Fork, Preview};

use crate::jobs::Progress;
use crate::wire;

/// Rows of a preview or fork, and one more.
pub const MAX_ROWS: u64 = 600;

/// What couldn't be computed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WhatIfError {
    /// A command that the market would refuse, by its place from 0.
    #[error("commands[{place}]: {error}")]
    Command {
        /// The command's place.
        place: usize,
        /// Why.
        error: InterventionError,
    },
    /// A window that can't be attributed.
    #[error(transparent)]
    Attribution(#[from] AttributionError),
    /// A fork that can't be made.
    #[error(transparent)]
    Fork(#[from] ForkError),
    /// A tick beyond the grid.
    #[error(transparent)]
    Step(#[from] StepError),
    /// Nobody waits for it any more.
    #[error("stopped")]
    Stopped,
}

type Computed<T> = Result<T, WhatIfError>;

/// A session as far as it has got, without its state: everything follows from it.
#[derive(Clone, Debug)]
pub struct Past {
    /// The market.
    pub market: Market<Model>,
    /// The interventions accepted.
    pub entries: Vec<Accepted>,
    /// The last tick.
    pub last: u64,
}

/// Moves on by whole rows, looking up at times whether to go on.
struct Walk<'a> {
    simulation: Simulation<Model>,
    quotes: Vec<Quote>,
    position: usize,
    progress: &'a Progress,
    /// Ticks computed by others so far.
    others: u64,
}

impl<'a> Walk<'a> {
    fn new(simulation: Simulation<Model>, position: usize, progress: &'a Progress) -> Self {
        let spot = |instrument: &Instrument<Model>| Quote {
            price: instrument.spot.get(),
            reference: instrument.spot.get(),
            is_halted: false,
        };
        let quotes = match simulation.quotes() {
            Some(quotes) => quotes.to_vec(),
            None => simulation.market().instruments().iter().map(spot).collect(),
        };
        Self { simulation, quotes, position, progress, others: 0 }
    }

    /// The instrument's quote after a tick.
    fn to(&mut self, tick: u64) -> Computed<Quote> {
        const STRETCH: u64 = 1 << 16;
        while self.simulation.tick() < tick {
            let done = self.simulation.step_into(&mut self.quotes)?;
            if done.is_multiple_of(STRETCH) && self.progress.reach(self.others + done).is_break() {
                return Err(WhatIfError::Stopped);
            }
        }
        Ok(self.quotes[self.position])
    }
}

fn shown(quote: Quote) -> Option<f64> {
    (!quote.is_halted).then_some(quote.price)
}

/// Ticks between rows, so that there are not too many.
fn every(ticks: u64) -> u64 {
    ticks.div_ceil(MAX_ROWS).max(1)
}

/// The futures of an instrument with commands and without, from the simulation's tick on.
///
/// # Errors
/// [`WhatIfError::Command`] for the first one that the market would refuse.
pub fn preview(
    simulation: Simulation<Model>,
    (position, now): (usize, Quote),
    commands: &[Command],
    tick: u64,
    ticks: u64,
    progress: &Progress,
) -> Computed<Preview> {
    let (first, grid) = (simulation.tick(), simulation.market().grid());
    let mut with = simulation.clone();
    for (place, command) in commands.iter().enumerate() {
        let command = match (command.tick, command.time_ms) {
            (None, None) => command.clone().at(tick),
            _ => command.clone(),
        };
        with.intervene(&command).map_err(|error| WhatIfError::Command { place, error })?;
    }
    let every = every(ticks);
    let last = first.saturating_add(ticks).min(grid.last_tick());
    let mut walks = [with, simulation].map(|simulation| Walk::new(simulation, position, progress));
    let mut columns = [vec![shown(now)], vec![shown(now)]];
    for tick in (first..=last).step_by(usize::try_from(every).unwrap_or(usize::MAX)).skip(1) {
        for (walk, column) in walks.iter_mut().zip(&mut columns) {
            column.push(shown(walk.to(tick)?));
        }
    }
    let [price, without] = columns;
    Ok(Preview { tick, t0: time(&grid, first), dt: every * grid.tick_interval_ms(), price, without })
}

/// Which interventions moved an instrument's price between two ticks.
///
/// # Errors
/// [`AttributionError`].
pub fn explain(past: &Past, instrument: &str, from: u64, to: u64, progress: &Progress) -> Computed<Attribution> {
    let found = attribute(&past.market, &past.entries, instrument, from, to, |done| progress.reach(done))?;
    let grid = past.market.grid();
    let contributions = found.contributions.iter().filter_map(|one| {
        let entry = past.entries.iter().find(|entry| entry.id == one.id)?;
        Some(Contribution {
            id: one.id.get(),
            tick: entry.tick,
            time: time(&grid, entry.tick),
            body: wire::body(&entry.body)?,
            at_from: one.at_from,
            at_to: one.at_to,
        })
    });
    let contributions = contributions.collect();
    Ok(Attribution { from, to, at_from: found.at_from, at_to: found.at_to, contributions })
}

/// The session from a tick on with other interventions, beside the session as it was.
///
/// # Errors
/// [`ForkError`].
pub fn fork(
    past: &Past,
    position: usize,
    (at, until): (u64, u64),
    edits: &[counterfactual::Edit],
    progress: &Progress,
) -> Computed<Fork> {
    let (market, entries, last) = (&past.market, &past.entries, past.last);
    let grid = market.grid();
    let forked = fork_session(market, entries, last, at, edits, |done| progress.reach(done))?;
    let was = fork_session(market, entries, last, at, &[], |done| progress.reach(at + done))?;
    let every = every(until - at);
    let mut walks = [forked, was].map(|one| Walk::new(one, position, progress));
    let mut fork = Fork {
        tick0: at,
        every,
        t0: time(&grid, at),
        dt: every * grid.tick_interval_ms(),
        price: Vec::new(),
        was: Vec::new(),
        reference: Vec::new(),
    };
    let mut tick = at;
    loop {
        let [forked, was] = &mut walks;
        forked.others = was.simulation.tick();
        let forked = forked.to(tick)?;
        was.others = tick;
        let was = was.to(tick)?;
        fork.price.push(shown(forked));
        fork.was.push(shown(was));
        fork.reference.push(was.reference);
        if tick == until {
            return Ok(fork);
        }
        tick = (tick + every).min(until);
    }
}

/// A tick that was computed lies on the grid.
fn time(grid: &TimeGrid, tick: u64) -> i64 {
    grid.time_ms(tick).unwrap_or(gbm_core::grid::MAX_TIME_MS)
}
