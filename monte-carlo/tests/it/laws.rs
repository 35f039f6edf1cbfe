//! Each payoff against its exact price, by independent paths and by Sobol' points.

use closed_form::touch::{Motion, probability};
use closed_form::{asian, black_scholes, lookback};
use gbm_core::correlation::Correlation;
use monte_carlo::payoff::{
    Average, Barrier, Basket, BasketPayoff, Control, Direction, Exchange, Knock, OneTouch, PathPayoff, Pays, Right,
    Watch,
};
use monte_carlo::units::{Maturity, Rate, Weight};
use monte_carlo::{Asset, BasketMarket, Market, MonteCarlo, QuasiMonteCarlo};

use crate::oracle::{
    DIRECTIONS, RIGHTS, asian_of_two, closed, continuous_barrier, discrete_extreme, exchange, kind, knocked_out_of_two,
    side,
};
use crate::suite::{
    arithmetic, barrier, digital, european, fixed, floating, geometric, market, pass, seed, strike, touch,
};
use crate::{oracle, suite};

const PATHS: u64 = 200_000;

/// All ways to simulate: plain, mirrored, with each control there is, and quasi-random ones.
#[track_caller]
fn agrees<F: PathPayoff>(what: &str, market: &Market, payoff: &F, steps: u64, exact: f64) {
    let plain = MonteCarlo::new(seed(), steps, PATHS);
    pass(what, &plain.price(market, payoff).unwrap(), exact);
    let mirrored = MonteCarlo { antithetic: true, ..plain };
    pass(&format!("{what}, mirrored"), &mirrored.price(market, payoff).unwrap(), exact);
    let quasi = QuasiMonteCarlo { replicates: 64, ..QuasiMonteCarlo::new(seed(), steps, 1 << 17) };
    pass(&format!("{what}, Sobol'"), &quasi.price(market, payoff).unwrap(), exact);
    for control in [Control::Terminal, Control::European, Control::Geometric] {
        if payoff.control(control).is_some() {
            let controlled = MonteCarlo { control: Some(control), ..mirrored };
            pass(&format!("{what}, mirrored, {control:?}"), &controlled.price(market, payoff).unwrap(), exact);
            let controlled = QuasiMonteCarlo { control: Some(control), ..quasi };
            pass(&format!("{what}, Sobol', {control:?}"), &controlled.price(market, payoff).unwrap(), exact);
        }
    }
}

/// As [`agrees`], by plain paths alone.
#[track_caller]
fn plainly<F: PathPayoff>(what: &str, market: &Market, payoff: &F, steps: u64, exact: f64) {
    pass(what, &MonteCarlo::new(seed(), steps, PATHS).price(market, payoff).unwrap(), exact);
}

#[test]
fn european_and_digital_options() {
    let market = market(100.0, 0.1, 0.25, 0.5);
    for right in RIGHTS {
        agrees("european", &market, &european(right, 105.0), 1, oracle::european(&market, right, 105.0));
        let exact = black_scholes::cash_or_nothing(&closed(&market), kind(right), 105.0, 10.0).unwrap();
        agrees("digital", &market, &digital(right, 105.0), 1, exact);
    }
    // Steps that the payoff doesn't need change nothing but the noise.
    let call = european(Right::Call, 105.0);
    plainly("european of 7 steps", &market, &call, 7, oracle::european(&market, Right::Call, 105.0));
}

#[test]
fn asian_options() {
    let market = market(100.0, 0.06, 0.3, 1.0);
    for right in RIGHTS {
        let exact = asian::geometric(&closed(&market), kind(right), 100.0, 12).unwrap();
        agrees("geometric of 12", &market, &geometric(right, 100.0, Average::Discrete), 12, exact);
        let exact = asian::geometric_continuous(&closed(&market), kind(right), 100.0).unwrap();
        for steps in [1, 3] {
            let payoff = geometric(right, 100.0, Average::Continuous);
            agrees(&format!("geometric, continuous, by {steps}"), &market, &payoff, steps, exact);
        }
    }
    let call = arithmetic(Right::Call, 100.0, Average::Discrete);
    agrees("arithmetic of 2", &market, &call, 2, asian_of_two(&market, 100.0));
    // Of one price both averages are that price, and the control is the payoff.
    let exact = oracle::european(&market, Right::Call, 100.0);
    plainly("arithmetic of 1", &market, &call, 1, exact);
    let controlled = MonteCarlo { control: Some(Control::Geometric), ..MonteCarlo::new(seed(), 1, PATHS) };
    let estimate = controlled.price(&market, &call).unwrap();
    assert!((estimate.mean - exact).abs() < 1e-11 && estimate.standard_error < 1e-9, "{estimate:?}");
}

#[test]
fn continuous_barriers() {
    let market = market(100.0, 0.08, 0.25, 0.5);
    for right in RIGHTS {
        for (direction, level) in [(Direction::Up, 115.0), (Direction::Down, 92.0)] {
            for knock in [Knock::In, Knock::Out] {
                // The strike before the level and behind it: each of Reiner and Rubinstein's formulas.
                for k in [90.0, 118.0] {
                    let payoff = barrier(right, k, direction, knock, level);
                    let what = format!("{direction:?} and {knock:?} {right:?} at {k}");
                    plainly(&what, &market, &payoff, 3, continuous_barrier(&market, &payoff));
                }
            }
        }
    }
    let payoff = barrier(Right::Call, 90.0, Direction::Up, Knock::Out, 115.0);
    agrees("up and out call", &market, &payoff, 3, continuous_barrier(&market, &payoff));
    let payoff = barrier(Right::Put, 100.0, Direction::Down, Knock::In, 92.0);
    agrees("down and in put", &market, &payoff, 5, continuous_barrier(&market, &payoff));
}

#[test]
fn discrete_barriers() {
    let market = market(100.0, 0.08, 0.25, 0.5);
    for (right, direction, level) in [(Right::Call, Direction::Up, 125.0), (Right::Put, Direction::Down, 85.0)] {
        let out = Barrier { watch: Watch::Discrete, ..barrier(right, 100.0, direction, Knock::Out, level) };
        let exact = knocked_out_of_two(&market, &out);
        plainly("knocked out at two fixings", &market, &out, 2, exact);
        let european = oracle::european(&market, right, 100.0);
        plainly("knocked in at two fixings", &market, &Barrier { knock: Knock::In, ..out }, 2, european - exact);
    }
}

#[test]
fn touches() {
    let market = market(100.0, 0.1, 0.3, 1.0);
    let motion = Motion { spot: 100.0, drift: 0.1, volatility: 0.3, horizon: 1.0 };
    let discount = (-0.1_f64).exp();
    for (direction, level) in DIRECTIONS.into_iter().zip([120.0, 90.0]) {
        let probability = probability(motion, side(direction), level).unwrap();
        let payoff = touch(direction, level, Watch::Continuous);
        agrees("touch", &market, &payoff, 4, discount * probability);
        plainly("no touch", &market, &OneTouch { pays: Pays::NoTouch, ..payoff }, 1, discount * (1.0 - probability));
    }
}

#[test]
fn lookbacks() {
    // Without a rate the formulas take a limit.
    for rate in [0.1, 0.0] {
        let market = market(100.0, rate, 0.3, 0.5);
        let (closed, discount) = (closed(&market), (-0.5 * rate).exp());
        for (right, best) in [(Right::Call, Direction::Down), (Right::Put, Direction::Up)] {
            let exact = lookback::floating_strike(&closed, kind(right), 100.0).unwrap();
            agrees("floating", &market, &floating(right, Watch::Continuous), 3, exact);
            let extreme = discount * discrete_extreme(&market, best, 6);
            let exact = if right == Right::Call { 100.0 - extreme } else { extreme - 100.0 };
            plainly("floating of 6", &market, &floating(right, Watch::Discrete), 6, exact);
        }
        for (right, k) in [(Right::Call, 95.0), (Right::Call, 110.0), (Right::Put, 105.0)] {
            let exact = lookback::fixed_strike(&closed, kind(right), k, 100.0).unwrap();
            plainly("fixed", &market, &fixed(right, k, Watch::Continuous), 2, exact);
        }
        // At the money a fixed call pays the maximum less the spot, whatever the maximum is.
        let exact = discount * (discrete_extreme(&market, Direction::Up, 6) - 100.0);
        plainly("fixed of 6", &market, &fixed(Right::Call, 100.0, Watch::Discrete), 6, exact);
    }
}

fn pair(correlation: f64, assets: [(f64, f64); 2]) -> BasketMarket {
    let matrix = Correlation::try_from(vec![vec![1.0, correlation], vec![correlation, 1.0]]).unwrap();
    let assets = assets.map(|(spot, volatility)| Asset { spot, volatility });
    let (rate, maturity) = (Rate::new(0.05).unwrap(), Maturity::new(0.75).unwrap());
    BasketMarket::black_scholes(&assets, matrix, rate, maturity).unwrap()
}

fn basket(right: Right, k: f64, weights: [f64; 2]) -> BasketPayoff {
    Basket { right, strike: strike(k), weights: weights.map(|w| Weight::new(w).unwrap()).to_vec() }.into()
}

#[track_caller]
fn basket_agrees(what: &str, market: &BasketMarket, payoff: &BasketPayoff, exact: f64) {
    for control in [None, Some(Control::Terminal)] {
        for antithetic in [false, true] {
            let simulation = MonteCarlo { antithetic, control, ..MonteCarlo::new(seed(), 1, PATHS) };
            let what = format!("{what}, {control:?}, mirrored: {antithetic}");
            pass(&what, &simulation.price_basket(market, payoff).unwrap(), exact);
        }
        let quasi = QuasiMonteCarlo { replicates: 64, control, ..QuasiMonteCarlo::new(seed(), 1, 1 << 17) };
        pass(&format!("{what}, {control:?}, Sobol'"), &quasi.price_basket(market, payoff).unwrap(), exact);
    }
}

#[test]
fn exchanges_and_baskets() {
    let assets = [(100.0, 0.3), (95.0, 0.2)];
    let payoff = Exchange { receive: 0, pay: 1 }.into();
    basket_agrees("exchange", &pair(0.4, assets), &payoff, exchange(assets[0], assets[1], 0.4, 0.75));
    let payoff = Exchange { receive: 1, pay: 0 }.into();
    basket_agrees("exchanged", &pair(-0.7, assets), &payoff, exchange(assets[1], assets[0], -0.7, 0.75));
    // One asset alone; an asset without volatility, which moves the strike; two that are one.
    let alone = suite::market(95.0, 0.05, 0.2, 0.75);
    let exact = 2.0 * oracle::european(&alone, Right::Put, 50.0);
    basket_agrees("alone", &pair(0.4, assets), &basket(Right::Put, 100.0, [0.0, 2.0]), exact);
    let bond = [(100.0, 0.0), (95.0, 0.2)];
    let rest = 195.0 - 100.0 * (0.05 * 0.75_f64).exp();
    let exact = oracle::european(&alone, Right::Call, rest);
    basket_agrees("bond", &pair(0.4, bond), &basket(Right::Call, 195.0, [1.0, 1.0]), exact);
    let twins = [(47.5, 0.2), (47.5, 0.2)];
    let exact = oracle::european(&alone, Right::Call, 97.0);
    basket_agrees("twins", &pair(1.0, twins), &basket(Right::Call, 97.0, [1.5, 0.5]), exact);
}
