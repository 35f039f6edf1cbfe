use serde::{Deserialize, Serialize};

use super::simulation::Simulation;
use crate::intervention::{Intervention, InterventionId};
use crate::process::Process;

/// What is in force on one instrument after the last tick.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InForce {
    /// μ per year.
    pub drift: f64,
    /// The intervention that set it; `None` for the model's own.
    pub drift_set_by: Option<InterventionId>,
    /// σ per √year, before [`InForce::volatility_factor`].
    pub volatility: f64,
    /// The intervention that set it; `None` for the model's own.
    pub volatility_set_by: Option<InterventionId>,
    /// By how much interventions scale the volatility.
    pub volatility_factor: f64,
    /// The depth multiplier L.
    pub liquidity: f64,
    /// By how much quotes are wider than the instrument's own.
    pub spread_factor: f64,
    /// The factor of the jumps' intensity.
    pub jump_rate_factor: f64,
    /// The regime in which the model is held.
    pub regime: Option<u32>,
    /// The depth-relative excess volume e, in base units.
    pub excess_volume: f64,
}

/// How an instrument's order book stands on one tick.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BookState {
    /// The depth multiplier L.
    pub liquidity: f64,
    /// By how much quotes are wider than the instrument's own: L^−½ times every factor.
    pub spread_factor: f64,
    /// What orders of interventions have bought on the tick, base units: orders that are worked, and what leans with an
    /// injection of bids.
    pub bought: f64,
    /// What they have sold.
    pub sold: f64,
}

impl Default for BookState {
    /// The book as the instrument is made.
    fn default() -> Self {
        Self { liquidity: 1.0, spread_factor: 1.0, bought: 0.0, sold: 0.0 }
    }
}

/// How an intervention stands after the last tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Standing {
    /// Its tick has not come.
    Scheduled,
    /// It acts, and could be cancelled.
    Active {
        /// The first tick on which it acts no more; `None` if it doesn't end by itself.
        until: Option<u64>,
    },
    /// A later setting of the same parameter hides it. It would act again if that one were cancelled.
    Superseded,
    /// It is over, or was done at once.
    Ended,
    /// It was cancelled.
    Cancelled,
}

/// What an intervention has changed: a parameter, or the depth multiplier.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// Without it.
    pub before: f64,
    /// With it; a ramp's aim.
    pub after: f64,
}

impl<P: Process> Simulation<P> {
    /// What is in force on an instrument, by its position; `None` for a position that the market doesn't have.
    ///
    /// ```
    /// # use gbm_core::prelude::*;
    /// # let btc = Instrument { name: "BTC-USD".into(), asset: 0, spot: Price::new(1.0)?,
    /// #     model: Gbm::new(0.5, 0.8)?, book: Book::btc() };
    /// # let market = Market::new(Seed::from(42), TimeGrid::new(0, 100)?, vec![btc], None)?;
    /// let mut simulation = Simulation::new(market);
    /// let calm = SetVolatility { sigma: Volatility::new(0.3)?, ramp_s: None };
    /// let id = simulation.intervene(&Command::now(Intervention::SetVolatility(calm)))?.id;
    /// assert_eq!(simulation.standing(id), Some(Standing::Scheduled));
    /// simulation.next();
    /// assert_eq!(simulation.in_force(0).map(|now| now.volatility), Some(0.3));
    /// assert_eq!(simulation.change(id), Some(Change { before: 0.8, after: 0.3 }));
    /// assert_eq!(simulation.standing(id), Some(Standing::Active { until: None }));
    /// assert_eq!(simulation.in_force(1), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn in_force(&self, position: usize) -> Option<InForce> {
        let (asset, instrument) = (self.assets.get(position)?, self.market.instruments().get(position)?);
        let (tick, tick_s) = (self.tick, self.market.grid().tick_s());
        let modifiers = asset.steering().modifiers(&instrument.model, tick, tick_s);
        Some(InForce {
            drift: modifiers.drift.get(),
            drift_set_by: asset.steering().drift.in_force(),
            volatility: modifiers.volatility.get(),
            volatility_set_by: asset.steering().volatility.in_force(),
            volatility_factor: modifiers.volatility_factor,
            liquidity: asset.steering().liquidity(tick, tick_s),
            spread_factor: asset.steering().spread_factor(tick, tick_s),
            jump_rate_factor: modifiers.jump_rate_factor,
            regime: modifiers.regime,
            excess_volume: asset.excess(),
        })
    }

    /// How an instrument's book stands on the last tick, by its position; `None` for a position that the market doesn't have.
    /// Costs some nanoseconds while nothing acts on it. What was traded is of the last step: a simulation that was just restored
    /// hasn't made one, and says that nothing was.
    ///
    /// ```
    /// # use gbm_core::prelude::*;
    /// # let btc = Instrument { name: "BTC-USD".into(), asset: 0, spot: Price::new(1.0)?,
    /// #     model: Model::from(Gbm::new(0.5, 0.8)?), book: Book::btc() };
    /// # let market = Market::new(Seed::from(42), TimeGrid::new(0, 100)?, vec![btc], None)?;
    /// let mut simulation = Simulation::new(market);
    /// let order = MetaOrder { side: OrderSide::Buy, quantity: OrderSize::new(6.0)?, duration_s: Seconds::new(0.3)? };
    /// simulation.intervene(&Command::now(Intervention::MetaOrder(order)))?;
    /// let bought: Vec<f64> = (0..5).filter_map(|_| {
    ///     simulation.next();
    ///     simulation.book_state(0).map(|book| book.bought)
    /// }).collect();
    /// assert_eq!(bought, [2.0, 2.0, 2.0, 0.0, 0.0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn book_state(&self, position: usize) -> Option<BookState> {
        let asset = self.assets.get(position)?;
        let (tick, tick_s) = (self.tick, self.market.grid().tick_s());
        let traded = asset.traded();
        Some(BookState {
            liquidity: asset.steering().liquidity(tick, tick_s),
            spread_factor: asset.steering().spread_factor(tick, tick_s),
            bought: traded.bought,
            sold: traded.sold,
        })
    }

    /// The price of the last tick, by an instrument's position; the spot before the first tick, `None` for a position that the
    /// market doesn't have. It follows from the state alone, so a restored simulation says the same bits; a price that was set on that
    /// very tick comes back to 1e-14.
    ///
    /// ```
    /// # use gbm_core::prelude::*;
    /// # let btc = Instrument { name: "BTC-USD".into(), asset: 0, spot: Price::new(7.0)?,
    /// #     model: Gbm::new(0.5, 0.8)?, book: Book::btc() };
    /// # let market = Market::new(Seed::from(42), TimeGrid::new(0, 100)?, vec![btc], None)?;
    /// let mut simulation = Simulation::new(market);
    /// assert_eq!(simulation.last_price(0), Some(7.0));
    /// let last = simulation.by_ref().take(100).last().map(|tick| tick.price);
    /// assert_eq!(simulation.last_price(0), last);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn last_price(&self, position: usize) -> Option<f64> {
        let (asset, instrument) = (self.assets.get(position)?, self.market.instruments().get(position)?);
        Some(asset.last_price(self.given(), instrument, &self.market.grid(), self.tick))
    }

    /// How an intervention stands; `None` if it isn't known.
    pub fn standing(&self, id: InterventionId) -> Option<Standing> {
        let known = self.known.get(&id)?;
        if self.is_cancelled(id, self.tick) {
            return Some(Standing::Cancelled);
        }
        if known.tick > self.tick {
            return Some(Standing::Scheduled);
        }
        let asset = &self.assets[self.market.position(&known.instrument)?];
        let steering = asset.steering();
        let in_force = match known.body {
            Intervention::SetDrift(_) => steering.drift.in_force(),
            Intervention::SetVolatility(_) => steering.volatility.in_force(),
            _ => Some(id),
        };
        Some(match self.end_of(known) {
            Some(end) if end <= self.tick => Standing::Ended,
            // Another of its kind has taken its place.
            _ if known.body.controller().is_some() && !asset.is_controlled_by(id) => Standing::Ended,
            _ if in_force != Some(id) => Standing::Superseded,
            until => Standing::Active { until },
        })
    }

    /// What an intervention has changed, while it acts: drift, volatility, or the depth multiplier as it is now.
    pub fn change(&self, id: InterventionId) -> Option<Change> {
        let position = self.market.position(&self.known.get(&id)?.instrument)?;
        self.assets[position].steering().change(id, self.tick, self.market.grid().tick_s())
    }
}
