use gbm_core::model::{Model, Season};
use gbm_core::process::Process;

use super::coordinates::Parts;
use super::seasons::Seasons;
use super::side::{Side, tick_ms};
use crate::scale::Scale;

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// What a model lacks.
#[derive(Clone, Debug, PartialEq)]
pub struct Loss {
    /// Σρ over the facts of each scale, from days to minutes.
    pub scales: Vec<(Scale, f64)>,
    /// What the distance from the start costs.
    pub penalty: f64,
}

impl Loss {
    /// All of it.
    pub fn total(&self) -> f64 {
        self.scales.iter().map(|(_, loss)| loss).sum::<f64>() + self.penalty
    }
}

/// What three models lack on the same paths.
#[derive(Clone, Debug, PartialEq)]
pub struct Objective {
    /// The start, as it was given.
    pub start: Loss,
    /// The start in the data's seasons and at its volatility.
    pub placed: Loss,
    /// The fitted model.
    pub fitted: Loss,
}

/// A parameter before and after.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Its name, with its unit.
    pub name: String,
    /// What it was; none of a season that the start didn't have.
    pub start: Option<f64>,
    /// What it is.
    pub fitted: f64,
}

/// Bars that were fitted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Used {
    /// Their scale.
    pub scale: Scale,
    /// Their returns.
    pub returns: usize,
    /// Facts that apply and have an interval.
    pub facts: usize,
    /// The tick at which paths were simulated.
    pub tick_ms: i64,
}

impl Used {
    pub(super) fn of(side: &Side<'_>) -> Self {
        let scale = side.scale();
        let returns = side.bars.pattern().returns();
        Self { scale, returns, facts: side.facts(), tick_ms: tick_ms(scale) }
    }
}

/// A refitted cascade, and how it came about.
#[derive(Clone, Debug, PartialEq)]
pub struct FittedPreset {
    /// The model.
    pub model: Model,
    /// Its parameters beside the start's.
    pub parameters: Vec<Parameter>,
    /// The bars.
    pub used: Vec<Used>,
    /// Of which of them the volatility is.
    pub volatility_of: Scale,
    /// Of which of them the seasons are; none where the start's were kept.
    pub seasons_of: Option<Scale>,
    /// On the paths of the search.
    pub objective: Objective,
    /// On as many others.
    pub fresh: Objective,
    /// Evaluations of the search.
    pub evaluations: u64,
    /// Whether it ended before they were spent.
    pub has_converged: bool,
}

/// The parameters of two cascades with the same τᵢ.
pub(super) fn parameters(start: &Parts, fitted: &Parts) -> Vec<Parameter> {
    let (before, after) = (&start.cascade, &fitted.cascade);
    let volatility = |parts: &Parts| parts.cascade.volatility().get();
    let named = |name: &str, start: f64, fitted: f64| Parameter { name: name.into(), start: Some(start), fitted };
    let mut all = vec![named("volatility per √year", volatility(start), volatility(fitted))];
    for (before, after) in before.factors().iter().zip(after.factors()) {
        let name = format!("variance, τ = {} min", after.tau_s.get() / 60.0);
        all.push(named(&name, before.variance.get(), after.variance.get()));
    }
    if let Some((earlier, later)) = before.jumps().zip(after.jumps()) {
        all.extend([
            named("bursts a year", earlier.per_year.get(), later.per_year.get()),
            named("burst deviation", earlier.deviation.get(), later.deviation.get()),
            named("burst spread in s", earlier.spread_s.get(), later.spread_s.get()),
            named("bursts' share of variance", before.jump_share(), after.jump_share()),
        ]);
    }
    let told = fitted.season.as_ref().map(|season| seasons(start.season.as_ref(), season));
    all.extend(told.into_iter().flatten());
    all
}

/// Factors of hours and weekdays, each kind of root mean square 1.
fn seasons(start: Option<&Season>, fitted: &Season) -> Vec<Parameter> {
    let (start, fitted) = (start.map(Seasons::from), Seasons::from(fitted));
    let hour = |(hour, &fitted): (usize, &f64)| Parameter {
        name: format!("hour {hour} UTC"),
        start: start.as_ref().map(|start| start.hours[hour]),
        fitted,
    };
    let weekday = |(day, &fitted): (usize, &f64)| Parameter {
        name: WEEKDAYS[day].into(),
        start: start.as_ref().map(|start| start.weekdays[day]),
        fitted,
    };
    let hours = fitted.hours.iter().enumerate().map(hour);
    hours.chain(fitted.weekdays.iter().enumerate().map(weekday)).collect()
}
