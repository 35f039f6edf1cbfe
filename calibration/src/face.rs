//! The directions in which parameters may move while some limits hold them.

use nalgebra::{DMatrix, DVector};

use crate::likelihood::Limit;

/// What of a direction must be left once those before it are taken out.
const LEFT: f64 = 1e-3;
/// Limits this near, in parameters' scales, are reached.
const TOUCH: f64 = 1e-6;

/// A face of the polytope of limits: the limits that hold, and a basis of what is left.
#[derive(Clone, Debug)]
pub(crate) struct Face {
    held: Vec<usize>,
    /// Columns, in parameters' own units.
    basis: DMatrix<f64>,
}

impl Face {
    pub(crate) fn new(limits: &[Limit], held: Vec<usize>, scales: &[f64]) -> Self {
        let count = scales.len();
        let size = DVector::from_row_slice(scales);
        let normals = held.iter().map(|&index| DVector::from_row_slice(&limits[index].normal).component_mul(&size));
        let mut taken: Vec<DVector<f64>> = Vec::new();
        let mut free = Vec::new();
        for normal in normals {
            taken.extend(remainder(normal, &taken));
        }
        for index in 0..count {
            let unit = DVector::from_fn(count, |row, _| f64::from(u8::from(row == index)));
            if let Some(direction) = remainder(unit, &taken) {
                taken.push(direction.clone());
                free.push(direction.component_mul(&size));
            }
        }
        let basis = DMatrix::from_fn(count, free.len(), |row, column| free[column][row]);
        Self { held, basis }
    }

    pub(crate) fn held(&self) -> &[usize] {
        &self.held
    }

    pub(crate) fn basis(&self) -> &DMatrix<f64> {
        &self.basis
    }
}

/// The unit vector of what is left of a vector outside the span of orthonormal ones.
fn remainder(vector: DVector<f64>, taken: &[DVector<f64>]) -> Option<DVector<f64>> {
    let size = vector.norm();
    // Twice is enough for orthogonality to the last bits.
    let left = (0..2).fold(vector, |vector, _| {
        taken.iter().fold(vector, |vector, unit| {
            let share = vector.dot(unit);
            vector - unit * share
        })
    });
    (left.norm() > LEFT * size).then(|| left.normalize())
}

/// The limits that parameters touch or pass; parameters are moved onto them.
pub(crate) fn touched(limits: &[Limit], scales: &[f64], parameters: &mut [f64]) -> Vec<usize> {
    let mut held = Vec::new();
    for (index, limit) in limits.iter().enumerate() {
        let slack = limit.slack(parameters);
        let square: f64 = limit.normal.iter().zip(scales).map(|(a, s)| (a * s).powi(2)).sum();
        if slack <= TOUCH * square.sqrt() {
            for ((x, a), s) in parameters.iter_mut().zip(&limit.normal).zip(scales) {
                *x += slack * a * s * s / square;
            }
            held.push(index);
        }
    }
    held
}

/// How much of a step the limits that don't hold allow, at most all of it, and the limit that stops it.
pub(crate) fn reach(limits: &[Limit], held: &[usize], parameters: &[f64], step: &DVector<f64>) -> (f64, Option<usize>) {
    let free = limits.iter().enumerate().filter(|(index, _)| !held.contains(index));
    free.fold((1.0, None), |(most, stop), (index, limit)| {
        let towards: f64 = limit.normal.iter().zip(step).map(|(a, d)| a * d).sum();
        let allowed = if towards > 0.0 { limit.slack(parameters).max(0.0) / towards } else { f64::INFINITY };
        if allowed < most { (allowed, Some(index)) } else { (most, stop) }
    })
}

/// The held limit that the gradient pulls away from most, if there is one.
pub(crate) fn releasable(limits: &[Limit], held: &[usize], scales: &[f64], gradient: &DVector<f64>) -> Option<usize> {
    if held.is_empty() {
        return None;
    }
    let normals =
        DMatrix::from_fn(scales.len(), held.len(), |row, column| limits[held[column]].normal[row] * scales[row]);
    let scaled = DVector::from_fn(scales.len(), |row, _| gradient[row] * scales[row]);
    let multipliers = (normals.transpose() * &normals).lu().solve(&(normals.transpose() * scaled))?;
    let (place, least) = multipliers.iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1))?;
    (*least < 0.0).then(|| held[place])
}
