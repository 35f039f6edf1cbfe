//! What bends the model's parameters and the quotes.

use serde::{Deserialize, Serialize};

use crate::units::{Drift, Factor, Seconds, Volatility};

/// The model's drift from this tick on, until set again or cancelled (then what was in force before).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetDrift {
    /// μ per year.
    pub mu: Drift,
    /// Reached linearly over this time; at once if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ramp_s: Option<Seconds>,
}

/// The model's annual volatility from this tick on, until set again or cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetVolatility {
    /// σ per √year.
    pub sigma: Volatility,
    /// Reached linearly over this time; at once if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ramp_s: Option<Seconds>,
}

/// Volatility times a factor: for a time, or fading by 1 + (factor − 1)·2^(−t/h), or until cancelled.
///
/// It multiplies the model's whole centred increment, and the drift of the price stays what it is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VolatilityScale {
    /// The factor.
    pub factor: Factor,
    /// h: factor − 1 halves in this time, and ends after 64 of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub half_life_s: Option<Seconds>,
    /// Or the factor holds for this long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_s: Option<Seconds>,
}

/// The intensity of the model's jumps times a factor, for a time or until cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JumpRate {
    /// The factor.
    pub factor: Factor,
    /// For how long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_s: Option<Seconds>,
}

/// The model is held in one of its regimes, for a time or until cancelled; the last one forced counts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Regime {
    /// The regime's number, from 0.
    pub state: u32,
    /// For how long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_s: Option<Seconds>,
}

/// The quoted spread times a factor, for a time or until cancelled. The price doesn't move by it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spread {
    /// The factor.
    pub factor: Factor,
    /// For how long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_s: Option<Seconds>,
}
