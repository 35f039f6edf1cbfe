//! Regimes of Bitcoin's days, and generators of known chains.

use calibration::regimes::{Origin, fit, generator};
use nalgebra::DMatrix;

use crate::support::{btc_daily, daily, day, lines, near, numbers};

#[test]
fn statsmodels_fit_is_met() {
    let returns = daily(numbers(include_str!("data/regimes.txt")));
    let fitted = fit(&returns, 2).unwrap();
    let mut figures = lines(include_str!("data/statsmodels.txt"));
    let (_, theirs) = figures.next().unwrap();
    near("ln L", fitted.log_likelihood, theirs[0], 1e-5);
    let (transition, regimes, bar) = (fitted.model.transition(), fitted.model.regimes(), day().get());
    near("transition 1 2", transition[(0, 1)], theirs[1], 1e-4);
    near("transition 2 1", transition[(1, 0)], theirs[2], 1e-4);
    for (i, regime) in regimes.iter().enumerate() {
        near("mean", regime.log_drift * bar, theirs[3 + i], 1e-3);
        near("deviation", regime.volatility * bar.sqrt(), theirs[5 + i], 1e-3);
    }
    let smoothed = fitted.model.probabilities(&returns).smoothed;
    for (row, calm) in figures {
        near("smoothed", smoothed[(row.parse().unwrap(), 0)], calm[0], 1e-3);
    }
    near("filtered", fitted.model.probabilities(&returns).filtered.row(7).sum(), 1.0, 1e-12);
    assert!(fitted.estimates.iter().all(|estimate| estimate.standard_error.is_some()));
    assert_eq!(fitted.model.generator().unwrap().origin, Origin::Exact);
}

#[test]
fn bitcoin_s_three_regimes_are_found() {
    let Some(returns) = btc_daily() else { return };
    let fitted = fit(&returns, 3).unwrap();
    let generator = fitted.model.generator().unwrap();
    println!("{:?} ln L {} {:?} {generator:?}", fitted.model, fitted.log_likelihood, fitted.at_bounds);
    // Another program's, which stopped a little before: within a tenth of the errors.
    let expected = [(0.204, 0.877), (0.610, 0.888), (1.62, 0.779)];
    let (regimes, transition) = (fitted.model.regimes(), fitted.model.transition());
    for (i, (volatility, stay)) in expected.into_iter().enumerate() {
        near("volatility", regimes[i].volatility, volatility, 5e-3);
        near("stay", transition[(i, i)], stay, 9e-3);
    }
    // And statsmodels', which comes nearer.
    near("ln L", fitted.log_likelihood, 6281.388, 2e-3);
    for (i, (volatility, stay)) in [(0.20443, 0.87785), (0.60607, 0.88541), (1.61743, 0.77087)].into_iter().enumerate()
    {
        near("volatility", regimes[i].volatility, volatility, 1e-3);
        near("stay", transition[(i, i)], stay, 5e-4);
    }
    assert_eq!(fitted.at_bounds, ["transition >= 0"], "from the wildest to the calmest");
    assert!(generator.origin == Origin::Adjusted && generator.distance < 0.01);
    let four = fit(&returns, 4).unwrap();
    println!("{:?} ln L {} {:?}", four.model, four.log_likelihood, four.at_bounds);
    assert!(four.log_likelihood > fitted.log_likelihood);
}

fn matrix(size: usize, entries: &[f64]) -> DMatrix<f64> {
    DMatrix::from_row_slice(size, size, entries)
}

#[test]
fn a_chain_s_generator_is_found_again() {
    // e^{Q/365} by eigenvalues: for two regimes P = 1 + Q·(1 − e^{−(a + b)Δ})/(a + b).
    let (a, b) = (40.0, 15.0);
    let share = -(-(a + b) / 365.0_f64).exp_m1() / (a + b);
    let found = generator(&matrix(2, &[1.0 - a * share, a * share, b * share, 1.0 - b * share]), day()).unwrap();
    assert_eq!(found.origin, Origin::Exact);
    near("rate", found.rates[(0, 1)], a, 1e-9);
    near("rate", found.rates[(1, 0)], b, 1e-9);
    assert!(found.distance < 1e-13);
    // A cycle whose eigenvalues are complex, and its square, whose logarithm is twice the cycle's.
    let cycle = matrix(3, &[0.9, 0.1, 0.0, 0.0, 0.9, 0.1, 0.1, 0.0, 0.9]);
    let adjusted = generator(&cycle, day()).unwrap();
    assert_eq!(adjusted.origin, Origin::Adjusted, "from 1 to 3 only by 2, yet never within a bar");
    assert!(adjusted.distance < 0.02 && adjusted.rates.iter().filter(|rate| **rate < 0.0).count() == 3);
}

#[test]
fn without_a_real_logarithm_the_first_order_is_given() {
    let flips = generator(&matrix(2, &[0.1, 0.9, 0.9, 0.1]), day()).unwrap();
    assert_eq!(flips.origin, Origin::FirstOrder);
    near("rate", flips.rates[(0, 1)], 0.9 * 365.0, 1e-9);
    assert!(flips.distance > 0.3);
    let stays = generator(&DMatrix::identity(3, 3), day()).unwrap();
    assert_eq!((stays.origin, stays.distance, stays.rates.amax()), (Origin::Exact, 0.0, 0.0));
}
