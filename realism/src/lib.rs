//! How much a model's paths look like a real market: a scorecard of facts.
//!
//! | Module | What |
//! |---|---|
//! | [`Bars`] | a price file: checked, brought to minutes, hours or days, cut at its gaps |
//! | [`facts`] | what returns of each scale are known for: 15, 17 and 16 numbers |
//! | [`stats`] | the statistics they are made of |
//! | [`Bootstrap`] | how well the data themselves know a number |
//! | [`Simulator`] | a model's paths where the bars are |
//! | [`Study`] | paths against data: envelopes, verdicts, curves |
//! | [`fit_preset`] | a cascade refitted to price files, by simulated facts |
//! | [`report`] | the same for reading: a table, a page |

//!
//! A model *matches* a fact where the data's value lies within the 95 % envelope of its paths, which are as long as the data and
//! have their gaps. It is *centred* where its median lies within the data's own 95 % interval. Envelopes alone reward a model
//! whose paths differ wildly; so their width is told too, over the interval's. Even a true model misses some facts: the
//! self-check tells what each path scores against the others.
//!
//! Without real data nothing is judged: the project ships none. What follows scores geometric Brownian motion on itself.
//!
//! ```
//! use std::ops::ControlFlow;
//! use gbm_core::prelude::*;
//! use realism::{Bars, Scale, Simulator, Study, fit_gbm};
//!
//! let paths = Paths::new(Seed::from(7), 700, Years::new(1.0 / 365.0)?);
//! let mut prices = vec![0.0; 700];
//! paths.fill_paths(&Gbm::new(0.1, 0.5)?, Price::new(100.0)?, &mut prices)?;
//! let rows: Vec<String> = (0..).zip(&prices).map(|(day, price)| format!("{},{price}", 86_400 * day)).collect();
//! let bars = Bars::read(format!("timestamp,close\n{}", rows.join("\n")).as_bytes(), Scale::Day)?;
//!
//! let model = fit_gbm(&bars)?;
//! let simulator = Simulator::new(&model, bars.pattern(), Price::new(prices[0])?, Seed::from(1), 900_000)?;
//! let study = Study { paths: 60, resamples: 60, ..Study::new(Seed::from(1)) };
//! let card = study.run(&bars, |path| simulator.closes(path), |_| ControlFlow::Continue(()))?;
//! assert!(card.tally.matched >= 12 && card.tally.of == 16);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bars;
mod bootstrap;
mod curves;
mod envelope;
pub mod facts;
mod fit;
pub mod fit_preset;
mod pattern;
pub mod report;
mod returns;
mod scale;
mod score;
mod simulate;
pub mod stats;
mod study;
mod waves;

pub use bars::{Bars, BarsError, MAX_HELD, MIN_RETURNS, Warning};
pub use bootstrap::Bootstrap;
pub use curves::{Curve, Kind};
pub use envelope::{Envelope, quantile};
pub use facts::Fact;
pub use fit::fit_gbm;
pub use pattern::{Pattern, Stretch};
pub use returns::Returns;
pub use scale::Scale;
pub use score::{Scored, SelfCheck, Tally};
pub use simulate::{Simulator, SimulatorError};
pub use study::{DataNote, Drawn, MAX_WORKS, Progress, Scorecard, Study, StudyError};
