//! The verbs of `algo-trading`. Bad input ends with exit code 2 and one line on standard error.

mod backtest;
mod calibrate;
mod error;
mod explain;
mod fit_preset;
mod fork;
mod journal;
mod output;
mod price;
mod realism;
mod replay;
mod scenario;
#[cfg(feature = "stack")]
mod serve;
mod simulate;
mod strategies;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use error::CliError;
use svc_common::complain::{complain, usage};

/// A BTC market you can steer and rewind: exact simulation, interventions, journal and replay.
///
/// Without a verb: serve.
#[derive(Parser)]
#[command(name = "algo-trading", version, about)]
struct Cli {
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Subcommand)]
enum Verb {
    /// Run the whole stack: market data, trading, gateway, dashboard
    #[cfg(feature = "stack")]
    Serve(Box<serve::ServeArgs>),
    /// Print a link that signs an admin in, once, within ten minutes
    #[cfg(feature = "stack")]
    AdminLink(Box<serve::AdminLinkArgs>),
    /// Simulate ticks: print them, keep a snapshot, write a journal
    Simulate(Box<simulate::SimulateArgs>),
    /// Recompute the ticks of a journal, checking its digests
    Replay(replay::ReplayArgs),
    /// Say which interventions moved the price, and by how much
    Explain(explain::ExplainArgs),
    /// Branch off a journal: the same noise with other interventions
    Fork(fork::ForkArgs),
    /// Look into a journal
    #[command(subcommand, subcommand_required = true, arg_required_else_help = false)]
    Journal(journal::JournalVerb),
    /// Scenarios: what comes with the program, what a file says, a stretch of a journal
    #[command(subcommand, subcommand_required = true, arg_required_else_help = false)]
    Scenario(scenario::ScenarioVerb),
    /// Fit models to prices: parameters with their errors, likelihoods
    Calibrate(calibrate::CalibrateArgs),
    /// Refit a preset's seasons, volatility, variances and bursts to price files
    FitPreset(Box<fit_preset::FitPresetArgs>),
    /// Price an option: by simulation, by its closed form
    Price(Box<price::PriceArgs>),
    /// Score how much a model's paths look like a real market's
    Realism(Box<realism::RealismArgs>),
    /// List the strategies and what can be set of them
    Strategies(strategies::StrategiesArgs),
    /// Let a strategy trade on a seed, on many, on a journal or on candles
    Backtest(Box<backtest::BacktestArgs>),
}

/// Parses the process's arguments and runs the verb.
pub fn main() -> ExitCode {
    let parsed = Cli::command().try_get_matches().and_then(|matches| Ok((Cli::from_arg_matches(&matches)?, matches)));
    let (cli, matches) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => return usage(&error),
    };
    let contradiction = match matches.subcommand() {
        Some(("simulate", matches)) => simulate::SimulateArgs::contradiction(matches),
        Some(("price", matches)) => price::PriceArgs::contradiction(matches),
        Some(("backtest", matches)) => backtest::BacktestArgs::contradiction(matches),
        _ => None,
    };
    if let Some(error) = contradiction {
        return complain(&error.to_string());
    }
    let result = match cli.verb {
        #[cfg(feature = "stack")]
        None => match serve::ServeArgs::default_with_environment() {
            Ok(args) => return serve::run(&args),
            Err(error) => return usage(&error),
        },
        #[cfg(not(feature = "stack"))]
        None => return complain("this build has no stack to serve: name a verb, or see --help"),
        #[cfg(feature = "stack")]
        Some(Verb::Serve(args)) => return serve::run(&args),
        #[cfg(feature = "stack")]
        Some(Verb::AdminLink(args)) => serve::admin_link(&args),
        Some(Verb::Simulate(args)) => simulate::run(&args),
        Some(Verb::Replay(args)) => replay::run(&args),
        Some(Verb::Explain(args)) => explain::run(&args),
        Some(Verb::Fork(args)) => fork::run(&args),
        Some(Verb::Journal(verb)) => journal::run(&verb),
        Some(Verb::Scenario(verb)) => scenario::run(&verb),
        Some(Verb::Calibrate(args)) => calibrate::run(&args),
        Some(Verb::FitPreset(args)) => fit_preset::run(&args),
        Some(Verb::Price(args)) => price::run(&args),
        Some(Verb::Realism(args)) => realism::run(&args),
        Some(Verb::Strategies(args)) => strategies::run(&args),
        Some(Verb::Backtest(args)) => backtest::run(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        // As `diff` and `cmp` do.
        Err(CliError::Different) => ExitCode::from(1),
        // The reader has seen enough: `… | head` is no error.
        Err(CliError::Output(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => complain(&error.to_string()),
    }
}

/// The instrument that is meant: the one named, or the only one.
fn instrument<'a>(
    market: &'a gbm_core::market::Market<gbm_core::model::Model>,
    name: Option<&str>,
) -> error::Result<&'a str> {
    let instruments = market.instruments();
    let found = match name {
        Some(name) => instruments.iter().find(|instrument| instrument.name == name),
        None => instruments.first().filter(|_| instruments.len() == 1),
    };
    found.map(|instrument| instrument.name.as_str()).ok_or_else(|| {
        let names: Vec<&str> = instruments.iter().map(|instrument| instrument.name.as_str()).collect();
        CliError::Flag {
            flag: "--instrument",
            text: name.unwrap_or_default().into(),
            reason: format!("this market has {}", names.join(", ")),
        }
    })
}
