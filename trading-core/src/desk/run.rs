//! A strategy at work.

use std::collections::VecDeque;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::order::{AccountId, Rejection};
use crate::strategy::{Action, Bars, BuiltIn, Strategy, Values};

/// The decisions of one run that are remembered, the last ones.
pub const MAX_DECISIONS: usize = 20;

/// A run's number, assigned by whoever starts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RunId(pub u64);

/// Why a run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StopReason {
    /// Its owner wanted it.
    Asked,
    /// It has lost as much as it may.
    LossLimit,
    /// Its account was liquidated.
    Liquidated,
}

/// How far a run has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum RunState {
    /// It trades.
    Running,
    /// Its orders are being cancelled, its position is being closed.
    Stopping {
        /// Why.
        why: StopReason,
    },
    /// It holds nothing and has no orders.
    Stopped {
        /// Why.
        why: StopReason,
    },
}

/// A decision that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// On which tick.
    pub tick: u64,
    /// Why.
    pub reason: String,
    /// What.
    pub action: Action,
    /// Why the exchange refused it, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<Rejection>,
}

/// A strategy at work, or what is remembered of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run<S = BuiltIn> {
    /// Who has started it.
    pub owner: AccountId,
    /// The account on which it trades.
    pub account: AccountId,
    /// The strategy, with whatever it remembers.
    pub strategy: S,
    /// What was set of it.
    pub values: Values,
    /// The loss of cash after which it is stopped.
    pub loss_limit: Option<Decimal>,
    /// How far it has got.
    pub state: RunState,
    /// Its last decisions, oldest first, at most [`MAX_DECISIONS`].
    pub decisions: VecDeque<Decided>,
    /// Decisions so far.
    pub decided: u64,
    /// Fills so far.
    pub fills: u64,
    /// The last tick before it started.
    pub started_tick: u64,
    pub(super) bars: Option<Bars>,
}

impl<S: Strategy> Run<S> {
    pub(super) fn new(
        owner: AccountId,
        account: AccountId,
        strategy: S,
        values: Values,
        loss_limit: Option<Decimal>,
        started_tick: u64,
    ) -> Self {
        let bars = strategy.bar_ms().map(Bars::new);
        Self {
            owner,
            account,
            strategy,
            values,
            loss_limit,
            state: RunState::Running,
            decisions: VecDeque::new(),
            decided: 0,
            fills: 0,
            started_tick,
            bars,
        }
    }

    /// Whether it holds nothing and has no orders, for good.
    pub fn has_stopped(&self) -> bool {
        matches!(self.state, RunState::Stopped { .. })
    }

    pub(super) fn note(&mut self, decided: Decided) {
        self.decided += 1;
        if self.decisions.len() >= MAX_DECISIONS {
            self.decisions.pop_front();
        }
        self.decisions.push_back(decided);
    }
}
