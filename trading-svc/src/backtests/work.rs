//! What a back-test computes.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use backtest::error::BacktestError;
use backtest::feed::{Path, Recorded, increment};
use backtest::period::Period;
use backtest::preset::{Preset, PresetMarket};
use backtest::report::Report;
use backtest::run::{Run, Setup};
use backtest::seeds::{Seeds, Spread, run_seeds};
use backtest::watch::Trade;
use market_api::trading::{BacktestResult, Distribution, NewBacktest, PathCurve, Print, Source};
use rust_decimal::prelude::ToPrimitive;
use serde_json::Value;
use trading_core::account::Terms;
use trading_core::quote::Quote;
use trading_core::rules::Rules;
use trading_core::strategy::BuiltIn;

use super::Progress;
use crate::wire::side;

/// Paths of one back-test.
const MAX_PATHS: u32 = 1000;
/// Ticks of one path.
const TICKS: std::ops::RangeInclusive<u64> = 100..=1_000_000;
/// Ticks of a path unless it is said how many.
const PATH_TICKS: u64 = 100_000;
/// Ticks of all paths.
const MAX_ALL_TICKS: u64 = 100_000_000;
/// Points of the first path that are told.
const MAX_POINTS: usize = 1000;
/// Its fills that are told.
const MAX_FILLS: usize = 500;
/// Bins of the distribution.
const BINS: usize = 40;

/// What the exchange gives a back-test: how things stood when it was asked for.
#[derive(Clone, Debug)]
pub struct Given {
    /// The instrument.
    pub instrument: String,
    /// The exchange's rules.
    pub rules: Rules,
    /// What the strategy's account begins with, and pays.
    pub terms: Terms,
    /// The session's last ticks, if it is back-tested on them.
    pub ticks: Vec<Quote>,
    /// The last price and its time.
    pub last: (f64, i64),
    /// The volatility that the session has shown, per √year.
    pub volatility: Option<f64>,
    /// Milliseconds between ticks.
    pub interval_ms: u64,
    /// The shape of prices on paths.
    pub preset: Preset,
}

/// Checks what a back-test asks for before it waits for its turn.
///
/// # Errors
/// The field as a JSON pointer, and what is wrong with it.
pub fn check(asked: &NewBacktest) -> Result<(), (&'static str, String)> {
    BuiltIn::new(&asked.strategy, &asked.values).map_err(|error| {
        use trading_core::strategy::ParameterError::UnknownStrategy;
        let pointer = if matches!(error, UnknownStrategy(_)) { "/strategy" } else { "/values" };
        (pointer, error.to_string())
    })?;
    let within = |pointer: &'static str, value: u64, low: u64, high: u64| {
        let name = &pointer[1..];
        let outside = || (pointer, format!("{name} = {value} is outside [{low}, {high}]"));
        if (low..=high).contains(&value) { Ok(()) } else { Err(outside()) }
    };
    if let Some(ticks) = asked.ticks {
        within("/ticks", ticks, *TICKS.start(), *TICKS.end())?;
    }
    if asked.on == Source::Session {
        let of_paths = [
            ("/count", asked.count.is_some()),
            ("/first", asked.first.is_some()),
            ("/drift", asked.drift.is_some()),
            ("/volatility", asked.volatility.is_some()),
        ];
        let given = of_paths.into_iter().find(|(_, is_given)| *is_given);
        return given.map_or(Ok(()), |(pointer, _)| Err((pointer, format!("{}: a session has none", &pointer[1..]))));
    }
    let Paths { count, ticks, .. } = Paths::of(asked);
    within("/count", count.into(), 1, MAX_PATHS.into())?;
    let all = ticks * u64::from(count);
    if all > MAX_ALL_TICKS {
        return Err(("/ticks", format!("ticks·count = {all} is outside [100, {MAX_ALL_TICKS}]")));
    }
    let real = |pointer: &'static str, value: Option<f64>, low: f64, high: f64| match value {
        Some(value) if !(low..=high).contains(&value) => {
            Err((pointer, format!("{} = {value} is outside [{low}, {high}]", &pointer[1..])))
        }
        _ => Ok(()),
    };
    real("/drift", asked.drift, -100.0, 100.0)?;
    real("/volatility", asked.volatility, 0.0, 100.0)
}

/// Which paths are asked for.
struct Paths {
    first: u64,
    count: u32,
    ticks: u64,
    drift: f64,
}

impl Paths {
    fn of(asked: &NewBacktest) -> Self {
        let NewBacktest { first, count, ticks, drift, .. } = asked;
        Self {
            first: first.unwrap_or(0),
            count: count.unwrap_or(1),
            ticks: ticks.unwrap_or(PATH_TICKS),
            drift: drift.unwrap_or(0.0),
        }
    }
}

/// Computes it.
///
/// # Errors
/// What went wrong, in words.
pub(super) fn run(asked: &NewBacktest, given: Given, progress: &Progress) -> Result<BacktestResult, String> {
    compute(asked, given, progress).map_err(|error| error.to_string())
}

fn compute(asked: &NewBacktest, given: Given, progress: &Progress) -> Result<BacktestResult, BacktestError> {
    let strategy = BuiltIn::new(&asked.strategy, &asked.values)?;
    let Given { instrument, rules, terms, ticks, last: (spot, start_ms), volatility: shown, interval_ms, preset } =
        given;
    let goes_on = |is_wanted: bool| if is_wanted { ControlFlow::Continue(()) } else { ControlFlow::Break(()) };
    match asked.on {
        Source::Session => {
            let span = ticks.len() as u64 * interval_ms;
            let setup = Setup { terms, period: Period::fitting(span), ..Setup::new(rules) }.with_room_at(spot);
            let whole = ticks.len() as f64;
            let mut feed = Recorded::new(ticks, interval_ms)?;
            let mut done = |steps: u64| goes_on(progress.reach(steps as f64 / whole));
            let run = backtest::run::run(&setup, strategy, &mut feed, &mut done)?;
            Ok(result(&instrument, &run))
        }
        Source::Seeds => {
            let Paths { first, count, ticks: length, drift } = Paths::of(asked);
            let of_the_book = rules.book.daily_volatility.get() * 365.0_f64.sqrt();
            let volatility = asked.volatility.or(shown).unwrap_or(of_the_book);
            let book = rules.book;
            let market =
                PresetMarket { preset, seed: first, spot, drift, volatility, start_ms, interval_ms, book }.market()?;
            let setup =
                Setup { terms, period: Period::fitting(length * interval_ms), ..Setup::new(rules) }.with_room_at(spot);
            let seeds = Seeds { market, instrument: 0, ticks: length, seeds: count.into() };
            let mut path = Path::of(seeds.market.clone(), 0, increment(&setup.rules.grid)?, length)?;
            let runs = f64::from(count) + 1.0;
            let mut done = |steps: u64| goes_on(progress.reach(steps as f64 / length as f64 / runs));
            let run = backtest::run::run(&setup, strategy.clone(), &mut path, &mut done)?;
            let mut result = result(&instrument, &run);
            (result.drift, result.volatility) = (Some(drift), Some(volatility));
            result.preset = Some(preset.to_string());
            if count > 1 {
                let done = |runs_done: u64| goes_on(progress.reach((runs_done as f64 + 1.0) / runs));
                let reports = run_seeds(&setup, &strategy, &seeds, done)?;
                result.distribution = distribution(&reports)?;
            }
            Ok(result)
        }
    }
}

/// What one run has shown.
fn result(instrument: &str, run: &Run) -> BacktestResult {
    let mut figures = BTreeMap::new();
    collect("", &serde_json::to_value(run.report).unwrap_or_default(), &mut figures);
    let each = run.points.len().div_ceil(MAX_POINTS).max(1);
    let mut path = PathCurve::default();
    let last = run.points.len().saturating_sub(1);
    for (_, point) in run.points.iter().enumerate().filter(|(place, _)| place % each == 0 || *place == last) {
        path.time.push(point.time_ms);
        path.price.push(point.price);
        path.equity.push(point.equity);
    }
    let print = |Trade { time_ms, fill }: &Trade| Print {
        instrument: instrument.into(),
        tick: fill.tick,
        time: *time_ms,
        side: side(fill.side),
        price: fill.price,
        quantity: fill.quantity,
    };
    let fills = run.trades.iter().rev().take(MAX_FILLS).rev().map(print).collect();
    BacktestResult { drift: None, volatility: None, preset: None, figures, path, fills, distribution: None }
}

/// The numbers of a report by name, those of its parts after theirs.
fn collect(prefix: &str, value: &Value, figures: &mut BTreeMap<String, f64>) {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse().ok(),
        Value::Object(fields) => {
            for (name, value) in fields {
                let name = if prefix.is_empty() { name.clone() } else { format!("{prefix}_{name}") };
                collect(&name, value, figures);
            }
            None
        }
        _ => None,
    };
    if let Some(number) = number {
        figures.insert(prefix.to_owned(), number);
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place among the bins")]
fn distribution(reports: &[Report]) -> Result<Option<Distribution>, BacktestError> {
    let spread = Spread::of(reports)?;
    let Some(returns) = spread.total_return else { return Ok(None) };
    let width = (returns.max - returns.min) / BINS as f64;
    let edge = (0..=BINS).map(|at| returns.min + width * at as f64).collect();
    let mut count = vec![0; BINS];
    for report in reports {
        let place = if width > 0.0 { ((report.figures.total_return - returns.min) / width) as usize } else { 0 };
        count[place.min(BINS - 1)] += 1;
    }
    let (probability, quantile) = returns.quantiles.iter().copied().unzip();
    Ok(Some(Distribution {
        paths: reports.len().to_u32().unwrap_or(u32::MAX),
        mean: returns.mean,
        standard_error: returns.standard_error.unwrap_or(0.0),
        probability,
        quantile,
        edge,
        count,
        probability_of_loss: spread.loss.value,
        probability_of_ruin: spread.ruin.value,
    }))
}
