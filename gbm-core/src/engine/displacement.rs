use serde::{Deserialize, Serialize};

use super::profile::{Profile, Shape};
use crate::grid::TimeGrid;
use crate::intervention::{FlashCrash, InterventionId, MetaOrder, Ramp, Shock};
use crate::market::Book;
use crate::math::LOG2_E;

/// An excess volume below this share of a day's volume moves the price by less than 2⁻¹⁰⁰ and is over.
const SPENT_EXCESS: f64 = f64::from_bits((1023 - 200) << 52);

/// What orders of interventions have traded on one tick, base units.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Traded {
    pub(super) bought: f64,
    pub(super) sold: f64,
}

impl Traded {
    fn add(&mut self, quantity: f64) {
        self.bought += quantity.max(0.0);
        self.sold += (-quantity).max(0.0);
    }
}

/// An order worked into the market, so much on each tick.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Flow {
    id: InterventionId,
    end: u64,
    per_tick: f64,
}

/// A, T and D of ln P = B + A + T + D.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Displacement {
    /// A, log₂ units.
    pub(super) permanent: f64,
    profiles: Vec<Profile>,
    flows: Vec<Flow>,
    /// e, depth-relative base units.
    pub(super) excess: f64,
}

impl Displacement {
    pub(super) fn is_none(&self) -> bool {
        self.permanent == 0.0 && self.is_constant()
    }

    /// Whether T and D stay zero by themselves.
    pub(super) fn is_constant(&self) -> bool {
        self.excess == 0.0 && self.profiles.is_empty() && self.flows.is_empty()
    }

    /// One tick of decay and of orders that are worked, and what is left behind by what has ended, before the tick's own
    /// interventions act; what those orders traded. `liquidity` is that of the tick; an order that is cancelled on it trades no more.
    pub(super) fn pass(
        &mut self,
        tick: u64,
        relaxation: f64,
        book: &Book,
        is_cancelled: impl Fn(InterventionId) -> bool,
        liquidity: impl FnOnce() -> f64,
    ) -> Traded {
        let mut traded = Traded::default();
        if self.excess != 0.0 {
            self.excess *= relaxation;
            if self.excess.abs() < book.daily_volume.get() * SPENT_EXCESS {
                self.excess = 0.0;
            }
        }
        let permanent = &mut self.permanent;
        self.profiles.retain(|profile| {
            let lasts = tick < profile.end;
            if !lasts {
                *permanent += profile.residue(tick);
            }
            lasts
        });
        self.flows.retain(|flow| tick < flow.end && !is_cancelled(flow.id));
        if !self.flows.is_empty() {
            let liquidity = liquidity();
            for flow in &self.flows {
                self.excess += flow.per_tick / liquidity;
                traded.add(flow.per_tick);
            }
        }
        traded
    }

    pub(super) fn shock(&mut self, id: InterventionId, tick: u64, shock: &Shock, grid: &TimeGrid) {
        let whole = shock.log_return.get() * LOG2_E;
        let permanent = whole * shock.permanent_fraction.get();
        self.permanent += permanent;
        if let Some(half_life_s) = shock.half_life_s.filter(|_| shock.permanent_fraction.get() < 1.0) {
            let shape = Shape::Decay { amplitude: whole - permanent, half_life_s };
            self.profiles.push(Profile { id, start: tick, end: grid.tick_spent(tick, half_life_s), shape });
        }
    }

    pub(super) fn crash(&mut self, id: InterventionId, tick: u64, end: u64, crash: &FlashCrash, grid: &TimeGrid) {
        let depth = crash.depth.get() * LOG2_E;
        let back = depth * crash.recovered_fraction.get();
        let shape = Shape::Crash {
            back,
            lost: depth - back,
            fall: grid.ticks_in(crash.fall_s),
            hold: crash.hold_s.map_or(0, |hold| grid.ticks_in(hold)),
            half_life_s: crash.half_life_s,
        };
        self.profiles.push(Profile { id, start: tick, end, shape });
    }

    pub(super) fn ramp(&mut self, id: InterventionId, tick: u64, ramp: &Ramp, grid: &TimeGrid) {
        let ticks = grid.ticks_in(ramp.duration_s);
        let shape = Shape::Ramp { whole: ramp.log_return.get() * LOG2_E, ticks, shape: ramp.shape };
        self.profiles.push(Profile { id, start: tick, end: tick.saturating_add(ticks), shape });
    }

    /// dQ/L into the excess volume.
    pub(super) fn push(&mut self, quantity: f64, liquidity: f64, traded: &mut Traded) {
        self.excess += quantity / liquidity;
        traded.add(quantity);
    }

    /// An order's first part, and what makes the others follow.
    pub(super) fn work(
        &mut self,
        id: InterventionId,
        tick: u64,
        order: &MetaOrder,
        liquidity: f64,
        grid: &TimeGrid,
        traded: &mut Traded,
    ) {
        let ticks = grid.ticks_in(order.duration_s);
        let per_tick = order.signed() / ticks as f64;
        self.push(per_tick, liquidity, traded);
        self.flows.push(Flow { id, end: tick.saturating_add(ticks), per_tick });
    }

    /// Ends an intervention on a tick; whether it was one of these.
    pub(super) fn cancel(&mut self, id: InterventionId, tick: u64) -> bool {
        let before = self.profiles.len() + self.flows.len();
        let permanent = &mut self.permanent;
        self.profiles.retain(|profile| {
            let stays = profile.id != id;
            if !stays {
                *permanent += profile.residue(tick);
            }
            stays
        });
        self.flows.retain(|flow| flow.id != id);
        self.profiles.len() + self.flows.len() != before
    }

    /// T of a tick, log₂ units.
    fn transient(&self, tick: u64, tick_s: f64) -> f64 {
        self.profiles.iter().fold(0.0, |sum, profile| sum + profile.value(tick, tick_s))
    }

    /// T + D of a tick: what a set price has to be reached on top of.
    pub(super) fn passing(&self, tick: u64, tick_s: f64, book: &Book) -> f64 {
        self.transient(tick, tick_s) + book.displacement(self.excess)
    }

    /// ((B + A) + T) + D.
    pub(super) fn total(&self, base: f64, tick: u64, tick_s: f64, book: &Book) -> f64 {
        ((base + self.permanent) + self.transient(tick, tick_s)) + book.displacement(self.excess)
    }
}
