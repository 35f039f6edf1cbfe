//! Down to the basin of a maximum, by argmin's simplex, which takes no derivatives.

use std::cell::{Cell, RefCell};

use argmin::core::{CostFunction, Error, Executor, State};
use argmin::solver::neldermead::NelderMead;

use crate::likelihood::Likelihood;

/// What stands for a likelihood of zero.
const NOWHERE: f64 = 1e100;
/// The simplex's values deviate by this where it stops: what is left is for Newton steps.
const SPREAD: f64 = 1e-5;
/// A simplex may collapse before it has arrived, so it is spread anew until that gains less than this.
const GAIN: f64 = 1e-3;
const MOST_RESTARTS: usize = 8;
const STEPS_A_PARAMETER: u64 = 300;

struct Cost<'a, L> {
    likelihood: &'a L,
    rows: &'a RefCell<Vec<f64>>,
    evaluations: &'a Cell<u64>,
}

impl<L: Likelihood> CostFunction for Cost<'_, L> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, free: &Vec<f64>) -> Result<f64, Error> {
        self.evaluations.set(self.evaluations.get() + 1);
        let total = self.likelihood.total(&self.likelihood.limited(free), &mut self.rows.borrow_mut());
        Ok(if total.is_finite() { -total } else { NOWHERE })
    }
}

/// The best free parameters found from a start, and how often the likelihood was asked for; none if it is finite nowhere.
pub(crate) fn climb<L: Likelihood>(likelihood: &L, start: &[f64], step: f64) -> Option<(Vec<f64>, u64)> {
    let (rows, evaluations) = (RefCell::new(vec![0.0; likelihood.rows()]), Cell::new(0));
    let (mut best, mut lowest) = (start.to_vec(), NOWHERE);
    for round in 0..MOST_RESTARTS {
        let mut simplex = vec![best.clone()];
        // Turned about in every other round, lest it collapse the same way.
        let step = if round % 2 == 0 { step } else { -0.5 * step };
        simplex.extend((0..best.len()).map(|moved| {
            let mut corner = best.clone();
            corner[moved] += step;
            corner
        }));
        let cost = Cost { likelihood, rows: &rows, evaluations: &evaluations };
        let solver = NelderMead::new(simplex).with_sd_tolerance(SPREAD).ok()?;
        let steps = STEPS_A_PARAMETER * best.len() as u64;
        let outcome = Executor::new(cost, solver).timer(false).configure(|state| state.max_iters(steps)).run().ok()?;
        let state = outcome.state();
        let found = state.get_best_cost();
        if let Some(parameters) = state.get_best_param().filter(|_| found < lowest) {
            best.clone_from(parameters);
        }
        let gain = lowest - found;
        lowest = lowest.min(found);
        if gain < GAIN {
            break;
        }
    }
    (lowest < NOWHERE).then(|| (best, evaluations.get()))
}
