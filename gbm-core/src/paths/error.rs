use crate::grid::MAX_TICK;
use crate::noise::StreamError;
use crate::process::{MAX_BUDGET, Unsuitable};

/// Paths that can't be filled. Nothing has been written.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PathError {
    /// No steps, or more than a stream can address.
    #[error("steps = {0} is outside [1, {MAX_TICK}]")]
    Steps(u64),
    /// The slice isn't a whole number of paths.
    #[error("the slice holds {given} prices: it must be a positive multiple of {row}, one path's")]
    Shape {
        /// The slice's length.
        given: usize,
        /// The prices of one path.
        row: usize,
    },
    /// Terminal paths lie one after another on one stream, which ends.
    #[error("{paths} paths of {steps} steps end beyond step {MAX_TICK} of their stream")]
    Overflow {
        /// Paths up to the last one asked for.
        paths: u64,
        /// Steps of each.
        steps: u64,
    },
    /// More prices than memory can hold.
    #[error("{paths} paths of {steps} steps are more than memory can hold")]
    Memory {
        /// Paths asked for.
        paths: usize,
        /// Steps of each.
        steps: u64,
    },
    /// A spot for each asset is needed.
    #[error("spots = {spots}, but the model has {assets} assets")]
    Spots {
        /// Spots given.
        spots: usize,
        /// Assets of the model.
        assets: usize,
    },
    /// A model that declares more noise words a step than there are, or a diffusion slot outside them.
    #[error("budget = {0} with diffusion slot {1} is outside [1, {MAX_BUDGET}]")]
    Budget(usize, usize),
    /// A model that isn't made for such steps.
    #[error(transparent)]
    Unsuitable(#[from] Unsuitable),
    /// The last path's number doesn't fit its stream.
    #[error(transparent)]
    Stream(#[from] StreamError),
}
