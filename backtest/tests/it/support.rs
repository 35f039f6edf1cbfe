//! Markets and back-tests for tests.

use std::num::NonZeroU32;
use std::ops::ControlFlow;

use backtest::error::BacktestError;
use backtest::feed::{Feed, Path, Step};
use backtest::run::{Run, Setup, run};
use gbm_core::prelude::*;
use rust_decimal::Decimal;
use trading_core::account::Terms;
use trading_core::quote::Quote;
use trading_core::rules::Rules;
use trading_core::strategy::{BuiltIn, Values};

pub(crate) fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// A BTC market of one asset with a volatility of 0.8.
pub(crate) fn market(seed: u64, drift: f64, interval_ms: u64) -> Market<Gbm> {
    let (spot, model) = (Price::new(100_000.0).unwrap(), Gbm::new(drift, 0.8).unwrap());
    let btc = Instrument { name: "BTC-USD".into(), asset: 0, spot, model, book: Book::btc() };
    Market::new(Seed::from(seed), TimeGrid::new(0, interval_ms).unwrap(), vec![btc], None).unwrap()
}

pub(crate) fn path(seed: u64, drift: f64, interval_ms: u64, ticks: u64) -> Path<Gbm> {
    Path::new(Simulation::new(market(seed, drift, interval_ms)), 0, cents(), ticks).unwrap()
}

pub(crate) fn cents() -> Increment {
    Increment::new(NonZeroU32::MIN, 2)
}

pub(crate) fn setup(leverage: &str) -> Setup {
    let terms = Terms { leverage: dec(leverage), ..Terms::paper() };
    Setup { terms, ..Setup::new(Rules::btc(Book::btc())) }
}

pub(crate) fn built(name: &str, values: &[(&str, f64)]) -> BuiltIn {
    let values: Values = values.iter().map(|(name, value)| ((*name).to_string(), *value)).collect();
    BuiltIn::new(name, &values).unwrap()
}

pub(crate) fn go(_: u64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

pub(crate) fn run_on(setup: &Setup, strategy: BuiltIn, feed: &mut impl Feed) -> Run {
    run(setup, strategy, feed, go).unwrap()
}

/// Prices as they are told, a second apart, with a spread of two cents.
pub(crate) struct Told {
    pub(crate) prices: Vec<f64>,
    pub(crate) place: usize,
    pub(crate) interval_ms: i64,
}

impl Told {
    pub(crate) fn new(prices: &[f64], interval_ms: i64) -> Self {
        Self { prices: prices.to_vec(), place: 0, interval_ms }
    }
}

impl Feed for Told {
    fn step(&mut self) -> Result<Option<Step>, BacktestError> {
        let Some(&price) = self.prices.get(self.place) else { return Ok(None) };
        self.place += 1;
        let tick = self.place as u64;
        let cents = |price: f64| (price * 100.0).round() / 100.0;
        let (bid, ask) = (cents(price - 0.01), cents(price + 0.01));
        let time_ms = self.interval_ms * tick.cast_signed();
        Ok(Some(Step::Quote(Quote { tick, time_ms, price, bid, ask, liquidity: 1.0 })))
    }

    fn start_ms(&self) -> i64 {
        0
    }

    fn end_ms(&self) -> i64 {
        self.interval_ms * i64::try_from(self.place).unwrap()
    }
}
