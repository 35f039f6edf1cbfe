//! Correlations between sequences: of streams that must have none, of assets that must have given ones.

use nalgebra::DMatrix;

use crate::{Level, Outcome};

/// Sums of products of rows of k values, from which all k(k − 1)/2 correlations follow. Means are known to be 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Products {
    rows: f64,
    sums: DMatrix<f64>,
}

impl Products {
    /// No rows yet, of `width` values each.
    pub fn new(width: usize) -> Self {
        Self { rows: 0.0, sums: DMatrix::zeros(width, width) }
    }

    /// Adds equally long columns, one for each of the values.
    pub fn add_columns(&mut self, columns: &[Vec<f64>]) {
        self.rows += columns.first().map_or(0.0, |column| column.len() as f64);
        for (i, x) in columns.iter().enumerate() {
            for (j, y) in columns.iter().enumerate().take(i + 1) {
                self.sums[(i, j)] += x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
            }
        }
    }

    /// Adds one row of values.
    pub fn add_row(&mut self, row: &[f64]) {
        self.rows += 1.0;
        for (i, x) in row.iter().enumerate() {
            for (j, y) in row.iter().enumerate().take(i + 1) {
                self.sums[(i, j)] += x * y;
            }
        }
    }

    /// The sample correlation of values i ≥ j.
    pub fn correlation(&self, i: usize, j: usize) -> f64 {
        self.sums[(i, j)] / (self.sums[(i, i)] * self.sums[(j, j)]).sqrt()
    }

    /// The largest |r|·√n of all pairs, for values that should be independent.
    ///
    /// Null: each r·√n is standard normal; the level is shared out over the pairs.
    pub fn independent(&self, level: Level) -> Outcome {
        let (largest, pairs) = self.largest(|i, j| self.correlation(i, j) * self.rows.sqrt());
        Outcome::at_most(format!("cross-correlation, {pairs} pairs"), largest, level.over(pairs).two_sided())
    }

    /// The largest |√(n − 3)·(artanh r − artanh ρ)| of all pairs, ρ the given correlations, |ρ| < 1.
    ///
    /// Null: each is standard normal for jointly normal values (Fisher 1921, *Metron* 1).
    pub fn correlated(&self, matrix: &DMatrix<f64>, level: Level) -> Outcome {
        let score = |i, j| (self.correlation(i, j).atanh() - matrix[(i, j)].atanh()) * (self.rows - 3.0).sqrt();
        let (largest, pairs) = self.largest(score);
        Outcome::at_most(format!("correlations, {pairs} pairs"), largest, level.over(pairs).two_sided())
    }

    fn largest(&self, score: impl Fn(usize, usize) -> f64) -> (f64, u32) {
        let (mut largest, mut pairs) = (0.0_f64, 0);
        for i in 0..self.sums.nrows() {
            for j in 0..i {
                let size = score(i, j).abs();
                // A NaN stays: it must not pass.
                largest = if largest.is_nan() || size <= largest { largest } else { size };
                pairs += 1;
            }
        }
        (largest, pairs)
    }
}

/// The correlation of two sequences at a lag: Σ x_t·y_{t+lag}, scaled to a z-score r·√n.
///
/// Null: standard normal for sequences that share nothing at this lag.
pub fn lagged(x: &[f64], y: &[f64], lag: usize, level: Level) -> Outcome {
    let shifted = y.get(lag..).unwrap_or_default();
    let n = shifted.len().min(x.len());
    let product: f64 = x.iter().zip(shifted).map(|(x, y)| x * y).sum();
    let power = |values: &[f64]| values.iter().take(n).map(|x| x * x).sum::<f64>();
    let r = product / (power(x) * power(shifted)).sqrt();
    Outcome::two_sided(format!("cross-correlation lag {lag}"), r * (n as f64).sqrt(), level.two_sided())
}
