//! Paths without randomness, barriers already touched, and the corners of every domain.

use closed_form::Kind::{Call, Put};
use closed_form::barrier::{Barrier, Knock, price};
use closed_form::exchange::{self, Asset};
use closed_form::touch::{Motion, probability};
use closed_form::{Direction, Kind, Market, Parameters, asian, black_scholes, lookback};

use crate::support::market;

const LEVELS: [f64; 7] = [30.0, 80.0, 99.0, 100.0, 101.0, 125.0, 300.0];

#[track_caller]
fn same(x: f64, y: f64) {
    assert!((x - y).abs() <= 1e-13 * (1.0 + y.abs()), "{x} is not {y}");
}

fn payoff(kind: Kind, price: f64, strike: f64) -> f64 {
    if kind == Call { (price - strike).max(0.0) } else { (strike - price).max(0.0) }
}

/// σ = 0 or T = 0: what the path S·e^{bt} pays, discounted.
#[test]
fn without_randomness_a_price_is_the_payoff_of_the_path() {
    let rates = [(0.05, 0.02), (0.0, 0.0), (-0.1, 0.2), (0.3, 0.0)];
    for (rate, dividend_yield, (volatility, maturity)) in
        rates.into_iter().flat_map(|(r, q)| [(0.0, 0.0), (0.0, 1.5), (0.8, 0.0)].map(|law| (r, q, law)))
    {
        let market = market(100.0, rate, dividend_yield, volatility, maturity);
        let discount = (-rate * maturity).exp();
        let at = |share: f64| 100.0 * ((rate - dividend_yield) * maturity * share).exp();
        let (high, low) = (at(1.0).max(100.0), at(1.0).min(100.0));
        for (kind, strike) in LEVELS.into_iter().flat_map(|strike| [(Call, strike), (Put, strike)]) {
            let vanilla = discount * payoff(kind, at(1.0), strike);
            same(black_scholes::european(&market, kind, strike).unwrap(), vanilla);
            let pays = (at(1.0) > strike) == (kind == Call);
            let digital = black_scholes::cash_or_nothing(&market, kind, strike, 2.0).unwrap();
            same(digital, if pays { 2.0 * discount } else { 0.0 });
            same(asian::geometric(&market, kind, strike, 4).unwrap(), discount * payoff(kind, at(0.625), strike));
            let continuous = asian::geometric_continuous(&market, kind, strike).unwrap();
            same(continuous, discount * payoff(kind, at(0.5), strike));
            for level in LEVELS {
                let touched = [(Direction::Up, high >= level), (Direction::Down, low <= level)];
                for (direction, is_touched) in touched {
                    for (knock, pays) in [(Knock::In, is_touched), (Knock::Out, !is_touched)] {
                        let barrier = Barrier { direction, knock, level };
                        same(price(&market, kind, strike, barrier).unwrap(), if pays { vanilla } else { 0.0 });
                    }
                    let motion = Motion { spot: 100.0, drift: rate - dividend_yield, volatility, horizon: maturity };
                    assert_eq!(probability(motion, direction, level).unwrap(), f64::from(is_touched));
                }
            }
            let (extreme, best) = if kind == Call { (125.0, high.max(125.0)) } else { (80.0, low.min(80.0)) };
            let fixed = lookback::fixed_strike(&market, kind, strike, extreme).unwrap();
            same(fixed, discount * payoff(kind, best, strike));
        }
        let call = lookback::floating_strike(&market, Call, 99.0).unwrap();
        same(call, discount * (at(1.0) - low.min(99.0)));
        let put = lookback::floating_strike(&market, Put, 101.0).unwrap();
        same(put, discount * (high.max(101.0) - at(1.0)));
    }
}

#[test]
fn a_touched_barrier_leaves_all_or_nothing() {
    let market = market(100.0, 0.05, 0.02, 0.3, 1.0);
    for (direction, level) in [(Direction::Up, 100.0), (Direction::Up, 90.0), (Direction::Down, 120.0)] {
        for kind in [Call, Put] {
            let begun = price(&market, kind, 105.0, Barrier { direction, knock: Knock::In, level }).unwrap();
            assert_eq!(begun, black_scholes::european(&market, kind, 105.0).unwrap());
            assert_eq!(price(&market, kind, 105.0, Barrier { direction, knock: Knock::Out, level }), Ok(0.0));
        }
        let motion = Motion { spot: 100.0, drift: 0.1, volatility: 0.3, horizon: 1.0 };
        assert_eq!(probability(motion, direction, level), Ok(1.0));
    }
}

/// What is perfectly correlated and equally volatile is exchanged at the rate of today.
#[test]
fn a_constant_ratio_has_no_value_of_choice() {
    let asset = |spot| Asset { spot, dividend_yield: 0.0, volatility: 0.7 };
    assert_eq!(exchange::price(asset(130.0), asset(100.0), 1.0, 5.0), Ok(30.0));
    assert_eq!(exchange::price(asset(70.0), asset(100.0), 1.0, 5.0), Ok(0.0));
}

/// Little randomness is near none.
#[test]
fn prices_are_continuous_where_randomness_ends() {
    for (rate, strike) in [(0.05, 100.0), (-0.05, 100.0), (0.0, 90.0), (0.02, 110.0)] {
        let at = |volatility| market(100.0, rate, 0.0, volatility, 2.0);
        for kind in [Call, Put] {
            let prices = [1e-12, 0.0].map(|volatility| {
                let market = at(volatility);
                let barrier = Barrier { direction: Direction::Up, knock: Knock::Out, level: 108.0 };
                [
                    black_scholes::european(&market, kind, strike).unwrap(),
                    asian::geometric(&market, kind, strike, 3).unwrap(),
                    lookback::floating_strike(&market, kind, 100.0).unwrap(),
                    lookback::fixed_strike(&market, kind, strike, 100.0).unwrap(),
                    price(&market, kind, strike, barrier).unwrap(),
                ]
            });
            for (near, exact) in prices[0].iter().zip(prices[1]) {
                assert!((near - exact).abs() < 1e-9, "r = {rate}, K = {strike}: {near} is not {exact}");
            }
        }
    }
}

fn corners() -> impl Iterator<Item = Market> {
    let rates = [-10.0, 0.0, 0.05, 10.0];
    let volatilities = [0.0, 1e-300, 1e-160, 1e-149, 1e-120, 1e-8, 0.5, 100.0];
    let maturities = [0.0, 1e-300, 1e-9, 1.0, 30.0];
    let spots = [1e-15, 1.0, 1e15];
    let laws = volatilities.into_iter().flat_map(move |v| maturities.map(|t| (v, t)));
    let carried = laws.flat_map(move |law| rates.into_iter().flat_map(move |r| rates.map(|q| (law, r, q))));
    carried.flat_map(move |((v, t), r, q)| spots.map(|s| market(s, r, q, v, t)))
}

#[track_caller]
fn is_price(value: f64, market: &Market) {
    assert!(value.is_finite() && value >= 0.0, "{value} for {market:?}");
}

#[test]
fn every_corner_of_the_domains_has_a_price() {
    for market in corners() {
        let Parameters { spot, rate, dividend_yield, volatility, maturity } = market.parameters();
        let levels = [1e-15, 0.5 * spot, 0.999_999 * spot, spot, 1.000_000_1 * spot, 3.0 * spot, 1e15];
        for level in levels.map(|level| level.clamp(1e-15, 1e15)) {
            for kind in [Call, Put] {
                is_price(black_scholes::european(&market, kind, level).unwrap(), &market);
                is_price(black_scholes::cash_or_nothing(&market, kind, level, 1e15).unwrap(), &market);
                is_price(asian::geometric(&market, kind, level, 7).unwrap(), &market);
                is_price(asian::geometric_continuous(&market, kind, level).unwrap(), &market);
                let extreme = if kind == Call { level.max(spot) } else { level.min(spot) };
                is_price(lookback::fixed_strike(&market, kind, level, extreme).unwrap(), &market);
                let extreme = if kind == Put { level.max(spot) } else { level.min(spot) };
                is_price(lookback::floating_strike(&market, kind, extreme).unwrap(), &market);
                for direction in [Direction::Up, Direction::Down] {
                    for strike in levels.map(|strike| strike.clamp(1e-15, 1e15)) {
                        let barrier = Barrier { direction, knock: Knock::In, level };
                        let begun = price(&market, kind, strike, barrier).unwrap();
                        is_price(begun, &market);
                        let ended = price(&market, kind, strike, Barrier { knock: Knock::Out, ..barrier }).unwrap();
                        is_price(ended, &market);
                    }
                    let motion = Motion { spot, drift: 100.0 * rate, volatility, horizon: 1e4 * maturity };
                    let chance = probability(motion, direction, level).unwrap();
                    assert!((0.0..=1.0).contains(&chance), "{chance} for {motion:?}");
                }
            }
            let first = Asset { spot, dividend_yield, volatility };
            let second = Asset { spot: level, dividend_yield: rate, volatility: 0.4 };
            is_price(exchange::price(first, second, -1.0, maturity).unwrap(), &market);
        }
    }
}
