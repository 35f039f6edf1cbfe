//! Brownian paths from normals, the most important first.

use crate::error::{MAX_STEPS, PriceError};

/// The points of a Brownian path W₁, …, Wₙ at unit distances, built from n independent normals: W_n from the first, then the middle
/// of each interval from its ends, interval by interval, the longest first.
///
/// W_m = ((r − m)·W_l + (m − l)·W_r)/(r − l) + √((m − l)(r − m)/(r − l))·z, m = ⌊(l + r)/2⌋. The map from normals to increments is
/// orthogonal, so the increments are independent normals again, whatever n is; O(n) a path.
///
/// Source: Caflisch, Morokoff and Owen (1997), *J. Computational Finance* 1(1); Glasserman (2004), section 3.1.
///
/// ```
/// use monte_carlo::BrownianBridge;
/// let bridge = BrownianBridge::new(4)?;
/// let mut path = [0.0; 4];
/// bridge.fill(&[1.0, 0.0, 0.0, 0.0], &mut path);
/// assert_eq!(path, [0.5, 1.0, 1.5, 2.0]); // the first normal alone: a straight line to √4
/// assert!(BrownianBridge::new(usize::MAX).is_err());
/// # Ok::<(), monte_carlo::PriceError>(())
/// ```
#[derive(Clone, Debug)]
pub struct BrownianBridge {
    steps: usize,
    deviation: f64,
    points: Vec<Point>,
}

/// A point between two that are known.
#[derive(Clone, Copy, Debug)]
struct Point {
    left: usize,
    at: usize,
    right: usize,
    left_weight: f64,
    right_weight: f64,
    deviation: f64,
}

impl BrownianBridge {
    /// The construction for so many steps.
    ///
    /// # Errors
    /// [`PriceError::Steps`] for none, or more than [`MAX_STEPS`].
    pub fn new(steps: usize) -> Result<Self, PriceError> {
        if !(1..=MAX_STEPS).contains(&(steps as u64)) {
            return Err(PriceError::Steps(steps as u64));
        }
        let mut points = Vec::with_capacity(steps.saturating_sub(1));
        let mut intervals = std::collections::VecDeque::from([(0, steps)]);
        while let Some((left, right)) = intervals.pop_front() {
            if right - left < 2 {
                continue;
            }
            let at = usize::midpoint(left, right);
            let (before, after, all) = ((at - left) as f64, (right - at) as f64, (right - left) as f64);
            points.push(Point {
                left,
                at,
                right,
                left_weight: after / all,
                right_weight: before / all,
                deviation: (before * after / all).sqrt(),
            });
            intervals.extend([(left, at), (at, right)]);
        }
        Ok(Self { steps, deviation: (steps as f64).sqrt(), points })
    }

    /// Writes W₁ to Wₙ. Both slices hold n values; shorter ones are left as they are.
    pub fn fill(&self, normals: &[f64], path: &mut [f64]) {
        if self.steps == 0 || normals.len() < self.steps || path.len() < self.steps {
            return;
        }
        path[self.steps - 1] = self.deviation * normals[0];
        for (point, z) in self.points.iter().zip(&normals[1..]) {
            let left = if point.left == 0 { 0.0 } else { path[point.left - 1] };
            let mean = point.left_weight * left + point.right_weight * path[point.right - 1];
            path[point.at - 1] = mean + point.deviation * z;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The increments' matrix A of a construction, row by row of Aᵀ: the increments that each normal alone gives.
    fn increments(steps: usize, fill: impl Fn(&[f64], &mut [f64])) -> Vec<Vec<f64>> {
        let column = |k: usize| {
            let (mut normals, mut path) = (vec![0.0; steps], vec![0.0; steps]);
            normals[k] = 1.0;
            fill(&normals, &mut path);
            (0..steps).map(|i| path[i] - if i == 0 { 0.0 } else { path[i - 1] }).collect()
        };
        (0..steps).map(column).collect()
    }

    fn is_orthogonal(columns: &[Vec<f64>]) -> bool {
        let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        columns.iter().enumerate().all(|(i, a)| {
            columns.iter().enumerate().all(|(j, b)| (product(a, b) - f64::from(u8::from(i == j))).abs() < 1e-12)
        })
    }

    #[test]
    fn increments_are_independent_normals_for_any_number_of_steps() {
        for steps in (1..40).chain([64, 100, 127]) {
            let bridge = BrownianBridge::new(steps).unwrap();
            let columns = increments(steps, |normals, path| bridge.fill(normals, path));
            assert!(is_orthogonal(&columns), "{steps}");
        }
    }

    /// Planted faults: the deviation of an interval in the middle for one that isn't, weights exchanged.
    #[test]
    fn a_wrong_bridge_is_noticed() {
        let bridge = BrownianBridge::new(7).unwrap();
        let mut halved = bridge.clone();
        let mut exchanged = bridge;
        for (halved, exchanged) in halved.points.iter_mut().zip(&mut exchanged.points) {
            halved.deviation = (0.25 * (halved.right - halved.left) as f64).sqrt();
            (exchanged.left_weight, exchanged.right_weight) = (exchanged.right_weight, exchanged.left_weight);
        }
        for wrong in [halved, exchanged] {
            assert!(!is_orthogonal(&increments(7, |normals, path| wrong.fill(normals, path))));
        }
    }

    /// The longest intervals come first: no later normal moves the path more than an earlier one does.
    #[test]
    fn normals_come_in_the_order_of_their_weight() {
        let deviations: Vec<f64> =
            BrownianBridge::new(100).unwrap().points.iter().map(|point| point.deviation).collect();
        assert!(deviations.windows(2).all(|pair| pair[0] * 1.5 >= pair[1]));
    }
}
