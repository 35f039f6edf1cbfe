use gbm_core::engine::{Quote, Simulation};
use gbm_core::intervention::Accepted;
use gbm_core::process::Process;

use crate::error::ScenarioError;
use crate::format::Scenario;
use crate::limits::{MAX_LOOK_AHEAD_TICKS, MAX_POINTS};
use crate::resolve::{Overrides, Start};

/// How far a dry run goes, and how fine it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Horizon {
    /// Ticks after the simulation's.
    pub ticks: u64,
    /// The most points told.
    pub points: usize,
}

/// What a scenario would do.
#[derive(Clone, Debug, PartialEq)]
pub struct DryRun {
    /// The interventions it would begin.
    pub accepted: Vec<Accepted>,
    /// One point for each so many ticks, and one for the rest.
    pub points: Vec<Point>,
}

/// Some ticks of a dry run.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Point {
    /// The last of them.
    pub tick: u64,
    /// Its price with the scenario.
    pub price: f64,
    /// The lowest price of them with the scenario: what is thinned out is not lost.
    pub low: f64,
    /// The highest.
    pub high: f64,
    /// The last one's price without the scenario, with everything else that acts.
    pub without: f64,
    /// Whether trading is halted on the last of them, with the scenario.
    pub is_halted: bool,
}

impl Scenario {
    /// The prices of the instrument with the scenario and without, on copies of a simulation. The noise is the one that the market will
    /// have, so a later run with the same commands gives these prices.
    ///
    /// # Errors
    /// As [`Scenario::check`]; [`ScenarioError::Points`] for more than [`MAX_POINTS`] or none; [`ScenarioError::TooFar`] for a horizon
    /// beyond [`MAX_LOOK_AHEAD_TICKS`]. The run ends with the grid.
    ///
    /// ```
    /// # use gbm_core::prelude::*;
    /// use scenario::{Horizon, Overrides, built_in};
    /// # let btc = Instrument { name: "BTC-USD".into(), asset: 0, spot: Price::new(100_000.0)?,
    /// #     model: Gbm::new(0.5, 0.8)?, book: Book::btc() };
    /// # let market = Market::new(Seed::from(42), TimeGrid::new(0, 1000)?, vec![btc], None)?;
    /// let simulation = Simulation::new(market);
    /// let bear = built_in("bear").ok_or("no such scenario")??;
    /// let start = bear.start(&simulation, None, 1)?;
    /// let dry = bear.dry_run(&simulation, &Overrides::new(), &start, Horizon { ticks: 3600, points: 60 })?;
    /// assert_eq!(dry.points.len(), 60);
    /// assert!(dry.points.iter().all(|point| point.low <= point.price && point.price < 1.01 * point.without));
    /// assert!(bear.dry_run(&simulation, &Overrides::new(), &start, Horizon { ticks: 9, points: 0 }).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn dry_run<P: Process + Clone>(
        &self,
        simulation: &Simulation<P>,
        overrides: &Overrides,
        start: &Start,
        horizon: Horizon,
    ) -> Result<DryRun, ScenarioError> {
        let Horizon { ticks, points } = horizon;
        if !(1..=MAX_POINTS).contains(&points) {
            return Err(ScenarioError::Points(points));
        }
        let now = simulation.tick();
        if ticks > MAX_LOOK_AHEAD_TICKS {
            return Err(ScenarioError::TooFar { tick: now.saturating_add(ticks), now });
        }
        let (accepted, mut with) = self.tried(simulation, overrides, start)?;
        let mut without = simulation.clone();
        let position = simulation.market().position(&start.instrument).unwrap_or_default();
        let mut quotes = vec![Quote::default(); simulation.market().instruments().len()];
        let mut path = Path { every: ticks.div_ceil(points as u64).max(1), points: Vec::new(), is_open: false };
        for place in 1..=ticks {
            let Ok(tick) = with.step_into(&mut quotes) else { break };
            let quote = quotes[position];
            if without.step_into(&mut quotes).is_err() {
                break;
            }
            path.push(place, tick, quote, quotes[position].price);
        }
        Ok(DryRun { accepted, points: path.points })
    }
}

/// A path that is thinned while it is made.
struct Path {
    every: u64,
    points: Vec<Point>,
    is_open: bool,
}

impl Path {
    fn push(&mut self, place: u64, tick: u64, quote: Quote, without: f64) {
        let Quote { price, is_halted, .. } = quote;
        let (low, high) = match self.points.pop_if(|_| self.is_open) {
            Some(point) => (point.low.min(price), point.high.max(price)),
            None => (price, price),
        };
        self.points.push(Point { tick, price, low, high, without, is_halted });
        self.is_open = !place.is_multiple_of(self.every);
    }
}
