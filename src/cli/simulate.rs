use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use gbm_core::engine::Quote;
use gbm_core::journal::{BLOCK_TICKS, Checkpoint, Digest, Proposal, Recorder, TickDigest};
use gbm_core::prelude::*;

use super::error::{CliError, Result, in_file};
use super::market::{DEFAULTS, MarketArgs};
use super::output::{Format, TickWriter};

const MAX_COMMAND_BYTES: u64 = 1 << 16;

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
    #[arg(long, conflicts_with = "market", value_name = "FILE")]
    resume: Option<PathBuf>,
    /// Write a snapshot after the last tick
    #[arg(long, value_name = "FILE")]
    snapshot: Option<PathBuf>,
    /// Interventions, one JSON object a line: {"id", "tick" or "time_ms", "instrument", "body": {"kind", …}}
    #[arg(long, value_name = "FILE.jsonl")]
    intervene: Option<PathBuf>,
    /// Write the journal of the run
    #[arg(long, conflicts_with = "resume", value_name = "FILE")]
    journal: Option<PathBuf>,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(args: &SimulateArgs) -> Result<()> {
    let mut session = Session::open(args)?;
    let from = session.simulation().tick();
    let to = last_tick(args, session.simulation())?;
    if let Some(path) = &args.intervene {
        for (line, command) in read_commands(path)? {
            session.intervene(path, line, &command)?;
        }
    }
    session.begin(to)?;
    let mut writer = TickWriter::new(args.format, session.simulation().market(), from, to)?;
    for tick in from + 1..=to {
        writer.tick(tick, session.step()?)?;
    }
    session.end()?;
    if let Some(path) = &args.snapshot {
        session.write_snapshot(path)?;
    }
    writer.finish(session.digest())
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
    let mut reader = BufReader::new(in_file(path, File::open(path))?);
    let mut commands = Vec::new();
    for line in 1.. {
        let mut text = Vec::new();
        let mut limited = std::io::Read::take(&mut reader, MAX_COMMAND_BYTES);
        if in_file(path, limited.read_until(b'\n', &mut text))? == 0 {
            break;
        }
        if text.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let error = |reason: String| CliError::Command { path: path.into(), line, reason };
        if text.len() as u64 == MAX_COMMAND_BYTES {
            return Err(error(format!("longer than {MAX_COMMAND_BYTES} bytes")));
        }
        commands.push((line, serde_json::from_slice(&text).map_err(|source| error(source.to_string()))?));
    }
    Ok(commands)
}

/// A run with a journal or without one; its ticks are the same.
#[allow(clippy::large_enum_variant, reason = "one exists at a time")]
enum Session {
    Plain { simulation: Simulation<Model>, digest: TickDigest, quotes: Vec<Quote> },
    Recorded { recorder: Recorder<Model>, file: BufWriter<File>, path: PathBuf, through: u64 },
}

impl Session {
    fn open(args: &SimulateArgs) -> Result<Self> {
        if let Some(path) = &args.resume {
            let in_checkpoint = |error| CliError::Checkpoint { path: path.clone(), error };
            let checkpoint = Checkpoint::from_text(&in_file(path, fs::read(path))?).map_err(in_checkpoint)?;
            let (simulation, digest) = checkpoint.restore().map_err(in_checkpoint)?;
            return Ok(Self::plain(simulation, digest));
        }
        let market = args.market.market()?;
        let Some(path) = &args.journal else {
            return Ok(Self::plain(Simulation::new(market), TickDigest::default()));
        };
        let (recorder, header) = Recorder::start(market)?;
        let mut file = BufWriter::new(in_file(path, File::create_new(path))?);
        in_file(path, file.write_all(header.as_bytes()))?;
        Ok(Self::Recorded { recorder, file, path: path.clone(), through: 0 })
    }

    fn plain(simulation: Simulation<Model>, digest: TickDigest) -> Self {
        let quotes = vec![Quote::default(); simulation.market().instruments().len()];
        Self::Plain { simulation, digest, quotes }
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

    fn intervene(&mut self, path: &Path, line: usize, command: &Command) -> Result<()> {
        match self {
            Self::Plain { simulation, .. } => {
                simulation.intervene(command).map_err(|error| CliError::command(path, line, &error))?;
            }
            Self::Recorded { recorder, .. } => {
                let refused = |error: gbm_core::journal::RecordError| CliError::Command {
                    path: path.into(),
                    line,
                    reason: error.to_string(),
                };
                if let Some(proposal) = recorder.propose_command(command, "algo-trading", "").map_err(refused)? {
                    self.write(&proposal, false)?;
                }
            }
        }
        Ok(())
    }

    /// The whole run may be published as soon as one watermark is on the disk.
    fn begin(&mut self, to: u64) -> Result<()> {
        if let Self::Recorded { recorder, through, .. } = self {
            *through = to;
            let proposal = recorder.propose_through(to)?;
            self.write(&proposal, true)?;
        }
        Ok(())
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

    /// Everything up to a synced line is on disk; what only carries a digest waits for the next one.
    fn write(&mut self, proposal: &Proposal, sync: bool) -> Result<()> {
        if let Self::Recorded { recorder, file, path, .. } = self {
            in_file(path, file.write_all(proposal.text.as_bytes()))?;
            if sync {
                in_file(path, file.flush().and_then(|()| file.get_ref().sync_data()))?;
                recorder.confirm(proposal.line.seq);
            }
        }
        Ok(())
    }

    /// Written beside its place and renamed, so that a snapshot is whole or absent.
    fn write_snapshot(&self, path: &Path) -> Result<()> {
        let checkpoint = match self {
            Self::Plain { simulation, digest, .. } => Checkpoint::new(simulation, digest),
            Self::Recorded { recorder, .. } => recorder.checkpoint(),
        };
        let text = checkpoint.to_text().map_err(|error| in_checkpoint(path, error))?;
        let mut temporary = path.as_os_str().to_owned();
        temporary.push(".tmp");
        let temporary = PathBuf::from(temporary);
        let write = || {
            let mut file = File::create(&temporary)?;
            file.write_all(text.as_bytes())?;
            file.sync_data()?;
            fs::rename(&temporary, path)
        };
        in_file(path, write())
    }
}

fn in_checkpoint(path: &Path, error: serde_json::Error) -> CliError {
    CliError::Checkpoint { path: path.into(), error: error.into() }
}
