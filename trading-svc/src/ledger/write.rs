//! What the venue writes.

use std::fs::File;
use std::path::Path;

use rusqlite::{Connection, Transaction, params};
use trading_core::log::{Header, Line};
use trading_core::quote::Quote;

use super::ticks::write_ticks;
use super::{LedgerError, VERSION, connect, lock};
use crate::books::Changes;
use crate::state::{Session, State};

/// Ended sessions that are kept beside the running one.
pub(super) const MAX_ENDED: i64 = 10;
/// Orders, fills and balances of a session that are kept, the last ones of each.
pub(super) const MAX_ROWS: i64 = 2_000_000;

/// A request that may be sent again: the start of a strategy, or an account's reset.
#[derive(Debug)]
pub struct Request {
    /// Who has asked.
    pub owner: u64,
    /// By which name.
    pub key: String,
    /// For what.
    pub body: String,
    /// The strategy that it has started; 0 of a reset.
    pub run: u64,
}

/// What is written at once.
#[derive(Debug, Default)]
pub struct Batch {
    /// Ticks that were followed, in their order.
    pub ticks: Vec<Quote>,
    /// Inputs, in their order.
    pub lines: Vec<Line>,
    /// Accounts that are somebody's from now on.
    pub opened: Vec<(u64, String)>,
    /// Accounts that are nobody's any more.
    pub closed: Vec<u64>,
    /// Requests that may be sent again.
    pub requests: Vec<Request>,
    /// The last tick of which the market was told what was taken on it.
    pub steered: Option<u64>,
    /// Orders, fills, balances.
    pub changes: Changes,
}

/// Who writes.
pub struct Ledger {
    pub(super) connection: Connection,
    _lock: File,
}

impl Ledger {
    /// Opens the ledger of a data directory, or begins it.
    ///
    /// # Errors
    /// [`LedgerError`] if another process writes it, it is another release's, or the file can't be used.
    pub fn open(directory: &Path) -> Result<Self, LedgerError> {
        let lock = lock(directory)?;
        let connection = connect(directory, true)?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "foreign_keys", "on")?;
        let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        match version {
            VERSION => {}
            0 => connection.execute_batch(&format!(
                "BEGIN; {} PRAGMA user_version = {VERSION}; COMMIT;",
                include_str!("schema.sql")
            ))?,
            other => return Err(LedgerError::Version(other)),
        }
        Ok(Self { connection, _lock: lock })
    }

    /// Begins a session, and forgets the oldest that have ended. Its row is in what is given back.
    ///
    /// # Errors
    /// [`LedgerError::Sql`].
    pub fn begin(&mut self, mut session: Session, header: &Header) -> Result<Session, LedgerError> {
        let header = serde_json::to_string(header).map_err(|error| LedgerError::Damaged(error.to_string()))?;
        let transaction = self.connection.transaction()?;
        transaction.execute(
            "INSERT INTO session (name, instrument, start_ms, interval_ms, header) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![session.name, session.instrument, session.start_ms, session.interval_ms.cast_signed(), header],
        )?;
        session.row = transaction.last_insert_rowid();
        transaction.execute("DELETE FROM session WHERE id < ?1 - ?2", params![session.row, MAX_ENDED])?;
        transaction.commit()?;
        Ok(session)
    }

    /// Writes what has happened since the last time; durable when it returns.
    ///
    /// # Errors
    /// [`LedgerError::Sql`]: nothing was written.
    pub fn commit(&mut self, session: &Session, state: &State, batch: &Batch) -> Result<(), LedgerError> {
        let row = session.row;
        let transaction = self.connection.transaction()?;
        if let Some(first) = batch.ticks.first() {
            transaction
                .prepare_cached("INSERT INTO piece (session, first, seq, ticks) VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![row, first.tick.cast_signed(), state.seq.cast_signed(), write_ticks(&batch.ticks)])?;
        }
        let mut number = state.inputs - batch.lines.len() as u64;
        for line in &batch.lines {
            number += 1;
            let line = serde_json::to_string(line).map_err(|error| LedgerError::Damaged(error.to_string()))?;
            transaction
                .prepare_cached("INSERT INTO input (session, number, line) VALUES (?1, ?2, ?3)")?
                .execute(params![row, number.cast_signed(), line])?;
        }
        for (id, subject) in &batch.opened {
            transaction
                .prepare_cached("INSERT INTO account (session, id, subject) VALUES (?1, ?2, ?3)")?
                .execute(params![row, id.cast_signed(), subject])?;
        }
        for id in &batch.closed {
            transaction
                .prepare_cached("DELETE FROM account WHERE session = ?1 AND id = ?2")?
                .execute(params![row, id.cast_signed()])?;
        }
        for Request { owner, key, body, run } in &batch.requests {
            transaction
                .prepare_cached("INSERT INTO request (session, owner, key, body, run) VALUES (?1, ?2, ?3, ?4, ?5)")?
                .execute(params![row, owner.cast_signed(), key, body, run.cast_signed()])?;
        }
        if let Some(tick) = batch.steered {
            transaction
                .prepare_cached(
                    "INSERT INTO steered (session, tick) VALUES (?1, ?2) \
                     ON CONFLICT DO UPDATE SET tick = max(tick, excluded.tick)",
                )?
                .execute(params![row, tick.cast_signed()])?;
        }
        write_changes(&transaction, row, &batch.changes)?;
        Ok(transaction.commit()?)
    }

    /// Writes a whole state; the ticks before it aren't needed any more, and the oldest rows beyond what is kept go.
    ///
    /// # Errors
    /// [`LedgerError::Sql`]: nothing was written.
    pub fn snapshot(&mut self, session: &Session, state: &State) -> Result<(), LedgerError> {
        let row = session.row;
        let bytes = serde_json::to_vec(state).map_err(|error| LedgerError::Damaged(error.to_string()))?;
        let transaction = self.connection.transaction()?;
        transaction
            .prepare_cached("INSERT OR REPLACE INTO snapshot (session, state) VALUES (?1, ?2)")?
            .execute(params![row, bytes])?;
        transaction
            .prepare_cached("DELETE FROM piece WHERE session = ?1 AND first <= ?2")?
            .execute(params![row, state.desk.last_tick().cast_signed()])?;
        for table in ["orders", "fill"] {
            let keep = if table == "orders" { "AND NOT is_open" } else { "" };
            let text = format!(
                "DELETE FROM {table} WHERE session = ?1 {keep} AND id <= \
                 (SELECT coalesce(max(id), 0) FROM {table} WHERE session = ?1) - ?2"
            );
            transaction.prepare_cached(&text)?.execute(params![row, MAX_ROWS])?;
        }
        // Of what accounts had before the oldest fill that is kept, each one's last is enough.
        transaction
            .prepare_cached(
                "WITH kept (tick) AS (SELECT json_extract(told, '$.tick') FROM fill WHERE session = ?1 AND id > 1 \
                 AND NOT EXISTS (SELECT 1 FROM fill WHERE session = ?1 AND id = 1) ORDER BY id LIMIT 1) \
                 DELETE FROM balance WHERE session = ?1 AND tick < (SELECT tick FROM kept) AND EXISTS \
                 (SELECT 1 FROM balance AS later WHERE later.session = ?1 AND later.account = balance.account \
                 AND later.tick > balance.tick AND later.tick <= (SELECT tick FROM kept))",
            )?
            .execute([row])?;
        Ok(transaction.commit()?)
    }
}

fn write_changes(transaction: &Transaction<'_>, row: i64, changes: &Changes) -> Result<(), LedgerError> {
    let text = |value: serde_json::Result<String>| value.map_err(|error| LedgerError::Damaged(error.to_string()));
    for (id, known) in &changes.orders {
        let is_open = known.order.status.is_open();
        transaction
            .prepare_cached(
                "INSERT INTO orders (session, id, owner, is_open, client_id, known) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
                 ON CONFLICT DO UPDATE SET is_open = excluded.is_open, known = excluded.known",
            )?
            .execute(params![
                row,
                id.cast_signed(),
                known.owner.cast_signed(),
                is_open,
                known.order.asked.client_id,
                text(serde_json::to_string(known))?
            ])?;
    }
    for (owner, _, fill) in &changes.fills {
        transaction
            .prepare_cached("INSERT INTO fill (session, id, owner, told) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![row, fill.id.cast_signed(), owner.cast_signed(), text(serde_json::to_string(fill))?])?;
    }
    for ((account, tick), balance) in &changes.balances {
        transaction
            .prepare_cached(
                "INSERT INTO balance (session, account, tick, cash, position) VALUES (?1, ?2, ?3, ?4, ?5) \
                 ON CONFLICT DO UPDATE SET cash = excluded.cash, position = excluded.position",
            )?
            .execute(params![
                row,
                account.cast_signed(),
                tick.cast_signed(),
                balance.cash.to_string(),
                balance.position.to_string()
            ])?;
    }
    Ok(())
}
