//! Three correlated assets: a live market of them, and many paths at once.
//!
//! `cargo run --release --example correlated_basket`

#![allow(clippy::print_stdout, reason = "an example talks")]

use std::error::Error;

use gbm_core::prelude::*;
use nalgebra::DMatrix;

const ASSETS: [(&str, f64, f64, f64); 3] =
    [("BTC-USD", 100_000.0, 0.5, 0.8), ("ETH-USD", 4_000.0, 0.5, 1.1), ("GOLD", 3_000.0, 0.05, 0.15)];

fn main() -> Result<(), Box<dyn Error>> {
    let correlation = Correlation::new(DMatrix::from_row_slice(3, 3, &[1.0, 0.8, 0.1, 0.8, 1.0, 0.1, 0.1, 0.1, 1.0]))?;

    let instruments = (0..).zip(ASSETS).map(|(asset, (name, spot, drift, volatility))| {
        let (spot, model) = (Price::new(spot)?, Gbm::new(drift, volatility)?);
        Ok(Instrument { name: name.into(), asset, spot, model, book: Book::btc() })
    });
    let instruments = instruments.collect::<Result<_, Box<dyn Error>>>()?;
    let market = Market::new(Seed::from(42), TimeGrid::new(0, 60_000)?, instruments, Some(correlation.clone()))?;
    let mut simulation = Simulation::new(market);
    let mut quotes = [Quote::default(); 3];
    println!("minute  {:>12} {:>10} {:>10}", ASSETS[0].0, ASSETS[1].0, ASSETS[2].0);
    for _ in 0..5 {
        let tick = simulation.step_into(&mut quotes)?;
        println!("{tick:>6}  {:>12.2} {:>10.2} {:>10.2}", quotes[0].price, quotes[1].price, quotes[2].price);
    }

    // 100,000 paths of one day, shape [paths][steps][assets].
    let gbms = ASSETS.map(|(_, _, drift, volatility)| Gbm::new(drift, volatility));
    let basket = MultiGbm::new(gbms.into_iter().collect::<Result<_, _>>()?, correlation)?;
    let spots = ASSETS.map(|(_, spot, ..)| Price::new(spot));
    let spots = spots.into_iter().collect::<Result<Vec<_>, _>>()?;
    let paths = Paths::new(Seed::from(42), 1, Years::new(1.0 / 365.0)?);
    let mut prices = vec![0.0; 100_000 * 3];
    paths.fill_basket(&basket, &spots, &mut prices)?;
    let both_fall = prices.chunks_exact(3).filter(|row| row[0] < 95_000.0 && row[1] < 3_800.0).count();
    println!("\nBTC and ETH both lose more than 5 % in a day on {:.2} % of 100,000 paths", both_fall as f64 / 1000.0);
    Ok(())
}
