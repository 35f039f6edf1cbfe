use std::fmt::Write;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use gbm_core::intervention::Intervention;
use gbm_core::prelude::*;
use market_setup::args::{MarketArgs, Start};
use market_setup::files::read_limited;
use scenario::{MAX_TEXT_BYTES, NAMES, Overrides, Scenario, ScenarioError, built_in, record};

use super::error::{CliError, Result, in_file};
use super::output::print;
use super::replay::read_journal;

#[derive(Subcommand)]
pub(super) enum ScenarioVerb {
    /// List the scenarios that come with the program, with their parameters
    List,
    /// Print a scenario's text: a beginning for one of your own
    Show(ShowArgs),
    /// Check a file, and whether a market takes the scenario at every bound of its parameters
    Check(Box<CheckArgs>),
    /// Print a stretch of a journal as a scenario
    Record(RecordArgs),
}

#[derive(Args)]
pub(super) struct ShowArgs {
    /// One that comes with the program, by its name, or a file
    #[arg(value_name = "NAME|FILE")]
    scenario: PathBuf,
}

#[derive(Args)]
pub(super) struct CheckArgs {
    /// The file, or a name; `-` is standard input
    #[arg(value_name = "FILE")]
    scenario: PathBuf,
    #[command(flatten)]
    market: MarketArgs,
}

#[derive(Args)]
pub(super) struct RecordArgs {
    /// The journal; `-` is standard input
    journal: PathBuf,
    /// The first tick, on which the scenario will start
    #[arg(long, value_name = "TICK")]
    from: u64,
    /// The last tick
    #[arg(long, value_name = "TICK")]
    to: u64,
}

pub(super) fn run(verb: &ScenarioVerb) -> Result<()> {
    match verb {
        ScenarioVerb::List => list(),
        ScenarioVerb::Show(args) => print(read_scenario(&args.scenario)?.text()),
        ScenarioVerb::Check(args) => check(args),
        ScenarioVerb::Record(args) => record_stretch(args),
    }
}

/// A scenario by its name, or from a file.
pub(super) fn read_scenario(path: &Path) -> Result<Scenario> {
    let read = match path.to_str().and_then(built_in) {
        Some(read) => read,
        None => Scenario::from_toml(&read_text(path)?),
    };
    read.map_err(|error| CliError::Scenario { name: path.display().to_string(), error })
}

fn read_text(path: &Path) -> Result<String> {
    let bytes = match read_limited(path, MAX_TEXT_BYTES as u64) {
        // A name that is misspelt rather than a file that is missing.
        Err(error) if error.kind() == ErrorKind::NotFound && path.extension().is_none() => {
            let name = path.display().to_string();
            return Err(CliError::NoScenario { name, known: NAMES.join(", ") });
        }
        read => in_file(path, read)?,
    };
    let text = String::from_utf8(bytes).map_err(|_| std::io::Error::new(ErrorKind::InvalidData, "is not UTF-8"));
    in_file(path, text)
}

fn list() -> Result<()> {
    let mut text = String::new();
    for name in NAMES {
        let scenario = read_scenario(Path::new(name))?;
        // Writing to a String can't fail.
        let _ = writeln!(text, "{name:<18} {}", scenario.description());
        for (parameter, about) in scenario.parameters() {
            let range = format!("{parameter} = {} ({} to {})", about.value, about.min, about.max);
            let _ = writeln!(text, "    {range:<38} {}", about.description);
        }
    }
    print(&text)
}

fn check(args: &CheckArgs) -> Result<()> {
    let scenario = read_scenario(&args.scenario)?;
    let simulation = Simulation::new(args.market.market(Start::Fixed(0))?.market);
    for overrides in scenario.settings() {
        let refused = |error: ScenarioError| {
            let set: Vec<String> = overrides.iter().map(|(name, value)| format!("{name} = {value}")).collect();
            let with = if set.is_empty() { String::new() } else { format!(" with {}", set.join(", ")) };
            CliError::Scenario { name: format!("{}{with}", args.scenario.display()), error }
        };
        let start = scenario.start(&simulation, None, 1).map_err(refused)?;
        scenario.check(&simulation, &overrides, &start).map_err(refused)?;
    }
    let (name, parameters) = (scenario.name(), scenario.parameters().len());
    print(&format!(
        "ok: {name}, parameters {parameters}, steps {}, commands {}\n",
        scenario.steps(),
        scenario.commands()
    ))
}

#[allow(clippy::print_stderr, reason = "notes beside the text on standard output")]
fn record_stretch(args: &RecordArgs) -> Result<()> {
    let journal = read_journal(&args.journal)?;
    let recording = record(&journal, args.from, args.to)
        .map_err(|error| CliError::Recording { path: args.journal.clone(), error })?;
    for cancel in &recording.left_out {
        if let Intervention::Cancel(Cancel { id }) = cancel.body {
            eprintln!(
                "note: the cancel on tick {} is left out: intervention {id} began before tick {}",
                cancel.tick, args.from
            );
        }
    }
    print(recording.scenario.text())
}

/// `--set`: a parameter and its value.
pub(super) fn parse_set(text: &str) -> std::result::Result<(String, f64), String> {
    let (name, value) = text.split_once('=').ok_or("write a parameter and its value, such as depth=0.2")?;
    let value = value.trim().parse().map_err(|_| format!("{:?} is not a number", value.trim()))?;
    Ok((name.trim().into(), value))
}

/// What several `--set` choose, each parameter once.
pub(super) fn overrides(set: &[(String, f64)]) -> Result<Overrides> {
    let mut overrides = Overrides::new();
    for (name, value) in set {
        if overrides.insert(name.clone(), *value).is_some() {
            return Err(CliError::Flag { flag: "--set", text: name.clone(), reason: "is given twice".into() });
        }
    }
    Ok(overrides)
}
