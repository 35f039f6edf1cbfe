use gbm_core::model::MultiGbmError;
use gbm_core::paths::PathError;

use crate::units::OutOfDomain;

/// The most paths of one estimate.
pub const MAX_PATHS: u64 = 1 << 40;
/// The most steps of a path.
pub const MAX_STEPS: u64 = 1 << 20;
/// The most steps of all paths together.
pub const MAX_WORK: u64 = 1 << 48;
/// The most dimensions of a Sobol' point: all that Joe and Kuo published.
pub const MAX_DIMENSIONS: usize = 21_201;

/// A price that can't be estimated. Nothing has been simulated, but for [`PriceError::NotFinite`].
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PriceError {
    /// A number outside its domain.
    #[error(transparent)]
    OutOfDomain(#[from] OutOfDomain),
    /// Too few paths to tell an error from, or too many.
    #[error("paths = {0} is outside [2, {MAX_PATHS}]")]
    Paths(u64),
    /// No steps, or too many.
    #[error("steps = {0} is outside [1, {MAX_STEPS}]")]
    Steps(u64),
    /// More than can be done, or numbered.
    #[error("paths x steps = {paths} x {steps} is outside [2, {MAX_WORK}]")]
    Work {
        /// Paths asked for.
        paths: u64,
        /// Steps of each.
        steps: u64,
    },
    /// Too few scrambles to tell an error from, or too many.
    #[error("replicates = {0} is outside [4, 1024]")]
    Replicates(u32),
    /// More coordinates than there are direction numbers for.
    #[error("dimensions = {0} is outside [1, {MAX_DIMENSIONS}]")]
    Dimensions(u64),
    /// A control that says nothing about this payoff.
    #[error("control = {control} is not one of {payoff}'s")]
    Control {
        /// The control asked for.
        control: &'static str,
        /// The payoff's kind.
        payoff: &'static str,
    },
    /// What happens between fixings, the mean of a control, or a quasi-random path is known for constant volatility alone.
    #[error("{what} needs a model whose log-price moves by independent normals of one size")]
    Model {
        /// What was asked for.
        what: &'static str,
    },
    /// Something is needed for each asset.
    #[error("{field} = {given}, but the model has {assets} assets")]
    Assets {
        /// What there are too many or too few of.
        field: &'static str,
        /// How many there are.
        given: usize,
        /// The model's assets.
        assets: usize,
    },
    /// An asset that the model doesn't have.
    #[error("{field} = {given} is outside [0, {}]", assets.saturating_sub(1))]
    Asset {
        /// The field that names it.
        field: &'static str,
        /// Its number.
        given: usize,
        /// The model's assets.
        assets: usize,
    },
    /// Assets and correlation that don't match.
    #[error(transparent)]
    Correlation(#[from] MultiGbmError),
    /// Paths that the engine refuses.
    #[error(transparent)]
    Engine(#[from] PathError),
    /// A payoff, or its square, beyond f64's range.
    #[error("the estimate is not finite: payoffs of this market are beyond the range of numbers")]
    NotFinite,
}
