//! Buyers add 4,000 BTC to the book: the price rises, calms down, and the line beside it shows what would have been.
//!
//! `cargo run --release --example inject_liquidity [FILE.svg]` draws both lines.

#![allow(clippy::print_stdout, reason = "an example talks")]

use std::error::Error;

use gbm_core::prelude::*;
use plotters::prelude::*;

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
    draw(&path, &ticks)?;
    println!("drawn to {path}");
    Ok(())
}

fn draw(path: &str, ticks: &[Tick]) -> Result<(), Box<dyn Error>> {
    let values = || ticks.iter().flat_map(|tick| [tick.price, tick.reference]);
    let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(0.0, f64::max));
    let margin = 0.05 * (high - low);
    let root = SVGBackend::new(path, (960, 420)).into_drawing_area();
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root)
        .margin(16)
        .x_label_area_size(40)
        .y_label_area_size(80)
        .build_cartesian_2d(0.0..HOURS as f64, low - margin..high + margin)?;
    chart
        .configure_mesh()
        .light_line_style(WHITE)
        .bold_line_style(RGBColor(229, 231, 235))
        .axis_style(RGBColor(107, 114, 128))
        .x_labels(HOURS + 1)
        .x_label_formatter(&|hours| format!("{hours:.0}"))
        .x_desc("hours of simulated time")
        .y_desc("USD")
        .y_label_formatter(&|price| format!("{price:.0}"))
        .label_style(("sans-serif", 14))
        .draw()?;
    let every = ticks.iter().step_by(20);
    let hours = |tick: &Tick| tick.tick as f64 / 3600.0;
    let (price, reference) = (RGBColor(37, 99, 235), RGBColor(156, 163, 175));
    chart
        .draw_series(LineSeries::new(
            every.clone().map(|tick| (hours(tick), tick.reference)),
            reference.stroke_width(2),
        ))?
        .label("reference: without the injection")
        .legend(move |(x, y)| PathElement::new([(x, y), (x + 20, y)], reference.stroke_width(2)));
    chart
        .draw_series(LineSeries::new(every.map(|tick| (hours(tick), tick.price)), price.stroke_width(2)))?
        .label("price")
        .legend(move |(x, y)| PathElement::new([(x, y), (x + 20, y)], price.stroke_width(2)));
    let at = INJECTED_AT as f64 / 3600.0;
    let amber = RGBColor(217, 119, 6);
    chart
        .draw_series(LineSeries::new([(at, low - margin), (at, high + margin)], amber.stroke_width(1)))?
        .label("4000 BTC of bids within 1 %")
        .legend(move |(x, y)| PathElement::new([(x, y), (x + 20, y)], amber.stroke_width(1)));
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperRight)
        .background_style(WHITE)
        .border_style(RGBColor(229, 231, 235))
        .label_font(("sans-serif", 14))
        .draw()?;
    root.present()?;
    Ok(())
}
