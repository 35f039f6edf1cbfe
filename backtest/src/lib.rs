//! Back-tests: the same desk that trades live, over ticks of another source, and what came of it in figures.
//!
//! Pure and deterministic: ticks and a strategy in, figures out. Results depend on neither threads nor time.
//!
//! - [`feed`]: seeded paths, journals, candles. [`run`]: one strategy on one of them, or a trading log over its journal.
//! - [`preset`]: a market by its numbers. [`seeds`]: many seeds at once. [`distribution`]: how a figure is spread over them.
//! - [`period`], [`curve`], [`figures`]: equity over time and what it comes to, as `quantstats` and `empyrical` say.
//! - [`trips`], [`split`]: round trips; where profit and loss come from. [`report`]: all of one run.

pub mod curve;
pub mod distribution;
pub mod error;
pub mod feed;
pub mod figures;
pub mod period;
pub mod preset;
pub mod report;
pub mod run;
pub mod seeds;
pub mod split;
pub mod trips;
pub mod watch;
