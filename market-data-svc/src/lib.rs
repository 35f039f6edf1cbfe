//! The market data service. One task owns the simulation; everyone else sends it requests and sees what it publishes.
//!
//! - [`store`]: the data directory, its lock, and the journal's file.
//! - [`writer`]: a thread that appends lines and syncs them, many at a time.
//! - [`history`]: what clients may still be told: ticks, candles, figures.
//! - [`market`]: the task that owns the recorder: clock, watermark, commands, ticks.

pub mod history;
pub mod market;
pub mod store;
pub mod writer;
