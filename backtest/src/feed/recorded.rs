use trading_core::quote::Quote;

use super::{Feed, Step};
use crate::error::BacktestError;

/// Ticks as they were published, in their order.
#[derive(Clone, Debug)]
pub struct Recorded {
    ticks: std::vec::IntoIter<Quote>,
    start_ms: i64,
    end_ms: i64,
}

impl Recorded {
    /// Ticks a time apart, of which halts may have withheld some.
    ///
    /// # Errors
    /// [`BacktestError::Empty`] for none.
    pub fn new(ticks: Vec<Quote>, interval_ms: u64) -> Result<Self, BacktestError> {
        let first = ticks.first().ok_or(BacktestError::Empty)?;
        let start_ms = first.time_ms.saturating_sub_unsigned(interval_ms);
        Ok(Self { ticks: ticks.into_iter(), start_ms, end_ms: start_ms })
    }
}

impl Feed for Recorded {
    fn step(&mut self) -> Result<Option<Step>, BacktestError> {
        let next = self.ticks.next();
        self.end_ms = next.map_or(self.end_ms, |quote| quote.time_ms);
        Ok(next.map(Step::Quote))
    }

    fn start_ms(&self) -> i64 {
        self.start_ms
    }

    fn end_ms(&self) -> i64 {
        self.end_ms
    }
}
