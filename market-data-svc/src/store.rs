//! The data directory: one process at a time, one journal, and those of earlier sessions beside it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use gbm_core::journal::{self, Journal, JournalError};
use gbm_core::model::Model;
use market_api::clock::Clock;
use market_api::instrument::TickSize;

use crate::kept::{self, Kept, Standing};
use crate::session::{Disk, Keep};
use crate::writer::{FileSink, Sink};

const JOURNAL: &str = "session.jsonl";
/// A journal that is to take the place of the other: it counts only once it has been renamed.
const NEXT: &str = "session.next.jsonl";
const ARCHIVE: &str = "sessions";
const CLOCK: &str = "clock.json";
const LOCK: &str = "lock";
/// The longest header.
const MAX_HEADER_BYTES: u64 = 4 << 20;
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

/// The session that a directory holds.
pub struct Loaded {
    /// The whole journal, or its tail after what was kept.
    pub journal: Journal<Model>,
    /// How things stood where the tail begins.
    pub kept: Option<Box<Kept>>,
    /// Where the next lines go.
    pub sink: Box<dyn Sink>,
    /// The journal's length.
    pub bytes: u64,
}

/// A locked data directory. The lock is advisory and falls with the process, however it ends.
#[derive(Debug)]
pub struct Store {
    directory: PathBuf,
    pub(crate) tick_size: TickSize,
    _lock: File,
}

impl Store {
    /// Creates the directory if it is missing, and locks it.
    ///
    /// # Errors
    /// [`StoreError::File`] if it can't be written, [`StoreError::Locked`] if another process owns it.
    pub fn open(directory: &Path, tick_size: TickSize) -> Result<Self, StoreError> {
        in_file(directory, std::fs::create_dir_all(directory))?;
        let path = directory.join(LOCK);
        let mut options = private();
        let lock = in_file(&path, options.create(true).truncate(false).write(true).open(&path))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { directory: directory.into(), tick_size, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Locked { path: directory.into() }),
            Err(TryLockError::Error(error)) => Err(StoreError::File { path, error }),
        }
    }

    /// The journal's path.
    pub fn journal_path(&self) -> PathBuf {
        self.directory.join(JOURNAL)
    }

    /// The session that was here before, if any; a torn last line is cut off the file.
    ///
    /// # Errors
    /// [`StoreError::Journal`] for a damaged journal, [`StoreError::File`] if it can't be read or cut.
    pub fn load(&self) -> Result<Option<Loaded>, StoreError> {
        self.load_with(true)
    }

    /// The same from the whole journal, whatever was kept.
    ///
    /// # Errors
    /// As [`Store::load`].
    pub fn load_whole(&self) -> Result<Option<Loaded>, StoreError> {
        self.load_with(false)
    }

    fn load_with(&self, may_use_kept: bool) -> Result<Option<Loaded>, StoreError> {
        let path = self.journal_path();
        if !path.exists() && self.directory.join(NEXT).exists() {
            in_file(&path, self.take_place())?;
        }
        let mut file = match OpenOptions::new().read(true).write(true).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => in_file(&path, opened)?,
        };
        let Some(first) = in_file(&path, first_line(&file))? else {
            // Not even the header was finished, so nothing was ever published from it.
            return Ok(None);
        };
        let damaged = |error| StoreError::Journal { path: path.clone(), error };
        let (header, start) = journal::read_first(&first).map_err(damaged)?;
        let after_header = first.len() as u64 + 1;
        let kept = if may_use_kept { kept::read(&self.directory) } else { None };
        let kept = kept.filter(|kept| kept.session == header.session);
        let fits = kept.as_ref().map_or(Ok(false), |kept| {
            file.seek(SeekFrom::Start(after_header))?;
            kept::leads_to(kept, start, after_header, &file)
        });
        let kept = kept.filter(|_| matches!(fits, Ok(true))).map(Box::new);
        let (position, offset) = kept.as_ref().map_or((start, after_header), |kept| (kept.position, kept.bytes));
        let mut bytes = Vec::new();
        in_file(&path, file.seek(SeekFrom::Start(offset)))?;
        in_file(&path, (&mut file).take(MAX_JOURNAL_BYTES).read_to_end(&mut bytes))?;
        let journal = journal::read_tail(header, position, &bytes).map_err(damaged)?;
        if let Some(torn) = journal.torn {
            in_file(&path, file.set_len(offset + torn.offset as u64).and_then(|()| file.sync_all()))?;
        }
        let bytes = in_file(&path, file.seek(SeekFrom::End(0)))?;
        let sink = Box::new(in_file(&path, FileSink::new(file))?);
        Ok(Some(Loaded { journal, kept, sink, bytes }))
    }

    /// Begins the first journal of this directory.
    ///
    /// # Errors
    /// [`StoreError::File`] if it can't be created.
    pub fn create(&self, header: &[u8]) -> Result<Box<dyn Sink>, StoreError> {
        let path = self.journal_path();
        let file = in_file(&path, self.prepare(header))?;
        in_file(&path, self.take_place())?;
        Ok(Box::new(in_file(&path, FileSink::new(file))?))
    }

    /// Puts the journal that is here away, whatever it holds, under the name of its session.
    ///
    /// # Errors
    /// [`StoreError::File`] if it can't be moved.
    pub fn archive(&self, session: &str) -> Result<(), StoreError> {
        in_file(&self.journal_path(), self.put_away(session).map(drop))
    }

    /// The clock that was kept; running at the speed of the wall's if none was.
    pub fn clock(&self) -> Clock {
        let kept = std::fs::read(self.directory.join(CLOCK)).ok();
        let kept = kept.and_then(|text| serde_json::from_slice(&text).ok());
        kept.unwrap_or(Clock { running: true, speed: 1.0 })
    }

    /// Writes a header beside the journal, where it doesn't count yet.
    fn prepare(&self, header: &[u8]) -> io::Result<File> {
        let mut options = private();
        let mut file = options.create(true).truncate(true).read(true).write(true).open(self.directory.join(NEXT))?;
        file.write_all(header)?;
        file.sync_all()?;
        Ok(file)
    }

    /// Lets what was prepared be the journal.
    fn take_place(&self) -> io::Result<()> {
        std::fs::rename(self.directory.join(NEXT), self.journal_path())?;
        sync_directory(&self.directory)
    }

    /// Where the journal was put.
    fn put_away(&self, session: &str) -> io::Result<PathBuf> {
        let archive = self.directory.join(ARCHIVE);
        std::fs::create_dir_all(&archive)?;
        // A name from a file is not trusted to be one.
        let session: String = session.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(64).collect();
        let session = if session.is_empty() { "unnamed" } else { &session };
        let mut path = archive.join(format!("{session}.jsonl"));
        for number in 1.. {
            if !path.exists() {
                break;
            }
            path = archive.join(format!("{session}-{number}.jsonl"));
        }
        std::fs::rename(self.journal_path(), &path)?;
        sync_directory(&archive)?;
        Ok(path)
    }
}

impl Disk for Store {
    fn begin(&mut self, ended: &str, header: &[u8]) -> io::Result<Box<dyn Sink>> {
        let sink = self.prepare(header).and_then(FileSink::new);
        let archived = sink.and_then(|sink| Ok((sink, self.put_away(ended)?)));
        let (sink, archived) = archived.inspect_err(|_| drop(std::fs::remove_file(self.directory.join(NEXT))))?;
        // A crash here is met by `load`, which finds the next journal in the place of none.
        self.take_place().inspect_err(|_| {
            // The session that would have ended goes on, so its journal comes back.
            drop(std::fs::rename(&archived, self.journal_path()));
        })?;
        Ok(Box::new(sink))
    }

    fn keep_clock(&mut self, clock: Clock) -> io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(&self.directory)?;
        serde_json::to_writer(&mut file, &clock)?;
        file.as_file().sync_all()?;
        file.persist(self.directory.join(CLOCK))?;
        Ok(())
    }

    fn keep(&self) -> Keep {
        let directory = self.directory.clone();
        Box::new(move |standing: Standing, history| kept::write(&directory, standing, history))
    }

    fn journal(&self) -> io::Result<File> {
        File::open(self.journal_path())
    }

    fn tick_size(&self) -> TickSize {
        self.tick_size
    }
}

/// For files that only their owner may open: a journal holds the seed, and whoever can open the lock can hold it.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// The first line without its newline; `None` if it isn't whole.
fn first_line(mut file: &File) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    BufReader::new(file).take(MAX_HEADER_BYTES).read_until(b'\n', &mut line)?;
    Ok((line.pop() == Some(b'\n')).then_some(line))
}

/// A new file is only found after a crash if its directory was synced; where directories can't be opened, the file
/// system sees to it.
fn sync_directory(directory: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(directory)?.sync_all() } else { Ok(()) }
}

fn in_file<T>(path: &Path, result: io::Result<T>) -> Result<T, StoreError> {
    result.map_err(|error| StoreError::File { path: path.into(), error })
}
