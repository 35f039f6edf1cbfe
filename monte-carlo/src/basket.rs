//! What simulating several assets takes, whichever way their prices are made.

use gbm_core::math::{LOG2_E, exp2};
use gbm_core::process::{LinearStep, Modifiers, Process, price_at};
use gbm_core::units::Years;

use crate::error::PriceError;
use crate::estimate::Estimate;
use crate::market::BasketMarket;
use crate::payoff::{BasketPayoff, Control};
use crate::setting::step_length;

/// A market and a payoff that go together.
pub(crate) struct BasketSetting<'a> {
    pub(crate) market: &'a BasketMarket,
    pub(crate) payoff: &'a BasketPayoff,
    pub(crate) is_controlled: bool,
    /// T; absent where it is 0.
    pub(crate) years: Option<Years>,
    discount: f64,
}

impl<'a> BasketSetting<'a> {
    pub(crate) fn new(
        market: &'a BasketMarket,
        payoff: &'a BasketPayoff,
        control: Option<Control>,
    ) -> Result<Self, PriceError> {
        let assets = market.model.assets().len();
        if market.spots.len() != assets {
            return Err(PriceError::Assets { field: "spots", given: market.spots.len(), assets });
        }
        payoff.check(assets, control)?;
        let discount = exp2(-market.rate.get() * market.maturity.get() * LOG2_E);
        let years = step_length(market.maturity.get(), 1);
        Ok(Self { market, payoff, is_controlled: control.is_some(), years, discount })
    }

    /// The discounted mean of what the prices add up to.
    pub(crate) fn control_mean(&self) -> Option<f64> {
        let BasketMarket { spots, maturity, model, .. } = self.market;
        let forward = |(spot, gbm): (&gbm_core::units::Price, &gbm_core::model::Gbm)| {
            spot.get() * exp2(gbm.drift().get() * maturity.get() * LOG2_E)
        };
        let forwards: Vec<f64> = spots.iter().zip(model.assets()).map(forward).collect();
        self.is_controlled.then(|| self.discount * self.payoff.sum(&forwards))
    }

    /// The steps to maturity, one for each asset.
    pub(crate) fn linear_steps(&self) -> Option<Vec<LinearStep>> {
        let step = |years: Years| {
            let clock = years.into();
            let assets = self.market.model.assets().iter();
            assets.map(|gbm| gbm.linear(&gbm.step(&clock, &Modifiers::neutral(gbm)))).collect()
        };
        self.years.and_then(step)
    }

    /// The price, if nothing is random.
    pub(crate) fn certain(&self) -> Option<Result<Estimate, PriceError>> {
        let steps = self.linear_steps();
        if steps.iter().flatten().any(|step| step.diffusion > 0.0) {
            return None;
        }
        let growths = steps.iter().flatten().map(|step| step.drift).chain(std::iter::repeat(0.0));
        let prices: Vec<f64> =
            self.market.spots.iter().zip(growths).map(|(spot, growth)| price_at(spot.get(), growth)).collect();
        let mut payment = [0.0];
        self.pay(&prices, &mut payment, &mut []);
        Some(Estimate::certain(payment[0]))
    }

    /// Discounted payments for rows of prices, `[paths][assets]`, and of the control.
    pub(crate) fn pay(&self, prices: &[f64], values: &mut [f64], controls: &mut [f64]) {
        let mut controls = controls.iter_mut();
        for (value, prices) in values.iter_mut().zip(prices.chunks_exact(self.market.spots.len())) {
            let sum = self.payoff.sum(prices);
            *value = self.discount * self.payoff.of(sum);
            if let Some(control) = controls.next() {
                *control = self.discount * sum;
            }
        }
    }
}
