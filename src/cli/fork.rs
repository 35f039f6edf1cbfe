use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use gbm_core::counterfactual::{Edit, record_fork};
use gbm_core::intervention::InterventionId;
use tempfile::NamedTempFile;

use super::error::{CliError, Result, in_file};
use super::output::{Format, TickWriter, beside};
use super::replay::read_journal;

const EDITS: &str = "\
Edits concern what acts after the tick of the fork. The noise is the same, so that any difference comes from them.
  algo-trading fork j.jsonl --at 600 --remove 3
  algo-trading fork j.jsonl --at 600 --change '3={\"kind\":\"set_volatility\",\"sigma\":0.4}'
  algo-trading fork j.jsonl --at 600 --add '{\"tick\":700,\"body\":{\"kind\":\"halt\",\"reopen\":\"freeze\"}}'";

#[derive(Args, Debug)]
#[command(after_help = EDITS)]
pub(super) struct ForkArgs {
    /// The journal; `-` is standard input
    journal: PathBuf,
    /// The last tick that both have in common
    #[arg(long, value_name = "TICK")]
    at: u64,
    /// The fork's last tick; the journal's last if absent
    #[arg(long, value_name = "TICK")]
    until: Option<u64>,
    /// Leave an intervention out, and whatever cancels it
    #[arg(long, value_name = "ID")]
    remove: Vec<u64>,
    /// Give an intervention another body
    #[arg(long, value_name = "ID=BODY")]
    change: Vec<String>,
    /// Add a command
    #[arg(long, value_name = "COMMAND")]
    add: Vec<String>,
    /// What to print of the ticks after the fork
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Write the fork's journal
    #[arg(long = "journal", id = "out", value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) fn run(args: &ForkArgs) -> Result<()> {
    let original = read_journal(&args.journal)?;
    let until = args.until.unwrap_or_else(|| original.last_tick()).max(args.at);
    original.header.market.grid().check(until)?;
    let edits = edits(args)?;
    let mut file = args.out.as_deref().map(OutFile::create).transpose()?;
    // Nothing is printed before the first tick beyond the fork, by which the edits have been taken.
    let begin = || TickWriter::new(args.format, &original.header.market, args.at, until, args.out.is_some());
    let mut writer: Option<TickWriter> = None;
    let digest = record_fork(
        &original,
        (args.at, until),
        &edits,
        "fork",
        |lines| file.as_mut().map_or(Ok(()), |file| file.write(lines)),
        |tick, quotes| {
            if tick <= args.at {
                return Ok(());
            }
            match &mut writer {
                Some(writer) => writer.tick(tick, quotes),
                none => none.insert(begin()?).tick(tick, quotes),
            }
        },
    )?;
    if let Some(file) = file {
        file.keep()?;
    }
    writer.map_or_else(begin, Ok)?.finish(digest)
}

/// A file that is whole or absent, and takes no other's place.
struct OutFile<'a> {
    path: &'a Path,
    file: BufWriter<NamedTempFile>,
}

impl<'a> OutFile<'a> {
    fn create(path: &'a Path) -> Result<Self> {
        Ok(Self { path, file: BufWriter::new(beside(path)?) })
    }

    fn write(&mut self, text: &str) -> Result<()> {
        in_file(self.path, self.file.write_all(text.as_bytes()))
    }

    fn keep(self) -> Result<()> {
        let file = in_file(self.path, self.file.into_inner().map_err(std::io::IntoInnerError::into_error))?;
        in_file(self.path, file.as_file().sync_all())?;
        in_file(self.path, file.persist_noclobber(self.path).map(drop).map_err(|error| error.error))
    }
}

fn edits(args: &ForkArgs) -> Result<Vec<Edit>> {
    let flag = |flag, text: &str, reason: String| CliError::Flag { flag, text: text.into(), reason };
    let id = |name, text: &str, number: u64| {
        InterventionId::new(number).map_err(|error| flag(name, text, error.to_string()))
    };
    let mut edits = Vec::new();
    for &number in &args.remove {
        edits.push(Edit::Remove { id: id("--remove", &number.to_string(), number)? });
    }
    for text in &args.change {
        let form = || flag("--change", text, "write ID=BODY".into());
        let (number, body) = text.split_once('=').ok_or_else(form)?;
        let number = number.trim().parse().map_err(|_| form())?;
        let body = serde_json::from_str(body).map_err(|error| flag("--change", text, error.to_string()))?;
        edits.push(Edit::Change { id: id("--change", text, number)?, body });
    }
    for text in &args.add {
        let command = serde_json::from_str(text).map_err(|error| flag("--add", text, error.to_string()))?;
        edits.push(Edit::Add(command));
    }
    Ok(edits)
}
