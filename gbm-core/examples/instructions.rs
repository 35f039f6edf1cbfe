//! One small piece of work by name, for counting its instructions as `cargo xtask instructions` does; without a name, a
//! list of them.

use std::hint::black_box;
use std::io::Write;
use std::num::NonZeroU32;

use gbm_core::noise::{Domain, NoiseStream, StreamId};
use gbm_core::prelude::*;
use gbm_core::prints::Tape;
use nalgebra::DMatrix;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;
type Work = fn() -> Outcome<f64>;

/// What is counted. `nothing` is what a process costs by itself.
const WORKS: [(&str, Work); 13] = [
    ("nothing", || Ok(0.0)),
    ("paths_stored", || filled(1_000, 100_000)),
    ("paths_short", || filled(7, 70_000)),
    ("paths_log", log_paths),
    ("terminals", terminals),
    ("stream_next", stream),
    ("stream_slices", slices),
    ("basket_of_10", basket),
    ("market_ticks", || Ok(market()?.take(100_000).map(|tick| tick.price).sum())),
    ("market_ticks_after_a_setting", ticks_after_a_setting),
    ("market_quoted", || told(false)),
    ("market_printed", || told(true)),
    ("noise_words", || Ok(words())),
];

fn main() -> Outcome<()> {
    let Some(name) = std::env::args().nth(1) else {
        return Ok(WORKS.iter().try_for_each(|(name, _)| writeln!(std::io::stdout(), "{name}"))?);
    };
    let (_, work) = WORKS.iter().find(|(known, _)| *known == name).ok_or("no such work")?;
    black_box(work()?);
    Ok(())
}

fn gbm() -> Outcome<Gbm> {
    Ok(Gbm::new(0.5, 0.8)?)
}

fn paths(steps: u64) -> Outcome<Paths> {
    Ok(Paths::new(Seed::from(42), steps, Years::new(0.001)?))
}

fn filled(steps: u64, values: usize) -> Outcome<f64> {
    let mut prices = vec![0.0; values];
    paths(steps)?.fill_paths(&gbm()?, Price::new(100.0)?, &mut prices)?;
    Ok(prices[values - 1])
}

fn log_paths() -> Outcome<f64> {
    let mut log_prices = vec![0.0; 100_000];
    paths(1_000)?.fill_log_prices(&gbm()?, Price::new(100.0)?, &mut log_prices)?;
    Ok(log_prices[99_999])
}

fn terminals() -> Outcome<f64> {
    let mut prices = vec![0.0; 100_000];
    paths(1)?.fill_terminal(&gbm()?, Price::new(100.0)?, &mut prices)?;
    Ok(prices[99_999])
}

fn stream() -> Outcome<f64> {
    let gbm = gbm()?;
    let stream = paths(100_000)?.stream(&gbm, Price::new(100.0)?)?;
    Ok(f64::from_bits(stream.fold(0, |bits, price| bits ^ price.to_bits())))
}

fn slices() -> Outcome<f64> {
    let (gbm, mut slice) = (gbm()?, vec![0.0; 4_000]);
    let mut stream = paths(100_000)?.stream(&gbm, Price::new(100.0)?)?;
    while stream.fill(&mut slice) > 0 {}
    Ok(slice[3_999])
}

fn basket() -> Outcome<f64> {
    let correlation = Correlation::new(DMatrix::from_fn(10, 10, |i, j| if i == j { 1.0 } else { 0.5 }))?;
    let model = MultiGbm::new(vec![gbm()?; 10], correlation)?;
    let mut prices = vec![0.0; 100_000];
    paths(1_000)?.fill_basket(&model, &[Price::new(100.0)?; 10], &mut prices)?;
    Ok(prices[99_999])
}

fn market() -> Outcome<Simulation<Model>> {
    let instrument = Instrument {
        name: "BTC-USD".into(),
        asset: 0,
        spot: Price::new(100_000.0)?,
        model: Model::from(gbm()?),
        book: Book::btc(),
    };
    let market = Market::new(Seed::from(42), TimeGrid::new(0, 100)?, vec![instrument], None)?;
    Ok(Simulation::new(market))
}

/// With a price and a reference: two states, and still in slices.
fn ticks_after_a_setting() -> Outcome<f64> {
    let mut market = market()?;
    let sigma = Volatility::new(1.2)?;
    market.intervene(&Command::now(Intervention::SetVolatility(SetVolatility { sigma, ramp_s: None })))?;
    Ok(market.take(100_000).map(|tick| tick.price).sum())
}

/// Published prices with bid and ask, and with what was traded.
fn told(prints: bool) -> Outcome<f64> {
    let mut simulation = market()?;
    let (cents, lots) = (Increment::new(NonZeroU32::MIN, 2), Increment::new(NonZeroU32::MIN, 5));
    let grid = simulation.market().grid();
    let mut tape = Tape::new(Seed::from(42), grid, &simulation.market().instruments()[0], cents, lots);
    let (mut quotes, mut trades) = ([Quote::default()], Vec::new());
    let (mut before, mut sum) = (100_000.0, 0.0);
    for _ in 0..100_000 {
        let tick = simulation.step_into(&mut quotes)?;
        let price = cents.round(quotes[0].price);
        if prints {
            let book = simulation.book_state(0).ok_or("one instrument")?;
            trades.clear();
            sum += tape.print(tick, before, price, &book, &mut trades).total() as f64;
            before = price;
        } else {
            let best = Best::around(price, simulation.quoting(0).ok_or("one instrument")?, cents);
            sum += best.ask - best.bid;
        }
    }
    Ok(sum)
}

fn words() -> f64 {
    let mut noise = NoiseStream::new(Seed::from(42), StreamId::live(Domain::Diffusion, 0));
    f64::from_bits((0..100_000).fold(0, |bits, _| bits ^ noise.next_word()))
}
