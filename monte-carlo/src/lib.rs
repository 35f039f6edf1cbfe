//! Option prices by simulation: reproducible Monte Carlo, and randomised quasi-Monte Carlo on scrambled Sobol' points.
//!
//! | | paths | standard error |
//! |---|---|---|
//! | [`MonteCarlo`] | independent, mirrored if asked for | of the samples, or of a regression on a control |
//! | [`QuasiMonteCarlo`] | from [`sobol`] points by a [`BrownianBridge`] | of independent scrambles |
//!
//! [`QuasiNormals`] gives the scrambled points' normals to any integrand of one's own.
//!
//! A [`payoff`] is data; a [`Market`] is a spot, a rate, a maturity and any model of `gbm-core`. Barriers, extremes and averages can be
//! watched continuously: what happens between two fixings is then known in law, and neither a number of steps nor a bias is the
//! price of it (but for the arithmetic average's, which [`payoff::AsianArithmetic`] names).
//!
//! **The same request gives the same bits**, with any number of threads, with feature `rayon` or without it, on any machine:
//! samples are cut into blocks, blocks are merged in their order, and nothing is looked at but between waves of blocks. No value
//! depends on platform maths.
//!
//! ```
//! use gbm_core::noise::Seed;
//! use monte_carlo::payoff::{Barrier, Control, Direction, Knock, Right, Watch};
//! use monte_carlo::units::{Level, Strike};
//! use monte_carlo::{Market, MonteCarlo, Parameters};
//!
//! let market = Market::black_scholes(Parameters { spot: 100.0, rate: 0.1, volatility: 0.3, maturity: 1.0 })?;
//! let up_and_out = Barrier {
//!     right: Right::Call,
//!     strike: Strike::new(100.0)?,
//!     direction: Direction::Up,
//!     knock: Knock::Out,
//!     level: Level::new(150.0)?,
//!     watch: Watch::Continuous,
//! };
//! let simulation = MonteCarlo { control: Some(Control::Terminal), ..MonteCarlo::new(Seed::from(42), 16, 200_000) };
//! let estimate = simulation.price(&market, &up_and_out)?;
//! assert!(estimate.distance(5.4126).abs() < 5.0);
//! # Ok::<(), monte_carlo::PriceError>(())
//! ```
//!
//! Modules, lowest first; each imports only those before it: [`units`], `error`, `terms`, `law`, [`payoff`], `market`, [`moments`],
//! `estimate`, `waves`, `setting`, `basket`, `rows`, [`sobol`], `bridge`, `monte_carlo`, `quasi`.

mod basket;
mod bridge;
mod error;
mod estimate;
mod law;
mod market;
pub mod moments;
mod monte_carlo;
pub mod payoff;
mod quasi;
mod rows;
mod setting;
pub mod sobol;
mod terms;
pub mod units;
mod waves;

pub use bridge::BrownianBridge;
pub use error::{MAX_DIMENSIONS, MAX_PATHS, MAX_STEPS, MAX_WORK, PriceError};
pub use estimate::{Estimate, Progress, Stopped};
pub use market::{Asset, BasketMarket, Market, Parameters};
pub use monte_carlo::MonteCarlo;
pub use quasi::{QuasiMonteCarlo, QuasiNormals};
