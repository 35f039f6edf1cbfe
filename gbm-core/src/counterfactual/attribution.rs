use std::ops::ControlFlow;

use crate::engine::{Simulation, StepError};
use crate::intervention::{Accepted, InterventionId};
use crate::market::Market;
use crate::math::ln;
use crate::process::Process;

/// The most interventions of one attribution.
pub const MAX_ENTRIES: usize = 512;

/// What one intervention has added to ln P, natural logarithm, given all those before it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contribution {
    /// The intervention.
    pub id: InterventionId,
    /// What it has added by the window's beginning.
    pub at_from: f64,
    /// And by its end.
    pub at_to: f64,
}

impl Contribution {
    /// What it has moved within the window.
    pub fn moved(&self) -> f64 {
        self.at_to - self.at_from
    }
}

/// How far a price is from its reference at two ticks, and which intervention brought it there.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribution {
    /// ln(price/reference) at the window's beginning.
    pub at_from: f64,
    /// And at its end.
    pub at_to: f64,
    /// In the order of the interventions, those that begin after the window left out.
    pub contributions: Vec<Contribution>,
}

/// A window that can't be attributed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AttributionError {
    /// A window that ends before it begins.
    #[error("from = {from} is after to = {to}")]
    Window {
        /// Its beginning.
        from: u64,
        /// Its end.
        to: u64,
    },
    /// No instrument of that name.
    #[error("instrument = {0:?} is not one of this market's")]
    UnknownInstrument(String),
    /// More interventions than one attribution may have.
    #[error("interventions = {0} act by the end of the window: at most {MAX_ENTRIES} can be attributed at once")]
    TooMany(usize),
    /// A tick outside the grid.
    #[error(transparent)]
    Step(#[from] StepError),
    /// Whoever asked for it has stopped it.
    #[error("stopped")]
    Stopped,
}

/// The ticks that an attribution computes, over all its simulations.
pub fn cost<'a>(entries: impl IntoIterator<Item = &'a Accepted>, instrument: &str, to: u64) -> u64 {
    let acts = |entry: &&Accepted| entry.instrument == instrument && entry.tick <= to;
    entries.into_iter().filter(acts).fold(to, |cost, entry| cost.saturating_add(to - entry.tick + 1))
}

/// Attributes ln(price/reference) of an instrument at ticks `from` and `to` to its interventions:
///
/// cᵢ = ln P(the first i interventions) − ln P(the first i − 1),
///
/// from the reference upward, so that they sum to the whole. `entries` are a journal's, in its order, on which each cᵢ depends: of two
/// that work on each other (a shock into a book that another has deepened) the later one bears the difference.
///
/// One simulation for each intervention, from its tick on: [`cost`] ticks in all. `progress` is told how many were computed, now and
/// then, and may stop it.
///
/// # Errors
/// [`AttributionError`] for a window that ends before it begins or leaves the grid, an unknown instrument, more than
/// [`MAX_ENTRIES`] interventions.
///
/// ```
/// use std::ops::ControlFlow;
/// use gbm_core::counterfactual::attribute;
/// # use gbm_core::prelude::*;
/// # let btc = Instrument { name: "BTC-USD".into(), asset: 0, spot: Price::new(1.0)?,
/// #     model: Gbm::new(0.5, 0.8)?, book: Book::btc() };
/// # let market = Market::new(Seed::from(42), TimeGrid::new(0, 100)?, vec![btc], None)?;
/// let mut simulation = Simulation::new(market.clone());
/// for log_return in [-0.1, 0.3] {
///     let (log_return, permanent_fraction) = (LogReturn::new(log_return)?, Fraction::new(1.0)?);
///     let shock = Shock { log_return, permanent_fraction, half_life_s: None };
///     simulation.intervene(&Command::now(Intervention::Shock(shock)).at(10))?;
/// }
/// let entries: Vec<_> = simulation.interventions().cloned().collect();
/// let found = attribute(&market, &entries, "BTC-USD", 5, 100, |_| ControlFlow::Continue(()))?;
/// assert!((found.at_to - 0.2).abs() < 1e-12);
/// assert!((found.contributions[0].moved() + 0.1).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn attribute<P: Process + Clone>(
    market: &Market<P>,
    entries: &[Accepted],
    instrument: &str,
    from: u64,
    to: u64,
    progress: impl FnMut(u64) -> ControlFlow<()>,
) -> Result<Attribution, AttributionError> {
    if from > to {
        return Err(AttributionError::Window { from, to });
    }
    let Some(position) = market.position(instrument) else {
        return Err(AttributionError::UnknownInstrument(instrument.chars().take(80).collect()));
    };
    market.grid().check(to).map_err(StepError::from)?;
    let entries: Vec<&Accepted> =
        entries.iter().filter(|entry| entry.instrument == instrument && entry.tick <= to).collect();
    if entries.len() > MAX_ENTRIES {
        return Err(AttributionError::TooMany(entries.len()));
    }
    let mut ladder = Ladder::new(market.clone(), entries, position, progress);
    let at_from = ladder.gaps(from)?;
    let at_to = ladder.gaps(to)?;
    let step = |gaps: &[f64], place: usize| gaps[place + 1] - gaps[place];
    let contributions = ladder.entries.iter().enumerate().map(|(place, entry)| Contribution {
        id: entry.id,
        at_from: step(&at_from, place),
        at_to: step(&at_to, place),
    });
    let last = |gaps: &[f64]| gaps.last().copied().unwrap_or_default();
    Ok(Attribution { at_from: last(&at_from), at_to: last(&at_to), contributions: contributions.collect() })
}

/// A simulation with the first i interventions for each i. Until the i-th acts, it is the one before.
struct Ladder<'a, P: Process, F> {
    entries: Vec<&'a Accepted>,
    position: usize,
    tick: u64,
    /// `None` where the one before serves.
    rungs: Vec<Option<Rung<P>>>,
    computed: u64,
    progress: F,
}

struct Rung<P: Process> {
    simulation: Simulation<P>,
    /// ln(price/reference) after the last tick.
    gap: f64,
}

impl<'a, P: Process + Clone, F: FnMut(u64) -> ControlFlow<()>> Ladder<'a, P, F> {
    fn new(market: Market<P>, entries: Vec<&'a Accepted>, position: usize, progress: F) -> Self {
        let mut rungs: Vec<Option<Rung<P>>> = entries.iter().map(|_| None).collect();
        rungs.insert(0, Some(Rung { simulation: Simulation::new(market), gap: 0.0 }));
        Self { entries, position, tick: 0, rungs, computed: 0, progress }
    }

    /// ln(price/reference) after a tick, with none of the interventions, the first, the first two, …
    fn gaps(&mut self, tick: u64) -> Result<Vec<f64>, AttributionError> {
        while self.tick < tick {
            self.branch();
            let next = self.entries.iter().map(|entry| entry.tick - 1).filter(|&before| before > self.tick);
            self.advance(next.min().unwrap_or(tick).min(tick))?;
        }
        let mut gap = 0.0;
        let own = self.rungs.iter().map(|rung| {
            gap = rung.as_ref().map_or(gap, |rung| rung.gap);
            gap
        });
        Ok(own.collect())
    }

    /// Gives those that act on the next tick simulations of their own, with every intervention before them.
    fn branch(&mut self) {
        for place in 0..self.entries.len() {
            if self.entries[place].tick != self.tick + 1 {
                continue;
            }
            let Some(before) = self.rungs[..=place].iter().rev().flatten().next() else { continue };
            let mut rung = Rung { simulation: before.simulation.clone(), gap: before.gap };
            for entry in &self.entries[..=place] {
                rung.simulation.put(entry);
            }
            self.rungs[place + 1] = Some(rung);
        }
    }

    fn advance(&mut self, tick: u64) -> Result<(), AttributionError> {
        /// Ticks between two looks at whether to go on.
        const STRETCH: u64 = 65_536;
        let mut quotes = Vec::new();
        while self.tick < tick {
            let end = tick.min(self.tick + STRETCH);
            for rung in self.rungs.iter_mut().flatten() {
                quotes.resize(rung.simulation.market().instruments().len(), crate::engine::Quote::default());
                while rung.simulation.tick() < end {
                    rung.simulation.step_into(&mut quotes)?;
                }
                let quote = quotes[self.position];
                rung.gap = ln(quote.price / quote.reference);
                self.computed += end - self.tick;
            }
            self.tick = end;
            if (self.progress)(self.computed).is_break() {
                return Err(AttributionError::Stopped);
            }
        }
        Ok(())
    }
}
