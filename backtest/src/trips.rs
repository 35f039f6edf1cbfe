//! Round trips: from no position to none again, or to the other side.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::Serialize;
use trading_core::events::Fill;

use crate::figures::over;

/// What closed round trips have come to. A trip's result is what its fills have brought after all their fees; a fill that turns a position
/// over ends one trip and begins the next, and its fee is shared by quantity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Trips {
    /// Closed ones.
    pub closed: u64,
    /// Those that have brought something.
    pub won: u64,
    /// What those have brought, in cash.
    pub gains: Decimal,
    /// What the others have cost, positive.
    pub losses: Decimal,
}

impl Trips {
    /// The part that was won; none before the first is closed.
    pub fn win_rate(&self) -> Option<f64> {
        over(self.won as f64, self.closed as f64)
    }

    /// Gains over losses; none without a loss.
    pub fn profit_factor(&self) -> Option<f64> {
        over(float(self.gains), float(self.losses))
    }
}

/// Follows fills.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tracker {
    position: Decimal,
    /// What the trip under way has brought so far.
    result: Decimal,
    trips: Trips,
}

impl Tracker {
    pub(crate) fn push(&mut self, fill: &Fill) {
        let signed = fill.side.signed(fill.quantity);
        let before = self.position;
        self.position += signed;
        let turns = !before.is_zero()
            && !self.position.is_zero()
            && before.is_sign_negative() != self.position.is_sign_negative();
        if turns {
            // What closes takes its part of the fee, and what opens the rest of it.
            let fee = (fill.fee * before.abs() / fill.quantity).min(fill.fee);
            self.result += before * fill.price - fee;
            self.close();
            self.result = -self.position * fill.price - (fill.fee - fee);
            return;
        }
        self.result -= signed * fill.price + fill.fee;
        if self.position.is_zero() {
            self.close();
        }
    }

    fn close(&mut self) {
        let result = std::mem::take(&mut self.result);
        self.trips.closed += 1;
        if result > Decimal::ZERO {
            self.trips.won += 1;
            self.trips.gains += result;
        } else {
            self.trips.losses -= result;
        }
    }

    pub(crate) fn trips(&self) -> Trips {
        self.trips
    }
}

/// A decimal as a float.
pub(crate) fn float(value: Decimal) -> f64 {
    value.to_f64().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that fails should stop")]

    use trading_core::events::FillId;
    use trading_core::order::{AccountId, OrderId, Side};

    use super::*;

    fn dec(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn fill(side: Side, quantity: &str, price: &str, fee: &str) -> Fill {
        let (quantity, price, fee) = (dec(quantity), dec(price), dec(fee));
        let (id, order, account) = (FillId(1), OrderId(1), AccountId(1));
        Fill { id, tick: 1, order, account, side, quantity, price, fee, is_maker: false, realised: Decimal::ZERO }
    }

    #[test]
    fn a_fill_that_turns_a_position_ends_one_trip_and_begins_the_next() {
        let mut tracker = Tracker::default();
        tracker.push(&fill(Side::Buy, "1", "100", "0.1"));
        assert_eq!(tracker.trips(), Trips::default());
        // One of the three closes: 110 − 100 less 0.1 and a third of 0.3.
        tracker.push(&fill(Side::Sell, "3", "110", "0.3"));
        assert_eq!((tracker.trips().closed, tracker.trips().gains), (1, dec("9.8")));
        // Two short from 110, bought back at 115 in two parts: a loss of 10, and 0.2 of each fee.
        tracker.push(&fill(Side::Buy, "1.5", "115", "0.15"));
        assert_eq!(tracker.trips().closed, 1);
        tracker.push(&fill(Side::Buy, "0.5", "115", "0.05"));
        let Trips { closed, won, gains, losses } = tracker.trips();
        assert_eq!((closed, won, gains, losses), (2, 1, dec("9.8"), dec("10.4")));
        assert_eq!(tracker.trips().win_rate(), Some(0.5));
        assert!((tracker.trips().profit_factor().unwrap() - 9.8 / 10.4).abs() < 1e-15);
    }
}
