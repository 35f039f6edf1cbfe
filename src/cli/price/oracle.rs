//! The closed form of a contract, where there is one.

use closed_form::barrier::Barrier;
use closed_form::cos::{CharacteristicFunction, Contract as Terms, CosError, Settings};
use closed_form::exchange::Asset;
use closed_form::greeks::Greeks;
use closed_form::implied::{ImpliedError, Quote, volatility};
use closed_form::touch::{Motion, probability};
use closed_form::{
    Direction, Kind, OutOfDomain, asian, barrier, black_scholes, cos, exchange, greeks, heston, jump_diffusion,
    lookback, merton,
};
use gbm_core::model::{Gbm, Heston, Model, NormalJumps};
use gbm_core::process::Process;
use monte_carlo::payoff::{self, Average, BasketPayoff, European, Knock, Payoff, Pays, Right, Watch};
use monte_carlo::{BasketMarket, Market};

use super::contract::Contract;

/// A price without an error, and whose formula it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Exact {
    pub(super) price: f64,
    pub(super) source: &'static str,
}

/// `None` without a formula; an error for a number beyond the formula's domain, or a series that is too short.
type Answer = Option<Result<Exact, CosError>>;

/// A range for fat tails, and as many terms as it takes.
const SERIES: Settings = Settings { width: 32.0, terms: 1 << 16, tolerance: 1e-10 };

/// By how much two ranges may differ, in shares of the strike.
const SPREAD: f64 = 1e-9;

/// The exact price.
pub(super) fn price(contract: &Contract, steps: u64) -> Answer {
    match contract {
        Contract::One { market, payoff } => match (&market.model, payoff) {
            (Model::Gbm(model), payoff) => {
                let (price, source) = diffusion(market, *model, payoff, steps)?;
                Some(price.map(|price| Exact { price, source }).map_err(CosError::from))
            }
            (model, Payoff::European(payoff)) => european(market, model, *payoff),
            _ => None,
        },
        Contract::Several { market, payoff: BasketPayoff::Exchange(payoff), .. } => {
            Some(Ok(Exact { price: margrabe(market, *payoff)?, source: "Margrabe (1978)" }))
        }
        Contract::Several { .. } => None,
    }
}

/// A European option under a model with jumps or a variance of its own.
fn european(market: &Market<Model>, model: &Model, payoff: European) -> Answer {
    let terms = terms(market, payoff);
    Some(match model {
        Model::Merton(model) => {
            let volatility = model.diffusion_volatility().get();
            let jumps = jumps(model.jumps());
            let Terms { spot, rate, dividend_yield, maturity, kind, strike } = terms;
            let parameters = closed_form::Parameters { spot, rate, dividend_yield, volatility, maturity };
            let series = closed_form::Market::new(parameters)
                .and_then(|market| merton::european(&market, kind, strike, jumps))
                .map(|price| Exact { price, source: "Merton (1976), his series" });
            // The series has no price for more than 500 jumps.
            series.or_else(|_| {
                by_cosines(&jump_diffusion::Merton { volatility, jumps }, terms, "Merton (1976), by cosines")
            })
        }
        Model::Kou(model) => {
            let (volatility, jumps) = (model.diffusion_volatility().get(), model.jumps());
            let law = jump_diffusion::Kou {
                volatility,
                intensity: jumps.per_year.get(),
                up_probability: jumps.up_probability.get(),
                up_rate: jumps.up_rate.get(),
                down_rate: jumps.down_rate.get(),
            };
            by_cosines(&law, terms, "Kou (2002), by cosines")
        }
        Model::Heston(model) => by_cosines(&variance(model), terms, "Heston (1993), by cosines"),
        Model::Bates(model) => {
            let law = heston::Bates { heston: variance(model.heston()), jumps: jumps(model.jumps()) };
            by_cosines(&law, terms, "Bates (1996), by cosines")
        }
        _ => return None,
    })
}

fn by_cosines(law: &impl CharacteristicFunction, terms: Terms, source: &'static str) -> Result<Exact, CosError> {
    let price = cos::price(law, terms, SERIES)?;
    // What lies outside the range isn't estimated by the series: another range shows it.
    let other = |width: f64| cos::price(law, terms, Settings { width, ..SERIES });
    let other = other(2.0 * SERIES.width).or_else(|_| other(0.5 * SERIES.width))?;
    let remainder = (price - other).abs() / terms.strike;
    if remainder > SPREAD {
        return Err(CosError::NotConverged { terms: SERIES.terms, remainder, tolerance: SPREAD });
    }
    Ok(Exact { price, source })
}

fn variance(model: &Heston) -> heston::Heston {
    let parameters = model.parameters();
    heston::Heston {
        variance: parameters.initial_variance,
        mean_reversion: parameters.mean_reversion,
        long_variance: parameters.long_run_variance,
        vol_of_vol: parameters.volatility_of_variance,
        correlation: parameters.leverage,
    }
}

fn jumps(jumps: &NormalJumps) -> merton::Jumps {
    merton::Jumps { intensity: jumps.per_year.get(), mean: jumps.mean.get(), deviation: jumps.deviation.get() }
}

fn terms(market: &Market<Model>, payoff: European) -> Terms {
    let rate = market.rate.get();
    Terms {
        spot: market.spot.get(),
        rate,
        // A drift that isn't the rate is what a yield makes of it.
        dividend_yield: rate - market.model.drift().get(),
        maturity: market.maturity.get(),
        kind: kind(payoff.right),
        strike: payoff.strike.get(),
    }
}

/// The sensitivities of a European option on a price of constant volatility.
pub(super) fn sensitivities(contract: &Contract) -> Option<Greeks> {
    let Contract::One { market, payoff: Payoff::European(payoff) } = contract else { return None };
    let Model::Gbm(model) = &market.model else { return None };
    greeks::european(&plain(market, *model).ok()?, kind(payoff.right), payoff.strike.get()).ok()
}

/// The volatility that explains a price of a European option.
pub(super) fn implied(contract: &Contract, price: f64) -> Option<Result<f64, ImpliedError>> {
    let Contract::One { market, payoff: Payoff::European(payoff) } = contract else { return None };
    let Terms { spot, rate, dividend_yield, maturity, kind, strike } = terms(market, *payoff);
    Some(volatility(Quote { spot, rate, dividend_yield, maturity, kind, strike, price }))
}

fn plain(market: &Market<Model>, model: Gbm) -> Result<closed_form::Market, OutOfDomain> {
    let rate = market.rate.get();
    closed_form::Market::new(closed_form::Parameters {
        spot: market.spot.get(),
        rate,
        dividend_yield: rate - model.drift().get(),
        volatility: model.volatility().get(),
        maturity: market.maturity.get(),
    })
}

/// Any payoff that has a formula under constant volatility.
fn diffusion(
    market: &Market<Model>,
    model: Gbm,
    payoff: &Payoff,
    steps: u64,
) -> Option<(Result<f64, OutOfDomain>, &'static str)> {
    let (spot, rate, maturity) = (market.spot.get(), market.rate.get(), market.maturity.get());
    let market = &match plain(market, model) {
        Ok(market) => market,
        Err(error) => return Some((Err(error), "")),
    };
    Some(match *payoff {
        Payoff::European(p) => {
            (black_scholes::european(market, kind(p.right), p.strike.get()), "Black and Scholes (1973)")
        }
        Payoff::Digital(p) => (
            black_scholes::cash_or_nothing(market, kind(p.right), p.strike.get(), p.cash.get()),
            "Rubinstein and Reiner (1991)",
        ),
        Payoff::AsianGeometric(p) => {
            let price = if p.average == Average::Continuous {
                asian::geometric_continuous(market, kind(p.right), p.strike.get())
            } else {
                asian::geometric(market, kind(p.right), p.strike.get(), u32::try_from(steps).ok()?)
            };
            (price, "Kemna and Vorst (1990)")
        }
        Payoff::Barrier(p) if p.watch == Watch::Continuous => {
            let knock = if p.knock == Knock::In { barrier::Knock::In } else { barrier::Knock::Out };
            let barrier = Barrier { direction: direction(p.direction), knock, level: p.level.get() };
            (barrier::price(market, kind(p.right), p.strike.get(), barrier), "Reiner and Rubinstein (1991)")
        }
        Payoff::OneTouch(p) if p.watch == Watch::Continuous => {
            let (drift, volatility) = (model.drift().get(), model.volatility().get());
            let motion = Motion { spot, drift, volatility, horizon: maturity };
            let price = probability(motion, direction(p.direction), p.level.get()).map(|touch| {
                let paid = if p.pays == Pays::Touch { touch } else { 1.0 - touch };
                p.cash.get() * paid * (-rate * maturity).exp()
            });
            (price, "Borodin and Salminen (2002)")
        }
        Payoff::LookbackFloating(p) if p.watch == Watch::Continuous => {
            (lookback::floating_strike(market, kind(p.right), spot), "Goldman, Sosin and Gatto (1979)")
        }
        Payoff::LookbackFixed(p) if p.watch == Watch::Continuous => {
            (lookback::fixed_strike(market, kind(p.right), p.strike.get(), spot), "Conze and Viswanathan (1991)")
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
