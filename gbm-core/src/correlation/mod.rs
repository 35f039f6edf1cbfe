//! Correlated normals: Z ← L·Z with A = L·Lᵀ, factored and multiplied in a written-out order; and the nearest matrix that
//! can be factored.

mod nearest;

use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};

pub use nearest::Repaired;

/// The most assets one matrix may couple.
pub const MAX_ASSETS: usize = 256;
/// How far a given entry may be from the unit diagonal, from its mirror image, and outside [−1, 1].
const ENTRY_TOLERANCE: f64 = 1e-12;
/// How far an entry of L·Lᵀ may be from the given one. A semidefinite matrix that was rounded to f64 can have a pivot of
/// 10⁻¹⁴ that should be 0, and what is divided by its root then carries an error of 10⁻⁹ and more.
const FACTOR_TOLERANCE: f64 = 1e-7;

/// A rule of correlation matrices that was broken.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CorrelationError {
    /// Not square, empty, or too large.
    #[error("correlation is {rows} x {columns}: it must be square, with 1 to {MAX_ASSETS} rows")]
    Shape {
        /// Rows given.
        rows: usize,
        /// Columns given (the shortest or longest where rows differ).
        columns: usize,
    },
    /// An entry outside [−1, 1], or not finite.
    #[error("correlation[{row}][{column}] = {value} is outside [-1, 1]")]
    Entry {
        /// Row, from 0.
        row: usize,
        /// Column, from 0.
        column: usize,
        /// The value given.
        value: f64,
    },
    /// A diagonal entry that isn't 1.
    #[error("correlation[{row}][{row}] = {value}: the diagonal must be 1")]
    Diagonal {
        /// Row, from 0.
        row: usize,
        /// The value given.
        value: f64,
    },
    /// Two mirrored entries that differ.
    #[error("correlation[{row}][{column}] and correlation[{column}][{row}] differ: the matrix must be symmetric")]
    Asymmetric {
        /// Row, from 0.
        row: usize,
        /// Column, from 0.
        column: usize,
    },
    /// A negative eigenvalue: no random variables have these correlations.
    #[error("correlation is not positive semidefinite: asset {row} contradicts the ones before it")]
    NotSemidefinite {
        /// The row at which the factorisation fails.
        row: usize,
    },
    /// The search for the nearest matrix took too long.
    #[error("correlation: no nearest matrix found in {iterations} iterations")]
    NotConverged {
        /// Iterations done.
        iterations: usize,
    },
}

/// A correlation matrix and its Cholesky factor; semidefinite (perfectly correlated assets) is allowed.
///
/// Shape n × n, entries in [−1, 1], unit diagonal. The factor is computed row by row (Cholesky–Banachiewicz), each
/// sum in ascending column order, without pivoting: a further asset at the end leaves the rows before it, and so the
/// paths of the other assets, as they are. A pivot below 16·n·ε makes its column zero; every entry of L·Lᵀ is within
/// 10⁻⁷ of the matrix given.
///
/// ```
/// use gbm_core::correlation::Correlation;
/// use nalgebra::DMatrix;
/// let correlation = Correlation::new(DMatrix::from_row_slice(2, 2, &[1.0, 0.6, 0.6, 1.0]))?;
/// let mut z = [1.0, 1.0];
/// correlation.mix(&mut z);
/// assert!((z[1] - 1.4).abs() < 1e-15);
/// assert!(Correlation::new(DMatrix::from_row_slice(2, 2, &[1.0, 2.0, 2.0, 1.0])).is_err());
/// # Ok::<(), gbm_core::correlation::CorrelationError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Vec<f64>>", into = "Vec<Vec<f64>>")]
pub struct Correlation {
    matrix: DMatrix<f64>,
    /// The factor's lower triangle, row after row.
    factor: Vec<f64>,
}

impl Correlation {
    /// Checks and factors a matrix.
    ///
    /// # Errors
    /// [`CorrelationError`] for a matrix that isn't square, has an entry that is not finite or outside [−1, 1], no
    /// unit diagonal, isn't symmetric (within 1e-12), or isn't positive semidefinite.
    pub fn new(matrix: DMatrix<f64>) -> Result<Self, CorrelationError> {
        let n = matrix.nrows();
        if n != matrix.ncols() || !(1..=MAX_ASSETS).contains(&n) {
            return Err(CorrelationError::Shape { rows: n, columns: matrix.ncols() });
        }
        for row in 0..n {
            for column in 0..n {
                let value = matrix[(row, column)];
                if value.is_nan() || value.abs() > 1.0 + ENTRY_TOLERANCE {
                    return Err(CorrelationError::Entry { row, column, value });
                }
                if (value - matrix[(column, row)]).abs() > ENTRY_TOLERANCE {
                    return Err(CorrelationError::Asymmetric { row, column });
                }
            }
            let value = matrix[(row, row)];
            if (value - 1.0).abs() > ENTRY_TOLERANCE {
                return Err(CorrelationError::Diagonal { row, value });
            }
        }
        let factor = cholesky(&matrix)?;
        Ok(Self { matrix, factor })
    }

    /// The number of assets.
    pub fn assets(&self) -> usize {
        self.matrix.nrows()
    }

    /// The matrix as given.
    pub fn matrix(&self) -> &DMatrix<f64> {
        &self.matrix
    }

    /// The lower-triangular factor L.
    pub fn factor(&self) -> DMatrix<f64> {
        let n = self.assets();
        DMatrix::from_fn(n, n, |row, column| if column <= row { self.factor[start_of(row) + column] } else { 0.0 })
    }

    /// The factor's lower triangle, row after row.
    pub(crate) fn packed(&self) -> &[f64] {
        &self.factor
    }

    /// Replaces independent normals by correlated ones, in place: zᵢ ← Σ_{k ≤ i} Lᵢₖ·zₖ, k ascending.
    ///
    /// A slice of another length than the number of assets is mixed as far as both reach.
    #[inline]
    pub fn mix(&self, normals: &mut [f64]) {
        for row in (0..self.assets().min(normals.len())).rev() {
            let weights = &self.factor[start_of(row)..=start_of(row) + row];
            let mut sum = weights[0] * normals[0];
            for (weight, normal) in weights.iter().zip(&*normals).skip(1) {
                sum += weight * normal;
            }
            normals[row] = sum;
        }
    }
}

#[inline]
const fn start_of(row: usize) -> usize {
    row * (row + 1) / 2
}

fn cholesky(matrix: &DMatrix<f64>) -> Result<Vec<f64>, CorrelationError> {
    let n = matrix.nrows();
    let zero = 16.0 * n as f64 * f64::EPSILON;
    let mut factor = vec![0.0; start_of(n)];
    for row in 0..n {
        for column in 0..=row {
            let mut rest = matrix[(row, column)];
            for k in 0..column {
                rest -= factor[start_of(row) + k] * factor[start_of(column) + k];
            }
            factor[start_of(row) + column] = if column < row {
                let pivot = factor[start_of(column) + column];
                if pivot > 0.0 {
                    rest / pivot
                } else if rest.abs() <= FACTOR_TOLERANCE {
                    0.0
                } else {
                    return Err(CorrelationError::NotSemidefinite { row });
                }
            } else if rest > zero {
                rest.sqrt()
            } else if rest >= -FACTOR_TOLERANCE {
                0.0
            } else {
                return Err(CorrelationError::NotSemidefinite { row });
            };
        }
    }
    Ok(factor)
}

impl TryFrom<Vec<Vec<f64>>> for Correlation {
    type Error = CorrelationError;

    fn try_from(rows: Vec<Vec<f64>>) -> Result<Self, CorrelationError> {
        let n = rows.len();
        if let Some(other) = rows.iter().map(Vec::len).find(|&columns| columns != n) {
            return Err(CorrelationError::Shape { rows: n, columns: other });
        }
        if n > MAX_ASSETS {
            return Err(CorrelationError::Shape { rows: n, columns: n });
        }
        Self::new(DMatrix::from_fn(n, n, |row, column| rows[row][column]))
    }
}

impl From<Correlation> for Vec<Vec<f64>> {
    fn from(correlation: Correlation) -> Self {
        correlation.matrix.row_iter().map(|row| row.iter().copied().collect()).collect()
    }
}
