//! Interventions as requests and answers. The body is the engine's own form, `{"kind": …}`, which this crate carries
//! without knowing it.

use serde::{Deserialize, Serialize};

/// An intervention asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InterventionRequest {
    /// The id; absent: the next free one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    /// The tick on which it acts; absent: the first one due in at least 20 ms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tick: Option<u64>,
    /// Or the simulated time, Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_ms: Option<i64>,
    /// The instrument; absent: the only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instrument: Option<String>,
    /// Why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// What to do.
    pub body: serde_json::Value,
}

/// The answer once it is on the disk (202).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InterventionAnswer {
    /// Its id.
    pub id: u64,
    /// The tick on which it acts.
    pub tick: u64,
}

/// An intervention that was accepted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InterventionRecord {
    /// Its id.
    pub id: u64,
    /// The tick on which it acts.
    pub tick: u64,
    /// That tick's simulated time, Unix milliseconds.
    pub time: i64,
    /// The instrument.
    pub instrument: String,
    /// Who asked for it.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// What it does.
    pub body: serde_json::Value,
}
