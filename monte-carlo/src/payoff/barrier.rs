use gbm_core::math::ln;
use serde::{Deserialize, Serialize};

use super::bridge::Touch;
use super::{
    Between, Control, ControlPayoff, Direction, European, Knock, Needs, PathBlock, PathPayoff, Right, View, Watch,
};
use crate::units::{Level, Strike};

/// A call or put that a touch of a barrier begins or ends, without rebate.
///
/// - Discrete: a touch is a fixing at or beyond the level.
/// - Continuous: the payoff is weighted with the probability, given the fixings, that the path between them touched the
///   level (or that it didn't): exact for any number of steps, and smoother than a simulated touch.
///
/// A spot at or beyond the level has touched it: a knock-out is worth 0, a knock-in is the European option.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Barrier {
    /// Call or put.
    pub right: Right,
    /// K.
    pub strike: Strike,
    /// Which side of the price the barrier is on.
    pub direction: Direction,
    /// What a touch does.
    pub knock: Knock,
    /// H.
    pub level: Level,
    /// When the barrier is watched.
    pub watch: Watch,
}

impl PathPayoff for Barrier {
    fn name(&self) -> &'static str {
        "barrier"
    }

    fn needs(&self) -> Needs {
        Needs { view: View::LogPrices, between: self.watch.needs_variance() }
    }

    fn certain(&self, spot: f64) -> Option<f64> {
        (self.knock == Knock::Out && self.direction.is_reached(spot, self.level)).then_some(0.0)
    }

    fn fill(&self, paths: &PathBlock<'_>, out: &mut [f64]) {
        let touch = Touch { watch: self.watch, direction: self.direction, ln_level: ln(self.level.get()) };
        for ((out, log_prices), &last) in out.iter_mut().zip(paths.log_prices()).zip(paths.terminal()) {
            let payoff = self.right.of(last, self.strike.get());
            // Without a payoff there is nothing to weight.
            *out = if payoff > 0.0 {
                let probability = touch.probability(paths, log_prices);
                payoff * if self.knock == Knock::In { probability } else { 1.0 - probability }
            } else {
                0.0
            };
        }
    }

    fn control(&self, control: Control) -> Option<ControlPayoff> {
        match control {
            Control::Terminal => Some(ControlPayoff::Terminal),
            Control::European => Some(ControlPayoff::European(European { right: self.right, strike: self.strike })),
            Control::Geometric => None,
        }
    }
}

impl Watch {
    pub(super) const fn needs_variance(self) -> Between {
        match self {
            Self::Discrete => Between::Nothing,
            Self::Continuous => Between::Variance,
        }
    }
}

impl Direction {
    /// Whether a price is at or beyond the level.
    pub(super) fn is_reached(self, price: f64, level: Level) -> bool {
        self.sign() * (price - level.get()) >= 0.0
    }
}
