//! The joint law of several assets.

use gbm_core::noise::Seed;
use nalgebra::{DMatrix, SymmetricEigen};

use crate::batteries::{basket_products, correlations, largest};
use crate::engine::{Engine, factor};
use crate::mimic::{Fault, Mimic};
use crate::source::{Basket, HOUR, SPOT, Source, Stream, standardise_path};
use crate::suite::{level, pass, seed};

/// The correlation matrix of `assets` random directions in a space of `rank` dimensions: A = GGᵀ, rows of length 1.
fn gram(assets: usize, rank: usize, stream: u64) -> DMatrix<f64> {
    let mut numbers = vec![0.0; assets * rank];
    Mimic::new(Fault::None).normals(Stream { asset: 99, path: stream }, 0, &mut numbers);
    let mut directions = DMatrix::from_row_slice(assets, rank, &numbers);
    for mut row in directions.row_iter_mut() {
        let length = row.norm();
        row /= length;
    }
    let mut gram = &directions * directions.transpose();
    gram.fill_diagonal(1.0);
    gram
}

fn basket(correlation: DMatrix<f64>) -> Basket {
    Basket { laws: vec![HOUR; correlation.nrows()], correlation }
}

/// Standardised log-returns of one path, a column for each asset.
fn columns(source: &dyn Source, basket: &Basket, steps: usize) -> Vec<Vec<f64>> {
    let assets = basket.laws.len();
    let mut prices = vec![0.0; steps * assets];
    source.basket(basket, steps as u64, &mut prices);
    let column = |i: usize| {
        let mut column: Vec<f64> = prices.iter().skip(i).step_by(assets).copied().collect();
        standardise_path(basket.laws[i], &mut column);
        column
    };
    (0..assets).map(column).collect()
}

#[test]
fn sample_correlations_are_those_given() {
    let engine = Engine(Seed::from(seed()));
    pass("3 assets", [correlations(&engine, 1_000_000)]);
    let ten = basket(gram(10, 12, 0));
    pass("10 assets", [basket_products(&engine, &ten, 1_000_000).correlated(&ten.correlation, level())]);
}

/// Ten assets driven by four factors: the sample has the correlations, and no motion outside the four dimensions.
#[test]
fn a_matrix_of_rank_four_moves_in_four_dimensions() {
    let engine = Engine(Seed::from(seed()));
    let four = basket(gram(10, 4, 1));
    pass("rank 4", [basket_products(&engine, &four, 1_000_000).correlated(&four.correlation, level())]);
    let moves = columns(&engine, &four, 1000);
    let eigen = SymmetricEigen::new(four.correlation.clone());
    let mut null_directions = 0;
    for (value, direction) in eigen.eigenvalues.iter().zip(eigen.eigenvectors.column_iter()) {
        let along = |step: usize| moves.iter().zip(direction.iter()).map(|(z, v)| v * z[step]).sum::<f64>();
        let size = largest((0..1000).map(|step| along(step).abs()));
        if value.abs() < 1e-9 {
            null_directions += 1;
            assert!(size < 1e-6, "moves by {size:e} along a direction of eigenvalue {value:e}");
        } else {
            assert!(size > 0.1, "moves by only {size:e} along a direction of eigenvalue {value:e}");
        }
    }
    assert_eq!(null_directions, 6);
}

/// All correlations ±1: every asset is the first one or its mirror image.
#[test]
fn a_matrix_of_rank_one_moves_as_one() {
    let signs = DMatrix::from_row_slice(5, 1, &[1.0, -1.0, 1.0, 1.0, -1.0]);
    let moves = columns(&Engine(Seed::from(seed())), &basket(&signs * signs.transpose()), 1000);
    for (column, sign) in moves.iter().zip(signs.iter()) {
        let difference = largest(column.iter().zip(&moves[0]).map(|(z, first)| (sign * z - first).abs()));
        assert!(difference < 1e-9, "{difference:e}");
    }
}

/// Semidefinite matrices of any rank, with the rounding of their computation (eigenvalues down to −10⁻¹⁵): none is
/// refused, and L·Lᵀ is as near as `Correlation` promises.
#[test]
fn matrices_of_every_rank_are_factored() {
    let assets = 20;
    for rank in 1..=assets {
        for stream in 0..50 {
            let matrix = gram(assets, rank, (1000 * rank + stream) as u64);
            let factor = factor(&matrix).unwrap_or_else(|error| panic!("rank {rank}: {error}"));
            let error = (&factor * factor.transpose() - &matrix).amax();
            assert!(error <= 1e-7, "rank {rank}: LLᵀ is {error:e} away");
        }
    }
}

#[test]
fn the_mimic_agrees_with_the_engine() {
    let (engine, mimic, three) = (Engine(Seed::from(seed())), Mimic::of_the_laws(), crate::batteries::three_assets());
    let (mut ours, mut theirs) = (vec![0.0; 3000], vec![0.0; 3000]);
    let mut check = |what: &str, fill: &dyn Fn(&dyn Source, &mut [f64])| {
        fill(&engine, &mut ours);
        fill(&mimic, &mut theirs);
        let error = largest(ours.iter().zip(&theirs).map(|(x, y)| (x / y - 1.0).abs()));
        println!("{what}: {error:e}");
        assert!(error < 1e-12 && ours.iter().any(|&price| price != SPOT), "{what}: {error:e}");
    };
    check("path", &|source, prices| source.path(HOUR, 3, prices));
    check("terminals", &|source, prices| source.terminals(HOUR, 5, 3, prices));
    check("basket", &|source, prices| source.basket(&three, 10, prices));
    check("steered", &|source, prices| {
        let mut reference = vec![0.0; prices.len()];
        source.coupled(HOUR, prices, &mut reference);
    });
}
