use std::collections::{BTreeMap, BTreeSet};

use gbm_core::grid::TimeGrid;
use gbm_core::intervention::{Accepted, Halt, Intervention, InterventionId, OnConflict, Pin, PriceBand, Target};
use gbm_core::journal::{Entry, Journal};
use gbm_core::units::{OutOfDomain, Seconds};
use serde::Serialize;

use crate::error::ScenarioError;
use crate::format::Scenario;
use crate::kinds::CANCEL;
use crate::limits::MAX_COMMANDS;

/// A stretch of a journal as a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// What acted in the stretch.
    pub scenario: Scenario,
    /// Cancels of what had begun before the stretch: a scenario can't name it, so they are left out, and it goes on acting.
    pub left_out: Vec<Accepted>,
}

/// A stretch that no scenario can hold.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// Ticks the wrong way round, or none.
    #[error("from = {from} and to = {to}: two ticks from 1 on, the earlier first")]
    Stretch {
        /// The first tick.
        from: u64,
        /// The last.
        to: u64,
    },
    /// Nothing that a scenario can hold.
    #[error("nothing acts on ticks {from} to {to} but what a scenario can't hold")]
    Nothing {
        /// The first tick.
        from: u64,
        /// The last.
        to: u64,
    },
    /// More than one instrument.
    #[error("instruments {0:?} and {1:?} are both acted on: a scenario is of one")]
    Instruments(String, String),
    /// More than a scenario holds.
    #[error("commands = {0}: a scenario makes at most {MAX_COMMANDS}")]
    Commands(usize),
    /// A time that is too long.
    #[error(transparent)]
    Domain(#[from] OutOfDomain),
    /// A text that can't be written.
    #[error("{0}")]
    Text(String),
    /// A scenario that can't be read back.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
}

/// What a recording is called. What is absent is said of its stretch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Called<'a> {
    /// Its name: 1 to [`MAX_NAME_CHARS`](crate::MAX_NAME_CHARS) of a-z, 0-9 and '_', a letter first.
    pub name: &'a str,
    /// Its title: one line of 1 to [`MAX_TITLE_CHARS`](crate::MAX_TITLE_CHARS) characters.
    pub title: Option<&'a str>,
    /// What it does: one line of 1 to [`MAX_DESCRIPTION_CHARS`](crate::MAX_DESCRIPTION_CHARS) characters.
    pub description: Option<&'a str>,
}

impl Default for Called<'_> {
    fn default() -> Self {
        Self { name: "recorded", title: None, description: None }
    }
}

#[derive(Serialize)]
struct WrittenScenario<'a> {
    name: &'a str,
    title: &'a str,
    description: &'a str,
    steps: Vec<WrittenStep>,
}

#[derive(Serialize)]
struct WrittenStep {
    at_s: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    #[serde(flatten)]
    body: WrittenBody,
}

#[derive(Serialize)]
#[serde(untagged)]
enum WrittenBody {
    Cancel { kind: &'static str, step: String },
    Other(Intervention),
}

/// What acted on the ticks `from` to `to` of a journal, as a scenario that begins on `from`. It has no parameters.
///
/// Played on `from` on the same market, in the state that the commands which acted before have left, it gives the same ticks bit for bit,
/// unless cancels were left out. Controllers are recorded with `on_conflict` "replace": what was in force when they were accepted may come
/// in another order here. What was cancelled before it acted is left out with its cancel.
///
/// # Errors
/// [`RecordError`] for a stretch in which nothing acts, too much, or on several instruments.
///
/// ```
/// use gbm_core::journal::{self, Proposed, Recorder};
/// use gbm_core::prelude::*;
/// # let btc = Instrument { name: "BTC-USD".into(), asset: 0, spot: Price::new(1.0)?,
/// #     model: Model::from(Gbm::new(0.5, 0.8)?), book: Book::btc() };
/// # let market = Market::new(Seed::from(42), TimeGrid::new(0, 1000)?, vec![btc], None)?;
/// let (mut recorder, mut text) = Recorder::start(market)?;
/// let calm = Intervention::SetVolatility(SetVolatility { sigma: Volatility::new(0.1)?, ramp_s: None });
/// if let Proposed::Line(line) = recorder.propose_command(&Command::now(calm).at(130), "me", "")? {
///     text.push_str(&line.text);
/// }
/// let journal = journal::read::<Model>(text.as_bytes())?;
/// let recording = scenario::record(&journal, 100, 200)?;
/// assert!(recording.scenario.text().contains("at_s = 30.0\nkind = \"set_volatility\"\nsigma = 0.1"));
/// assert!(scenario::record(&journal, 1, 100).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn record<P: gbm_core::process::Process>(
    journal: &Journal<P>,
    from: u64,
    to: u64,
) -> Result<Recording, RecordError> {
    let commands = journal.lines.iter().filter_map(|line| match &line.entry {
        Entry::Command(command) => Some(&command.intervention),
        _ => None,
    });
    record_accepted(commands, &journal.header.market.grid(), from, to, &Called::default())
}

/// The same of interventions that were accepted, in any order, under a name of one's own. They must be all that were accepted up to the
/// tick `to`, since a cancel says something only beside what it ends.
///
/// # Errors
/// As [`record`], and [`RecordError::Scenario`] for a name, title or description that a scenario can't have.
///
/// ```
/// use gbm_core::prelude::*;
/// use scenario::{Called, record_accepted};
/// # let btc = Instrument { name: "BTC-USD".into(), asset: 0, spot: Price::new(1.0)?,
/// #     model: Model::from(Gbm::new(0.5, 0.8)?), book: Book::btc() };
/// let mut simulation = Simulation::new(Market::new(Seed::from(42), TimeGrid::new(0, 1000)?, vec![btc], None)?);
/// let calm = Intervention::SetVolatility(SetVolatility { sigma: Volatility::new(0.1)?, ramp_s: None });
/// simulation.intervene(&Command::now(calm).at(130))?;
/// let (grid, called) = (simulation.market().grid(), Called { name: "quiet", ..Called::default() });
/// let recording = record_accepted(simulation.interventions(), &grid, 100, 200, &called)?;
/// assert_eq!((recording.scenario.name(), recording.scenario.title()), ("quiet", "Ticks 100 to 200"));
/// let called = Called { name: "Quiet!", ..called };
/// let error = record_accepted(simulation.interventions(), &grid, 100, 200, &called).unwrap_err();
/// assert!(error.to_string().contains("name = \"Quiet!\": a name is 1 to 32 of a-z"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn record_accepted<'a>(
    accepted: impl IntoIterator<Item = &'a Accepted>,
    grid: &TimeGrid,
    from: u64,
    to: u64,
    called: &Called<'_>,
) -> Result<Recording, RecordError> {
    if from == 0 || from > to {
        return Err(RecordError::Stretch { from, to });
    }
    // In the order in which they act.
    let commands: BTreeMap<(u64, InterventionId), &Accepted> =
        accepted.into_iter().map(|accepted| ((accepted.tick, accepted.id), accepted)).collect();
    let ticks: BTreeMap<InterventionId, u64> = commands.keys().map(|&(tick, id)| (id, tick)).collect();
    // A later cancel of the same changes nothing, and would be refused.
    let mut ended = BTreeMap::new();
    for (&key, known) in &commands {
        if let Intervention::Cancel(cancel) = known.body {
            ended.entry(cancel.id).or_insert(key);
        }
    }
    let never_acts = |key: (u64, InterventionId)| ended.get(&key.1).is_some_and(|&end| end < key);
    let mut left_out = Vec::new();
    let mut kept: Vec<&Accepted> = Vec::new();
    for (&key, &known) in commands.range((from, InterventionId::FIRST)..).take_while(|((tick, _), _)| *tick <= to) {
        if let Intervention::Cancel(cancel) = known.body {
            let target = ticks.get(&cancel.id).copied().unwrap_or_default();
            if ended.get(&cancel.id) != Some(&key) || never_acts((target, cancel.id)) {
                continue;
            }
            if target < from {
                left_out.push(known.clone());
                continue;
            }
        } else if never_acts(key) {
            continue;
        }
        kept.push(known);
    }
    if let Some(other) = kept.iter().find(|known| known.instrument != kept[0].instrument) {
        return Err(RecordError::Instruments(kept[0].instrument.clone(), other.instrument.clone()));
    }
    let Some(first) = kept.first() else { return Err(RecordError::Nothing { from, to }) };
    if kept.len() > MAX_COMMANDS {
        return Err(RecordError::Commands(kept.len()));
    }
    let about = format!("What acted on {} on the ticks {from} to {to} of a session.", first.instrument);
    let ticks = format!("Ticks {from} to {to}");
    let (title, description) = (called.title.unwrap_or(&ticks), called.description.unwrap_or(&about));
    let written = WrittenScenario { name: called.name, title, description, steps: steps(&kept, from, grid)? };
    let text = toml::to_string(&written).map_err(|error| RecordError::Text(error.to_string()))?;
    Ok(Recording { scenario: Scenario::from_toml(&text)?, left_out })
}

fn steps(kept: &[&Accepted], from: u64, grid: &TimeGrid) -> Result<Vec<WrittenStep>, OutOfDomain> {
    let label = |id: InterventionId| format!("i{id}");
    let named: BTreeSet<InterventionId> = kept
        .iter()
        .filter_map(|known| match known.body {
            Intervention::Cancel(cancel) => Some(cancel.id),
            _ => None,
        })
        .collect();
    let step = |known: &&Accepted| {
        let at_s = if known.tick == from { 0.0 } else { seconds(known.tick - from, grid)?.get() };
        let body = match known.body {
            Intervention::Cancel(cancel) => WrittenBody::Cancel { kind: CANCEL, step: label(cancel.id) },
            other => WrittenBody::Other(relative(other, known.tick, grid)?),
        };
        Ok(WrittenStep { at_s, label: named.contains(&known.id).then(|| label(known.id)), body })
    };
    kept.iter().map(step).collect()
}

/// A body without absolute times, that isn't refused where it was accepted once.
fn relative(body: Intervention, tick: u64, grid: &TimeGrid) -> Result<Intervention, OutOfDomain> {
    let on_conflict = OnConflict::Replace;
    Ok(match body {
        Intervention::Target(target) => {
            let by_time = target.at_ms.and_then(|at_ms| grid.tick_at(at_ms).ok());
            let duration_s = match by_time {
                Some(last) => Some(seconds(last.saturating_sub(tick) + 1, grid)?),
                None => target.duration_s,
            };
            Intervention::Target(Target { duration_s, at_ms: None, on_conflict, ..target })
        }
        Intervention::Pin(pin) => Intervention::Pin(Pin { on_conflict, ..pin }),
        Intervention::Halt(halt) => Intervention::Halt(Halt { on_conflict, ..halt }),
        Intervention::PriceBand(band) => Intervention::PriceBand(PriceBand { on_conflict, ..band }),
        other => other,
    })
}

/// A length of time that the grid reads back as exactly so many ticks, at least 1.
fn seconds(ticks: u64, grid: &TimeGrid) -> Result<Seconds, OutOfDomain> {
    let whole = Seconds::new(ticks as f64 * grid.tick_interval_ms() as f64 / 1000.0)?;
    if grid.ticks_in(whole) == ticks {
        return Ok(whole);
    }
    // Beyond f64's digits the end of a tick may be rounded into the next one; its middle isn't.
    Seconds::new((ticks as f64 - 0.5) * grid.tick_s())
}
