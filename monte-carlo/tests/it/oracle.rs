//! Exact prices: `closed_form`'s, and what else has a formula or an integral.

use closed_form::barrier::{self, Barrier as ClosedBarrier};
use closed_form::{Direction as Side, Kind, Market as Closed, Parameters, black_scholes, exchange};
use monte_carlo::Market;
use monte_carlo::payoff::{Barrier, Direction, Knock, Right};

pub(crate) const RIGHTS: [Right; 2] = [Right::Call, Right::Put];
pub(crate) const DIRECTIONS: [Direction; 2] = [Direction::Up, Direction::Down];

pub(crate) fn closed(market: &Market) -> Closed {
    let parameters = Parameters {
        spot: market.spot.get(),
        rate: market.rate.get(),
        dividend_yield: 0.0,
        volatility: market.model.volatility().get(),
        maturity: market.maturity.get(),
    };
    Closed::new(parameters).unwrap()
}

pub(crate) fn kind(right: Right) -> Kind {
    if right == Right::Call { Kind::Call } else { Kind::Put }
}

pub(crate) fn side(direction: Direction) -> Side {
    if direction == Direction::Up { Side::Up } else { Side::Down }
}

pub(crate) fn european(market: &Market, right: Right, strike: f64) -> f64 {
    black_scholes::european(&closed(market), kind(right), strike).unwrap()
}

pub(crate) fn continuous_barrier(market: &Market, payoff: &Barrier) -> f64 {
    let knock = if payoff.knock == Knock::In { barrier::Knock::In } else { barrier::Knock::Out };
    let level = ClosedBarrier { direction: side(payoff.direction), knock, level: payoff.level.get() };
    barrier::price(&closed(market), kind(payoff.right), payoff.strike.get(), level).unwrap()
}

/// E\[max S\] (up) or E\[min S\] over spot and fixings, by Spitzer's identity: with a_k = E\[max(1, S(t_k)/S₀)\], c₀ = 1 and n·c_n = Σ_{k
/// ≤ n} a_k·c_{n−k}, it is S₀·c_n.
///
/// Source: Spitzer (1956), *Trans. AMS* 82(2), for E\[e^{s·max}\] at s = 1; downwards with min for max.
pub(crate) fn discrete_extreme(market: &Market, direction: Direction, fixings: u32) -> f64 {
    let Parameters { rate, volatility, maturity, .. } = closed(market).parameters();
    let a = |k: u32| {
        let maturity = maturity * f64::from(k) / f64::from(fixings);
        let unit = Parameters { spot: 1.0, rate, dividend_yield: 0.0, volatility, maturity };
        let option = |kind| black_scholes::european(&Closed::new(unit).unwrap(), kind, 1.0).unwrap();
        let growth = (rate * maturity).exp();
        if direction == Direction::Up { 1.0 + growth * option(Kind::Call) } else { 1.0 - growth * option(Kind::Put) }
    };
    let mut c = vec![1.0];
    for n in 1..=fixings {
        let sum: f64 = (1..=n).map(|k| a(k) * c[(n - k) as usize]).sum();
        c.push(sum / f64::from(n));
    }
    market.spot.get() * c[fixings as usize]
}

/// ∫ f(z)·φ(z) dz by the trapezoid on [−9, 9], whose error falls faster than any power for smooth f.
pub(crate) fn normal_mean(f: impl Fn(f64) -> f64) -> f64 {
    let step = 1.0 / 256.0;
    let weight = |z: f64| (-0.5 * z * z).exp() * step / (2.0 * std::f64::consts::PI).sqrt();
    (-2304..=2304).map(|i| f64::from(i) * step).map(|z| weight(z) * f(z)).sum()
}

/// A call on the mean of S(T/2) and S(T): given the first it is a call on the second.
pub(crate) fn asian_of_two(market: &Market, strike: f64) -> f64 {
    let Parameters { spot, rate, volatility, maturity, .. } = closed(market).parameters();
    let dt = 0.5 * maturity;
    normal_mean(|z| {
        let first = spot * ((rate - 0.5 * volatility * volatility) * dt + volatility * dt.sqrt() * z).exp();
        let rest = 2.0 * strike - first;
        let second = Parameters { spot: first, rate, dividend_yield: 0.0, volatility, maturity: dt };
        let growth = (rate * dt).exp();
        let payoff = if rest > 0.0 {
            growth * black_scholes::european(&Closed::new(second).unwrap(), Kind::Call, rest).unwrap()
        } else {
            first * growth - rest
        };
        0.5 * payoff * (-rate * maturity).exp()
    })
}

/// An option that a fixing beyond the level ends, watched at two fixings: ∫ over the first of a European option cut off at
/// the level.
pub(crate) fn knocked_out_of_two(market: &Market, payoff: &Barrier) -> f64 {
    let Parameters { spot, rate, volatility, maturity, .. } = closed(market).parameters();
    let (dt, level) = (0.5 * maturity, payoff.level.get());
    let s = volatility * dt.sqrt();
    let drift = (rate - 0.5 * volatility * volatility) * dt;
    let sign = if payoff.direction == Direction::Up { -1.0 } else { 1.0 };
    // Nodes from the level inwards, so that no integrand has a jump.
    let inside = |from: f64, f: &dyn Fn(f64) -> f64| {
        let h = (level / from).ln();
        let steps = 1000;
        let width = 10.0 * s / f64::from(steps);
        let term = |i: i32| {
            let x = h + sign * width * f64::from(i);
            let z = (x - drift) / s;
            let weight = if i == 0 || i == steps { 0.5 } else { 1.0 };
            weight * (-0.5 * z * z).exp() * f(from * x.exp())
        };
        (0..=steps).map(term).sum::<f64>() * width / (s * (2.0 * std::f64::consts::PI).sqrt())
    };
    // The second integral as a function of the first fixing, on a grid of the first integral's nodes.
    let last = |first: f64| inside(first, &|last| payoff.right.of(last, payoff.strike.get()));
    (-rate * maturity).exp() * inside(spot, &last)
}

/// Margrabe's price of receiving one asset for another, without yields.
pub(crate) fn exchange(first: (f64, f64), second: (f64, f64), correlation: f64, maturity: f64) -> f64 {
    let asset = |(spot, volatility)| exchange::Asset { spot, dividend_yield: 0.0, volatility };
    exchange::price(asset(first), asset(second), correlation, maturity).unwrap()
}
