//! A flash crash: eight per cent down in five minutes, three quarters of it back, and a price band that would have stopped it.
//!
//! `cargo run --release --example flash_crash [FILE.svg]`

#![allow(clippy::print_stdout, reason = "an example talks")]

mod drawing;

use std::error::Error;

use gbm_core::prelude::*;

const CRASH_AT: u64 = 1800;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).unwrap_or_else(|| "flash_crash.svg".into());
    let crash = Intervention::FlashCrash(FlashCrash {
        depth: Depth::new(0.08)?,
        fall_s: Seconds::new(300.0)?,
        hold_s: Some(Seconds::new(60.0)?),
        half_life_s: Seconds::new(600.0)?,
        recovered_fraction: Fraction::new(0.75)?,
    });
    let band = Intervention::PriceBand(PriceBand {
        percent: Percent::new(3.0)?,
        window_s: Seconds::new(300.0)?,
        pause_s: Seconds::new(300.0)?,
        duration_s: None,
        on_conflict: OnConflict::Reject,
    });
    let free = run(&[crash])?;
    let banded = run(&[band, crash])?;
    let pauses = banded.windows(2).filter(|pair| !pair[0].is_halted && pair[1].is_halted).count();
    let low = free.iter().map(|tick| tick.price).fold(f64::INFINITY, f64::min);
    println!("Without a band the price falls to {low:.2}; with one, trading pauses {pauses} times.");

    let column = |ticks: &[Tick], of: fn(&Tick) -> f64| ticks.iter().step_by(10).map(of).collect::<Vec<f64>>();
    let lines = [
        ("without the crash", drawing::REFERENCE, column(&free, |tick| tick.reference)),
        ("crash", drawing::PRICE, column(&free, |tick| tick.price)),
        ("crash, price band of 3 %", drawing::OTHER, column(&banded, |tick| tick.price)),
    ];
    drawing::draw(&path, 10.0, &lines, &[(CRASH_AT as f64, "crash")])?;
    println!("drawn to {path}");
    Ok(())
}

/// Two hours of BTC with a tick every second; the last body acts after half an hour, what comes before it from the start.
fn run(bodies: &[Intervention]) -> Result<Vec<Tick>, Box<dyn Error>> {
    let (spot, model) = (Price::new(100_000.0)?, Gbm::new(0.5, 0.8)?);
    let btc = Instrument { name: "BTC-USD".into(), asset: 0, spot, model, book: Book::btc() };
    let mut simulation = Simulation::new(Market::new(Seed::from(7), TimeGrid::new(0, 1000)?, vec![btc], None)?);
    for (place, &body) in bodies.iter().enumerate() {
        let tick = if place + 1 == bodies.len() { CRASH_AT } else { 1 };
        simulation.intervene(&Command::now(body).at(tick))?;
    }
    Ok(simulation.take(7200).collect())
}
