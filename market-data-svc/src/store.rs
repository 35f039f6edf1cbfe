//! The data directory: one process at a time, one journal.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use gbm_core::journal::{self, Journal, JournalError, Torn};
use gbm_core::model::Model;

const JOURNAL: &str = "session.jsonl";
const LOCK: &str = "lock";
/// The largest journal that is read at start, 4 GiB.
const MAX_JOURNAL_BYTES: u64 = 4 << 30;

/// A data directory that can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A file that can't be opened, read or written.
    #[error("{}: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// Another process owns it.
    #[error("{}: another process is using this data directory", path.display())]
    Locked {
        /// The directory.
        path: PathBuf,
    },
    /// A journal that is damaged, or of another version.
    #[error("{}: {error}", path.display())]
    Journal {
        /// The file.
        path: PathBuf,
        /// Where and what.
        error: JournalError,
    },
}

/// A locked data directory. The lock is advisory and falls with the process, however it ends.
#[derive(Debug)]
pub struct Store {
    directory: PathBuf,
    _lock: File,
}

impl Store {
    /// Creates the directory if it is missing, and locks it.
    ///
    /// # Errors
    /// [`StoreError::File`] if it can't be written, [`StoreError::Locked`] if another process owns it.
    pub fn open(directory: &Path) -> Result<Self, StoreError> {
        in_file(directory, std::fs::create_dir_all(directory))?;
        let path = directory.join(LOCK);
        let lock = in_file(&path, OpenOptions::new().create(true).truncate(false).write(true).open(&path))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { directory: directory.into(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Locked { path: directory.into() }),
            Err(TryLockError::Error(error)) => Err(StoreError::File { path, error }),
        }
    }

    /// The journal's path.
    pub fn journal_path(&self) -> PathBuf {
        self.directory.join(JOURNAL)
    }

    /// The journal of the session that was here before, if any; a torn last line is cut off the file.
    ///
    /// # Errors
    /// [`StoreError::Journal`] for a damaged journal, [`StoreError::File`] if it can't be read or cut.
    pub fn load(&self) -> Result<Option<(Journal<Model>, File)>, StoreError> {
        let path = self.journal_path();
        let mut file = match OpenOptions::new().read(true).write(true).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => in_file(&path, opened)?,
        };
        let mut bytes = Vec::new();
        in_file(&path, (&mut file).take(MAX_JOURNAL_BYTES).read_to_end(&mut bytes))?;
        if !bytes.contains(&b'\n') {
            // Not even the header was finished, so nothing was ever published from it.
            return Ok(None);
        }
        let journal = journal::read(&bytes).map_err(|error| StoreError::Journal { path: path.clone(), error })?;
        if let Some(Torn { offset, .. }) = journal.torn {
            in_file(&path, file.set_len(offset as u64).and_then(|()| file.sync_all()))?;
        }
        in_file(&path, file.seek(SeekFrom::End(0)))?;
        Ok(Some((journal, file)))
    }

    /// A new, empty journal file, with its place in the directory on disk.
    ///
    /// # Errors
    /// [`StoreError::File`] if it can't be created.
    pub fn create(&self) -> Result<File, StoreError> {
        let path = self.journal_path();
        let file = in_file(&path, OpenOptions::new().create(true).truncate(true).read(true).write(true).open(&path))?;
        in_file(&path, file.sync_all())?;
        in_file(&self.directory, sync_directory(&self.directory))?;
        Ok(file)
    }
}

/// A new file is only found after a crash if its directory was synced; where directories can't be opened, the file
/// system sees to it.
fn sync_directory(directory: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(directory)?.sync_all() } else { Ok(()) }
}

fn in_file<T>(path: &Path, result: io::Result<T>) -> Result<T, StoreError> {
    result.map_err(|error| StoreError::File { path: path.into(), error })
}
