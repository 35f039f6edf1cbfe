//! The verbs of `algo-trading`. Bad input ends with exit code 2 and one line on standard error.

mod calibrate;
mod error;
mod journal;
mod live;
mod market;
mod output;
mod replay;
mod simulate;

use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};

use error::CliError;

/// A BTC market you can steer and rewind: exact simulation, interventions, journal and replay.
///
/// Without a verb: a short live table of a market in motion.
#[derive(Parser)]
#[command(name = "algo-trading", version, about)]
struct Cli {
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Subcommand)]
enum Verb {
    /// Simulate ticks: print them, keep a snapshot, write a journal
    Simulate(Box<simulate::SimulateArgs>),
    /// Recompute the ticks of a journal, checking its digests
    Replay(replay::ReplayArgs),
    /// Look into a journal
    #[command(subcommand, subcommand_required = true, arg_required_else_help = false)]
    Journal(journal::JournalVerb),
    /// Estimate drift and volatility from prices
    Calibrate(calibrate::CalibrateArgs),
}

/// Parses the process's arguments and runs the verb.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
            return if error.print().is_ok() { ExitCode::SUCCESS } else { ExitCode::from(2) };
        }
        Err(error) => return complain(&one_line(&error.to_string())),
    };
    let result = match cli.verb {
        None => live::run(),
        Some(Verb::Simulate(args)) => simulate::run(&args),
        Some(Verb::Replay(args)) => replay::run(&args),
        Some(Verb::Journal(verb)) => journal::run(&verb),
        Some(Verb::Calibrate(args)) => calibrate::run(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        // The reader has seen enough: `… | head` is no error.
        Err(CliError::Output(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => complain(&error.to_string()),
    }
}

#[allow(clippy::print_stderr, reason = "the one place that tells the user what was wrong")]
fn complain(text: &str) -> ExitCode {
    eprintln!("error: {}", text.trim_start_matches("error: "));
    ExitCode::from(2)
}

/// The first paragraph of a message, on one line.
fn one_line(text: &str) -> String {
    let paragraph = text.lines().take_while(|line| !line.trim().is_empty());
    paragraph.map(str::trim).collect::<Vec<_>>().join(" ")
}
