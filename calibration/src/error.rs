use gbm_core::grid::LengthMs;
use gbm_core::units::OutOfDomain;

/// Why nothing was fitted. Rows count from 1, a file's header left out; those of a matrix from 0.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FitError {
    /// Fewer rows than the model takes.
    #[error("{what} = {found}: at least {needed} are needed")]
    TooFew {
        /// What there is too little of.
        what: &'static str,
        /// As many as there are.
        found: usize,
        /// As many as are needed.
        needed: usize,
    },
    /// Slices that should be of one length.
    #[error("{what} has {found} entries, but there are {wanted} {of}")]
    Lengths {
        /// The slice.
        what: &'static str,
        /// Its length.
        found: usize,
        /// The other's length.
        wanted: usize,
        /// The other.
        of: &'static str,
    },
    /// NaN or an infinity.
    #[error("row {row}: {field} = {value} is not a finite number")]
    NotFinite {
        /// The row.
        row: usize,
        /// The field.
        field: &'static str,
        /// What stands there.
        value: f64,
    },
    /// A price that isn't positive.
    #[error("row {row}: {field} = {value} is not positive")]
    NotPositive {
        /// The row.
        row: usize,
        /// The field.
        field: &'static str,
        /// What stands there.
        value: f64,
    },
    /// A bar whose high is below, or whose low is above another of its prices.
    #[error("row {row}: low {low} and high {high} don't hold open {open} and close {close}")]
    Bar {
        /// The row.
        row: usize,
        /// The open.
        open: f64,
        /// The high.
        high: f64,
        /// The low.
        low: f64,
        /// The close.
        close: f64,
    },
    /// Times must increase strictly.
    #[error("row {row}: time {time_ms} ms does not come after {before} ms")]
    Time {
        /// The row.
        row: usize,
        /// Its time.
        time_ms: i64,
        /// The time of the row before.
        before: i64,
    },
    /// Frequencies are mixed, or rows are missing.
    #[error(
        "row {row}: {} after the row before, where {} is usual: rows must be evenly spaced",
        LengthMs(*spacing_ms),
        LengthMs(*usual_ms)
    )]
    Uneven {
        /// The first such row.
        row: usize,
        /// Its distance from the row before, in milliseconds.
        spacing_ms: u64,
        /// The median distance, in milliseconds.
        usual_ms: u64,
    },
    /// Nothing moves.
    #[error("all {0} returns are equal")]
    Constant(usize),
    /// A number outside its domain.
    #[error(transparent)]
    OutOfDomain(#[from] OutOfDomain),
    /// A variance that would grow without end.
    #[error("alpha + gamma/2 + beta = {0}: a stationary variance needs less than 1")]
    NonStationary(f64),
    /// Rows of a transition matrix that aren't probabilities.
    #[error("row {row} of the transition matrix is not a row of probabilities that add up to 1")]
    Probabilities {
        /// The row, from 0.
        row: usize,
    },
    /// A chain that may end in one of several sets of regimes, or has only such regimes as it leaves.
    #[error("the chain has no single stationary law: no regime is reached from all others")]
    NoStationaryLaw,
    /// What `gbm-core` says of prices.
    #[error(transparent)]
    Gbm(#[from] gbm_core::calibrate::CalibrationError),
    /// A maximum that wasn't reached.
    #[error("after {evaluations} evaluations the log-likelihood could still rise by {gain}")]
    NotConverged {
        /// Of the log-likelihood.
        evaluations: u64,
        /// What a Newton step promises.
        gain: f64,
    },
    /// No parameters with a finite likelihood were found.
    #[error("the log-likelihood is finite nowhere near the starting parameters")]
    NoStart,
}
