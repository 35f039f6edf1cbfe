use serde::{Deserialize, Serialize};

use super::{Needs, PathBlock, PathPayoff, Right, View};
use crate::units::{Cash, Strike};

/// An amount of cash at maturity if S_T > K (call), or if S_T ≤ K (put).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Digital {
    /// Call or put.
    pub right: Right,
    /// K.
    pub strike: Strike,
    /// What is paid.
    pub cash: Cash,
}

impl PathPayoff for Digital {
    fn name(&self) -> &'static str {
        "digital"
    }

    fn needs(&self) -> Needs {
        Needs::only(View::Terminal)
    }

    fn fill(&self, paths: &PathBlock<'_>, out: &mut [f64]) {
        for (out, &last) in out.iter_mut().zip(paths.terminal()) {
            let is_above = last > self.strike.get();
            *out = if is_above == (self.right == Right::Call) { self.cash.get() } else { 0.0 };
        }
    }
}
