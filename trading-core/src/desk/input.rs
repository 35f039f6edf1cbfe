//! What may be asked of a desk, and what it answers.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{MAX_ACCOUNTS, MAX_RUNS, MAX_RUNS_OF_OWNER, RunId};
use crate::account::{Terms, TermsError};
use crate::order::{AccountId, NewOrder, OrderId, Rejection};
use crate::strategy::{ParameterError, Values};

/// What is asked: one line of a trading log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "input", rename_all = "snake_case")]
pub enum Input {
    /// An account is opened.
    Open {
        /// Its number, which no other has.
        account: AccountId,
        /// What it begins with, and pays.
        terms: Terms,
    },
    /// An account is forgotten, with its orders and its position.
    Close {
        /// Which.
        account: AccountId,
    },
    /// An order is submitted.
    Submit {
        /// Whose.
        account: AccountId,
        /// What is asked for.
        order: NewOrder,
    },
    /// An order's end is asked for.
    Cancel {
        /// Whose.
        account: AccountId,
        /// Which.
        order: OrderId,
    },
    /// An account is set back to its beginning: its orders end, its money is as at first. Its strategies and the names of its orders stay.
    Reset {
        /// Which.
        account: AccountId,
        /// What it begins with from now on, and pays; as before if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        terms: Option<Terms>,
    },
    /// A strategy starts, on an account of its own.
    Start {
        /// Its number, which no other run has.
        run: RunId,
        /// Who has started it.
        owner: AccountId,
        /// The account on which it trades: a new one.
        account: AccountId,
        /// The strategy's name.
        strategy: String,
        /// What is set of it.
        #[serde(default)]
        values: Values,
        /// What its account begins with, and pays.
        terms: Terms,
        /// The loss of cash after which it is stopped.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        loss_limit: Option<Decimal>,
    },
    /// A strategy is stopped: its orders are cancelled, its position is closed at the market.
    Stop {
        /// Which.
        run: RunId,
    },
    /// Trading is halted: nothing arrives, trades or is accepted until the next tick.
    Halt,
    /// Ticks up to this one were never seen: nothing was traded on them.
    Missed {
        /// The last one.
        through: u64,
    },
}

/// What has become of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// The account is there.
    Opened,
    /// The account is forgotten.
    Closed,
    /// The order was accepted, now or before under the same client id.
    Order(OrderId),
    /// The wish to cancel is on its way.
    Cancelling,
    /// The account is as at its beginning.
    Reset,
    /// The strategy runs.
    Started(RunId),
    /// The strategy ends.
    Stopping,
    /// Nobody trades.
    Halted,
    /// The ticks are passed over.
    Missed,
}

/// Why an input was refused. Nothing has changed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DeskError {
    /// The exchange refuses it.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The account's terms are outside their domain.
    #[error(transparent)]
    Terms(#[from] TermsError),
    /// The strategy can't be made.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// The account is there already.
    #[error("account {} is there already", .0.0)]
    AccountTaken(AccountId),
    /// A strategy trades on this account, and nobody else may.
    #[error("account {} is a strategy's own", .0.0)]
    StrategyAccount(AccountId),
    /// Too many accounts.
    #[error("there are {MAX_ACCOUNTS} accounts already")]
    TooManyAccounts,
    /// No such run.
    #[error("run {} is not known", .0.0)]
    UnknownRun(RunId),
    /// The run is there already.
    #[error("run {} is there already", .0.0)]
    RunTaken(RunId),
    /// The run has stopped before.
    #[error("run {} has stopped already", .0.0)]
    RunHasStopped(RunId),
    /// Too many strategies at once.
    #[error("{MAX_RUNS_OF_OWNER} strategies of one owner, or {MAX_RUNS} of all, run already")]
    TooManyRuns,
    /// Zero or less.
    #[error("loss_limit = {0} is outside (0, ∞)")]
    LossLimit(Decimal),
    /// These ticks were seen.
    #[error("through = {through} is not after the last tick, {last_tick}")]
    NotMissed {
        /// What was said to be missed.
        through: u64,
        /// The last tick.
        last_tick: u64,
    },
}

impl DeskError {
    /// Its stable name.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Rejected(rejection) => rejection.code(),
            Self::Terms(TermsError::Initial(_)) => "initial_outside_domain",
            Self::Terms(TermsError::MakerFee(_)) => "maker_bp_outside_domain",
            Self::Terms(TermsError::TakerFee(_)) => "taker_bp_outside_domain",
            Self::Terms(TermsError::Leverage(_)) => "leverage_outside_domain",
            Self::Parameter(error) => error.code(),
            Self::AccountTaken(_) => "account_taken",
            Self::StrategyAccount(_) => "strategy_account",
            Self::TooManyAccounts => "too_many_accounts",
            Self::UnknownRun(_) => "unknown_run",
            Self::RunTaken(_) => "run_taken",
            Self::RunHasStopped(_) => "run_has_stopped",
            Self::TooManyRuns => "too_many_runs",
            Self::LossLimit(_) => "loss_limit_outside_domain",
            Self::NotMissed { .. } => "not_missed",
        }
    }
}
