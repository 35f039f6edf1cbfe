use std::collections::BTreeMap;
use std::ops::Range;

use super::asset::{AHEAD, Asset, Quote};
use super::windows::Windows;
use crate::grid::GridError;
use crate::intervention::{Accepted, Command, Intervention, InterventionError, InterventionId, OnConflict};
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

    /// Checks a command and resolves id, tick and instrument, without changing anything.
    ///
    /// # Errors
    /// [`InterventionError`], by which the command is refused.
    pub fn resolve(&self, command: &Command) -> Result<Accepted, InterventionError> {
        let position = match &command.instrument {
            Some(name) => self.market.position(name),
            None if self.assets.len() == 1 => Some(0),
            None => return Err(InterventionError::InstrumentMissing(self.assets.len())),
        };
        let Some(position) = position else {
            let name = command.instrument.iter().flat_map(|name| name.chars()).take(80).collect();
            return Err(InterventionError::UnknownInstrument(name));
        };
        let instrument = &self.market.instruments()[position];
        let requested = self.requested_tick(command)?;
        if let Some(known) = command.id.and_then(|id| self.known.get(&id)) {
            let may_wait = matches!(known.body.controller(), Some((_, OnConflict::Queue)));
            let same = known.body == command.body
                && known.instrument == instrument.name
                && requested.is_none_or(|tick| tick == known.tick || (may_wait && tick < known.tick));
            return if same { Ok(known.clone()) } else { Err(InterventionError::IdTaken(known.id)) };
        }
        if self.known.len() >= MAX_INTERVENTIONS {
            return Err(InterventionError::Full(MAX_INTERVENTIONS));
        }
        let next = self.tick + 1;
        let tick = self.market.grid().check(requested.unwrap_or(next))?;
        if tick < next {
            return Err(InterventionError::Past { tick, next });
        }
        let grid = self.market.grid();
        let check = |tick| command.body.check(tick, &grid, &instrument.book, &instrument.model);
        // What is wrong by itself is said before what is in its way.
        check(tick)?;
        let tick = self.windows.place(position, (next, tick), &command.body, &grid)?;
        grid.check(tick)?;
        check(tick)?;
        let id = match command.id {
            Some(id) => id,
            None => match self.known.last_key_value() {
                Some((last, _)) => last.next().ok_or(InterventionError::IdsExhausted)?,
                None => InterventionId::new(1)?,
            },
        };
        let accepted = Accepted { id, tick, instrument: instrument.name.clone(), body: command.body };
        if let Intervention::Cancel(cancel) = command.body {
            self.check_cancel(cancel.id, &accepted)?;
        }
        Ok(accepted)
    }

    /// Takes a resolved command: it will act on its tick. One that is known already changes nothing.
    ///
    /// # Errors
    /// As [`Simulation::resolve`], for whatever has changed since.
    pub fn accept(&mut self, accepted: Accepted) -> Result<(), InterventionError> {
        let command = Command {
            id: Some(accepted.id),
            tick: Some(accepted.tick),
            time_ms: None,
            instrument: Some(accepted.instrument),
            body: accepted.body,
        };
        let accepted = self.resolve(&command)?;
        self.put(&accepted);
        Ok(())
    }

    /// Takes an intervention that another run of this market has accepted. Conflicts of controllers, and whether there was
    /// anything to cancel, were decided there.
    ///
    /// # Errors
    /// [`InterventionError`] for one that no such run can have accepted; nothing has changed then.
    pub fn accept_replayed(&mut self, accepted: &Accepted) -> Result<(), InterventionError> {
        let position = self.market.position(&accepted.instrument);
        let unknown = || InterventionError::UnknownInstrument(accepted.instrument.chars().take(80).collect());
        let instrument = &self.market.instruments()[position.ok_or_else(unknown)?];
        if self.known.contains_key(&accepted.id) {
            return Err(InterventionError::IdTaken(accepted.id));
        }
        if self.known.len() >= MAX_INTERVENTIONS {
            return Err(InterventionError::Full(MAX_INTERVENTIONS));
        }
        let (grid, next) = (self.market.grid(), self.tick + 1);
        let tick = grid.check(accepted.tick)?;
        if tick < next {
            return Err(InterventionError::Past { tick, next });
        }
        accepted.body.check(tick, &grid, &instrument.book, &instrument.model)?;
        self.put(accepted);
        Ok(())
    }

    /// Takes an intervention that a market has accepted before, whatever else this one knows; one that is known, or whose tick has
    /// passed, changes nothing.
    pub(crate) fn put(&mut self, accepted: &Accepted) {
        let Some(position) = self.market.position(&accepted.instrument) else { return };
        if accepted.tick <= self.tick || self.known.contains_key(&accepted.id) {
            return;
        }
        self.pending.insert((accepted.tick, accepted.id), (position, accepted.body));
        self.next_due = self.first_due();
        self.settle();
        self.note_cancel(accepted);
        let grid = self.market.grid();
        self.windows.retire(self.tick + 1);
        self.windows.add(position, accepted, &grid);
        self.known.insert(accepted.id, accepted.clone());
    }

    /// Resolves and accepts.
    ///
    /// # Errors
    /// [`InterventionError`], by which the command is refused; nothing has changed then.
    pub fn intervene(&mut self, command: &Command) -> Result<Accepted, InterventionError> {
        let accepted = self.resolve(command)?;
        self.accept(accepted.clone())?;
        Ok(accepted)
    }

    /// Takes back accepted commands whose ticks have not come; anything else is left alone.
    pub(crate) fn retract(&mut self, ids: impl Iterator<Item = InterventionId>) {
        for id in ids {
            if let Some(known) = self.known.get(&id).filter(|known| known.tick > self.tick) {
                self.pending.remove(&(known.tick, id));
                self.known.remove(&id);
            }
        }
        self.next_due = self.first_due();
        self.settle();
        self.cancelled.clear();
        let cancels: Vec<Accepted> = self.known.values().filter(|known| known.is_cancel()).cloned().collect();
        for cancel in &cancels {
            self.note_cancel(cancel);
        }
        self.windows = self.find_windows();
    }

    fn requested_tick(&self, command: &Command) -> Result<Option<u64>, InterventionError> {
        match (command.tick, command.time_ms) {
            (Some(_), Some(_)) => Err(InterventionError::TickAndTime),
            (tick, None) => Ok(tick),
            (None, Some(time_ms)) => Ok(Some(self.market.grid().tick_at(time_ms)?)),
        }
    }

    fn check_cancel(&self, target: InterventionId, cancel: &Accepted) -> Result<(), InterventionError> {
        let known = self.known.get(&target).ok_or(InterventionError::UnknownId(target))?;
        if matches!(known.body, Intervention::Cancel(_)) || known.instrument != cancel.instrument {
            return Err(InterventionError::NotCancellable(target));
        }
        // What ends on its own tick can still be cancelled on that tick, by an id that comes before its own.
        let comes_first = cancel.tick == known.tick && cancel.id < target;
        let ended = self.end_of(known).is_some_and(|end| end <= cancel.tick && !comes_first);
        let gone = self.is_cancelled(target, cancel.tick);
        if ended || gone { Err(InterventionError::Ended { id: target, tick: cancel.tick }) } else { Ok(()) }
    }

    /// The tick from which on an intervention can no longer be ended.
    pub(super) fn end_of(&self, known: &Accepted) -> Option<u64> {
        known.body.end(known.tick, &self.market.grid())
    }

    fn note_cancel(&mut self, accepted: &Accepted) {
        if let Intervention::Cancel(cancel) = accepted.body {
            let first = self.cancelled.entry(cancel.id).or_insert(accepted.tick);
            *first = accepted.tick.min(*first);
        }
    }

    pub(super) fn is_cancelled(&self, id: InterventionId, by_tick: u64) -> bool {
        self.cancelled.get(&id).is_some_and(|&tick| tick <= by_tick)
    }

    fn find_windows(&self) -> Windows {
        let mut windows = Windows::default();
        let grid = self.market.grid();
        for known in self.known.values().filter(|known| !known.is_cancel()) {
            if let Some(position) = self.market.position(&known.instrument) {
                windows.add(position, known, &grid);
            }
        }
        for (&id, &tick) in &self.cancelled {
            windows.end(id, tick);
        }
        windows.retire(self.tick + 1);
        windows
    }

    fn find_pending(&self) -> BTreeMap<(u64, InterventionId), (usize, Intervention)> {
        let waiting = self.known.values().filter(|known| known.tick > self.tick);
        waiting
            .filter(|known| !self.is_cancelled(known.id, self.tick))
            .filter_map(|known| {
                let position = self.market.position(&known.instrument)?;
                Some(((known.tick, known.id), (position, known.body)))
            })
            .collect()
    }

    fn first_due(&self) -> u64 {
        self.pending.first_key_value().map_or(u64::MAX, |(&(tick, _), _)| tick)
    }

    /// Moves the tick's interventions to their assets, in the order of ids. A cancel takes back what still waits.
    fn collect_due(&mut self, tick: u64) {
        while let Some(entry) = self.pending.first_entry().filter(|entry| entry.key().0 == tick) {
            let ((_, id), (position, body)) = entry.remove_entry();
            if let Intervention::Cancel(cancel) = body
                && let Some(target) = self.known.get(&cancel.id)
                && self.pending.remove(&(target.tick, target.id)).is_some()
            {
                continue;
            }
            self.assets[position].due.push((id, body));
        }
        self.next_due = self.first_due();
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
