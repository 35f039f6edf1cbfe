//! First and second derivatives of a log-likelihood, by central differences in a face's directions.

use nalgebra::{DMatrix, DVector};

use crate::likelihood::Likelihood;

/// Steps for second derivatives lower the log-likelihood by about this: small beside 1, and large beside its rounding.
const DROP: f64 = 1e-3;
/// Steps for first derivatives are this much shorter, as their rounding divides by the step alone.
const SHORTER: f64 = 0.1;
const FIRST_STEP: f64 = 1e-3;
const ADJUSTMENTS: usize = 8;

/// A log-likelihood around a point.
pub(crate) struct Around<'a, L> {
    likelihood: &'a L,
    centre: &'a [f64],
    basis: &'a DMatrix<f64>,
    rows: Vec<f64>,
    pub(crate) value: f64,
    pub(crate) evaluations: u64,
    steps: Vec<f64>,
}

impl<'a, L: Likelihood> Around<'a, L> {
    /// Finds a step for each direction, the columns of `basis`.
    pub(crate) fn new(likelihood: &'a L, centre: &'a [f64], basis: &'a DMatrix<f64>) -> Self {
        let mut rows = vec![0.0; likelihood.rows()];
        let value = likelihood.total(centre, &mut rows);
        let mut around = Self { likelihood, centre, basis, rows, value, evaluations: 1, steps: Vec::new() };
        around.steps = (0..basis.ncols()).map(|direction| around.fitting_step(direction)).collect();
        around
    }

    fn fitting_step(&mut self, direction: usize) -> f64 {
        let mut step = FIRST_STEP;
        for _ in 0..ADJUSTMENTS {
            let drop = self.value - 0.5 * (self.at(&[(direction, step)]) + self.at(&[(direction, -step)]));
            if !drop.is_finite() {
                step *= 0.1;
                continue;
            }
            let factor = (DROP / drop.abs().max(1e-12)).sqrt().clamp(0.01, 100.0);
            step = (step * factor).min(1.0);
            if (0.5..2.0).contains(&factor) {
                break;
            }
        }
        // The last adjustment may have led out of the domain.
        while step > 1e-12 && !(self.at(&[(direction, step)]) + self.at(&[(direction, -step)])).is_finite() {
            step *= 0.25;
        }
        step
    }

    fn point(&self, moves: &[(usize, f64)]) -> Vec<f64> {
        let mut point = self.centre.to_vec();
        for &(direction, step) in moves {
            for (x, b) in point.iter_mut().zip(self.basis.column(direction).iter()) {
                *x += step * b;
            }
        }
        point
    }

    fn at(&mut self, moves: &[(usize, f64)]) -> f64 {
        self.evaluations += 1;
        let point = self.point(moves);
        self.likelihood.total(&point, &mut self.rows)
    }

    pub(crate) fn gradient(&mut self) -> DVector<f64> {
        let count = self.steps.len();
        let slopes = (0..count).map(|direction| {
            let step = SHORTER * self.steps[direction];
            (self.at(&[(direction, step)]) - self.at(&[(direction, -step)])) / (2.0 * step)
        });
        DVector::from_vec(slopes.collect())
    }

    /// −H, symmetric.
    pub(crate) fn information(&mut self) -> DMatrix<f64> {
        let count = self.steps.len();
        let mut information = DMatrix::zeros(count, count);
        for i in 0..count {
            let step = self.steps[i];
            let sides = self.at(&[(i, step)]) + self.at(&[(i, -step)]);
            information[(i, i)] = (2.0 * self.value - sides) / (step * step);
            for j in 0..i {
                let other = self.steps[j];
                let alike = self.at(&[(i, step), (j, other)]) + self.at(&[(i, -step), (j, -other)]);
                let apart = self.at(&[(i, step), (j, -other)]) + self.at(&[(i, -step), (j, other)]);
                let mixed = (apart - alike) / (4.0 * step * other);
                information[(i, j)] = mixed;
                information[(j, i)] = mixed;
            }
        }
        information
    }

    /// Σgₜgₜ′ of the rows' scores gₜ.
    pub(crate) fn outer_product(&mut self) -> DMatrix<f64> {
        let count = self.steps.len();
        let mut scores = DMatrix::zeros(self.rows.len(), count);
        let mut below = self.rows.clone();
        for direction in 0..count {
            let step = SHORTER * self.steps[direction];
            self.at(&[(direction, -step)]);
            below.copy_from_slice(&self.rows);
            self.at(&[(direction, step)]);
            for (row, (above, below)) in self.rows.iter().zip(&below).enumerate() {
                scores[(row, direction)] = (above - below) / (2.0 * step);
            }
        }
        scores.tr_mul(&scores)
    }
}
