//! The nearest correlation matrix to one that is indefinite, as matrices of pairwise estimates often are.

use nalgebra::{DMatrix, SymmetricEigen};

use super::{Correlation, CorrelationError};

/// How far the two projections may be apart, and still move, relative to the matrix.
const TOLERANCE: f64 = 1e-12;
/// The most iterations. Convergence is linear: 256 assets took 600, three take 30.
const MAX_ITERATIONS: usize = 10_000;
/// The most QR steps of one eigendecomposition, for each row.
const MAX_STEPS: usize = 100;

/// A correlation matrix that was found near a given one.
#[derive(Clone, Debug, PartialEq)]
pub struct Repaired {
    /// The matrix, ready for use.
    pub correlation: Correlation,
    /// How far it is from the given one: ‖A − X‖ = √Σ(aᵢⱼ − xᵢⱼ)², Frobenius' norm; 0 if the given one was valid.
    pub distance: f64,
}

impl Correlation {
    /// The correlation matrix nearest to a symmetric matrix with unit diagonal, in Frobenius' norm.
    ///
    /// What [`Correlation::new`] accepts comes back unchanged, bit for bit. An indefinite matrix is projected in turn on
    /// the semidefinite matrices (its negative eigenvalues are set to 0) and on those with unit diagonal, with
    /// Dykstra's correction, until the two agree to 10⁻¹² of the matrix: that is the one nearest matrix. It is
    /// singular; the one returned has its entries times 1 − (4n² + 32n)·2⁻⁵², which makes it positive definite, so that
    /// its factor is exact to rounding.
    ///
    /// Eigenvalues come from a library, so the last bits may differ between builds. Write the *result* down and go on
    /// from it, as a `Market` does in its header: then nothing depends on how it was found.
    ///
    /// Source: Higham (2002), *IMA J. Numerical Analysis* 22(3), algorithm 3.3.
    ///
    /// # Errors
    /// [`CorrelationError`] for a matrix that isn't square, has an entry that is not finite or outside [−1, 1], no
    /// unit diagonal, or isn't symmetric (within 1e-12): these are mistakes, not estimates. `NotConverged` for one
    /// whose nearest matrix isn't found in 10,000 iterations.
    ///
    /// # Examples
    /// ```
    /// use gbm_core::correlation::Correlation;
    /// use nalgebra::DMatrix;
    /// let estimated = DMatrix::from_row_slice(3, 3, &[1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0]);
    /// assert!(Correlation::new(estimated.clone()).is_err());
    /// let repaired = Correlation::nearest(estimated)?;
    /// assert!((repaired.correlation.matrix()[(0, 1)] - 0.7607).abs() < 5e-5);
    /// assert!((repaired.distance - 0.5278).abs() < 5e-5);
    /// assert!(Correlation::nearest(DMatrix::from_row_slice(2, 2, &[1.0, 2.0, 2.0, 1.0])).is_err());
    /// # Ok::<(), gbm_core::correlation::CorrelationError>(())
    /// ```
    pub fn nearest(matrix: DMatrix<f64>) -> Result<Repaired, CorrelationError> {
        match Self::new(matrix.clone()) {
            Ok(correlation) => Ok(Repaired { correlation, distance: 0.0 }),
            Err(CorrelationError::NotSemidefinite { .. }) => {
                let correlation = Self::new(project(&matrix)?)?;
                let distance = (correlation.matrix() - matrix).norm();
                Ok(Repaired { correlation, distance })
            }
            Err(error) => Err(error),
        }
    }
}

/// The nearest correlation matrix to a symmetric one.
fn project(matrix: &DMatrix<f64>) -> Result<DMatrix<f64>, CorrelationError> {
    let n = matrix.nrows();
    let mut unit = (matrix + matrix.transpose()) * 0.5;
    unit.fill_diagonal(1.0);
    let mut semidefinite = unit.clone();
    let mut correction = DMatrix::zeros(n, n);
    for iterations in 1..=MAX_ITERATIONS {
        let corrected = &unit - &correction;
        let next = semidefinite_part(corrected.clone()).ok_or(CorrelationError::NotConverged { iterations })?;
        correction = &next - corrected;
        let moved = (&next - &semidefinite).norm();
        semidefinite = next;
        unit.copy_from(&semidefinite);
        unit.fill_diagonal(1.0);
        if moved.max((&unit - &semidefinite).norm()) <= TOLERANCE * unit.norm() {
            return Ok(with_unit_diagonal(&semidefinite));
        }
    }
    Err(CorrelationError::NotConverged { iterations: MAX_ITERATIONS })
}

/// The nearest semidefinite matrix: V·max(Λ, 0)·Vᵀ.
fn semidefinite_part(matrix: DMatrix<f64>) -> Option<DMatrix<f64>> {
    let steps = MAX_STEPS * matrix.nrows();
    let mut eigen = SymmetricEigen::try_new(matrix, f64::EPSILON, steps)?;
    eigen.eigenvalues.apply(|value| *value = value.max(0.0));
    Some(eigen.recompose())
}

/// D·X·D with D = diag(X)^{−½}, which leaves a semidefinite matrix semidefinite; then its other entries a little nearer
/// to 0.
///
/// An eigenvalue of 0 comes out as ±n²ε, and Cholesky's factorisation of such a matrix is a matter of luck. With
/// entries times 1 − (4n² + 32n)·ε every eigenvalue is above what the factorisation calls zero and loses by rounding.
fn with_unit_diagonal(matrix: &DMatrix<f64>) -> DMatrix<f64> {
    let n = matrix.nrows();
    let size = n as f64;
    let kept = 1.0 - (4.0 * size * size + 32.0 * size) * f64::EPSILON;
    let entry = |row: usize, column: usize| {
        let scale = (matrix[(row, row)] * matrix[(column, column)]).sqrt();
        (kept * matrix[(row, column)] / scale).clamp(-1.0, 1.0)
    };
    DMatrix::from_fn(n, n, |row, column| if row == column { 1.0 } else { entry(row.max(column), row.min(column)) })
}
