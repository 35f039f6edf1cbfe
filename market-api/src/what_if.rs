//! What would be: previews of interventions, the parts that each had in the price, and forks. For admins alone: they show the future.

use serde::{Deserialize, Serialize};

use crate::intervention::{Body, NewIntervention};

/// `POST /v1/instruments/{id}/preview`: how the price would go on with these commands, each as soon as it can act.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPreview {
    /// The commands, in order.
    pub commands: Vec<NewIntervention>,
    /// How far to look, seconds of simulated time.
    pub horizon_s: f64,
}

/// A future on the market's own noise: it comes true if the commands are sent as they are. Row i is at `t0 + i·dt`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Preview {
    /// The tick of commands that named none: sent with it, they do what is shown.
    pub tick: u64,
    /// The first row's time, Unix milliseconds of simulated time: that of the last tick.
    pub t0: i64,
    /// Milliseconds between rows: every tick, or every so many of them.
    pub dt: u64,
    /// Prices with the commands; null where trading is halted.
    pub price: Vec<Option<f64>>,
    /// Prices without them.
    pub without: Vec<Option<f64>>,
}

/// What one intervention has added to ln(price/reference), given those before it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contribution {
    /// The intervention.
    pub id: u64,
    /// Its tick.
    pub tick: u64,
    /// Its tick's time, Unix milliseconds of simulated time.
    pub time: i64,
    /// What it does.
    pub body: Body,
    /// By the window's beginning.
    pub at_from: f64,
    /// By its end.
    pub at_to: f64,
}

/// `GET /v1/instruments/{id}/attribution?from&to`: which interventions moved the price between two ticks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attribution {
    /// The window's first tick.
    pub from: u64,
    /// Its last.
    pub to: u64,
    /// ln(price/reference) at the window's beginning.
    pub at_from: f64,
    /// And at its end: the contributions sum to it.
    pub at_to: f64,
    /// In the order of the interventions.
    pub contributions: Vec<Contribution>,
}

/// A change of a session's interventions after the fork.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "edit", rename_all = "snake_case", deny_unknown_fields)]
pub enum Edit {
    /// One more, on this tick, or on the fork's first.
    Add {
        /// The tick.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tick: Option<u64>,
        /// What it does.
        body: Body,
    },
    /// One less, and with it every cancel of it.
    Remove {
        /// The intervention.
        id: u64,
    },
    /// Another body, on the same tick.
    Change {
        /// The intervention.
        id: u64,
        /// What it does instead.
        body: Body,
    },
}

/// `POST /v1/instruments/{id}/forks`: how the session would have gone on from a tick with other interventions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewFork {
    /// The last tick that both have in common.
    pub at: u64,
    /// The fork's last tick; the session's last if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<u64>,
    /// What is different.
    pub edits: Vec<Edit>,
}

/// A fork beside the session. Row i is tick `tick0 + i·every`, at `t0 + i·dt`; the last tick is always a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fork {
    /// The first row's tick: the fork's.
    pub tick0: u64,
    /// Ticks between rows.
    pub every: u64,
    /// The first row's time, Unix milliseconds of simulated time.
    pub t0: i64,
    /// Milliseconds between rows.
    pub dt: u64,
    /// The fork's prices; null where trading is halted.
    pub price: Vec<Option<f64>>,
    /// The session's, as it was.
    pub was: Vec<Option<f64>>,
    /// The reference, which both have in common.
    pub reference: Vec<f64>,
}

/// 202: more work than an answer waits for. Ask `GET /v1/jobs/{job}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Started {
    /// The job.
    pub job: u64,
}

/// What a job was asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Outcome {
    /// By `GET …/attribution`.
    Attribution(Attribution),
    /// By `POST …/forks`.
    Fork(Fork),
}

/// `GET /v1/jobs/{job}`: how far it is, or what came out. `DELETE` stops and forgets it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Job {
    /// It waits for its turn, or runs.
    Running {
        /// Ticks computed.
        done: u64,
        /// Of so many.
        of: u64,
    },
    /// What the request would have been answered at once.
    Done {
        /// The answer.
        result: Outcome,
    },
    /// It couldn't be done.
    Failed {
        /// Why.
        detail: String,
    },
}
