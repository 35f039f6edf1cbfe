//! A back-test on one page.

use backtest::seeds::Spread;
use backtest::watch::MAX_FILLS;
use report_page::{Cell, Key, Look, Page, Tile};
use trading_core::strategy::BuiltIn;

use super::words::{self, cash, figures, float, maybe, percent, probability, ratio, spreads};
use super::{Done, plots};
use crate::cli::error::Result;

/// The page.
pub(super) fn page(done: &Done) -> Result<String> {
    let mut page = Page::new(BuiltIn::title(done.strategy).unwrap_or(done.strategy), "back-test");
    page.text(BuiltIn::description(done.strategy).unwrap_or_default());
    page.text(&words::source(&done.told));
    if done.run.stopped.is_some() {
        page.warning(&format!("It ended early: {}.", words::stopped(done.run.stopped)));
    }
    match &done.seeds {
        Some((returns, spread)) => many(&mut page, done, returns, spread)?,
        None => page.tiles(&tiles_of_one(done)),
    }
    one(&mut page, done)?;
    page.side_by_side(|page| {
        page.table("Figures", &figures(&done.run.report));
        page.table("What was set", &settings(done));
    });
    Ok(page.end(concat!(
        "Figures as quantstats and empyrical define them, without a risk-free rate; a year has 365 days. \
         A simulated market: nothing here says what a real one will do. algo-trading ",
        env!("CARGO_PKG_VERSION")
    )))
}

fn settings(done: &Done) -> Vec<(&str, String)> {
    let terms = done.setup.terms;
    let values = done.values.iter().map(|(name, value)| (name.as_str(), value.to_string()));
    let others = [
        ("initial cash", cash(float(terms.initial))),
        ("maker fee", format!("{} bp", terms.maker_bp)),
        ("taker fee", format!("{} bp", terms.taker_bp)),
        ("leverage", terms.leverage.to_string()),
        ("latency, ticks", done.setup.rules.latency_ticks.to_string()),
        ("resting orders", format!("{:?}", done.setup.rules.queue).to_lowercase()),
    ];
    values.chain(others).collect()
}

fn signed(name: &'static str, value: f64, written: impl FnOnce(f64) -> String) -> Tile {
    Tile { name, value: written(value), is_gain: (value != 0.0).then_some(value > 0.0) }
}

fn tiles_of_one(done: &Done) -> Vec<Tile> {
    let report = &done.run.report;
    let mut tiles = vec![
        signed("total return", report.figures.total_return, percent),
        Tile::new("equity", cash(float(report.equity))),
    ];
    if words::is_long(report) {
        tiles.push(Tile::new("Sharpe", maybe(report.figures.sharpe, ratio)));
    }
    tiles.extend([
        Tile::new("max drawdown", percent(report.figures.max_drawdown)),
        Tile::new("fills", report.fills.to_string()),
        Tile::new("fees", cash(float(report.fees))),
    ]);
    tiles
}

/// What many seeds say.
fn many(page: &mut Page, done: &Done, returns: &[f64], spread: &Spread) -> Result<()> {
    let mut shown = vec![Tile::new("seeds", spread.runs.to_string())];
    if let Some(total) = &spread.total_return {
        shown.push(signed("mean return", total.mean, percent));
        shown.push(Tile::new("its standard error", maybe(total.standard_error, percent)));
        shown.push(signed("median return", total.quantiles[3].1, percent));
    }
    shown.push(Tile::new("probability of a loss", percent(spread.loss.value)));
    shown.push(Tile::new("probability of ruin", percent(spread.ruin.value)));
    page.tiles(&shown);
    if let Some(total) = &spread.total_return {
        let caption = format!(
            "A loss: {}. Losing {} of the initial cash at any time: {}. The line is the median.",
            probability(spread.loss),
            percent(done.setup.ruin),
            probability(spread.ruin)
        );
        page.picture("Total return over the seeds", &caption, &[], &plots::histogram(returns, total)?);
    }
    page.section("Figures over the seeds", |page| {
        let rows: Vec<_> = spreads(spread, &done.run.report)
            .into_iter()
            .map(|(name, spread, written)| {
                let quantiles = spread.quantiles[1..6].iter().map(|(_, value)| written(*value));
                let cells = [written(spread.mean), maybe(spread.standard_error, written)].into_iter().chain(quantiles);
                (name.to_owned(), cells.map(Cell::from).collect())
            })
            .collect();
        page.grid("figure", &["mean", "± error", "5 %", "25 %", "median", "75 %", "95 %"], &rows);
        if let Some(why) = words::left_out(&done.run.report) {
            page.text(&why);
        }
    });
    Ok(())
}

/// The pictures of one run: of the first seed, if there are several.
fn one(page: &mut Page, done: &Done) -> Result<()> {
    let (run, start_ms, initial) = (&done.run, done.run.report.start_ms, float(done.run.report.initial));
    let which = if done.seeds.is_some() { " of the first seed" } else { "" };
    let key = |colour, name| Key { colour, look: Look::Line, name };
    let mut lines = vec![key("first", "the account")];
    if plots::shows_price(&run.points, initial) {
        lines.push(key("third", "the price, from the same start"));
    }
    page.picture(&format!("Equity{which}"), "", &lines, &plots::equity(&run.points, start_ms, initial)?);
    let deepest = format!("The deepest is {} at the ends of periods.", percent(run.report.figures.max_drawdown));
    page.picture(&format!("Drawdown{which}"), &deepest, &[], &plots::drawdown(&run.points, start_ms, initial)?);
    let drawn = run.trades.len().div_ceil(plots::stride(run.trades.len()));
    let keys = [key("gain", "purchases, below"), key("loss", "sales, above")];
    let kept = if run.report.fills > MAX_FILLS as u64 { ", of the first ones" } else { "" };
    let left_out = format!("{drawn} of {} fills are drawn{kept}.", run.report.fills);
    let caption = if run.report.fills > drawn as u64 { left_out.as_str() } else { "" };
    let picture = plots::trades(&run.points, start_ms, &run.trades)?;
    page.picture(&format!("Price and fills{which}"), caption, &keys, &picture);
    Ok(())
}
