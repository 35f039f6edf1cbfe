//! Numbers that others have published.

use gbm_core::model::Gbm;
use monte_carlo::payoff::{Average, Control, Direction, Right, Watch};
use monte_carlo::{Estimate, Market, MonteCarlo, QuasiMonteCarlo};

use crate::suite::{arithmetic, european, market, pass, seed, touch};

/// (4·P₂ₙ − Pₙ)/3 of two independent estimates: free of a bias of order n⁻².
fn extrapolate(coarse: &Estimate, fine: &Estimate) -> Estimate {
    Estimate {
        mean: (4.0 * fine.mean - coarse.mean) / 3.0,
        standard_error: (16.0 * fine.standard_error.powi(2) + coarse.standard_error.powi(2)).sqrt() / 3.0,
        ..*fine
    }
}

/// Linetsky (2004), *Operations Research* 52(6), table 3: continuous arithmetic calls, S = K = 2.
const LINETSKY: [(f64, f64, f64, f64); 7] = [
    (0.02, 0.10, 1.0, 0.0559860415),
    (0.18, 0.30, 1.0, 0.2183875466),
    (0.0125, 0.25, 2.0, 0.1722687410),
    (0.05, 0.50, 1.0, 0.1931737903),
    (0.05, 0.50, 1.0, 0.2464156905),
    (0.05, 0.50, 1.0, 0.3062203648),
    (0.05, 0.50, 2.0, 0.3500952190),
];

#[test]
fn arithmetic_asians_cost_what_linetsky_says() {
    let spots = [2.0, 2.0, 2.0, 1.9, 2.0, 2.1, 2.0];
    let payoff = arithmetic(Right::Call, 2.0, Average::Continuous);
    for (spot, (rate, volatility, maturity, exact)) in spots.into_iter().zip(LINETSKY) {
        let market = market(spot, rate, volatility, maturity);
        let estimate = |steps, seed| {
            let simulation = QuasiMonteCarlo::new(seed, steps, 1 << 18);
            QuasiMonteCarlo { replicates: 32, control: Some(Control::Geometric), ..simulation }
                .price(&market, &payoff)
                .unwrap()
        };
        let price = extrapolate(&estimate(16, gbm_core::noise::Seed::from(1)), &estimate(32, seed()));
        pass(&format!("Linetsky, sigma {volatility}"), &price, exact);
        assert!(price.standard_error < 1e-5 * (volatility / 0.1).powi(2), "{price:?}");
    }
}

/// The bias of the trapezoid falls as n⁻², as its documentation says.
#[test]
fn the_trapezoids_bias_is_of_second_order() {
    let (market, exact) = (market(2.0, 0.02, 0.1, 1.0), LINETSKY[0].3);
    let payoff = arithmetic(Right::Call, 2.0, Average::Continuous);
    let bias = |steps| {
        let simulation = QuasiMonteCarlo::new(seed(), steps, 1 << 18);
        let control = Some(Control::Geometric);
        let price = QuasiMonteCarlo { control, ..simulation }.price(&market, &payoff).unwrap();
        assert!(price.standard_error < 2e-6, "{price:?}");
        exact - price.mean
    };
    let order = (bias(4) / bias(8)).log2();
    assert!((order - 2.0).abs() < 0.1, "the bias falls as n^-{order}");
}

/// S₀ = 100, μ = 0.1, σ = 0.3, T = 1: with probability 0.6036169169 the price reaches 120.
#[test]
fn a_maximum_is_reached_as_often_as_it_should() {
    let world = Market { model: Gbm::new(0.1, 0.3).unwrap(), ..market(100.0, 0.0, 0.3, 1.0) };
    for steps in [1, 10] {
        let payoff = touch(Direction::Up, 120.0, Watch::Continuous);
        let estimate = MonteCarlo { antithetic: true, ..MonteCarlo::new(seed(), steps, 500_000) };
        pass("P(max >= 120)", &estimate.price(&world, &payoff).unwrap(), 0.6036169169);
        let quasi = QuasiMonteCarlo::new(seed(), steps, 1 << 17).price(&world, &payoff).unwrap();
        pass("P(max >= 120), Sobol'", &quasi, 0.6036169169);
    }
}

/// S₀ = 100, r = 0.1, σ = 0.25, T = 0.1.
#[test]
fn calls_cost_what_black_and_scholes_say() {
    let market = market(100.0, 0.1, 0.25, 0.1);
    for (k, exact) in [(80.0, 20.7992263087), (100.0, 3.6599684533), (120.0, 0.0445778141)] {
        let call = european(Right::Call, k);
        let estimate = MonteCarlo::new(seed(), 1, 2_000_000).price(&market, &call).unwrap();
        pass(&format!("call at {k}"), &estimate, exact);
        let quasi = QuasiMonteCarlo { replicates: 64, ..QuasiMonteCarlo::new(seed(), 1, 1 << 20) };
        let quasi = quasi.price(&market, &call).unwrap();
        pass(&format!("call at {k}, Sobol'"), &quasi, exact);
        assert!(quasi.standard_error < 5e-5, "{quasi:?}");
    }
}
