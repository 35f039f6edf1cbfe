//! What moved the price, and by how much: a day's interventions, the price with them and without, and each one's part.
//!
//! `cargo run --release --example counterfactual [FILE.svg]` draws both lines.

#![allow(clippy::print_stdout, reason = "an example talks")]

mod drawing;

use std::error::Error;
use std::ops::ControlFlow;

use gbm_core::counterfactual::attribute;
use gbm_core::prelude::*;

const HOUR: u64 = 3600;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).unwrap_or_else(|| "counterfactual.svg".into());
    let (spot, model) = (Price::new(100_000.0)?, Gbm::new(0.5, 0.8)?);
    let btc = Instrument { name: "BTC-USD".into(), asset: 0, spot, model, book: Book::btc() };
    let market = Market::new(Seed::from(7), TimeGrid::new(0, 1000)?, vec![btc], None)?;
    let script = [
        (
            2 * HOUR,
            "2,000 BTC bought over an hour",
            r#"{"kind":"meta_order","side":"buy","quantity":2000,"duration_s":3600}"#,
        ),
        (
            5 * HOUR,
            "news: 4 % down, half of it for good",
            r#"{"kind":"shock","log_return":-0.04,"permanent_fraction":0.5,"half_life_s":1800}"#,
        ),
        (7 * HOUR, "volatility doubled for two hours", r#"{"kind":"volatility_scale","factor":2,"duration_s":7200}"#),
        (9 * HOUR, "led to 101,000 by noon", r#"{"kind":"target","price":101000,"duration_s":10800}"#),
    ];
    let mut simulation = Simulation::new(market.clone());
    for (tick, _, body) in script {
        simulation.intervene(&Command::now(serde_json::from_str(body)?).at(tick))?;
    }
    let entries: Vec<_> = simulation.interventions().cloned().collect();
    let ticks: Vec<Tick> = simulation.take(14 * 3600).collect();

    let to = 14 * HOUR;
    let found = attribute(&market, &entries, "BTC-USD", 0, to, |_| ControlFlow::Continue(()))?;
    for (one, (_, label, _)) in found.contributions.iter().zip(script) {
        println!("{label:<36} {:+8.3} %", 100.0 * one.moved());
    }
    println!("{:<36} {:+8.3} %", "all together, as a log-return", 100.0 * found.at_to);

    let column = |of: fn(&Tick) -> f64| ticks.iter().step_by(60).map(of).collect::<Vec<f64>>();
    let lines = [
        ("without any of it", drawing::REFERENCE, column(|tick| tick.reference)),
        ("price", drawing::PRICE, column(|tick| tick.price)),
    ];
    let labels = ["order", "news", "wild", "target"];
    let marks: Vec<(f64, &str)> = script.iter().zip(labels).map(|(&(tick, ..), label)| (tick as f64, label)).collect();
    drawing::draw(&path, 60.0, &lines, &marks)?;
    println!("drawn to {path}");
    Ok(())
}
