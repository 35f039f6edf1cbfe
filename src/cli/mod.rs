//! The verbs of `algo-trading`. Bad input ends with exit code 2 and one line on standard error.

mod calibrate;
mod error;
mod journal;
mod output;
mod replay;
mod simulate;

use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

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
    let parsed = Cli::command().try_get_matches().and_then(|matches| Ok((Cli::from_arg_matches(&matches)?, matches)));
    let (cli, matches) = match parsed {
        Ok(parsed) => parsed,
        Err(error) if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
            return if error.print().is_ok() { ExitCode::SUCCESS } else { ExitCode::from(2) };
        }
        Err(error) => return complain(&first_paragraph(&error.to_string())),
    };
    let contradiction = matches.subcommand_matches("simulate").and_then(simulate::SimulateArgs::contradiction);
    if let Some(error) = contradiction {
        return complain(&error.to_string());
    }
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

/// One line: what a user's file or argument contains can't break it, or reach the terminal as a command.
#[allow(clippy::print_stderr, reason = "the one place that tells the user what was wrong")]
fn complain(text: &str) -> ExitCode {
    let mut line = String::new();
    for character in text.trim_start_matches("error: ").chars() {
        if character.is_control() { line.extend(character.escape_default()) } else { line.push(character) }
    }
    eprintln!("error: {line}");
    ExitCode::from(2)
}

/// The first paragraph of clap's message, on one line, with what the user typed in it made visible first.
fn first_paragraph(message: &str) -> String {
    let mut text = message.to_owned();
    for argument in std::env::args().filter(|argument| argument.contains(char::is_control)) {
        text = text.replace(&argument, &argument.escape_default().to_string());
    }
    let paragraph = text.lines().take_while(|line| !line.trim().is_empty());
    paragraph.map(str::trim).collect::<Vec<_>>().join(" ")
}
