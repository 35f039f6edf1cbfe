//! Buyers add 4,000 BTC to the book: the price rises, calms down, and the line beside it shows what would have been.
//!
//! `cargo run --release --example inject_liquidity [FILE.svg]` draws both lines.

#![allow(clippy::print_stdout, reason = "an example talks")]

mod drawing;

use std::error::Error;

use gbm_core::prelude::*;

const HOURS: usize = 6;
const INJECTED_AT: u64 = 2 * 3600;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).unwrap_or_else(|| "inject_liquidity.svg".into());
    let btc = Instrument {
        name: "BTC-USD".into(),
        asset: 0,
        spot: Price::new(100_000.0)?,
        model: Gbm::new(0.5, 0.8)?,
        book: Book::btc(),
    };
    let depth = btc.book.depth(LogDistance::new(0.01)?);
    let market = Market::new(Seed::from(7), TimeGrid::new(0, 1000)?, vec![btc], None)?;
    let mut simulation = Simulation::new(market);
    let injection =
        InjectLiquidity::new(Side::Bid, Quantity::new(4000.0)?, LogDistance::new(0.01)?, Seconds::new(3600.0)?);
    simulation.intervene(&Command::now(Intervention::InjectLiquidity(injection)).at(INJECTED_AT))?;
    println!(
        "The book holds {depth:.0} BTC within 1 % of the mid; 4000 more make it {:.1} times as deep.",
        1.0 + 4000.0 / depth
    );

    let ticks: Vec<Tick> = simulation.take(HOURS * 3600).collect();
    for tick in ticks.iter().filter(|tick| tick.tick % 1800 == 0 || tick.tick == INJECTED_AT) {
        let difference = 100.0 * (tick.price / tick.reference - 1.0);
        println!(
            "after {:>5} s: {:>10.2}, without {:>10.2} ({difference:+.2} %)",
            tick.tick, tick.price, tick.reference
        );
    }
    let column = |of: fn(&Tick) -> f64| ticks.iter().step_by(20).map(of).collect::<Vec<f64>>();
    let lines = [
        ("reference: without the injection", drawing::REFERENCE, column(|tick| tick.reference)),
        ("price", drawing::PRICE, column(|tick| tick.price)),
    ];
    drawing::draw(&path, 20.0, &lines, &[(INJECTED_AT as f64, "4000 BTC of bids within 1 %")])?;
    println!("drawn to {path}");
    Ok(())
}
