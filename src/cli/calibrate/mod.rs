//! `calibrate`: drift and volatility, or a model by its name, or all of them beside each other.

mod compared;
mod drift;
mod fits;
mod moments;
mod table;

use std::path::PathBuf;

use calibration::Returns;
use calibration::garch::{Innovations, Mean, Specification};
use clap::{Args, ValueEnum};
use gbm_core::grid::CALENDAR_YEAR_S;
use market_setup::args::prices_file;

use super::error::{CliError, Result};
use super::output::print;

#[derive(Args)]
pub(super) struct CalibrateArgs {
    /// CSV with columns timestamp or date, and close or price; `-` is standard input
    file: PathBuf,
    /// Model to fit; without one, drift and volatility
    #[arg(long, value_enum)]
    model: Option<ModelName>,
    /// Hidden regimes of --model regimes
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(2..=4))]
    regimes: u8,
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

pub(super) fn run(args: &CalibrateArgs) -> Result<()> {
    let file = &args.file;
    let Some(model) = args.model else { return drift::run(file) };
    if model == ModelName::Range {
        return print(&moments::range(file)?);
    }
    let series = prices_file(file)?;
    let in_file = |error| CliError::Fit { path: file.clone(), error };
    if model == ModelName::Gbm {
        return print(&fits::gbm(&series).map_err(in_file)?);
    }
    let returns = Returns::from_prices(&series.times_ms, &series.prices, CALENDAR_YEAR_S).map_err(in_file)?;
    let text = match model {
        ModelName::Merton => fits::merton(&returns),
        ModelName::Kou => fits::kou(&returns),
        ModelName::Garch => fits::garch(&returns, specification(false, Innovations::Normal)),
        ModelName::Gjr => fits::garch(&returns, specification(true, Innovations::Normal)),
        ModelName::GarchT => fits::garch(&returns, specification(false, Innovations::Student)),
        ModelName::GjrT => fits::garch(&returns, specification(true, Innovations::Student)),
        ModelName::Regimes => fits::regimes(&returns, usize::from(args.regimes)),
        ModelName::Ewma => fits::ewma(&returns),
        ModelName::Cascade => moments::cascade(&returns),
        ModelName::Gbm | ModelName::Range | ModelName::All => Ok(compared::all(file, &series, &returns)),
    };
    print(&(table::head(&returns) + &text.map_err(in_file)?))
}

/// A GARCH with a mean.
fn specification(leverage: bool, innovations: Innovations) -> Specification {
    Specification { mean: Mean::Constant, leverage, innovations }
}
