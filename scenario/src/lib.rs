//! Scenarios: interventions with relative times and bounded parameters, as TOML text.
//!
//! A [`Scenario`] says what happens how long after its start; [`Scenario::resolve`] turns it into commands for a place in a market.
//! A scenario is checked whole before the first of its steps acts: [`Scenario::check`] tries it on a copy of the simulation,
//! [`Scenario::dry_run`] shows the prices with it and without, [`Scenario::play`] applies all of it or nothing. [`record`] turns a
//! stretch of a journal back into a scenario ([`record_accepted`] of what a simulation has accepted), and [`schema`] describes the format to editors and forms.
//!
//! ```
//! use gbm_core::prelude::*;
//! use scenario::{Overrides, Scenario};
//!
//! let text = r#"
//! name = "fright"
//! title = "A fright"
//! description = "The price falls and comes halfway back."
//!
//! [parameters.depth]
//! value = 0.05
//! min = 0.01
//! max = 0.5
//! description = "How far it falls, natural logarithm"
//!
//! [[steps]]
//! at_s = 60
//! kind = "shock"
//! log_return = "-$depth"
//! permanent_fraction = 0.5
//! half_life_s = 120
//! "#;
//! let fright = Scenario::from_toml(text)?;
//! # let btc = Instrument { name: "BTC-USD".into(), asset: 0, spot: Price::new(100_000.0)?,
//! #     model: Gbm::new(0.5, 0.8)?, book: Book::btc() };
//! # let market = Market::new(Seed::from(42), TimeGrid::new(0, 1000)?, vec![btc], None)?;
//! let mut simulation = Simulation::new(market);
//! let start = fright.start(&simulation, None, 1)?;
//! fright.play(&mut simulation, &Overrides::from([("depth".into(), 0.2)]), &start)?;
//! let tick = simulation.nth(60).ok_or("the grid has ended")?;
//! assert!((tick.price / tick.reference - (-0.2_f64).exp()).abs() < 1e-12);
//! assert!(fright.check(&simulation, &Overrides::from([("depth".into(), 2.0)]), &start).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Modules, lowest first; each imports only those before it: `limits`, `error`, `number`, `kinds`, `format`, `parse`, `resolve`, `dry_run`,
//! `record`, `builtin`, `schema`.

mod builtin;
mod dry_run;
mod error;
mod format;
mod kinds;
mod limits;
mod number;
mod parse;
mod record;
mod resolve;
mod schema;

pub use builtin::{NAMES, built_in};
pub use dry_run::{DryRun, Horizon, Point};
pub use error::{Rule, ScenarioError};
pub use format::{Parameter, Scenario};
pub use limits::{
    MAX_COMMANDS, MAX_DESCRIPTION_CHARS, MAX_LOOK_AHEAD_TICKS, MAX_NAME_CHARS, MAX_PARAMETERS, MAX_POINTS,
    MAX_TEXT_BYTES, MAX_TITLE_CHARS,
};
pub use record::{Called, RecordError, Recording, record, record_accepted};
pub use resolve::{Overrides, Start, tick_after};
pub use schema::schema;
