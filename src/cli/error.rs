use std::path::{Path, PathBuf};

use backtest::error::BacktestError;
use backtest::feed::CandleError;
use calibration::{FitError, ModelError};
use gbm_core::correlation::CorrelationError;
use gbm_core::counterfactual::{AttributionError, ForkError};
use gbm_core::engine::StepError;
use gbm_core::grid::GridError;
use gbm_core::journal::{CheckpointError, JournalError, RecordError, ReplayError};
use gbm_core::units::OutOfDomain;
use market_setup::SetupError;
use monte_carlo::PriceError;
use realism::fit_preset::FitPresetError;
use realism::{BarsError, SimulatorError, StudyError};
use report_page::PictureError;
use scenario::{RecordError as RecordingError, ScenarioError};
use trading_core::log::LogError;

/// Why a verb stopped. Each prints as one line.
#[derive(Debug, thiserror::Error)]
pub(super) enum CliError {
    #[error("{flag} {text:?}: {reason}")]
    Flag { flag: &'static str, text: String, reason: String },
    #[error(transparent)]
    Setup(#[from] SetupError),
    #[error("{}: {error}", path.display())]
    Fit { path: PathBuf, error: FitError },
    #[error("{}: the fit makes no model: {error}", path.display())]
    NoModel { path: PathBuf, error: ModelError },
    #[error("{flag} means nothing to --model {model}")]
    NotOfModel { flag: &'static str, model: String },
    #[error(transparent)]
    Grid(#[from] GridError),
    #[error(transparent)]
    Step(#[from] StepError),
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error("{}: {error}", path.display())]
    File { path: PathBuf, error: std::io::Error },
    #[error("{} line {line}: {reason}", path.display())]
    Command { path: PathBuf, line: usize, reason: String },
    #[error("{}: {error}", path.display())]
    Checkpoint { path: PathBuf, error: CheckpointError },
    #[error("{}: {error}", path.display())]
    Journal { path: PathBuf, error: JournalError },
    #[error("{}: {error}", path.display())]
    Replay { path: PathBuf, error: ReplayError },
    #[error("{name}: {error}")]
    Scenario { name: String, error: ScenarioError },
    #[error("{name:?} is neither a file nor one of the scenarios {known}")]
    NoScenario { name: String, known: String },
    #[error("{}: {error}", path.display())]
    Recording { path: PathBuf, error: RecordingError },
    #[error("--resume takes the market from the snapshot: {0} can't be given with it")]
    Contradiction(String),
    #[error("--{given} has {what} of its own: --{flag} can't be given with it")]
    OfItsOwn { given: &'static str, what: &'static str, flag: String },
    #[error(transparent)]
    Backtest(#[from] BacktestError),
    #[error("{}: {error}", path.display())]
    Candles { path: PathBuf, error: CandleError },
    #[error("{}: {error}", path.display())]
    Log { path: PathBuf, error: LogError },
    #[error("--until {until}: the snapshot stands at tick {tick} already")]
    AlreadyThere { until: u64, tick: u64 },
    #[error("{flag} is needed by --payoff {payoff}")]
    Needed { flag: &'static str, payoff: String },
    #[error("{flag} means nothing to --payoff {payoff}")]
    Unused { flag: &'static str, payoff: String },
    #[error("{flag} is needed by --model {model}, whose law depends on the length of a step")]
    Steps { flag: &'static str, model: &'static str },
    #[error("{flag} means nothing to --method exact")]
    Exact { flag: &'static str },
    #[error("--payoff {payoff} has no closed form under {model}: --method simulation has its price")]
    NoClosedForm { payoff: String, model: &'static str },
    #[error("the closed form: {0}")]
    ClosedForm(String),
    #[error(transparent)]
    Implied(#[from] closed_form::implied::ImpliedError),
    #[error("{flag} has {given} values: --payoff {payoff} takes one")]
    Values { flag: &'static str, given: usize, payoff: String },
    #[error(transparent)]
    Domain(#[from] OutOfDomain),
    #[error(transparent)]
    Price(#[from] PriceError),
    #[error(transparent)]
    Correlation(#[from] CorrelationError),
    #[error("{}: {error}", path.display())]
    Bars { path: PathBuf, error: BarsError },
    #[error(transparent)]
    Simulator(#[from] SimulatorError),
    #[error(transparent)]
    Study(#[from] StudyError),
    #[error(transparent)]
    FitPreset(#[from] FitPresetError),
    #[error(transparent)]
    Picture(#[from] PictureError),
    #[error("{flag} {tick} is beyond {last}, the journal's last tick")]
    Beyond { flag: &'static str, tick: u64, last: u64 },
    #[error(transparent)]
    Attribution(#[from] AttributionError),
    #[error(transparent)]
    Fork(#[from] ForkError),
    #[error("the journals differ")]
    Different,
    #[error("standard output: {0}")]
    Output(std::io::Error),
}

pub(super) type Result<T> = std::result::Result<T, CliError>;

/// Attaches the path to a file's error.
pub(super) fn in_file<T>(path: &Path, result: std::io::Result<T>) -> Result<T> {
    result.map_err(|error| CliError::File { path: path.into(), error })
}
