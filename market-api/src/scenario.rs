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

/// `GET /v1/scenarios`: one of those that come with the service.
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
}

/// Which scenario, and how: exactly one of `scenario` and `toml`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// The name of one that comes with the service.
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
