//! A cascade refitted to price files, reproducibly: seasons, volatility, then variances and bursts by simulated facts.
//!
//! 1. **Seasons** ([`Seasons::of`]): factors of |r| in the hours of UTC and on weekdays, of the bars of hours, else of minutes; the start's are
//!    kept where neither tell them.
//! 2. **Volatility**: σ = √(m₂/Δ) per √year of 365 days, m₂ the variance of the returns (divided by n) of those bars that span the longest
//!    time, Δ a bar. Bursts keep their share of it.
//! 3. **Variances and bursts** by simulated moments with common random numbers: the sᵢ² (each τᵢ stays), the rate λ of bursts, their
//!    share js of the variance, 0 < js < 0.4, and their spread, all positive by a logarithm, minimise
//!
//!    Σρ((median of the paths − data)/(half-width of the data's 95 % interval)) + Σx²/4
//!
//!    over the [`facts`](crate::facts) of each scale that apply. ρ is z² up to 2 and goes on as a line; a half-width is at least 5 %
//!    of the value; x are the logarithms of the parameters over the start's, of js/(0.4 − js) for the share. The search is
//!    [`calibration::minimise`]'s simplex. Drift stays what it is: prices tell little about it.
//!
//! The same bars, start, seed and numbers give the same model to the last bit, on any number of threads.
//!
//! **It overfits.** Dozens of facts of one stretch of one market, many of them correlated, judge ten parameters on a few paths, and the best of the
//! points that were tried is taken. So the objective is told on other paths too ([`FittedPreset::fresh`]); a lower one there says that the search
//! learned more than its own noise, not that another year would be met.
//!
//! Source of the method: McFadden (1989), *Econometrica* 57(5); Gouriéroux, Monfort and Renault (1993), *J. of Applied Econometrics* 8(S).

mod coordinates;
mod error;
mod fitted;
mod objective;
mod seasons;
mod side;

use std::ops::ControlFlow;

use calibration::{Start, minimise};
use gbm_core::grid::CALENDAR_YEAR_S;
use gbm_core::model::{Model, Season};
use gbm_core::noise::Seed;
use gbm_core::process::Process;

use crate::bars::Bars;
use crate::returns::Returns;
use crate::scale::Scale;
use crate::stats::Moments;
use crate::study::Progress;
pub use coordinates::MOST_JUMP_SHARE;
use coordinates::{Coordinates, Parts};
pub use error::FitPresetError;
pub use fitted::{FittedPreset, Loss, Objective, Parameter, Used};
use objective::Target;
pub use seasons::Seasons;
use side::Side;

/// The most paths of an evaluation, and resamples of the data.
pub const MAX_PATHS: u64 = 10_000;
/// The most evaluations.
pub const MAX_ROUNDS: u64 = 100_000;
/// How far the first simplex reaches: a parameter by a third.
const STEP: f64 = 0.3;

/// How a cascade is refitted.
///
/// ```
/// use std::ops::ControlFlow;
/// use gbm_core::prelude::*;
/// use realism::fit_preset::{FitPreset, FitPresetError};
/// let fit = FitPreset { paths: 1, ..FitPreset::new(Seed::from(1)) };
/// let error = fit.run(&Preset::Btc.model(), &[], |_| ControlFlow::Continue(())).unwrap_err();
/// assert_eq!(error.to_string(), "paths = 1 is outside [2, 10000]");
/// let fit = FitPreset::new(Seed::from(1));
/// let error = fit.run(&Preset::Btc.model(), &[], |_| ControlFlow::Continue(())).unwrap_err();
/// assert_eq!(error, FitPresetError::NoData);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FitPreset {
    /// The seed of the paths and of the bootstrap.
    pub seed: Seed,
    /// Paths of each scale in an evaluation, 2 to 10,000.
    pub paths: u64,
    /// Evaluations of the search, 0 to 100,000; 0 leaves it at seasons and volatility.
    pub rounds: u64,
    /// Resamples of the data, for their intervals, 2 to 10,000.
    pub resamples: u64,
}

impl FitPreset {
    /// 12 paths, 60 evaluations and 400 resamples.
    pub fn new(seed: Seed) -> Self {
        Self { seed, paths: 12, rounds: 60, resamples: 400 }
    }

    /// Refits a cascade, in seasons or without, to the bars of one, two or three scales, in any order.
    ///
    /// - `progress` hears how many evaluations are done, and may stop it.
    /// - Where the search finds nothing lower, the model has the start's variances and bursts.
    ///
    /// # Errors
    /// [`FitPresetError`]: numbers outside their domains, no bars or two of a scale, a model that is no cascade or one with a jump share of
    /// 0.4 or more, a volatility beyond 100, bars none of whose facts is known, bars too long to be simulated, a callback that stops.
    pub fn run(
        &self,
        start: &Model,
        bars: &[Bars],
        mut progress: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<FittedPreset, FitPresetError> {
        self.check()?;
        let start_parts = Parts::of(start)?;
        let bars = sorted(bars)?;
        let (volatility, volatility_of) = volatility(&bars).ok_or(FitPresetError::NoData)?;
        let (placed, seasons_of) = placed(&start_parts, &bars, volatility)?;
        let coordinates = Coordinates::around(Parts::of(&placed)?)?;
        let sides = bars.iter().map(|bars| Side::of(bars, self.seed, self.resamples));
        let target = Target { sides: sides.collect::<Result<_, _>>()?, seed: self.seed, paths: self.paths };
        if target.sides.iter().all(|side| side.facts() == 0) {
            return Err(FitPresetError::NoFacts);
        }
        let mut told = |done| progress(Progress { done, of: self.rounds });
        if told(0).is_break() {
            return Err(FitPresetError::Interrupted);
        }
        let before = target.objective(start, &[], 0)?;
        let at_start = target.objective(&placed, &[], 0)?;
        let (mut done, mut is_stopped) = (0, false);
        let cost = |at: &[f64]| {
            let model = coordinates.model(at);
            let objective = model.and_then(|model| target.objective(&model, at, 0).ok());
            done += 1;
            is_stopped = told(done).is_break();
            let total = objective.map_or(f64::INFINITY, |objective| objective.total());
            if is_stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(total) }
        };
        let start_point = Start { point: vec![0.0; coordinates.count()], cost: at_start.total(), step: STEP };
        let found = minimise(cost, &start_point, self.rounds);
        if is_stopped {
            return Err(FitPresetError::Interrupted);
        }
        let better = coordinates.model(&found.point).filter(|_| found.cost < at_start.total());
        let on = |first: u64, before: Loss, placed_there: Loss| -> Result<Objective, FitPresetError> {
            let fitted = better.as_ref().map(|model| target.objective(model, &found.point, first)).transpose()?;
            let fitted = fitted.unwrap_or_else(|| placed_there.clone());
            Ok(Objective { start: before, placed: placed_there, fitted })
        };
        let objective = on(0, before, at_start.clone())?;
        let others = self.paths;
        let fresh = on(others, target.objective(start, &[], others)?, target.objective(&placed, &[], others)?)?;
        let model = better.unwrap_or(placed);
        Ok(FittedPreset {
            parameters: fitted::parameters(&start_parts, &Parts::of(&model)?),
            model,
            used: target.sides.iter().map(Used::of).collect(),
            volatility_of,
            seasons_of,
            objective,
            fresh,
            evaluations: found.evaluations,
            has_converged: found.has_converged,
        })
    }

    fn check(&self) -> Result<(), FitPresetError> {
        let ranges = [
            ("paths", self.paths, 2, MAX_PATHS),
            ("rounds", self.rounds, 0, MAX_ROUNDS),
            ("resamples", self.resamples, 2, MAX_PATHS),
        ];
        let outside = ranges.into_iter().find(|(_, value, low, high)| !(low..=high).contains(&value));
        outside.map_or(Ok(()), |(name, value, low, high)| Err(FitPresetError::Works { name, value, low, high }))
    }
}

/// The bars from days to minutes.
fn sorted(bars: &[Bars]) -> Result<Vec<&Bars>, FitPresetError> {
    let mut bars: Vec<&Bars> = bars.iter().collect();
    bars.sort_by_key(|bars| std::cmp::Reverse(bars.pattern().scale().bar_ms()));
    let scale = |bars: &&Bars| bars.pattern().scale();
    let twice = bars.windows(2).find(|pair| scale(&pair[0]) == scale(&pair[1]));
    twice.map_or(Ok(()), |pair| Err(FitPresetError::Twice(scale(&pair[0]))))?;
    if bars.is_empty() { Err(FitPresetError::NoData) } else { Ok(bars) }
}

/// σ per √year, of the bars whose returns span the longest time, and their scale.
fn volatility(bars: &[&Bars]) -> Option<(f64, Scale)> {
    let span = |bars: &&&Bars| bars.pattern().returns() as f64 * bars.pattern().scale().bar_ms() as f64;
    let longest = bars.iter().rev().max_by(|a, b| span(a).total_cmp(&span(b)))?;
    let scale = longest.pattern().scale();
    let moments = Moments::of(Returns::of(longest.pattern(), longest.log_closes())?.values())?;
    let bars_a_year = (1000 * CALENDAR_YEAR_S) as f64 / scale.bar_ms() as f64;
    Some(((moments.m2 * bars_a_year).sqrt(), scale))
}

/// The start at another volatility and in the bars' seasons, if they tell them, and of which bars these are.
fn placed(start: &Parts, bars: &[&Bars], volatility: f64) -> Result<(Model, Option<Scale>), FitPresetError> {
    let hours_first = [Scale::Hour, Scale::Minute].into_iter();
    let mut told = hours_first.filter_map(|scale| {
        let own = bars.iter().find(|bars| bars.pattern().scale() == scale)?;
        Seasons::of(own).and_then(|own| Season::new(own.hours, own.weekdays).ok()).map(|season| (season, scale))
    });
    let (season, scale) = told.next().unzip();
    let parts = Parts { season: season.or_else(|| start.season.clone()), ..start.clone() };
    Ok((parts.model().at(start.cascade.drift().get(), volatility)?, scale))
}
