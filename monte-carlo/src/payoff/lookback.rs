use serde::{Deserialize, Serialize};

use super::bridge::ln_extreme;
use super::{Between, Direction, Needs, PathBlock, PathPayoff, Right, View, Watch};
use crate::law::exp;
use crate::units::Strike;

/// Pays S_T − min S for a call, max S − S_T for a put.
///
/// The spot counts as a price. Continuous: the highest or lowest value between two fixings is drawn from its exact law, with
/// a uniform of its own: no bias for any number of steps.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LookbackFloating {
    /// Call or put.
    pub right: Right,
    /// Which prices count.
    pub watch: Watch,
}

/// Pays max(max S − K, 0) for a call, max(K − min S, 0) for a put; watched as [`LookbackFloating`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LookbackFixed {
    /// Call or put.
    pub right: Right,
    /// K.
    pub strike: Strike,
    /// Which prices count.
    pub watch: Watch,
}

fn needs(watch: Watch) -> Needs {
    let between = if watch == Watch::Continuous { Between::Uniforms } else { Between::Nothing };
    Needs { view: View::LogPrices, between }
}

/// The highest or lowest price of each path, with its last.
fn extremes<'a>(
    watch: Watch,
    direction: Direction,
    paths: &'a PathBlock<'_>,
) -> impl Iterator<Item = (f64, f64)> + use<'a> {
    let rows = paths.log_prices().zip(paths.terminal()).enumerate();
    rows.map(move |(path, (row, &last))| (exp(ln_extreme(watch, direction, paths, path, row)), last))
}

impl PathPayoff for LookbackFloating {
    fn name(&self) -> &'static str {
        "lookback_floating"
    }

    fn needs(&self) -> Needs {
        needs(self.watch)
    }

    fn fill(&self, paths: &PathBlock<'_>, out: &mut [f64]) {
        let direction = if self.right == Right::Call { Direction::Down } else { Direction::Up };
        for (out, (extreme, last)) in out.iter_mut().zip(extremes(self.watch, direction, paths)) {
            *out = self.right.of(last, extreme);
        }
    }
}

impl PathPayoff for LookbackFixed {
    fn name(&self) -> &'static str {
        "lookback_fixed"
    }

    fn needs(&self) -> Needs {
        needs(self.watch)
    }

    fn fill(&self, paths: &PathBlock<'_>, out: &mut [f64]) {
        let direction = if self.right == Right::Call { Direction::Up } else { Direction::Down };
        for (out, (extreme, _)) in out.iter_mut().zip(extremes(self.watch, direction, paths)) {
            *out = self.right.of(extreme, self.strike.get());
        }
    }
}
