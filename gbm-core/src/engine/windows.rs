use crate::grid::TimeGrid;
use crate::intervention::{Accepted, Controller, Intervention, InterventionError, InterventionId, OnConflict};

/// The most controllers that may wait or act at a time.
const MAX_CONTROLLERS: usize = 1024;

/// From when until when a controller acts, if nothing comes between.
#[derive(Clone, Copy, Debug)]
struct Window {
    id: InterventionId,
    position: usize,
    kind: Controller,
    start: u64,
    end: Option<u64>,
}

/// When controllers act: two of one kind don't overlap on an instrument, unless one replaces the other.
#[derive(Clone, Debug, Default)]
pub(super) struct Windows(Vec<Window>);

impl Windows {
    /// The tick on which a body may act, when `next` is the next one: the one asked for, or a later one if it is a controller that waits for its turn.
    pub(super) fn place(
        &self,
        position: usize,
        (next, tick): (u64, u64),
        body: &Intervention,
        grid: &TimeGrid,
    ) -> Result<u64, InterventionError> {
        let Some((kind, on_conflict)) = body.controller() else { return Ok(tick) };
        if self.0.iter().filter(|window| window.end.is_none_or(|end| next < end)).count() >= MAX_CONTROLLERS {
            return Err(InterventionError::Controllers(MAX_CONTROLLERS));
        }
        let mut start = tick;
        if on_conflict == OnConflict::Replace {
            return Ok(start);
        }
        // Each round moves beyond one of them for good.
        while let Some(other) = self.overlapping(position, kind, start, body.end(start, grid)) {
            match other.end {
                Some(end) if on_conflict == OnConflict::Queue && end > start => start = end,
                end => {
                    return Err(InterventionError::Conflict { with: other.id, kind: kind.name(), ends: end.is_some() });
                }
            }
        }
        Ok(start)
    }

    fn overlapping(&self, position: usize, kind: Controller, start: u64, end: Option<u64>) -> Option<&Window> {
        let overlaps = |window: &&Window| {
            window.position == position
                && window.kind == kind
                && window.end.is_none_or(|other| start < other)
                && end.is_none_or(|end| window.start < end)
        };
        self.0.iter().find(overlaps)
    }

    /// Notes an accepted one, and ends on its tick what it replaces or cancels.
    pub(super) fn add(&mut self, position: usize, accepted: &Accepted, grid: &TimeGrid) {
        if let Intervention::Cancel(cancel) = accepted.body {
            self.end(cancel.id, accepted.tick);
        }
        let Some((kind, _)) = accepted.body.controller() else { return };
        let (start, mut end) = (accepted.tick, accepted.body.end(accepted.tick, grid));
        for other in self.0.iter_mut().filter(|other| other.position == position && other.kind == kind) {
            if other.start <= start && other.end.is_none_or(|end| start < end) {
                other.end = Some(start);
            } else if other.start > start && end.is_none_or(|end| other.start < end) {
                end = Some(other.start);
            }
        }
        self.0.push(Window { id: accepted.id, position, kind, start, end });
    }

    /// Ends one.
    pub(super) fn end(&mut self, id: InterventionId, tick: u64) {
        for window in self.0.iter_mut().filter(|window| window.id == id) {
            if window.end.is_none_or(|end| tick < end) {
                window.end = Some(tick);
            }
        }
    }

    /// Forgets what is over by a tick.
    pub(super) fn retire(&mut self, tick: u64) {
        self.0.retain(|window| window.end.is_none_or(|end| tick < end));
    }
}
