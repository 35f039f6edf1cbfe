mod commands;

use std::collections::BTreeMap;
use std::ops::Range;

use super::asset::{AHEAD, Asset, Quote};
use super::windows::Windows;
use crate::grid::GridError;
use crate::intervention::{Accepted, Intervention, InterventionId};
use crate::market::Market;
use crate::process::Process;

/// The most interventions that one simulation remembers.
pub const MAX_INTERVENTIONS: usize = 100_000;

/// One instrument's part of one tick.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tick {
    /// The tick, from 1.
    pub tick: u64,
    /// The instrument's position in the market.
    pub instrument: usize,
    /// The price, with every intervention.
    pub price: f64,
    /// The reference: the price as it would have been without any.
    pub reference: f64,
    /// Whether trading is halted: the price is the last one before, and isn't published.
    pub is_halted: bool,
}

impl Tick {
    /// One instrument's part of a tick.
    pub(crate) fn new(tick: u64, instrument: usize, quote: Quote) -> Self {
        let Quote { price, reference, is_halted } = quote;
        Self { tick, instrument, price, reference, is_halted }
    }
}

/// A step that can't be taken. Nothing has changed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum StepError {
    /// The grid has no further tick.
    #[error(transparent)]
    Grid(#[from] GridError),
    /// The slice for quotes has another length than the market has instruments.
    #[error("quotes has {given} places, but the market has {instruments} instruments")]
    Shape {
        /// The slice's length.
        given: usize,
        /// The market's instruments.
        instruments: usize,
    },
}

/// A market in motion: a pure function from seed, grid, models and interventions to ticks.
///
/// As an iterator it yields one [`Tick`] for each instrument of each tick, in the market's order, until the grid
/// ends. [`Simulation::step_into`] writes a whole tick into the caller's slice.
///
/// ```
/// use gbm_core::prelude::*;
/// let btc = Instrument {
///     name: "BTC-USD".into(),
///     asset: 0,
///     spot: Price::new(100_000.0)?,
///     model: Gbm::new(0.5, 0.8)?,
///     book: Book::btc(),
/// };
/// let market = Market::new(Seed::from(42), TimeGrid::new(0, 100)?, vec![btc], None)?;
/// let mut simulation = Simulation::new(market);
/// let before = simulation.by_ref().take(10).last();
/// let id = simulation.intervene(&Command::now(Intervention::SetPrice(SetPrice { price: Price::new(50_000.0)? })))?.id;
/// let tick = simulation.next().ok_or("the grid has ended")?;
/// assert_eq!(tick.price, 50_000.0);
/// assert!(tick.reference > 99_000.0);
/// assert!(simulation.intervene(&Command::now(Intervention::Cancel(Cancel { id }))).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Simulation<P: Process> {
    pub(super) market: Market<P>,
    pub(super) tick: u64,
    pub(super) assets: Vec<Asset<P>>,
    /// Every intervention accepted, whether it has acted or not.
    pub(super) known: BTreeMap<InterventionId, Accepted>,
    /// The first tick on which each cancelled one is cancelled.
    cancelled: BTreeMap<InterventionId, u64>,
    /// When controllers act.
    windows: Windows,
    /// Those that have still to act.
    pending: BTreeMap<(u64, InterventionId), (usize, Intervention)>,
    /// The tick of the first pending one.
    next_due: u64,
    last_tick: u64,
    /// The tick before the first that this one gives.
    began: u64,
    normals: Vec<f64>,
    /// The diffusion normals of ticks computed ahead of need, asset after asset.
    normals_ahead: Vec<f64>,
    /// The ticks that were computed ahead of need.
    ahead: Range<u64>,
    quotes: Vec<Quote>,
    /// Quotes of the current tick that the iterator has given out.
    yielded: usize,
}

impl<P: Process> Simulation<P> {
    /// A simulation that stands before its first tick.
    pub fn new(market: Market<P>) -> Self {
        let grid = market.grid();
        let assets =
            market.instruments().iter().map(|instrument| Asset::new(market.seed(), &grid, instrument)).collect();
        Self::assemble(market, 0, assets, BTreeMap::new())
    }

    pub(super) fn assemble(
        market: Market<P>,
        tick: u64,
        assets: Vec<Asset<P>>,
        known: BTreeMap<InterventionId, Accepted>,
    ) -> Self {
        let count = assets.len();
        let mut simulation = Self {
            last_tick: market.grid().last_tick(),
            began: tick,
            market,
            tick,
            assets,
            cancelled: BTreeMap::new(),
            known: BTreeMap::new(),
            windows: Windows::default(),
            pending: BTreeMap::new(),
            next_due: u64::MAX,
            normals: vec![0.0; count],
            normals_ahead: Vec::new(),
            ahead: 0..0,
            quotes: vec![Quote::default(); count],
            yielded: count,
        };
        for accepted in known.values() {
            simulation.note_cancel(accepted);
        }
        simulation.known = known;
        simulation.windows = simulation.find_windows();
        simulation.pending = simulation.find_pending();
        simulation.next_due = simulation.first_due();
        simulation
    }

    /// The market.
    pub fn market(&self) -> &Market<P> {
        &self.market
    }

    /// The last tick given; 0 before the first.
    pub fn tick(&self) -> u64 {
        self.tick
    }

    /// The quotes of the last tick given; `None` if it was given by another simulation, of which this one goes on.
    pub fn quotes(&self) -> Option<&[Quote]> {
        (self.tick != self.began).then_some(&self.quotes)
    }

    /// Every intervention accepted so far, by id.
    pub fn interventions(&self) -> impl Iterator<Item = &Accepted> {
        self.known.values()
    }

    /// Whether an intervention of this id was accepted.
    pub fn knows(&self, id: InterventionId) -> bool {
        self.known.contains_key(&id)
    }

    /// Advances one tick and writes the quote of each instrument; gives the tick.
    ///
    /// # Errors
    /// [`StepError::Shape`] unless the slice has one place for each instrument; [`StepError::Grid`] at the grid's end.
    #[inline]
    pub fn step_into(&mut self, quotes: &mut [Quote]) -> Result<u64, StepError> {
        if quotes.len() != self.quotes.len() {
            return Err(StepError::Shape { given: quotes.len(), instruments: self.quotes.len() });
        }
        self.step()?;
        quotes.copy_from_slice(&self.quotes);
        Ok(self.tick)
    }

    #[inline]
    fn step(&mut self) -> Result<(), StepError> {
        let tick = self.tick + 1;
        if tick > self.last_tick {
            return Err(GridError::Overflow { tick, last: self.last_tick }.into());
        }
        if self.ahead.contains(&tick) || self.look_ahead(tick) {
            #[allow(clippy::cast_possible_truncation, reason = "below the length of a slice")]
            let place = (tick - self.ahead.start) as usize;
            for (asset, quote) in self.assets.iter().zip(&mut self.quotes) {
                *quote = asset.quote_ahead(place);
            }
        } else {
            self.step_alone(tick);
        }
        self.tick = tick;
        self.yielded = self.quotes.len();
        Ok(())
    }

    /// One tick by itself, with whatever acts on it.
    fn step_alone(&mut self, tick: u64) {
        if self.next_due == tick {
            self.collect_due(tick);
        }
        self.read_noise(tick);
        let grid = self.market.grid();
        let assets = self.assets.iter_mut().zip(self.market.instruments());
        for (((asset, instrument), &normal), quote) in assets.zip(&self.normals).zip(&mut self.quotes) {
            *quote = asset.advance(instrument, &grid, tick, normal);
        }
    }

    /// Computes the rest of a slice of ticks while nothing that acts on the market changes: independent ticks share vectors
    /// and overlap in the processor. A cache of what [`Simulation::step_alone`] would give; whether there is one now.
    #[inline(never)]
    fn look_ahead(&mut self, tick: u64) -> bool {
        self.settle();
        let slice_end = ((tick - 1) | (AHEAD as u64 - 1)) + 1;
        let end = slice_end.min(self.last_tick).min(self.next_due - 1);
        let end = self.assets.iter().fold(end, |end, asset| end.min(asset.calm_until(tick) - 1));
        if end < tick {
            return false;
        }
        self.ahead = tick..end + 1;
        let ticks = self.ahead.clone().count();
        self.normals_ahead.resize(ticks * self.assets.len(), 0.0);
        for (asset, normals) in self.assets.iter_mut().zip(self.normals_ahead.chunks_exact_mut(ticks)) {
            asset.read_ahead(tick - 1, normals);
        }
        self.correlate_ahead(ticks);
        let grid = self.market.grid();
        let assets = self.assets.iter_mut().zip(self.market.instruments());
        for ((asset, instrument), normals) in assets.zip(self.normals_ahead.chunks_exact(ticks)) {
            asset.look_ahead(instrument, &grid, tick, normals);
        }
        true
    }

    /// Correlates the normals read ahead, which stand asset after asset.
    fn correlate_ahead(&mut self, ticks: usize) {
        let Some(correlation) = self.market.correlation() else { return };
        for place in 0..ticks {
            let column = self.normals_ahead[place..].iter().step_by(ticks);
            self.normals.iter_mut().zip(column).for_each(|(normal, &ahead)| *normal = ahead);
            correlation.mix(&mut self.normals);
            let column = self.normals_ahead[place..].iter_mut().step_by(ticks);
            column.zip(&self.normals).for_each(|(ahead, &normal)| *ahead = normal);
        }
    }

    /// How many of the ticks computed ahead have been given.
    pub(super) fn given(&self) -> usize {
        let given = (self.tick + 1).saturating_sub(self.ahead.start).min(self.ahead.end - self.ahead.start);
        usize::try_from(given).unwrap_or_default()
    }

    /// Moves the state to where the ticks are, and drops what was computed beyond.
    fn settle(&mut self) {
        let given = self.given();
        for (asset, instrument) in self.assets.iter_mut().zip(self.market.instruments()) {
            asset.settle(given, &instrument.model);
        }
        self.ahead = 0..0;
    }

    /// Reads a tick's noise and correlates it.
    fn read_noise(&mut self, tick: u64) {
        for (normal, asset) in self.normals.iter_mut().zip(&mut self.assets) {
            *normal = asset.read_noise(tick - 1);
        }
        if let Some(correlation) = self.market.correlation() {
            correlation.mix(&mut self.normals);
        }
    }
}

impl<P: Process> Iterator for Simulation<P> {
    type Item = Tick;

    #[inline]
    fn next(&mut self) -> Option<Tick> {
        if self.yielded == self.quotes.len() {
            self.step().ok()?;
            self.yielded = 0;
        }
        let instrument = self.yielded;
        self.yielded += 1;
        Some(Tick::new(self.tick, instrument, self.quotes[instrument]))
    }
}
