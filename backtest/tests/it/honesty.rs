//! On a martingale nobody earns by holding, unless he sees the future.
//!
//! With a drift of 0 the mid is a martingale, and what a strategy holds after a tick was decided by then. So Σ position·(next mid − mid) has mean
//! 0, whatever the strategy. Over 1,000 seeds its mean over its standard error is nearly normal; beyond ±4 lie 6 of 100,000.

use backtest::distribution::Distribution;
use backtest::feed::{Feed, Step};
use backtest::report::Report;
use backtest::run::run;
use backtest::seeds::{Seeds, run_seeds};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use trading_core::order::{Kind, NewOrder, Side, TimeInForce};
use trading_core::strategy::{Action, Decision, NAMES, Strategy, View};

use crate::support::{built, go, market, path, setup};

const SEEDS: u64 = 1000;
/// Eight hours, so that σ·√T is 0.025: a sum over a path is nearly normal then, and a mean over 1,000 of them more so.
const TICKS: u64 = 3000;
const INTERVAL_MS: u64 = 10_000;
const CRITICAL: f64 = 4.0;

fn z(reports: &[Report]) -> f64 {
    let spread = Distribution::of(reports.iter().map(|report| report.split.holding.to_f64())).unwrap();
    spread.mean / spread.standard_error.unwrap()
}

#[test]
fn no_strategy_earns_by_holding_on_a_martingale() {
    let setup = setup("3");
    let root_time = (TICKS as f64 * INTERVAL_MS as f64 / (365.0 * 86_400_000.0)).sqrt();
    assert!(0.8 * root_time <= 0.2);
    for (number, name) in (1..).zip(NAMES) {
        let market = market(1_000_000 * number, 0.0, INTERVAL_MS);
        let seeds = Seeds { market, instrument: 0, ticks: TICKS, seeds: SEEDS };
        let shorts = ["average_cross", "mean_reversion", "breakout", "grid"].contains(name);
        let values: &[(&str, f64)] = if shorts { &[("short", 1.0)] } else { &[] };
        let reports = run_seeds(&setup, &built(name, values), &seeds, go).unwrap();
        let fills: u64 = reports.iter().map(|report| report.fills).sum();
        println!("{name}: z = {:.2}, {} fills a path", z(&reports), fills / SEEDS);
        assert!(z(&reports).abs() <= CRITICAL, "{name}: z = {}", z(&reports));
        assert!(fills >= SEEDS, "{name} has hardly traded");
        for report in &reports {
            // Takers pay the spread; a resting order is filled once the market has gone past it, which costs as well.
            assert!(report.split.execution <= Decimal::ZERO, "{name}: {:?}", report.split);
            let parts = report.split.holding + report.split.execution - report.fees + report.written_off;
            assert_eq!(report.equity - report.initial, parts, "{name}");
        }
    }
}

/// Long if a later price is above the one before it, and flat otherwise: the price of as many ticks ahead.
struct Oracle {
    prices: Vec<f64>,
    ahead: usize,
}

impl Strategy for Oracle {
    fn on_tick(&mut self, view: &View<'_>, decisions: &mut Vec<Decision>) {
        let now = usize::try_from(view.quote.tick).unwrap() - 1;
        let rises = |place: usize| Some(self.prices.get(place)? > self.prices.get(place.checked_sub(1)?)?);
        let wanted = if rises(now + self.ahead) == Some(true) { Decimal::ONE } else { Decimal::ZERO };
        let short_of = wanted - view.account.position;
        if short_of.is_zero() || now == 0 {
            return;
        }
        let side = if short_of.is_sign_negative() { Side::Sell } else { Side::Buy };
        let order = NewOrder {
            client_id: None,
            side,
            quantity: short_of.abs(),
            kind: Kind::Market,
            time_in_force: TimeInForce::Gtc,
            post_only: false,
            reduce_only: false,
            expires_tick: None,
        };
        decisions.push(Decision { action: Action::Submit(order), reason: "it has been told".into() });
    }
}

fn told_of_the_future(ahead: usize) -> f64 {
    let mut reports = Vec::new();
    for seed in 1..=100 {
        let mut feed = path(seed, 0.0, INTERVAL_MS, 500);
        let mut prices = Vec::new();
        while let Some(Step::Quote(quote)) = feed.step().unwrap() {
            prices.push(quote.price);
        }
        let mut feed = path(seed, 0.0, INTERVAL_MS, 500);
        reports.push(run(&setup("3"), Oracle { prices, ahead }, &mut feed, go).unwrap().report);
    }
    z(&reports)
}

#[test]
fn who_sees_the_next_tick_is_found_out() {
    // An order is filled a tick after it was decided: what it earns is the step after that.
    let seeing = told_of_the_future(2);
    println!("z = {seeing:.1}");
    assert!(seeing > 10.0 * CRITICAL, "{seeing}");
    // Who knows only the price at which he will be filled earns nothing by it, and who knows the past neither.
    for ahead in [1, 0] {
        assert!(told_of_the_future(ahead).abs() <= CRITICAL, "{ahead}");
    }
}
