//! `backtest`: a strategy over ticks of another source, in figures and on a page.

mod args;
mod page;
mod played;
mod plots;
mod source;
mod words;

use std::ops::ControlFlow;

use backtest::error::BacktestError;
use backtest::report::Report;
use backtest::run::{Run, Setup, run as run_one};
use backtest::seeds::{Seeds, Spread, run_seeds};
use serde::Serialize;
use svc_common::complain;
use trading_core::desk::StopReason;
use trading_core::strategy::{BuiltIn, NAMES, ParameterError, Values};

pub(super) use args::BacktestArgs;
use args::Format;
use source::{Source, Told};

use super::error::{CliError, Result};
use super::output::{self, Progress, WholeFile};
use super::scenario::overrides;

/// A back-test that is done.
pub(super) struct Done {
    strategy: &'static str,
    values: Values,
    setup: Setup,
    told: Told,
    run: Run,
    /// The total returns of all seeds, in their order, and what they come to.
    seeds: Option<(Vec<f64>, Spread)>,
}

#[derive(Serialize)]
struct Json<'a> {
    strategy: &'static str,
    values: &'a Values,
    #[serde(flatten)]
    told: &'a Told,
    /// null if it ran to the end.
    stopped: Option<StopReason>,
    /// Of the first seed, if there are several.
    report: &'a Report,
    /// null for one run.
    spread: Option<&'a Spread>,
}

pub(super) fn run(args: &BacktestArgs) -> Result<()> {
    if let Some(log) = &args.log {
        return played::run(args, log);
    }
    let (strategy, name, values) = strategy(args)?;
    let source = Source::new(args)?;
    let setup = source.setup(args)?;
    let page = args.html.as_deref().map(WholeFile::create).transpose()?;
    let told = source.told(args);
    let mut feed = source.feed(args, &setup)?;
    let progress = Progress::of(source.steps(), "ticks", false);
    let run = run_one(&setup, strategy.clone(), &mut feed, |steps| {
        progress.reach(steps);
        ControlFlow::Continue(())
    });
    progress.finish();
    let run = run.map_err(|error| in_source(args, error))?;
    if run.report.refused > 0 && run.report.fills == 0 {
        let refused = run.report.refused;
        complain::warn(&format!(
            "all orders were refused ({refused}), so nothing was traded: --format json has the figures"
        ));
    }
    let seeds = args.seeds.map(|seeds| spread(&source, &setup, &strategy, seeds)).transpose()?;
    let done = Done { strategy: name, values, setup, told, run, seeds };
    if let Some(page) = page {
        page.keep(&page::page(&done)?)?;
    }
    match args.format {
        Format::Table => output::print(&words::table(&done)),
        Format::Json => {
            let Done { strategy, values, told, run, seeds, .. } = &done;
            let (stopped, spread) = (run.stopped, seeds.as_ref().map(|(_, spread)| spread));
            print_json(&Json { strategy, values, told, stopped, report: &run.report, spread })
        }
    }
}

fn print_json(value: &impl Serialize) -> Result<()> {
    let text = serde_json::to_string(value).map_err(|error| CliError::Output(error.into()))?;
    output::print(&(text + "\n"))
}

/// The strategy asked for, with all its values.
fn strategy(args: &BacktestArgs) -> Result<(BuiltIn, &'static str, Values)> {
    let asked = args.strategy.as_deref().unwrap_or_default();
    let refused = |error: ParameterError| match error {
        ParameterError::UnknownStrategy(_) => {
            let reason = format!("is none of {}", NAMES.join(", "));
            CliError::Flag { flag: "--strategy", text: asked.chars().take(40).collect(), reason }
        }
        ParameterError::Unknown(ref name) => {
            let known = BuiltIn::parameters(asked).unwrap_or_default().iter().map(|known| known.name);
            let reason = format!("{asked} has {}", known.collect::<Vec<_>>().join(", "));
            CliError::Flag { flag: "--set", text: name.clone(), reason }
        }
        error => BacktestError::Parameter(error).into(),
    };
    let given = overrides(&args.set)?;
    let built = BuiltIn::new(asked, &given).map_err(refused)?;
    let name = built.name();
    let mut values: Values = BuiltIn::parameters(name)
        .unwrap_or_default()
        .iter()
        .map(|parameter| (parameter.name.to_string(), parameter.default))
        .collect();
    values.extend(given);
    Ok((built, name, values))
}

/// All seeds, with the first one again.
fn spread(source: &Source, setup: &Setup, strategy: &BuiltIn, count: u64) -> Result<(Vec<f64>, Spread)> {
    let Source::Seed { market, ticks } = source else {
        return Err(CliError::Backtest(BacktestError::Empty));
    };
    let asked = Seeds { market: market.as_ref().clone(), instrument: 0, ticks: *ticks, seeds: count };
    let progress = Progress::of(count, "seeds", false);
    let reports = run_seeds(setup, strategy, &asked, |done| {
        progress.reach(done);
        ControlFlow::Continue(())
    });
    progress.finish();
    let reports = reports?;
    let returns = reports.iter().map(|report| report.figures.total_return).collect();
    Ok((returns, Spread::of(&reports)?))
}

/// What is wrong with a journal is said with its path.
fn in_source(args: &BacktestArgs, error: BacktestError) -> CliError {
    match (error, &args.journal) {
        (BacktestError::Replay(error), Some(path)) => CliError::Replay { path: path.clone(), error },
        (error, _) => error.into(),
    }
}
