//! A position that is wanted, and pursued until it is there.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Action, Decision, View, market};
use crate::order::Side;

/// After an order of it was sent, the next isn't before so many milliseconds of simulated time: what was refused once is likely to be
/// refused again.
const RETRY_MS: i64 = 10_000;

/// The position that a strategy wants.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Target {
    wanted: Option<Decimal>,
    reason: String,
    next_ms: Option<i64>,
}

impl Target {
    /// Wants a position from now on.
    pub(super) fn set(&mut self, wanted: Decimal, reason: String) {
        (self.wanted, self.reason, self.next_ms) = (Some(wanted), reason, None);
    }

    /// Sends the market order that takes the position there, unless an order is under way.
    #[inline]
    pub(super) fn pursue(&mut self, view: &View<'_>, decisions: &mut Vec<Decision>) {
        let Some(wanted) = self.wanted else { return };
        let short_of = wanted - view.account.position;
        if short_of.is_zero() {
            self.wanted = None;
            return;
        }
        let now = view.quote.time_ms;
        if self.next_ms.is_some_and(|next| now < next) || view.open().next().is_some() {
            return;
        }
        self.next_ms = Some(now.saturating_add(RETRY_MS));
        let side = if short_of.is_sign_negative() { Side::Sell } else { Side::Buy };
        decisions.push(Decision { action: Action::Submit(market(side, short_of.abs())), reason: self.reason.clone() });
    }
}

/// A quantity long (1), short (−1) or not at all (0).
pub(super) fn signed(quantity: Decimal, stance: i8) -> Decimal {
    quantity * Decimal::from(stance)
}
