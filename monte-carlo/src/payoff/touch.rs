use gbm_core::math::ln;
use serde::{Deserialize, Serialize};

use super::bridge::Touch;
use super::{Direction, Needs, PathBlock, PathPayoff, View, Watch};
use crate::units::{Cash, Level};

/// Which paths are paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pays {
    /// Those that touch the level.
    Touch,
    /// Those that don't.
    NoTouch,
}

/// An amount of cash at maturity if the price has touched a level, or if it hasn't.
///
/// Watched as [`Barrier`](super::Barrier) is. With cash 1 and rate 0 it is the probability of a touch under the model's drift.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OneTouch {
    /// Which side of the price the level is on.
    pub direction: Direction,
    /// H.
    pub level: Level,
    /// What is paid.
    pub cash: Cash,
    /// For what.
    pub pays: Pays,
    /// When the level is watched.
    pub watch: Watch,
}

impl OneTouch {
    fn of(&self, probability: f64) -> f64 {
        self.cash.get() * if self.pays == Pays::Touch { probability } else { 1.0 - probability }
    }
}

impl PathPayoff for OneTouch {
    fn name(&self) -> &'static str {
        "one_touch"
    }

    fn needs(&self) -> Needs {
        Needs { view: View::LogPrices, between: self.watch.needs_variance() }
    }

    fn certain(&self, spot: f64) -> Option<f64> {
        self.direction.is_reached(spot, self.level).then(|| self.of(1.0))
    }

    fn fill(&self, paths: &PathBlock<'_>, out: &mut [f64]) {
        let touch = Touch { watch: self.watch, direction: self.direction, ln_level: ln(self.level.get()) };
        for (out, log_prices) in out.iter_mut().zip(paths.log_prices()) {
            *out = self.of(touch.probability(paths, log_prices));
        }
    }
}
