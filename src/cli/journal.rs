use std::fmt::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use gbm_core::journal::{Entry, Journal, Line, Replay};
use gbm_core::prelude::*;

use super::error::{CliError, Result};
use super::output::{Progress, print, time_text};
use super::replay::read_journal;

#[derive(Subcommand)]
pub(super) enum JournalVerb {
    /// Check every seal and recompute every digest
    Verify(PathArgs),
    /// Print the header and the lines in words
    Show(PathArgs),
}

#[derive(Args)]
pub(super) struct PathArgs {
    /// The journal; `-` is standard input
    journal: PathBuf,
}

pub(super) fn run(verb: &JournalVerb) -> Result<()> {
    match verb {
        JournalVerb::Verify(args) => verify(args),
        JournalVerb::Show(args) => show(args),
    }
}

fn verify(args: &PathArgs) -> Result<()> {
    let journal = read_journal(&args.journal)?;
    let mut replay = Replay::new(&journal);
    let progress = Progress::new(journal.last_tick(), false);
    for tick in replay.by_ref() {
        let tick = tick.map_err(|error| CliError::Replay { path: args.journal.clone(), error })?;
        if tick.instrument == 0 {
            progress.tick(tick.tick);
        }
    }
    progress.finish();
    let commands = journal.lines.iter().filter(|line| matches!(line.entry, Entry::Command(_))).count();
    let closed = if journal.has_ended() { "closed" } else { "open: recomputed to its watermark" };
    print(&format!(
        "ok: {} lines, {commands} commands, {} ticks, {closed}\ndigest {}\n",
        journal.lines.len() + 1,
        replay.simulation().tick(),
        replay.digest()
    ))
}

fn show(args: &PathArgs) -> Result<()> {
    let journal = read_journal(&args.journal)?;
    let mut text = header(&journal);
    for line in &journal.lines {
        text.push_str(&describe(line));
    }
    print(&text)
}

fn header(journal: &Journal<Model>) -> String {
    let header = &journal.header;
    let grid = header.market.grid();
    let start =
        time_text(grid.start_time_ms()).map_or_else(|| grid.start_time_ms().to_string(), |time| time.to_string());
    let mut text = format!(
        "format {}, value version {}, seed {}\nstart {start}, a tick every {} ms\n",
        header.format,
        header.value_version,
        header.market.seed(),
        grid.tick_interval_ms()
    );
    for instrument in header.market.instruments() {
        // Writing to a String can't fail.
        let _ = writeln!(
            text,
            "{} (asset {}): spot {}, model {}",
            instrument.name,
            instrument.asset,
            instrument.spot.get(),
            serde_json::to_string(&instrument.model).unwrap_or_default()
        );
    }
    text.push_str("  seq         at  what\n");
    text
}

fn describe(line: &Line) -> String {
    let what = match &line.entry {
        Entry::Command(command) => {
            let accepted = &command.intervention;
            let body = serde_json::to_string(&accepted.body).unwrap_or_default();
            let reason = if command.reason.is_empty() { String::new() } else { format!(": {}", command.reason) };
            format!(
                "#{} on tick {} of {} by {}{reason}  {body}",
                accepted.id, accepted.tick, accepted.instrument, command.actor
            )
        }
        Entry::Through { tick } => format!("ticks through {tick} may be published"),
        Entry::End {} => format!("end, digest {}", line.digest),
        _ => "a kind that this build can't describe".into(),
    };
    format!("{:>5} {:>10}  {what}\n", line.seq, line.at)
}
