//! What holds between prices, whatever the numbers.

use closed_form::Kind::{Call, Put};
use closed_form::asian::{geometric, geometric_continuous};
use closed_form::barrier::{Barrier, Knock, price};
use closed_form::black_scholes::{cash_or_nothing, european};
use closed_form::exchange::{self, Asset};
use closed_form::lookback::{fixed_strike, floating_strike};
use closed_form::touch::{Motion, probability};
use closed_form::{Direction, Market};

use crate::support::market;

fn markets() -> Vec<Market> {
    let rates = [(0.05, 0.02), (0.0, 0.0), (-0.02, 0.3), (0.08, 0.08)];
    let laws = [(0.05, 2.0), (0.3, 0.01), (0.8, 1.0), (2.0, 10.0)];
    let all = rates.into_iter().flat_map(|(r, q)| laws.map(|(sigma, t)| market(100.0, r, q, sigma, t)));
    all.collect()
}

const LEVELS: [f64; 6] = [20.0, 85.0, 99.0, 100.0, 104.0, 400.0];

#[track_caller]
fn same(x: f64, y: f64) {
    assert!((x - y).abs() <= 1e-14 * (100.0 + x.abs() + y.abs()), "{x} is not {y}");
}

#[test]
fn calls_less_puts_are_forwards() {
    for market in markets() {
        let p = market.parameters();
        let discount = (-p.rate * p.maturity).exp();
        let asset = 100.0 * (-p.dividend_yield * p.maturity).exp();
        for strike in LEVELS {
            let difference = european(&market, Call, strike).unwrap() - european(&market, Put, strike).unwrap();
            same(difference, asset - strike * discount);
            let digitals = [Call, Put].map(|kind| cash_or_nothing(&market, kind, strike, 1.0).unwrap());
            same(digitals[0] + digitals[1], discount);
            let (call, put) = (geometric(&market, Call, strike, 5), geometric(&market, Put, strike, 5));
            let growth = (p.rate - p.dividend_yield - 0.5 * p.volatility * p.volatility) * p.maturity * 0.6;
            let average = 100.0 * (growth + 0.5 * p.volatility * p.volatility * p.maturity * 0.44).exp();
            same(call.unwrap() - put.unwrap(), discount * (average - strike));
        }
    }
}

#[test]
fn one_fixing_is_european_and_many_are_continuous() {
    for market in markets() {
        for strike in LEVELS {
            for kind in [Call, Put] {
                same(geometric(&market, kind, strike, 1).unwrap(), european(&market, kind, strike).unwrap());
            }
        }
        let limit = geometric_continuous(&market, Call, 99.0).unwrap();
        let error = |n| (geometric(&market, Call, 99.0, n).unwrap() - limit).abs();
        let order = (error(10_000) / error(40_000)).log2() / 2.0;
        assert!((order - 1.0).abs() < 1e-3, "{market:?}: order {order}");
    }
}

#[test]
fn a_barrier_ends_what_another_begins() {
    for market in markets() {
        for (strike, level) in LEVELS.into_iter().flat_map(|strike| LEVELS.map(|level| (strike, level))) {
            for (kind, direction) in [Call, Put].into_iter().flat_map(|k| [(k, Direction::Up), (k, Direction::Down)]) {
                let [begun, ended] = [Knock::In, Knock::Out]
                    .map(|knock| price(&market, kind, strike, Barrier { direction, knock, level }).unwrap());
                same(begun + ended, european(&market, kind, strike).unwrap());
            }
        }
    }
}

/// Without carry a knock-in is a European option on the mirrored side of the barrier (Carr's put-call symmetry).
#[test]
fn a_mirrored_path_costs_the_same() {
    for (sigma, maturity) in [(0.05, 2.0), (0.3, 0.01), (0.8, 1.0)] {
        let market = market(100.0, 0.04, 0.04, sigma, maturity);
        for (strike, level) in [(100.0, 95.0), (95.0, 90.0), (110.0, 80.0)] {
            let barrier = Barrier { direction: Direction::Down, knock: Knock::In, level };
            let mirrored = european(&market, Put, level * level / strike).unwrap() * strike / level;
            same(price(&market, Call, strike, barrier).unwrap(), mirrored);
        }
    }
}

#[test]
fn lookbacks_are_worth_more_and_the_floating_one_is_a_fixed_one() {
    for market in markets() {
        let p = market.parameters();
        let discount = (-p.rate * p.maturity).exp();
        let asset = 100.0 * (-p.dividend_yield * p.maturity).exp();
        for strike in LEVELS {
            for kind in [Call, Put] {
                let lookback = fixed_strike(&market, kind, strike, 100.0).unwrap();
                assert!(lookback >= european(&market, kind, strike).unwrap(), "{market:?}, K = {strike}");
            }
        }
        for high in [100.0, 104.0, 400.0] {
            let put = floating_strike(&market, Put, high).unwrap();
            same(put, fixed_strike(&market, Call, high, high).unwrap() + high * discount - asset);
        }
        for low in [20.0, 99.0, 100.0] {
            let call = floating_strike(&market, Call, low).unwrap();
            same(call, fixed_strike(&market, Put, low, low).unwrap() + asset - low * discount);
        }
    }
}

/// Without carry the textbook formula is 0/0, and near it loses every digit: here prices are smooth through it.
#[test]
fn lookbacks_are_smooth_where_the_carry_vanishes() {
    for (sigma, maturity) in [(0.05, 2.0), (0.3, 0.01), (0.8, 1.0), (2.0, 10.0)] {
        for (kind, extreme) in [(Call, 100.0), (Call, 90.0), (Put, 100.0), (Put, 120.0)] {
            let at =
                |carry| floating_strike(&market(100.0, 0.03 + carry, 0.03, sigma, maturity), kind, extreme).unwrap();
            for carry in [1e-12, 1e-10, 1e-9] {
                let bend = at(carry) + at(-carry) - 2.0 * at(0.0);
                assert!(bend.abs() < 1e-12 * at(0.0), "σ = {sigma}, b = {carry}: {bend}");
            }
        }
    }
}

#[test]
fn half_of_what_touches_without_log_drift_ends_beyond() {
    for (volatility, horizon) in [(0.2, 1.0), (0.8, 0.01), (2.0, 5.0)] {
        let motion = Motion { spot: 100.0, drift: 0.5 * volatility * volatility, volatility, horizon };
        let law = market(100.0, motion.drift, 0.0, volatility, horizon);
        let undiscounted = (motion.drift * horizon).exp();
        for (direction, kind, level) in [(Direction::Up, Call, 110.0), (Direction::Down, Put, 70.0)] {
            let ends_beyond = undiscounted * cash_or_nothing(&law, kind, level, 1.0).unwrap();
            same(probability(motion, direction, level).unwrap(), 2.0 * ends_beyond);
        }
    }
}

#[test]
fn exchanging_for_money_is_a_call() {
    for market in markets() {
        let p = market.parameters();
        let asset = Asset { spot: p.spot, dividend_yield: p.dividend_yield, volatility: p.volatility };
        for strike in LEVELS {
            let money = Asset { spot: strike, dividend_yield: p.rate, volatility: 0.0 };
            let [there, back] = [(asset, money), (money, asset)]
                .map(|(first, second)| exchange::price(first, second, 0.3, p.maturity).unwrap());
            same(there, european(&market, Call, strike).unwrap());
            same(back, european(&market, Put, strike).unwrap());
        }
    }
}
