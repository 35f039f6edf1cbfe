use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use crate::engine::{Quote, Simulation, StepError};
use crate::intervention::{Accepted, Command, Intervention, InterventionError, InterventionId};
use crate::journal::{BLOCK_TICKS, CommandLine, Digest, Entry, Journal, Proposed, RecordError, Recorder};
use crate::market::Market;
use crate::process::Process;

/// A change of a session's interventions, all of which act after the tick of the fork.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "edit", rename_all = "snake_case")]
pub enum Edit {
    /// One more, at the next tick if it names none.
    Add(Command),
    /// One less, and with it every cancel of it.
    Remove {
        /// The intervention.
        id: InterventionId,
    },
    /// Another body, on the same tick.
    Change {
        /// The intervention.
        id: InterventionId,
        /// What it does instead.
        body: Intervention,
    },
}

/// A fork that can't be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ForkError {
    /// A tick that the journal doesn't speak for.
    #[error("at = {at} is beyond {last}, the last tick")]
    Beyond {
        /// The tick asked for.
        at: u64,
        /// The journal's last.
        last: u64,
    },
    /// An intervention that the journal doesn't have.
    #[error("id = {0} is not an intervention of this journal")]
    Unknown(InterventionId),
    /// An intervention that has acted by the tick of the fork.
    #[error("id = {id} acts on tick {tick}, which is not after the fork at {at}")]
    Acted {
        /// The intervention.
        id: InterventionId,
        /// Its tick.
        tick: u64,
        /// The fork's.
        at: u64,
    },
    /// An intervention that is edited twice.
    #[error("id = {0} is edited twice")]
    Twice(InterventionId),
    /// An edit that the market refuses, by its place from 0.
    #[error("edits[{place}]: {error}")]
    Refused {
        /// The edit's place.
        place: usize,
        /// Why.
        error: InterventionError,
    },
    /// A line that can't be recorded.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// A tick beyond the grid.
    #[error(transparent)]
    Step(#[from] StepError),
    /// Whoever asked for it has stopped it.
    #[error("stopped")]
    Stopped,
}

/// A branch of a session at tick `at`: everything up to there as it was, and afterwards the same noise with other interventions.
///
/// # Errors
/// [`ForkError`] for a tick beyond the journal, an edit of something unknown or past, or one that the market refuses.
///
/// ```
/// use gbm_core::counterfactual::{Edit, fork};
/// use gbm_core::journal::{self, Proposed, Recorder};
/// # use gbm_core::prelude::*;
/// # let btc = Instrument { name: "BTC-USD".into(), asset: 0, spot: Price::new(1.0)?,
/// #     model: Model::from(Gbm::new(0.5, 0.8)?), book: Book::btc() };
/// # let market = Market::new(Seed::from(42), TimeGrid::new(0, 100)?, vec![btc], None)?;
/// let (mut recorder, mut text) = Recorder::start(market)?;
/// let set = Command::now(Intervention::SetPrice(SetPrice { price: Price::new(2.0)? })).at(50);
/// let Proposed::Line(line) = recorder.propose_command(&set, "alice", "a test")? else { return Ok(()) };
/// text.push_str(&line.text);
/// text.push_str(&recorder.propose_through(100)?.text);
/// let journal = journal::read::<Model>(text.as_bytes())?;
///
/// let id = line.line.seq; // here the first line, and the first id
/// let edits = [Edit::Remove { id: gbm_core::intervention::InterventionId::new(id)? }];
/// let without = fork(&journal, 40, &edits)?;
/// assert_eq!(without.tick(), 40);
/// assert!(without.take(60).all(|tick| tick.price == tick.reference));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn fork<P: Process + Clone>(journal: &Journal<P>, at: u64, edits: &[Edit]) -> Result<Simulation<P>, ForkError> {
    let entries: Vec<Accepted> = commands(journal).map(|(_, line)| line.intervention.clone()).collect();
    fork_session(&journal.header.market, &entries, journal.last_tick(), at, edits, |_| ControlFlow::Continue(()))
}

/// The same of a session that is known by its market, the interventions accepted so far and its last tick. `progress` is told how many
/// ticks were computed, now and then, and may stop it.
///
/// # Errors
/// As [`fork`].
pub fn fork_session<P: Process + Clone>(
    market: &Market<P>,
    entries: &[Accepted],
    last: u64,
    at: u64,
    edits: &[Edit],
    mut progress: impl FnMut(u64) -> ControlFlow<()>,
) -> Result<Simulation<P>, ForkError> {
    /// Ticks between two looks at whether to go on.
    const STRETCH: u64 = 65_536;
    let plan = Plan::new(entries, last, at, edits)?;
    let mut simulation = Simulation::new(market.clone());
    for entry in entries.iter().filter(|entry| plan.keeps(entry.id)) {
        simulation.put(entry);
    }
    let mut quotes = vec![Quote::default(); market.instruments().len()];
    while simulation.tick() < at {
        let tick = simulation.step_into(&mut quotes)?;
        if tick.is_multiple_of(STRETCH) && progress(tick).is_break() {
            return Err(ForkError::Stopped);
        }
    }
    for (place, command) in plan.given {
        simulation.intervene(&command).map_err(|error| ForkError::Refused { place, error })?;
    }
    Ok(simulation)
}

/// The same as a journal of its own: `write` gets its text piece by piece, `seen` the quotes of every tick from 1 to `until`. The lines
/// up to the fork say who acted and why; those of edits are `actor`'s. Gives the digest of all its ticks.
///
/// # Errors
/// As [`fork`], and whatever `write` or `seen` gives.
pub fn record_fork<P, E>(
    journal: &Journal<P>,
    (at, until): (u64, u64),
    edits: &[Edit],
    actor: &str,
    mut write: impl FnMut(&str) -> Result<(), E>,
    mut seen: impl FnMut(u64, &[Quote]) -> Result<(), E>,
) -> Result<Digest, E>
where
    P: Process + Clone + Serialize,
    E: From<ForkError>,
{
    let entries: Vec<Accepted> = commands(journal).map(|(_, line)| line.intervention.clone()).collect();
    let plan = Plan::new(&entries, journal.last_tick(), at, edits)?;
    let name =
        if journal.header.session.is_empty() { String::new() } else { format!("{}-fork", journal.header.session) };
    let (mut recorder, header) =
        Recorder::start_session(journal.header.market.clone(), &name).map_err(ForkError::from)?;
    write(&header)?;
    let mut lines = commands(journal).filter(|(_, line)| plan.keeps(line.intervention.id)).peekable();
    let mut given = plan.given.iter().peekable();
    loop {
        let tick = recorder.simulation().tick();
        while let Some((_, line)) = lines.next_if(|(written, _)| *written <= tick) {
            propose(&mut recorder, line, &mut write)?;
        }
        if tick == at && given.peek().is_some() {
            // Edits are judged beside everything that the session still had before it.
            let mut whole = recorder.simulation().clone();
            lines.clone().for_each(|(_, line)| whole.put(&line.intervention));
            for (place, command) in given.by_ref() {
                let place = *place;
                let refused = |error| ForkError::Refused { place, error };
                let intervention = whole.intervene(command).map_err(refused)?;
                let (actor, reason, key) = (actor.into(), "fork".into(), String::new());
                propose(
                    &mut recorder,
                    &CommandLine { intervention, actor, reason, key, more: false, replayed: false },
                    &mut write,
                )?;
            }
        }
        if tick == until {
            break;
        }
        if recorder.through() == tick {
            let through = recorder.propose_through(until.min(tick + BLOCK_TICKS));
            let through = through.map_err(ForkError::from)?;
            write(&through.text)?;
            recorder.confirm(through.line.seq);
        }
        let quotes = recorder.step().map_err(ForkError::from)?.to_vec();
        seen(tick + 1, &quotes)?;
    }
    let end = recorder.propose_end().map_err(ForkError::from)?;
    write(&end.text)?;
    Ok(end.line.digest)
}

/// Puts a command into the new journal: decided anew where that comes to the same, and taken as it stands where it met
/// something that this branch hasn't, or doesn't meet something that it has.
fn propose<P: Process + Clone + Serialize, E: From<ForkError>>(
    recorder: &mut Recorder<P>,
    line: &CommandLine,
    write: &mut impl FnMut(&str) -> Result<(), E>,
) -> Result<(), E> {
    let CommandLine { intervention, actor, reason, key, .. } = line;
    let command = Command {
        id: Some(intervention.id),
        tick: Some(intervention.tick),
        time_ms: None,
        instrument: Some(intervention.instrument.clone()),
        body: intervention.body,
    };
    let decided = recorder.simulation().resolve(&command);
    let proposal = if !line.replayed && decided.is_ok_and(|decided| decided == *intervention) {
        match recorder.propose_keyed(&command, actor, reason, key).map_err(ForkError::from)? {
            Proposed::Line(proposal) => *proposal,
            // It has its line.
            Proposed::Known { .. } => return Ok(()),
        }
    } else {
        recorder.propose_replayed(line.clone()).map_err(ForkError::from)?
    };
    write(&proposal.text)?;
    recorder.confirm(proposal.line.seq);
    Ok(())
}

/// A journal's commands, each with the tick after which it was written.
fn commands<P>(journal: &Journal<P>) -> impl Iterator<Item = (u64, &CommandLine)> + Clone {
    journal.lines.iter().filter_map(|line| match &line.entry {
        Entry::Command(command) => Some((line.at, command)),
        _ => None,
    })
}

/// Edits, checked against a journal.
struct Plan {
    dropped: Vec<InterventionId>,
    /// What is given at the fork, with the place of its edit.
    given: Vec<(usize, Command)>,
}

impl Plan {
    fn new(entries: &[Accepted], last: u64, at: u64, edits: &[Edit]) -> Result<Self, ForkError> {
        if at > last {
            return Err(ForkError::Beyond { at, last });
        }
        let mut plan = Self { dropped: Vec::new(), given: Vec::new() };
        // New ids come after all of the journal's, whenever those were given.
        let mut free = entries.iter().map(|entry| entry.id).max();
        for (place, edit) in edits.iter().enumerate() {
            let id = match edit {
                Edit::Add(command) => {
                    let mut command = command.clone();
                    if command.id.is_none() {
                        free = free.map_or(Some(InterventionId::FIRST), InterventionId::next);
                        command.id = free;
                    }
                    plan.given.push((place, command));
                    continue;
                }
                Edit::Remove { id } | Edit::Change { id, .. } => *id,
            };
            let known = entries.iter().find(|known| known.id == id).ok_or(ForkError::Unknown(id))?;
            if known.tick <= at {
                return Err(ForkError::Acted { id, tick: known.tick, at });
            }
            if plan.dropped.contains(&id) {
                return Err(ForkError::Twice(id));
            }
            plan.dropped.push(id);
            if let Edit::Change { body, .. } = edit {
                let (tick, instrument) = (Some(known.tick), Some(known.instrument.clone()));
                plan.given.push((place, Command { id: Some(id), tick, time_ms: None, instrument, body: *body }));
            }
        }
        // A cancel of something that isn't there any more goes with it; of something changed it stays.
        let removed: Vec<InterventionId> =
            edits.iter().filter_map(|edit| if let Edit::Remove { id } = edit { Some(*id) } else { None }).collect();
        let of_removed = entries
            .iter()
            .filter(|known| matches!(known.body, Intervention::Cancel(cancel) if removed.contains(&cancel.id)));
        plan.dropped.extend(of_removed.map(|cancel| cancel.id));
        Ok(plan)
    }

    fn keeps(&self, id: InterventionId) -> bool {
        !self.dropped.contains(&id)
    }
}
