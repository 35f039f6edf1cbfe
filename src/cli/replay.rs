use std::path::{Path, PathBuf};

use clap::Args;
use gbm_core::engine::Quote;
use gbm_core::journal::{self, Journal, Replay};
use gbm_core::prelude::*;
use market_setup::files::read_limited;

use super::error::{CliError, Result, in_file};
use super::output::{Format, TickWriter};

/// The largest journal that is read, 4 GiB: read whole, since its seals are checked before its first tick.
pub(super) const MAX_JOURNAL_BYTES: u64 = 4 << 30;

#[derive(Args, Debug)]
pub(super) struct ReplayArgs {
    /// The journal; `-` is standard input
    journal: PathBuf,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(args: &ReplayArgs) -> Result<()> {
    let path = &args.journal;
    let journal = read_journal(path)?;
    let mut replay = Replay::new(&journal);
    let mut writer = TickWriter::new(args.format, &journal.header.market, 0, journal.last_tick(), false)?;
    let instruments = journal.header.market.instruments().len();
    let mut quotes = Vec::with_capacity(instruments);
    for tick in replay.by_ref() {
        let Tick { tick, price, reference, is_halted, .. } =
            tick.map_err(|error| CliError::Replay { path: path.clone(), error })?;
        quotes.push(Quote { price, reference, is_halted });
        if quotes.len() == instruments {
            writer.tick(tick, &quotes)?;
            quotes.clear();
        }
    }
    writer.finish(replay.digest())
}

/// Reads and checks a journal; a torn last line is told to the user.
pub(super) fn read_journal(path: &Path) -> Result<Journal<Model>> {
    parse_journal(path, &in_file(path, read_limited(path, MAX_JOURNAL_BYTES))?)
}

/// The same of the file's bytes.
#[allow(clippy::print_stderr, reason = "a note beside the ticks on standard output")]
pub(super) fn parse_journal(path: &Path, bytes: &[u8]) -> Result<Journal<Model>> {
    let journal = journal::read(bytes).map_err(|error| CliError::Journal { path: path.into(), error })?;
    if let Some(torn) = journal.torn {
        eprintln!("note: {}: line {} was torn; its {} bytes are cut off", path.display(), torn.line, torn.bytes);
    }
    Ok(journal)
}
