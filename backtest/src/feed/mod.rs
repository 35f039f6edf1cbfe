//! Where ticks come from.

mod candles;
mod journal;
mod path;
mod recorded;

use std::num::NonZeroU32;

use gbm_core::quoting::{Best, Increment, MAX_DECIMALS, Quoting};
use trading_core::quote::{Grid, Quote};

use crate::error::BacktestError;

pub use candles::{Candle, CandleError, Candles, Making};
pub use journal::Replayed;
pub use path::Path;
pub use recorded::Recorded;

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

impl<F: Feed + ?Sized> Feed for Box<F> {
    fn step(&mut self) -> Result<Option<Step>, BacktestError> {
        (**self).step()
    }

    fn start_ms(&self) -> i64 {
        (**self).start_ms()
    }

    fn end_ms(&self) -> i64 {
        (**self).end_ms()
    }
}

/// The increment of an exchange's prices, as the market that it trades on publishes them.
///
/// # Errors
/// [`BacktestError::Domain`] for a tick size that no market publishes: 0 or less, beyond 2³² units of its last decimal, or with more
/// than 22 decimals.
pub fn increment(grid: &Grid) -> Result<Increment, BacktestError> {
    let size = grid.tick_size.normalize();
    let step = u32::try_from(size.mantissa()).ok().and_then(NonZeroU32::new);
    let decimals = u8::try_from(size.scale()).ok().filter(|decimals| *decimals <= MAX_DECIMALS);
    let outside = || BacktestError::Domain {
        name: "tick_size",
        value: size.to_string(),
        domain: "(0, 2^32) units of its last decimal",
    };
    Ok(Increment::new(step.ok_or_else(outside)?, decimals.ok_or_else(outside)?))
}

/// A tick as it is published: rounded to the increment, with the best prices around it.
#[inline]
fn published((tick, time_ms): (u64, i64), price: f64, quoting: Quoting, increment: Increment) -> Quote {
    let price = increment.round(price);
    let Best { bid, ask } = Best::around(price, quoting, increment);
    Quote { tick, time_ms, price, bid, ask, liquidity: quoting.liquidity }
}
