//! What a ledger makes again: a session's state as it was at the last commit.

use market_api::trading::Fill;
use rusqlite::{OptionalExtension, params};
use trading_core::events::Event;
use trading_core::log::{Header, Line};

use super::ticks::read_ticks;
use super::{Ledger, LedgerError};
use crate::books::{Books, Known};
use crate::state::{Session, State};

/// A session as it was.
pub struct Restored {
    /// Which.
    pub session: Session,
    /// Its state.
    pub state: State,
    /// Whose is what.
    pub books: Books,
}

/// What the market is still to be told of.
pub struct Unsteered {
    /// Trader, account, fill.
    pub fills: Vec<(u64, u64, Fill)>,
    /// Whether there are later ones.
    pub more: bool,
}

fn damaged(error: impl std::fmt::Display) -> LedgerError {
    LedgerError::Damaged(error.to_string())
}

impl Ledger {
    /// The session that was begun last.
    ///
    /// # Errors
    /// [`LedgerError`] if it can't be read, or what it holds doesn't fit together.
    pub fn last(&self) -> Result<Option<Restored>, LedgerError> {
        let name: Option<String> = self
            .connection
            .query_row("SELECT name FROM session ORDER BY id DESC LIMIT 1", [], |row| row.get(0))
            .optional()?;
        name.map_or(Ok(None), |name| self.restore(&name))
    }

    /// The session of a name.
    ///
    /// # Errors
    /// [`LedgerError`] if it can't be read, or what it holds doesn't fit together.
    pub fn restore(&self, name: &str) -> Result<Option<Restored>, LedgerError> {
        let found = self
            .connection
            .query_row(
                "SELECT id, instrument, start_ms, interval_ms, header FROM session WHERE name = ?1",
                [name],
                |row| {
                    let session = Session {
                        row: row.get(0)?,
                        name: name.into(),
                        instrument: row.get(1)?,
                        start_ms: row.get(2)?,
                        interval_ms: row.get::<_, i64>(3)?.cast_unsigned(),
                    };
                    Ok((session, row.get::<_, String>(4)?))
                },
            )
            .optional()?;
        let Some((session, header)) = found else { return Ok(None) };
        let header: Header = serde_json::from_str(&header).map_err(damaged)?;
        let mut state = self.snapshot_of(&session)?.unwrap_or_else(|| State::new(header.rules));
        self.replay(&session, &mut state)?;
        let (subjects, open) = (self.subjects(&session)?, self.open_orders(&session)?);
        let books = Books::new(&state, subjects, open);
        Ok(Some(Restored { session, state, books }))
    }

    fn snapshot_of(&self, session: &Session) -> Result<Option<State>, LedgerError> {
        let bytes: Option<Vec<u8>> = self
            .connection
            .query_row("SELECT state FROM snapshot WHERE session = ?1", [session.row], |row| row.get(0))
            .optional()?;
        bytes.map(|bytes| serde_json::from_slice(&bytes).map_err(damaged)).transpose()
    }

    /// Ticks and inputs since the snapshot, in the order in which they came.
    fn replay(&self, session: &Session, state: &mut State) -> Result<(), LedgerError> {
        let mut lines =
            self.connection.prepare("SELECT line FROM input WHERE session = ?1 AND number > ?2 ORDER BY number")?;
        let lines = lines.query_map(params![session.row, state.inputs.cast_signed()], |row| row.get::<_, String>(0))?;
        let lines: Vec<Line> =
            lines.map(|line| serde_json::from_str(&line?).map_err(damaged)).collect::<Result<_, LedgerError>>()?;
        let mut lines = lines.into_iter().peekable();
        let mut events: Vec<Event> = Vec::new();
        let mut tell = |state: &mut State, events: &mut Vec<Event>| -> Result<(), LedgerError> {
            while let Some(line) = lines.next_if(|line| line.after <= state.desk.last_tick()) {
                state.apply(&line.input, events).map_err(damaged)?;
            }
            Ok(())
        };
        let mut pieces =
            self.connection.prepare("SELECT seq, ticks FROM piece WHERE session = ?1 AND first > ?2 ORDER BY first")?;
        let mut pieces = pieces.query(params![session.row, state.desk.last_tick().cast_signed()])?;
        while let Some(row) = pieces.next()? {
            let (seq, bytes): (i64, Vec<u8>) = (row.get(0)?, row.get(1)?);
            let quotes = read_ticks(&bytes).ok_or_else(|| damaged("a piece of ticks is torn"))?;
            for quote in &quotes {
                events.clear();
                tell(state, &mut events)?;
                state.tick(quote, &mut events);
            }
            state.seq = seq.cast_unsigned();
        }
        tell(state, &mut events)?;
        if lines.next().is_some() {
            return Err(damaged("an input is of a tick that isn't there"));
        }
        Ok(())
    }

    fn subjects(&self, session: &Session) -> Result<Vec<(u64, String)>, LedgerError> {
        let mut statement = self.connection.prepare("SELECT id, subject FROM account WHERE session = ?1")?;
        let rows =
            statement.query_map([session.row], |row| Ok((row.get::<_, i64>(0)?.cast_unsigned(), row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn open_orders(&self, session: &Session) -> Result<Vec<Known>, LedgerError> {
        let mut statement = self.connection.prepare("SELECT known FROM orders WHERE session = ?1 AND is_open")?;
        let rows = statement.query_map([session.row], |row| row.get::<_, String>(0))?;
        rows.map(|known| serde_json::from_str(&known?).map_err(damaged)).collect()
    }

    /// The order that a trader has sent under a name, if it is open or among the last that are kept.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn named(&self, session: &Session, owner: u64, client_id: &str) -> Result<Option<Known>, LedgerError> {
        let found: Option<String> = self
            .connection
            .prepare_cached("SELECT known FROM orders WHERE session = ?1 AND owner = ?2 AND client_id = ?3")?
            .query_row(params![session.row, owner.cast_signed(), client_id], |row| row.get(0))
            .optional()?;
        found.map(|known| serde_json::from_str(&known).map_err(damaged)).transpose()
    }

    /// What a session's takers took after the last tick of which the market was told, on the first so many ticks.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn unsteered(&self, session: &Session, most_ticks: usize) -> Result<Unsteered, LedgerError> {
        let mut statement = self.connection.prepare(
            "SELECT owner, told FROM fill WHERE session = ?1 AND NOT json_extract(told, '$.is_maker') AND \
             json_extract(told, '$.tick') > coalesce((SELECT tick FROM steered WHERE session = ?1), 0) ORDER BY id",
        )?;
        let mut rows = statement.query([session.row])?;
        let (mut fills, mut ticks, mut last) = (Vec::new(), 0, None);
        while let Some(row) = rows.next()? {
            let fill: Fill = serde_json::from_str(&row.get::<_, String>(1)?).map_err(damaged)?;
            if last.replace(fill.tick) != Some(fill.tick) {
                ticks += 1;
                if ticks > most_ticks {
                    return Ok(Unsteered { fills, more: true });
                }
            }
            fills.push((row.get::<_, i64>(0)?.cast_unsigned(), 0, fill));
        }
        Ok(Unsteered { fills, more: false })
    }

    /// What a request of this name asked for, and what has come of it.
    ///
    /// # Errors
    /// [`LedgerError::Sql`].
    pub fn request(&self, session: &Session, owner: u64, key: &str) -> Result<Option<(String, u64)>, LedgerError> {
        let found = self
            .connection
            .prepare_cached("SELECT body, run FROM request WHERE session = ?1 AND owner = ?2 AND key = ?3")?
            .query_row(params![session.row, owner.cast_signed(), key], |row| {
                Ok((row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned()))
            })
            .optional()?;
        Ok(found)
    }
}
