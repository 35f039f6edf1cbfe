//! The system's files, as far as a session needs them, so that a test can put others in their place.

use std::fmt::Debug;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// An open file.
pub trait OpenFile: Read + Write + Seek + Debug + Send + Sync {
    /// Cuts the file off, or lengthens it.
    ///
    /// # Errors
    /// Those of the disk.
    fn set_len(&mut self, bytes: u64) -> io::Result<()>;

    /// Makes what was written durable, with the file's length.
    ///
    /// # Errors
    /// Those of the disk; what was written may be lost then, even if a later call succeeds.
    fn sync_data(&mut self) -> io::Result<()>;
}

/// A tree of files.
pub trait Files: Debug + Send + Sync + 'static {
    /// Creates a directory and those above it, if they are missing.
    ///
    /// # Errors
    /// Those of the disk, as for every other call.
    fn create_directories(&self, path: &Path) -> io::Result<()>;

    /// Whether there is such a file.
    ///
    /// # Errors
    /// Those of the disk: a file that can't be seen may be there.
    fn exists(&self, path: &Path) -> io::Result<bool>;

    /// Opens a file that is there, for reading and writing.
    ///
    /// # Errors
    /// `NotFound`, and those of the disk.
    fn open(&self, path: &Path) -> io::Result<Box<dyn OpenFile>>;

    /// Creates a file that only its owner may open; one that is there is emptied.
    ///
    /// # Errors
    /// Those of the disk.
    fn create(&self, path: &Path) -> io::Result<Box<dyn OpenFile>>;

    /// Puts a file with these bytes in a path's place, whole or not at all. Only one that is `synced` is sure to hold them after a
    /// crash.
    ///
    /// # Errors
    /// Those of the disk.
    fn replace(&self, path: &Path, bytes: &[u8], synced: bool) -> io::Result<()>;

    /// Moves a file, over another if there is one.
    ///
    /// # Errors
    /// Those of the disk.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file.
    ///
    /// # Errors
    /// Those of the disk.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// The files of a directory, among so many entries and in any order; none if there is no such directory.
    ///
    /// # Errors
    /// Those of the disk.
    fn list(&self, directory: &Path, most: usize) -> io::Result<Vec<Listed>>;

    /// Makes a directory's entries durable: a new file is only found after a crash if its directory was synced.
    ///
    /// # Errors
    /// Those of the disk.
    fn sync_directory(&self, path: &Path) -> io::Result<()>;
}

/// A file of a directory.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    /// Its path.
    pub path: PathBuf,
    /// Its length.
    pub bytes: u64,
}

/// The system's own.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemFiles;

impl OpenFile for File {
    fn set_len(&mut self, bytes: u64) -> io::Result<()> {
        File::set_len(self, bytes)
    }

    fn sync_data(&mut self) -> io::Result<()> {
        File::sync_data(self)
    }
}

impl Files for SystemFiles {
    fn create_directories(&self, path: &Path) -> io::Result<()> {
        std::fs::create_dir_all(path)
    }

    fn exists(&self, path: &Path) -> io::Result<bool> {
        path.try_exists()
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn OpenFile>> {
        Ok(Box::new(OpenOptions::new().read(true).write(true).open(path)?))
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn OpenFile>> {
        let mut options = private();
        Ok(Box::new(options.create(true).truncate(true).read(true).write(true).open(path)?))
    }

    fn replace(&self, path: &Path, bytes: &[u8], synced: bool) -> io::Result<()> {
        let mut file = NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
        file.write_all(bytes)?;
        if synced {
            file.as_file().sync_all()?;
        }
        file.persist(path)?;
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        std::fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_file(path)
    }

    fn list(&self, directory: &Path, most: usize) -> io::Result<Vec<Listed>> {
        let entries = match std::fs::read_dir(directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut files = Vec::new();
        for entry in entries.take(most) {
            let entry = entry?;
            let metadata = entry.metadata()?;
            if metadata.is_file() {
                files.push(Listed { path: entry.path(), bytes: metadata.len() });
            }
        }
        Ok(files)
    }

    /// Where directories can't be opened, the file system sees to it.
    fn sync_directory(&self, path: &Path) -> io::Result<()> {
        if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
    }
}

/// For files that only their owner may open: a journal holds the seed, and whoever can open the lock can hold it.
pub(crate) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
