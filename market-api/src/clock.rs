//! The clock that drives the ticks.

use serde::{Deserialize, Serialize};

/// The slowest and the fastest a market may run.
pub const SPEED_RANGE: (f64, f64) = (0.1, 1000.0);

/// What to do with the clock.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClockCommand {
    /// Stops publishing ticks.
    Pause {},
    /// Goes on.
    Resume {},
    /// Simulated seconds for each second of the wall, from 0.1 to 1000.
    Speed {
        /// The factor.
        factor: f64,
    },
}

/// How the clock stands.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clock {
    /// Whether ticks are published.
    pub running: bool,
    /// Simulated seconds for each second of the wall.
    pub speed: f64,
    /// The last tick published.
    pub tick: u64,
    /// Its simulated time, Unix milliseconds.
    pub time: i64,
}
