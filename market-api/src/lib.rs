//! The wire schema of the market: what REST and Socket.IO carry, in one place.
//!
//! Plain data with serde forms, snake case, units last; times are Unix milliseconds. The engine's types are not the
//! wire's: prices here are rounded to the instrument's tick size.

pub mod auth;
pub mod candle;
pub mod clock;
pub mod health;
pub mod instrument;
pub mod intervention;
pub mod problem;
pub mod scenario;
pub mod session;
pub mod stream;
pub mod tick;
pub mod trade;
pub mod trading;
pub mod what_if;
