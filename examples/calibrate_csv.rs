//! Drift and volatility of a CSV file's closes, and a simulation that goes on from the last one.
//!
//! `cargo run --release --example calibrate_csv FILE.csv`; without a file it calibrates on prices it simulates.

#![allow(clippy::print_stdout, reason = "an example talks")]

use std::error::Error;
use std::fs::File;

use gbm_core::calibrate::fit_gbm;
use gbm_core::grid::CALENDAR_YEAR_S;
use gbm_core::prelude::*;
use market_setup::prices::{PriceSeries, read_prices};

fn main() -> Result<(), Box<dyn Error>> {
    let series = match std::env::args().nth(1) {
        Some(path) => read_prices(File::open(path)?)?,
        None => simulated()?,
    };
    let fit = fit_gbm(&series.times_ms, &series.prices, CALENDAR_YEAR_S)?;
    let (low, high) = fit.drift.interval_95();
    println!("{} returns over {:.2} years", fit.returns, fit.years);
    println!("volatility {:.4} ± {:.4} (robust)", fit.volatility.value, fit.volatility_robust_error);
    println!("drift      {:.4}, 95 % from {low:.4} to {high:.4}", fit.drift.value);

    let instrument = Instrument {
        name: "BTC-USD".into(),
        asset: 0,
        spot: fit.last_price,
        model: Gbm::new(fit.drift.value, fit.volatility.value)?,
        book: Book::btc(),
    };
    let grid = TimeGrid::new(fit.last_time_ms, fit.median_spacing_ms)?;
    let simulation = Simulation::new(Market::new(Seed::from(42), grid, vec![instrument], None)?);
    println!("\nFrom {}, the next five prices of seed 42:", fit.last_price.get());
    for tick in simulation.take(5) {
        println!("{:>3}  {:.2}", tick.tick, tick.price);
    }
    Ok(())
}

/// Four years of daily closes with a drift of 0.3 and a volatility of 0.7.
fn simulated() -> Result<PriceSeries, Box<dyn Error>> {
    let steps = 4 * 365;
    let paths = Paths::new(Seed::from(1), steps, Years::new(1.0 / 365.0)?);
    let mut series =
        PriceSeries { times_ms: (1..).map(|day| day * 86_400_000).take(4 * 365).collect(), prices: vec![0.0; 4 * 365] };
    paths.fill_paths(&Gbm::new(0.3, 0.7)?, Price::new(20_000.0)?, &mut series.prices)?;
    Ok(series)
}
