//! A trading log over its market's journal: what became of each account, and every fill.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::ControlFlow;
use std::path::Path;

use backtest::error::BacktestError;
use backtest::feed::{Replayed, increment};
use backtest::run::play;
use market_setup::files::read_limited;
use rust_decimal::Decimal;
use serde::Serialize;
use trading_core::events::{Event, Fill};
use trading_core::log::Log;

use super::args::{BacktestArgs, Format};
use super::words::right;
use super::{in_source, print_json};
use crate::cli::error::{CliError, Result, in_file};
use crate::cli::output::{Progress, print};
use crate::cli::replay::read_journal;

/// The largest trading log that is read, 1 GiB.
const MAX_LOG_BYTES: u64 = 1 << 30;

#[derive(Serialize)]
struct Json<'a> {
    accounts: Vec<Row<'a>>,
    fills: Vec<&'a Fill>,
}

#[derive(Serialize)]
struct Row<'a> {
    account: u64,
    /// The strategy that trades on it; null for a trader's own.
    strategy: Option<&'a str>,
    fills: u64,
    cash: Decimal,
    position: Decimal,
    realised: Decimal,
    fees: Decimal,
    /// At the last tick's price; null without one.
    equity: Option<Decimal>,
}

pub(super) fn run(args: &BacktestArgs, path: &Path) -> Result<()> {
    let journal_path = args.journal.as_deref().unwrap_or(Path::new("-"));
    let journal = read_journal(journal_path)?;
    let bytes = in_file(path, read_limited(path, MAX_LOG_BYTES))?;
    let not_text = |_| std::io::Error::from(std::io::ErrorKind::InvalidData);
    let text = in_file(path, String::from_utf8(bytes).map_err(not_text))?;
    let in_log = |error| CliError::Log { path: path.into(), error };
    let log = Log::read(&text).map_err(in_log)?;
    log.is_of(&journal.header.session).map_err(in_log)?;
    let name = args.instrument.as_deref().unwrap_or(&log.header.instrument);
    let name = crate::cli::instrument(&journal.header.market, Some(name))?;
    let instrument = journal.header.market.position(name).unwrap_or_default();
    let mut feed = Replayed::new(&journal, instrument, increment(&log.header.rules.grid)?)?;
    let progress = Progress::of(journal.last_tick(), "ticks", false);
    let played = play(&log, &mut feed, |steps| {
        progress.reach(steps);
        ControlFlow::Continue(())
    });
    progress.finish();
    let played = played.map_err(|error| match error {
        BacktestError::Log(error) => in_log(error),
        error => in_source(args, error),
    })?;
    let fills: Vec<&Fill> = played
        .events
        .iter()
        .filter_map(|event| if let Event::Filled(fill) = event { Some(fill) } else { None })
        .collect();
    let mut count: BTreeMap<u64, u64> = BTreeMap::new();
    for fill in &fills {
        *count.entry(fill.account.0).or_default() += 1;
    }
    let runs: BTreeMap<u64, &str> = played.desk.runs().map(|(_, run)| (run.account.0, run.strategy.name())).collect();
    let accounts = played.desk.exchange().accounts().map(|(id, account)| Row {
        account: id.0,
        strategy: runs.get(&id.0).copied(),
        fills: count.get(&id.0).copied().unwrap_or_default(),
        cash: account.cash,
        position: account.position,
        realised: account.realised,
        fees: account.fees,
        equity: played.price.map(|price| account.equity(price)),
    });
    let json = Json { accounts: accounts.collect(), fills };
    match args.format {
        Format::Json => print_json(&json),
        Format::Table => print(&table(&json)),
    }
}

fn table(json: &Json<'_>) -> String {
    let head = ["account", "strategy", "fills", "position", "realised", "fees", "equity"];
    let mut text = right(&head, 16) + "\n";
    for Row { account, strategy, fills, position, realised, fees, equity, .. } in &json.accounts {
        let strategy = strategy.unwrap_or("–");
        let equity = equity.map_or_else(|| "–".into(), |equity| equity.normalize().to_string());
        let (position, realised, fees) = (position.normalize(), realised.normalize(), fees.normalize());
        // Writing to a String can't fail.
        let _ =
            writeln!(text, "{account:>16}{strategy:>16}{fills:>16}{position:>16}{realised:>16}{fees:>16}{equity:>16}");
    }
    text
}
