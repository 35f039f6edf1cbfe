//! What simulating a market takes, whichever way the paths are made.

use gbm_core::math::{LN_2, LOG2_E, exp2, ln};
use gbm_core::process::{Modifiers, Process, price_at};
use gbm_core::units::Years;

use crate::error::{MAX_PATHS, MAX_STEPS, MAX_WORK, PriceError};
use crate::estimate::Estimate;
use crate::law::{Law, Shares};
use crate::market::Market;
use crate::payoff::{Between, Control, ControlPayoff, PathBlock, PathPayoff, Uniforms, View};

/// A market, a payoff and a number of steps that go together.
pub(crate) struct Setting<'a, P: Process, F: PathPayoff + ?Sized> {
    pub(crate) market: &'a Market<P>,
    pub(crate) payoff: &'a F,
    pub(crate) steps: usize,
    /// Δt; absent where it is 0.
    pub(crate) dt: Option<Years>,
    /// Absent where the model is more than independent normals of one size.
    pub(crate) law: Option<Law>,
    pub(crate) control: Option<Variate>,
    pub(crate) discount: f64,
}

/// A control and its discounted mean.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Variate {
    pub(crate) payoff: ControlPayoff,
    pub(crate) mean: f64,
}

impl<'a, P: Process, F: PathPayoff + ?Sized> Setting<'a, P, F> {
    pub(crate) fn new(
        market: &'a Market<P>,
        payoff: &'a F,
        steps: u64,
        control: Option<Control>,
    ) -> Result<Self, PriceError> {
        let steps = check_steps(steps)?;
        let dt = step_length(market.maturity.get(), steps);
        let law = dt.and_then(|dt| law(market, dt, steps));
        let discount = exp2(-market.rate.get() * market.maturity.get() * LOG2_E);
        let mut setting = Self { market, payoff, steps, dt, law, control: None, discount };
        if dt.is_some() && law.is_none() && payoff.needs().between != Between::Nothing {
            return Err(PriceError::Model { what: "a payoff between fixings" });
        }
        if let Some(control) = control {
            let not_one = PriceError::Control { control: control.name(), payoff: payoff.name() };
            let payoff = payoff.control(control).ok_or(not_one)?;
            // Where nothing is random, nobody asks for the mean.
            let mean = if dt.is_some() { setting.mean(payoff)? } else { 0.0 };
            setting.control = Some(Variate { payoff, mean: discount * mean });
        }
        Ok(setting)
    }

    /// The mean of a control, not discounted.
    fn mean(&self, payoff: ControlPayoff) -> Result<f64, PriceError> {
        let law = self.law.ok_or(PriceError::Model { what: "the mean of this control" });
        Ok(match payoff {
            // The declared drift, which models without a law of their own have too.
            ControlPayoff::Terminal => {
                let growth = self.market.model.drift().get() * self.market.maturity.get();
                self.market.spot.get() * exp2(growth * LOG2_E)
            }
            ControlPayoff::European(european) => law?.option(european.right, european.strike.get(), Shares::LAST),
            ControlPayoff::Geometric(asian) => {
                law?.option(asian.right, asian.strike.get(), asian.shares(self.steps as f64))
            }
        })
    }

    /// The price, if nothing is random.
    pub(crate) fn certain(&self) -> Option<Result<Estimate, PriceError>> {
        let payment = self.payoff.certain(self.market.spot.get()).or_else(|| self.only_payment())?;
        Some(Estimate::certain(self.discount * payment))
    }

    /// The payment of the only path there is.
    fn only_payment(&self) -> Option<f64> {
        let growth = match (self.dt, self.law) {
            (None, _) => 0.0,
            (Some(_), Some(law)) if law.is_certain() => law.step.drift,
            _ => return None,
        };
        let spot = self.market.spot.get();
        let (mut prices, mut log_prices) = (vec![0.0; self.steps], vec![0.0; self.steps]);
        for (i, (price, log_price)) in (1_u32..).zip(prices.iter_mut().zip(&mut log_prices)) {
            let x = growth * f64::from(i);
            *price = price_at(spot, x);
            *log_price = ln(spot) + x * LN_2;
        }
        let terminal = [prices.last().copied().unwrap_or(spot)];
        let mut out = [0.0];
        let (prices, log_prices) = (prices.as_slice(), log_prices.as_slice());
        self.payoff.fill(&PathBlock { prices, log_prices, ..self.block(&terminal) }, &mut out);
        Some(out[0])
    }

    /// Paths of which no more than the last prices are known yet.
    pub(crate) fn block<'b>(&self, terminal: &'b [f64]) -> PathBlock<'b> {
        let spot = self.market.spot.get();
        PathBlock {
            steps: self.steps,
            spot,
            ln_spot: ln(spot),
            terminal,
            prices: &[],
            log_prices: &[],
            step_variance: self.law.map_or(0.0, |law| if law.is_certain() { 0.0 } else { law.step_variance() }),
            uniforms: Uniforms::Nowhere,
        }
    }

    /// What to make of each path for payoff and control together.
    pub(crate) fn view(&self) -> View {
        match (self.payoff.needs().view, self.control) {
            (View::Prices, Some(Variate { payoff: ControlPayoff::Geometric(_), .. })) => View::Both,
            (View::Terminal, Some(Variate { payoff: ControlPayoff::Geometric(_), .. })) => View::LogPrices,
            (view, _) => view,
        }
    }

    /// Discounted payments of the paths, and of the control.
    pub(crate) fn pay(&self, paths: &PathBlock<'_>, values: &mut [f64], controls: &mut [f64]) {
        self.payoff.fill(paths, values);
        for value in &mut *values {
            *value *= self.discount;
        }
        match self.control.map(|control| control.payoff) {
            None => return,
            Some(ControlPayoff::Terminal) => controls.copy_from_slice(paths.terminal()),
            Some(ControlPayoff::European(european)) => european.fill(paths, controls),
            Some(ControlPayoff::Geometric(asian)) => asian.fill_control(paths, controls),
        }
        for control in controls {
            *control *= self.discount;
        }
    }
}

fn law<P: Process>(market: &Market<P>, dt: Years, steps: usize) -> Option<Law> {
    let model = &market.model;
    let step = model.linear(&model.step(&dt.into(), &Modifiers::neutral(model)))?;
    Some(Law { spot: market.spot.get(), steps: steps as f64, step })
}

fn check_steps(steps: u64) -> Result<usize, PriceError> {
    let inside = (1..=MAX_STEPS).contains(&steps);
    usize::try_from(steps).ok().filter(|_| inside).ok_or(PriceError::Steps(steps))
}

/// Whether so many paths of so many steps can be made.
pub(crate) fn check_work(paths: u64, steps: u64) -> Result<(), PriceError> {
    check_steps(steps)?;
    if !(2..=MAX_PATHS).contains(&paths) {
        return Err(PriceError::Paths(paths));
    }
    let fits = paths.checked_mul(steps).is_some_and(|work| work <= MAX_WORK);
    if fits { Ok(()) } else { Err(PriceError::Work { paths, steps }) }
}

/// Δt = T/n, if that is a length at all.
pub(crate) fn step_length(maturity: f64, steps: usize) -> Option<Years> {
    Years::new(maturity / steps as f64).ok()
}
