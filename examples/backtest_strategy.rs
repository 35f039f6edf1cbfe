//! A strategy of one's own beside the built-in ones, on the same day of the same market.
//!
//! `cargo run --release --example backtest_strategy [FILE.svg]`

#![allow(clippy::print_stdout, reason = "an example talks")]

mod drawing;

use std::error::Error;
use std::ops::ControlFlow;

use backtest::feed::{Path, increment};
use backtest::run::{Run, Setup, run};
use gbm_core::prelude::*;
use rust_decimal::Decimal;
use trading_core::order::{Kind, NewOrder, Side, TimeInForce};
use trading_core::rules::Rules;
use trading_core::strategy::{Action, BuiltIn, Decision, Strategy, Values, View};

/// A day, 100 ms a tick.
const TICKS: u64 = 864_000;

/// Buys half a coin whenever the price is 1 % below its highest since it last traded, and sells it at the old high.
#[derive(Default)]
struct Dips {
    high: f64,
    is_waiting: bool,
}

impl Strategy for Dips {
    fn on_tick(&mut self, view: &View<'_>, decisions: &mut Vec<Decision>) {
        let (price, position) = (view.quote.price, view.account.position);
        let holds = !position.is_zero();
        if !holds {
            self.high = self.high.max(price);
        }
        let side = if holds { Side::Sell } else { Side::Buy };
        let acts = if holds { price >= self.high } else { price < 0.99 * self.high };
        // An order decided now arrives with the next tick: until then there is nothing to decide.
        if !acts || std::mem::replace(&mut self.is_waiting, true) {
            return;
        }
        let quantity = if holds { position } else { Decimal::new(5, 1) };
        let order = NewOrder {
            client_id: None,
            side,
            quantity,
            kind: Kind::Market,
            time_in_force: TimeInForce::Gtc,
            post_only: false,
            reduce_only: false,
            expires_tick: None,
        };
        let reason = format!("the price is {price:.2}, the high was {:.2}", self.high);
        decisions.push(Decision { action: Action::Submit(order), reason });
    }

    fn on_fill(&mut self, _: &trading_core::events::Fill, _: &View<'_>, _: &mut Vec<Decision>) {
        self.is_waiting = false;
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).unwrap_or_else(|| "backtest_strategy.svg".into());
    let setup = Setup { period: backtest::period::Period::MINUTE, ..Setup::new(Rules::btc(Book::btc())) };
    let own = tested(&setup, Dips::default())?;
    let built = |name| BuiltIn::new(name, &Values::new());
    let (grid, hold) = (tested(&setup, built("grid")?)?, tested(&setup, built("buy_and_hold")?)?);
    for (name, run) in [("dips", &own), ("grid", &grid), ("buy and hold", &hold)] {
        let report = run.report;
        println!(
            "{name:<13} {:>7.2} %, deepest {:>6.2} %, {:>3} fills: holding {:.2}, execution {:.2}, fees {:.2}",
            100.0 * report.figures.total_return,
            100.0 * report.figures.max_drawdown,
            report.fills,
            report.split.holding,
            report.split.execution,
            report.fees,
        );
    }
    let equity = |run: &Run| run.points.iter().map(|point| point.equity).collect::<Vec<_>>();
    let row_s = TICKS as f64 / 10.0 / hold.points.len() as f64;
    let lines = [
        ("buy and hold", drawing::REFERENCE, equity(&hold)),
        ("grid", drawing::OTHER, equity(&grid)),
        ("dips", drawing::PRICE, equity(&own)),
    ];
    drawing::draw(&path, row_s, &lines, &[])?;
    println!("drawn to {path}");
    Ok(())
}

/// The same market for each: the seed decides it.
fn tested<S: Strategy>(setup: &Setup, strategy: S) -> Result<Run, Box<dyn Error>> {
    let (spot, model) = (Price::new(100_000.0)?, Gbm::new(0.0, 0.8)?);
    let btc = Instrument { name: "BTC-USD".into(), asset: 0, spot, model, book: Book::btc() };
    let market = Market::new(Seed::from(7), TimeGrid::new(0, 100)?, vec![btc], None)?;
    let mut feed = Path::new(Simulation::new(market), 0, increment(&setup.rules.grid)?, TICKS)?;
    Ok(run(setup, strategy, &mut feed, |_| ControlFlow::Continue(()))?)
}
