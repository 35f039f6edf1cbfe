use std::io;
use std::path::PathBuf;

use gbm_core::calibrate::CalibrationError;
use gbm_core::correlation::CorrelationError;
use gbm_core::grid::GridError;
use gbm_core::market::MarketError;
use gbm_core::noise::SeedError;
use gbm_core::units::OutOfDomain;

use crate::prices::PricesError;

/// Flags from which no market can be made. Each prints as one line.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// A flag's text that means nothing.
    #[error("{flag} {text:?}: {reason}")]
    Flag {
        /// The flag.
        flag: &'static str,
        /// What was given.
        text: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A number outside its domain.
    #[error(transparent)]
    Domain(#[from] OutOfDomain),
    /// A text that isn't a seed.
    #[error(transparent)]
    Seed(#[from] SeedError),
    /// A grid that can't be.
    #[error(transparent)]
    Grid(#[from] GridError),
    /// Parts that don't fit.
    #[error(transparent)]
    Market(#[from] MarketError),
    /// Correlations that can't be.
    #[error(transparent)]
    Correlation(#[from] CorrelationError),
    /// What was to be a model and isn't.
    #[error("{from}: {reason}")]
    Model {
        /// The file, or the flag.
        from: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A price file that can't be opened.
    #[error("{}: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// A price file that can't be used.
    #[error("{}: {error}", path.display())]
    Prices {
        /// The file.
        path: PathBuf,
        /// Where and why.
        error: PricesError,
    },
    /// Prices that no model can be fitted to.
    #[error("{}: {error}", path.display())]
    Calibration {
        /// The file.
        path: PathBuf,
        /// Why.
        error: CalibrationError,
    },
    /// No randomness.
    #[error("the operating system gave no seed: {0}")]
    Entropy(getrandom::Error),
}
