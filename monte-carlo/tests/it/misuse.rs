//! Requests that can't be answered, each with its field, value and domain.

use gbm_core::model::Gbm;
use gbm_core::process::{Clock, Modifiers, Moments, Noise, Process, When};
use gbm_core::units::{Drift, Volatility};
use monte_carlo::payoff::{
    Average, Basket, BasketPayoff, Control, Direction, Exchange, Knock, PathPayoff, Right, Watch,
};
use monte_carlo::units::{Maturity, Rate, TargetError, Weight};
use monte_carlo::{Asset, BasketMarket, Market, MonteCarlo, PriceError, QuasiMonteCarlo};

use crate::oracle;
use crate::suite::{arithmetic, barrier, european, floating, geometric, market, pass, seed, strike};

#[track_caller]
fn says<T: std::fmt::Debug>(result: Result<T, PriceError>, text: &str) {
    assert_eq!(result.unwrap_err().to_string(), text);
}

#[test]
fn counts_have_bounds() {
    let (market, call) = (market(100.0, 0.1, 0.2, 1.0), european(Right::Call, 100.0));
    let both = |paths, steps, text: &str| {
        says(MonteCarlo::new(seed(), steps, paths).price(&market, &call), text);
        says(QuasiMonteCarlo::new(seed(), steps, paths).price(&market, &call), text);
    };
    for paths in [0, 1, (1 << 40) + 1, u64::MAX] {
        both(paths, 1, &format!("paths = {paths} is outside [2, 1099511627776]"));
    }
    for steps in [0, (1 << 20) + 1, u64::MAX] {
        both(1000, steps, &format!("steps = {steps} is outside [1, 1048576]"));
    }
    both(1 << 40, 257, "paths x steps = 1099511627776 x 257 is outside [2, 281474976710656]");
    let quasi = QuasiMonteCarlo::new(seed(), 1, 1000);
    for replicates in [0, 3, 1025] {
        let text = format!("replicates = {replicates} is outside [4, 1024]");
        says(QuasiMonteCarlo { replicates, ..quasi }.price(&market, &call), &text);
    }
    let asian = arithmetic(Right::Call, 100.0, Average::Discrete);
    let text = "dimensions = 21202 is outside [1, 21201]";
    says(QuasiMonteCarlo { steps: 21_202, ..quasi }.price(&market, &asian), text);
    let lookback = floating(Right::Call, Watch::Continuous);
    says(QuasiMonteCarlo { steps: 10_601, ..quasi }.price(&market, &lookback), text);
    assert!(QuasiMonteCarlo { steps: 10_600, paths: 2, ..quasi }.price(&market, &lookback).is_ok());
}

#[test]
fn numbers_have_domains() {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0] {
        let parameters = monte_carlo::Parameters { spot: 100.0, rate: 0.1, volatility: 0.2, maturity: 1.0 };
        let error = |parameters| Market::black_scholes(parameters).unwrap_err().field;
        assert_eq!(error(monte_carlo::Parameters { spot: value, ..parameters }), "price");
        assert_eq!(error(monte_carlo::Parameters { rate: 20.0 * value, ..parameters }), "rate");
        assert_eq!(error(monte_carlo::Parameters { volatility: value, ..parameters }), "volatility");
        assert_eq!(error(monte_carlo::Parameters { maturity: value, ..parameters }), "maturity");
        assert_eq!(TargetError::new(value).unwrap_err().field, "target_error");
        assert_eq!(Weight::new(1e9 * value).unwrap_err().field, "weight");
    }
    assert_eq!(TargetError::new(0.0).unwrap_err().to_string(), "target_error = 0 is outside (0, 1000000000000000]");
}

#[test]
fn controls_belong_to_payoffs() {
    let market = market(100.0, 0.1, 0.2, 1.0);
    let priced = |control, payoff: &dyn PathPayoff| {
        MonteCarlo { control: Some(control), ..MonteCarlo::new(seed(), 2, 100) }.price(&market, payoff)
    };
    let call = european(Right::Call, 100.0);
    says(priced(Control::European, &call), "control = european is not one of european's");
    says(priced(Control::Geometric, &call), "control = geometric is not one of european's");
    let asian = geometric(Right::Call, 100.0, Average::Discrete);
    says(priced(Control::Geometric, &asian), "control = geometric is not one of asian_geometric's");
    let barrier = barrier(Right::Call, 100.0, Direction::Up, Knock::Out, 120.0);
    says(priced(Control::Geometric, &barrier), "control = geometric is not one of barrier's");
    assert!(priced(Control::European, &barrier).is_ok());
}

fn two_assets() -> BasketMarket {
    let correlation = vec![vec![1.0, 0.5], vec![0.5, 1.0]].try_into().unwrap();
    let assets = [Asset { spot: 100.0, volatility: 0.2 }; 2];
    BasketMarket::black_scholes(&assets, correlation, Rate::new(0.1).unwrap(), Maturity::new(1.0).unwrap()).unwrap()
}

#[test]
fn assets_are_counted() {
    let market = two_assets();
    let both = |market: &BasketMarket, payoff: &BasketPayoff, text: &str| {
        says(MonteCarlo::new(seed(), 1, 100).price_basket(market, payoff), text);
        says(QuasiMonteCarlo::new(seed(), 1, 100).price_basket(market, payoff), text);
    };
    let exchange: BasketPayoff = Exchange { receive: 0, pay: 1 }.into();
    for spots in [vec![], market.spots[..1].to_vec(), [&market.spots[..], &market.spots[..]].concat()] {
        let text = format!("spots = {}, but the model has 2 assets", spots.len());
        both(&BasketMarket { spots, ..market.clone() }, &exchange, &text);
    }
    for count in [0, 1, 3] {
        let weights = vec![Weight::new(1.0).unwrap(); count];
        let basket = Basket { right: Right::Call, strike: strike(100.0), weights }.into();
        both(&market, &basket, &format!("weights = {count}, but the model has 2 assets"));
    }
    both(&market, &Exchange { receive: 2, pay: 1 }.into(), "receive = 2 is outside [0, 1]");
    both(&market, &Exchange { receive: 0, pay: 9 }.into(), "pay = 9 is outside [0, 1]");
    let simulation = MonteCarlo { control: Some(Control::Geometric), ..MonteCarlo::new(seed(), 1, 100) };
    says(simulation.price_basket(&market, &exchange), "control = geometric is not one of exchange's");
    let correlation = vec![vec![1.0]].try_into().unwrap();
    let (rate, maturity) = (market.rate, market.maturity);
    let assets = [Asset { spot: 100.0, volatility: 0.2 }; 2];
    let wrong = BasketMarket::black_scholes(&assets, correlation, rate, maturity);
    says(wrong, "assets = 2, but the correlation matrix has 1 rows");
}

/// A volatility that is one or the other in each step, by a word of its own: no model of one volatility.
#[derive(Debug)]
struct Restless(Gbm, Gbm);

impl Process for Restless {
    type State = ();
    type Step = (<Gbm as Process>::Step, <Gbm as Process>::Step);

    fn budget(&self) -> usize {
        2
    }

    fn diffusion_slot(&self) -> usize {
        0
    }

    fn drift(&self) -> Drift {
        Process::drift(&self.0)
    }

    fn volatility(&self) -> Volatility {
        Process::volatility(&self.0)
    }

    fn initial_state(&self, _: Noise<'_>) {}

    fn step(&self, clock: &Clock, _: &Modifiers) -> Self::Step {
        (self.0.step(clock, &Modifiers::neutral(&self.0)), self.1.step(clock, &Modifiers::neutral(&self.1)))
    }

    fn moments(&self, (): &(), (calm, wild): &Self::Step, _: When) -> Moments {
        let (calm, wild): (Moments, Moments) = ((*calm).into(), (*wild).into());
        let spread = 0.25 * (calm.mean - wild.mean).powi(2);
        let variance = 0.5 * (calm.deviation.powi(2) + wild.deviation.powi(2)) + spread;
        Moments { mean: 0.5 * (calm.mean + wild.mean), deviation: variance.sqrt() }
    }

    fn evolve(&self, state: &mut (), (calm, wild): &Self::Step, noise: Noise<'_>) -> f64 {
        if noise.uniform(1) < 0.5 { self.0.evolve(state, calm, noise) } else { self.1.evolve(state, wild, noise) }
    }
}

#[test]
fn bridges_need_one_volatility_and_other_payoffs_don_t() {
    let restless = Restless(Gbm::new(0.1, 0.1).unwrap(), Gbm::new(0.1, 0.4).unwrap());
    let calm = market(100.0, 0.1, 0.1, 1.0);
    let market = Market { spot: calm.spot, rate: calm.rate, maturity: calm.maturity, model: restless };
    let simulation = MonteCarlo::new(seed(), 1, 200_000);
    // In one step the price is a mixture of two.
    let call = european(Right::Call, 100.0);
    let mixture = [0.1, 0.4].map(|volatility| {
        0.5 * oracle::european(&crate::suite::market(100.0, 0.1, volatility, 1.0), Right::Call, 100.0)
    });
    for control in [None, Some(Control::Terminal)] {
        for antithetic in [false, true] {
            let simulation = MonteCarlo { control, antithetic, ..simulation };
            pass("any process", &simulation.price(&market, &call).unwrap(), mixture.iter().sum());
        }
    }
    let asian = arithmetic(Right::Call, 100.0, Average::Discrete);
    assert!(MonteCarlo { steps: 5, ..simulation }.price(&market, &asian).is_ok());
    let needs = "needs a model whose log-price moves by independent normals of one size";
    let between = format!("a payoff between fixings {needs}");
    says(simulation.price(&market, &barrier(Right::Call, 100.0, Direction::Up, Knock::Out, 120.0)), &between);
    says(simulation.price(&market, &floating(Right::Call, Watch::Continuous)), &between);
    says(simulation.price(&market, &geometric(Right::Call, 100.0, Average::Continuous)), &between);
    assert!(simulation.price(&market, &floating(Right::Call, Watch::Discrete)).is_ok());
    let controlled = MonteCarlo { control: Some(Control::Geometric), ..simulation };
    says(controlled.price(&market, &asian), &format!("the mean of this control {needs}"));
    says(QuasiMonteCarlo::new(seed(), 1, 100).price(&market, &call), &format!("a quasi-random path {needs}"));
}

/// A payoff of someone's own that isn't a number is an error, not a price.
#[test]
fn what_is_no_number_is_no_price() {
    struct Bad;
    impl PathPayoff for Bad {
        fn name(&self) -> &'static str {
            "bad"
        }
        fn needs(&self) -> monte_carlo::payoff::Needs {
            monte_carlo::payoff::Needs::only(monte_carlo::payoff::View::Terminal)
        }
        fn fill(&self, _: &monte_carlo::payoff::PathBlock<'_>, out: &mut [f64]) {
            out.fill(f64::NAN);
        }
    }
    let text = "the estimate is not finite: payoffs of this market are beyond the range of numbers";
    says(MonteCarlo::new(seed(), 1, 100).price(&market(1.0, 0.0, 0.1, 1.0), &Bad), text);
    says(QuasiMonteCarlo::new(seed(), 1, 100).price(&market(1.0, 0.0, 0.1, 1.0), &Bad), text);
}
