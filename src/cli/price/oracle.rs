//! The closed form of a contract, where there is one.

use closed_form::barrier::Barrier;
use closed_form::exchange::Asset;
use closed_form::touch::{Motion, probability};
use closed_form::{Direction, Kind, OutOfDomain, asian, barrier, black_scholes, exchange, lookback};
use monte_carlo::payoff::{self, Average, BasketPayoff, Knock, Payoff, Pays, Right, Watch};
use monte_carlo::{BasketMarket, Market};

use super::contract::Contract;

/// The exact price; `None` without a formula, or beyond its domain.
pub(super) fn price(contract: &Contract, steps: u64) -> Option<f64> {
    match contract {
        Contract::One { market, payoff } => one(market, payoff, steps)?.ok(),
        Contract::Several { market, payoff: BasketPayoff::Exchange(payoff), .. } => margrabe(market, *payoff),
        Contract::Several { .. } => None,
    }
}

fn one(market: &Market, payoff: &Payoff, steps: u64) -> Option<Result<f64, OutOfDomain>> {
    let (spot, rate, maturity) = (market.spot.get(), market.rate.get(), market.maturity.get());
    let (drift, volatility) = (market.model.drift().get(), market.model.volatility().get());
    // A drift that isn't the rate is what a yield makes of it.
    let parameters = closed_form::Parameters { spot, rate, dividend_yield: rate - drift, volatility, maturity };
    let market = &closed_form::Market::new(parameters).ok()?;
    Some(match *payoff {
        Payoff::European(p) => black_scholes::european(market, kind(p.right), p.strike.get()),
        Payoff::Digital(p) => black_scholes::cash_or_nothing(market, kind(p.right), p.strike.get(), p.cash.get()),
        Payoff::AsianGeometric(p) if p.average == Average::Continuous => {
            asian::geometric_continuous(market, kind(p.right), p.strike.get())
        }
        Payoff::AsianGeometric(p) => {
            asian::geometric(market, kind(p.right), p.strike.get(), u32::try_from(steps).ok()?)
        }
        Payoff::Barrier(p) if p.watch == Watch::Continuous => {
            let knock = if p.knock == Knock::In { barrier::Knock::In } else { barrier::Knock::Out };
            let barrier = Barrier { direction: direction(p.direction), knock, level: p.level.get() };
            barrier::price(market, kind(p.right), p.strike.get(), barrier)
        }
        Payoff::OneTouch(p) if p.watch == Watch::Continuous => {
            let motion = Motion { spot, drift, volatility, horizon: maturity };
            probability(motion, direction(p.direction), p.level.get()).map(|touch| {
                let paid = if p.pays == Pays::Touch { touch } else { 1.0 - touch };
                p.cash.get() * paid * (-rate * maturity).exp()
            })
        }
        Payoff::LookbackFloating(p) if p.watch == Watch::Continuous => {
            lookback::floating_strike(market, kind(p.right), spot)
        }
        Payoff::LookbackFixed(p) if p.watch == Watch::Continuous => {
            lookback::fixed_strike(market, kind(p.right), p.strike.get(), spot)
        }
        _ => return None,
    })
}

fn margrabe(market: &BasketMarket, payoff: payoff::Exchange) -> Option<f64> {
    let asset = |at: usize| {
        let volatility = market.model.assets().get(at)?.volatility().get();
        Some(Asset { spot: market.spots.get(at)?.get(), dividend_yield: 0.0, volatility })
    };
    let (received, paid) = (asset(payoff.receive)?, asset(payoff.pay)?);
    let correlation = market.model.correlation().matrix()[(payoff.receive, payoff.pay)];
    exchange::price(received, paid, correlation, market.maturity.get()).ok()
}

fn kind(right: Right) -> Kind {
    match right {
        Right::Call => Kind::Call,
        Right::Put => Kind::Put,
    }
}

fn direction(direction: payoff::Direction) -> Direction {
    match direction {
        payoff::Direction::Up => Direction::Up,
        payoff::Direction::Down => Direction::Down,
    }
}
