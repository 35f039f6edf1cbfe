use serde::{Deserialize, Serialize};

use crate::bounded;
use crate::process::{Clock, Modifiers, Moments, Noise, Process, Unsuitable, When};
use crate::units::{Domain, Drift, OutOfDomain, Volatility};

const HOUR_US: u64 = 3_600_000_000;
const HOURS: usize = 168;
const WEEK_US: u64 = HOURS as u64 * HOUR_US;
/// 1970-01-01 was a Thursday: the week began three days before.
const THURSDAY_US: u64 = 3 * 24 * HOUR_US;

bounded!(
    /// How volatile an hour or a day is against others.
    SeasonFactor, "season", Domain::closed(0.0, 100.0)
);

/// What the largest hour and the largest weekday must be.
const LEAST: f64 = 1e-6;

/// Factors that make no season.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SeasonError {
    /// A number out of its domain.
    #[error(transparent)]
    Domain(#[from] OutOfDomain),
    /// There is no volatility at all, or so little that its square is 0.
    #[error("hours and weekdays: at least one of each must be {LEAST} or more")]
    Still,
}

/// The times of day and week: the diffusion's standard deviation in each hour (UTC) and on each weekday, scaled so that the mean
/// variance of a week is that without seasons.
///
/// S = hour·weekday/√(mean hour²·mean weekday²)
///
/// ```
/// use gbm_core::model::Season;
/// let json = format!(r#"{{"hours":[{}],"weekdays":[1,1,1,1,1,0.5,0.5]}}"#, ["1"; 24].join(","));
/// let season: Season = serde_json::from_str(&json)?;
/// // Saturday against Monday.
/// assert_eq!(season.of_hour(5 * 24) / season.of_hour(0), 0.5);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawSeason", into = "RawSeason")]
pub struct Season {
    raw: RawSeason,
    /// S of each hour of the week, Monday's first.
    factors: Vec<f64>,
    /// Σ S² of the hours before each, and of all.
    squares: Vec<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSeason {
    hours: [SeasonFactor; 24],
    weekdays: [SeasonFactor; 7],
}

impl Season {
    /// From the standard deviations of the hours 0 to 23 UTC and of Monday to Sunday, in any unit.
    ///
    /// # Errors
    /// [`SeasonError::Domain`] for a number outside [0, 100]; [`SeasonError::Still`] if all of a kind are below 10⁻⁶.
    pub fn new(hours: [f64; 24], weekdays: [f64; 7]) -> Result<Self, SeasonError> {
        let one = SeasonFactor::new(1.0)?;
        let mut raw = RawSeason { hours: [one; 24], weekdays: [one; 7] };
        for (place, value) in raw.hours.iter_mut().zip(hours).chain(raw.weekdays.iter_mut().zip(weekdays)) {
            *place = SeasonFactor::new(value)?;
        }
        raw.try_into()
    }

    /// Seasons that the caller knows to be some.
    pub(super) fn known(hours: [f64; 24], weekdays: [f64; 7]) -> Self {
        RawSeason { hours: hours.map(SeasonFactor::known), weekdays: weekdays.map(SeasonFactor::known) }.season()
    }

    /// S of an hour of the week, Monday's first being 0.
    pub fn of_hour(&self, hour: usize) -> f64 {
        self.factors[hour % HOURS]
    }

    /// S of a step: that of the hour in which its middle lies, or of a step longer than an hour the root of the mean square.
    #[inline]
    fn of_step(&self, clock: &Clock, step: u64) -> f64 {
        let (start, length) = (clock.start_us(step), clock.step_us());
        let of_week = |us: i64| us.wrapping_add_unsigned(THURSDAY_US).rem_euclid(WEEK_US.cast_signed()).cast_unsigned();
        if length <= HOUR_US {
            let hour = of_week(start.wrapping_add_unsigned(length / 2)) / HOUR_US;
            return self.factors[usize::try_from(hour).unwrap_or_default()];
        }
        let from = of_week(start);
        let total = self.squares_until(from % WEEK_US + length % WEEK_US) - self.squares_until(from)
            + (length / WEEK_US) as f64 * HOURS as f64;
        (total / (length as f64 / HOUR_US as f64)).sqrt()
    }

    /// ∫S² from the week's beginning, in hours, up to a time before the end of the next week.
    fn squares_until(&self, us: u64) -> f64 {
        let (weeks, us) = (us / WEEK_US, us % WEEK_US);
        let hour = usize::try_from(us / HOUR_US).unwrap_or_default();
        let part = (us % HOUR_US) as f64 / HOUR_US as f64;
        weeks as f64 * HOURS as f64 + self.squares[hour] + part * self.factors[hour] * self.factors[hour]
    }
}

impl TryFrom<RawSeason> for Season {
    type Error = SeasonError;

    fn try_from(raw: RawSeason) -> Result<Self, SeasonError> {
        let some = |factors: &[SeasonFactor]| factors.iter().any(|factor| factor.get() >= LEAST);
        if some(&raw.hours) && some(&raw.weekdays) { Ok(raw.season()) } else { Err(SeasonError::Still) }
    }
}

impl RawSeason {
    fn season(self) -> Season {
        let mean_square = |factors: &[SeasonFactor]| {
            factors.iter().map(|factor| factor.get() * factor.get()).sum::<f64>() / factors.len() as f64
        };
        let norm = (mean_square(&self.hours) * mean_square(&self.weekdays)).sqrt();
        let of_day = |day: SeasonFactor| self.hours.iter().map(move |hour| hour.get() * day.get() / norm);
        let factors: Vec<f64> = self.weekdays.into_iter().flat_map(of_day).collect();
        let mut sum = 0.0;
        let squares = factors.iter().map(|factor| {
            sum += factor * factor;
            sum
        });
        let squares = std::iter::once(0.0).chain(squares).collect();
        Season { raw: self, factors, squares }
    }
}

impl From<Season> for RawSeason {
    fn from(season: Season) -> Self {
        season.raw
    }
}

/// Any model in seasons, which scale its diffusion and not its jumps.
///
/// ```
/// use gbm_core::model::{Gbm, Season, Seasonal};
/// let week = Season::new([1.0; 24], [1.0, 1.0, 1.0, 1.0, 1.0, 0.8, 0.8])?;
/// let model = Seasonal::new(Gbm::new(0.0, 0.8)?, week);
/// # use gbm_core::process::Process;
/// assert_eq!(model.volatility().get(), 0.8);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seasonal<P> {
    season: Season,
    model: P,
}

/// The coefficients of a step.
#[derive(Clone, Debug, PartialEq)]
pub struct SeasonalStep<S> {
    step: S,
    clock: Clock,
}

impl<P> Seasonal<P> {
    /// A model in seasons.
    pub fn new(model: P, season: Season) -> Self {
        Self { season, model }
    }

    /// Another model in the same seasons.
    pub(super) fn map<Q>(self, change: impl FnOnce(P) -> Q) -> Seasonal<Q> {
        Seasonal { season: self.season, model: change(self.model) }
    }

    /// The model without them.
    pub fn model(&self) -> &P {
        &self.model
    }

    /// The seasons.
    pub fn season(&self) -> &Season {
        &self.season
    }
}

impl<P: Process> Process for Seasonal<P> {
    type State = P::State;
    type Step = SeasonalStep<P::Step>;

    fn budget(&self) -> usize {
        self.model.budget()
    }

    fn diffusion_slot(&self) -> usize {
        self.model.diffusion_slot()
    }

    fn normals(&self, step: &Self::Step) -> usize {
        self.model.normals(&step.step)
    }

    fn drift(&self) -> Drift {
        self.model.drift()
    }

    fn volatility(&self) -> Volatility {
        self.model.volatility()
    }

    fn has_random_start(&self) -> bool {
        self.model.has_random_start()
    }

    fn initial_state(&self, noise: Noise<'_>) -> P::State {
        self.model.initial_state(noise)
    }

    fn fits(&self, state: &P::State) -> bool {
        self.model.fits(state)
    }

    fn check(&self, clock: &Clock) -> Result<(), Unsuitable> {
        self.model.check(clock)
    }

    fn step(&self, clock: &Clock, modifiers: &Modifiers) -> Self::Step {
        SeasonalStep { step: self.model.step(clock, modifiers), clock: *clock }
    }

    fn moments(&self, state: &P::State, step: &Self::Step, when: When) -> Moments {
        let season = when.season * self.season.of_step(&step.clock, when.step);
        self.model.moments(state, &step.step, When { season, ..when })
    }

    fn sets_volatility(&self) -> bool {
        self.model.sets_volatility()
    }

    fn has_jumps(&self) -> bool {
        self.model.has_jumps()
    }

    fn regimes(&self) -> u32 {
        self.model.regimes()
    }

    #[inline]
    fn evolve(&self, state: &mut P::State, step: &Self::Step, noise: Noise<'_>) -> f64 {
        let When { step: j, season } = noise.when();
        let season = season * self.season.of_step(&step.clock, j);
        self.model.evolve(state, &step.step, noise.in_season(season))
    }
}
