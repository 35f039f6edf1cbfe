//! The interventions of a session as people see them: who, what, how they stand, and what they changed.

use std::collections::{BTreeMap, BTreeSet};

use gbm_core::engine::{Quote, Simulation, Standing};
use gbm_core::intervention::{Accepted, Intervention, InterventionId};
use gbm_core::journal::CommandLine;
use gbm_core::model::Model;
use market_api::instrument::TickSize;
use market_api::intervention::{Override, State};
use serde::{Deserialize, Serialize};

use crate::wire;

/// A market's interventions, and which of them are to be told.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overrides {
    tick_size: TickSize,
    records: BTreeMap<InterventionId, Record>,
    /// The keys of requests, by which a repetition finds its intervention.
    keys: BTreeMap<String, InterventionId>,
    /// The tick on which each may next change how it stands.
    moments: BTreeSet<(u64, InterventionId)>,
    /// Those that hide others: what set drift and volatility of each instrument.
    in_force: Vec<[Option<InterventionId>; 2]>,
    /// Controllers that act, which another may replace.
    #[serde(default)]
    controllers: BTreeSet<InterventionId>,
    #[serde(skip)]
    changed: BTreeSet<InterventionId>,
    last: Vec<Quote>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    line: CommandLine,
    standing: Standing,
    before: Option<f64>,
    after: Option<f64>,
}

impl Overrides {
    /// None yet; `spots` are the instruments' quotes before the first tick.
    pub fn new(tick_size: TickSize, spots: Vec<Quote>) -> Self {
        Self {
            tick_size,
            records: BTreeMap::new(),
            keys: BTreeMap::new(),
            moments: BTreeSet::new(),
            in_force: vec![[None; 2]; spots.len()],
            controllers: BTreeSet::new(),
            changed: BTreeSet::new(),
            last: spots,
        }
    }

    /// Takes an intervention that is in the journal.
    pub fn add(&mut self, line: CommandLine) {
        let Accepted { id, tick, .. } = line.intervention;
        if !line.key.is_empty() {
            self.keys.insert(line.key.clone(), id);
        }
        let record = Record { line, standing: Standing::Scheduled, before: None, after: None };
        if self.records.insert(id, record).is_none() {
            self.moments.insert((tick, id));
            self.changed.insert(id);
        }
    }

    /// The last tick's quotes; the spots before the first.
    pub fn quotes(&self) -> &[Quote] {
        &self.last
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The intervention of a request that was made before.
    pub fn id_of(&self, key: &str) -> Option<InterventionId> {
        self.keys.get(key).copied()
    }

    /// Follows a tick that was just computed. Costs next to nothing unless something begins or ends on it.
    pub fn follow(&mut self, simulation: &Simulation<Model>, quotes: &[Quote]) {
        let tick = simulation.tick();
        if self.moments.first().is_none_or(|&(moment, _)| moment > tick) {
            self.last.copy_from_slice(quotes);
            return;
        }
        let before = std::mem::replace(&mut self.last, quotes.to_vec());
        let later = self.moments.split_off(&(tick + 1, InterventionId::FIRST));
        let moved = std::mem::replace(&mut self.moments, later);
        let mut affected: BTreeSet<InterventionId> = self.in_force.iter().flatten().copied().flatten().collect();
        affected.extend(&self.controllers);
        for (_, id) in moved {
            affected.insert(id);
            let Some(record) = self.records.get_mut(&id).filter(|record| record.line.intervention.tick == tick) else {
                continue;
            };
            let position = simulation.market().position(&record.line.intervention.instrument).unwrap_or_default();
            match record.line.intervention.body {
                Intervention::SetPrice(_)
                | Intervention::Shock(_)
                | Intervention::FlashCrash(_)
                | Intervention::Ramp(_)
                | Intervention::MetaOrder(_)
                | Intervention::Target(_)
                | Intervention::Pin(_) => {
                    record.before = Some(self.tick_size.round(before[position].price));
                    record.after = Some(self.tick_size.round(quotes[position].price));
                }
                Intervention::Cancel(cancel) => drop(affected.insert(cancel.id)),
                _ => {
                    let change = simulation.change(id);
                    (record.before, record.after) = (change.map(|change| change.before), change.map(|c| c.after));
                }
            }
        }
        for (position, in_force) in self.in_force.iter_mut().enumerate() {
            if let Some(now) = simulation.in_force(position) {
                *in_force = [now.drift_set_by, now.volatility_set_by];
                affected.extend(in_force.iter().flatten());
            }
        }
        for id in affected {
            self.look(simulation, id);
        }
    }

    fn look(&mut self, simulation: &Simulation<Model>, id: InterventionId) {
        let (Some(record), Some(standing)) = (self.records.get_mut(&id), simulation.standing(id)) else { return };
        if let Standing::Active { until: Some(until) } = standing {
            self.moments.insert((until, id));
        }
        let is_controller = matches!(
            record.line.intervention.body,
            Intervention::Target(_) | Intervention::Pin(_) | Intervention::Halt(_) | Intervention::PriceBand(_)
        );
        if is_controller && matches!(standing, Standing::Active { .. }) {
            self.controllers.insert(id);
        } else {
            self.controllers.remove(&id);
        }
        if record.standing != standing || record.line.intervention.tick == simulation.tick() {
            record.standing = standing;
            self.changed.insert(id);
        }
    }

    /// Those that have changed since this was last asked.
    pub fn take_changed(&mut self, simulation: &Simulation<Model>) -> Vec<Override> {
        let changed = std::mem::take(&mut self.changed);
        changed.iter().filter_map(|id| self.records.get(id)?.tell(simulation)).collect()
    }

    /// The newest ones, of one instrument if it is named, oldest first; only what is scheduled or acts, if asked for.
    pub fn last(
        &self,
        simulation: &Simulation<Model>,
        instrument: Option<&str>,
        most: usize,
        active: bool,
    ) -> Vec<Override> {
        let wanted = |record: &&Record| (!active || record.is_open()) && record.is_on(instrument);
        let mut last: Vec<Override> = self
            .records
            .values()
            .rev()
            .filter(wanted)
            .take(most)
            .filter_map(|record| record.tell(simulation))
            .collect();
        last.reverse();
        last
    }

    /// What could be released of an instrument: everything that is scheduled, acts, or would act again; of one run, if it is named as
    /// the reasons of its interventions do.
    pub fn open(&self, instrument: &str, run: Option<&str>) -> Vec<InterventionId> {
        let is_of = |reason: &str| run.is_none_or(|run| reason.split_once(':').is_some_and(|(name, _)| name == run));
        let wanted = |(_, record): &(_, &Record)| {
            record.is_open() && record.is_on(Some(instrument)) && is_of(&record.line.reason)
        };
        self.records.iter().filter(wanted).map(|(&id, _)| id).collect()
    }
}

impl Record {
    fn is_on(&self, instrument: Option<&str>) -> bool {
        instrument.is_none_or(|name| self.line.intervention.instrument == name)
    }

    fn is_open(&self) -> bool {
        let is_cancel = matches!(self.line.intervention.body, Intervention::Cancel(_));
        let stands = matches!(self.standing, Standing::Scheduled | Standing::Active { .. } | Standing::Superseded);
        stands && !is_cancel
    }

    /// As the wire tells it.
    fn tell(&self, simulation: &Simulation<Model>) -> Option<Override> {
        let Accepted { id, tick, ref instrument, ref body } = self.line.intervention;
        let grid = simulation.market().grid();
        let (state, until) = match self.standing {
            Standing::Scheduled => (State::Scheduled, None),
            Standing::Active { until } => (State::Active, until),
            Standing::Superseded => (State::Superseded, None),
            Standing::Cancelled => (State::Cancelled, None),
            _ => (State::Ended, None),
        };
        Some(Override {
            id: id.get(),
            tick,
            time: grid.time_ms(tick).ok()?,
            instrument: instrument.clone(),
            body: wire::body(body)?,
            actor: self.line.actor.clone(),
            reason: self.line.reason.clone(),
            state,
            ends: until.and_then(|until| grid.time_ms(until).ok()),
            before: self.before,
            after: self.after,
        })
    }
}
