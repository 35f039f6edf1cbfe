//! Bars of ticks.

use serde::{Deserialize, Serialize};

use crate::quote::Quote;

/// What the price did in a stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bar {
    /// When it began, Unix milliseconds: a multiple of its length.
    pub open_time_ms: i64,
    /// The first price.
    pub open: f64,
    /// The highest.
    pub high: f64,
    /// The lowest.
    pub low: f64,
    /// The last.
    pub close: f64,
}

/// Gathers ticks to bars; a stretch without a tick has none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bars {
    length_ms: i64,
    current: Option<Bar>,
}

impl Bars {
    /// Bars of so many milliseconds.
    pub fn new(length_ms: u64) -> Self {
        Self { length_ms: i64::try_from(length_ms).unwrap_or(i64::MAX).max(1), current: None }
    }

    /// Takes a tick; gives the bar that it closes by being after it.
    #[inline]
    pub fn push(&mut self, quote: &Quote) -> Option<Bar> {
        let price = quote.price;
        if let Some(bar) = &mut self.current
            && quote.time_ms.saturating_sub(bar.open_time_ms) < self.length_ms
        {
            bar.high = bar.high.max(price);
            bar.low = bar.low.min(price);
            bar.close = price;
            return None;
        }
        let open_time_ms = quote.time_ms - quote.time_ms.rem_euclid(self.length_ms);
        self.current.replace(Bar { open_time_ms, open: price, high: price, low: price, close: price })
    }
}
