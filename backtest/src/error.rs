//! Why a back-test stopped.

use gbm_core::engine::StepError;
use gbm_core::journal::ReplayError;
use gbm_core::market::MarketError;
use trading_core::desk::DeskError;
use trading_core::log::LogError;
use trading_core::strategy::ParameterError;

use crate::curve::MAX_SAMPLES;

/// A back-test that can't be, or can't go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BacktestError {
    /// Parts of a market that don't fit.
    #[error(transparent)]
    Market(#[from] MarketError),
    /// A number of a market outside its domain.
    #[error(transparent)]
    Unit(#[from] gbm_core::units::OutOfDomain),
    /// A grid that can't be.
    #[error(transparent)]
    Grid(#[from] gbm_core::grid::GridError),
    /// The market's grid has ended.
    #[error(transparent)]
    Step(#[from] StepError),
    /// The journal isn't of these ticks.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// The account or the strategy can't be.
    #[error(transparent)]
    Desk(#[from] DeskError),
    /// The strategy can't be.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// The trading log isn't of these ticks.
    #[error(transparent)]
    Log(#[from] LogError),
    /// No such instrument.
    #[error("instrument = {0} is none of this market's")]
    Instrument(usize),
    /// A number outside its domain.
    #[error("{name} = {value} is outside {domain}")]
    Domain {
        /// Which.
        name: &'static str,
        /// What it is.
        value: String,
        /// What it may be.
        domain: &'static str,
    },
    /// Too many samples.
    #[error("more than {MAX_SAMPLES} periods: the period is too short for so long a time")]
    Periods,
    /// No tick.
    #[error("there is no tick to trade on")]
    Empty,
    /// The caller's callback said so.
    #[error("it was stopped before its end")]
    Interrupted,
}
