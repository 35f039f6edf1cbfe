//! The lowest point that a given number of evaluations finds, where each one is dear: argmin's simplex, which takes no derivatives.

use std::cell::RefCell;
use std::ops::ControlFlow;

use argmin::core::{CostFunction, Error, Executor, State};
use argmin::solver::neldermead::NelderMead;

/// What stands for a cost that is no number.
const NOWHERE: f64 = 1e100;
/// The simplex's values deviate by this where it has collapsed.
const SPREAD: f64 = 1e-6;

/// Where a search begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Start {
    /// The point.
    pub point: Vec<f64>,
    /// What it costs: known, so that it needn't be asked for.
    pub cost: f64,
    /// How far the simplex reaches from there along each axis.
    pub step: f64,
}

/// What a search found.
#[derive(Clone, Debug, PartialEq)]
pub struct Minimum {
    /// The cheapest point that was evaluated, the start among them.
    pub point: Vec<f64>,
    /// What it costs.
    pub cost: f64,
    /// Evaluations spent, the start's not among them.
    pub evaluations: u64,
    /// Whether the simplex collapsed before the evaluations were spent.
    pub has_converged: bool,
}

struct Spent<F> {
    cost: F,
    /// Evaluations that are left.
    left: u64,
    /// Corners of the first simplex that are still to come: argmin takes no error there.
    corners: usize,
    best: Minimum,
}

struct Cost<'a, F>(&'a RefCell<Spent<F>>);

impl<F: FnMut(&[f64]) -> ControlFlow<(), f64>> CostFunction for Cost<'_, F> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, point: &Vec<f64>) -> Result<f64, Error> {
        let mut spent = self.0.borrow_mut();
        let is_corner = spent.corners > 0;
        spent.corners = spent.corners.saturating_sub(1);
        if is_corner && *point == spent.best.point && spent.best.evaluations == 0 {
            return Ok(spent.best.cost);
        }
        let asked = if spent.left > 0 { (spent.cost)(point) } else { ControlFlow::Break(()) };
        let ControlFlow::Continue(cost) = asked else {
            spent.left = 0;
            return if is_corner { Ok(NOWHERE) } else { Err(Error::msg("the evaluations are spent")) };
        };
        spent.left -= 1;
        spent.best.evaluations += 1;
        if cost < spent.best.cost {
            spent.best.point.clone_from(point);
            spent.best.cost = cost;
        }
        Ok(if cost.is_finite() { cost } else { NOWHERE })
    }
}

/// Searches with at most `most` evaluations by the simplex of Nelder and Mead, from a start whose cost is known.
///
/// - `cost`: a point's cost, the lower the better; one that isn't finite is worse than all others. `Break` ends the search.
/// - Nothing is drawn: the same cost function gives the same point. With fewer evaluations than axes the search tries that many
///   corners of its first simplex.
///
/// Source: Nelder and Mead (1965), *The Computer Journal* 7(4).
///
/// ```
/// use std::ops::ControlFlow;
/// use calibration::{Start, minimise};
/// let bowl = |at: &[f64]| ControlFlow::Continue((at[0] - 1.0).powi(2) + 4.0 * (at[1] + 2.0).powi(2));
/// let start = Start { point: vec![0.0, 0.0], cost: 17.0, step: 0.5 };
/// let found = minimise(bowl, &start, 200);
/// assert!((found.point[0] - 1.0).abs() < 1e-2 && (found.point[1] + 2.0).abs() < 1e-2 && found.has_converged);
/// assert_eq!(minimise(bowl, &start, 0).point, [0.0, 0.0]);
/// ```
pub fn minimise(cost: impl FnMut(&[f64]) -> ControlFlow<(), f64>, start: &Start, most: u64) -> Minimum {
    let axes = start.point.len();
    let best = Minimum { point: start.point.clone(), cost: start.cost, evaluations: 0, has_converged: axes == 0 };
    if axes == 0 || most == 0 {
        return best;
    }
    let mut simplex = vec![start.point.clone()];
    simplex.extend((0..axes).map(|axis| {
        let mut corner = start.point.clone();
        corner[axis] += start.step;
        corner
    }));
    let spent = RefCell::new(Spent { cost, left: most, corners: simplex.len(), best });
    let has_converged = NelderMead::new(simplex).with_sd_tolerance(SPREAD).is_ok_and(|solver| {
        let executor = Executor::new(Cost(&spent), solver).timer(false);
        executor.configure(|state| state.max_iters(most)).run().is_ok_and(|outcome| outcome.state().get_iter() < most)
    });
    let spent = spent.into_inner();
    Minimum { has_converged: has_converged && spent.left > 0, ..spent.best }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rosenbrock(at: &[f64]) -> f64 {
        (1.0 - at[0]).powi(2) + 100.0 * (at[1] - at[0] * at[0]).powi(2)
    }

    fn start() -> Start {
        Start { point: vec![-1.2, 1.0], cost: rosenbrock(&[-1.2, 1.0]), step: 0.5 }
    }

    #[test]
    fn no_more_is_evaluated_than_was_granted() {
        for most in 0..40 {
            let mut asked = 0;
            let found = minimise(
                |at| {
                    asked += 1;
                    ControlFlow::Continue(rosenbrock(at))
                },
                &start(),
                most,
            );
            assert_eq!((asked, found.evaluations), (most, most));
            assert!(found.cost <= start().cost && !found.has_converged);
            assert_eq!(found.cost, rosenbrock(&found.point));
        }
    }

    #[test]
    fn a_curved_valley_is_followed_to_its_end() {
        let found = minimise(|at| ControlFlow::Continue(rosenbrock(at)), &start(), 1000);
        assert!(found.has_converged && (found.point[0] - 1.0).abs() < 1e-2, "{found:?}");
    }

    #[test]
    fn a_break_ends_the_search_anywhere() {
        for stop in 1..12 {
            let mut asked = 0;
            let cost = |at: &[f64]| {
                asked += 1;
                if asked < stop { ControlFlow::Continue(rosenbrock(at)) } else { ControlFlow::Break(()) }
            };
            assert_eq!(minimise(cost, &start(), 100).evaluations, stop - 1);
            assert_eq!(asked, stop);
        }
    }

    #[test]
    fn a_cost_that_is_no_number_is_avoided() {
        let cost = |at: &[f64]| ControlFlow::Continue(if at[0] > 0.0 { f64::NAN } else { rosenbrock(at) });
        let found = minimise(cost, &start(), 200);
        assert!(found.point[0] <= 0.0 && found.cost < start().cost);
    }
}
