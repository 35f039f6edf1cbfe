//! Commands: the tick they act on, the line they wait for, and whoever waits for their answer.

use std::time::Duration;

use gbm_core::engine::MAX_INTERVENTIONS;
use gbm_core::intervention::{Accepted, Cancel, Command, Intervention, InterventionError, InterventionId};
use gbm_core::journal::{CommandLine, Entry, Proposed, RecordError};
use market_api::session::Session;
use tokio::time::Instant;

use super::Market;
use crate::handle::{Acted, Asked, Key, MAX_META_ORDERS, MAX_RELEASED, MarketError, Play, Reply};

/// A command without a tick acts on the first one that is due in at least this time, so that ticks needn't wait for it.
pub const COMMAND_LEAD: Duration = Duration::from_millis(20);
/// Answers that are remembered for a repetition.
const MAX_TOLD: usize = 64;

pub(super) enum Answer {
    One(Acted, Reply<Acted>),
    All(Vec<Acted>, Reply<Vec<Acted>>),
}

/// What a request with a key, that leaves no line of its own in the journal, was answered.
pub(super) enum Told {
    /// With a number of the request, as the other.
    Begun(Session, String, u64),
    /// With a number of the request.
    Several(Vec<Acted>, u64, u64),
}

/// How a run's interventions name it among their reasons, so that it is found after a restart.
fn run_of(run: u64) -> String {
    format!("run {run}")
}

impl Answer {
    pub(super) fn give(self) {
        match self {
            Self::One(accepted, reply) => drop(reply.send(Ok(accepted))),
            Self::All(accepted, reply) => drop(reply.send(Ok(accepted))),
        }
    }

    pub(super) fn refuse(self, error: MarketError) {
        match self {
            Self::One(_, reply) => drop(reply.send(Err(error))),
            Self::All(_, reply) => drop(reply.send(Err(error))),
        }
    }
}

impl Market {
    pub(super) fn answer_at(&mut self, seq: u64, answer: Answer) {
        match &self.stuck {
            _ if seq <= self.confirmed => answer.give(),
            Some(reason) => answer.refuse(MarketError::Unsure(reason.clone())),
            None => self.waiting.push((seq, answer)),
        }
    }

    pub(super) fn told(&self, key: &str) -> Option<&Told> {
        self.told.iter().find(|(known, _)| known == key && !key.is_empty()).map(|(_, told)| told)
    }

    pub(super) fn remember(&mut self, key: String, told: Told) {
        if !key.is_empty() {
            self.told.push_back((key, told));
            if self.told.len() > MAX_TOLD {
                self.told.pop_front();
            }
        }
    }

    /// Releases all, or what a run has left, unless this very request was answered before.
    pub(super) fn release_once(
        &mut self,
        instrument: &str,
        run: Option<u64>,
        actor: &str,
        key: String,
    ) -> Result<(Vec<Acted>, u64), MarketError> {
        self.once(Key::new(key, ("release", instrument, run)), |market| {
            let open = market.overrides.open(instrument, run.map(run_of).as_deref());
            if let Some(run) = run.filter(|_| open.is_empty()) {
                return Err(MarketError::NoRun(run));
            }
            market.release(open, instrument, actor)
        })
    }

    /// Runs a scenario, unless this very request was answered before.
    pub(super) fn play_once(&mut self, play: &Play) -> Result<(Vec<Acted>, u64), MarketError> {
        let parameters: Vec<_> = play.parameters.iter().map(|(name, value)| (name, value.to_bits())).collect();
        let asked = ("play", play.scenario.text(), parameters, &play.instrument, play.tick);
        self.once(Key::new(&play.key, asked), |market| market.play(play))
    }

    fn once(
        &mut self,
        Key { name, asked }: Key,
        act: impl FnOnce(&mut Self) -> Result<(Vec<Acted>, u64), MarketError>,
    ) -> Result<(Vec<Acted>, u64), MarketError> {
        match self.told(&name) {
            Some(Told::Several(acted, seq, before)) if *before == asked => return Ok((acted.clone(), *seq)),
            Some(_) => return Err(MarketError::KeyTaken),
            None => {}
        }
        let (acted, seq) = act(self)?;
        self.remember(name, Told::Several(acted.clone(), seq, asked));
        Ok((acted, seq))
    }

    /// Every intervention of a scenario, tried on a copy before the first is proposed.
    fn play(&mut self, play: &Play) -> Result<(Vec<Acted>, u64), MarketError> {
        let refused = |error| MarketError::Scenario(Box::new(error));
        let tick = play.tick.unwrap_or_else(|| self.command_tick());
        let start = play.scenario.start(self.simulation(), Some(&play.instrument), tick).map_err(refused)?;
        let accepted = play.scenario.check(self.simulation(), &play.parameters, &start).map_err(refused)?;
        self.check_disk(accepted.len())?;
        let reason = format!("{}: {}", run_of(start.first_id.get()), play.scenario.name());
        let asked = accepted.into_iter().map(|Accepted { id, tick, instrument, body }| {
            let command = Command { id: Some(id), tick: Some(tick), time_ms: None, instrument: Some(instrument), body };
            Asked { command, actor: play.actor.clone(), reason: reason.clone(), key: String::new(), session: None }
        });
        self.propose_all(asked, |_| false)
    }

    /// Several commands, whose lines are written and synced as one: if the disk fails, none of them is there. Those that are refused for
    /// a reason that may be are left out.
    fn propose_all(
        &mut self,
        asked: impl Iterator<Item = Asked>,
        may_be: impl Fn(&InterventionError) -> bool,
    ) -> Result<(Vec<Acted>, u64), MarketError> {
        // Which they are is known before the first line, since each but the last says that there are more.
        let would_be =
            |asked: &Asked| self.simulation().resolve(&asked.command).err().is_none_or(|error| !may_be(&error));
        let asked: Vec<Asked> = asked.filter(would_be).collect();
        let (count, mut all, mut text, mut last, mut refused) = (asked.len(), Vec::new(), String::new(), 0, None);
        for (place, asked) in asked.into_iter().enumerate() {
            match self.take(asked, place + 1 < count) {
                Ok((acted, seq, line)) => {
                    all.push(acted);
                    text.push_str(&line.unwrap_or_default());
                    last = seq;
                }
                Err(error) => {
                    refused = Some(error);
                    break;
                }
            }
        }
        if refused.is_some()
            && !text.is_empty()
            && let Ok(closing) = self.recorder.propose_through(self.watermark)
        {
            // A line that has no more closes those before it.
            (last, text) = (closing.line.seq, text + &closing.text);
        }
        if !text.is_empty() {
            self.send(last, text);
        }
        match refused {
            Some(error) => Err(error),
            // The writer may just have ended.
            None => self.check_disk(0).map(|()| (all, last)),
        }
    }

    /// The first tick that a command without one acts on.
    pub(super) fn command_tick(&self) -> u64 {
        let next = self.simulation().tick() + 1;
        self.clock.first_tick_from(Instant::now() + COMMAND_LEAD).unwrap_or(next).max(next)
    }

    /// The command as it will act, and the seq that must be on the disk before it is acknowledged.
    pub(super) fn propose(&mut self, asked: Asked) -> Result<(Acted, u64), MarketError> {
        let (acted, seq, line) = self.take(asked, false)?;
        if let Some(line) = line {
            self.send(seq, line);
        }
        // The writer may just have ended.
        self.check_disk(0).map(|()| (acted, seq))
    }

    /// The same, with the line that is still to be sent if there is one.
    fn take(&mut self, asked: Asked, more: bool) -> Result<(Acted, u64, Option<String>), MarketError> {
        if let Some(reason) = self.stuck.as_ref().filter(|_| self.is_pending(&asked.key)) {
            return Err(MarketError::Unsure(reason.clone()));
        }
        self.check_disk(1)?;
        let Asked { mut command, actor, reason, key, session } = asked;
        if let Some(asked) = session.filter(|asked| *asked != self.session) {
            let asked = asked.chars().take(80).collect();
            return Err(MarketError::OtherSession { asked, here: self.session.clone() });
        }
        if !key.is_empty() {
            let is_pending = |(_, line): &&(u64, CommandLine)| line.key == key;
            let pending = self.pending.iter().find(is_pending).map(|(_, line)| line.intervention.id);
            command.id = pending.or_else(|| self.overrides.id_of(&key)).or(command.id);
        }
        let is_known = command.id.is_some_and(|id| self.simulation().knows(id));
        // Programs send them by the thousand, and whoever steers must not find the journal full.
        if !is_known
            && matches!(command.body, Intervention::MetaOrder(_))
            && self.overrides.len() + self.pending.len() >= MAX_META_ORDERS
        {
            return Err(MarketError::MetaOrders);
        }
        if !is_known && command.tick.is_none() && command.time_ms.is_none() {
            command.tick = Some(self.command_tick());
        }
        let accepted = self.simulation().resolve(&command).map_err(RecordError::from)?;
        let time_ms = self.simulation().market().grid().time_ms(accepted.tick);
        let time_ms = time_ms.map_err(|error| RecordError::from(InterventionError::from(error)))?;
        let acted = Acted { accepted, time_ms };
        match self.recorder.propose_part(&command, &actor, &reason, &key, more)? {
            Proposed::Known { seq } => Ok((acted, seq, None)),
            Proposed::Line(proposal) => {
                let seq = proposal.line.seq;
                if let Entry::Command(line) = proposal.line.entry {
                    self.pending.push_back((seq, line));
                }
                Ok((acted, seq, Some(proposal.text)))
            }
        }
    }

    fn is_pending(&self, key: &str) -> bool {
        !key.is_empty() && self.pending.iter().any(|(_, line)| line.key == key)
    }

    fn release(
        &mut self,
        open: Vec<InterventionId>,
        instrument: &str,
        actor: &str,
    ) -> Result<(Vec<Acted>, u64), MarketError> {
        if open.len() > MAX_RELEASED {
            return Err(MarketError::TooMany(open.len()));
        }
        self.check_disk(open.len())?;
        if self.overrides.len() + self.pending.len() + open.len() > MAX_INTERVENTIONS {
            return Err(RecordError::from(InterventionError::Full(MAX_INTERVENTIONS)).into());
        }
        let tick = self.command_tick();
        let asked = open.into_iter().map(|id| {
            let cancel = Command::now(Intervention::Cancel(Cancel { id })).at(tick);
            let command = Command { instrument: Some(instrument.into()), ..cancel };
            Asked { command, actor: actor.into(), reason: "release all".into(), key: String::new(), session: None }
        });
        // One that ends by itself before the cancel would act needs none.
        self.propose_all(asked, |error| matches!(error, InterventionError::Ended { .. }))
    }
}
