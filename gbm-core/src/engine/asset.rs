use serde::{Deserialize, Serialize};

use super::controllers::{Controllers, Free};
use super::displacement::{Displacement, Traded};
use super::steering::{Held, Steering};
use crate::grid::TimeGrid;
use crate::intervention::{Intervention, InterventionId};
use crate::kernel::{self, Output, Slots};
use crate::market::Instrument;
use crate::math::{exp2, log2};
use crate::noise::{Domain, NoiseStream, Seed, StreamId, word_index};
use crate::process::{Clock, LogSum, Modifiers, Noise, Process, When, price_at};

/// The most ticks computed ahead of need: they fill vectors, and a command that drops them drops little.
pub(super) const AHEAD: usize = 64;

/// What one instrument shows on one tick.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quote {
    /// The price, with every intervention.
    pub price: f64,
    /// The reference: the price as it would have been without any.
    pub reference: f64,
    /// Whether trading is halted: the price is the last one before, and isn't published.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_halted: bool,
}

/// A model's state and running log-price.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Track<S> {
    state: S,
    sum: LogSum,
}

/// B⁰, and B if it is another.
type Tracks<S> = (Track<S>, Option<Track<S>>);

/// What an asset carries from tick to tick: all of it stands in a snapshot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AssetState<S> {
    /// B⁰.
    reference: Track<S>,
    /// B, from the first modifier on; before that it is B⁰.
    steered: Option<Track<S>>,
    steering: Steering,
    displacement: Displacement,
    controllers: Controllers,
    /// The last price of a tick that was computed by itself, while a controller has a say.
    last_price: Option<f64>,
}

impl<S> AssetState<S> {
    /// Whether the states in it are some of this model's.
    pub(super) fn fits<P: Process<State = S>>(&self, model: &P) -> bool {
        model.fits(&self.reference.state) && self.steered.as_ref().is_none_or(|track| model.fits(&track.state))
    }
}

impl<S: Clone> AssetState<S> {
    /// ln P of the tick it stands at, log₂ units over the spot, controllers apart.
    fn total<P>(&self, tick: u64, grid: &TimeGrid, instrument: &Instrument<P>) -> f64 {
        let base = self.steered.as_ref().unwrap_or(&self.reference).sum.total();
        self.displacement.total(base, tick, grid.tick_s(), &instrument.book)
    }

    /// Moves B⁰, and B if it is another.
    fn move_to(&mut self, (reference, steered): Tracks<S>) {
        self.reference = reference;
        if steered.is_some() {
            self.steered = steered;
        }
    }
}

/// One instrument's engine.
#[derive(Clone, Debug)]
pub(super) struct Asset<P: Process> {
    pub(super) state: AssetState<P::State>,
    /// Interventions that act on the next tick, in order.
    pub(super) due: Vec<(InterventionId, Intervention)>,
    noise: NoiseStream,
    words: Vec<u64>,
    slots: Slots,
    reference_step: P::Step,
    steered_step: P::Step,
    /// The modifiers must be resolved again before the next step.
    stale: bool,
    /// What orders of interventions have traded on the last tick.
    traded: Traded,
    relaxation: f64,
    /// Noise of ticks computed ahead of need.
    words_ahead: Vec<u64>,
    picked_ahead: Vec<u64>,
    normals_ahead: Vec<f64>,
    /// Their diffusion normals after correlation.
    diffusion_ahead: Vec<f64>,
    /// The first of them.
    first_ahead: u64,
    /// B⁰, and B if it is another, after the last of them.
    ends: Option<Tracks<P::State>>,
    /// Their prices.
    prices: Vec<f64>,
    /// Their references, if these are others.
    references: Vec<f64>,
}

impl<P: Process> Asset<P> {
    pub(super) fn new(seed: Seed, grid: &TimeGrid, instrument: &Instrument<P>) -> Self {
        let model = &instrument.model;
        let mut words = vec![0; model.budget()];
        let mut start = NoiseStream::new(seed, StreamId::live(Domain::Start, instrument.asset));
        let normal = start.read_step(0, &mut words, model.diffusion_slot());
        let state = model.initial_state(Noise::new(0, normal, &words));
        let reference = Track { state, sum: LogSum::default() };
        let state = AssetState {
            reference,
            steered: None,
            steering: Steering::default(),
            displacement: Displacement::default(),
            controllers: Controllers::default(),
            last_price: None,
        };
        Self::restore(seed, grid, instrument, state)
    }

    pub(super) fn restore(
        seed: Seed,
        grid: &TimeGrid,
        instrument: &Instrument<P>,
        state: AssetState<P::State>,
    ) -> Self {
        let model = &instrument.model;
        let step = model.step(&Clock::from(grid), &Modifiers::neutral(model));
        Self {
            state,
            due: Vec::new(),
            noise: NoiseStream::new(seed, StreamId::live(Domain::Diffusion, instrument.asset)),
            words: vec![0; model.budget()],
            slots: Slots {
                budget: model.budget(),
                leading: model.normals(&step).min(model.budget()),
                diffusion: model.diffusion_slot(),
            },
            reference_step: step.clone(),
            steered_step: step,
            stale: true,
            traded: Traded::default(),
            words_ahead: Vec::new(),
            picked_ahead: Vec::new(),
            normals_ahead: Vec::new(),
            diffusion_ahead: Vec::new(),
            first_ahead: 0,
            ends: None,
            prices: Vec::new(),
            references: Vec::new(),
            relaxation: exp2(-(grid.tick_s() / instrument.book.resilience_half_life_s.get())),
        }
    }

    /// What bends the model.
    pub(super) fn steering(&self) -> &Steering {
        &self.state.steering
    }

    /// e, the depth-relative excess volume.
    pub(super) fn excess(&self) -> f64 {
        self.state.displacement.excess
    }

    /// What orders of interventions have traded on the last tick.
    pub(super) fn traded(&self) -> Traded {
        self.traded
    }

    /// Reads the step's words and gives its diffusion normal, before correlation.
    #[inline]
    pub(super) fn read_noise(&mut self, step: u64) -> f64 {
        self.noise.read_step(step, &mut self.words, self.slots.diffusion)
    }

    /// The first tick from this one on at which something that acts on this asset changes by itself.
    pub(super) fn calm_until(&self, tick: u64) -> u64 {
        let AssetState { steering, displacement, controllers, .. } = &self.state;
        let is_calm = !steering.varies(tick) && displacement.is_constant() && controllers.is_none();
        if is_calm { steering.next_end(tick) } else { tick }
    }

    /// Whether a controller acts by this intervention.
    pub(super) fn is_controlled_by(&self, id: InterventionId) -> bool {
        self.state.controllers.holds(id)
    }

    /// Reads the noise of the steps from one on, and their diffusion normals before correlation.
    pub(super) fn read_ahead(&mut self, first_step: u64, diffusion: &mut [f64]) {
        let Slots { budget, .. } = self.slots;
        let normals = self.slots.normals() * diffusion.len();
        self.words_ahead.resize(budget * diffusion.len(), 0);
        self.picked_ahead.resize(normals, 0);
        self.normals_ahead.resize(normals, 0.0);
        self.noise.fill_words(word_index(first_step, budget as u64, 0), &mut self.words_ahead);
        self.slots.invert(&self.words_ahead, &mut self.picked_ahead, &mut self.normals_ahead, diffusion);
    }

    /// Computes the ticks from one on ahead of need, by the noise read. The state doesn't move.
    pub(super) fn look_ahead(
        &mut self,
        instrument: &Instrument<P>,
        grid: &TimeGrid,
        first_tick: u64,
        diffusion: &[f64],
    ) {
        self.resolve(instrument, grid, first_tick);
        // An order that is worked is not calm, and its ticks are computed by themselves.
        self.traded = Traded::default();
        self.diffusion_ahead.clear();
        self.diffusion_ahead.extend_from_slice(diffusion);
        self.first_ahead = first_tick;
        let mut prices = std::mem::take(&mut self.prices);
        let mut references = std::mem::take(&mut self.references);
        let ticks = diffusion.len();
        let (model, state) = (&instrument.model, &self.state);
        let reference = self.walk(model, &self.reference_step, &state.reference, ticks, |total| prices.push(total));
        let mut end = None;
        if let Some(steered) = &state.steered {
            std::mem::swap(&mut prices, &mut references);
            end = Some(self.walk(model, &self.steered_step, steered, ticks, |total| prices.push(total)));
        } else if !state.displacement.is_none() {
            references.clone_from(&prices);
        }
        self.ends = Some((reference, end));
        (self.prices, self.references) = (prices, references);
        let displacement = &self.state.displacement;
        if !self.references.is_empty() {
            for (tick, price) in (first_tick..).zip(&mut self.prices) {
                *price = displacement.total(*price, tick, grid.tick_s(), &instrument.book);
            }
        }
        kernel::finish(Output::Price { spot: instrument.spot.get() }, &mut self.prices);
        kernel::finish(Output::Price { spot: instrument.spot.get() }, &mut self.references);
    }

    /// A track after the first of the ticks computed ahead, whose totals are told.
    #[inline]
    fn walk(
        &self,
        model: &P,
        step: &P::Step,
        from: &Track<P::State>,
        ticks: usize,
        mut tell: impl FnMut(f64),
    ) -> Track<P::State> {
        let mut track = from.clone();
        if let Some(step) = model.linear(step) {
            // The same bits without a call of the model for each tick.
            for (tick, &normal) in (self.first_ahead..).zip(&self.diffusion_ahead[..ticks]) {
                tell(track.sum.add(tick - 1, step.increment(normal)));
            }
            return track;
        }
        let words = self.words_ahead.chunks_exact(self.words.len());
        let noise = self.diffusion_ahead[..ticks].iter().zip(words).enumerate();
        for (tick, (place, (&normal, words))) in (self.first_ahead..).zip(noise) {
            let leading = self.slots.leading(&self.normals_ahead, place);
            let noise = Noise::new(tick - 1, normal, words).with_normals(leading);
            tell(track.advance(model, step, tick, noise).1);
        }
        track
    }

    /// Where B⁰, and B if it is another, are after so many of the ticks computed ahead; computed again unless it is all of them.
    fn moved(&self, given: usize, model: &P) -> Option<Tracks<P::State>> {
        if given == 0 || given == self.diffusion_ahead.len() {
            return self.ends.clone().filter(|_| given > 0);
        }
        let AssetState { reference, steered, .. } = &self.state;
        let walk = |step, from| self.walk(model, step, from, given, |_| ());
        self.ends.as_ref()?;
        Some((walk(&self.reference_step, reference), steered.as_ref().map(|steered| walk(&self.steered_step, steered))))
    }

    /// Prepares the steered step of a tick, if it may differ from the one before.
    fn resolve(&mut self, instrument: &Instrument<P>, grid: &TimeGrid, tick: u64) {
        if self.state.steered.is_some() && (self.stale || self.state.steering.varies(tick)) {
            let modifiers = self.state.steering.modifiers(&instrument.model, tick, grid.tick_s());
            self.steered_step = instrument.model.step(&Clock::from(grid), &modifiers);
            self.stale = false;
        }
    }

    /// One of the ticks computed ahead.
    #[inline]
    pub(super) fn quote_ahead(&self, place: usize) -> Quote {
        let price = self.prices[place];
        Quote { price, reference: self.references.get(place).copied().unwrap_or(price), is_halted: false }
    }

    /// The state, of which so many of the ticks computed ahead have been given.
    pub(super) fn settled(&self, given: usize, model: &P) -> AssetState<P::State> {
        let mut state = self.state.clone();
        if let Some(tracks) = self.moved(given, model) {
            state.move_to(tracks);
        }
        state
    }

    /// Moves the state past the ticks given, and drops the rest of those computed ahead.
    pub(super) fn settle(&mut self, given: usize, model: &P) {
        if let Some(tracks) = self.moved(given, model) {
            self.state.move_to(tracks);
        }
        self.ends = None;
        self.prices.clear();
        self.references.clear();
    }

    /// Advances to `tick`, letting what is due act.
    pub(super) fn advance(&mut self, instrument: &Instrument<P>, grid: &TimeGrid, tick: u64, diffusion: f64) -> Quote {
        let (tick_s, book, spot) = (grid.tick_s(), &instrument.book, instrument.spot.get());
        let before = self.before(instrument, grid, tick);
        let AssetState { steering, displacement, controllers, .. } = &mut self.state;
        self.stale |= steering.retire(tick);
        controllers.retire(tick);
        let due = &self.due;
        let is_cancelled = |id| due.iter().any(|(_, body)| matches!(body, Intervention::Cancel(c) if c.id == id));
        self.traded = displacement.pass(tick, self.relaxation, book, is_cancelled, || steering.liquidity(tick, tick_s));
        let set_price = self.act(instrument, grid, tick, before);

        self.resolve(instrument, grid, tick);
        let AssetState { reference, steered, displacement, controllers, last_price, .. } = &mut self.state;
        let (step, moving) = match steered {
            Some(track) => (&self.steered_step, &*track),
            None => (&self.reference_step, &*reference),
        };
        let moments =
            (!controllers.is_none()).then(|| instrument.model.moments(&moving.state, step, When::step(tick - 1)));
        let noise = Noise::new(tick - 1, diffusion, &self.words);
        let (mut increment, base_reference) = reference.advance(&instrument.model, &self.reference_step, tick, noise);
        let mut base = base_reference;
        if let Some(track) = steered {
            (increment, base) = track.advance(&instrument.model, &self.steered_step, tick, noise);
        }
        if let Some(set) = &set_price {
            let target = log2(set.price / spot);
            displacement.permanent += (target - base) - set.passing;
        }
        let total = displacement.total(base, tick, tick_s, book);
        let mut price = match set_price {
            Some(SetPriceNow { price, verbatim: true, .. }) => price,
            _ => price_at(spot, total),
        };
        let mut is_halted = false;
        if let (Some(moments), Some((before, price_before))) = (moments, before) {
            let is_set = set_price.is_some();
            let free = Free { before, price_before, price, is_set, increment, moments };
            let controlled = controllers.control(tick, spot, &free);
            if let Some(total) = controlled.total {
                displacement.permanent = (total - base) - displacement.passing(tick, tick_s, book);
            }
            (price, is_halted) = (controlled.price, controlled.is_halted);
        }
        *last_price = (!controllers.is_none()).then_some(price);
        Quote { price, reference: price_at(spot, base_reference), is_halted }
    }

    /// The price of a tick, of which so many of those computed ahead have been given.
    pub(super) fn last_price(&self, given: usize, instrument: &Instrument<P>, grid: &TimeGrid, tick: u64) -> f64 {
        let state = self.settled(given, &instrument.model);
        state.last_price.unwrap_or_else(|| price_at(instrument.spot.get(), state.total(tick, grid, instrument)))
    }

    /// ln P (log₂ units over the spot) and the price of the tick before, if a controller may have a say in this one.
    fn before(&self, instrument: &Instrument<P>, grid: &TimeGrid, tick: u64) -> Option<(f64, f64)> {
        let AssetState { controllers, last_price, .. } = &self.state;
        if controllers.is_none() && self.due.iter().all(|(_, body)| body.controller().is_none()) {
            return None;
        }
        let spot = instrument.spot.get();
        if let Some(price) = last_price {
            return Some((log2(price / spot), *price));
        }
        let total = self.state.total(tick - 1, grid, instrument);
        Some((total, price_at(spot, total)))
    }

    /// Lets the tick's interventions act, in order, on everything but B, which isn't known yet.
    fn act(
        &mut self,
        instrument: &Instrument<P>,
        grid: &TimeGrid,
        tick: u64,
        before: Option<(f64, f64)>,
    ) -> Option<SetPriceNow> {
        let (tick_s, book, model) = (grid.tick_s(), &instrument.book, &instrument.model);
        let price_before = before.map_or(f64::NAN, |(_, price)| price);
        let mut set_price: Option<SetPriceNow> = None;
        for (id, body) in self.due.drain(..) {
            let AssetState { reference, steered, steering, displacement, controllers, .. } = &mut self.state;
            let (mut bends, mut displaces) = (false, false);
            let end = body.end(tick, grid);
            match &body {
                Intervention::SetDrift(set) => {
                    let ramp_ticks = set.ramp_s.map_or(0, |ramp| grid.ticks_in(ramp));
                    steering.drift.set(id, tick, set.mu.get(), ramp_ticks, model.drift().get());
                    bends = true;
                }
                Intervention::SetVolatility(set) => {
                    let ramp_ticks = set.ramp_s.map_or(0, |ramp| grid.ticks_in(ramp));
                    steering.volatility.set(id, tick, set.sigma.get(), ramp_ticks, model.volatility().get());
                    bends = true;
                }
                Intervention::VolatilityScale(scale) => {
                    steering.scale(id, tick, end, scale);
                    bends = true;
                }
                Intervention::JumpRate(rate) => {
                    steering.jump_rates.push(Held { id, until: end, value: rate.factor.get() });
                    bends = true;
                }
                Intervention::Regime(regime) => {
                    steering.regimes.push(Held { id, until: end, value: regime.state });
                    bends = true;
                }
                Intervention::Spread(spread) => {
                    steering.spreads.push(Held { id, until: end, value: spread.factor.get() });
                }
                Intervention::SetPrice(set) => {
                    let passing = displacement.passing(tick, tick_s, book);
                    displacement.permanent = 0.0;
                    set_price = Some(SetPriceNow { price: set.price.get(), passing, verbatim: true });
                }
                Intervention::Shock(shock) => {
                    displacement.shock(id, tick, shock, grid);
                    displaces = shock.log_return.get() != 0.0;
                }
                Intervention::FlashCrash(crash) => {
                    displacement.crash(id, tick, end.unwrap_or(u64::MAX), crash, grid);
                    displaces = true;
                }
                Intervention::Ramp(ramp) => {
                    displacement.ramp(id, tick, ramp, grid);
                    displaces = ramp.log_return.get() != 0.0;
                }
                Intervention::MetaOrder(order) => {
                    displacement.work(id, tick, order, steering.liquidity(tick, tick_s), grid, &mut self.traded);
                    displaces = true;
                }
                Intervention::InjectLiquidity(injection) => {
                    // The lean meets the book as it was before the injection.
                    let lean = injection.lean();
                    displacement.push(lean, steering.liquidity(tick, tick_s), &mut self.traded);
                    steering.inject(id, tick, injection, book, grid);
                    bends = true;
                    displaces = lean != 0.0;
                }
                Intervention::Target(target) => controllers.lead(id, end.unwrap_or(tick), target),
                Intervention::Pin(pin) => controllers.hold(id, end, pin),
                Intervention::Halt(halt) => controllers.halt(id, end, halt, price_before),
                Intervention::PriceBand(band) => controllers.limit(id, end, band, price_before, grid),
                Intervention::Cancel(cancel) => {
                    bends = steering.cancel(cancel.id);
                    displaces = displacement.cancel(cancel.id, tick);
                    controllers.cancel(cancel.id);
                }
            }
            if bends {
                steered.get_or_insert_with(|| reference.clone());
                self.stale = true;
            }
            if let Some(set) = set_price.as_mut().filter(|_| displaces) {
                set.verbatim = false;
            }
        }
        set_price
    }
}

/// A price set on this tick.
struct SetPriceNow {
    price: f64,
    /// T + D at its turn.
    passing: f64,
    /// Nothing has displaced the price after its turn.
    verbatim: bool,
}

impl<S> Track<S> {
    /// The step's increment, and the sum with it.
    #[inline]
    fn advance<P: Process<State = S>>(&mut self, model: &P, step: &P::Step, tick: u64, noise: Noise<'_>) -> (f64, f64) {
        let increment = model.evolve(&mut self.state, step, noise);
        (increment, self.sum.add(tick - 1, increment))
    }
}
