//! How much history a connection may ask for: rows are what costs, in time to encode and in memory until they are read.

use std::time::Duration;

use tokio::time::Instant;

/// What a new connection may ask for at once: twice the longest resume, with candles of every interval.
pub const ROWS: f64 = 250_000.0;
/// What it may ask for every second after that.
pub const ROWS_PER_SECOND: f64 = 5000.0;
/// What any request costs, however little it asks for.
pub const REQUEST_ROWS: f64 = 500.0;

/// A connection's allowance, kept with its socket.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    rows: f64,
    at: Instant,
}

impl Allowance {
    /// A new connection's.
    pub fn new(now: Instant) -> Self {
        Self { rows: ROWS, at: now }
    }

    /// Takes a request's cost, and tells how long to wait if there isn't enough.
    ///
    /// # Errors
    /// How long it takes until there is.
    pub fn take(&mut self, rows: usize, now: Instant) -> Result<(), Duration> {
        let earned = now.saturating_duration_since(self.at).as_secs_f64() * ROWS_PER_SECOND;
        (self.rows, self.at) = ((self.rows + earned).min(ROWS), now);
        let cost = (rows as f64 + REQUEST_ROWS).min(ROWS);
        if cost > self.rows {
            return Err(Duration::from_secs_f64((cost - self.rows) / ROWS_PER_SECOND));
        }
        self.rows -= cost;
        Ok(())
    }
}
