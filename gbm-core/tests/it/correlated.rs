//! Correlation: the factor against nalgebra's, degenerate matrices, named errors.

use gbm_core::correlation::CorrelationError;
use gbm_core::model::MultiGbm;
use gbm_core::prelude::*;
use nalgebra::DMatrix;

use crate::support::{Dice, pair};

/// The correlation matrix of random unit vectors in `rank` dimensions.
pub(crate) fn gram(n: usize, rank: usize, seed: u64) -> DMatrix<f64> {
    let mut dice = Dice(seed);
    let mut vectors = DMatrix::from_fn(n, rank, |_, _| dice.between(-1.0, 1.0));
    for mut row in vectors.row_iter_mut() {
        let length = row.norm();
        row /= length;
    }
    let mut gram = &vectors * vectors.transpose();
    gram.fill_diagonal(1.0);
    gram.map(|entry| entry.clamp(-1.0, 1.0))
}

#[test]
fn the_factor_is_nalgebras() {
    for n in [1, 2, 3, 10, 50] {
        let matrix = gram(n, n + 3, n as u64);
        let ours = Correlation::new(matrix.clone()).unwrap().factor();
        let theirs = nalgebra::Cholesky::new(matrix).unwrap().l();
        assert!((ours - theirs).amax() < 1e-12, "n = {n}");
    }
}

#[test]
fn semidefinite_matrices_are_factored() {
    for (n, rank) in [(2, 1), (5, 1), (5, 3), (30, 7), (100, 99)] {
        let matrix = gram(n, rank, 100 + n as u64);
        let factor =
            Correlation::new(matrix.clone()).unwrap_or_else(|error| panic!("{n}, rank {rank}: {error}")).factor();
        assert!((&factor * factor.transpose() - matrix).amax() <= 1e-7, "n = {n}, rank {rank}");
    }
    let same = Correlation::new(DMatrix::from_element(3, 3, 1.0)).unwrap();
    let mut z = [0.7, -2.0, 3.0];
    same.mix(&mut z);
    assert_eq!(z, [0.7, 0.7, 0.7]);
}

#[test]
fn rounded_semidefinite_matrices_are_never_refused() {
    for seed in 0..2000 {
        let mut dice = Dice(1000 + seed);
        let n = 2 + dice.below(20) as usize;
        let matrix = gram(n, 1 + dice.below(n as u64) as usize, seed);
        let factor = Correlation::new(matrix.clone()).unwrap_or_else(|error| panic!("seed {seed}: {error}")).factor();
        assert!((&factor * factor.transpose() - matrix).amax() <= 1.0e-7, "seed {seed}");
    }
    // Nearly identical assets magnify what rounding leaves of a zero pivot.
    for (i, j) in (1..40).flat_map(|i| (1..200).map(move |j| (i, j))) {
        let angles = [0.0, 1e-4 * f64::from(i), 0.005 * f64::from(j)];
        let matrix = DMatrix::from_fn(3, 3, |row, column| (angles[row] - angles[column]).cos());
        assert!(Correlation::new(matrix).is_ok(), "{angles:?}");
    }
    let over = 1.0 + f64::EPSILON;
    assert!(Correlation::new(DMatrix::from_row_slice(2, 2, &[1.0, over, over, 1.0])).is_ok());
}

#[test]
fn indefinite_matrices_are_refused_from_a_millionth_on() {
    // Eigenvalues 1 + 2r and 1 − r, twice: r = −1/2 is the border.
    let matrix = |r: f64| DMatrix::from_fn(3, 3, |row, column| if row == column { 1.0 } else { r });
    assert!(Correlation::new(matrix(-0.5)).is_ok());
    assert!(Correlation::new(matrix(-0.500_001)).is_err());
}

#[test]
fn mixing_is_a_product_in_ascending_order() {
    let correlation = Correlation::new(gram(6, 8, 5)).unwrap();
    let factor = correlation.factor();
    let z = [0.3, -1.0, 2.0, 0.1, -0.6, 1.5];
    let mut mixed = z;
    correlation.mix(&mut mixed);
    for row in 0..6 {
        let expected = (1..=row).fold(factor[(row, 0)] * z[0], |sum, k| sum + factor[(row, k)] * z[k]);
        assert_eq!(mixed[row].to_bits(), expected.to_bits());
    }
}

#[track_caller]
fn refused(rows: &[&[f64]], expected: &CorrelationError, text: &str) {
    let rows: Vec<Vec<f64>> = rows.iter().map(|row| row.to_vec()).collect();
    let error = Correlation::try_from(rows).unwrap_err();
    assert_eq!(&error, expected);
    assert_eq!(error.to_string(), text);
}

#[test]
fn each_broken_rule_has_its_name() {
    refused(
        &[&[1.0, 0.0]],
        &CorrelationError::Shape { rows: 1, columns: 2 },
        "correlation is 1 x 2: it must be square, with 1 to 256 rows",
    );
    refused(
        &[],
        &CorrelationError::Shape { rows: 0, columns: 0 },
        "correlation is 0 x 0: it must be square, with 1 to 256 rows",
    );
    refused(
        &[&[1.0, 1.5], &[1.5, 1.0]],
        &CorrelationError::Entry { row: 0, column: 1, value: 1.5 },
        "correlation[0][1] = 1.5 is outside [-1, 1]",
    );
    refused(
        &[&[1.0, 0.2], &[0.3, 1.0]],
        &CorrelationError::Asymmetric { row: 0, column: 1 },
        "correlation[0][1] and correlation[1][0] differ: the matrix must be symmetric",
    );
    refused(
        &[&[0.9]],
        &CorrelationError::Diagonal { row: 0, value: 0.9 },
        "correlation[0][0] = 0.9: the diagonal must be 1",
    );
    refused(
        &[&[1.0, 0.9, -0.9], &[0.9, 1.0, 0.9], &[-0.9, 0.9, 1.0]],
        &CorrelationError::NotSemidefinite { row: 2 },
        "correlation is not positive semidefinite: asset 2 contradicts the ones before it",
    );
    refused(
        &[&[1.0, 1.0, 0.5], &[1.0, 1.0, 0.4], &[0.5, 0.4, 1.0]],
        &CorrelationError::NotSemidefinite { row: 2 },
        "correlation is not positive semidefinite: asset 2 contradicts the ones before it",
    );
    assert!(matches!(
        Correlation::new(DMatrix::from_element(1, 1, f64::NAN)),
        Err(CorrelationError::Entry { value, .. }) if value.is_nan()
    ));
}

#[test]
fn a_basket_must_match_its_matrix() {
    let correlation = pair(1).correlation().cloned().unwrap();
    let error = MultiGbm::new(vec![Gbm::new(0.0, 1.0).unwrap()], correlation).unwrap_err();
    assert_eq!(error.to_string(), "assets = 1, but the correlation matrix has 2 rows");
}

#[test]
fn adding_an_asset_moves_nobodys_noise() {
    let btc: Vec<Tick> = Simulation::new(crate::support::btc(42)).take(100).collect();
    let both: Vec<Tick> = Simulation::new(pair(42)).take(200).collect();
    assert!(both.iter().step_by(2).eq(btc.iter()), "BTC is the first row of the factor, so it keeps its bits");
    assert!(both.iter().skip(1).step_by(2).all(|tick| tick.instrument == 1));
}
