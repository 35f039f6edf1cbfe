//! Strategies: those that can be started, and those that were.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::account::Account;

/// One of a strategy's numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    /// Its name, units last.
    pub name: String,
    /// Unless it is set.
    pub default: f64,
    /// The least.
    pub min: f64,
    /// The most.
    pub max: f64,
    /// Whether it is a whole number.
    pub is_whole: bool,
    /// What it does.
    pub description: String,
}

/// A strategy that can be started: `GET /v1/strategies/available`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Strategy {
    /// Its name.
    pub name: String,
    /// Its name in words.
    pub title: String,
    /// What it does, in a sentence.
    pub description: String,
    /// What can be set.
    pub parameters: Vec<Parameter>,
}

/// `POST /v1/strategies`, with an `Idempotency-Key` if it may be sent again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewRun {
    /// The instrument's id.
    pub instrument: String,
    /// The strategy's name.
    pub strategy: String,
    /// What is set of it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, f64>,
    /// The cash that its own account begins with; as the trader's did, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initial: Option<Decimal>,
    /// The leverage of its account; as the trader's, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leverage: Option<Decimal>,
    /// The loss after which it is stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss_limit: Option<Decimal>,
}

/// How far a strategy has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// It trades.
    Running,
    /// Its orders are being cancelled, its position is being closed.
    Stopping,
    /// It holds nothing and has no orders.
    Stopped,
}

/// What a strategy has decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// On which tick.
    pub tick: u64,
    /// Its time, if it is still known.
    pub time: i64,
    /// Why.
    pub why: String,
    /// What, in a few words: `buy 0.5 market`, `cancel 12`.
    pub what: String,
    /// Why it was refused, if it was: a stable code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

/// A strategy at work, or one that has stopped: `GET /v1/strategies`, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Its number.
    pub id: u64,
    /// The instrument.
    pub instrument: String,
    /// The strategy's name.
    pub strategy: String,
    /// What was set of it.
    pub values: BTreeMap<String, f64>,
    /// The loss after which it is stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss_limit: Option<Decimal>,
    /// How far it has got.
    pub state: RunState,
    /// Why it ends: `asked`, `loss_limit`, `liquidated`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it started.
    pub started_at: i64,
    /// Its account.
    pub account: Account,
    /// What it has gained: equity less what it began with.
    pub profit: Decimal,
    /// Its fills so far.
    pub fills: u64,
    /// Its decisions so far.
    pub decided: u64,
    /// The last ones, newest first.
    pub decisions: Vec<Decided>,
}
