//! The market data service. One task owns the simulation; everyone else sends it requests and sees what it publishes.
//!
//! - [`store`]: the data directory, its lock, and the journal's file.
//! - [`writer`]: a thread that appends lines and syncs them, many at a time.
//! - [`market`]: the task that owns the recorder: clock, watermark, commands, ticks.
//! - [`history`]: what clients may still be told: ticks, candles, figures.
//! - [`feed`]: the task that owns history and sends to whoever subscribed.
//! - [`stream`], [`rest`]: Socket.IO and HTTP in front of it.
//! - [`service`]: all of it on one socket.

pub mod feed;
pub mod history;
pub mod market;
pub mod rest;
pub mod service;
pub mod store;
pub mod stream;
pub mod writer;
