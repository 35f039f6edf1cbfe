//! Any option in any market is priced by a finite number, the same one twice, or refused by a named error.
#![no_main]

use gbm_core::correlation::Correlation;
use gbm_core::prelude::*;
use gbm_core::units::OutOfDomain;
use libfuzzer_sys::{arbitrary, fuzz_target};
use monte_carlo::payoff::*;
use monte_carlo::units::{Cash, Level, Maturity, Rate, Strike, TargetError, Weight};
use monte_carlo::{Asset, BasketMarket, Estimate, Market, MonteCarlo, PriceError, QuasiMonteCarlo};

/// What one input may cost.
const PATHS: u64 = 512;
const STEPS: u64 = 32;

/// Numbers that bytes alone would seldom hit upon.
const NUMBERS: [f64; 16] =
    [0.0, 1.0, -1.0, 0.3, 2.0, 10.0, -10.0, 30.0, 99.0, 100.0, 101.0, 1e-15, 1e15, 1e-300, f64::NAN, f64::INFINITY];

#[derive(Debug, arbitrary::Arbitrary)]
enum Number {
    Usual(u8),
    Any(f64),
}

impl Number {
    fn get(&self) -> f64 {
        match self {
            Self::Usual(at) => NUMBERS[usize::from(at % 16)],
            Self::Any(number) => *number,
        }
    }
}

#[derive(Debug, arbitrary::Arbitrary)]
struct Request {
    seed: u64,
    kind: u8,
    flags: u16,
    control: u8,
    spot: Number,
    drift: Number,
    rate: Number,
    volatility: Number,
    maturity: Number,
    strike: Number,
    level: Number,
    cash: Number,
    weights: (Number, Number),
    correlation: Number,
    assets: (u8, u8),
    paths: u16,
    steps: u8,
    far: Option<(u64, u64)>,
    replicates: u16,
    target_error: Number,
}

impl Request {
    fn is(&self, flag: u32) -> bool {
        self.flags >> flag & 1 == 1
    }

    fn either<T>(&self, flag: u32, yes: T, no: T) -> T {
        if self.is(flag) { yes } else { no }
    }

    fn right(&self) -> Right {
        self.either(0, Right::Call, Right::Put)
    }

    fn payoff(&self) -> Result<Payoff, OutOfDomain> {
        let right = self.right();
        let strike = Strike::new(self.strike.get());
        let average = self.either(1, Average::Continuous, Average::Discrete);
        let watch = self.either(1, Watch::Continuous, Watch::Discrete);
        let direction = self.either(2, Direction::Up, Direction::Down);
        let knock = self.either(3, Knock::In, Knock::Out);
        let pays = self.either(3, Pays::Touch, Pays::NoTouch);
        Ok(match self.kind % 8 {
            0 => European { right, strike: strike? }.into(),
            1 => Digital { right, strike: strike?, cash: Cash::new(self.cash.get())? }.into(),
            2 => AsianArithmetic { right, strike: strike?, average }.into(),
            3 => AsianGeometric { right, strike: strike?, average }.into(),
            4 => {
                let level = Level::new(self.level.get())?;
                Barrier { right, strike: strike?, direction, knock, level, watch }.into()
            }
            5 => {
                let (level, cash) = (Level::new(self.level.get())?, Cash::new(self.cash.get())?);
                OneTouch { direction, level, cash, pays, watch }.into()
            }
            6 => LookbackFloating { right, watch }.into(),
            _ => LookbackFixed { right, strike: strike?, watch }.into(),
        })
    }

    fn basket(&self) -> Result<BasketPayoff, OutOfDomain> {
        Ok(if self.is(4) {
            Exchange { receive: self.assets.0.into(), pay: self.assets.1.into() }.into()
        } else {
            let weights = vec![Weight::new(self.weights.0.get())?, Weight::new(self.weights.1.get())?];
            Basket { right: self.right(), strike: Strike::new(self.strike.get())?, weights }.into()
        })
    }

    fn market(&self) -> Result<Market, OutOfDomain> {
        Ok(Market {
            spot: Price::new(self.spot.get())?,
            rate: Rate::new(self.rate.get())?,
            maturity: Maturity::new(self.maturity.get())?,
            model: Gbm::new(self.drift.get(), self.volatility.get())?,
        })
    }

    fn pair(&self) -> Option<BasketMarket> {
        let rho = self.correlation.get();
        let correlation = Correlation::try_from(vec![vec![1.0, rho], vec![rho, 1.0]]).ok()?;
        let first = Asset { spot: self.spot.get(), volatility: self.volatility.get() };
        let second = Asset { spot: self.level.get(), volatility: self.drift.get() };
        let (rate, maturity) = (Rate::new(self.rate.get()).ok()?, Maturity::new(self.maturity.get()).ok()?);
        BasketMarket::black_scholes(&[first, second], correlation, rate, maturity).ok()
    }

    fn price(&self) -> Option<Result<Estimate, PriceError>> {
        let control = match self.control % 4 {
            0 => None,
            1 => Some(Control::Terminal),
            2 => Some(Control::European),
            _ => Some(Control::Geometric),
        };
        let target_error = TargetError::new(self.target_error.get()).ok();
        // Paths and steps are few, so that an input is quick, or beyond what is allowed.
        let few = (u64::from(self.paths) % (PATHS + 1), u64::from(self.steps) % (STEPS + 1));
        let (paths, steps) = self.far.map_or(few, |(paths, steps)| (paths | 1 << 41, steps | 1 << 21));
        let seed = Seed::from(self.seed);
        let plain = MonteCarlo { antithetic: self.is(5), control, target_error, ..MonteCarlo::new(seed, steps, paths) };
        let replicates = u32::from(self.replicates % 1026);
        let quasi = QuasiMonteCarlo { replicates, control, target_error, ..QuasiMonteCarlo::new(seed, steps, paths) };
        if self.is(7) {
            let (market, payoff) = (self.pair()?, self.basket().ok()?);
            let (plain, quasi) = (|| plain.price_basket(&market, &payoff), || quasi.price_basket(&market, &payoff));
            return Some(if self.is(6) { quasi() } else { plain() });
        }
        let (market, payoff) = (self.market().ok()?, self.payoff().ok()?);
        Some(if self.is(6) { quasi.price(&market, &payoff) } else { plain.price(&market, &payoff) })
    }
}

fuzz_target!(|request: Request| {
    let Some(priced) = request.price() else { return };
    match &priced {
        Ok(estimate) => {
            assert!(estimate.mean.is_finite(), "{estimate:?}");
            assert!(estimate.standard_error.is_finite() && estimate.standard_error >= 0.0, "{estimate:?}");
            let (low, high) = estimate.interval_95();
            assert!(low <= estimate.mean && estimate.mean <= high, "{estimate:?}");
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    assert_eq!(request.price().as_ref(), Some(&priced));
});
