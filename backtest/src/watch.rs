//! Looks at one account tick by tick.

use rust_decimal::Decimal;
use serde::Serialize;
use trading_core::account::Account;
use trading_core::events::{Event, Fill};
use trading_core::exchange::Exchange;
use trading_core::order::AccountId;
use trading_core::quote::Quote;

use crate::curve::{Point, Sampler, Thinned};
use crate::error::BacktestError;
use crate::period::Period;
use crate::report::Report;
use crate::split::Splitter;
use crate::trips::{Tracker, float};

/// The fills of a run that are kept, the first ones; all of them are counted.
pub const MAX_FILLS: usize = 100_000;

/// A fill, and when it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trade {
    /// Simulated time of its tick, Unix milliseconds.
    pub time_ms: i64,
    /// The fill.
    #[serde(flatten)]
    pub fill: Fill,
}

/// What is known of an account that was watched.
#[derive(Clone, Debug)]
pub(crate) struct Watch {
    account: AccountId,
    initial: Decimal,
    is_pictured: bool,
    start_ms: i64,
    /// The account's money in floats, as the last event left it.
    cash: f64,
    position: f64,
    sampler: Sampler,
    thinned: Thinned,
    splitter: Splitter,
    tracker: Tracker,
    ticks: u64,
    held_ticks: u64,
    lowest: f64,
    trades: Vec<Trade>,
    filled: u64,
    makers: u64,
    traded: Decimal,
    refused: u64,
}

impl Watch {
    pub(crate) fn new(id: AccountId, account: &Account, start_ms: i64, period: Period, is_pictured: bool) -> Self {
        let cash = float(account.cash);
        Self {
            account: id,
            initial: account.terms.initial,
            is_pictured,
            start_ms,
            cash,
            position: 0.0,
            sampler: Sampler::new(start_ms, cash, period),
            thinned: Thinned::default(),
            splitter: Splitter::default(),
            tracker: Tracker::default(),
            ticks: 0,
            held_ticks: 0,
            lowest: cash,
            trades: Vec::new(),
            filled: 0,
            makers: 0,
            traded: Decimal::ZERO,
            refused: 0,
        }
    }

    /// A tick that the exchange has gone through, with what it told on it.
    ///
    /// # Errors
    /// [`BacktestError::Periods`] if the period is too short for so long a time.
    #[inline]
    pub(crate) fn on_tick(
        &mut self,
        quote: &Quote,
        exchange: &Exchange,
        events: &[Event],
    ) -> Result<(), BacktestError> {
        if !events.is_empty() {
            self.hear(quote, exchange, events);
        }
        let equity = self.cash + self.position * quote.price;
        self.ticks += 1;
        self.held_ticks += u64::from(self.position != 0.0);
        self.lowest = self.lowest.min(equity);
        if self.is_pictured {
            self.thinned.push(|| Point { time_ms: quote.time_ms, price: quote.price, equity });
        }
        if self.sampler.push(quote.time_ms, equity) { Err(BacktestError::Periods) } else { Ok(()) }
    }

    #[inline(never)]
    fn hear(&mut self, quote: &Quote, exchange: &Exchange, events: &[Event]) {
        for event in events {
            match event {
                Event::Filled(fill) if fill.account == self.account => {
                    if let Some(mid) = exchange.rules().grid.price(quote.price) {
                        self.splitter.hold(mid);
                    }
                    self.splitter.push(fill);
                    self.tracker.push(fill);
                    self.filled += 1;
                    self.makers += u64::from(fill.is_maker);
                    self.traded += fill.price * fill.quantity;
                    if self.is_pictured && self.trades.len() < MAX_FILLS {
                        self.trades.push(Trade { time_ms: quote.time_ms, fill: fill.clone() });
                    }
                }
                Event::Rejected { account, .. } if *account == self.account => self.refused += 1,
                _ => {}
            }
        }
        if let Some(account) = exchange.account(self.account) {
            (self.cash, self.position) = (float(account.cash), float(account.position));
        }
    }

    /// What came of it, at the price of the last tick.
    pub(crate) fn finish(mut self, exchange: &Exchange, end_ms: i64, ruin: f64) -> (Report, Vec<Trade>, Vec<Point>) {
        let price = exchange.quote().and_then(|quote| exchange.rules().grid.price(quote.price)).unwrap_or_default();
        self.splitter.hold(price);
        let curve = self.sampler.finish(end_ms);
        let samples = || curve.equity.iter().chain(std::iter::once(&curve.last));
        let average = samples().sum::<f64>() / samples().count() as f64;
        let account = exchange.account(self.account);
        let initial = float(self.initial);
        let report = Report {
            figures: crate::figures::Figures::of(&curve),
            period: curve.period,
            start_ms: self.start_ms,
            end_ms,
            ticks: self.ticks,
            initial: self.initial,
            equity: account.map_or(self.initial, |account| account.equity(price)),
            lowest_equity: self.lowest,
            is_ruined: self.lowest <= (1.0 - ruin) * initial,
            fees: account.map_or(Decimal::ZERO, |account| account.fees),
            written_off: account.map_or(Decimal::ZERO, |account| account.written_off),
            split: self.splitter.split(),
            fills: self.filled,
            makers: self.makers,
            refused: self.refused,
            traded: self.traded,
            turnover: crate::figures::over(float(self.traded), average),
            exposure: crate::figures::over(self.held_ticks as f64, self.ticks as f64),
            trips: self.tracker.trips(),
            win_rate: self.tracker.trips().win_rate(),
            profit_factor: self.tracker.trips().profit_factor(),
        };
        (report, self.trades, self.thinned.finish())
    }
}
