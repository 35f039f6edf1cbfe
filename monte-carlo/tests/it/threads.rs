//! The same bits for any number of threads.

use monte_carlo::payoff::{Average, BasketPayoff, Control, Exchange, Right, Watch};
use monte_carlo::units::{Maturity, Rate};
use monte_carlo::{Asset, BasketMarket, Estimate, MonteCarlo, QuasiMonteCarlo};

use crate::suite::{arithmetic, european, floating, market, seed};

/// Estimates of every kind of engine, of more than a wave and of a broken last block.
pub(crate) fn estimates() -> Vec<(&'static str, Estimate)> {
    let market = market(100.0, 0.05, 0.3, 1.0);
    let plain = MonteCarlo::new(seed(), 1, 300_001);
    let quasi = QuasiMonteCarlo::new(seed(), 6, 1 << 14);
    let asian = arithmetic(Right::Call, 100.0, Average::Discrete);
    let (antithetic, control) = (true, Some(Control::Geometric));
    let mirrored = MonteCarlo { antithetic, control, ..MonteCarlo::new(seed(), 12, 40_003) };
    let correlation = vec![vec![1.0, 0.5], vec![0.5, 1.0]].try_into().unwrap();
    let assets = [Asset { spot: 100.0, volatility: 0.2 }, Asset { spot: 95.0, volatility: 0.3 }];
    let (rate, maturity) = (Rate::new(0.05).unwrap(), Maturity::new(1.0).unwrap());
    let basket = BasketMarket::black_scholes(&assets, correlation, rate, maturity).unwrap();
    let exchange: BasketPayoff = Exchange { receive: 0, pay: 1 }.into();
    let lookback = floating(Right::Put, Watch::Continuous);
    let long = MonteCarlo::new(seed(), 3000, 2_000);
    vec![
        ("european", plain.price(&market, &european(Right::Call, 100.0)).unwrap()),
        ("asian, mirrored, geometric", mirrored.price(&market, &asian).unwrap()),
        ("asian, long", long.price(&market, &asian).unwrap()),
        ("lookback", MonteCarlo::new(seed(), 6, 20_000).price(&market, &lookback).unwrap()),
        ("exchange", plain.price_basket(&basket, &exchange).unwrap()),
        ("asian, Sobol', geometric", QuasiMonteCarlo { control, ..quasi }.price(&market, &asian).unwrap()),
        ("lookback, Sobol'", quasi.price(&market, &lookback).unwrap()),
        ("exchange, Sobol'", quasi.price_basket(&basket, &exchange).unwrap()),
    ]
}

#[cfg(feature = "rayon")]
#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let bits = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let bits = |(_, estimate): (_, Estimate)| (estimate.mean.to_bits(), estimate.standard_error.to_bits());
        pool.install(|| estimates().into_iter().map(bits).collect::<Vec<_>>())
    };
    let one = bits(1);
    assert_eq!(one, bits(2));
    assert_eq!(one, bits(7));
}
