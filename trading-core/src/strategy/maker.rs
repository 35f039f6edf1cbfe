use gbm_core::math::{exp2, ln};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::parameter::{Checked, number, whole};
use super::{Action, Decision, Parameter, ParameterError, Strategy, Values, View, post_only};
use crate::order::Side;
use crate::quote::float;

/// Basis points of one.
const BASIS_POINTS: f64 = 10_000.0;
/// The part of a full weight that the volatility must have before it is quoted by: that of one half-life.
const WARM: f64 = 0.5;

/// Rests on both sides of the price, nearer on the side that brings its inventory back to zero.
///
/// In basis points of the mid s, with the inventory q in orders and the horizon τ = T − t held constant, so that it never ends:
///
/// r = s − q·γ·σ²·τ, quotes at r ± (½·γ·σ²·τ + (1/γ)·ln(1 + γ/κ)).
///
/// γ is its aversion to risk (per basis point and order), κ how fast the flow that it meets thins out with distance (per basis point), σ² the
/// variance of the mid per second: a mean of squared returns over their time, weighted by 2^(−age/half-life). Each step multiplies what the
/// mean was by less than 1, so rounding errors fade as the returns do and don't add up.
///
/// Orders are post-only and never better than the best price of their side. One that has stood for `interval_s` is taken back once the
/// quote has moved from it by `requote_bp`: who always moves away in time never trades. A side that would bring the inventory beyond `max_orders`, or below zero without margin, isn't quoted.
///
/// Source: Avellaneda and Stoikov (2008), *Quantitative Finance* 8, 217–224, section 3.2.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MarketMaker {
    quantity: Decimal,
    /// The most that the inventory may come to, either way.
    most: Decimal,
    aversion: f64,
    horizon_s: f64,
    /// (1/γ)·ln(1 + γ/κ).
    base_half: f64,
    half_life_s: f64,
    requote: f64,
    interval_ms: i64,
    last: Option<(i64, f64)>,
    /// Basis points squared per second, and the weight behind it.
    variance: f64,
    weight: f64,
    /// 2^(−Δ/half-life) of the last Δ: ticks are mostly as far apart as the ones before.
    faded: (i64, f64),
    bid: Standing,
    ask: Standing,
}

/// What it last asked for on a side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Standing {
    price: f64,
    /// When it may ask again; none if it hasn't yet.
    next_ms: Option<i64>,
}

impl MarketMaker {
    pub(super) const PARAMETERS: &[Parameter] = &[
        number("quantity", 0.1, (0.00001, 1000.0), "base units of one order"),
        number("gamma", 0.01, (1e-6, 100.0), "aversion to risk, per basis point and order"),
        number("kappa", 0.5, (1e-4, 100.0), "decay of the flow with distance, per basis point"),
        number("horizon_s", 60.0, (0.1, 86_400.0), "simulated seconds for which inventory is a risk"),
        number("half_life_s", 60.0, (0.1, 86_400.0), "half-life of the estimate of volatility, simulated seconds"),
        number("requote_bp", 1.0, (0.0, 1000.0), "basis points from a quote at which an order is moved"),
        number("interval_s", 10.0, (0.0, 3600.0), "least simulated seconds between two orders of one side"),
        whole("max_orders", 5.0, (1.0, 1000.0), "orders that the inventory may reach, either way"),
    ];

    pub(super) fn new(values: &Values) -> Result<Self, ParameterError> {
        let values = Checked::new(Self::PARAMETERS, values)?;
        let (gamma, kappa) = (values.get("gamma"), values.get("kappa"));
        let quantity = values.quantity("quantity");
        Ok(Self {
            quantity,
            most: quantity * Decimal::from(values.whole("max_orders")),
            aversion: gamma,
            horizon_s: values.get("horizon_s"),
            base_half: ln(1.0 + gamma / kappa) / gamma,
            half_life_s: values.get("half_life_s"),
            requote: values.get("requote_bp") / BASIS_POINTS,
            interval_ms: values.ms("interval_s").cast_signed(),
            last: None,
            variance: 0.0,
            weight: 0.0,
            faded: (0, 1.0),
            bid: Standing::default(),
            ask: Standing::default(),
        })
    }

    /// Takes a price into the variance; whether there is enough of it.
    #[inline]
    fn watch(&mut self, time_ms: i64, price: f64) -> bool {
        let Some((before_ms, before)) = self.last.replace((time_ms, price)) else { return false };
        let passed_ms = time_ms - before_ms;
        if passed_ms <= 0 {
            return self.weight >= WARM;
        }
        let passed_s = passed_ms as f64 / 1000.0;
        if self.faded.0 != passed_ms {
            self.faded = (passed_ms, exp2(-passed_s / self.half_life_s));
        }
        let (kept, change) = (self.faded.1, (price / before - 1.0) * BASIS_POINTS);
        self.variance = kept * self.variance + (1.0 - kept) * (change * change / passed_s);
        self.weight = kept * self.weight + (1.0 - kept);
        self.weight >= WARM
    }

    /// Bid and ask that it wants, and how far its own price lies from the mid, in basis points.
    #[inline]
    fn quotes(&self, mid: f64, inventory: f64) -> (f64, f64, f64) {
        let risk = self.aversion * self.variance / self.weight * self.horizon_s;
        let (shift, half) = (0.0 - inventory * risk, 0.5 * risk + self.base_half);
        let at = |distance: f64| mid * (1.0 + distance / BASIS_POINTS);
        (at(shift - half), at(shift + half), shift)
    }
}

impl MarketMaker {
    /// Whether an order of a side keeps the inventory within its limits.
    fn may(&self, side: Side, view: &View<'_>) -> bool {
        let least = if view.account.terms.has_margin() { -self.most } else { Decimal::ZERO };
        let after = view.account.position + side.signed(self.quantity);
        if side == Side::Buy { after <= self.most } else { after >= least }
    }

    /// Keeps, takes back or sends the order of a side.
    #[inline]
    fn rest(&mut self, side: Side, wanted: f64, shift: f64, view: &View<'_>, decisions: &mut Vec<Decision>) {
        let now = view.quote.time_ms;
        let standing = if side == Side::Buy { self.bid } else { self.ask };
        let is_due = standing.next_ms.is_none_or(|next| now >= next);
        if let Some(order) = view.open().find(|order| order.asked.side == side) {
            let moved = (wanted - standing.price).abs() > self.requote * wanted;
            if moved && is_due && !order.is_leaving {
                let reason = format!("{:.2} is too far from {wanted:.2}, where it would stand now", standing.price);
                decisions.push(Decision { action: Action::Cancel(order.id), reason });
            }
            return;
        }
        if !is_due || !self.may(side, view) {
            return;
        }
        // Away from the mid: a bid down, an ask up.
        let Some(price) = view.steps.against(wanted, side.opposite()).filter(|price| *price > Decimal::ZERO) else {
            return;
        };
        let standing = Standing { price: wanted, next_ms: Some(now.saturating_add(self.interval_ms)) };
        *(if side == Side::Buy { &mut self.bid } else { &mut self.ask }) = standing;
        let reason = format!(
            "its own price is {shift:.2} bp off {:.2}, and the volatility {:.2} bp in a second",
            view.quote.price,
            (self.variance / self.weight).sqrt()
        );
        decisions.push(Decision { action: Action::Submit(post_only(side, self.quantity, price)), reason });
    }
}

impl Strategy for MarketMaker {
    #[inline]
    fn on_tick(&mut self, view: &View<'_>, decisions: &mut Vec<Decision>) {
        let quote = view.quote;
        if !self.watch(quote.time_ms, quote.price) {
            return;
        }
        let (bid, ask, shift) = self.quotes(quote.price, float(view.account.position) / float(self.quantity));
        self.rest(Side::Buy, bid.min(quote.bid), shift, view, decisions);
        self.rest(Side::Sell, ask.max(quote.ask), shift, view, decisions);
    }
}
