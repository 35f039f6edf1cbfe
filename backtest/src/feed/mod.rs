//! Where ticks come from.

mod best;
mod candles;
mod journal;
mod path;

use trading_core::quote::Quote;

use crate::error::BacktestError;

pub use candles::{Candle, CandleError, Candles, Making};
pub use journal::Replayed;
pub use path::Path;

/// What a market does next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// It publishes a tick.
    Quote(Quote),
    /// It is halted: nobody trades until the next tick.
    Halt,
}

/// A market as a trader sees it, tick by tick.
pub trait Feed {
    /// What comes next; none after the last tick.
    ///
    /// # Errors
    /// [`BacktestError`] if it can't be told; there is nothing after that.
    fn step(&mut self) -> Result<Option<Step>, BacktestError>;

    /// When its first period begins, Unix milliseconds.
    fn start_ms(&self) -> i64;

    /// When what it has told so far ends.
    fn end_ms(&self) -> i64;
}
