//! What a session's exchange is: all that a snapshot holds, and that ticks and inputs make again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use trading_core::desk::{Desk, DeskError, Input, Outcome, RunId};
use trading_core::events::Event;
use trading_core::order::AccountId;
use trading_core::quote::Quote;
use trading_core::rules::Rules;

use crate::curve::{Curve, Sample};

/// A market's session, as the exchange needs it.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// Its row in the ledger.
    pub row: i64,
    /// Its name.
    pub name: String,
    /// The instrument that is traded.
    pub instrument: String,
    /// Simulated time at tick 0, Unix milliseconds.
    pub start_ms: i64,
    /// Between two ticks.
    pub interval_ms: u64,
}

impl Session {
    /// A tick's time.
    pub fn time(&self, tick: u64) -> i64 {
        self.start_ms.saturating_add(tick.saturating_mul(self.interval_ms).cast_signed())
    }
}

/// The exchange in motion.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    /// Orders, accounts, strategies.
    pub desk: Desk,
    /// Prices by which equity is told.
    pub curve: Curve,
    /// The last seq that was followed.
    pub seq: u64,
    /// Inputs so far.
    pub inputs: u64,
    /// The tick after which each account's money began, or began anew.
    begun: BTreeMap<AccountId, u64>,
    last_account: u64,
    last_run: u64,
}

impl State {
    /// Before the first tick.
    pub fn new(rules: Rules) -> Self {
        let (desk, curve) = (Desk::new(rules), Curve::default());
        Self { desk, curve, seq: 0, inputs: 0, begun: BTreeMap::new(), last_account: 0, last_run: 0 }
    }

    /// A number that no account has had.
    pub fn next_account(&self) -> AccountId {
        AccountId(self.last_account + 1)
    }

    /// A number that no run has had.
    pub fn next_run(&self) -> RunId {
        RunId(self.last_run + 1)
    }

    /// Prices since an account's money began, or began anew.
    pub fn samples_of(&self, account: AccountId) -> Vec<Sample> {
        let begun = self.begun.get(&account).copied().unwrap_or_default();
        self.curve.samples().filter(|sample| sample.tick >= begun).collect()
    }

    /// Follows a tick.
    pub fn tick(&mut self, quote: &Quote, events: &mut Vec<Event>) {
        self.desk.on_tick(quote, events);
        self.curve.push(quote);
        // With a run that the desk forgets goes its account.
        let exchange = self.desk.exchange();
        if self.begun.len() > exchange.accounts().len() {
            self.begun.retain(|account, _| exchange.account(*account).is_some());
        }
    }

    /// Follows an input.
    ///
    /// # Errors
    /// [`DeskError`]; nothing has changed.
    pub fn apply(&mut self, input: &Input, events: &mut Vec<Event>) -> Result<Outcome, DeskError> {
        let outcome = self.desk.apply(input, events)?;
        self.inputs += 1;
        match input {
            Input::Open { account, .. } | Input::Start { account, .. } | Input::Reset { account, .. } => {
                self.begun.insert(*account, self.desk.last_tick());
            }
            Input::Close { account } => drop(self.begun.remove(account)),
            _ => {}
        }
        if let Input::Open { account, .. } | Input::Start { account, .. } = input {
            self.last_account = self.last_account.max(account.0);
        }
        if let Input::Start { run, .. } = input {
            self.last_run = self.last_run.max(run.0);
        }
        Ok(outcome)
    }
}
