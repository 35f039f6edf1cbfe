//! Least squares with coefficients that aren't negative.

use nalgebra::{DMatrix, DVector};

/// Gradients this small beside the largest are rounding.
const ROUNDING: f64 = 1e-12;

/// The x ≥ 0 of least |Ax − b|.
///
/// Source: Lawson and Hanson (1974), *Solving Least Squares Problems*, algorithm 23.10.
pub(crate) fn solve(a: &DMatrix<f64>, b: &DVector<f64>) -> Vec<f64> {
    let count = a.ncols();
    let (square, right) = (a.tr_mul(a), a.tr_mul(b));
    let enough = ROUNDING * right.amax();
    let (mut x, mut free) = (DVector::zeros(count), vec![false; count]);
    for _ in 0..10 * count {
        let gradient = &right - &square * &x;
        let bound = (0..count).filter(|&i| !free[i] && gradient[i] > enough);
        let Some(entering) = bound.max_by(|&i, &j| gradient[i].total_cmp(&gradient[j])) else { break };
        free[entering] = true;
        while let Some(target) = least_squares(&square, &right, &free) {
            let passed = (0..count).filter(|&i| free[i] && target[i] <= 0.0);
            let share = passed.map(|i| x[i] / (x[i] - target[i])).fold(1.0, f64::min);
            x += (&target - &x) * share;
            if share == 1.0 {
                break;
            }
            for i in 0..count {
                if free[i] && target[i] <= 0.0 && x[i] <= ROUNDING * target.amax() {
                    (x[i], free[i]) = (0.0, false);
                }
            }
        }
    }
    x.iter().map(|x| x.max(0.0)).collect()
}

/// The solution with the coefficients that are free; the others are 0.
fn least_squares(square: &DMatrix<f64>, right: &DVector<f64>, free: &[bool]) -> Option<DVector<f64>> {
    let places: Vec<usize> = (0..free.len()).filter(|&i| free[i]).collect();
    let some = DMatrix::from_fn(places.len(), places.len(), |i, j| square[(places[i], places[j])]);
    let solved = some.cholesky()?.solve(&DVector::from_fn(places.len(), |i, _| right[places[i]]));
    let mut whole = DVector::zeros(free.len());
    places.iter().zip(&solved).for_each(|(&place, &value)| whole[place] = value);
    Some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Karush, Kuhn and Tucker: no gradient where x > 0, and none that would raise an x = 0.
    #[test]
    fn the_optimum_s_conditions_hold() {
        let mut word = 1_u64;
        let mut number = || {
            word = word.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (word >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
        };
        let mut at_bound = 0;
        for _ in 0..200 {
            let a = DMatrix::from_fn(12, 6, |_, _| number());
            let b = DVector::from_fn(12, |_, _| number());
            let x = solve(&a, &b);
            let gradient = a.tr_mul(&(&b - &a * DVector::from_row_slice(&x)));
            for (x, slope) in x.iter().zip(&gradient) {
                at_bound += usize::from(*x == 0.0);
                assert!(*x >= 0.0 && if *x > 0.0 { slope.abs() < 1e-10 } else { *slope < 1e-10 });
            }
        }
        assert!((200..1000).contains(&at_bound), "{at_bound}");
    }
}
