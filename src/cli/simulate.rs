use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{ArgMatches, Args};
use gbm_core::engine::{MAX_INTERVENTIONS, Quote};
use gbm_core::intervention::InterventionError;
use gbm_core::journal::{BLOCK_TICKS, Checkpoint, Digest, Proposal, Proposed, Recorder, TickDigest};
use gbm_core::prelude::*;
use market_setup::args::{Asked, MARKET_FLAGS, MarketArgs, Start};
use market_setup::files::read_limited;
use market_setup::lines::Lines;
use scenario::{Scenario, tick_after};

use super::error::{CliError, Result, in_file};
use super::output::{Format, TickWriter, WholeFile, tell_note};
use super::scenario::{overrides, parse_set, read_scenario};

/// The largest snapshot that is read: 2.6 kB for each of 100,000 interventions.
const MAX_SNAPSHOT_BYTES: u64 = 256 << 20;

/// The time of tick 0 unless a flag or a file says otherwise: a fixed one, so that a seed alone repeats a run.
pub(super) const START_TIME_MS: i64 = 1_767_225_600_000;

const DEFAULTS: &str = "\
Defaults of the market:
  flag              default                with --calibrate FILE
  --seed            256 bits from the OS   (the same; printed to standard error)
  --instruments     BTC-USD                (the same)
  --correlation     0.8                    (the same; of any two)
  --model           btc                    (the same)
  --spot            100000                 the file's last close
  --drift           0.5 per year           the fitted drift of dS = mu S dt + sigma S dW
  --volatility      0.8 per sqrt(year)     the fitted volatility
  --tick-interval   100ms                  (the same)
  --start-time      2026-01-01T00:00:00Z   the file's last time
A flag that is given wins over both. --model, --spot, --drift and --volatility are the first
instrument's; ETH-USD has the preset eth at 3500. A year has 365 days.";

#[derive(Args, Debug)]
#[command(after_help = DEFAULTS)]
pub(super) struct SimulateArgs {
    #[command(flatten)]
    market: MarketArgs,
    /// Simulate this many ticks (more, when resumed)
    #[arg(long, required_unless_present = "until", conflicts_with = "until", value_name = "N")]
    ticks: Option<u64>,
    /// Simulate up to this tick
    #[arg(long, value_name = "TICK")]
    until: Option<u64>,
    /// Go on where a snapshot was made; the market is the snapshot's
    #[arg(long, value_name = "FILE")]
    resume: Option<PathBuf>,
    /// Write a snapshot after the last tick
    #[arg(long, value_name = "FILE")]
    snapshot: Option<PathBuf>,
    /// Interventions, one JSON object a line: {"id", "tick" or "time_ms", "instrument", "body": {"kind", …}}
    #[arg(long, value_name = "FILE.jsonl")]
    intervene: Option<PathBuf>,
    /// Play a scenario: one that comes with the program, by its name, or a file
    #[arg(long, value_name = "NAME|FILE")]
    scenario: Option<PathBuf>,
    /// Choose a value of a parameter of the scenario
    #[arg(long, requires = "scenario", value_name = "PARAMETER=VALUE", value_parser = parse_set)]
    set: Vec<(String, f64)>,
    /// When the scenario starts, in seconds after the next tick
    #[arg(long, requires = "scenario", default_value_t = 0.0, allow_negative_numbers = true, value_name = "SECONDS")]
    at_s: f64,
    /// Write the journal of the run
    #[arg(long, conflicts_with = "resume", value_name = "FILE")]
    journal: Option<PathBuf>,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl SimulateArgs {
    /// A flag of the market beside `--resume`, which has a market of its own. An environment variable is only a default.
    pub(super) fn contradiction(matches: &ArgMatches) -> Option<CliError> {
        let given = |id: &&str| matches.value_source(id) == Some(ValueSource::CommandLine);
        let flag = MARKET_FLAGS.iter().find(|id| given(id)).filter(|_| given(&"resume"))?;
        let flag = format!("--{}", flag.replace('_', "-"));
        Some(CliError::Contradiction(flag))
    }
}

pub(super) fn run(args: &SimulateArgs) -> Result<()> {
    let commands = args.intervene.as_deref().map(read_commands).transpose()?.unwrap_or_default();
    let scenario = args.scenario.as_deref().map(read_scenario).transpose()?;
    let (mut simulation, digest) = open(args)?;
    let from = simulation.tick();
    let to = last_tick(args, &simulation)?;
    // Every command is tried before anything is written.
    for (line, command) in &commands {
        let refused = |error: InterventionError| CliError::Command {
            path: args.intervene.clone().unwrap_or_default(),
            line: *line,
            reason: error.to_string(),
        };
        simulation.intervene(command).map_err(refused)?;
    }
    let mut sent: Vec<(Command, String)> = commands.into_iter().map(|(_, command)| (command, String::new())).collect();
    if let Some(scenario) = &scenario {
        let reason = format!("scenario {}", scenario.name());
        let commands = play(args, scenario, &mut simulation)?;
        sent.extend(commands.into_iter().map(|command| (command, reason.clone())));
    }
    let snapshot = args.snapshot.as_deref().map(WholeFile::create).transpose()?;
    let mut session = match &args.journal {
        None => Session::plain(simulation, digest),
        Some(path) => Session::recorded(path, simulation.market().clone(), &sent, to)?,
    };
    let keeps_going = args.journal.is_some() || snapshot.is_some();
    let mut writer = TickWriter::new(args.format, session.simulation().market(), from, to, keeps_going)?;
    for tick in from + 1..=to {
        writer.tick(tick, session.step()?)?;
    }
    session.end()?;
    if let Some(file) = snapshot {
        let path = args.snapshot.clone().unwrap_or_default();
        let text = session.checkpoint().to_text();
        file.keep(&text.map_err(|error| CliError::Checkpoint { path, error: error.into() })?)?;
    }
    writer.finish(session.digest())
}

/// Applies a scenario, all of it or nothing; its commands.
fn play(args: &SimulateArgs, scenario: &Scenario, simulation: &mut Simulation<Model>) -> Result<Vec<Command>> {
    let flag = |reason: String| CliError::Flag { flag: "--at-s", text: args.at_s.to_string(), reason };
    let refused = |error| CliError::Scenario { name: scenario.name().into(), error };
    let overrides = overrides(&args.set)?;
    let tick = tick_after(simulation.tick() + 1, args.at_s, &simulation.market().grid());
    let start = scenario.start(simulation, None, tick.map_err(|rule| flag(rule.to_string()))?).map_err(refused)?;
    let commands = scenario.resolve(&overrides, &start).map_err(refused)?;
    scenario.play(simulation, &overrides, &start).map_err(refused)?;
    Ok(commands)
}

/// The simulation to go on with: a snapshot's, or a new market's.
fn open(args: &SimulateArgs) -> Result<(Simulation<Model>, TickDigest)> {
    let Some(path) = &args.resume else {
        let Asked { market, notes } = args.market.market(Start::Fixed(START_TIME_MS))?;
        if args.market.seed.is_none() {
            tell_seed(market.seed());
        }
        notes.into_iter().map(Some).for_each(tell_note);
        return Ok((Simulation::new(market), TickDigest::default()));
    };
    let in_checkpoint = |error| CliError::Checkpoint { path: path.clone(), error };
    let bytes = in_file(path, read_limited(path, MAX_SNAPSHOT_BYTES))?;
    Checkpoint::from_text(&bytes).and_then(Checkpoint::restore).map_err(in_checkpoint)
}

/// A drawn seed is told to the user, so that the run can be repeated.
#[allow(clippy::print_stderr, reason = "standard output belongs to the ticks")]
pub(super) fn tell_seed(seed: Seed) {
    eprintln!("seed: {seed}");
}

fn last_tick(args: &SimulateArgs, simulation: &Simulation<Model>) -> Result<u64> {
    let now = simulation.tick();
    let to = match (args.until, args.ticks) {
        (Some(until), _) if until < now => return Err(CliError::AlreadyThere { until, tick: now }),
        (Some(until), _) => until,
        (None, ticks) => now.saturating_add(ticks.unwrap_or_default()),
    };
    if to == 0 {
        return Err(CliError::Flag { flag: "--ticks", text: "0".into(), reason: "must be at least 1".into() });
    }
    Ok(simulation.market().grid().check(to)?)
}

/// The commands of a file with their lines; nothing is applied unless all of them can be read.
fn read_commands(path: &Path) -> Result<Vec<(usize, Command)>> {
    let mut lines = Lines::new(in_file(path, File::open(path))?);
    let mut commands = Vec::new();
    loop {
        let read = lines.next_line().map(|line| line.map(serde_json::from_slice));
        let line = lines.number();
        let error = |reason: String| CliError::Command { path: path.into(), line, reason };
        match read.map_err(|source| error(source.to_string()))? {
            None => return Ok(commands),
            Some(_) if commands.len() == MAX_INTERVENTIONS => {
                return Err(error(format!("more than {MAX_INTERVENTIONS} commands")));
            }
            Some(Ok(command)) => commands.push((line, command)),
            Some(Err(source)) => return Err(error(in_column(&source))),
        }
    }
}

/// A JSON error with its column; the line is the file's, not the text's.
fn in_column(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let suffix = format!(" at line {} column {}", error.line(), error.column());
    match text.strip_suffix(&suffix) {
        Some(reason) => format!("column {}: {reason}", error.column()),
        None => text,
    }
}

/// A run with a journal or without one; its ticks are the same.
#[allow(clippy::large_enum_variant, reason = "one exists at a time")]
enum Session {
    Plain { simulation: Simulation<Model>, digest: TickDigest, quotes: Vec<Quote> },
    Recorded { recorder: Recorder<Model>, file: BufWriter<File>, path: PathBuf, through: u64 },
}

impl Session {
    fn plain(simulation: Simulation<Model>, digest: TickDigest) -> Self {
        let quotes = vec![Quote::default(); simulation.market().instruments().len()];
        Self::Plain { simulation, digest, quotes }
    }

    /// A journal with its commands, which have been tried, and one watermark for the whole run, on the disk.
    fn recorded(path: &Path, market: Market<Model>, commands: &[(Command, String)], to: u64) -> Result<Self> {
        let (mut recorder, header) = Recorder::start(market)?;
        let mut file = BufWriter::new(in_file(path, File::create_new(path))?);
        in_file(path, file.write_all(header.as_bytes()))?;
        for (command, reason) in commands {
            if let Proposed::Line(proposal) = recorder.propose_command(command, "algo-trading", reason)? {
                in_file(path, file.write_all(proposal.text.as_bytes()))?;
            }
        }
        let watermark = recorder.propose_through(to)?;
        in_file(path, file.write_all(watermark.text.as_bytes()))?;
        in_file(path, file.flush().and_then(|()| file.get_ref().sync_data()))?;
        recorder.confirm(watermark.line.seq);
        Ok(Self::Recorded { recorder, file, path: path.into(), through: to })
    }

    fn simulation(&self) -> &Simulation<Model> {
        match self {
            Self::Plain { simulation, .. } => simulation,
            Self::Recorded { recorder, .. } => recorder.simulation(),
        }
    }

    fn digest(&self) -> Digest {
        match self {
            Self::Plain { digest, .. } => digest.value(),
            Self::Recorded { recorder, .. } => recorder.digest(),
        }
    }

    fn checkpoint(&self) -> Checkpoint<Model> {
        match self {
            Self::Plain { simulation, digest, .. } => Checkpoint::new(simulation, digest),
            Self::Recorded { recorder, .. } => recorder.checkpoint(),
        }
    }

    fn step(&mut self) -> Result<&[Quote]> {
        // A line with the digest at the end of each block pins a differing replay to one block.
        if let Self::Recorded { recorder, through, .. } = self
            && recorder.simulation().tick() > 0
            && recorder.simulation().tick().is_multiple_of(BLOCK_TICKS)
        {
            let proposal = recorder.propose_through(*through)?;
            self.write(&proposal, false)?;
        }
        match self {
            Self::Plain { simulation, digest, quotes } => {
                let tick = simulation.step_into(quotes)?;
                digest.push(tick, quotes);
                Ok(quotes)
            }
            Self::Recorded { recorder, .. } => Ok(recorder.step()?),
        }
    }

    fn end(&mut self) -> Result<()> {
        if let Self::Recorded { recorder, .. } = self {
            let proposal = recorder.propose_end()?;
            self.write(&proposal, true)?;
        }
        Ok(())
    }

    /// A line that only carries a digest allows nothing new, so it needn't wait for the disk; the end is synced.
    fn write(&mut self, proposal: &Proposal, sync: bool) -> Result<()> {
        if let Self::Recorded { recorder, file, path, .. } = self {
            in_file(path, file.write_all(proposal.text.as_bytes()))?;
            if sync {
                in_file(path, file.flush().and_then(|()| file.get_ref().sync_data()))?;
            }
            recorder.confirm(proposal.line.seq);
        }
        Ok(())
    }
}
