//! Back-tests: what is asked, how far it has got, what has come out.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::order::Print;

/// `POST /v1/backtests`: a strategy on this market's law, on one path or on many.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewBacktest {
    /// The instrument's id.
    pub instrument: String,
    /// The strategy's name.
    pub strategy: String,
    /// What is set of it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, f64>,
    /// The cash that it begins with; as a new account, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initial: Option<Decimal>,
    /// Its leverage; as a new account, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leverage: Option<Decimal>,
    /// What it trades on.
    pub on: Source,
    /// Ticks: of a session its last ones, all that are kept if absent; of each path 100 to 1,000,000 (100,000 if absent), and at most 10⁸ of
    /// all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticks: Option<u64>,
    /// How many paths, 1 to 1,000; 1 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// The first path's seed, the others follow it; 0 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<u64>,
    /// μ per year of the paths; 0 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drift: Option<f64>,
    /// σ per √year of the paths; what this session's ticks have shown, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volatility: Option<f64>,
}

/// What a back-test trades on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The last ticks of this session, as they were; it has neither paths nor seeds.
    Session,
    /// Paths of the session's preset from the last price, or of `btc` if its model is none, which nobody steers.
    Seeds,
}

/// How far a back-test has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BacktestState {
    /// It waits for another to end.
    Waiting,
    /// It computes.
    Running,
    /// `result` has what came out.
    Done,
    /// `error` says why nothing did.
    Failed,
    /// Its owner has stopped it.
    Cancelled,
}

/// A back-test: the answer to [`NewBacktest`], `GET /v1/backtests/{id}`; `DELETE` stops and forgets it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Backtest {
    /// Its number.
    pub id: u64,
    /// What was asked for.
    pub asked: NewBacktest,
    /// How far it has got.
    pub state: BacktestState,
    /// The part that is done, [0, 1].
    pub progress: f64,
    /// Why nothing came out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What came out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<BacktestResult>,
}

/// What a back-test has shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BacktestResult {
    /// The drift that was used, per year; absent on a session's own ticks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drift: Option<f64>,
    /// The volatility that was used, per √year; absent on a session's own ticks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volatility: Option<f64>,
    /// The preset whose shape the paths had; absent on a session's own ticks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preset: Option<String>,
    /// Figures of the first path by name, such as `total_return`, `sharpe`, `max_drawdown`; absent where one has no value.
    pub figures: BTreeMap<String, f64>,
    /// The first path, at most 1,000 points.
    pub path: PathCurve,
    /// Its fills, the last 500, oldest first.
    pub fills: Vec<Print>,
    /// What came out over all paths; absent if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distribution: Option<Distribution>,
}

/// A path and what the strategy was worth on it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PathCurve {
    /// Times.
    pub time: Vec<i64>,
    /// The price.
    pub price: Vec<f64>,
    /// What all of the account was worth.
    pub equity: Vec<f64>,
}

/// What came out over many paths.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Distribution {
    /// How many.
    pub paths: u32,
    /// Their total returns' mean.
    pub mean: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Probabilities.
    pub probability: Vec<f64>,
    /// The total return at each probability.
    pub quantile: Vec<f64>,
    /// Edges of equal bins of total return, one more than counts.
    pub edge: Vec<f64>,
    /// Paths in each bin.
    pub count: Vec<u32>,
    /// The part of the paths that lost.
    pub probability_of_loss: f64,
    /// The part of the paths that lost half of what there was, at any time.
    pub probability_of_ruin: f64,
}
