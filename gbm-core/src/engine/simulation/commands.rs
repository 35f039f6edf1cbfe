//! What a simulation is asked for: commands resolved, accepted, put in their places and taken back.

use std::collections::BTreeMap;

use super::{MAX_INTERVENTIONS, Simulation};
use crate::engine::windows::Windows;
use crate::intervention::{Accepted, Command, Intervention, InterventionError, InterventionId, OnConflict};
use crate::process::Process;

impl<P: Process> Simulation<P> {
    /// Checks a command and resolves id, tick and instrument, without changing anything.
    ///
    /// # Errors
    /// [`InterventionError`], by which the command is refused.
    pub fn resolve(&self, command: &Command) -> Result<Accepted, InterventionError> {
        let position = match &command.instrument {
            Some(name) => self.market.position(name),
            None if self.assets.len() == 1 => Some(0),
            None => return Err(InterventionError::InstrumentMissing(self.assets.len())),
        };
        let Some(position) = position else {
            let name = command.instrument.iter().flat_map(|name| name.chars()).take(80).collect();
            return Err(InterventionError::UnknownInstrument(name));
        };
        let instrument = &self.market.instruments()[position];
        let requested = self.requested_tick(command)?;
        if let Some(known) = command.id.and_then(|id| self.known.get(&id)) {
            let may_wait = matches!(known.body.controller(), Some((_, OnConflict::Queue)));
            let same = known.body == command.body
                && known.instrument == instrument.name
                && requested.is_none_or(|tick| tick == known.tick || (may_wait && tick < known.tick));
            return if same { Ok(known.clone()) } else { Err(InterventionError::IdTaken(known.id)) };
        }
        if self.known.len() >= MAX_INTERVENTIONS {
            return Err(InterventionError::Full(MAX_INTERVENTIONS));
        }
        let next = self.tick + 1;
        let tick = self.market.grid().check(requested.unwrap_or(next))?;
        if tick < next {
            return Err(InterventionError::Past { tick, next });
        }
        let grid = self.market.grid();
        let check = |tick| command.body.check(tick, &grid, &instrument.book, &instrument.model);
        // What is wrong by itself is said before what is in its way.
        check(tick)?;
        let tick = self.windows.place(position, (next, tick), &command.body, &grid)?;
        grid.check(tick)?;
        check(tick)?;
        let id = match command.id {
            Some(id) => id,
            None => match self.known.last_key_value() {
                Some((last, _)) => last.next().ok_or(InterventionError::IdsExhausted)?,
                None => InterventionId::new(1)?,
            },
        };
        let accepted = Accepted { id, tick, instrument: instrument.name.clone(), body: command.body };
        if let Intervention::Cancel(cancel) = command.body {
            self.check_cancel(cancel.id, &accepted)?;
        }
        Ok(accepted)
    }

    /// Takes a resolved command: it will act on its tick. One that is known already changes nothing.
    ///
    /// # Errors
    /// As [`Simulation::resolve`], for whatever has changed since.
    pub fn accept(&mut self, accepted: Accepted) -> Result<(), InterventionError> {
        let command = Command {
            id: Some(accepted.id),
            tick: Some(accepted.tick),
            time_ms: None,
            instrument: Some(accepted.instrument),
            body: accepted.body,
        };
        let accepted = self.resolve(&command)?;
        self.put(&accepted);
        Ok(())
    }

    /// Takes an intervention that another run of this market has accepted. Conflicts of controllers, and whether there was
    /// anything to cancel, were decided there.
    ///
    /// # Errors
    /// [`InterventionError`] for one that no such run can have accepted; nothing has changed then.
    pub fn accept_replayed(&mut self, accepted: &Accepted) -> Result<(), InterventionError> {
        let position = self.market.position(&accepted.instrument);
        let unknown = || InterventionError::UnknownInstrument(accepted.instrument.chars().take(80).collect());
        let instrument = &self.market.instruments()[position.ok_or_else(unknown)?];
        if self.known.contains_key(&accepted.id) {
            return Err(InterventionError::IdTaken(accepted.id));
        }
        if self.known.len() >= MAX_INTERVENTIONS {
            return Err(InterventionError::Full(MAX_INTERVENTIONS));
        }
        let (grid, next) = (self.market.grid(), self.tick + 1);
        let tick = grid.check(accepted.tick)?;
        if tick < next {
            return Err(InterventionError::Past { tick, next });
        }
        accepted.body.check(tick, &grid, &instrument.book, &instrument.model)?;
        self.put(accepted);
        Ok(())
    }

    /// Takes an intervention that a market has accepted before, whatever else this one knows; one that is known, or whose tick has
    /// passed, changes nothing.
    pub(crate) fn put(&mut self, accepted: &Accepted) {
        let Some(position) = self.market.position(&accepted.instrument) else { return };
        if accepted.tick <= self.tick || self.known.contains_key(&accepted.id) {
            return;
        }
        self.pending.insert((accepted.tick, accepted.id), (position, accepted.body));
        self.next_due = self.first_due();
        self.settle();
        self.note_cancel(accepted);
        let grid = self.market.grid();
        self.windows.retire(self.tick + 1);
        self.windows.add(position, accepted, &grid);
        self.known.insert(accepted.id, accepted.clone());
    }

    /// Resolves and accepts.
    ///
    /// # Errors
    /// [`InterventionError`], by which the command is refused; nothing has changed then.
    pub fn intervene(&mut self, command: &Command) -> Result<Accepted, InterventionError> {
        let accepted = self.resolve(command)?;
        self.accept(accepted.clone())?;
        Ok(accepted)
    }

    /// Takes back accepted commands whose ticks have not come; anything else is left alone.
    pub(crate) fn retract(&mut self, ids: impl Iterator<Item = InterventionId>) {
        for id in ids {
            if let Some(known) = self.known.get(&id).filter(|known| known.tick > self.tick) {
                self.pending.remove(&(known.tick, id));
                self.known.remove(&id);
            }
        }
        self.next_due = self.first_due();
        self.settle();
        self.cancelled.clear();
        let cancels: Vec<Accepted> = self.known.values().filter(|known| known.is_cancel()).cloned().collect();
        for cancel in &cancels {
            self.note_cancel(cancel);
        }
        self.windows = self.find_windows();
    }

    fn requested_tick(&self, command: &Command) -> Result<Option<u64>, InterventionError> {
        match (command.tick, command.time_ms) {
            (Some(_), Some(_)) => Err(InterventionError::TickAndTime),
            (tick, None) => Ok(tick),
            (None, Some(time_ms)) => Ok(Some(self.market.grid().tick_at(time_ms)?)),
        }
    }

    fn check_cancel(&self, target: InterventionId, cancel: &Accepted) -> Result<(), InterventionError> {
        let known = self.known.get(&target).ok_or(InterventionError::UnknownId(target))?;
        if matches!(known.body, Intervention::Cancel(_)) || known.instrument != cancel.instrument {
            return Err(InterventionError::NotCancellable(target));
        }
        // What ends on its own tick can still be cancelled on that tick, by an id that comes before its own.
        let comes_first = cancel.tick == known.tick && cancel.id < target;
        let ended = self.end_of(known).is_some_and(|end| end <= cancel.tick && !comes_first);
        let gone = self.is_cancelled(target, cancel.tick);
        if ended || gone { Err(InterventionError::Ended { id: target, tick: cancel.tick }) } else { Ok(()) }
    }

    /// The tick from which on an intervention can no longer be ended.
    pub(in crate::engine) fn end_of(&self, known: &Accepted) -> Option<u64> {
        known.body.end(known.tick, &self.market.grid())
    }

    pub(super) fn note_cancel(&mut self, accepted: &Accepted) {
        if let Intervention::Cancel(cancel) = accepted.body {
            let first = self.cancelled.entry(cancel.id).or_insert(accepted.tick);
            *first = accepted.tick.min(*first);
        }
    }

    pub(in crate::engine) fn is_cancelled(&self, id: InterventionId, by_tick: u64) -> bool {
        self.cancelled.get(&id).is_some_and(|&tick| tick <= by_tick)
    }

    pub(super) fn find_windows(&self) -> Windows {
        let mut windows = Windows::default();
        let grid = self.market.grid();
        for known in self.known.values().filter(|known| !known.is_cancel()) {
            if let Some(position) = self.market.position(&known.instrument) {
                windows.add(position, known, &grid);
            }
        }
        for (&id, &tick) in &self.cancelled {
            windows.end(id, tick);
        }
        windows.retire(self.tick + 1);
        windows
    }

    pub(super) fn find_pending(&self) -> BTreeMap<(u64, InterventionId), (usize, Intervention)> {
        let waiting = self.known.values().filter(|known| known.tick > self.tick);
        waiting
            .filter(|known| !self.is_cancelled(known.id, self.tick))
            .filter_map(|known| {
                let position = self.market.position(&known.instrument)?;
                Some(((known.tick, known.id), (position, known.body)))
            })
            .collect()
    }

    pub(super) fn first_due(&self) -> u64 {
        self.pending.first_key_value().map_or(u64::MAX, |(&(tick, _), _)| tick)
    }

    /// Moves the tick's interventions to their assets, in the order of ids. A cancel takes back what still waits.
    pub(super) fn collect_due(&mut self, tick: u64) {
        while let Some(entry) = self.pending.first_entry().filter(|entry| entry.key().0 == tick) {
            let ((_, id), (position, body)) = entry.remove_entry();
            if let Intervention::Cancel(cancel) = body
                && let Some(target) = self.known.get(&cancel.id)
                && self.pending.remove(&(target.tick, target.id)).is_some()
            {
                continue;
            }
            self.assets[position].due.push((id, body));
        }
        self.next_due = self.first_due();
    }
}
