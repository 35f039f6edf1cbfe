//! Planted faults: each is what an engine with one mistake would say, and each is told from the truth by the suite's own
//! critical values.

use gbm_core::model::Gbm;
use gbm_core::paths::Paths;
use gbm_core::process::Process;
use gbm_core::units::Years;
use monte_carlo::moments::Moments;
use monte_carlo::payoff::{Average, Direction, Knock, Needs, PathBlock, PathPayoff, Payoff, Right, View, Watch};
use monte_carlo::payoff::{Barrier, Between};
use monte_carlo::{Estimate, Market, MonteCarlo, Stopped};

use crate::oracle::{self, continuous_barrier};
use crate::suite::{barrier, caught, european, geometric, market, pass, seed, touch};

const PATHS: u64 = 200_000;

fn estimate(mean: monte_carlo::moments::Mean) -> Estimate {
    let monte_carlo::moments::Mean { value, standard_error, freedom } = mean;
    Estimate { mean: value, standard_error, freedom, paths: freedom + 1, stopped: Stopped::Paths }
}

/// A payoff made of a function of a path's log-prices, for faults that stand in a payoff.
struct Wrong<F>(F);

impl<F: Fn(&PathBlock<'_>, &[f64]) -> f64 + Sync> PathPayoff for Wrong<F> {
    fn name(&self) -> &'static str {
        "wrong"
    }

    fn needs(&self) -> Needs {
        Needs { view: View::LogPrices, between: Between::Variance }
    }

    fn fill(&self, paths: &PathBlock<'_>, out: &mut [f64]) {
        for (out, row) in out.iter_mut().zip(paths.log_prices()) {
            *out = (self.0)(paths, row);
        }
    }
}

#[test]
fn a_missing_or_wrong_bridge_is_caught() {
    let market = market(100.0, 0.08, 0.25, 0.5);
    let simulation = MonteCarlo::new(seed(), 50, PATHS);
    let right = barrier(Right::Call, 90.0, Direction::Up, Knock::Out, 115.0);
    let exact = continuous_barrier(&market, &right);
    let at_fixings = Barrier { watch: Watch::Discrete, ..right };
    caught("no bridge", &simulation.price(&market, &at_fixings).unwrap(), exact);
    // e^{−x} for e^{−2x}, in an otherwise right payoff; with e^{−2x} it passes.
    let level = 115_f64.ln();
    let with = |factor: f64| {
        Wrong(move |paths: &PathBlock<'_>, row: &[f64]| {
            let mut missed = 1.0;
            let mut before = level - paths.ln_spot();
            for x in row {
                let after = level - x;
                if after <= 0.0 {
                    return 0.0;
                }
                missed *= 1.0 - (-factor * before * after / paths.step_variance()).exp();
                before = after;
            }
            missed * Right::Call.of(row[row.len() - 1].exp(), 90.0)
        })
    };
    pass("a bridge", &simulation.price(&market, &with(2.0)).unwrap(), exact);
    caught("half a bridge", &simulation.price(&market, &with(1.0)).unwrap(), exact);
}

#[test]
fn a_missing_correction_of_the_geometric_average_is_caught() {
    let market = market(100.0, 0.06, 0.3, 1.0);
    let exact = closed_form::asian::geometric_continuous(&oracle::closed(&market), closed_form::Kind::Call, 100.0);
    let simulation = MonteCarlo::new(seed(), 1, PATHS);
    let trapezoid = Wrong(|paths: &PathBlock<'_>, row: &[f64]| {
        let ends = 0.5 * (paths.ln_spot() - row[row.len() - 1]);
        Right::Call.of(((row.iter().sum::<f64>() + ends) / row.len() as f64).exp(), 100.0)
    });
    caught("trapezoid", &simulation.price(&market, &trapezoid).unwrap(), exact.unwrap());
    let discrete = geometric(Right::Call, 100.0, Average::Discrete);
    caught("fixings", &simulation.price(&market, &discrete).unwrap(), exact.unwrap());
}

#[test]
fn a_forgotten_discount_and_a_wrong_drift_are_caught() {
    let right = market(100.0, 0.1, 0.25, 0.5);
    let call = european(Right::Call, 105.0);
    let exact = oracle::european(&right, Right::Call, 105.0);
    let simulation = MonteCarlo::new(seed(), 1, PATHS);
    let no_discount = Market { rate: market(1.0, 0.0, 0.1, 1.0).rate, ..right };
    caught("no discount", &simulation.price(&no_discount, &call).unwrap(), exact);
    let no_ito = Market { model: Gbm::new(0.1 + 0.5 * 0.0625, 0.25).unwrap(), ..right };
    caught("no -sigma^2/2", &simulation.price(&no_ito, &call).unwrap(), exact);
}

/// Pairs of last prices: a path, and one that another model makes with the negated noise.
fn pairs(model: &Gbm, other: &Gbm, antithetic: bool) -> Estimate {
    let n = PATHS as usize;
    let paths = Paths::new(seed(), 1, Years::new(0.5).unwrap());
    let (mut first, mut second) = (vec![0.0; n], vec![0.0; n]);
    let spot = market(100.0, 0.0, 0.0, 0.0).spot;
    paths.fill_terminal(model, spot, &mut first).unwrap();
    Paths { antithetic, ..paths }.fill_terminal(other, spot, &mut second).unwrap();
    let payoff = |price: f64| (-0.05_f64).exp() * Right::Call.of(price, 105.0);
    let values: Vec<f64> = first.iter().zip(second).map(|(a, b)| 0.5 * (payoff(*a) + payoff(b))).collect();
    estimate(Moments::of(&values, None).plain())
}

#[test]
fn wrongly_mirrored_paths_are_caught() {
    let (market, gbm) = (market(100.0, 0.1, 0.25, 0.5), Gbm::new(0.1, 0.25).unwrap());
    let exact = oracle::european(&market, Right::Call, 105.0);
    let simulation = MonteCarlo { antithetic: true, ..MonteCarlo::new(seed(), 1, 2 * PATHS) };
    let ours = simulation.price(&market, &european(Right::Call, 105.0)).unwrap();
    // Mirrored by hand it is the same to rounding, so that the faults below differ from it in one thing only.
    let by_hand = pairs(&gbm, &gbm, true);
    assert!((ours.mean - by_hand.mean).abs() < 1e-12 && (ours.standard_error - by_hand.standard_error).abs() < 1e-12);
    pass("mirrored", &by_hand, exact);
    // The whole log-return negated, drift and all: the mirror image of −ln S is one of 2·(μ − σ²/2)·T less.
    let negated = Gbm::new(0.0625 - 0.1, 0.25).unwrap();
    caught("the drift mirrored too", &pairs(&gbm, &negated, true), exact);
    // The noise not negated: no bias, but no gain either.
    let same = pairs(&gbm, &gbm, false);
    assert!(same.standard_error > 1.2 * by_hand.standard_error, "{same:?} {by_hand:?}");
}

/// The log-price is linear in the noise, so pairs that are mirrored leave nothing of it.
#[test]
fn mirrored_pairs_cancel_exactly() {
    let market = market(100.0, 0.1, 0.25, 0.5);
    let log_price = Wrong(|_: &PathBlock<'_>, row: &[f64]| row[row.len() - 1]);
    for steps in [1, 9, 100] {
        let plain = MonteCarlo::new(seed(), steps, 10_000);
        let error = |antithetic| MonteCarlo { antithetic, ..plain }.price(&market, &log_price).unwrap().standard_error;
        assert!(error(true) < 1e-15 && error(false) > 1e-4);
    }
}

/// Values and controls of one block, and the moments of all blocks.
fn controlled(blocks: usize) -> (Vec<Moments>, Moments) {
    let gbm = Gbm::new(0.1, 0.25).unwrap();
    let spot = market(100.0, 0.0, 0.0, 0.0).spot;
    let mut prices = vec![0.0; 4096 * blocks];
    Paths::new(seed(), 1, Years::new(0.5).unwrap()).fill_terminal(&gbm, spot, &mut prices).unwrap();
    let discount = (-0.1 * 0.5_f64).exp();
    let blocks: Vec<Moments> = prices
        .chunks(4096)
        .map(|prices| {
            let values: Vec<f64> = prices.iter().map(|price| discount * Right::Call.of(*price, 105.0)).collect();
            let controls: Vec<f64> = prices.iter().map(|price| discount * price).collect();
            Moments::of(&values, Some(&controls))
        })
        .collect();
    let merged = blocks.iter().fold(Moments::default(), |mut sum, block| {
        sum.merge(block);
        sum
    });
    (blocks, merged)
}

#[test]
fn a_control_with_a_wrong_mean_is_caught() {
    let market = market(100.0, 0.1, 0.25, 0.5);
    let exact = oracle::european(&market, Right::Call, 105.0);
    let (_, moments) = controlled(50);
    pass("control", &estimate(moments.controlled(100.0)), exact);
    caught("the forward for the control's mean", &estimate(moments.controlled(100.0 * (0.05_f64).exp())), exact);
    // β = 1 is no mistake, only worse; the sign of β is one.
    let flipped = Moments { product: -moments.product, ..moments };
    assert!(flipped.controlled(100.0).value != moments.controlled(100.0).value);
}

/// Merged in another order the sums are the same but for their last bits: a fault that only a test of bits finds.
#[test]
fn blocks_merged_as_they_arrive_are_caught() {
    let (blocks, merged) = controlled(50);
    let arrived = |order: &mut dyn Iterator<Item = &Moments>| {
        order.fold(Moments::default(), |mut sum, block| {
            sum.merge(block);
            sum
        })
    };
    let backwards = arrived(&mut blocks.iter().rev());
    let odd_first = arrived(&mut blocks.iter().skip(1).step_by(2).chain(blocks.iter().step_by(2)));
    for other in [backwards, odd_first] {
        assert_ne!((other.mean, other.square), (merged.mean, merged.square));
        assert!((other.mean - merged.mean).abs() < 1e-12 * merged.mean);
    }
    // In order, the engine's own bits come out.
    let (market, call) = (market(100.0, 0.1, 0.25, 0.5), european(Right::Call, 105.0));
    let ours = MonteCarlo::new(seed(), 1, 50 * 4096).price(&market, &call).unwrap();
    assert!((ours.mean - merged.plain().value).abs() < 1e-13);
}

/// A touch paid when it isn't, a path that is off by a step.
#[test]
fn swapped_words_and_steps_are_caught() {
    let market = market(100.0, 0.1, 0.3, 1.0);
    let motion = closed_form::touch::Motion { spot: 100.0, drift: 0.1, volatility: 0.3, horizon: 1.0 };
    let exact = (-0.1_f64).exp() * closed_form::touch::probability(motion, closed_form::Direction::Up, 120.0).unwrap();
    let simulation = MonteCarlo::new(seed(), 4, PATHS);
    let down: Payoff = touch(Direction::Down, 100.0 * 100.0 / 120.0, Watch::Continuous).into();
    caught("the other side", &simulation.price(&market, &down).unwrap(), exact);
    let year_less_a_step = Market { maturity: crate::suite::market(1.0, 0.0, 0.0, 0.75).maturity, ..market };
    let up = touch(Direction::Up, 120.0, Watch::Continuous);
    caught("a step less", &simulation.price(&year_less_a_step, &up).unwrap(), exact);
    // Nothing of this is the model's fault.
    assert_eq!(Process::drift(&market.model).get(), 0.1);
}
