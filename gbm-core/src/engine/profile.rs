use serde::{Deserialize, Serialize};

use super::steering::half_lives;
use crate::intervention::{InterventionId, RampShape};
use crate::math::exp2;
use crate::units::Seconds;

/// A displacement that is a deterministic function of the tick, from `start` until before `end`, in log₂ units.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Profile {
    pub(super) id: InterventionId,
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) shape: Shape,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Shape {
    /// A shock's transient part, amplitude·2^(−t/h).
    Decay { amplitude: f64, half_life_s: Seconds },
    /// A fall of `back + lost`, of which `back` recovers.
    Crash { back: f64, lost: f64, fall: u64, hold: u64, half_life_s: Seconds },
    /// A way that stays.
    Ramp { whole: f64, ticks: u64, shape: RampShape },
}

impl Profile {
    /// The displacement on a tick.
    pub(super) fn value(&self, tick: u64, tick_s: f64) -> f64 {
        match self.shape {
            Shape::Decay { amplitude, half_life_s } => {
                amplitude * exp2(-half_lives(self.start, tick, tick_s, half_life_s))
            }
            Shape::Crash { back, lost, fall, hold, half_life_s } => {
                let bottom = self.start.saturating_add(fall - 1);
                if tick < bottom {
                    return -((back + lost) * self.done(tick, fall));
                }
                let up = bottom.saturating_add(hold);
                -(back * exp2(-half_lives(up, tick, tick_s, half_life_s)) + lost)
            }
            Shape::Ramp { whole, ticks, shape } => whole * shape.way(self.done(tick, ticks)),
        }
    }

    /// What stays if it ends on a tick, as it stood on the tick before.
    pub(super) fn residue(&self, tick: u64) -> f64 {
        let Some(last) = tick.checked_sub(1).filter(|&last| last >= self.start) else { return 0.0 };
        match self.shape {
            Shape::Decay { .. } => 0.0,
            Shape::Crash { lost, fall, .. } => -(lost * self.done(last, fall)),
            Shape::Ramp { whole, ticks, shape } => whole * shape.way(self.done(last, ticks)),
        }
    }

    /// Which share of its first `ticks` ticks is done after one.
    fn done(&self, tick: u64, ticks: u64) -> f64 {
        let done = tick.saturating_sub(self.start).saturating_add(1);
        if done >= ticks { 1.0 } else { done as f64 / ticks as f64 }
    }
}
