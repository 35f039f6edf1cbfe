//! Any request is a price or an error, never NaN.

use monte_carlo::payoff::{
    AsianArithmetic, AsianGeometric, Average, Barrier, Control, Digital, Direction, European, Knock, LookbackFixed,
    LookbackFloating, OneTouch, Payoff, Pays, Right, Watch,
};
use monte_carlo::units::{Cash, Level, Strike};
use monte_carlo::{Market, MonteCarlo, Parameters, QuasiMonteCarlo};
use proptest::prelude::*;

use crate::suite::seed;

/// Numbers of every size.
fn size() -> impl Strategy<Value = f64> {
    prop_oneof![(-15.0..15.0).prop_map(|x: f64| 10_f64.powf(x)), 90.0..110.0, Just(100.0), Just(1e15), Just(1e-15)]
}

fn payoff() -> impl Strategy<Value = Payoff> {
    let words = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    (0..8_u8, size(), size(), words).prop_map(|(kind, k, other, (a, b, c, d))| {
        let right = if a { Right::Call } else { Right::Put };
        let direction = if b { Direction::Up } else { Direction::Down };
        let (watch, average) =
            if c { (Watch::Continuous, Average::Continuous) } else { (Watch::Discrete, Average::Discrete) };
        let knock = if d { Knock::In } else { Knock::Out };
        let pays = if d { Pays::Touch } else { Pays::NoTouch };
        let strike = Strike::new(k).unwrap();
        let (level, cash) = (Level::new(other).unwrap(), Cash::new(other).unwrap());
        match kind {
            0 => European { right, strike }.into(),
            1 => Digital { right, strike, cash }.into(),
            2 => AsianArithmetic { right, strike, average }.into(),
            3 => AsianGeometric { right, strike, average }.into(),
            4 => Barrier { right, strike, direction, knock, level, watch }.into(),
            5 => OneTouch { direction, level, cash, pays, watch }.into(),
            6 => LookbackFloating { right, watch }.into(),
            _ => LookbackFixed { right, strike, watch }.into(),
        }
    })
}

fn market() -> impl Strategy<Value = Market> {
    let volatility = prop_oneof![0.0..100.0, 0.0..0.5, Just(0.0), Just(1e-170), Just(f64::from_bits(1))];
    let maturity = prop_oneof![0.0..30.0, 0.0..0.01, Just(0.0), Just(f64::from_bits(1)), Just(1e-290)];
    (size(), -10.0..10.0, volatility, maturity).prop_map(|(spot, rate, volatility, maturity)| {
        Market::black_scholes(Parameters { spot, rate, volatility, maturity }).unwrap()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn prices_are_numbers(
        market in market(),
        payoff in payoff(),
        steps in prop_oneof![1_u64..20, Just(600)],
        paths in 2_u64..100,
        antithetic: bool,
        control in prop::option::of(prop_oneof![Just(Control::Terminal), Just(Control::European), Just(Control::Geometric)]),
    ) {
        let plain = MonteCarlo { antithetic, control, ..MonteCarlo::new(seed(), steps, paths) };
        let quasi = QuasiMonteCarlo { control, ..QuasiMonteCarlo::new(seed(), steps, paths) };
        for estimate in [plain.price(&market, &payoff), quasi.price(&market, &payoff)].into_iter().flatten() {
            prop_assert!(estimate.mean.is_finite() && estimate.standard_error >= 0.0, "{estimate:?}");
            prop_assert!(control.is_some() || estimate.mean >= 0.0, "{estimate:?}");
        }
    }
}
