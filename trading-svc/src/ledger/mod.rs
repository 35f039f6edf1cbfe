//! The ledger: one SQLite file, written by the venue's thread alone, read by anyone.
//!
//! A change is told once its transaction is durable: write-ahead log, synced at each commit. The trading log and the ticks since the last
//! snapshot make the state again; orders, fills and balances are kept beside them for whoever asks later.

mod read;
mod restore;
mod ticks;
mod write;

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

pub use read::{Page, Reader};
pub use restore::{Restored, Unsteered};
pub use write::{Batch, Ledger, Request};

/// The file.
const FILE: &str = "trading.sqlite";
/// Whoever holds it may write.
const LOCK: &str = "trading.lock";
/// The form of the tables.
const VERSION: i64 = 1;
/// How long a reader waits for the writer.
const PATIENCE: Duration = Duration::from_secs(5);

/// A ledger that can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// The file can't be read or written.
    #[error("{FILE}: {0}")]
    Sql(#[from] rusqlite::Error),
    /// The directory or the lock can't be.
    #[error("{}: {error}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// Another process writes it.
    #[error("{}: another process is using this data directory", path.display())]
    Locked {
        /// The directory.
        path: PathBuf,
    },
    /// It was written by another release.
    #[error("{FILE}: its form is {0}, and this release reads {VERSION}: move the file away to begin another")]
    Version(i64),
    /// What it holds doesn't make the state again.
    #[error("{FILE}: {0}: move the file away to begin another")]
    Damaged(String),
}

/// Opens the file for a reader or the writer.
fn connect(directory: &Path, is_writer: bool) -> Result<Connection, LedgerError> {
    let mode = if is_writer {
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE
    } else {
        OpenFlags::SQLITE_OPEN_READ_ONLY
    };
    let connection = Connection::open_with_flags(directory.join(FILE), mode | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(PATIENCE)?;
    Ok(connection)
}

/// Takes the lock, which falls with the process, however it ends.
fn lock(directory: &Path) -> Result<File, LedgerError> {
    let failed = |error| LedgerError::File { path: directory.into(), error };
    std::fs::create_dir_all(directory).map_err(failed)?;
    let path = directory.join(LOCK);
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(|error| LedgerError::File { path, error })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(LedgerError::Locked { path: directory.into() }),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}
