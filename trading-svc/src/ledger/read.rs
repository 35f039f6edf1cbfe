//! What anyone reads: orders, fills, balances, the trading log. Only what is durable is seen.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use market_api::trading as wire;
use rusqlite::{Connection, OptionalExtension, params};
use rust_decimal::Decimal;

use super::{LedgerError, connect};
use crate::books::{Balance, Known};
use crate::state::Session;

/// Lines of the trading log that are read at once.
const LOG_LINES: i64 = 5000;

/// Rows before one, newest first.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// Only those of smaller numbers.
    pub before: Option<u64>,
    /// At most so many.
    pub limit: usize,
}

/// Who reads. Cheap to clone; its calls block.
#[derive(Clone)]
pub struct Reader(Arc<Mutex<Connection>>);

impl Reader {
    /// Opens a ledger that is there.
    ///
    /// # Errors
    /// [`LedgerError::Sql`].
    pub fn open(directory: &Path) -> Result<Self, LedgerError> {
        Ok(Self(Arc::new(Mutex::new(connect(directory, false)?))))
    }

    /// A trader's orders, newest first.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn orders(&self, session: &Session, owner: u64, page: Page) -> Result<Vec<wire::Order>, LedgerError> {
        let text = "SELECT known FROM orders WHERE session = ?1 AND owner = ?2 AND id < ?3 ORDER BY id DESC LIMIT ?4";
        self.page(text, session, owner, page, |text| serde_json::from_str::<Known>(text).map(|known| known.order))
    }

    /// A trader's order.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn order(&self, session: &Session, owner: u64, id: u64) -> Result<Option<wire::Order>, LedgerError> {
        let page = Page { before: id.checked_add(1), limit: 1 };
        let found = self.orders(session, owner, page)?;
        Ok(found.into_iter().next().filter(|order| order.id == id))
    }

    /// A trader's fills, newest first.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn fills(&self, session: &Session, owner: u64, page: Page) -> Result<Vec<wire::Fill>, LedgerError> {
        let text = "SELECT told FROM fill WHERE session = ?1 AND owner = ?2 AND id < ?3 ORDER BY id DESC LIMIT ?4";
        self.page(text, session, owner, page, |text| serde_json::from_str(text))
    }

    fn page<T>(
        &self,
        text: &str,
        session: &Session,
        owner: u64,
        page: Page,
        read: impl Fn(&str) -> serde_json::Result<T>,
    ) -> Result<Vec<T>, LedgerError> {
        let connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = page.before.and_then(|before| i64::try_from(before).ok()).unwrap_or(i64::MAX);
        let limit = i64::try_from(page.limit).unwrap_or(i64::MAX);
        let mut statement = connection.prepare_cached(text)?;
        let rows = statement
            .query_map(params![session.row, owner.cast_signed(), before, limit], |row| row.get::<_, String>(0))?;
        rows.map(|row: rusqlite::Result<String>| read(&row?).map_err(|error| LedgerError::Damaged(error.to_string())))
            .collect()
    }

    /// An account's money at each of some ticks, which rise; none before the account was there.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn balances(
        &self,
        session: &Session,
        account: u64,
        ticks: &[u64],
    ) -> Result<Vec<Option<Balance>>, LedgerError> {
        let connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut statement = connection.prepare_cached(
            "SELECT tick, cash, position FROM balance WHERE session = ?1 AND account = ?2 AND tick <= ?3 \
             ORDER BY tick DESC LIMIT 1",
        )?;
        let mut at = |tick: &u64| {
            let found = statement.query_row(params![session.row, account.cast_signed(), tick.cast_signed()], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
            });
            let Some((tick, cash, position)) = found.optional()? else { return Ok(None) };
            let number = |text: &str| text.parse::<Decimal>().map_err(|error| LedgerError::Damaged(error.to_string()));
            Ok(Some(Balance { tick: tick.cast_unsigned(), cash: number(&cash)?, position: number(&position)? }))
        };
        ticks.iter().map(&mut at).collect()
    }

    /// The first line of a session's trading log.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn header(&self, session: &Session) -> Result<String, LedgerError> {
        let connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(connection.query_row("SELECT header FROM session WHERE id = ?1", [session.row], |row| row.get(0))?)
    }

    /// Lines of a session's trading log after one, as text, up to one; and the number of the last that was read, none if there is no more.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn log(&self, session: &Session, after: u64, through: u64) -> Result<Option<(String, u64)>, LedgerError> {
        let connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut statement = connection.prepare_cached(
            "SELECT number, line FROM input WHERE session = ?1 AND number > ?2 AND number <= ?3 ORDER BY number LIMIT ?4",
        )?;
        let mut rows = statement.query(params![session.row, after.cast_signed(), through.cast_signed(), LOG_LINES])?;
        let (mut text, mut last) = (String::new(), None);
        while let Some(row) = rows.next()? {
            last = Some(row.get::<_, i64>(0)?.cast_unsigned());
            text.push_str(row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?);
            text.push('\n');
        }
        Ok(last.map(|last| (text, last)))
    }
}
