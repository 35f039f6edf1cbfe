//! What takes the price over for a time. Nothing jumps when it ends: the displacement A takes up the difference.
//!
//! One of them acts at a time, by rank: a halt before a pin, a pin before a target. One of lower rank goes on behind the other, its
//! time included. Two of one kind don't overlap: [`OnConflict`] says what becomes of the later one.

use serde::{Deserialize, Serialize};

use crate::grid::TimeGrid;
use crate::units::{Band, Percent, Price, Seconds};

/// What becomes of a controller whose time overlaps that of another of its kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnConflict {
    /// It is refused.
    #[default]
    Reject,
    /// It ends the other where it begins itself.
    Replace,
    /// It begins where the other ends.
    Queue,
}

impl OnConflict {
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
    fn is_reject(&self) -> bool {
        matches!(self, Self::Reject)
    }
}

/// The price is led to a level, and reaches it on the last of n ticks. With n left and a = 1/n,
///
/// X ← X + a·(x* − X) + √(1 − a)·(ΔB − E\[ΔB\]),
///
/// the exact Brownian bridge where ΔB is normal; any other model keeps its own innovations, jumps included, on a clock of time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// The level.
    pub price: Price,
    /// How long it takes: this or `at_ms`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_s: Option<Seconds>,
    /// The simulated time by which it is there, Unix milliseconds: the first tick that ends at or after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_ms: Option<i64>,
    /// Against another target.
    #[serde(default, skip_serializing_if = "OnConflict::is_reject")]
    pub on_conflict: OnConflict,
}

/// The price is held at a level, for a time or until cancelled.
///
/// With band 0 every tick emits the level. Otherwise the log-price is drawn to it as an Ornstein-Uhlenbeck process whose stationary
/// standard deviation is `band`: rate θ = σ²/(2·band²), driven by the model's own standardised increments.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pin {
    /// The level.
    pub price: Price,
    /// The standard deviation around it, natural logarithm; 0 if absent.
    #[serde(default)]
    pub band: Band,
    /// For how long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_s: Option<Seconds>,
    /// Against another pin.
    #[serde(default, skip_serializing_if = "OnConflict::is_reject")]
    pub on_conflict: OnConflict,
}

/// No trading: ticks go on and aren't published, for a time or until cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Halt {
    /// Where the price is when trading begins again.
    pub reopen: Reopen,
    /// For how long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_s: Option<Seconds>,
    /// Against another halt.
    #[serde(default, skip_serializing_if = "OnConflict::is_reject")]
    pub on_conflict: OnConflict,
}

/// Where a halted price goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reopen {
    /// Where it would have been: one gap.
    CatchUp,
    /// Where it was: no gap.
    Freeze,
}

/// A limit to how far the price may be from its recent mean; a tick beyond it begins a pause instead, after which the price is where
/// it would have been and the mean begins anew. For a time or until cancelled.
///
/// The mean is that of the published prices of the last `window_s`, held in up to 64 parts of equally many ticks.
///
/// Source: after the US equity markets' Limit Up-Limit Down plan, without its limit state.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceBand {
    /// How far, in per cent of the mean.
    pub percent: Percent,
    /// The mean's window.
    pub window_s: Seconds,
    /// How long trading pauses.
    pub pause_s: Seconds,
    /// For how long the limit holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_s: Option<Seconds>,
    /// Against another limit.
    #[serde(default, skip_serializing_if = "OnConflict::is_reject")]
    pub on_conflict: OnConflict,
}

impl Target {
    /// The first tick after it; `None` for a time that has passed by its tick.
    pub(crate) fn end(&self, tick: u64, grid: &TimeGrid) -> Option<u64> {
        match (self.duration_s, self.at_ms) {
            (Some(duration), _) => Some(tick.saturating_add(grid.ticks_in(duration))),
            (None, Some(at_ms)) => grid.tick_at(at_ms).ok().map(|last| last + 1).filter(|&end| end > tick),
            (None, None) => None,
        }
    }
}
