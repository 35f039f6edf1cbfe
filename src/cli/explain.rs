use std::fmt::Write;
use std::ops::ControlFlow;
use std::path::PathBuf;

use clap::Args;
use gbm_core::counterfactual::{Attribution, attribute, cost};
use gbm_core::intervention::InterventionId;
use gbm_core::journal::{CommandLine, Entry, Journal};
use gbm_core::prelude::*;
use serde::Serialize;

use super::error::{CliError, Result};
use super::output::{Progress, print};
use super::replay::read_journal;

const CONTRIBUTIONS: &str = "\
Contributions are natural logarithms: c(i) = ln P(the first i interventions) - ln P(the first i - 1), from the
reference upward, in the journal's order. They sum to ln(price/reference).";

#[derive(Args, Debug)]
#[command(after_help = CONTRIBUTIONS)]
pub(super) struct ExplainArgs {
    /// The journal; `-` is standard input
    journal: PathBuf,
    /// The window's first tick; 0 is before the first
    #[arg(long, default_value_t = 0, value_name = "TICK")]
    from: u64,
    /// The window's last tick; the journal's last if absent
    #[arg(long, value_name = "TICK")]
    to: Option<u64>,
    /// The instrument, where there are several
    #[arg(long, value_name = "NAME")]
    instrument: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// What is printed, as JSON.
#[derive(Serialize)]
struct Explained<'a> {
    instrument: &'a str,
    from: u64,
    to: u64,
    /// ln(price/reference) at both ends.
    at_from: f64,
    at_to: f64,
    contributions: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    id: InterventionId,
    tick: u64,
    at_from: f64,
    at_to: f64,
    moved: f64,
    body: Intervention,
    actor: &'a str,
    reason: &'a str,
}

pub(super) fn run(args: &ExplainArgs) -> Result<()> {
    let journal = read_journal(&args.journal)?;
    let instrument = super::instrument(&journal.header.market, args.instrument.as_deref())?;
    let last = journal.last_tick();
    let to = args.to.unwrap_or(last);
    if to > last {
        return Err(CliError::Beyond { flag: "--to", tick: to, last });
    }
    let lines: Vec<&CommandLine> = commands(&journal).collect();
    let entries: Vec<_> = lines.iter().map(|line| line.intervention.clone()).collect();
    let progress = Progress::new(cost(&entries, instrument, to), false);
    let found = attribute(&journal.header.market, &entries, instrument, args.from, to, |done| {
        progress.reach(done);
        ControlFlow::Continue(())
    })?;
    progress.finish();
    let rows = found.contributions.iter().filter_map(|one| {
        let line = lines.iter().find(|line| line.intervention.id == one.id)?;
        Some(Row {
            id: one.id,
            tick: line.intervention.tick,
            at_from: one.at_from,
            at_to: one.at_to,
            moved: one.moved(),
            body: line.intervention.body,
            actor: &line.actor,
            reason: &line.reason,
        })
    });
    let Attribution { at_from, at_to, .. } = found;
    let explained = Explained { instrument, from: args.from, to, at_from, at_to, contributions: rows.collect() };
    if args.json { print(&(json(&explained) + "\n")) } else { print(&table(&explained)) }
}

pub(super) fn commands(journal: &Journal<Model>) -> impl Iterator<Item = &CommandLine> {
    journal.lines.iter().filter_map(|line| if let Entry::Command(line) = &line.entry { Some(line) } else { None })
}

fn json(value: &impl Serialize) -> String {
    // Numbers, names and bodies that were read as JSON can be written as JSON.
    serde_json::to_string(value).unwrap_or_default()
}

fn table(explained: &Explained<'_>) -> String {
    let Explained { instrument, from, to, at_from, at_to, contributions } = explained;
    let mut text = format!("{instrument}, tick {from} to {to}: ln(price/reference)\n");
    // Writing to a String can't fail.
    let mut line = |id: &str, tick: &str, numbers: [f64; 3], what: &str| {
        let [before, after, moved] = numbers;
        let _ = writeln!(text, "{id:>6} {tick:>10} {before:>+12.6} {after:>+12.6} {moved:>+12.6}  {what}");
    };
    for row in contributions {
        let who = if row.reason.is_empty() { row.actor.to_owned() } else { format!("{}: {}", row.actor, row.reason) };
        let what = format!("{}  by {who}", json(&row.body));
        line(&row.id.to_string(), &row.tick.to_string(), [row.at_from, row.at_to, row.moved], &what);
    }
    line("all", "", [*at_from, *at_to, at_to - at_from], "");
    let heading = format!("{:>6} {:>10} {:>12} {:>12} {:>12}\n", "id", "tick", "at from", "at to", "moved");
    let first = text.find('\n').map_or(0, |end| end + 1);
    text.insert_str(first, &heading);
    text
}
