use gbm_core::units::OutOfDomain;

use super::MOST_JUMP_SHARE;
use crate::scale::Scale;
use crate::simulate::SimulatorError;
use crate::waves::Interrupted;

/// Why nothing was fitted.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FitPresetError {
    /// A number of works that nobody means.
    #[error("{name} = {value} is outside [{low}, {high}]")]
    Works {
        /// Which field.
        name: &'static str,
        /// What it holds.
        value: u64,
        /// The least.
        low: u64,
        /// The most.
        high: u64,
    },
    /// Nothing to fit to.
    #[error("no bars to fit to: give those of at least one scale")]
    NoData,
    /// Two files of one scale.
    #[error("bars of {0} are given twice")]
    Twice(Scale),
    /// A model of another kind.
    #[error("{0} is no cascade: only a cascade's variances and bursts are fitted")]
    NotCascade(&'static str),
    /// A start that the search can't hold.
    #[error("jumps carry {0} of the variance: a start must have less than {MOST_JUMP_SHARE}")]
    JumpShare(f64),
    /// No fact that the data know.
    #[error("no fact of these bars has an interval: they are too short or too regular")]
    NoFacts,
    /// A parameter outside its domain.
    #[error(transparent)]
    OutOfDomain(#[from] OutOfDomain),
    /// A model that can't be simulated on these bars.
    #[error(transparent)]
    Simulator(#[from] SimulatorError),
    /// The callback stopped it.
    #[error("interrupted")]
    Interrupted,
}

impl From<Interrupted> for FitPresetError {
    fn from(_: Interrupted) -> Self {
        Self::Interrupted
    }
}
