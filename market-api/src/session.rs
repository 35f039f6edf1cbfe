//! Sessions: one run of a market.

use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::instrument::Instrument;

/// The version of the stream's events.
pub const PROTOCOL: u32 = 1;

/// What anyone may know of the session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// The session's id; a new seed or a reset makes a new one.
    pub session: String,
    /// Whether the seed is short enough to be guessed.
    pub practice: bool,
    /// Unix milliseconds of simulated time at tick 0.
    pub start_time: i64,
    /// Milliseconds of simulated time between ticks.
    pub tick_interval_ms: u64,
    /// The last tick.
    pub tick: u64,
    /// The first instrument's last seq published: the tick, less those that halts withheld.
    pub seq: u64,
    /// Whether trading in the first instrument is halted: ticks go on, and none is published.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub halted: bool,
    /// The clock.
    pub clock: Clock,
    /// Its instruments.
    pub instruments: Vec<Instrument>,
}

/// `GET /v1/session`: admins are also told the seed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SessionDetail {
    /// What anyone may know.
    #[serde(flatten)]
    pub session: Session,
    /// The seed, a decimal number or 0x and 64 hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<String>,
}

/// A model, by the name of a preset or with its parameters, `{"kind": …}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ModelChoice {
    /// A preset's name.
    Preset(String),
    /// A model.
    Model(serde_json::Map<String, serde_json::Value>),
}

/// `GET /v1/presets`: a model by name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Preset {
    /// Its name.
    pub name: String,
    /// The model's kind.
    pub model: String,
    /// μ per year.
    pub drift: f64,
    /// σ per √year.
    pub volatility: f64,
}

/// `POST /v1/sessions`: ends the session, keeps its journal, and begins another. What is absent is as in the session
/// that ends, but for the seed (256 bits from the operating system), the spot (the last price) and the start (now).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewSession {
    /// The seed, a decimal number below 2⁶⁴ or 0x and up to 64 hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<String>,
    /// The instrument that model, spot, drift and volatility are meant for; the first if absent. Others go on where they stand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instrument: Option<String>,
    /// The model: the name of a preset, such as `btc`, or a model with its parameters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelChoice>,
    /// The price before the first tick.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spot: Option<f64>,
    /// μ per year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drift: Option<f64>,
    /// σ per √year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volatility: Option<f64>,
    /// Milliseconds of simulated time between ticks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tick_interval_ms: Option<u64>,
    /// Simulated seconds for each second of the wall.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed: Option<f64>,
}
