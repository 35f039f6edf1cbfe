//! Markets in which nothing, or next to nothing, is random; options that are decided already.

use monte_carlo::payoff::{
    Average, Barrier, BasketPayoff, Control, Direction, Exchange, Knock, OneTouch, PathPayoff, Payoff, Pays, Right,
    Watch,
};
use monte_carlo::units::{Maturity, Rate};
use monte_carlo::{Asset, BasketMarket, Market, MonteCarlo, QuasiMonteCarlo, Stopped};

use crate::oracle::{self, RIGHTS, closed, continuous_barrier};
use crate::suite::{arithmetic, barrier, digital, european, fixed, floating, geometric, market, pass, seed, touch};

/// Both engines give the exact price, without an error and without a path.
#[track_caller]
fn is(market: &Market, payoff: impl Into<Payoff>, exact: f64) {
    let payoff = payoff.into();
    let estimates = [
        MonteCarlo { antithetic: true, ..MonteCarlo::new(seed(), 12, 1000) }.price(market, &payoff),
        QuasiMonteCarlo::new(seed(), 12, 1000).price(market, &payoff),
    ];
    for estimate in estimates {
        let estimate = estimate.unwrap();
        let tolerance = 1e-13 * (market.spot.get() + exact.abs());
        assert!((estimate.mean - exact).abs() <= tolerance, "{} is not {exact}: {payoff:?}", estimate.mean);
        assert_eq!((estimate.standard_error, estimate.stopped), (0.0, Stopped::Certain));
    }
}

#[test]
fn without_volatility_there_is_one_path() {
    for rate in [0.1, -0.1] {
        let market = market(100.0, rate, 0.0, 2.0);
        let (growth, discount) = ((2.0 * rate).exp(), (-2.0 * rate).exp());
        let last = 100.0 * growth;
        let mean = (1..=12).map(|i| 100.0 * (rate * f64::from(i) / 6.0).exp()).sum::<f64>() / 12.0;
        for right in RIGHTS {
            for k in [90.0, 110.0, 130.0] {
                is(&market, european(right, k), discount * right.of(last, k));
                let cash = if (last > k) == (right == Right::Call) { 10.0 } else { 0.0 };
                is(&market, digital(right, k), discount * cash);
                is(&market, arithmetic(right, k, Average::Discrete), discount * right.of(mean, k));
                let mean = 100.0 * (rate * 13.0 / 12.0).exp();
                is(&market, geometric(right, k, Average::Discrete), discount * right.of(mean, k));
                let mean = 100.0 * rate.exp();
                is(&market, geometric(right, k, Average::Continuous), discount * right.of(mean, k));
                for watch in [Watch::Discrete, Watch::Continuous] {
                    let best = if right == Right::Call { last.max(100.0) } else { last.min(100.0) };
                    is(&market, fixed(right, k, watch), discount * right.of(best, k));
                    let worst = if right == Right::Call { last.min(100.0) } else { last.max(100.0) };
                    is(&market, floating(right, watch), discount * right.of(last, worst));
                    for (direction, level) in [(Direction::Up, 105.0), (Direction::Down, 95.0)] {
                        for knock in [Knock::In, Knock::Out] {
                            let barrier = Barrier { watch, ..barrier(right, k, direction, knock, level) };
                            is(&market, barrier, continuous_barrier(&market, &barrier));
                        }
                    }
                }
            }
        }
        for watch in [Watch::Discrete, Watch::Continuous] {
            is(&market, touch(Direction::Up, 105.0, watch), if rate > 0.0 { discount } else { 0.0 });
        }
    }
}

#[test]
fn without_time_the_price_is_the_payoff() {
    let market = market(100.0, 0.1, 0.3, 0.0);
    for right in RIGHTS {
        is(&market, european(right, 99.0), right.of(100.0, 99.0));
        is(&market, arithmetic(right, 99.0, Average::Continuous), right.of(100.0, 99.0));
        is(&market, fixed(right, 99.0, Watch::Continuous), right.of(100.0, 99.0));
        is(&market, floating(right, Watch::Continuous), 0.0);
    }
    is(&market, touch(Direction::Up, 100.5, Watch::Continuous), 0.0);
    // A control is no hindrance, but must be one of the payoff's all the same.
    let simulation = MonteCarlo { control: Some(Control::Geometric), ..MonteCarlo::new(seed(), 12, 1000) };
    let call = arithmetic(Right::Call, 99.0, Average::Continuous);
    assert_eq!(simulation.price(&market, &call).unwrap().mean, 1.0);
    assert!(simulation.price(&market, &european(Right::Call, 99.0)).is_err());
}

#[test]
fn times_and_volatilities_however_small_give_the_limit() {
    for (volatility, maturity) in [(1e-200, 1.0), (0.3, 1e-300), (0.3, f64::from_bits(1)), (1e-9, 1e-9), (1e-130, 30.0)]
    {
        let market = market(100.0, 0.0, volatility, maturity);
        for steps in [1, 7] {
            let check = |payoff: Payoff, exact: f64| {
                for antithetic in [false, true] {
                    let simulation = MonteCarlo { antithetic, ..MonteCarlo::new(seed(), steps, 500) };
                    let estimate = simulation.price(&market, &payoff).unwrap();
                    assert!((estimate.mean - exact).abs() < 1e-9, "{payoff:?}: {estimate:?}");
                }
                let estimate = QuasiMonteCarlo::new(seed(), steps, 500).price(&market, &payoff).unwrap();
                assert!((estimate.mean - exact).abs() < 1e-9, "{payoff:?}: {estimate:?}");
            };
            check(european(Right::Call, 99.0).into(), 1.0);
            check(geometric(Right::Put, 101.0, Average::Continuous).into(), 1.0);
            check(floating(Right::Put, Watch::Continuous).into(), 0.0);
            check(touch(Direction::Down, 99.0, Watch::Continuous).into(), 0.0);
            check(barrier(Right::Call, 99.0, Direction::Up, Knock::Out, 101.0).into(), 1.0);
        }
    }
}

#[test]
fn a_barrier_behind_the_price_has_been_touched() {
    let market = market(100.0, 0.1, 0.3, 1.0);
    for (direction, levels) in [(Direction::Up, [100.0, 90.0]), (Direction::Down, [100.0, 110.0])] {
        for level in levels {
            for watch in [Watch::Discrete, Watch::Continuous] {
                let out = Barrier { watch, ..barrier(Right::Call, 95.0, direction, Knock::Out, level) };
                is(&market, out, 0.0);
                is(&market, touch(direction, level, watch), (-0.1_f64).exp());
                is(&market, OneTouch { pays: Pays::NoTouch, ..touch(direction, level, watch) }, 0.0);
                let knock_in = Barrier { knock: Knock::In, ..out };
                let exact = oracle::european(&market, Right::Call, 95.0);
                let simulation = MonteCarlo::new(seed(), 3, 100_000);
                pass("knocked in", &simulation.price(&market, &knock_in).unwrap(), exact);
                // It is its own control: nothing is left to chance.
                let simulation = MonteCarlo { control: Some(Control::European), ..simulation };
                let estimate = simulation.price(&market, &knock_in).unwrap();
                assert!((estimate.mean - exact).abs() < 1e-10 && estimate.standard_error < 1e-9, "{estimate:?}");
            }
        }
    }
}

#[test]
fn baskets_without_randomness_have_a_price() {
    let (rate, still) = (Rate::new(0.05).unwrap(), Maturity::new(0.0).unwrap());
    let exchange: BasketPayoff = Exchange { receive: 0, pay: 1 }.into();
    for (volatility, maturity) in [(0.0, Maturity::new(2.0).unwrap()), (0.3, still)] {
        let assets = [Asset { spot: 100.0, volatility }, Asset { spot: 95.0, volatility }];
        let correlation = vec![vec![1.0, 0.5], vec![0.5, 1.0]].try_into().unwrap();
        let market = BasketMarket::black_scholes(&assets, correlation, rate, maturity).unwrap();
        let control = Some(Control::Terminal);
        for estimate in [
            MonteCarlo { control, ..MonteCarlo::new(seed(), 1, 1000) }.price_basket(&market, &exchange).unwrap(),
            QuasiMonteCarlo { control, ..QuasiMonteCarlo::new(seed(), 1, 1000) }
                .price_basket(&market, &exchange)
                .unwrap(),
        ] {
            assert!((estimate.mean - 5.0).abs() < 1e-12 && estimate.stopped == Stopped::Certain, "{estimate:?}");
        }
    }
}

/// Parameters at their limits: numbers, or an error that says so.
#[test]
fn extreme_markets_have_prices() {
    for (spot, rate, volatility, maturity) in
        [(1e15, 10.0, 0.1, 30.0), (1e-15, -10.0, 0.1, 30.0), (1e15, 10.0, 100.0, 30.0), (1.0, -10.0, 100.0, 1e-3)]
    {
        let market = market(spot, rate, volatility, maturity);
        let simulation = MonteCarlo { control: Some(Control::Terminal), ..MonteCarlo::new(seed(), 4, 2000) };
        for payoff in [
            Payoff::from(european(Right::Put, 1e15)),
            arithmetic(Right::Call, 1e-15, Average::Continuous).into(),
            geometric(Right::Call, 1.0, Average::Continuous).into(),
            floating(Right::Put, Watch::Continuous).into(),
            touch(Direction::Down, 1e-15, Watch::Continuous).into(),
        ] {
            let estimate = simulation.price(&market, &payoff).unwrap();
            assert!(estimate.mean.is_finite() && estimate.standard_error >= 0.0, "{}: {estimate:?}", payoff.name());
        }
    }
    let certain = market(1e15, 10.0, 0.0, 30.0);
    let price = MonteCarlo::new(seed(), 1, 2).price(&certain, &european(Right::Call, 1e15)).unwrap().mean;
    let exact = closed_form::black_scholes::european(&closed(&certain), closed_form::Kind::Call, 1e15).unwrap();
    assert!((price / exact - 1.0).abs() < 1e-12);
}
