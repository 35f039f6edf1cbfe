use serde::{Deserialize, Serialize};

use crate::bounded;
use crate::units::{Domain, OutOfDomain, Years};

bounded!(
    /// A rate from a state to another that can be reached from it, per year: chains of them neither overflow nor vanish.
    Rate, "rate", Domain::closed(1e-9, 1e6)
);

/// The most states a chain may have.
pub const MAX_REGIMES: usize = 8;

/// A generator that isn't one.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum GeneratorError {
    /// A chain needs at least two states and at most [`MAX_REGIMES`].
    #[error("rates has {0} rows: outside [2, {MAX_REGIMES}]")]
    States(usize),
    /// A row of another length.
    #[error("rates: row {row} has {given} entries, but there are {states} states")]
    Row {
        /// The row, from 0.
        row: usize,
        /// Its length.
        given: usize,
        /// The rows.
        states: usize,
    },
    /// A rate out of its domain.
    #[error("rates: row {row}: {error}")]
    Rate {
        /// The row, from 0.
        row: usize,
        /// What is wrong.
        error: OutOfDomain,
    },
    /// A state from which another can't be reached has no stationary law to start from.
    #[error("rates: state {0} can't be left or can't be reached")]
    Reducible(usize),
}

/// The generator of a Markov chain in continuous time: rates per year from each state to each other one, 0 or in [10⁻⁹, 10⁶]. What
/// stands on the diagonal is ignored and written as 0.
///
/// ```
/// use gbm_core::model::Generator;
/// let chain: Generator = vec![vec![0.0, 30.0], vec![90.0, 0.0]].try_into()?;
/// assert_eq!(chain.stationary(), [0.75, 0.25]);
/// # use gbm_core::units::Years;
/// let year = chain.transition(Years::new(1.0)?);
/// assert!((year[0][1] - 0.25).abs() < 1e-15);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Vec<f64>>", into = "Vec<Vec<f64>>")]
pub struct Generator {
    rates: Vec<Vec<f64>>,
}

impl TryFrom<Vec<Vec<f64>>> for Generator {
    type Error = GeneratorError;

    fn try_from(mut rates: Vec<Vec<f64>>) -> Result<Self, GeneratorError> {
        let states = rates.len();
        if !(2..=MAX_REGIMES).contains(&states) {
            return Err(GeneratorError::States(states));
        }
        for (row, entries) in rates.iter_mut().enumerate() {
            if entries.len() != states {
                return Err(GeneratorError::Row { row, given: entries.len(), states });
            }
            entries[row] = 0.0;
            for &rate in entries.iter().filter(|&&rate| rate != 0.0) {
                Rate::new(rate).map_err(|error| GeneratorError::Rate { row, error })?;
            }
        }
        let chain = Self { rates };
        match chain.unreached() {
            Some(state) => Err(GeneratorError::Reducible(state)),
            None => Ok(chain),
        }
    }
}

impl From<Generator> for Vec<Vec<f64>> {
    fn from(generator: Generator) -> Self {
        generator.rates
    }
}

impl Generator {
    /// How many states there are.
    pub fn states(&self) -> usize {
        self.rates.len()
    }

    /// The first state that state 0 doesn't reach, or that doesn't reach it.
    fn unreached(&self) -> Option<usize> {
        let reached = |edge: &dyn Fn(usize, usize) -> f64| {
            let mut seen = vec![false; self.states()];
            let mut open = vec![0];
            while let Some(from) = open.pop() {
                if !std::mem::replace(&mut seen[from], true) {
                    open.extend((0..self.states()).filter(|&to| edge(from, to) > 0.0));
                }
            }
            seen
        };
        let forth = reached(&|from, to| self.rates[from][to]);
        let back = reached(&|from, to| self.rates[to][from]);
        (0..self.states()).find(|&state| !(forth[state] && back[state]))
    }

    /// The stationary law π, πQ = 0, by elimination without subtractions.
    ///
    /// Source: Grassmann, Taksar and Heyman (1985), *Operations Research* 33(5).
    pub fn stationary(&self) -> Vec<f64> {
        let mut rates = self.rates.clone();
        let states = rates.len();
        for last in (1..states).rev() {
            let out: f64 = rates[last][..last].iter().sum();
            for i in 0..last {
                let share = rates[i][last] / out;
                rates[i][last] = share;
                let (before, after) = rates.split_at_mut(last);
                for (rate, &onward) in before[i][..last].iter_mut().zip(&after[0]) {
                    *rate += share * onward;
                }
            }
        }
        let mut law = vec![1.0; states];
        for state in 1..states {
            law[state] = (0..state).map(|i| law[i] * rates[i][state]).sum();
        }
        normalise(&mut law);
        law
    }

    /// e^(Qt): probabilities from row to column within a time t. By uniformisation for a time that is halved until a state is left
    /// half a time at most, all terms positive, and squared back: 44 halvings for the fastest rates over the longest time.
    pub fn transition(&self, t: Years) -> Vec<Vec<f64>> {
        let states = self.states();
        let fastest = self.rates.iter().map(|row| row.iter().sum()).fold(0.0, f64::max);
        let (mut moves, mut halvings) = (fastest * t.get(), 0);
        while moves > 0.5 {
            moves *= 0.5;
            halvings += 1;
        }
        let entry = |i: usize, j: usize| {
            let stay = if i == j { fastest - self.rates[i].iter().sum::<f64>() } else { 0.0 };
            (self.rates[i][j] + stay) / fastest
        };
        let jump: Vec<Vec<f64>> = (0..states).map(|i| (0..states).map(|j| entry(i, j)).collect()).collect();
        let identity = |i: usize, j: usize| if i == j { 1.0 } else { 0.0 };
        let mut term: Vec<Vec<f64>> = (0..states).map(|i| (0..states).map(|j| identity(i, j)).collect()).collect();
        let mut sum = term.clone();
        for n in 1..=18_u32 {
            term = product(&term, &jump);
            for (sum, term) in sum.iter_mut().flatten().zip(term.iter_mut().flatten()) {
                *term *= moves / f64::from(n);
                *sum += *term;
            }
        }
        sum.iter_mut().map(Vec::as_mut_slice).for_each(normalise);
        for _ in 0..halvings {
            sum = product(&sum, &sum);
            sum.iter_mut().map(Vec::as_mut_slice).for_each(normalise);
        }
        sum
    }
}

fn product(left: &[Vec<f64>], right: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let entry = |row: &[f64], j: usize| row.iter().zip(right).map(|(a, row)| a * row[j]).sum();
    left.iter().map(|row| (0..right.len()).map(|j| entry(row, j)).collect()).collect()
}

/// Scales probabilities to a sum of one: the series' e^(−moves), and what rounding has left.
fn normalise(law: &mut [f64]) {
    let total: f64 = law.iter().sum();
    for p in law {
        *p /= total;
    }
}
