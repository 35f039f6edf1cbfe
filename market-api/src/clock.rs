//! The market's clock, and how the service does.

use serde::{Deserialize, Serialize};

/// Simulated time against the wall's.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clock {
    /// Whether ticks are published.
    pub running: bool,
    /// Simulated seconds for each second of the wall, in [0.1, 1000].
    pub speed: f64,
}

/// `POST /v1/clock`: what is absent stays as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockChange {
    /// `false` pauses, `true` resumes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub running: Option<bool>,
    /// The new speed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed: Option<f64>,
}

/// `GET /v1/status`, and the answer to [`ClockChange`]; for admins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// The clock.
    #[serde(flatten)]
    pub clock: Clock,
    /// The last tick published.
    pub tick: u64,
    /// The journal's watermark: no tick above it is published.
    pub through: u64,
    /// Connected clients.
    pub clients: usize,
    /// Ticks published in the last second of the wall's clock.
    pub ticks_per_second: u64,
    /// The 99th percentile of how late the last ticks were published, milliseconds.
    pub lateness_p99_ms: f64,
    /// Why the journal can't be written, while it can't.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stalled: Option<String>,
}
