//! Haug's table of barrier options, whose rebates are made of touch probabilities; and El Babsiri and Noel's.

use closed_form::Direction::{Down, Up};
use closed_form::Kind::{Call, Put};
use closed_form::barrier::Knock::{In, Out};
use closed_form::barrier::{Barrier, Knock, price};
use closed_form::touch::{Motion, probability};
use closed_form::{Direction, Kind, Market};

use crate::support::market;

/// Haug (1998), p. 72: S = 100, r = 0.08, q = 0.04, T = 0.5, a rebate of 3; σ = 0.25, then 0.30, each for K = 90,
/// 100, 110. The last digit is Haug's: his normal law was an approximation.
type Row = (Kind, Direction, Knock, f64, [f64; 3], [f64; 3]);
const HAUG: [Row; 12] = [
    (Call, Down, Out, 95.0, [9.0246, 6.7924, 4.8759], [8.8334, 7.0285, 5.4137]),
    (Call, Down, Out, 100.0, [3.0, 3.0, 3.0], [3.0, 3.0, 3.0]),
    (Call, Up, Out, 105.0, [2.6789, 2.3580, 2.3453], [2.6341, 2.4389, 2.4315]),
    (Call, Down, In, 95.0, [7.7627, 4.0109, 2.0576], [9.0093, 5.1370, 2.8517]),
    (Call, Down, In, 100.0, [13.8333, 7.8494, 3.9795], [14.8816, 9.2045, 5.3043]),
    (Call, Up, In, 105.0, [14.1112, 8.4482, 4.5910], [15.2098, 9.7278, 5.8350]),
    (Put, Down, Out, 95.0, [2.2798, 2.2947, 2.6252], [2.4170, 2.4258, 2.6246]),
    (Put, Down, Out, 100.0, [3.0, 3.0, 3.0], [3.0, 3.0, 3.0]),
    (Put, Up, Out, 105.0, [3.7760, 5.4932, 7.5187], [4.2293, 5.8032, 7.5649]),
    (Put, Down, In, 95.0, [2.9586, 6.5677, 11.9752], [3.8769, 7.7989, 13.3078]),
    (Put, Down, In, 100.0, [2.2845, 5.9085, 11.6465], [3.3328, 7.2636, 12.9713]),
    (Put, Up, In, 105.0, [1.4653, 3.3721, 7.0846], [2.0658, 4.4226, 8.3686]),
];

/// The value of the rebate: a knock-in pays it at maturity if nothing was touched, a knock-out at the touch.
///
/// The discounted probability of a touch, E[e^{−rτ}; τ ≤ T], is (H/S)^{(ν − ν′)/σ²} times that of a path with log-drift
/// ν′ = ±√(ν² + 2rσ²) towards the barrier, ν = r − q − σ²/2.
fn rebate(market: &Market, barrier: Barrier) -> f64 {
    let p = market.parameters();
    let chance = |drift| {
        let motion = Motion { spot: p.spot, drift, volatility: p.volatility, horizon: p.maturity };
        probability(motion, barrier.direction, barrier.level).unwrap()
    };
    let (carry, variance) = (p.rate - p.dividend_yield, p.volatility * p.volatility);
    let nu = carry - 0.5 * variance;
    let towards = if barrier.direction == Up { 1.0 } else { -1.0 } * (nu * nu + 2.0 * p.rate * variance).sqrt();
    3.0 * match barrier.knock {
        In => (-p.rate * p.maturity).exp() * (1.0 - chance(carry)),
        Out => (barrier.level / p.spot).powf((nu - towards) / variance) * chance(towards + 0.5 * variance),
    }
}

#[test]
fn barrier_options_are_haugs() {
    for (kind, direction, knock, level, calm, wild) in HAUG {
        let barrier = Barrier { direction, knock, level };
        for (volatility, prices) in [(0.25, calm), (0.30, wild)] {
            let market = market(100.0, 0.08, 0.04, volatility, 0.5);
            for (strike, printed) in [90.0, 100.0, 110.0].into_iter().zip(prices) {
                let ours = price(&market, kind, strike, barrier).unwrap() + rebate(&market, barrier);
                assert!((ours - printed).abs() < 1e-4, "{kind:?} {barrier:?} K = {strike}, σ = {volatility}: {ours}");
            }
        }
    }
}

/// El Babsiri and Noel (1998), *J. Derivatives* 6(2): calls with S = K = 100, r = 0.05, q = 0.02, T = 1.
#[test]
fn knock_in_calls_are_el_babsiris_and_noels() {
    let down = [0.07187, 0.60638, 1.64005, 2.98495, 4.50952];
    let up = [4.79148, 7.08268, 9.11008, 11.06148, 12.98351];
    for (i, volatility) in [0.1, 0.15, 0.2, 0.25, 0.3].into_iter().enumerate() {
        let market = market(100.0, 0.05, 0.02, volatility, 1.0);
        for (direction, level, printed) in [(Down, 90.0, down[i]), (Up, 110.0, up[i])] {
            let ours = price(&market, Call, 100.0, Barrier { direction, knock: In, level }).unwrap();
            assert!((ours - printed).abs() < 6e-6, "{direction:?}, σ = {volatility}: {ours} is not {printed}");
        }
    }
}
