//! Ticks a second of each strategy, with all that a back-test does of a tick: path, quotes, exchange, strategy, figures.
//!
//! `cargo bench --bench strategies`

#![allow(clippy::expect_used, reason = "a bench that can't be set up should stop")]

use std::ops::ControlFlow;

use backtest::feed::{Feed, Path, Step, increment};
use backtest::run::{Setup, run};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use gbm_core::prelude::*;
use rust_decimal::Decimal;
use trading_core::rules::Rules;
use trading_core::strategy::{BuiltIn, NAMES, Values};

/// A day of simulated time, 100 ms a tick.
const TICKS: u64 = 864_000;

fn path(setup: &Setup) -> Path<Model> {
    let (spot, model) = (Price::new(100_000.0).expect("in the domain"), Gbm::new(0.0, 0.8).expect("in the domain"));
    let btc = Instrument { name: "BTC-USD".into(), asset: 0, spot, model: Model::from(model), book: Book::btc() };
    let grid = TimeGrid::new(0, 100).expect("in the domain");
    let market = Market::new(Seed::from(42), grid, vec![btc], None).expect("consistent");
    Path::new(Simulation::new(market), 0, increment(&setup.rules.grid).expect("cents"), TICKS).expect("ticks")
}

fn strategies(c: &mut Criterion) {
    let mut setup = Setup::new(Rules::btc(Book::btc()));
    // Margin, so that what may be short on both sides is.
    setup.terms.leverage = Decimal::TWO;
    let mut group = c.benchmark_group("back_test");
    group.sample_size(10).throughput(Throughput::Elements(TICKS));
    group.bench_function("path_alone", |b| {
        b.iter(|| {
            let (mut path, mut sum) = (path(&setup), 0.0);
            while let Ok(Some(Step::Quote(quote))) = path.step() {
                sum += quote.bid;
            }
            sum
        });
    });
    for name in NAMES {
        let strategy = BuiltIn::new(name, &Values::new()).expect("its own values");
        group.bench_function(*name, |b| {
            b.iter(|| run(&setup, strategy.clone(), &mut path(&setup), |_| ControlFlow::Continue(())).expect("a run"));
        });
    }
    group.finish();
}

criterion_group!(benches, strategies);
criterion_main!(benches);
