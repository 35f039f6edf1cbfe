//! The data directory: one process at a time, one journal, and those of earlier sessions beside it.

use std::fs::{File, TryLockError};
use std::io::{self, BufRead, BufReader, Read, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gbm_core::journal::{self, Chain, Journal, JournalError, SealError};
use gbm_core::model::Model;
use market_api::clock::Clock;
use market_api::instrument::TickSize;

use crate::archive;
use crate::files::{Files, OpenFile, SystemFiles, private};
use crate::journal_file::{COPY, JOURNAL, JournalFile};
use crate::kept::{self, Kept, Standing};
use crate::scenarios::Library;
use crate::session::{BeginError, Disk, Keep};
use crate::writer::Sink;

/// A journal that is to take the place of the other: it counts only once it has been renamed.
const NEXT: &str = "session.next.jsonl";
const CLOCK: &str = "clock.json";
const LOCK: &str = "lock";
/// The longest header.
const MAX_HEADER_BYTES: u64 = 4 << 20;
/// More than the lines that wait for one sync can be.
const MAX_UNSYNCED_BYTES: usize = 64 << 20;
/// The longest clock.
const MAX_CLOCK_BYTES: u64 = 4096;
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

/// What the data directory may grow to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiskSpace {
    /// A journal that has come to this length is rewritten without what has been overtaken.
    pub journal_bytes: u64,
    /// The journals of earlier sessions, together; the newest of them stays in any case.
    pub archive_bytes: u64,
}

impl Default for DiskSpace {
    /// 64 MiB and 1 GiB.
    fn default() -> Self {
        Self { journal_bytes: 64 << 20, archive_bytes: 1 << 30 }
    }
}

/// A journal whose session goes on after all, and that isn't surely in its place.
#[derive(Debug)]
struct Displaced {
    place: PathBuf,
    /// Whether it was there.
    was_moved: bool,
}

/// A locked data directory. The lock is advisory and falls with the process, however it ends.
#[derive(Debug)]
pub struct Store {
    files: Arc<dyn Files>,
    directory: PathBuf,
    pub(crate) tick_size: TickSize,
    space: DiskSpace,
    displaced: Option<Displaced>,
    _lock: Option<File>,
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
            Ok(()) => Ok(Self { _lock: Some(lock), ..Self::on(Arc::new(SystemFiles), directory, tick_size) }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Locked { path: directory.into() }),
            Err(TryLockError::Error(error)) => Err(StoreError::File { path, error }),
        }
    }

    /// A directory of other files than the system's, where nobody else can be.
    pub fn on(files: Arc<dyn Files>, directory: &Path, tick_size: TickSize) -> Self {
        Self {
            files,
            directory: directory.into(),
            tick_size,
            space: DiskSpace::default(),
            displaced: None,
            _lock: None,
        }
    }

    /// The same with other space.
    #[must_use]
    pub fn with_space(self, space: DiskSpace) -> Self {
        Self { space, ..self }
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
        let next = self.directory.join(NEXT);
        if !in_file(&path, self.files.exists(&path))? && in_file(&next, self.files.exists(&next))? {
            in_file(&path, self.take_place())?;
        }
        // A copy that a crash left half-way counts for nothing.
        drop(self.files.remove(&self.directory.join(COPY)));
        let mut file = match self.files.open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => in_file(&path, opened)?,
        };
        let damaged = |error| StoreError::Journal { path: path.clone(), error };
        let first = match in_file(&path, first_line(&mut *file))? {
            Ok(first) => first,
            // A whole header and another byte in its newline's place was changed since.
            Err(part) if Chain::default().opens_beginning(&part) => {
                return Err(damaged(JournalError { line: 1, error: SealError::Broken.into() }));
            }
            // Not even the header was finished, so nothing was ever published from it.
            Err(_) => return Ok(None),
        };
        let (header, start) = journal::read_first(&first).map_err(damaged)?;
        let after_header = first.len() as u64 + 1;
        let kept = if may_use_kept { kept::read(&*self.files, &self.directory) } else { None };
        let kept = kept.filter(|kept| kept.session == header.session);
        let fits = kept.as_ref().map_or(Ok(false), |kept| {
            file.seek(SeekFrom::Start(after_header))?;
            kept::leads_to(kept, start, after_header, &mut *file)
        });
        let kept = kept.filter(|_| matches!(fits, Ok(true))).map(Box::new);
        let (position, offset) = kept.as_ref().map_or((start, after_header), |kept| (kept.position, kept.bytes));
        let mut bytes = Vec::new();
        in_file(&path, file.seek(SeekFrom::Start(offset)))?;
        in_file(&path, (&mut file).take(MAX_JOURNAL_BYTES).read_to_end(&mut bytes))?;
        let journal = journal::read_tail(header, position, &bytes).map_err(damaged)?;
        if let Some(torn) = journal.torn {
            bytes.truncate(torn.offset);
            in_file(&path, file.set_len(offset + torn.offset as u64))?;
        }
        // Lines of a process that was stopped may be unsynced, or their sync may have failed, after which some systems
        // take them for durable although they are not. So they are written once more, and nothing follows from them
        // before.
        let last = bytes.len() - bytes.len().min(MAX_UNSYNCED_BYTES);
        in_file(&path, file.seek(SeekFrom::Start(offset + last as u64)))?;
        in_file(&path, file.write_all(&bytes[last..]).and_then(|()| file.sync_data()))?;
        in_file(&self.directory, self.files.sync_directory(&self.directory))?;
        let bytes = in_file(&path, file.seek(SeekFrom::End(0)))?;
        let sink = Box::new(in_file(&path, self.sink(file))?);
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
        Ok(Box::new(in_file(&path, self.sink(file))?))
    }

    /// Puts the journal that is here away, whatever it holds, under the name of its session.
    ///
    /// # Errors
    /// [`StoreError::File`] if it can't be moved.
    pub fn archive(&self, session: &str) -> Result<(), StoreError> {
        // Nothing that was prepared for another session may be found in its place.
        self.forget_next();
        in_file(&self.journal_path(), self.free_place(session).and_then(|place| self.put_away_to(&place)))?;
        self.sweep();
        Ok(())
    }

    /// The clock that was kept; running at the speed of the wall's if none was, or none that can be understood.
    ///
    /// # Errors
    /// [`StoreError::File`] if it can't be read: a paused market doesn't run because a disk has failed.
    pub fn clock(&self) -> Result<Clock, StoreError> {
        let path = self.directory.join(CLOCK);
        let mut text = Vec::new();
        let read = self.files.open(&path).and_then(|file| file.take(MAX_CLOCK_BYTES).read_to_end(&mut text));
        match read {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StoreError::File { path, error }),
            _ => Ok(serde_json::from_slice(&text).unwrap_or(Clock { running: true, speed: 1.0 })),
        }
    }

    /// The scenarios that are kept here.
    pub fn scenarios(&self) -> Library {
        Library::open(self.files.clone(), &self.directory)
    }

    /// Writes a header beside the journal, where it doesn't count yet.
    fn prepare(&self, header: &[u8]) -> io::Result<Box<dyn OpenFile>> {
        let mut file = self.files.create(&self.directory.join(NEXT))?;
        file.write_all(header)?;
        file.sync_data()?;
        Ok(file)
    }

    /// Lets what was prepared be the journal.
    fn take_place(&self) -> io::Result<()> {
        self.files.rename(&self.directory.join(NEXT), &self.journal_path())?;
        self.files.sync_directory(&self.directory)
    }

    fn free_place(&self, session: &str) -> io::Result<PathBuf> {
        archive::place(&*self.files, &self.directory, session)
    }

    /// A file of the journal that is, or will be, here.
    fn sink(&self, file: Box<dyn OpenFile>) -> io::Result<JournalFile> {
        JournalFile::new(self.files.clone(), &self.directory, file)
    }

    /// Keeps earlier sessions within their limit; that it can't be done is no reason to stop.
    fn sweep(&self) {
        match archive::sweep(&*self.files, &self.directory, self.space.archive_bytes) {
            Ok(swept) => swept.iter().for_each(|(path, removed)| match removed {
                Ok(()) => {
                    tracing::info!(path = %path.display(), "removed the journal of an old session, to stay within --max-archive");
                }
                Err(error) => tracing::warn!(path = %path.display(), %error, "the journal of an old session can't be removed"),
            }),
            Err(error) => tracing::warn!(%error, "journals of old sessions can't be listed"),
        }
    }

    /// Moves the journal to a place; it may be there even if that fails.
    fn put_away_to(&self, place: &Path) -> io::Result<()> {
        self.files.rename(&self.journal_path(), place)?;
        self.files.sync_directory(&archive::folder(&self.directory))
    }

    /// What was prepared doesn't count; a later session overwrites what can't be removed.
    fn forget_next(&self) {
        drop(self.files.remove(&self.directory.join(NEXT)));
    }
}

impl Disk for Store {
    fn begin(&mut self, ended: &str, header: &[u8]) -> Result<Box<dyn Sink>, BeginError> {
        let sink = self.prepare(header).and_then(|file| self.sink(file));
        let placed = sink.and_then(|sink| Ok((sink, self.free_place(ended)?)));
        let (sink, archived) = placed.inspect_err(|_| self.forget_next())?;
        // A crash between the two is met by `load`, which finds the next journal in the place of none.
        if let Err(error) = self.put_away_to(&archived).and_then(|()| self.take_place()) {
            // The session that would have ended goes on, so its journal comes back.
            self.displaced = Some(Displaced { place: archived, was_moved: false });
            self.restore().map_err(BeginError::Displaced)?;
            return Err(error.into());
        }
        self.sweep();
        Ok(Box::new(sink))
    }

    fn restore(&mut self) -> io::Result<()> {
        let journal = self.journal_path();
        let Some(displaced) = &mut self.displaced else { return Ok(()) };
        if self.files.exists(&displaced.place)? {
            displaced.was_moved = true;
            self.files.rename(&displaced.place, &journal)?;
        }
        if displaced.was_moved {
            self.files.sync_directory(&self.directory)?;
        }
        self.displaced = None;
        self.forget_next();
        Ok(())
    }

    fn keep_clock(&mut self, clock: Clock) -> io::Result<()> {
        self.files.replace(&self.directory.join(CLOCK), &serde_json::to_vec(&clock)?, true)?;
        self.files.sync_directory(&self.directory)
    }

    fn keep(&self) -> Keep {
        let (files, directory) = (self.files.clone(), self.directory.clone());
        Box::new(move |standing: Standing, histories| kept::write(&*files, &directory, standing, histories))
    }

    fn journal(&self) -> io::Result<File> {
        File::open(self.journal_path())
    }

    fn max_journal_bytes(&self) -> u64 {
        self.space.journal_bytes
    }

    fn tick_size(&self) -> TickSize {
        self.tick_size
    }
}

/// The first line without its newline; what there is of it, if it isn't whole.
fn first_line(file: &mut dyn OpenFile) -> io::Result<Result<Vec<u8>, Vec<u8>>> {
    let mut line = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    BufReader::new(file).take(MAX_HEADER_BYTES).read_until(b'\n', &mut line)?;
    let is_whole = line.pop_if(|last| *last == b'\n').is_some();
    Ok(if is_whole { Ok(line) } else { Err(line) })
}

fn in_file<T>(path: &Path, result: io::Result<T>) -> Result<T, StoreError> {
    result.map_err(|error| StoreError::File { path: path.into(), error })
}
