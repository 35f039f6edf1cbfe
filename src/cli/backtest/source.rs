//! Where the ticks of a back-test come from.

use std::fs::File;
use std::path::Path as FilePath;

use backtest::feed::{Candle, Candles, Feed, Making, Path, Replayed, increment};
use backtest::period::Period;
use backtest::run::Setup;
use gbm_core::journal::Journal;
use gbm_core::prelude::*;
use gbm_core::units::Volume;
use market_setup::SetupError;
use market_setup::args::{Asked, Start, length_ms};
use market_setup::candles::{CandleRow, read_candles};
use rust_decimal::Decimal;
use serde::Serialize;
use trading_core::account::Terms;
use trading_core::quote::Grid as Steps;
use trading_core::rules::Rules;

use super::args::{BacktestArgs, TICKS};
use crate::cli::error::{CliError, Result, in_file};
use crate::cli::output::tell_note;
use crate::cli::replay::read_journal;
use crate::cli::simulate::{START_TIME_MS, tell_seed};

/// The price at which a BTC book's day is what it is in money.
const BTC_PRICE: f64 = 100_000.0;

/// What is traded on.
pub(super) enum Source {
    Seed { market: Box<Market<Model>>, ticks: u64 },
    Journal { journal: Box<Journal<Model>>, instrument: usize },
    Candles { rows: Vec<Candle>, making: Making },
}

/// The same in words, for a report.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "source", rename_all = "snake_case")]
pub(super) enum Told {
    Seed { seed: String, tick_interval_ms: u64, model: Option<Model>, spot: Option<f64> },
    Journal { file: String, seed: String, tick_interval_ms: u64 },
    Candles { file: String, candles: usize, spread_bp: f64 },
}

/// The book of candles. Where they say how much was traded, that is their liquidity; else a day trades as much money as of BTC at 100,000, or
/// the book of a cheap asset would be of next to nothing.
fn book_of(rows: &[Candle]) -> Book {
    let book = Book::btc();
    let Some(first) = rows.first().filter(|_| rows.iter().all(|row| row.volume.is_none())) else { return book };
    let volume = Volume::new(book.daily_volume.get() * BTC_PRICE / first.open);
    volume.map_or(book, |daily_volume| Book { daily_volume, ..book })
}

impl Source {
    pub(super) fn new(args: &BacktestArgs) -> Result<Self> {
        if let Some(path) = &args.journal {
            let journal = read_journal(path)?;
            let name = crate::cli::instrument(&journal.header.market, args.instrument.as_deref())?;
            let instrument = journal.header.market.position(name).unwrap_or_default();
            return Ok(Self::Journal { journal: Box::new(journal), instrument });
        }
        if let Some(path) = &args.data {
            let rows = read(path)?.into_iter().map(candle).collect();
            return Ok(Self::Candles { rows, making: Making { spread_bp: args.spread_bp } });
        }
        let Asked { market, notes } = args.market.market(Start::Fixed(START_TIME_MS))?;
        notes.into_iter().map(Some).for_each(tell_note);
        if args.market.seed.is_none() {
            tell_seed(market.seed());
        }
        let ticks = args.ticks.unwrap_or(TICKS);
        if ticks == 0 {
            return Err(CliError::Flag { flag: "--ticks", text: "0".into(), reason: "must be at least 1".into() });
        }
        market.grid().check(ticks)?;
        Ok(Self::Seed { market: Box::new(market), ticks })
    }

    /// The exchange on it, and the account.
    pub(super) fn setup(&self, args: &BacktestArgs) -> Result<Setup> {
        let book = match self {
            Self::Seed { market, .. } => market.instruments().first().map(|instrument| instrument.book),
            Self::Journal { journal, instrument } => {
                journal.header.market.instruments().get(*instrument).map(|instrument| instrument.book)
            }
            Self::Candles { rows, .. } => Some(book_of(rows)),
        };
        let rules = Rules::btc(book.unwrap_or_else(Book::btc));
        let grid = Steps { tick_size: args.tick_size, ..rules.grid };
        if args.tick_size <= Decimal::ZERO {
            let (text, reason) = (args.tick_size.to_string(), "must be above 0".into());
            return Err(CliError::Flag { flag: "--tick-size", text, reason });
        }
        let BacktestArgs { initial, maker_bp, taker_bp, leverage, ruin, latency_ticks, queue, .. } = *args;
        let rules = Rules { grid, latency_ticks, queue: queue.into(), ..rules };
        let terms = Terms { initial, maker_bp, taker_bp, leverage };
        Ok(Setup { rules, terms, period: self.period(args)?, ruin }.with_room_at(self.first_price()))
    }

    /// The price that it begins with.
    fn first_price(&self) -> f64 {
        let spot = |market: &Market<Model>, at: usize| market.instruments().get(at).map(|first| first.spot.get());
        let price = match self {
            Self::Seed { market, .. } => spot(market, 0),
            Self::Journal { journal, instrument } => spot(&journal.header.market, *instrument),
            Self::Candles { rows, .. } => rows.first().map(|first| first.open),
        };
        price.unwrap_or_default()
    }

    fn period(&self, args: &BacktestArgs) -> Result<Period> {
        if let Some(text) = &args.period {
            let flag = |reason: String| CliError::Flag { flag: "--period", text: text.clone(), reason };
            return Period::new(length_ms("--period", text)?).map_err(|error| flag(error.to_string()));
        }
        let ticks_ms = |ticks: u64, grid: TimeGrid| ticks.saturating_mul(grid.tick_interval_ms());
        Ok(match self {
            Self::Seed { market, ticks } => Period::fitting(ticks_ms(*ticks, market.grid())),
            Self::Journal { journal, .. } => {
                Period::fitting(ticks_ms(journal.last_tick(), journal.header.market.grid()))
            }
            Self::Candles { rows, .. } => {
                let times = || rows.windows(2).map(|pair| pair[1].open_time_ms.saturating_sub(pair[0].open_time_ms));
                let span = times().sum::<i64>();
                let fitting = Period::fitting(span.unsigned_abs());
                // Within a candle there is nothing to look at.
                let shortest = times().min().unwrap_or(1).unsigned_abs();
                Period::new(fitting.ms().max(shortest)).unwrap_or(Period::DAY)
            }
        })
    }

    /// How many steps it will take.
    pub(super) fn steps(&self) -> u64 {
        match self {
            Self::Seed { ticks, .. } => *ticks,
            Self::Journal { journal, .. } => journal.last_tick(),
            Self::Candles { rows, .. } => 4 * rows.len() as u64,
        }
    }

    /// Hands its feed to a caller that takes any.
    pub(super) fn feed(&self, args: &BacktestArgs, setup: &Setup) -> Result<Box<dyn Feed + '_>> {
        let increment = increment(&setup.rules.grid)?;
        Ok(match self {
            Self::Seed { market, ticks } => {
                Box::new(Path::new(Simulation::new(market.as_ref().clone()), 0, increment, *ticks)?)
            }
            Self::Journal { journal, instrument } => Box::new(Replayed::new(journal, *instrument, increment)?),
            Self::Candles { rows, making } => {
                let path = args.data.clone().unwrap_or_default();
                let refused = |error| CliError::Candles { path, error };
                Box::new(Candles::new(rows, *making, &setup.rules.book, increment).map_err(refused)?)
            }
        })
    }

    pub(super) fn told(&self, args: &BacktestArgs) -> Told {
        let file = |path: Option<&std::path::PathBuf>| path.map(|path| path.display().to_string()).unwrap_or_default();
        match self {
            Self::Seed { market, .. } => {
                let first = market.instruments().first();
                Told::Seed {
                    seed: market.seed().to_string(),
                    tick_interval_ms: market.grid().tick_interval_ms(),
                    model: first.map(|first| first.model.clone()),
                    spot: first.map(|first| first.spot.get()),
                }
            }
            Self::Journal { journal, .. } => Told::Journal {
                file: file(args.journal.as_ref()),
                seed: journal.header.market.seed().to_string(),
                tick_interval_ms: journal.header.market.grid().tick_interval_ms(),
            },
            Self::Candles { rows, making } => {
                Told::Candles { file: file(args.data.as_ref()), candles: rows.len(), spread_bp: making.spread_bp }
            }
        }
    }
}

fn candle(row: CandleRow) -> Candle {
    let CandleRow { open_time_ms, open, high, low, close, volume } = row;
    Candle { open_time_ms, open, high, low, close, volume }
}

fn read(path: &FilePath) -> Result<Vec<CandleRow>> {
    let file = in_file(path, File::open(path))?;
    read_candles(file).map_err(|error| SetupError::Prices { path: path.into(), error }.into())
}
