//! `price`: an option's price by simulation, beside its closed form where there is one; or the closed form alone.

mod args;
mod assets;
mod contract;
mod exact;
mod model;
mod oracle;
mod report;

use std::ops::ControlFlow;
use std::time::Instant;

use gbm_core::model::Model;
use gbm_core::prelude::Seed;
use market_setup::args::fresh_seed;
use monte_carlo::payoff::{BasketPayoff, Control, Payoff};
use monte_carlo::units::TargetError;
use monte_carlo::{BasketMarket, Estimate, Market, MonteCarlo, Progress, QuasiMonteCarlo};

pub(super) use args::PriceArgs;
use args::{ControlName, Method};
use contract::Contract;
use report::{Priced, ProgressBar};

use super::error::{CliError, Result};

pub(super) fn run(args: &PriceArgs) -> Result<()> {
    let contract = Contract::new(args)?;
    let implied = args.market_price.and_then(|price| oracle::implied(&contract, price)).transpose()?;
    if args.method == Method::Exact {
        return exact::run(args, &contract, implied);
    }
    let target_error = args.target_error.map(TargetError::new).transpose()?;
    let seed = args.seed.map_or_else(fresh_seed, Ok)?;
    let sampling = Sampling { args, seed, steps: args.steps.unwrap_or(1), target_error };
    let mut bar = ProgressBar::new();
    // The only clock: it times the estimate and has no part in it.
    let start = Instant::now();
    let estimate = match &contract {
        Contract::One { market, payoff } => sampling.one(market, payoff, |progress| bar.show(progress)),
        Contract::Several { market, payoff, .. } => sampling.several(market, payoff, |progress| bar.show(progress)),
    };
    let seconds = start.elapsed().as_secs_f64();
    bar.finish();
    let estimate = estimate?;
    if let Contract::One { market, .. } = &contract {
        super::output::tell_note(market.model.note());
    }
    let repair = if let Contract::Several { repair, .. } = contract { repair } else { None };
    // A closed form that can't be had is no reason to withhold the estimate.
    let closed_form = oracle::price(&contract, sampling.steps).and_then(std::result::Result::ok);
    report::print(args.format, &Priced { estimate, seconds, seed, closed_form, repair, implied })
}

/// How paths are drawn.
struct Sampling<'a> {
    args: &'a PriceArgs,
    seed: Seed,
    steps: u64,
    target_error: Option<TargetError>,
}

impl Sampling<'_> {
    fn plain(&self, control: Option<Control>) -> MonteCarlo {
        let Self { args, seed, steps, target_error } = *self;
        MonteCarlo { antithetic: args.antithetic, control, target_error, ..MonteCarlo::new(seed, steps, args.paths) }
    }

    fn quasi(&self, control: Option<Control>) -> QuasiMonteCarlo {
        let Self { args, seed, steps, target_error } = *self;
        let replicates = args.replicates;
        QuasiMonteCarlo { replicates, control, target_error, ..QuasiMonteCarlo::new(seed, steps, args.paths) }
    }

    fn one(
        &self,
        market: &Market<Model>,
        payoff: &Payoff,
        progress: impl FnMut(&Progress) -> ControlFlow<()>,
    ) -> Result<Estimate> {
        let control = self.args.control.map(|name| control_of(name, payoff));
        let estimate = if self.args.sobol {
            self.quasi(control).price_with(market, payoff, progress)
        } else {
            self.plain(control).price_with(market, payoff, progress)
        };
        estimate.map_err(CliError::Price)
    }

    fn several(
        &self,
        market: &BasketMarket,
        payoff: &BasketPayoff,
        progress: impl FnMut(&Progress) -> ControlFlow<()>,
    ) -> Result<Estimate> {
        let control = self.args.control.map(|name| named(name).unwrap_or(Control::Terminal));
        let estimate = if self.args.sobol {
            self.quasi(control).price_basket_with(market, payoff, progress)
        } else {
            self.plain(control).price_basket_with(market, payoff, progress)
        };
        estimate.map_err(CliError::Price)
    }
}

fn named(name: ControlName) -> Option<Control> {
    match name {
        ControlName::Best => None,
        ControlName::Terminal => Some(Control::Terminal),
        ControlName::European => Some(Control::European),
        ControlName::Geometric => Some(Control::Geometric),
    }
}

/// The control named, or the one that says most about the payoff.
fn control_of(name: ControlName, payoff: &Payoff) -> Control {
    named(name).unwrap_or(match payoff {
        Payoff::AsianArithmetic(_) => Control::Geometric,
        Payoff::Barrier(_) => Control::European,
        _ => Control::Terminal,
    })
}
