//! Figures for reading.

use std::fmt::Write;

use backtest::distribution::{Distribution, Probability};
use backtest::period::Period;
use backtest::report::Report;
use backtest::seeds::Spread;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use trading_core::desk::StopReason;

use super::Done;
use super::source::Told;
use crate::cli::output::time_text;

/// What stands where a figure has no value.
const ABSENT: &str = "–";

/// A part as per cents.
pub(super) fn percent(value: f64) -> String {
    let value = 100.0 * value;
    if value.abs() >= 1e6 {
        return format!("{value:.2e} %");
    }
    // What rounds to 0 has no sign.
    let text = format!("{value:.2} %");
    if text == "-0.00 %" { "0.00 %".into() } else { text }
}

/// A figure that may be absent.
pub(super) fn maybe(value: Option<f64>, written: impl FnOnce(f64) -> String) -> String {
    value.map_or_else(|| ABSENT.into(), written)
}

pub(super) fn ratio(value: f64) -> String {
    format!("{value:.2}")
}

/// An amount of cash, in thousands with commas.
pub(super) fn cash(value: f64) -> String {
    let text = format!("{:.2}", value.abs());
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, "00"));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if value < 0.0 && text.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) { "-" } else { "" };
    format!("{sign}{grouped}.{decimals}")
}

pub(super) fn float(value: Decimal) -> f64 {
    value.to_f64().unwrap_or(f64::NAN)
}

pub(super) fn period(period: Period) -> String {
    let known =
        [(Period::DAY, "a day"), (Period::HOUR, "an hour"), (Period::MINUTE, "a minute"), (Period::SECOND, "a second")];
    let name = known.iter().find(|(known, _)| *known == period).map(|(_, name)| (*name).to_string());
    let name = name.unwrap_or_else(|| format!("{} s", period.ms() as f64 / 1000.0));
    format!("{name}, {} a year", period.per_year())
}

pub(super) fn time(time_ms: i64) -> String {
    time_text(time_ms).map_or_else(|| time_ms.to_string(), |time| time.to_string())
}

pub(super) fn source(told: &Told) -> String {
    match told {
        Told::Seed { seed, tick_interval_ms, .. } => format!("seed {seed}, a tick every {tick_interval_ms} ms"),
        Told::Journal { file, tick_interval_ms, .. } => format!("journal {file}, a tick every {tick_interval_ms} ms"),
        Told::Candles { file, candles, spread_bp } => {
            format!("{candles} candles of {file}, a spread of {spread_bp} bp")
        }
    }
}

pub(super) fn stopped(why: Option<StopReason>) -> &'static str {
    match why {
        Some(StopReason::Liquidated) => "its account was liquidated",
        Some(StopReason::LossLimit) => "it had lost what it may",
        Some(_) => "it was stopped",
        None => "",
    }
}

/// Names and figures of one run. What a year would bring is left out of one shorter than thirty days, as it says there.
pub(super) fn figures(report: &Report) -> Vec<(&'static str, String)> {
    let Report { figures, trips, split, .. } = report;
    let of_a_year = |value: Option<f64>, written: fn(f64) -> String| {
        if is_long(report) { maybe(value, written) } else { format!("{ABSENT} ({TOO_SHORT})") }
    };
    vec![
        ("equity", format!("{} of {}", cash(float(report.equity)), cash(float(report.initial)))),
        ("total return", percent(figures.total_return)),
        ("a year (CAGR)", of_a_year(figures.cagr, percent)),
        ("volatility", maybe(figures.volatility, percent)),
        ("Sharpe", of_a_year(figures.sharpe, ratio)),
        ("Sortino", of_a_year(figures.sortino, ratio)),
        ("max drawdown", percent(figures.max_drawdown)),
        ("Calmar", of_a_year(figures.calmar, ratio)),
        ("periods won", maybe(figures.period_win_rate, percent)),
        ("profit factor of periods", maybe(figures.period_profit_factor, ratio)),
        ("round trips", format!("{}, {} won", trips.closed, maybe(report.win_rate, percent))),
        ("profit factor of trips", maybe(report.profit_factor, ratio)),
        ("fills", format!("{}, {} of them as a maker", report.fills, report.makers)),
        ("orders refused", report.refused.to_string()),
        ("turnover", maybe(report.turnover, |turnover| format!("{turnover:.2} times the equity"))),
        ("exposure", maybe(report.exposure, |part| format!("{} of the ticks", percent(part)))),
        ("from holding", cash(float(split.holding))),
        ("from execution", cash(float(split.execution))),
        ("fees", cash(float(report.fees))),
        ("ticks", report.ticks.to_string()),
        ("from", time(report.start_ms)),
        ("to", time(report.end_ms)),
        ("period", period(report.period)),
    ]
}

/// Cells in columns of a width.
pub(super) fn right(cells: &[impl AsRef<str>], width: usize) -> String {
    cells.iter().fold(String::new(), |mut row, cell| {
        // Writing to a String can't fail.
        let _ = write!(row, "{:>width$}", cell.as_ref());
        row
    })
}

/// Why a figure of a year is left out.
const TOO_SHORT: &str = "shorter than 30 days";

/// What is left out of runs that aren't long enough, and why; nothing of those that are.
pub(super) fn left_out(report: &Report) -> Option<String> {
    (!is_long(report)).then(|| format!("CAGR, Sharpe and Sortino are left out of runs {TOO_SHORT}."))
}

/// Whether a run is long enough for what it would come to in a year to mean anything.
pub(super) fn is_long(report: &Report) -> bool {
    report.end_ms.saturating_sub(report.start_ms).unsigned_abs() >= 30 * Period::DAY.ms()
}

/// A figure over seeds: its name, itself, and how it is written.
pub(super) type SpreadRow<'a> = (&'static str, &'a Distribution, fn(f64) -> String);

/// The rows of a spread, of a report that is one of its runs.
pub(super) fn spreads<'a>(spread: &'a Spread, one: &Report) -> Vec<SpreadRow<'a>> {
    let row = |name, spread: &'a Option<Distribution>, written: fn(f64) -> String| {
        spread.as_ref().map(|spread| (name, spread, written))
    };
    let rows: [Option<SpreadRow<'a>>; 11] = [
        row("total return", &spread.total_return, percent),
        row("a year (CAGR)", &spread.cagr, percent).filter(|_| is_long(one)),
        row("volatility", &spread.volatility, percent),
        row("Sharpe", &spread.sharpe, ratio).filter(|_| is_long(one)),
        row("Sortino", &spread.sortino, ratio).filter(|_| is_long(one)),
        row("max drawdown", &spread.max_drawdown, percent),
        row("trips won", &spread.win_rate, percent),
        row("from holding", &spread.holding, cash),
        row("from execution", &spread.execution, cash),
        row("fees", &spread.fees, cash),
        row("fills", &spread.fills, ratio),
    ];
    rows.into_iter().flatten().collect()
}

pub(super) fn probability(found: Probability) -> String {
    format!("{} ± {}", percent(found.value), percent(found.standard_error))
}

pub(super) fn table(done: &Done) -> String {
    let mut text = String::new();
    // Writing to a String can't fail.
    let mut row = |name: &str, value: &str| {
        let _ = writeln!(text, "{name:<26}{value}");
    };
    row("strategy", done.strategy);
    row("on", &source(&done.told));
    if done.run.stopped.is_some() {
        row("ended early", stopped(done.run.stopped));
    }
    let Some((_, spread)) = &done.seeds else {
        for (name, value) in figures(&done.run.report) {
            row(name, &value);
        }
        return text;
    };
    row("seeds", &format!("{}, of {} ticks", spread.runs, done.run.report.ticks));
    row("period", &period(done.run.report.period));
    row("probability of a loss", &probability(spread.loss));
    row("probability of ruin", &format!("{} (losing {})", probability(spread.ruin), percent(done.setup.ruin)));
    let head = ["mean", "± error", "5 %", "25 %", "50 %", "75 %", "95 %"];
    let _ = writeln!(text, "{:<16}{}", "", right(&head, 13));
    for (name, spread, written) in spreads(spread, &done.run.report) {
        let error = maybe(spread.standard_error, written);
        let quantiles = spread.quantiles[1..6].iter().map(|(_, value)| written(*value));
        let cells: Vec<String> = [written(spread.mean), error].into_iter().chain(quantiles).collect();
        let _ = writeln!(text, "{name:<16}{}", right(&cells, 13));
    }
    if let Some(why) = left_out(&done.run.report) {
        let _ = writeln!(text, "{why}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{cash, percent};

    #[test]
    fn amounts_are_grouped_and_zero_has_no_sign() {
        for (value, text) in
            [(1_234_567.891, "1,234,567.89"), (-999.999, "-1,000.00"), (-0.001, "0.00"), (12.0, "12.00")]
        {
            assert_eq!(cash(value), text);
        }
        assert_eq!(
            (percent(-0.0123), percent(1e7), percent(-1e-9)),
            ("-1.23 %".into(), "1.00e9 %".into(), "0.00 %".into())
        );
    }
}
