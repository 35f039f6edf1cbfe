use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use gbm_core::intervention::Accepted;
use gbm_core::journal::{Compactor, Entry, Journal, JournalError, Line, Replay};
use gbm_core::prelude::*;
use market_setup::files::read_limited;

use super::error::{CliError, Result, in_file};
use super::explain::commands;
use super::output::{Progress, print, time_text};
use super::replay::{MAX_JOURNAL_BYTES, parse_journal, read_journal};

#[derive(Subcommand)]
pub(super) enum JournalVerb {
    /// Check every seal and recompute every digest
    Verify(PathArgs),
    /// Print the header and the lines in words
    Show(PathArgs),
    /// Compare two journals: headers, interventions, prices; exit code 1 if they differ
    Diff(DiffArgs),
    /// Print the interventions as `simulate --intervene` reads them
    Export(PathArgs),
    /// Print the journal without the watermarks that later ones have overtaken, as a live session's is rewritten
    Compact(PathArgs),
}

#[derive(Args)]
pub(super) struct DiffArgs {
    /// One journal
    left: PathBuf,
    /// The other
    right: PathBuf,
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
        JournalVerb::Diff(args) => diff(args),
        JournalVerb::Export(args) => export(args),
        JournalVerb::Compact(args) => compact(args),
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
    let commands = commands(&journal).count();
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

fn export(args: &PathArgs) -> Result<()> {
    let journal = read_journal(&args.journal)?;
    let mut text = String::new();
    for line in commands(&journal) {
        text.push_str(&serde_json::to_string(&line.intervention).unwrap_or_default());
        text.push('\n');
    }
    print(&text)
}

fn compact(args: &PathArgs) -> Result<()> {
    let path = &args.journal;
    let damaged = |line| move |error| CliError::Journal { path: path.clone(), error: JournalError { line, error } };
    let bytes = in_file(path, read_limited(path, MAX_JOURNAL_BYTES))?;
    // Everything is checked first; a torn line is left out.
    let journal = parse_journal(path, &bytes)?;
    let whole = &bytes[..journal.torn.map_or(bytes.len(), |torn| torn.offset)];
    let mut lines = (1..).zip(whole.split_inclusive(|&byte| byte == b'\n'));
    let header = lines.next().map_or(&[][..], |(_, header)| header);
    let mut text = String::from_utf8_lossy(header).into_owned();
    let mut compactor = Compactor::new(header, Compactor::span(journal.last_tick())).map_err(damaged(1))?;
    for (number, line) in lines {
        compactor.push(line, &mut text).map_err(damaged(number))?;
    }
    compactor.finish(&mut text).map_err(damaged(journal.lines.len() + 1))?;
    print(&text)
}

fn diff(args: &DiffArgs) -> Result<()> {
    let (left, right) = (read_journal(&args.left)?, read_journal(&args.right)?);
    let mut text = String::new();
    // Writing to a String can't fail.
    if left.header != right.header {
        let (left, right) = (header(&left), header(&right));
        for (left, right) in left.lines().zip(right.lines()).filter(|(left, right)| left != right) {
            let _ = writeln!(text, "< {left}\n> {right}");
        }
        if text.is_empty() {
            text.push_str("the headers differ in session, book or correlation\n");
        }
    }
    let by_id = |journal: &Journal<Model>| -> BTreeMap<_, _> {
        commands(journal).map(|line| (line.intervention.id, line.intervention.clone())).collect()
    };
    let (ours, theirs) = (by_id(&left), by_id(&right));
    let shown = |accepted: &Accepted| serde_json::to_string(accepted).unwrap_or_default();
    let ids: BTreeSet<_> = ours.keys().chain(theirs.keys()).collect();
    for id in ids {
        let pair = (ours.get(id), theirs.get(id));
        if pair.0 != pair.1 {
            for (side, only) in [('<', pair.0), ('>', pair.1)] {
                if let Some(only) = only {
                    let _ = writeln!(text, "{side} {}", shown(only));
                }
            }
        }
    }
    text.push_str(&first_difference(args, &left, &right)?);
    if text.is_empty() {
        return print("the same market, interventions and ticks\n");
    }
    print(&text)?;
    Err(CliError::Different)
}

/// Where the ticks part, and how far they are from each other at the end; empty if they don't.
fn first_difference(args: &DiffArgs, left: &Journal<Model>, right: &Journal<Model>) -> Result<String> {
    let in_left = |error| CliError::Replay { path: args.left.clone(), error };
    let in_right = |error| CliError::Replay { path: args.right.clone(), error };
    let (mut first, mut last) = (None, None);
    for (one, other) in Replay::new(left).zip(Replay::new(right)) {
        let (one, other) = (one.map_err(in_left)?, other.map_err(in_right)?);
        if one != other {
            first.get_or_insert(one.tick);
        }
        last = Some((one, other));
    }
    let mut text = String::new();
    if let (Some(first), Some((one, other))) = (first, last) {
        let _ = writeln!(text, "ticks differ from {first} on; on tick {}: {} and {}", one.tick, one.price, other.price);
    }
    let (ours, theirs) = (left.last_tick(), right.last_tick());
    if ours != theirs {
        let _ = writeln!(text, "one ends on tick {ours}, the other on {theirs}");
    }
    Ok(text)
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
