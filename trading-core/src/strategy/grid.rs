use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::parameter::{Checked, number, whole};
use super::{Action, Decision, Parameter, ParameterError, Strategy, Values, View, post_only};
use crate::events::Fill;
use crate::order::Side;

/// Orders that are missing from the book are sent again after so many milliseconds of simulated time.
const RETRY_MS: i64 = 10_000;
/// Basis points of one.
const BASIS_POINTS: f64 = 10_000.0;

/// Orders on levels a step apart below its first price: what was bought on one is sold on the next one above, and bought again.
/// It earns from going to and fro, and holds all it could buy once the price has left it.
///
/// Level j lies at p·(1 + j·step), p the price of its first tick. Between two neighbours stands one order: a purchase on the lower, or, once
/// that is filled, a sale on the upper. If it may be short, the levels above begin with sales. All of them are post-only, so that each
/// fill is at a level's own price and says which one it was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grid {
    quantity: Decimal,
    step: f64,
    levels: i32,
    may_short: bool,
    /// From the lowest; none before the first tick.
    slots: Vec<Slot>,
    /// When to look for orders that are missing.
    next_ms: i64,
}

/// Two neighbouring levels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Slot {
    lower: Decimal,
    upper: Decimal,
    /// Whether it has bought, or has something to sell from the beginning.
    sells: bool,
    /// What its order has been filled of.
    filled: Decimal,
}

impl Slot {
    fn side(&self) -> Side {
        if self.sells { Side::Sell } else { Side::Buy }
    }

    fn price(&self) -> Decimal {
        if self.sells { self.upper } else { self.lower }
    }

    fn is_of(&self, side: Side, price: Decimal) -> bool {
        self.side() == side && self.price() == price
    }
}

impl Grid {
    pub(super) const PARAMETERS: &[Parameter] = &[
        number("quantity", 0.1, (0.00001, 1000.0), "base units of one order"),
        number("step_bp", 20.0, (0.1, 2000.0), "basis points of the first price from level to level"),
        whole("levels", 5.0, (1.0, 50.0), "levels below the first price, and above it if it may be short"),
        whole("short", 0.0, (0.0, 1.0), "1 to begin with sales above too, which takes margin"),
    ];

    pub(super) fn new(values: &Values) -> Result<Self, ParameterError> {
        let checked = Checked::new(Self::PARAMETERS, values)?;
        let (step, levels) = (checked.get("step_bp") / BASIS_POINTS, checked.get("levels"));
        if step * levels >= 1.0 {
            return Err(ParameterError::Together("levels x step_bp must be below 10000, where the lowest level is 0"));
        }
        #[allow(clippy::cast_possible_truncation, reason = "a whole number up to 50")]
        let levels = levels as i32;
        let (quantity, may_short) = (checked.quantity("quantity"), checked.whole("short") == 1);
        Ok(Self { quantity, step, levels, may_short, slots: Vec::new(), next_ms: 0 })
    }

    fn lay(&mut self, view: &View<'_>) {
        let (first, step) = (view.quote.price, self.step);
        let level = |place: i32| view.steps.price(first * (1.0 + f64::from(place) * step));
        let highest = if self.may_short { self.levels } else { 0 };
        let slots = (-self.levels..highest).filter_map(|place| {
            let (lower, upper) = (level(place)?, level(place + 1)?);
            Some(Slot { lower, upper, sells: place >= 0, filled: Decimal::ZERO })
        });
        self.slots = slots.filter(|slot| slot.lower < slot.upper).collect();
    }

    fn order(&self, slot: &Slot, reason: String) -> Decision {
        let order = post_only(slot.side(), self.quantity - slot.filled, slot.price());
        Decision { action: Action::Submit(order), reason }
    }
}

impl Strategy for Grid {
    #[inline]
    fn on_tick(&mut self, view: &View<'_>, decisions: &mut Vec<Decision>) {
        let now = view.quote.time_ms;
        if now < self.next_ms {
            return;
        }
        self.next_ms = now.saturating_add(RETRY_MS);
        if self.slots.is_empty() {
            self.lay(view);
        }
        for slot in &self.slots {
            let is_there = |order: &crate::order::Order| {
                slot.is_of(order.asked.side, order.asked.kind.limit().unwrap_or_default())
            };
            if !view.open().any(is_there) {
                decisions.push(self.order(slot, format!("level {} has no order", slot.price())));
            }
        }
    }

    fn on_fill(&mut self, fill: &Fill, _: &View<'_>, decisions: &mut Vec<Decision>) {
        let Some(place) = self.slots.iter().position(|slot| slot.is_of(fill.side, fill.price)) else { return };
        let slot = &mut self.slots[place];
        slot.filled += fill.quantity;
        if slot.filled < self.quantity {
            return;
        }
        (slot.sells, slot.filled) = (!slot.sells, Decimal::ZERO);
        let (slot, done) = (*slot, if fill.side == Side::Buy { "bought" } else { "sold" });
        decisions.push(self.order(&slot, format!("{done} at {}: the other way at {}", fill.price, slot.price())));
    }
}
