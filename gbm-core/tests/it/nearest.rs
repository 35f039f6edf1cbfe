//! The nearest correlation matrix: published, exact and optimal; and what a market makes of it.

use gbm_core::correlation::{CorrelationError, Repaired};
use gbm_core::journal::Replay;
use gbm_core::prelude::*;
use nalgebra::DMatrix;

use crate::correlated::gram;
use crate::replay::{read, session};
use crate::support::{Dice, btc, instrument};

#[track_caller]
fn repaired(matrix: &DMatrix<f64>) -> Repaired {
    Correlation::nearest(matrix.clone()).unwrap_or_else(|error| panic!("{error}: {matrix}"))
}

fn symmetric(n: usize, mut entry: impl FnMut(usize, usize) -> f64) -> DMatrix<f64> {
    let mut matrix = DMatrix::identity(n, n);
    for (row, column) in (0..n).flat_map(|row| (0..row).map(move |column| (row, column))) {
        let value = entry(row, column);
        (matrix[(row, column)], matrix[(column, row)]) = (value, value);
    }
    matrix
}

/// Higham (2002), section 4: entries to four digits, and the distance.
#[test]
fn highams_example_is_repaired_as_he_did() {
    let given = DMatrix::from_row_slice(3, 3, &[1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0]);
    let Repaired { correlation, distance } = repaired(&given);
    let printed = DMatrix::from_row_slice(3, 3, &[1.0, 0.7607, 0.1573, 0.7607, 1.0, 0.7607, 0.1573, 0.7607, 1.0]);
    assert!((correlation.matrix() - printed).amax() < 5e-5 && (distance - 0.5278).abs() < 5e-5);
}

/// Newton's method in 40 digits.
#[test]
fn repaired_matrices_are_the_nearest_to_eleven_digits() {
    let text = include_str!("data/nearest.txt");
    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    let mut cases = 0;
    while let Some(n) = lines.next() {
        let n: usize = n.parse().unwrap();
        let mut rows = |rows: usize| -> Vec<f64> {
            lines
                .by_ref()
                .take(rows)
                .flat_map(|line| line.split(' ').map(|word| word.parse::<f64>().unwrap()))
                .collect()
        };
        let (given, nearest) = (DMatrix::from_row_slice(n, n, &rows(n)), DMatrix::from_row_slice(n, n, &rows(n)));
        let exact = rows(1)[0];
        let Repaired { correlation, distance } = repaired(&given);
        let error = (correlation.matrix() - nearest).amax();
        println!("n = {n}: largest error {error:.1e}, of the distance {:.1e}", (distance - exact).abs());
        assert!(error < 1e-11 && (distance - exact).abs() < 1e-11, "n = {n}");
        cases += 1;
    }
    assert_eq!(cases, 9);
}

/// What treats all assets alike is repaired alike: the least common correlation of n assets is −1/(n − 1).
#[test]
fn opposites_are_as_opposite_as_they_can_be() {
    for n in 3..40 {
        let Repaired { correlation, distance } = repaired(&symmetric(n, |_, _| -1.0));
        let pairs = (n * (n - 1)) as f64;
        let least = -1.0 / (n as f64 - 1.0);
        assert!((correlation.matrix() - symmetric(n, |_, _| least)).amax() < 1e-11, "n = {n}");
        assert!((distance - pairs.sqrt() * (1.0 + least)).abs() < 1e-9, "n = {n}");
    }
}

#[test]
fn a_valid_matrix_is_left_alone_to_the_last_bit() {
    let mut matrices: Vec<_> = (1..60_usize).map(|n| gram(n, 1 + n % 7, n as u64)).collect();
    // Within the tolerances of symmetry and diagonal.
    matrices.push(DMatrix::from_row_slice(2, 2, &[1.0 - 1e-13, 0.3, 0.3 + 1e-13, 1.0]));
    for matrix in matrices {
        let Repaired { correlation, distance } = repaired(&matrix);
        assert!(correlation.matrix().iter().zip(&matrix).all(|(a, b)| a.to_bits() == b.to_bits()));
        assert_eq!((distance, &correlation), (0.0, &Correlation::new(matrix).unwrap()));
    }
}

/// X is the nearest to A just if X − A − diag(y) is semidefinite and times X is 0, for some y: the conditions of Karush,
/// Kuhn and Tucker, which suffice since the problem is convex. With x_ii = 1 the diagonal of the product gives y.
/// How far they are missed: the product's largest entry, and the negative of the smallest eigenvalue.
fn missed_by(given: &DMatrix<f64>, nearest: &DMatrix<f64>) -> f64 {
    let mut multiplier = nearest - given;
    let y = (&multiplier * nearest).diagonal();
    for (i, y) in y.iter().enumerate() {
        multiplier[(i, i)] -= y;
    }
    (&multiplier * nearest).amax().max(-multiplier.symmetric_eigenvalues().min())
}

#[test]
fn every_estimate_is_repaired_and_no_matrix_is_nearer() {
    let mut worst = 0.0_f64;
    for seed in 0..400 {
        let mut dice = Dice(seed);
        let n = 3 + dice.below(30) as usize;
        let exact = gram(n, 1 + dice.below(3) as usize, seed);
        let given = match seed % 4 {
            0 => symmetric(n, |_, _| dice.between(-1.0, 1.0)),
            1 => symmetric(n, |_, _| dice.below(3) as f64 - 1.0),
            2 => symmetric(n, |i, j| (exact[(i, j)] + dice.between(-0.05, 0.05)).clamp(-1.0, 1.0)),
            _ => symmetric(n, |i, j| (exact[(i, j)] + dice.between(-1e-5, 1e-5)).clamp(-1.0, 1.0)),
        };
        let Repaired { correlation, distance } = repaired(&given);
        let nearest = correlation.matrix();
        if distance == 0.0 {
            continue;
        }
        assert!(nearest.diagonal().iter().all(|&entry| entry == 1.0) && *nearest == nearest.transpose());
        assert!(nearest.iter().all(|entry| (-1.0..=1.0).contains(entry)));
        assert_eq!(distance, (nearest - &given).norm());
        let factor = correlation.factor();
        assert!((&factor * factor.transpose() - nearest).amax() < 1e-14, "seed {seed}");
        assert_eq!(repaired(nearest).correlation, correlation, "a repaired matrix needs no repair");
        worst = worst.max(missed_by(&given, nearest));
    }
    println!("optimality missed by {worst:.1e}");
    assert!(worst < 1e-9, "optimality missed by {worst:.1e}");
}

/// One pair of estimates is off in a large matrix.
#[test]
fn a_hundred_assets_are_repaired() {
    let mut given = gram(100, 2, 7);
    (given[(3, 90)], given[(90, 3)]) = (-given[(3, 90)], -given[(3, 90)]);
    let Repaired { correlation, distance } = repaired(&given);
    assert!(correlation.assets() == 100 && distance > 0.0 && distance < 2.0 * 2.0_f64.sqrt());
}

#[track_caller]
fn refused(rows: &[f64], columns: usize, expected: &CorrelationError) {
    let matrix = DMatrix::from_row_slice(rows.len() / columns, columns, rows);
    assert_eq!(&Correlation::nearest(matrix).unwrap_err(), expected);
}

/// A mistake is not an estimate: only indefiniteness is repaired.
#[test]
fn what_is_no_estimate_is_still_an_error() {
    refused(&[1.0, 0.0], 2, &CorrelationError::Shape { rows: 1, columns: 2 });
    refused(&[1.0, 1.5, 1.5, 1.0], 2, &CorrelationError::Entry { row: 0, column: 1, value: 1.5 });
    refused(&[1.0, 0.2, 0.3, 1.0], 2, &CorrelationError::Asymmetric { row: 0, column: 1 });
    refused(&[1.0, 0.2, 0.2, 0.9], 2, &CorrelationError::Diagonal { row: 1, value: 0.9 });
    let error = CorrelationError::NotConverged { iterations: 10_000 };
    assert_eq!(error.to_string(), "correlation: no nearest matrix found in 10000 iterations");
}

/// The header holds the repaired matrix, so that a replay reads it and repairs nothing.
#[test]
fn a_market_writes_the_repaired_matrix_and_replays_from_it() {
    let given = DMatrix::from_row_slice(3, 3, &[1.0, 0.9, -0.4, 0.9, 1.0, 0.7, -0.4, 0.7, 1.0]);
    let correlation = repaired(&given).correlation;
    let instruments = (0..3).map(|asset| instrument(&format!("A{asset}"), asset, 0.1, 0.8)).collect();
    let market = Market::new(Seed::from(9), btc(0).grid(), instruments, Some(correlation.clone())).unwrap();
    let (text, published, digest) = session(market, 1, 20, 2000);

    let header: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    let written = header.pointer("/market/correlation").unwrap_or_else(|| panic!("{header}")).clone();
    let written: Vec<Vec<f64>> = serde_json::from_value(written).unwrap();
    for (row, column) in (0..3).flat_map(|row| (0..3).map(move |column| (row, column))) {
        assert_eq!(written[row][column].to_bits(), correlation.matrix()[(row, column)].to_bits());
    }

    let journal = read(text.as_bytes());
    assert_eq!(journal.header.market.correlation(), Some(&correlation));
    let mut replay = Replay::new(&journal);
    let prices: Vec<u64> = replay.by_ref().map(|tick| tick.unwrap().price.to_bits()).collect();
    assert!(prices.iter().eq(published.iter().map(|quote| quote.price.to_bits()).collect::<Vec<_>>().iter()));
    assert_eq!((prices.len(), replay.digest()), (6000, digest));
}
