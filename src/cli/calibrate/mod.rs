//! `calibrate`: drift and volatility, or a model by its name, or all of them beside each other.

mod compared;
mod drift;
mod fits;
mod moments;
mod table;

use std::path::PathBuf;

use calibration::garch::{Innovations, Mean, Specification};
use calibration::{FitError, ModelError, Returns};
use clap::{Args, ValueEnum};
use gbm_core::grid::CALENDAR_YEAR_S;
use gbm_core::model::Model;
use market_setup::args::prices_file;

use super::error::{CliError, Result};
use super::output::{WholeFile, print, tell_note};

/// Hidden regimes, unless others are asked for.
const REGIMES: u8 = 3;

#[derive(Args)]
pub(super) struct CalibrateArgs {
    /// CSV with columns timestamp or date, and close or price; `-` is standard input
    file: PathBuf,
    /// Model to fit; without one, drift and volatility
    #[arg(long, value_enum)]
    model: Option<ModelName>,
    /// Hidden regimes of --model regimes [default: 3]
    #[arg(long, requires = "model", value_parser = clap::value_parser!(u8).range(2..=4))]
    regimes: Option<u8>,
    /// Write the fitted model, as --model of other verbs takes it: any but ewma, range and all
    #[arg(long, requires = "model", value_name = "FILE.json")]
    out: Option<PathBuf>,
}

/// What can be fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ModelName {
    /// Geometric Brownian motion
    Gbm,
    /// With normal jumps
    Merton,
    /// With exponential jumps
    Kou,
    /// GARCH(1,1)
    Garch,
    /// GARCH(1,1) that answers falls and rises differently
    Gjr,
    /// GARCH(1,1) with Student's t
    GarchT,
    /// GJR-GARCH(1,1) with Student's t
    GjrT,
    /// Hidden regimes
    Regimes,
    /// Exponentially falling weights
    Ewma,
    /// Volatility from open, high, low and close
    Range,
    /// A cascade of log-volatilities
    Cascade,
    /// All likelihoods beside each other, and volatilities
    All,
}

/// What a fit says, and the model it makes, if it is one of those that can be simulated.
struct Told {
    text: String,
    model: Option<std::result::Result<Model, ModelError>>,
}

impl From<String> for Told {
    fn from(text: String) -> Self {
        Self { text, model: None }
    }
}

pub(super) fn run(args: &CalibrateArgs) -> Result<()> {
    let file = &args.file;
    let Some(model) = args.model else { return drift::run(file) };
    check(args, model)?;
    if model == ModelName::Range {
        return print(&moments::range(file)?);
    }
    let out = args.out.as_deref().map(WholeFile::create).transpose()?;
    let told = told(args, model)?;
    if let (Some(out), Some(model)) = (out, told.model) {
        let model = model.map_err(|error| CliError::NoModel { path: file.clone(), error })?;
        tell_note(model.note());
        let text = serde_json::to_string_pretty(&model).map_err(|error| CliError::Output(error.into()))?;
        out.keep(&(text + "\n"))?;
    }
    print(&told.text)
}

/// Refuses a flag that the model has no use for.
fn check(args: &CalibrateArgs, model: ModelName) -> Result<()> {
    let is_written = !matches!(model, ModelName::Ewma | ModelName::Range | ModelName::All);
    let unused = [
        ("--regimes", args.regimes.is_some() && model != ModelName::Regimes),
        ("--out", args.out.is_some() && !is_written),
    ];
    let name = || model.to_possible_value().map_or_else(String::new, |value| value.get_name().into());
    let flag = unused.into_iter().find(|(_, is_unused)| *is_unused);
    flag.map_or(Ok(()), |(flag, _)| Err(CliError::NotOfModel { flag, model: name() }))
}

fn told(args: &CalibrateArgs, model: ModelName) -> Result<Told> {
    let file = &args.file;
    let series = prices_file(file)?;
    let in_file = |error| CliError::Fit { path: file.clone(), error };
    if model == ModelName::Gbm {
        return fits::gbm(&series).map_err(in_file);
    }
    let returns = Returns::from_prices(&series.times_ms, &series.prices, CALENDAR_YEAR_S).map_err(in_file)?;
    let told: std::result::Result<Told, FitError> = match model {
        ModelName::Merton => fits::merton(&returns),
        ModelName::Kou => fits::kou(&returns),
        ModelName::Garch => fits::garch(&returns, specification(false, Innovations::Normal)),
        ModelName::Gjr => fits::garch(&returns, specification(true, Innovations::Normal)),
        ModelName::GarchT => fits::garch(&returns, specification(false, Innovations::Student)),
        ModelName::GjrT => fits::garch(&returns, specification(true, Innovations::Student)),
        ModelName::Regimes => fits::regimes(&returns, usize::from(args.regimes.unwrap_or(REGIMES))),
        ModelName::Ewma => fits::ewma(&returns),
        ModelName::Cascade => moments::cascade(&returns),
        ModelName::Gbm | ModelName::Range | ModelName::All => Ok(compared::all(file, &series, &returns).into()),
    };
    let Told { text, model } = told.map_err(in_file)?;
    Ok(Told { text: table::head(&returns) + &text, model })
}

/// A GARCH with a mean.
fn specification(leverage: bool, innovations: Innovations) -> Specification {
    Specification { mean: Mean::Constant, leverage, innovations }
}
