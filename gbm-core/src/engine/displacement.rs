use serde::{Deserialize, Serialize};

use super::steering::half_lives;
use crate::grid::TimeGrid;
use crate::intervention::{InterventionId, Shock};
use crate::market::Book;
use crate::math::{LOG2_E, exp2};
use crate::units::Seconds;

/// An excess volume below this share of a day's volume moves the price by less than 2⁻¹⁰⁰ and is over.
const SPENT_EXCESS: f64 = f64::from_bits((1023 - 200) << 52);

/// The decaying part of a shock: amplitude·2^(−t/h), log₂ units.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Transient {
    id: InterventionId,
    start: u64,
    spent: u64,
    amplitude: f64,
    half_life_s: Seconds,
}

/// A, T and D of ln P = B + A + T + D.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Displacement {
    /// A, log₂ units.
    pub(super) permanent: f64,
    transients: Vec<Transient>,
    /// e, depth-relative base units.
    pub(super) excess: f64,
}

impl Displacement {
    pub(super) fn is_none(&self) -> bool {
        self.permanent == 0.0 && self.excess == 0.0 && self.transients.is_empty()
    }

    /// Whether T and D stay zero by themselves.
    pub(super) fn is_constant(&self) -> bool {
        self.excess == 0.0 && self.transients.is_empty()
    }

    /// One tick of decay, before the tick's own interventions act.
    pub(super) fn decay(&mut self, tick: u64, relaxation: f64, book: &Book) {
        if self.excess != 0.0 {
            self.excess *= relaxation;
            if self.excess.abs() < book.daily_volume.get() * SPENT_EXCESS {
                self.excess = 0.0;
            }
        }
        self.transients.retain(|transient| tick < transient.spent);
    }

    pub(super) fn shock(&mut self, id: InterventionId, tick: u64, shock: &Shock, grid: &TimeGrid) {
        let whole = shock.log_return.get() * LOG2_E;
        let permanent = whole * shock.permanent_fraction.get();
        self.permanent += permanent;
        if let Some(half_life_s) = shock.half_life_s.filter(|_| shock.permanent_fraction.get() < 1.0) {
            let (spent, amplitude) = (grid.tick_spent(tick, half_life_s), whole - permanent);
            self.transients.push(Transient { id, start: tick, spent, amplitude, half_life_s });
        }
    }

    /// dQ/L into the excess volume.
    pub(super) fn push(&mut self, quantity: f64, liquidity: f64) {
        self.excess += quantity / liquidity;
    }

    pub(super) fn cancel(&mut self, id: InterventionId) -> bool {
        let before = self.transients.len();
        self.transients.retain(|transient| transient.id != id);
        self.transients.len() != before
    }

    /// T of a tick, log₂ units.
    fn transient(&self, tick: u64, tick_s: f64) -> f64 {
        self.transients.iter().fold(0.0, |sum, transient| {
            let elapsed = half_lives(transient.start, tick, tick_s, transient.half_life_s);
            sum + transient.amplitude * exp2(-elapsed)
        })
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
