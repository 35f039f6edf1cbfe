//! Own scenarios: texts in a folder of the data directory, at most so many, found again by a restart.
//!
//! Readers never wait for the disk: what is held changes once it is there. One change at a time has its turn, on a blocking thread.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use scenario::{NAMES, Scenario};
use tokio::sync::Mutex as Turn;
use tokio::task::spawn_blocking;

use crate::files::Files;

/// Own scenarios that are kept at once.
pub const MAX_KEPT: usize = 100;
/// The longest text of one, bytes.
pub const MAX_BYTES: usize = 64 << 10;
/// Files that are looked at when a service starts.
pub const MAX_LISTED: usize = 10_000;
const FOLDER: &str = "scenarios";
const EXTENSION: &str = "toml";

/// A change that was not made; what is held is what was held before.
///
/// After [`KeepError::Disk`] the files are as they were, too, or are made so before the next change. Only if the disk fails at that as well,
/// and the process ends before it recovers, may a restart find the change that was refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeepError {
    /// The name of one that comes with the service.
    #[error("name = {0:?} is that of a scenario that comes with the service")]
    BuiltIn(String),
    /// The name of another one, which was not to be replaced.
    #[error("name = {0:?} is that of another scenario that is kept")]
    Taken(String),
    /// More text than is kept.
    #[error("text = {0} bytes: a scenario that is kept has at most {MAX_BYTES}")]
    TooLong(usize),
    /// As many as there may be.
    #[error("scenarios = {MAX_KEPT} are kept, as many as there may be: delete one first")]
    Full,
    /// A file that isn't ours to replace.
    #[error("{FOLDER}/{0}.{EXTENSION} is there, but wasn't read when the service started: mend it or take it away")]
    InTheWay(String),
    /// No own scenario has the name.
    #[error("name = {0:?} is not that of a scenario that is kept")]
    Unknown(String),
    /// The disk failed.
    #[error("scenarios can't be written: {0}")]
    Disk(#[from] io::Error),
    /// The change ended without an answer.
    #[error("the change has ended without an answer")]
    Ended,
}

/// What keeping a scenario has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is a new one.
    New,
    /// It has taken another one's place.
    Replaced,
    /// Nothing: it was kept already, to the byte.
    Same,
}

/// The own scenarios of a data directory. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Library {
    shelf: Arc<Shelf>,
    /// The names whose files may not be what is held, since the disk failed. Whoever has it may write.
    turn: Arc<Turn<Unsure>>,
}

type Unsure = BTreeSet<String>;

#[derive(Debug)]
struct Shelf {
    files: Arc<dyn Files>,
    directory: PathBuf,
    held: Mutex<BTreeMap<String, Arc<Scenario>>>,
}

impl Library {
    /// Reads what a directory has. A file that can't be read, or holds no scenario of its own name, is logged and left alone, as are all
    /// beyond the first [`MAX_KEPT`] by name.
    pub fn open(files: Arc<dyn Files>, directory: &Path) -> Self {
        let shelf = Shelf { files, directory: directory.into(), held: Mutex::default() };
        let unsure = shelf.fill();
        Self { shelf: Arc::new(shelf), turn: Arc::new(Turn::new(unsure)) }
    }

    /// One by its name.
    pub fn get(&self, name: &str) -> Option<Arc<Scenario>> {
        self.shelf.held().get(name).cloned()
    }

    /// All of them, by name.
    pub fn all(&self) -> Vec<Arc<Scenario>> {
        self.shelf.held().values().cloned().collect()
    }

    /// Keeps a scenario under its name; it is on the disk then. One of the same name but another text is replaced, if it may be.
    ///
    /// # Errors
    /// [`KeepError`]; what is held has not changed then.
    pub async fn keep(&self, scenario: Scenario, may_replace: bool) -> Result<Kept, KeepError> {
        self.change(move |shelf, unsure| shelf.keep(unsure, scenario, may_replace)).await
    }

    /// Forgets a scenario; it is gone from the disk then.
    ///
    /// # Errors
    /// [`KeepError::BuiltIn`], [`KeepError::Unknown`], [`KeepError::Disk`]; what is held has not changed then.
    pub async fn forget(&self, name: &str) -> Result<(), KeepError> {
        let name = name.to_owned();
        self.change(move |shelf, unsure| shelf.forget(unsure, name)).await
    }

    /// Makes a change in its turn, to its end even if nobody waits for it any more.
    async fn change<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Shelf, &mut Unsure) -> Result<T, KeepError> + Send + 'static,
    ) -> Result<T, KeepError> {
        let mut unsure = Arc::clone(&self.turn).lock_owned().await;
        let shelf = Arc::clone(&self.shelf);
        spawn_blocking(move || change(&shelf, &mut unsure)).await.unwrap_or(Err(KeepError::Ended))
    }
}

impl Shelf {
    /// Nothing panics while it has this; if something did, it is as good as before.
    fn held(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Scenario>>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn folder(&self) -> PathBuf {
        self.directory.join(FOLDER)
    }

    fn path_of(&self, name: &str) -> PathBuf {
        self.folder().join(format!("{name}.{EXTENSION}"))
    }

    /// Reads all files; gives the names that a power failure could still take back.
    fn fill(&self) -> Unsure {
        let folder = self.folder();
        let mut paths: Vec<PathBuf> = match self.files.list(&folder, MAX_LISTED) {
            Ok(files) => files.into_iter().map(|file| file.path).collect(),
            Err(error) => {
                tracing::warn!(folder = %folder.display(), %error, "own scenarios can't be listed");
                return Unsure::new();
            }
        };
        paths.retain(|path| path.extension().is_some_and(|extension| extension == EXTENSION));
        paths.sort();
        for path in paths {
            let left_alone = match self.read(&path) {
                Ok(_) if self.held().len() == MAX_KEPT => format!("{MAX_KEPT} are kept already"),
                Ok(scenario) => {
                    self.held().insert(scenario.name().into(), Arc::new(scenario));
                    continue;
                }
                Err(reason) => reason,
            };
            tracing::warn!(path = %path.display(), left_alone, "not an own scenario");
        }
        // A process that was killed may not have got so far; what is told from now on must be durable.
        match self.files.sync_directory(&folder) {
            Ok(()) => Unsure::new(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Unsure::new(),
            Err(error) => {
                tracing::warn!(folder = %folder.display(), %error, "own scenarios can't be synced");
                self.held().keys().cloned().collect()
            }
        }
    }

    /// A file's scenario, or why it isn't one.
    fn read(&self, path: &Path) -> Result<Scenario, String> {
        let mut bytes = Vec::new();
        let file = self.files.open(path).map_err(|error| error.to_string())?;
        file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
        if bytes.len() > MAX_BYTES {
            return Err(format!("has more than {MAX_BYTES} bytes"));
        }
        let text = String::from_utf8(bytes).map_err(|_| "is not UTF-8".to_owned())?;
        let scenario = Scenario::from_toml(&text).map_err(|error| error.to_string())?;
        let name = scenario.name();
        if path.file_stem().is_none_or(|stem| stem != name) {
            return Err(format!("name = {name:?} is not the file's"));
        }
        if NAMES.contains(&name) {
            return Err(KeepError::BuiltIn(name.into()).to_string());
        }
        Ok(scenario)
    }

    fn keep(&self, unsure: &mut Unsure, scenario: Scenario, may_replace: bool) -> Result<Kept, KeepError> {
        let name = scenario.name().to_owned();
        if NAMES.contains(&name.as_str()) {
            return Err(KeepError::BuiltIn(name));
        }
        if scenario.text().len() > MAX_BYTES {
            return Err(KeepError::TooLong(scenario.text().len()));
        }
        self.settle(unsure)?;
        let (before, count) = {
            let held = self.held();
            (held.get(&name).cloned(), held.len())
        };
        let kept = match before {
            Some(before) if before.text() == scenario.text() => return Ok(Kept::Same),
            Some(_) if may_replace => Kept::Replaced,
            Some(_) => return Err(KeepError::Taken(name)),
            None if count >= MAX_KEPT => return Err(KeepError::Full),
            None if self.files.exists(&self.path_of(&name))? => return Err(KeepError::InTheWay(name)),
            None => Kept::New,
        };
        self.or_undo(unsure, |shelf, unsure| shelf.write(unsure, &name, scenario.text()))?;
        self.held().insert(name, Arc::new(scenario));
        Ok(kept)
    }

    fn forget(&self, unsure: &mut Unsure, name: String) -> Result<(), KeepError> {
        if NAMES.contains(&name.as_str()) {
            return Err(KeepError::BuiltIn(name));
        }
        // So no path is ever made of a name that no scenario has.
        if !self.held().contains_key(&name) {
            return Err(KeepError::Unknown(name.chars().take(80).collect()));
        }
        self.settle(unsure)?;
        self.or_undo(unsure, |shelf, unsure| shelf.remove(unsure, &name))?;
        self.held().remove(&name);
        Ok(())
    }

    fn or_undo(
        &self,
        unsure: &mut Unsure,
        change: impl FnOnce(&Self, &mut Unsure) -> io::Result<()>,
    ) -> Result<(), KeepError> {
        change(self, unsure).map_err(|error| {
            // What can't be put right now is put right before the next change.
            drop(self.settle(unsure));
            KeepError::Disk(error)
        })
    }

    /// Lets the files be what is held, where a failure has left that open.
    fn settle(&self, unsure: &mut Unsure) -> io::Result<()> {
        while let Some(name) = unsure.first().cloned() {
            let held = self.held().get(&name).cloned();
            match held {
                Some(scenario) => self.write(unsure, &name, scenario.text())?,
                None => self.remove(unsure, &name)?,
            }
        }
        Ok(())
    }

    fn write(&self, unsure: &mut Unsure, name: &str, text: &str) -> io::Result<()> {
        self.files.create_directories(&self.folder())?;
        self.files.sync_directory(&self.directory)?;
        self.files.replace(&self.path_of(name), text.as_bytes(), true)?;
        self.sync(unsure, name)
    }

    fn remove(&self, unsure: &mut Unsure, name: &str) -> io::Result<()> {
        match self.files.remove(&self.path_of(name)) {
            // Someone else has removed it; that may not be durable either.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            removed => removed?,
        }
        match self.sync(unsure, name) {
            // No folder, no file.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                unsure.remove(name);
                Ok(())
            }
            synced => synced,
        }
    }

    /// Makes it durable that a name's file has changed; until then it may be the one or the other.
    fn sync(&self, unsure: &mut Unsure, name: &str) -> io::Result<()> {
        unsure.insert(name.into());
        self.files.sync_directory(&self.folder())?;
        unsure.remove(name);
        Ok(())
    }
}
