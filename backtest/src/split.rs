//! Where profit and loss come from: what was held, what trading cost, fees.

use rust_decimal::Decimal;
use serde::Serialize;
use trading_core::events::Fill;

/// Profit and loss in three parts, exact to the last unit:
///
/// equity − initial = holding + execution − fees + written off,
///
/// - holding: Σ position·(next mid − mid), what the position has gained while it was held;
/// - execution: Σ quantity·(mid − price) of purchases and quantity·(price − mid) of sales, mids those of the fills' ticks: what trading
///   at other prices than the mid has gained, which for orders that take is a loss.
///
/// On a martingale no strategy's holding has another mean than 0, if it doesn't see the future. That makes it the test of a back-test's
/// honesty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Split {
    /// Gained by holding.
    pub holding: Decimal,
    /// Gained by trading, before fees.
    pub execution: Decimal,
}

/// Follows mids and fills.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Splitter {
    split: Split,
    position: Decimal,
    /// The mid up to which holding is counted.
    mid: Decimal,
}

impl Splitter {
    /// Counts what was held up to a mid. The position hasn't changed since the last call, so the steps between add up to one.
    pub(crate) fn hold(&mut self, mid: Decimal) {
        self.split.holding += self.position * (mid - self.mid);
        self.mid = mid;
    }

    /// A fill on the tick of the mid held to.
    pub(crate) fn push(&mut self, fill: &Fill) {
        let signed = fill.side.signed(fill.quantity);
        self.split.execution += signed * (self.mid - fill.price);
        self.position += signed;
    }

    pub(crate) fn split(&self) -> Split {
        self.split
    }
}
