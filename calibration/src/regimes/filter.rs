//! Which regime it is, by what was seen until then, and by all that was seen.

use std::f64::consts::PI;

use nalgebra::{DMatrix, DVector};

/// Normal laws of a bar's return, and the chances of going from one to the other within a bar.
#[derive(Clone, Debug)]
pub(crate) struct Chain {
    pub(crate) means: Vec<f64>,
    pub(crate) deviations: Vec<f64>,
    /// `(i, j)`: from i to j.
    pub(crate) transition: DMatrix<f64>,
}

/// Hamilton's filter, with rows of k probabilities.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pass {
    /// Of the regime at t, by the returns before t.
    pub(crate) predicted: Vec<f64>,
    /// By the returns up to t.
    pub(crate) filtered: Vec<f64>,
    /// ln of each return's density by those before.
    pub(crate) rows: Vec<f64>,
}

impl Chain {
    pub(crate) fn count(&self) -> usize {
        self.means.len()
    }

    /// π = πP, Σπ = 1; none if there is more than one.
    pub(crate) fn stationary(&self) -> Option<DVector<f64>> {
        let k = self.count();
        let mut equations = self.transition.transpose() - DMatrix::identity(k, k);
        equations.row_mut(k - 1).fill(1.0);
        let mut right = DVector::zeros(k);
        right[k - 1] = 1.0;
        equations.lu().solve(&right)
    }

    /// Whether there is one stationary law: a state that all others reach. Told by the zeros of P, as rounding can't hide them.
    pub(crate) fn has_one_law(&self) -> bool {
        let k = self.count();
        let reaches = |end: usize| {
            let (mut seen, mut open) = (vec![false; k], vec![end]);
            while let Some(to) = open.pop() {
                if !std::mem::replace(&mut seen[to], true) {
                    open.extend((0..k).filter(|&from| self.transition[(from, to)] > 0.0));
                }
            }
            seen.into_iter().all(|is_seen| is_seen)
        };
        (0..k).any(reaches)
    }

    /// The filter, from the stationary law on; `None` where there is none.
    ///
    /// Source: Hamilton (1989), *Econometrica* 57(2), eqs. 4.5–4.8.
    pub(crate) fn filter(&self, returns: &[f64]) -> Option<Pass> {
        let k = self.count();
        let mut predicted: Vec<f64> = self.stationary()?.iter().copied().collect();
        let mut all = Pass::default();
        let mut now = vec![0.0; k];
        for r in returns {
            let density = |i: usize| {
                let z = (r - self.means[i]) / self.deviations[i];
                -0.5 * z * z - (self.deviations[i] * (2.0 * PI).sqrt()).ln()
            };
            (0..k).for_each(|i| now[i] = density(i));
            let highest = now.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            now.iter_mut().zip(&predicted).for_each(|(now, before)| *now = (*now - highest).exp() * before);
            let total: f64 = now.iter().sum();
            for now in &mut now {
                *now /= total;
            }
            all.rows.push(total.ln() + highest);
            all.predicted.extend(&predicted);
            all.filtered.extend(&now);
            for (j, next) in predicted.iter_mut().enumerate() {
                *next = (0..k).map(|i| now[i] * self.transition[(i, j)]).sum();
            }
        }
        Some(all)
    }

    /// Kim's smoother: the probabilities by all returns, and the expected number of steps from i to j.
    ///
    /// Source: Kim (1994), *J. Econometrics* 60(1–2), eq. 2.20.
    pub(crate) fn smooth(&self, filtered: &Pass) -> (Vec<f64>, DMatrix<f64>) {
        let k = self.count();
        let mut smoothed = filtered.filtered.clone();
        let mut steps = DMatrix::zeros(k, k);
        let rows = smoothed.len() / k;
        for t in (0..rows.saturating_sub(1)).rev() {
            let (here, there) = (t * k, (t + 1) * k);
            let weights: Vec<f64> =
                (0..k).map(|j| smoothed[there + j] / filtered.predicted[there + j].max(f64::MIN_POSITIVE)).collect();
            for i in 0..k {
                let mut sum = 0.0;
                for (j, weight) in weights.iter().enumerate() {
                    let step = filtered.filtered[here + i] * self.transition[(i, j)] * weight;
                    steps[(i, j)] += step;
                    sum += step;
                }
                smoothed[here + i] = sum;
            }
        }
        (smoothed, steps)
    }
}
