//! The flags of a market, and the market they ask for.

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;
use gbm_core::calibrate::{GbmFit, fit_gbm};
use gbm_core::grid::CALENDAR_YEAR_S;
use gbm_core::prelude::*;
use jiff::{Span, SpanRelativeTo};

use crate::SetupError;
use crate::candles::{CandleRow, read_candles};
use crate::instruments::{Named, USUAL_INSTRUMENTS, parse};
use crate::models::ModelChoice;
use crate::prices::{PriceSeries, PricesError, parse_time_ms, read_prices};

/// A result of this module.
pub type Result<T> = std::result::Result<T, SetupError>;

const TICK_INTERVAL: &str = "100ms";
const NAME: &str = "BTC-USD";

/// The ids of the flags of [`MarketArgs`].
pub const MARKET_FLAGS: [&str; 10] = [
    "seed",
    "model",
    "spot",
    "drift",
    "volatility",
    "tick_interval",
    "start_time",
    "calibrate",
    "instruments",
    "correlation",
];

/// What market to simulate; shared by the verbs and services that start one.
#[derive(Args, Clone, Debug, Default)]
pub struct MarketArgs {
    /// Seed: a decimal integer below 2^64, or 0x and up to 64 hexadecimal digits
    #[arg(long, env = "ALGO_TRADING_SEED", hide_env_values = true)]
    pub seed: Option<Seed>,
    /// Model of the first instrument: btc, btc-calm, btc-crisis, eth, gbm, equity-index, JSON or a FILE.json
    #[arg(long, env = "ALGO_TRADING_MODEL")]
    pub model: Option<ModelChoice>,
    /// Price of the first instrument before the first tick
    #[arg(long, env = "ALGO_TRADING_SPOT", allow_negative_numbers = true)]
    pub spot: Option<f64>,
    /// Drift per year of the first instrument
    #[arg(long, env = "ALGO_TRADING_DRIFT", allow_negative_numbers = true)]
    pub drift: Option<f64>,
    /// Volatility per square root of a year of the first instrument
    #[arg(long, env = "ALGO_TRADING_VOLATILITY", allow_negative_numbers = true)]
    pub volatility: Option<f64>,
    /// Time between ticks, whole milliseconds: 100ms, 1s, 5m, 1h, 1d
    #[arg(long, env = "ALGO_TRADING_TICK_INTERVAL")]
    pub tick_interval: Option<String>,
    /// Time of the spot: RFC 3339, a date, or Unix seconds or milliseconds
    #[arg(long, env = "ALGO_TRADING_START_TIME", allow_negative_numbers = true)]
    pub start_time: Option<String>,
    /// CSV file whose last close, drift and volatility the market takes
    #[arg(long, env = "ALGO_TRADING_CALIBRATE", value_name = "FILE.csv")]
    pub calibrate: Option<PathBuf>,
    /// Instruments, each NAME or NAME=MODEL, with commas between; BTC-USD and ETH-USD have models of their own
    #[arg(long, env = "ALGO_TRADING_INSTRUMENTS")]
    pub instruments: Option<String>,
    /// Correlation of the diffusions of any two instruments
    #[arg(long, env = "ALGO_TRADING_CORRELATION", allow_negative_numbers = true)]
    pub correlation: Option<f64>,
}

/// When a market begins for which no flag says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// At this time, Unix milliseconds; after calibration at the file's last time.
    Fixed(i64),
    /// At this time whatever file it is calibrated by, since it is live.
    Now(i64),
}

/// What the flags say, with a file's figures in the place of what was not given; the rest is `None`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Given {
    pub(crate) seed: Option<Seed>,
    pub(crate) model: Option<Model>,
    pub(crate) spot: Option<f64>,
    pub(crate) drift: Option<f64>,
    pub(crate) volatility: Option<f64>,
    pub(crate) interval_ms: Option<u64>,
    pub(crate) start_time_ms: Option<i64>,
    /// The last time of the file, which a live market doesn't begin at.
    file_time_ms: Option<i64>,
    /// What is odd about the file.
    note: Option<String>,
}

/// The market that flags ask for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The market.
    pub market: Market<Model>,
    /// What is allowed of it and may surprise, in words.
    pub notes: Vec<String>,
}

impl MarketArgs {
    /// The same flags for a stack, which has [`USUAL_INSTRUMENTS`] unless they say otherwise.
    #[must_use]
    pub fn of_stack(mut self) -> Self {
        self.instruments.get_or_insert_with(|| USUAL_INSTRUMENTS.into());
        self
    }

    /// The market asked for: BTC-USD alone unless a flag names others.
    ///
    /// # Errors
    /// [`SetupError`] for a flag or file that can't be used, and for an operating system without randomness.
    pub fn market(&self, start: Start) -> Result<Asked> {
        let given = self.given()?;
        let start_time_ms = given.start_time_ms.unwrap_or(match start {
            Start::Fixed(time_ms) => given.file_time_ms.unwrap_or(time_ms),
            Start::Now(time_ms) => time_ms,
        });
        let Named { mut instruments, has_model, correlation } =
            parse(self.instruments.as_deref().unwrap_or(NAME), self.correlation)?;
        if let (Some(model), Some(true)) = (&self.model, has_model.first()) {
            let reason = "--instruments gives the first instrument a model too".into();
            return Err(SetupError::Flag { flag: "--model", text: model.to_string(), reason });
        }
        if let Some(first) = instruments.first_mut() {
            first.spot = given.spot.map_or(Ok(first.spot), Price::new)?;
            let model = given.model.unwrap_or_else(|| first.model.clone());
            let drift = given.drift.map_or(Ok(model.drift()), Drift::new)?;
            let volatility = given.volatility.map_or(Ok(model.volatility()), Volatility::new)?;
            first.model = model.at(drift.get(), volatility.get()).map_err(|error| {
                let flag = if self.volatility.is_some() { "--volatility" } else { "--calibrate" };
                let reason = format!("a {} can't be scaled to it: {error}", model.name());
                SetupError::Flag { flag, text: volatility.get().to_string(), reason }
            })?;
        }
        let of_model = |one: &Instrument<Model>| Some(format!("{}: {}", one.name, one.model.note()?));
        let notes = given.note.into_iter().chain(instruments.iter().filter_map(of_model)).collect();
        let interval_ms = given.interval_ms.map_or_else(|| tick_interval_ms(TICK_INTERVAL), Ok)?;
        let grid = TimeGrid::new(start_time_ms, interval_ms)?;
        let market = Market::new(given.seed.map_or_else(fresh_seed, Ok)?, grid, instruments, correlation)?;
        Ok(Asked { market, notes })
    }

    pub(crate) fn given(&self) -> Result<Given> {
        let fit = self.calibrate.as_deref().map(fit_file).transpose()?;
        let fitted = |from: fn(&GbmFit) -> f64| fit.as_ref().map(from);
        Ok(Given {
            seed: self.seed,
            model: self.model.as_ref().map(ModelChoice::load).transpose()?,
            spot: self.spot.or_else(|| fitted(|fit| fit.last_price.get())),
            drift: self.drift.or_else(|| fitted(|fit| fit.drift.value)),
            volatility: self.volatility.or_else(|| fitted(|fit| fit.volatility.value)),
            interval_ms: self.tick_interval.as_deref().map(tick_interval_ms).transpose()?,
            start_time_ms: self.start_time.as_deref().map(start_time_ms).transpose()?,
            file_time_ms: fit.as_ref().map(|fit| fit.last_time_ms),
            note: fit.and_then(|fit| fit.note()),
        })
    }
}

/// Geometric Brownian motion fitted to a CSV file; `-` is standard input.
///
/// # Errors
/// [`SetupError`] for a file that can't be read or that no model fits.
pub fn fit_file(path: &Path) -> Result<GbmFit> {
    let series = prices_file(path)?;
    fit_gbm(&series.times_ms, &series.prices, CALENDAR_YEAR_S)
        .map_err(|error| SetupError::Calibration { path: path.into(), error })
}

/// The prices of a CSV file; `-` is standard input.
///
/// # Errors
/// [`SetupError`] for a file that can't be read.
pub fn prices_file(path: &Path) -> Result<PriceSeries> {
    read_file(path, |reader| read_prices(reader))
}

/// The candles of a CSV file; `-` is standard input.
///
/// # Errors
/// [`SetupError`] for a file that can't be read.
pub fn candles_file(path: &Path) -> Result<Vec<CandleRow>> {
    read_file(path, |reader| read_candles(reader))
}

fn read_file<T>(path: &Path, read: impl Fn(&mut dyn Read) -> std::result::Result<T, PricesError>) -> Result<T> {
    let read = if path.as_os_str() == "-" {
        read(&mut std::io::stdin().lock())
    } else {
        let mut file = std::fs::File::open(path).map_err(|error| SetupError::File { path: path.into(), error })?;
        read(&mut file)
    };
    read.map_err(|error| SetupError::Prices { path: path.into(), error })
}

/// 256 bits from the operating system.
///
/// # Errors
/// [`SetupError::Entropy`] if it has none.
pub fn fresh_seed() -> Result<Seed> {
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(SetupError::Entropy)?;
    Ok(Seed::from_key(key))
}

fn tick_interval_ms(text: &str) -> Result<u64> {
    length_ms("--tick-interval", text)
}

/// A flag's length of time such as 100ms, 1h or 1d, in whole milliseconds.
///
/// # Errors
/// [`SetupError::Flag`] for a text that is none.
pub fn length_ms(flag: &'static str, text: &str) -> Result<u64> {
    let error = |reason: &str| SetupError::Flag { flag, text: text.into(), reason: reason.into() };
    let span: Span = text.parse().map_err(|_| error("write a length of time such as 100ms, 1s, 5m, 1h or 1d"))?;
    let relative = SpanRelativeTo::days_are_24_hours();
    let length = span.to_duration(relative).map_err(|_| error("months and years differ in length: write days"))?;
    if length.subsec_nanos() % 1_000_000 != 0 {
        return Err(error("must be a whole number of milliseconds"));
    }
    u64::try_from(length.as_millis()).map_err(|_| error("must be positive"))
}

fn start_time_ms(text: &str) -> Result<i64> {
    parse_time_ms(text).ok_or_else(|| SetupError::Flag {
        flag: "--start-time",
        text: text.into(),
        reason: "is neither an RFC 3339 time, a date nor a Unix time".into(),
    })
}
