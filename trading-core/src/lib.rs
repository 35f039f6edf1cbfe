//! A paper exchange: what traders may ask for, what it costs, and what becomes of it.
//!
//! Pure and deterministic: orders and published ticks in, events out. There is no clock and no I/O, so a live exchange and a
//! back-test of what it was given say the same to the last unit.
//!
//! - [`order`], [`account`]: what is asked for, and the money. [`quote`]: a published tick.
//! - [`depth`]: what an order costs in the book of the square-root law.
//! - [`rules`], [`events`]: what holds for every order, and what is told.
//! - [`exchange`]: orders and accounts in motion.
//! - [`strategy`]: what decides by itself. [`desk`]: an exchange with strategies on it, and all that may be asked of both.
//! - [`log`]: what was asked of a desk, as text, so that it can be asked again.

pub mod account;
pub mod depth;
pub mod desk;
pub mod events;
pub mod exchange;
pub mod log;
pub mod order;
pub mod quote;
pub mod rules;
pub mod strategy;
