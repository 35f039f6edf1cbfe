//! Exact, addressable, steerable simulation of asset prices.
//!
//! **journal → ticks is a pure function.** The same market (seed, grid, models) and the same interventions give the
//! same bits: in one call or in many, live or replayed, before or after a crash, on any machine. **An intervention
//! never moves the noise**, so every tick carries beside its price the reference: what it would have been without.
//!
//! ```
//! use gbm_core::prelude::*;
//!
//! let btc = Instrument {
//!     name: "BTC-USD".into(),
//!     asset: 0,
//!     spot: Price::new(100_000.0)?,
//!     model: Gbm::new(0.5, 0.8)?,
//!     book: Book::btc(),
//! };
//! let market = Market::new(Seed::from(42), TimeGrid::new(0, 1000)?, vec![btc], None)?;
//! let mut simulation = Simulation::new(market);
//! let crash = Shock { log_return: LogReturn::new(-0.1)?, permanent_fraction: Fraction::new(1.0)?, half_life_s: None };
//! simulation.intervene(&Command::now(Intervention::Shock(crash)).at(60))?;
//! let last = simulation.take(120).last().ok_or("no tick")?;
//! assert!((last.price / last.reference - (-0.1_f64).exp()).abs() < 1e-12);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The crate is pure: no clock, no I/O, no logging. Modules, lowest first; each imports only those before it:
//! [`math`], [`units`], [`grid`], [`process`], [`kernel`], [`noise`], [`correlation`], [`model`], [`paths`] and [`stats`],
//! [`calibrate`], [`market`], [`intervention`], [`engine`], [`quoting`], [`prints`], [`journal`], [`counterfactual`].

pub mod calibrate;
pub mod correlation;
pub mod counterfactual;
pub mod engine;
pub mod grid;
pub mod intervention;
pub mod journal;
pub mod kernel;
pub mod market;
pub mod math;
pub mod model;
pub mod noise;
pub mod paths;
pub mod prints;
pub mod process;
pub mod quoting;
pub mod stats;
pub mod units;

/// The version of every published bit. A change to any of them raises it and is named under **Values** in the
/// changelog; journals and snapshots of another version are refused, not approximated.
pub const VALUE_VERSION: u32 = 1;

/// The names a program needs to simulate and steer a market.
pub mod prelude {
    pub use crate::correlation::Correlation;
    pub use crate::engine::{BookState, Change, InForce, Quote, Simulation, Snapshot, Standing, Tick};
    pub use crate::grid::TimeGrid;
    pub use crate::intervention::{
        Cancel, Command, FlashCrash, Halt, InjectLiquidity, Intervention, InterventionId, JumpRate, MetaOrder,
        OnConflict, OrderSide, Pin, PriceBand, Ramp, RampShape, Regime, Reopen, SetDrift, SetPrice, SetVolatility,
        Shock, Side, Spread, Target, VolatilityScale,
    };
    pub use crate::market::{Book, Instrument, Market};
    pub use crate::model::{Gbm, Model, MultiGbm, Preset};
    pub use crate::noise::Seed;
    pub use crate::paths::Paths;
    pub use crate::process::Process;
    pub use crate::quoting::{Best, Increment, Quoting};
    pub use crate::units::{
        Band, Depth, Drift, Factor, Fraction, LogDistance, LogReturn, OrderSize, Percent, Price, Quantity, Seconds,
        Volatility, Years,
    };
}
