use nalgebra::DMatrix;

use super::em::climb;
use super::filter::Chain;
use super::{Regime, Regimes, check_count};
use crate::error::FitError;
use crate::fitted::Fitted;
use crate::likelihood::{Likelihood, Limit};
use crate::maximise;
use crate::returns::Returns;

/// σ·√Δ of a regime is at least this share of the returns' deviation: one return alone as a regime would have σ → 0 and
/// an infinite likelihood.
pub const LEAST_VOLATILITY: f64 = 0.02;
const MIN_RETURNS_A_REGIME: usize = 100;

/// Fits k regimes, 2 to 4, by EM from several starts and Newton steps: `log_drift i` and `volatility i`, annual, and `transition i j`
/// within a bar, i ≠ j, counted from 1 by rising volatility.
///
/// A likelihood of regimes has several peaks: the highest found is given, and each start is fixed, so that a fit can be repeated.
/// A probability that is 0, or a volatility at [`LEAST_VOLATILITY`], is named in [`Fitted::at_bounds`].
///
/// # Errors
/// [`FitError::OutOfDomain`] for k; [`FitError::TooFew`] below 100·k returns; [`FitError::NotConverged`], [`FitError::NoStart`].
///
/// # Examples
/// ```
/// use calibration::{Returns, regimes};
/// use gbm_core::units::Years;
/// let few = Returns::new(vec![0.1, -0.2, 0.3], Years::new(1.0 / 365.0)?)?;
/// assert_eq!(regimes::fit(&few, 2).unwrap_err().to_string(), "returns = 3: at least 200 are needed");
/// assert_eq!(regimes::fit(&few, 5).unwrap_err().to_string(), "regimes = 5 is outside [2, 4]");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn fit(returns: &Returns, regimes: usize) -> Result<Fitted<Regimes>, FitError> {
    check_count(regimes)?;
    let returns = returns.at_least(MIN_RETURNS_A_REGIME * regimes)?;
    let (mean, deviation) = (returns.mean(), returns.variance().sqrt());
    let least = LEAST_VOLATILITY * deviation;
    let climbed =
        starts(regimes, mean, deviation).into_iter().filter_map(|start| climb(start, returns.values(), least));
    let (chain, _) = climbed.max_by(|a, b| a.1.total_cmp(&b.1)).ok_or(FitError::NoStart)?;
    let problem = Problem { returns: returns.values(), bar: returns.bar().get(), deviation, regimes };
    maximise::refine(&problem, problem.write(&sorted(&chain)), 0, |parameters| {
        let mut chain = problem.read(parameters);
        // −10⁻²⁰ and the like at a bound.
        chain.transition.iter_mut().for_each(|p| *p = p.max(0.0));
        let regime = |i: usize| Regime { log_drift: parameters[i], volatility: parameters[regimes + i] };
        Regimes::new((0..regimes).map(regime).collect(), chain.transition, returns.bar())
    })
}

fn starts(k: usize, mean: f64, deviation: f64) -> Vec<Chain> {
    let mut starts = Vec::new();
    for ratio in [2.0_f64, 3.5] {
        for stay in [0.8, 0.95, 0.99] {
            let middle = 0.5 * (k - 1) as f64;
            let size = |i: usize| 0.8 * deviation * ratio.powf(i as f64 - middle);
            let leave = (1.0 - stay) / (k - 1) as f64;
            starts.push(Chain {
                means: vec![mean; k],
                deviations: (0..k).map(size).collect(),
                transition: DMatrix::from_fn(k, k, |i, j| if i == j { stay } else { leave }),
            });
        }
    }
    starts
}

/// By rising volatility.
fn sorted(chain: &Chain) -> Chain {
    let mut order: Vec<usize> = (0..chain.count()).collect();
    order.sort_by(|&a, &b| chain.deviations[a].total_cmp(&chain.deviations[b]));
    Chain {
        means: order.iter().map(|&i| chain.means[i]).collect(),
        deviations: order.iter().map(|&i| chain.deviations[i]).collect(),
        transition: DMatrix::from_fn(order.len(), order.len(), |i, j| chain.transition[(order[i], order[j])]),
    }
}

struct Problem<'a> {
    returns: &'a [f64],
    bar: f64,
    deviation: f64,
    regimes: usize,
}

impl Problem<'_> {
    /// Where the chance of going from i to j ≠ i stands.
    fn place(&self, i: usize, j: usize) -> usize {
        let k = self.regimes;
        2 * k + i * (k - 1) + if j > i { j - 1 } else { j }
    }

    fn count(&self) -> usize {
        self.regimes * (self.regimes + 1)
    }

    /// Pairs of different regimes, in their order.
    fn pairs(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let k = self.regimes;
        (0..k).flat_map(move |i| (0..k).filter(move |&j| j != i).map(move |j| (i, j)))
    }

    fn read(&self, parameters: &[f64]) -> Chain {
        let k = self.regimes;
        let mut transition = DMatrix::zeros(k, k);
        for (i, j) in self.pairs() {
            transition[(i, j)] = parameters[self.place(i, j)];
        }
        for i in 0..k {
            transition[(i, i)] = 1.0 - transition.row(i).sum();
        }
        Chain {
            means: parameters[..k].iter().map(|m| m * self.bar).collect(),
            deviations: parameters[k..2 * k].iter().map(|sigma| sigma * self.bar.sqrt()).collect(),
            transition,
        }
    }

    fn write(&self, chain: &Chain) -> Vec<f64> {
        let mut parameters: Vec<f64> = chain.means.iter().map(|mean| mean / self.bar).collect();
        parameters.extend(chain.deviations.iter().map(|deviation| deviation / self.bar.sqrt()));
        parameters.extend(self.pairs().map(|pair| chain.transition[pair]));
        parameters
    }
}

impl Likelihood for Problem<'_> {
    fn names(&self) -> Vec<String> {
        let numbered = |name: &'static str| (1..=self.regimes).map(move |i| format!("{name} {i}"));
        let transitions = self.pairs().map(|(i, j)| format!("transition {} {}", i + 1, j + 1));
        numbered("log_drift").chain(numbered("volatility")).chain(transitions).collect()
    }

    fn rows(&self) -> usize {
        self.returns.len()
    }

    fn fill(&self, parameters: &[f64], rows: &mut [f64]) {
        match self.read(parameters).filter(self.returns) {
            Some(filtered) => rows.copy_from_slice(&filtered.rows),
            None => rows.fill(f64::NAN),
        }
    }

    fn limits(&self) -> Vec<Limit> {
        let count = self.count();
        let least = LEAST_VOLATILITY * self.deviation / self.bar.sqrt();
        let mut limits: Vec<Limit> = (self.regimes..2 * self.regimes)
            .map(|index| Limit::at_least("volatility: too small a part of the whole", index, count, least))
            .collect();
        limits.extend(self.pairs().map(|(i, j)| Limit::at_least("transition >= 0", self.place(i, j), count, 0.0)));
        limits.extend((0..self.regimes).map(|i| {
            let row = |index: usize| self.pairs().any(|(from, to)| from == i && self.place(from, to) == index);
            let normal = (0..count).map(|index| f64::from(u8::from(row(index)))).collect();
            Limit { name: "staying >= 0", normal, bound: 1.0 }
        }));
        limits
    }

    fn scales(&self) -> Vec<f64> {
        let k = self.regimes;
        let mut scales = vec![self.deviation / self.bar; k];
        scales.extend(vec![self.deviation / self.bar.sqrt(); k]);
        scales.extend(vec![0.1; k * (k - 1)]);
        scales
    }

    /// Never asked for: EM finds the basin.
    fn limited(&self, free: &[f64]) -> Vec<f64> {
        free.to_vec()
    }
}
