use std::time::{Duration, Instant};

use gbm_core::prelude::*;
use gbm_core::stats::RealisedVolatility;

use super::error::Result;
use super::market::MarketArgs;
use super::output::{print, time_text};

const ROWS: u64 = 24;
const TICKS_PER_ROW: u64 = 36_000;
const FRAME: Duration = Duration::from_millis(250);
/// Half a day in, the market is shocked, so that price and reference part.
const SHOCK_ROW: u64 = 12;

/// A day of a BTC market in six seconds: an hour of 100 ms ticks in each row.
pub(super) fn run() -> Result<()> {
    let market = MarketArgs::default().market()?;
    let grid = market.grid();
    let mut simulation = Simulation::new(market);
    let shock = Shock {
        log_return: LogReturn::new(-0.06)?,
        permanent_fraction: Fraction::new(0.5)?,
        half_life_s: Some(Seconds::new(7200.0)?),
    };
    let at = SHOCK_ROW * TICKS_PER_ROW + 1;
    simulation
        .intervene(&Command::now(Intervention::Shock(shock)).at(at))
        .map_err(gbm_core::journal::RecordError::from)?;
    print("simulated time            price      reference   realised volatility   ticks/s\n")?;
    for row in 0..ROWS {
        let (mut realised, mut last) = (RealisedVolatility::default(), None);
        let began = Instant::now();
        for tick in simulation.by_ref().take(usize::try_from(TICKS_PER_ROW).unwrap_or(usize::MAX)) {
            realised.push(tick.price);
            last = Some(tick);
        }
        let elapsed = began.elapsed();
        let Some(Tick { tick, price, reference, .. }) = last else { break };
        let time = time_text(grid.time_ms(tick)?).map_or_else(String::new, |time| format!("{time:.0}"));
        let volatility = realised.annual(grid.dt()).unwrap_or(0.0);
        let speed = TICKS_PER_ROW as f64 / elapsed.as_secs_f64().max(1e-9) / 1e6;
        let note = if row == SHOCK_ROW { "  <- shock of -6 %, half of it permanent" } else { "" };
        print(&format!("{time}  {price:>11.2}  {reference:>13.2}  {volatility:>20.3}  {speed:>6.1} M{note}\n"))?;
        std::thread::sleep(FRAME.saturating_sub(elapsed));
    }
    print("\nThe reference is the price as it would have been without the shock. Next: algo-trading simulate --help\n")
}
