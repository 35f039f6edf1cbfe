use std::fmt;

use serde::{Deserialize, Serialize};

use super::Intervention;
use super::kinds::{LEAST_LIQUIDITY, MOST_LIQUIDITY};
use crate::grid::GridError;

/// The number of an intervention, from 1 to 2⁵³ − 1. Interventions of one tick act in the order of their ids.
///
/// ```
/// use gbm_core::intervention::InterventionId;
/// assert_eq!(InterventionId::new(7)?.get(), 7);
/// assert_eq!(InterventionId::new(0).unwrap_err().to_string(), "id = 0 is outside [1, 2^53)");
/// # Ok::<(), gbm_core::intervention::InterventionError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct InterventionId(u64);

impl InterventionId {
    /// 1, before which there is none.
    pub const FIRST: Self = Self(1);
    const LAST: u64 = (1 << 53) - 1;

    /// Checks the number.
    ///
    /// # Errors
    /// [`InterventionError::Id`] for 0 and for 2⁵³ or more, which not every JSON reader keeps exactly.
    pub fn new(id: u64) -> Result<Self, InterventionError> {
        if (1..=Self::LAST).contains(&id) { Ok(Self(id)) } else { Err(InterventionError::Id(id)) }
    }

    /// The number.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The next number, if there is one.
    pub(crate) fn next(self) -> Option<Self> {
        Self::new(self.0 + 1).ok()
    }
}

impl TryFrom<u64> for InterventionId {
    type Error = InterventionError;

    fn try_from(id: u64) -> Result<Self, InterventionError> {
        Self::new(id)
    }
}

impl From<InterventionId> for u64 {
    fn from(id: InterventionId) -> Self {
        id.0
    }
}

impl fmt::Display for InterventionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What is asked for. Only the body is required: an absent id is the next free one, an absent instrument the only
/// one, an absent time the next tick.
///
/// ```
/// use gbm_core::intervention::Command;
/// let line = r#"{"id":7,"tick":600,"body":{"kind":"set_volatility","sigma":1.6}}"#;
/// let command: Command = serde_json::from_str(line)?;
/// assert_eq!(command.tick, Some(600));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Command {
    /// The id; giving the same id and body twice has one effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<InterventionId>,
    /// The tick on which it acts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tick: Option<u64>,
    /// Or the simulated time, Unix milliseconds: it acts on the first tick that ends at or after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_ms: Option<i64>,
    /// The instrument's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instrument: Option<String>,
    /// What to do.
    pub body: Intervention,
}

impl Command {
    /// An intervention at the next tick on the only instrument, under the next free id.
    pub fn now(body: Intervention) -> Self {
        Self { id: None, tick: None, time_ms: None, instrument: None, body }
    }

    /// The same at a tick.
    #[must_use]
    pub fn at(self, tick: u64) -> Self {
        Self { tick: Some(tick), ..self }
    }
}

/// A command with everything resolved: what a journal line records and what acts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// Its id.
    pub id: InterventionId,
    /// The tick on which it acts.
    pub tick: u64,
    /// The instrument's name.
    pub instrument: String,
    /// What it does.
    pub body: Intervention,
}

impl Accepted {
    pub(crate) fn is_cancel(&self) -> bool {
        matches!(self.body, Intervention::Cancel(_))
    }
}

/// A command that was refused. Nothing has changed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InterventionError {
    /// The id isn't a number that JSON keeps.
    #[error("id = {0} is outside [1, 2^53)")]
    Id(u64),
    /// The id was used for something else.
    #[error("id = {0} already names an intervention with another body, instrument or tick")]
    IdTaken(InterventionId),
    /// The last id was used, so there is no next one.
    #[error("id is missing: the last one, 2^53 - 1, is taken, so one must be given")]
    IdsExhausted,
    /// No instrument of that name.
    #[error("instrument = {0:?} is not one of this market's")]
    UnknownInstrument(String),
    /// The market has several instruments and none was named.
    #[error("instrument is missing: this market has {0}")]
    InstrumentMissing(usize),
    /// The tick has been published.
    #[error("tick = {tick} is in the past: the next tick is {next}")]
    Past {
        /// The tick asked for.
        tick: u64,
        /// The first tick that can still be changed.
        next: u64,
    },
    /// Both a tick and a time were given.
    #[error("tick and time_ms are both given: name one of them")]
    TickAndTime,
    /// The tick or time lies outside the grid.
    #[error(transparent)]
    Grid(#[from] GridError),
    /// A shock with a transient part needs to know how fast it decays.
    #[error("half_life_s is missing: permanent_fraction below 1 leaves a part that decays")]
    HalfLifeMissing,
    /// A factor that both fades and lasts.
    #[error("half_life_s and duration_s are both given: name one of them, or none to scale until cancelled")]
    HalfLifeAndDuration,
    /// A target without a time, or with two.
    #[error("duration_s or at_ms: a target takes exactly one of them")]
    DurationOrTime,
    /// A target that would be reached before it begins.
    #[error("at_ms = {at_ms} has passed by tick {tick}, on which the target begins")]
    TargetPast {
        /// The time asked for.
        at_ms: i64,
        /// The target's first tick.
        tick: u64,
    },
    /// The model scales a volatility of its own, which is 0.
    #[error("kind = \"set_volatility\": this instrument's model has a volatility of 0, which no factor scales")]
    NoVolatility,
    /// The model has no jumps whose rate could be scaled.
    #[error("kind = \"jump_rate\": this instrument's model has no jumps")]
    NoJumps,
    /// The model has no such regime.
    #[error("state = {state}: this instrument's model has {regimes} regimes, numbered from 0")]
    NoRegime {
        /// The regime asked for.
        state: u32,
        /// How many the model has.
        regimes: u32,
    },
    /// Another controller of the same kind acts at that time.
    #[error("id = {with} is a {kind} over that time: cancel it, or send on_conflict \"replace\"{}", if *.ends { " or \"queue\"" } else { "" })]
    Conflict {
        /// The other one.
        with: InterventionId,
        /// What both are.
        kind: &'static str,
        /// Whether the other one ends by itself, so that one can wait for it.
        ends: bool,
    },
    /// Too many controllers wait or act.
    #[error("controllers = {0}: the limit of those that wait or act is reached")]
    Controllers(usize),
    /// The book would be empty, or deep beyond measure.
    #[error("quantity makes the book {0} times as deep: outside [{LEAST_LIQUIDITY}, {MOST_LIQUIDITY}]")]
    Liquidity(f64),
    /// A cancel of an id that was never given.
    #[error("id = {0} is not a known intervention")]
    UnknownId(InterventionId),
    /// A cancel of a cancel, or of something on another instrument.
    #[error("id = {0} can't be cancelled: it is a cancel itself, or belongs to another instrument")]
    NotCancellable(InterventionId),
    /// A cancel of something that is over by then.
    #[error("id = {id} has ended by tick {tick}: there is nothing to cancel")]
    Ended {
        /// The intervention to be cancelled.
        id: InterventionId,
        /// The tick on which the cancel would act.
        tick: u64,
    },
    /// The session holds as many interventions as it may.
    #[error("interventions = {0}: the limit of this simulation is reached")]
    Full(usize),
}
