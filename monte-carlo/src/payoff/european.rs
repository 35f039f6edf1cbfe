use serde::{Deserialize, Serialize};

use super::{Control, ControlPayoff, Needs, PathBlock, PathPayoff, Right, View};
use crate::units::Strike;

/// max(S_T − K, 0) for a call, max(K − S_T, 0) for a put.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct European {
    /// Call or put.
    pub right: Right,
    /// K.
    pub strike: Strike,
}

impl PathPayoff for European {
    fn name(&self) -> &'static str {
        "european"
    }

    fn needs(&self) -> Needs {
        Needs::only(View::Terminal)
    }

    fn fill(&self, paths: &PathBlock<'_>, out: &mut [f64]) {
        for (out, &last) in out.iter_mut().zip(paths.terminal()) {
            *out = self.right.of(last, self.strike.get());
        }
    }

    fn control(&self, control: Control) -> Option<ControlPayoff> {
        (control == Control::Terminal).then_some(ControlPayoff::Terminal)
    }
}
