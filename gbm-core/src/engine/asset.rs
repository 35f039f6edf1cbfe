use serde::{Deserialize, Serialize};

use super::displacement::Displacement;
use super::steering::Steering;
use crate::grid::TimeGrid;
use crate::intervention::{Intervention, InterventionId};
use crate::market::Instrument;
use crate::math::{exp2, log2};
use crate::noise::{Domain, NoiseStream, Seed, StreamId};
use crate::process::{LogSum, Modifiers, Noise, Process, price_at};

/// The most ticks computed ahead of need: a block of the generator, and of the sum.
pub(super) const AHEAD: usize = 8;

/// What one instrument shows on one tick.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quote {
    /// The price, with every intervention.
    pub price: f64,
    /// The reference: the price as it would have been without any.
    pub reference: f64,
}

/// A model's state and running log-price.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Track<S> {
    state: S,
    sum: LogSum,
}

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
}

/// One instrument's engine.
#[derive(Clone, Debug)]
pub(super) struct Asset<P: Process> {
    pub(super) state: AssetState<P::State>,
    /// Interventions that act on the next tick, in order.
    pub(super) due: Vec<(InterventionId, Intervention)>,
    noise: NoiseStream,
    words: Vec<u64>,
    diffusion_slot: usize,
    reference_step: P::Step,
    steered_step: P::Step,
    /// The modifiers must be resolved again before the next step.
    stale: bool,
    relaxation: f64,
    /// B⁰ and the price of ticks computed ahead of need.
    ahead: Vec<(Track<P::State>, f64)>,
}

impl<P: Process> Asset<P> {
    pub(super) fn new(seed: Seed, grid: &TimeGrid, instrument: &Instrument<P>) -> Self {
        let model = &instrument.model;
        let reference = Track { state: model.initial_state(), sum: LogSum::default() };
        let state = AssetState {
            reference,
            steered: None,
            steering: Steering::default(),
            displacement: Displacement::default(),
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
        let step = model.step(grid.dt(), &Modifiers::neutral(model));
        Self {
            state,
            due: Vec::new(),
            noise: NoiseStream::new(seed, StreamId::live(Domain::Diffusion, instrument.asset)),
            words: vec![0; model.budget()],
            diffusion_slot: model.diffusion_slot(),
            reference_step: step.clone(),
            steered_step: step,
            stale: true,
            ahead: Vec::with_capacity(AHEAD),
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

    /// Reads the step's words and gives its diffusion normal, before correlation.
    #[inline]
    pub(super) fn read_noise(&mut self, step: u64) -> f64 {
        self.noise.read_step(step, &mut self.words, self.diffusion_slot)
    }

    /// Whether anything has ever been done to this asset; until then price and reference are one.
    pub(super) fn is_touched(&self) -> bool {
        self.state.steered.is_some() || !self.state.displacement.is_none()
    }

    /// Computes a further tick ahead of need, after those computed since [`Asset::clear_ahead`]. The state doesn't move.
    pub(super) fn look_ahead(&mut self, instrument: &Instrument<P>, tick: u64, diffusion: f64) {
        let mut track = self.ahead.last().map_or(&self.state.reference, |(track, _)| track).clone();
        let noise = Noise::new(diffusion, &self.words);
        let log_price = track.advance(&instrument.model, &self.reference_step, tick, noise);
        self.ahead.push((track, log_price));
    }

    /// Turns the log-prices computed ahead into prices, in a pass of their own: none waits for another.
    pub(super) fn price_ahead(&mut self, instrument: &Instrument<P>) {
        for (_, price) in &mut self.ahead {
            *price = price_at(instrument.spot.get(), *price);
        }
    }

    pub(super) fn clear_ahead(&mut self) {
        self.ahead.clear();
    }

    /// Advances by one of the ticks computed ahead.
    #[inline]
    pub(super) fn take_ahead(&mut self, place: usize) -> Quote {
        let (track, price) = &self.ahead[place];
        self.state.reference.clone_from(track);
        Quote { price: *price, reference: *price }
    }

    /// Advances to `tick`, letting what is due act.
    pub(super) fn advance(&mut self, instrument: &Instrument<P>, grid: &TimeGrid, tick: u64, diffusion: f64) -> Quote {
        let tick_s = grid.tick_s();
        self.stale |= self.state.steering.retire(tick);
        self.state.displacement.decay(tick, self.relaxation, &instrument.book);
        let set_price = self.act(instrument, grid, tick);

        if self.state.steered.is_some() && (self.stale || self.state.steering.varies(tick)) {
            let modifiers = self.state.steering.modifiers(&instrument.model, tick, tick_s);
            self.steered_step = instrument.model.step(grid.dt(), &modifiers);
            self.stale = false;
        }
        let AssetState { reference, steered, displacement, .. } = &mut self.state;
        let noise = Noise::new(diffusion, &self.words);
        let base_reference = reference.advance(&instrument.model, &self.reference_step, tick, noise);
        let base = match steered {
            Some(track) => track.advance(&instrument.model, &self.steered_step, tick, noise),
            None => base_reference,
        };
        if let Some(set) = &set_price {
            let target = log2(set.price / instrument.spot.get());
            displacement.permanent += (target - base) - set.passing;
        }
        let price = match set_price {
            Some(SetPriceNow { price, verbatim: true, .. }) => price,
            _ => price_at(instrument.spot.get(), displacement.total(base, tick, tick_s, &instrument.book)),
        };
        Quote { price, reference: price_at(instrument.spot.get(), base_reference) }
    }

    /// Lets the tick's interventions act, in order, on everything but B, which isn't known yet.
    fn act(&mut self, instrument: &Instrument<P>, grid: &TimeGrid, tick: u64) -> Option<SetPriceNow> {
        let (tick_s, book, model) = (grid.tick_s(), &instrument.book, &instrument.model);
        let mut set_price: Option<SetPriceNow> = None;
        for (id, body) in self.due.drain(..) {
            let AssetState { reference, steered, steering, displacement } = &mut self.state;
            let (mut bends, mut displaces) = (false, false);
            match body {
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
                Intervention::SetPrice(set) => {
                    let passing = displacement.passing(tick, tick_s, book);
                    displacement.permanent = 0.0;
                    set_price = Some(SetPriceNow { price: set.price.get(), passing, verbatim: true });
                }
                Intervention::Shock(shock) => {
                    displacement.shock(id, tick, &shock, grid);
                    displaces = shock.log_return.get() != 0.0;
                }
                Intervention::InjectLiquidity(injection) => {
                    // The lean meets the book as it was before the injection.
                    let lean = injection.lean();
                    displacement.push(lean, steering.liquidity(tick, tick_s));
                    steering.inject(id, tick, &injection, book, grid);
                    bends = true;
                    displaces = lean != 0.0;
                }
                Intervention::Cancel(cancel) => {
                    bends = steering.cancel(cancel.id);
                    displaces = displacement.cancel(cancel.id);
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
    #[inline]
    fn advance<P: Process<State = S>>(&mut self, model: &P, step: &P::Step, tick: u64, noise: Noise<'_>) -> f64 {
        let increment = model.evolve(&mut self.state, step, noise);
        self.sum.add(tick - 1, increment)
    }
}
