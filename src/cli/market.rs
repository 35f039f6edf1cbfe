use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use gbm_core::calibrate::{GbmFit, fit_gbm};
use gbm_core::grid::CALENDAR_YEAR_S;
use gbm_core::prelude::*;
use jiff::{Span, SpanRelativeTo};

use super::error::{CliError, Result, in_file};
use crate::prices::{parse_time_ms, read_prices};

const SPOT: f64 = 100_000.0;
const DRIFT: f64 = 0.5;
const VOLATILITY: f64 = 0.8;
const TICK_INTERVAL: &str = "100ms";
const START_TIME: &str = "2026-01-01T00:00:00Z";
const NAME: &str = "BTC-USD";

/// The defaults, as `--help` prints them.
pub(super) const DEFAULTS: &str = "\
Defaults of the market:
  flag              default                with --calibrate FILE
  --seed            256 bits from the OS   (the same; printed to standard error)
  --model           gbm                    (the same)
  --spot            100000                 the file's last close
  --drift           0.5 per year           the fitted drift of dS = mu S dt + sigma S dW
  --volatility      0.8 per sqrt(year)     the fitted volatility
  --tick-interval   100ms                  (the same)
  --start-time      2026-01-01T00:00:00Z   the file's last time
A flag that is given wins over both. A year has 365 days.";

/// The models that a flag can name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum ModelName {
    /// Geometric Brownian motion
    #[default]
    Gbm,
}

/// The flags of [`MarketArgs`].
pub(super) const MARKET_FLAGS: [&str; 8] =
    ["seed", "model", "spot", "drift", "volatility", "tick_interval", "start_time", "calibrate"];

/// What market to simulate; shared by the verbs that start one.
#[derive(Args, Debug, Default)]
pub(super) struct MarketArgs {
    /// Seed: a decimal integer below 2^64, or 0x and up to 64 hexadecimal digits
    #[arg(long, env = "ALGO_TRADING_SEED", hide_env_values = true)]
    seed: Option<Seed>,
    /// Model of the price
    #[arg(long, env = "ALGO_TRADING_MODEL", value_enum)]
    model: Option<ModelName>,
    /// Price before the first tick
    #[arg(long, env = "ALGO_TRADING_SPOT", allow_negative_numbers = true)]
    spot: Option<f64>,
    /// Drift per year
    #[arg(long, env = "ALGO_TRADING_DRIFT", allow_negative_numbers = true)]
    drift: Option<f64>,
    /// Volatility per square root of a year
    #[arg(long, env = "ALGO_TRADING_VOLATILITY", allow_negative_numbers = true)]
    volatility: Option<f64>,
    /// Time between ticks, whole milliseconds: 100ms, 1s, 5m, 1h, 1d
    #[arg(long, env = "ALGO_TRADING_TICK_INTERVAL")]
    tick_interval: Option<String>,
    /// Time of the spot: RFC 3339, a date, or Unix seconds or milliseconds
    #[arg(long, env = "ALGO_TRADING_START_TIME", allow_negative_numbers = true)]
    start_time: Option<String>,
    /// CSV file whose last close, time, drift and volatility the market takes
    #[arg(long, env = "ALGO_TRADING_CALIBRATE", value_name = "FILE.csv")]
    calibrate: Option<PathBuf>,
}

impl MarketArgs {
    /// The market asked for.
    pub(super) fn market(&self) -> Result<Market<Model>> {
        let fit = self.calibrate.as_deref().map(fit_file).transpose()?;
        let fitted = |from: fn(&GbmFit) -> f64, default| fit.as_ref().map_or(default, from);
        let spot = self.spot.unwrap_or(fitted(|fit| fit.last_price.get(), SPOT));
        let drift = self.drift.unwrap_or(fitted(|fit| fit.drift.value, DRIFT));
        let volatility = self.volatility.unwrap_or(fitted(|fit| fit.volatility.value, VOLATILITY));
        let start_time_ms = match (&self.start_time, &fit) {
            (None, Some(fit)) => fit.last_time_ms,
            (text, _) => start_time_ms(text.as_deref().unwrap_or(START_TIME))?,
        };
        let interval_ms = tick_interval_ms(self.tick_interval.as_deref().unwrap_or(TICK_INTERVAL))?;
        let ModelName::Gbm = self.model.unwrap_or_default();
        let instrument = Instrument {
            name: NAME.into(),
            asset: 0,
            spot: Price::new(spot)?,
            model: Model::from(Gbm::new(drift, volatility)?),
            book: Book::btc(),
        };
        let grid = TimeGrid::new(start_time_ms, interval_ms)?;
        Ok(Market::new(self.seed.map_or_else(fresh_seed, Ok)?, grid, vec![instrument], None)?)
    }
}

/// Geometric Brownian motion fitted to a CSV file; `-` is standard input.
pub(super) fn fit_file(path: &Path) -> Result<GbmFit> {
    let series = if path.as_os_str() == "-" {
        read_prices(std::io::stdin().lock())
    } else {
        read_prices(in_file(path, std::fs::File::open(path))?)
    };
    let series = series.map_err(|error| CliError::Prices { path: path.into(), error })?;
    fit_gbm(&series.times_ms, &series.prices, CALENDAR_YEAR_S)
        .map_err(|error| CliError::Calibration { path: path.into(), error })
}

/// 256 bits from the operating system, told to the user so that the run can be repeated.
#[allow(clippy::print_stderr, reason = "standard output belongs to the ticks")]
fn fresh_seed() -> Result<Seed> {
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(CliError::Entropy)?;
    let seed = Seed::from_key(key);
    eprintln!("seed: {seed}");
    Ok(seed)
}

fn tick_interval_ms(text: &str) -> Result<u64> {
    let error = |reason: &str| CliError::Flag { flag: "--tick-interval", text: text.into(), reason: reason.into() };
    let span: Span = text.parse().map_err(|_| error("write a length of time such as 100ms, 1s, 5m, 1h or 1d"))?;
    let relative = SpanRelativeTo::days_are_24_hours();
    let length = span.to_duration(relative).map_err(|_| error("months and years differ in length: write days"))?;
    if length.subsec_nanos() % 1_000_000 != 0 {
        return Err(error("must be a whole number of milliseconds"));
    }
    u64::try_from(length.as_millis()).map_err(|_| error("must be positive"))
}

fn start_time_ms(text: &str) -> Result<i64> {
    parse_time_ms(text).ok_or_else(|| CliError::Flag {
        flag: "--start-time",
        text: text.into(),
        reason: "is neither an RFC 3339 time, a date nor a Unix time".into(),
    })
}
