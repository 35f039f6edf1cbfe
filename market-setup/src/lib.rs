//! What market to start: [`args`] are the flags that `simulate`, the market data service and the whole stack share, with
//! their defaults, [`instruments`] what it trades, [`models`] how its prices move; [`prices`] reads the files to calibrate by, [`candles`] those to trade
//! on, line by line ([`lines`]).

pub mod args;
pub mod candles;
pub mod contradiction;
mod error;
pub mod files;
pub mod instruments;
pub mod lines;
pub mod models;
pub mod prices;

pub use error::SetupError;
