//! The trading service: a paper exchange behind REST and Socket.IO, fed by the market's public stream like any other client.
//!
//! One thread owns the exchange and its ledger. Ticks and requests go in by one bounded channel; what happens is told once it is durable.

pub mod acting;
pub mod backtests;
pub mod books;
pub mod cli;
pub mod curve;
pub mod flow;
pub mod handle;
pub mod ledger;
pub mod market;
pub mod push;
pub mod refusal;
pub mod rest;
pub mod service;
pub mod state;
pub mod steering;
pub mod stream;
pub mod venue;
pub mod views;
pub mod wire;

use std::time::{SystemTime, UNIX_EPOCH};

pub use ledger::LedgerError;
pub use service::{Config, Service};
pub use venue::Settings;

/// The clock of this machine, Unix milliseconds.
fn server_time() -> i64 {
    let passed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(passed.as_millis()).unwrap_or(i64::MAX)
}
