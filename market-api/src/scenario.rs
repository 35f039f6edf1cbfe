//! Scenarios: interventions with relative times and parameters, run as one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::intervention::Acknowledged;

/// A number of a scenario that whoever runs it may choose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    /// Unless another is chosen.
    pub value: f64,
    /// The least.
    pub min: f64,
    /// The most.
    pub max: f64,
    /// What it is, and its unit.
    pub description: String,
}

/// `GET /v1/scenarios`: one that comes with the service, or an own one, which `POST /v1/scenarios` or `PUT /v1/scenarios/{name}` has kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scenario {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// What it does, in a sentence.
    pub description: String,
    /// Its parameters by name.
    pub parameters: BTreeMap<String, Parameter>,
    /// Its text, to begin another one from.
    pub toml: String,
    /// Whether it comes with the service; an own one can be replaced and deleted.
    pub built_in: bool,
}

/// `POST /v1/scenarios`: the interventions of the ticks after `from`, up to `to`, as a scenario that begins on the first of these ticks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewRecording {
    /// The instrument's id.
    pub instrument: String,
    /// The tick before the first one; 0 is the session's start.
    pub from: u64,
    /// The last tick, at most the last one published.
    pub to: u64,
    /// What it is to be called: 1 to 32 of a-z, 0-9 and '_', a letter first.
    pub name: String,
    /// Its title, 1 to 100 characters; the stretch if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it does, 1 to 500 characters; instrument and stretch if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// `PUT /v1/scenarios/{name}`: keeps a scenario, or replaces the own one of this name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewScenario {
    /// Its text, at most 65,536 bytes; the name inside is that of the path.
    pub toml: String,
}

/// Which scenario, and how: exactly one of `scenario` and `toml`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// The name of one that comes with the service, or of an own one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenario: Option<String>,
    /// Or the text of another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub toml: Option<String>,
    /// Parameters that are to have other values.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, f64>,
    /// The tick on which it begins; the first one that is far enough ahead for the journal if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tick: Option<u64>,
    /// For a preview: how far to look, seconds of simulated time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub horizon_s: Option<f64>,
}

/// `POST /v1/instruments/{id}/runs`: all of it is in the journal. `DELETE …/runs/{run}` ends what of it is scheduled or acts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// The run's number: that of its first intervention.
    pub run: u64,
    /// The scenario's name.
    pub scenario: String,
    /// Its interventions.
    pub interventions: Vec<Acknowledged>,
}
