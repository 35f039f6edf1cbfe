use serde::{Deserialize, Serialize};

use super::parameter::{Checked, number};
use super::{Action, Decision, Parameter, ParameterError, Strategy, Values, View, market};
use crate::order::Side;
use crate::quote::float;

/// What a purchase may cost beyond its amount, fees and the book's depth together.
const RESERVE: f64 = 1.05;

/// Buys for the same amount of cash at regular times, whatever the price, as long as there is cash.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dca {
    amount: f64,
    every_ms: i64,
    next_ms: Option<i64>,
    bought: u64,
}

impl Dca {
    pub(super) const PARAMETERS: &[Parameter] = &[
        number("amount", 200.0, (1.0, 1e6), "cash of one purchase"),
        number("every_s", 600.0, (0.1, 31_536_000.0), "simulated seconds between purchases"),
    ];

    pub(super) fn new(values: &Values) -> Result<Self, ParameterError> {
        let values = Checked::new(Self::PARAMETERS, values)?;
        let every_ms = values.ms("every_s").cast_signed();
        Ok(Self { amount: values.get("amount"), every_ms, next_ms: None, bought: 0 })
    }
}

impl Strategy for Dca {
    #[inline]
    fn on_tick(&mut self, view: &View<'_>, decisions: &mut Vec<Decision>) {
        let now = view.quote.time_ms;
        if self.next_ms.is_some_and(|next| now < next) {
            return;
        }
        // From the time that was due, so that a late tick doesn't move those after it.
        let due = self.next_ms.map_or(now, |next| next.max(now.saturating_sub(self.every_ms)));
        self.next_ms = Some(due.saturating_add(self.every_ms));
        let quantity = view.steps.lots(self.amount / view.quote.ask);
        if quantity.is_zero() || float(view.account.cash) < RESERVE * self.amount {
            return;
        }
        self.bought += 1;
        let reason = format!("purchase {}", self.bought);
        decisions.push(Decision { action: Action::Submit(market(Side::Buy, quantity)), reason });
    }
}
