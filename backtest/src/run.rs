//! One strategy on one market, and a trading log played over its journal.

use std::ops::ControlFlow;

use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;
use trading_core::account::Terms;
use trading_core::desk::{Desk, Input, RunId, RunState, StopReason};
use trading_core::events::Event;
use trading_core::log::Log;
use trading_core::order::AccountId;
use trading_core::rules::Rules;
use trading_core::strategy::Strategy;

use crate::curve::Point;
use crate::error::BacktestError;
use crate::feed::{Feed, Step};
use crate::period::Period;
use crate::report::Report;
use crate::watch::{Trade, Watch};

/// The callback is asked once in so many steps, a power of two.
pub const PROGRESS_STEPS: u64 = 1 << 14;

/// More base units than money could buy at the least price: 10¹⁵, which leaves a decimal its digits.
const MOST: Decimal = Decimal::from_parts(2_764_472_320, 232_830, 0, false, 0);
const ACCOUNT: AccountId = AccountId(1);
const RUN: RunId = RunId(1);

/// What holds for a back-test.
#[derive(Clone, Debug, PartialEq)]
pub struct Setup {
    /// The exchange's rules.
    pub rules: Rules,
    /// What the strategy's account begins with, and pays.
    pub terms: Terms,
    /// How often equity is looked at for the figures.
    pub period: Period,
    /// The part of the initial cash whose loss on any tick counts as ruin, in (0, 1].
    pub ruin: f64,
}

impl Setup {
    /// Rules and [`Terms::paper`], by the day; the loss of half is ruin.
    pub fn new(rules: Rules) -> Self {
        Self { rules, terms: Terms::paper(), period: Period::DAY, ruin: 0.5 }
    }

    /// Lets one order be of twice all that the account could buy at a price, if the rules' most is less: a limit that keeps live orders sane
    /// would refuse every order for a cheap asset.
    ///
    /// ```
    /// use backtest::run::Setup;
    /// use trading_core::rules::{Book, Rules};
    /// let setup = Setup::new(Rules::btc(Book::btc())).with_room_at(0.08);
    /// assert_eq!(setup.rules.max_quantity.to_string(), "2500000");
    /// ```
    #[must_use]
    pub fn with_room_at(mut self, price: f64) -> Self {
        let all = Decimal::from_f64(price)
            .filter(|price| *price > Decimal::ZERO)
            .and_then(|price| (self.terms.initial * self.terms.leverage).checked_mul(Decimal::TWO)?.checked_div(price));
        let all = all.map_or(self.rules.max_quantity, |all| all.ceil().min(MOST));
        self.rules.max_quantity = self.rules.max_quantity.max(all);
        self
    }

    /// Checks what isn't checked by the desk.
    pub(crate) fn check(&self) -> Result<(), BacktestError> {
        if !(self.ruin > 0.0 && self.ruin <= 1.0) {
            return Err(BacktestError::Domain { name: "ruin", value: self.ruin.to_string(), domain: "(0, 1]" });
        }
        if self.rules.latency_ticks == 0 {
            return Err(BacktestError::Domain { name: "latency_ticks", value: "0".into(), domain: "[1, ∞)" });
        }
        Ok(())
    }
}

/// One run, with what it takes to draw it.
#[derive(Clone, Debug)]
pub struct Run {
    /// Its figures.
    pub report: Report,
    /// Its fills, the first [`crate::watch::MAX_FILLS`].
    pub trades: Vec<Trade>,
    /// Price and equity, at most [`crate::curve::MAX_POINTS`], evenly over all ticks.
    pub points: Vec<Point>,
    /// Why it ended before its time, if it did.
    pub stopped: Option<StopReason>,
}

/// Runs a strategy over a market until it ends. What is open then stays open and is worth the last price.
///
/// The callback is told how many steps are done, and may stop it.
///
/// # Errors
/// [`BacktestError`] by the first thing that is wrong.
///
/// ```
/// use std::ops::ControlFlow;
/// use backtest::feed::{Path, increment};
/// use backtest::run::{Setup, run};
/// use gbm_core::prelude::*;
/// use trading_core::rules::Rules;
/// use trading_core::strategy::{BuiltIn, Values};
/// let btc = Instrument { name: "BTC-USD".into(), asset: 0, spot: Price::new(100_000.0)?, model: Gbm::new(0.0, 0.8)?, book: Book::btc() };
/// let market = Market::new(Seed::from(42), TimeGrid::new(0, 100)?, vec![btc], None)?;
/// let setup = Setup::new(Rules::btc(Book::btc()));
/// let mut path = Path::new(Simulation::new(market), 0, increment(&setup.rules.grid)?, 10_000)?;
/// let strategy = BuiltIn::new("buy_and_hold", &Values::new())?;
/// let run = run(&setup, strategy, &mut path, |_| ControlFlow::Continue(()))?;
/// assert_eq!((run.report.ticks, run.report.fills), (10_000, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn run<S: Strategy>(
    setup: &Setup,
    strategy: S,
    feed: &mut impl Feed,
    progress: impl FnMut(u64) -> ControlFlow<()>,
) -> Result<Run, BacktestError> {
    drive(setup, strategy, feed, true, progress)
}

/// The same, with a picture or without.
pub(crate) fn drive<S: Strategy>(
    setup: &Setup,
    strategy: S,
    feed: &mut impl Feed,
    is_pictured: bool,
    mut progress: impl FnMut(u64) -> ControlFlow<()>,
) -> Result<Run, BacktestError> {
    setup.check()?;
    let (mut desk, mut events) = (Desk::of(setup.rules.clone()), Vec::new());
    desk.start((RUN, ACCOUNT), strategy, setup.terms, &mut events)?;
    let account = desk.exchange().account(ACCOUNT).ok_or(BacktestError::Empty)?;
    let mut watch = Watch::new(ACCOUNT, account, feed.start_ms(), setup.period, is_pictured);
    events.clear();
    let mut steps: u64 = 0;
    while let Some(step) = feed.step()? {
        match step {
            Step::Quote(quote) => {
                desk.on_tick(&quote, &mut events);
                watch.on_tick(&quote, desk.exchange(), &events)?;
            }
            Step::Halt => drop(desk.apply(&Input::Halt, &mut events)?),
        }
        events.clear();
        steps += 1;
        if steps.is_multiple_of(PROGRESS_STEPS) && progress(steps).is_break() {
            return Err(BacktestError::Interrupted);
        }
    }
    if desk.last_tick() == 0 {
        return Err(BacktestError::Empty);
    }
    let (report, trades, points) = watch.finish(desk.exchange(), feed.end_ms(), setup.ruin);
    let stopped = match desk.run(RUN).map(|run| run.state) {
        Some(RunState::Stopping { why } | RunState::Stopped { why }) => Some(why),
        _ => None,
    };
    Ok(Run { report, trades, points, stopped })
}

/// What a trading log comes to when it is played over its ticks.
#[derive(Clone, Debug)]
pub struct Played {
    /// The desk after the last tick.
    pub desk: Desk,
    /// All that it told, in order: of a live desk's log and its market's journal, what that one told.
    pub events: Vec<Event>,
    /// What a base unit is worth at the end.
    pub price: Option<Decimal>,
}

/// Plays a trading log over the ticks that it was written beside.
///
/// Halts are in the log, where the live desk was told of them.
///
/// # Errors
/// [`BacktestError::Log`] where the log isn't of these ticks or goes on after them, and what the ticks' own source says.
pub fn play(
    log: &Log,
    feed: &mut impl Feed,
    mut progress: impl FnMut(u64) -> ControlFlow<()>,
) -> Result<Played, BacktestError> {
    let (mut desk, mut events, mut player) = (Desk::new(log.header.rules.clone()), Vec::new(), log.player());
    let mut steps: u64 = 0;
    while let Some(step) = feed.step()? {
        if let Step::Quote(quote) = step {
            player.tell(&mut desk, &mut events)?;
            desk.on_tick(&quote, &mut events);
        }
        steps += 1;
        if steps.is_multiple_of(PROGRESS_STEPS) && progress(steps).is_break() {
            return Err(BacktestError::Interrupted);
        }
    }
    player.tell(&mut desk, &mut events)?;
    player.end(&desk)?;
    let grid = desk.exchange().rules().grid;
    let price = desk.exchange().quote().and_then(|quote| grid.price(quote.price));
    Ok(Played { desk, events, price })
}
