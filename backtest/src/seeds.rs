//! One strategy on many seeds.

use std::ops::ControlFlow;

use gbm_core::engine::Simulation;
use gbm_core::market::Market;
use gbm_core::noise::Seed;
use gbm_core::process::Process;
use serde::Serialize;
use trading_core::strategy::Strategy;

use crate::distribution::{Distribution, Probability};
use crate::error::BacktestError;
use crate::feed::{Path, increment};
use crate::figures::Figures;
use crate::report::Report;
use crate::run::{Setup, drive};
use crate::trips::float;

/// The most seeds at once.
pub const MAX_SEEDS: u64 = 100_000;
/// Runs between two calls of the callback.
const WAVE: u64 = 32;

/// What is asked of many seeds.
#[derive(Clone, Debug)]
pub struct Seeds<P> {
    /// The market; its seed is the first one.
    pub market: Market<P>,
    /// The instrument, by its position.
    pub instrument: usize,
    /// Ticks of each path.
    pub ticks: u64,
    /// How many seeds, at most [`MAX_SEEDS`]. The i-th is the first one plus i, as 256-bit integers.
    pub seeds: u64,
}

/// How one strategy did on many seeds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// Runs.
    pub runs: usize,
    /// Of the total return.
    pub total_return: Option<Distribution>,
    /// Of the return of a year.
    pub cagr: Option<Distribution>,
    /// Of the volatility.
    pub volatility: Option<Distribution>,
    /// Of Sharpe's ratio.
    pub sharpe: Option<Distribution>,
    /// Of Sortino's ratio.
    pub sortino: Option<Distribution>,
    /// Of the deepest fall.
    pub max_drawdown: Option<Distribution>,
    /// Of Calmar's ratio.
    pub calmar: Option<Distribution>,
    /// Of the part of round trips that was won.
    pub win_rate: Option<Distribution>,
    /// Of the turnover.
    pub turnover: Option<Distribution>,
    /// Of the part of the ticks with a position.
    pub exposure: Option<Distribution>,
    /// Of the fees.
    pub fees: Option<Distribution>,
    /// Of the number of fills.
    pub fills: Option<Distribution>,
    /// Of what holding has gained.
    pub holding: Option<Distribution>,
    /// Of what execution has gained, as a rule less than 0.
    pub execution: Option<Distribution>,
    /// That it ends with less than it began with.
    pub loss: Probability,
    /// That it loses what counts as ruin, on any tick.
    pub ruin: Probability,
}

impl Spread {
    /// Of reports, one at least.
    ///
    /// # Errors
    /// [`BacktestError::Domain`] for none.
    pub fn of(reports: &[Report]) -> Result<Self, BacktestError> {
        if reports.is_empty() {
            return Err(seeds_outside(0));
        }
        let spread = |value: fn(&Report) -> Option<f64>| Distribution::of(reports.iter().map(value));
        let figure =
            |value: fn(&Figures) -> Option<f64>| Distribution::of(reports.iter().map(|report| value(&report.figures)));
        let part = |happened: fn(&Report) -> bool| {
            Probability::of(reports.iter().filter(|report| happened(report)).count(), reports.len())
        };
        Ok(Self {
            runs: reports.len(),
            total_return: figure(|figures| Some(figures.total_return)),
            cagr: figure(|figures| figures.cagr),
            volatility: figure(|figures| figures.volatility),
            sharpe: figure(|figures| figures.sharpe),
            sortino: figure(|figures| figures.sortino),
            max_drawdown: figure(|figures| Some(figures.max_drawdown)),
            calmar: figure(|figures| figures.calmar),
            win_rate: spread(|report| report.win_rate),
            turnover: spread(|report| report.turnover),
            exposure: spread(|report| report.exposure),
            fees: spread(|report| Some(float(report.fees))),
            fills: spread(|report| Some(report.fills as f64)),
            holding: spread(|report| Some(float(report.split.holding))),
            execution: spread(|report| Some(float(report.split.execution))),
            loss: part(|report| report.equity < report.initial),
            ruin: part(|report| report.is_ruined),
        })
    }
}

/// Runs a strategy on many seeds, with feature `rayon` on all threads of its pool; a report each, in the order of the seeds. Threads change
/// how long it takes, and nothing else.
///
/// The callback is told between runs how many are done, and may stop it.
///
/// # Errors
/// [`BacktestError`] by the first run that can't be.
pub fn run_seeds<P, S>(
    setup: &Setup,
    strategy: &S,
    asked: &Seeds<P>,
    mut progress: impl FnMut(u64) -> ControlFlow<()>,
) -> Result<Vec<Report>, BacktestError>
where
    P: Process + Clone + Sync,
    S: Strategy + Clone + Sync,
{
    setup.check()?;
    if !(1..=MAX_SEEDS).contains(&asked.seeds) {
        return Err(seeds_outside(asked.seeds));
    }
    let increment = increment(&setup.rules.grid)?;
    let one = |place: u64| {
        let Seeds { market, instrument, ticks, .. } = asked;
        let seed = nth_seed(market.seed(), place);
        let market = Market::new(seed, market.grid(), market.instruments().to_vec(), market.correlation().cloned())?;
        let mut path = Path::new(Simulation::new(market), *instrument, increment, *ticks)?;
        drive(setup, strategy.clone(), &mut path, false, |_| ControlFlow::Continue(())).map(|run| run.report)
    };
    let mut reports = Vec::new();
    let mut done = 0;
    while done < asked.seeds {
        let end = (done + WAVE).min(asked.seeds);
        reports.extend(wave(done..end, &one)?);
        done = end;
        if progress(done).is_break() {
            return Err(BacktestError::Interrupted);
        }
    }
    Ok(reports)
}

#[cfg(feature = "rayon")]
fn wave(
    places: std::ops::Range<u64>,
    one: &(impl Fn(u64) -> Result<Report, BacktestError> + Sync),
) -> Result<Vec<Report>, BacktestError> {
    use rayon::prelude::*;
    let results: Vec<_> = places.into_par_iter().map(one).collect();
    // The first error by seed, not by time.
    results.into_iter().collect()
}

#[cfg(not(feature = "rayon"))]
fn wave(
    places: std::ops::Range<u64>,
    one: &impl Fn(u64) -> Result<Report, BacktestError>,
) -> Result<Vec<Report>, BacktestError> {
    places.map(one).collect()
}

/// A seed plus a number, as little-endian integers modulo 2²⁵⁶.
pub fn nth_seed(first: Seed, place: u64) -> Seed {
    let (mut key, mut carry) = (first.key(), false);
    for (limb, add) in key.chunks_exact_mut(8).zip([place, 0, 0, 0]) {
        let bytes: &mut [u8] = limb;
        let value = bytes.iter().rev().fold(0, |value, &byte| value << 8 | u64::from(byte));
        let (sum, over) = value.overflowing_add(add);
        let (sum, over_again) = sum.overflowing_add(u64::from(carry));
        carry = over || over_again;
        bytes.copy_from_slice(&sum.to_le_bytes());
    }
    Seed::from_key(key)
}

fn seeds_outside(seeds: u64) -> BacktestError {
    BacktestError::Domain { name: "seeds", value: seeds.to_string(), domain: "[1, 100000]" }
}
