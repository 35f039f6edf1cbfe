//! A trading log: what was asked of a desk, and after which tick. With the ticks it is the whole truth.
//!
//! Text in, text out: a header, then a line for each input, one JSON object each. What a desk is told by it, between the same ticks, it
//! answers as it did.

use serde::{Deserialize, Serialize};

use crate::desk::{Desk, DeskError, Input};
use crate::events::Event;
use crate::rules::Rules;

/// The form of a log's text.
pub const FORMAT: u32 = 1;

/// What a log is of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// [`FORMAT`].
    pub format: u32,
    /// The market's session.
    pub session: String,
    /// The instrument.
    pub instrument: String,
    /// The exchange's rules.
    pub rules: Rules,
}

/// One input.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// The last tick that the desk had seen.
    pub after: u64,
    /// What was asked of it.
    #[serde(flatten)]
    pub input: Input,
}

/// A log that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Log {
    /// What it is of.
    pub header: Header,
    /// Its inputs, in their order.
    pub lines: Vec<Line>,
}

/// A log that can't be.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// There is no line.
    #[error("the log is empty")]
    Empty,
    /// A line that says nothing that is known.
    #[error("line {line}: {error}")]
    Line {
        /// Which, from 1.
        line: usize,
        /// What is wrong with it.
        error: serde_json::Error,
    },
    /// A log of another form.
    #[error("line 1: format = {0}, and this release reads {FORMAT}")]
    Format(u32),
    /// A line of an earlier tick than the one before.
    #[error("line {line}: after = {after} is before {before}, that of the line before")]
    Order {
        /// Which, from 1.
        line: usize,
        /// Its tick.
        after: u64,
        /// The tick of the line before.
        before: u64,
    },
    /// A desk refuses what it has accepted before: the log isn't of these ticks, or of this release's desk.
    #[error("line {line}: {error}; the log isn't of these ticks")]
    Refused {
        /// Which, from 1.
        line: usize,
        /// Why.
        error: DeskError,
    },
    /// The ticks have ended before all of it was told.
    #[error("{left} inputs, the first of them after tick {after}, are of ticks beyond the last that there is, {last}")]
    Beyond {
        /// How many weren't told.
        left: usize,
        /// The tick that the first of them waits for.
        after: u64,
        /// The last tick that was seen.
        last: u64,
    },
    /// It was written beside another session's ticks.
    #[error("the log is of session {log:?}, and the journal of {journal:?}")]
    Session {
        /// The log's.
        log: String,
        /// The journal's.
        journal: String,
    },
}

impl Log {
    /// Reads a log.
    ///
    /// # Errors
    /// [`LogError`] for an empty one, one of another form, a line that can't be read or is out of order.
    ///
    /// ```
    /// use trading_core::log::{Log, LogError};
    /// assert!(matches!(Log::read(""), Err(LogError::Empty)));
    /// assert!(matches!(Log::read("{}"), Err(LogError::Line { line: 1, .. })));
    /// ```
    pub fn read(text: &str) -> Result<Self, LogError> {
        let mut rows = text.lines().enumerate().map(|(index, row)| (index + 1, row)).filter(|(_, row)| !row.is_empty());
        let (line, first) = rows.next().ok_or(LogError::Empty)?;
        let header: Header = serde_json::from_str(first).map_err(|error| LogError::Line { line, error })?;
        if header.format != FORMAT {
            return Err(LogError::Format(header.format));
        }
        let (mut lines, mut before): (Vec<Line>, u64) = (Vec::new(), 0);
        for (line, row) in rows {
            let read: Line = serde_json::from_str(row).map_err(|error| LogError::Line { line, error })?;
            let after = read.after;
            if after < before {
                return Err(LogError::Order { line, after, before });
            }
            before = after;
            lines.push(read);
        }
        Ok(Self { header, lines })
    }

    /// Checks that it is of a journal's session, where both say which.
    ///
    /// # Errors
    /// [`LogError::Session`].
    pub fn is_of(&self, session: &str) -> Result<(), LogError> {
        let log = &self.header.session;
        if log.is_empty() || session.is_empty() || log == session {
            return Ok(());
        }
        Err(LogError::Session { log: log.clone(), journal: session.into() })
    }

    /// What tells a desk of it.
    pub fn player(&self) -> Player<'_> {
        Player { lines: &self.lines, told: 0 }
    }
}

/// A log on its way into a desk.
#[derive(Clone, Debug)]
pub struct Player<'a> {
    lines: &'a [Line],
    told: usize,
}

impl Player<'_> {
    /// Tells a desk what it was asked since its last tick; to be called before each tick, and once after the last.
    ///
    /// # Errors
    /// [`LogError::Refused`] if the desk refuses an input, which it hadn't when the log was written.
    #[inline]
    pub fn tell(&mut self, desk: &mut Desk, events: &mut Vec<Event>) -> Result<(), LogError> {
        while let Some(next) = self.lines.get(self.told).filter(|line| line.after <= desk.last_tick()) {
            self.told += 1;
            // The header is line 1.
            desk.apply(&next.input, events).map_err(|error| LogError::Refused { line: self.told + 1, error })?;
        }
        Ok(())
    }

    /// Whether all of it was told.
    pub fn is_over(&self) -> bool {
        self.told == self.lines.len()
    }

    /// Checks that all of it was told to a desk that has seen its last tick.
    ///
    /// # Errors
    /// [`LogError::Beyond`].
    pub fn end(&self, desk: &Desk) -> Result<(), LogError> {
        let Some(next) = self.lines.get(self.told) else { return Ok(()) };
        Err(LogError::Beyond { left: self.lines.len() - self.told, after: next.after, last: desk.last_tick() })
    }
}
