//! The journal's file: appended to and synced, and, when it has grown too long, rewritten beside itself and replaced by
//! one rename.

use std::io::{self, Read, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gbm_core::journal::{Compactor, Position};

use crate::files::{Files, OpenFile};
use crate::writer::{PlaceError, Placed, Sink};

/// The journal of the session that runs.
pub const JOURNAL: &str = "session.jsonl";
/// Where it is rewritten; it counts for nothing there.
pub const COPY: &str = "session.copy.jsonl";
/// What is rewritten between two groups of lines: a few milliseconds' work.
const PIECE: u64 = 256 << 10;
/// More than the seal of a last line, which speaks for all lines before it.
const SEAL: u64 = 128;

/// A journal file. What couldn't be written whole is cut off again.
#[derive(Debug)]
pub struct JournalFile {
    files: Arc<dyn Files>,
    directory: PathBuf,
    file: Box<dyn OpenFile>,
    /// The length that is on the disk for sure.
    good: u64,
    copying: Option<Copying>,
    /// A whole copy that is to take the journal's place.
    copied: Option<(Box<dyn OpenFile>, Placed)>,
}

impl JournalFile {
    /// Appends at the end of a file, all of which is known to be good; it is, or will be, the journal of this directory.
    ///
    /// # Errors
    /// If the file's length can't be read.
    pub fn new(files: Arc<dyn Files>, directory: &Path, mut file: Box<dyn OpenFile>) -> io::Result<Self> {
        let good = file.seek(SeekFrom::End(0))?;
        Ok(Self { files, directory: directory.into(), file, good, copying: None, copied: None })
    }

    fn copy_path(&self) -> PathBuf {
        self.directory.join(COPY)
    }

    /// The whole copy, which is made so if it isn't.
    fn copied(&mut self) -> io::Result<(Box<dyn OpenFile>, Placed)> {
        if let Some(copied) = self.copied.take() {
            return Ok(copied);
        }
        let mut copying = self.copying.take().ok_or_else(none)?;
        while !copying.piece(self.good)? {}
        copying.finish()
    }

    /// What stands in the journal's place, open at its end, if it says what the copy says.
    fn same_in_place(&self, copy: &mut dyn OpenFile) -> io::Result<Option<Box<dyn OpenFile>>> {
        let mut placed = self.files.open(&self.directory.join(JOURNAL))?;
        Ok((end(&mut *placed)? == end(copy)?).then_some(placed))
    }
}

impl Sink for JournalFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.file.sync_data()?;
        self.good += bytes.len() as u64;
        Ok(())
    }

    fn cut(&mut self) -> io::Result<()> {
        self.file.set_len(self.good)?;
        self.file.seek(SeekFrom::Start(self.good))?;
        self.file.sync_data()
    }

    fn start_copy(&mut self, span: u64) -> io::Result<()> {
        let source = self.files.open(&self.directory.join(JOURNAL))?;
        let copy = self.files.create(&self.copy_path())?;
        self.copying = Some(Copying { source, copy, span, compactor: None, read: 0, begun: Vec::new(), written: 0 });
        Ok(())
    }

    fn copy_piece(&mut self) -> io::Result<bool> {
        self.copying.as_mut().ok_or_else(none)?.piece(self.good)
    }

    fn place_copy(&mut self) -> Result<Placed, PlaceError> {
        let (mut copy, placed) = self.copied()?;
        let renamed = self.files.rename(&self.copy_path(), &self.directory.join(JOURNAL));
        // A rename that failed may have happened all the same. That the copy isn't seen where it was doesn't say so: it
        // or the whole directory may be away. What counts is the file that a restart would find.
        if let Err(error) = renamed {
            if matches!(self.files.exists(&self.copy_path()), Ok(true)) {
                return Err(error.into());
            }
            match self.same_in_place(&mut *copy) {
                Ok(Some(file)) => copy = file,
                Ok(None) => return Err(error.into()),
                Err(error) => {
                    self.copied = Some((copy, placed));
                    return Err(PlaceError::Unsure(error));
                }
            }
        }
        (self.file, self.good) = (copy, placed.bytes);
        Ok(placed)
    }

    fn sync_place(&mut self) -> io::Result<()> {
        self.files.sync_directory(&self.directory)
    }

    fn drop_copy(&mut self) {
        (self.copying, self.copied) = (None, None);
        // One that can't be removed is emptied by the next, and by the next start.
        drop(self.files.remove(&self.copy_path()));
    }
}

impl Drop for JournalFile {
    fn drop(&mut self) {
        if self.copying.is_some() || self.copied.is_some() {
            self.drop_copy();
        }
    }
}

/// A file's length and last bytes. It is left at its end.
fn end(file: &mut dyn OpenFile) -> io::Result<(u64, Vec<u8>)> {
    let length = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(length.saturating_sub(SEAL)))?;
    let mut last = Vec::new();
    file.read_to_end(&mut last)?;
    Ok((length, last))
}

fn none() -> io::Error {
    io::Error::other("the journal is not being rewritten")
}

/// A copy that isn't whole yet.
#[derive(Debug)]
struct Copying {
    source: Box<dyn OpenFile>,
    copy: Box<dyn OpenFile>,
    span: u64,
    /// None before the header has been read.
    compactor: Option<Compactor>,
    read: u64,
    /// The beginning of a line whose end hasn't been read.
    begun: Vec<u8>,
    written: u64,
}

impl Copying {
    /// Rewrites what there is up to `end`, or a piece of it, and syncs it; whether that was the last piece.
    fn piece(&mut self, end: u64) -> io::Result<bool> {
        let wanted = (end - self.read).min(PIECE);
        let read = (&mut self.source).take(wanted).read_to_end(&mut self.begun)? as u64;
        if read < wanted {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.read += read;
        let whole = self.begun.iter().rposition(|&byte| byte == b'\n').map_or(0, |last| last + 1);
        let rest = self.begun.split_off(whole);
        let lines = std::mem::replace(&mut self.begun, rest);
        let mut text = String::new();
        for line in lines.split_inclusive(|&byte| byte == b'\n') {
            if let Some(compactor) = &mut self.compactor {
                compactor.push(line, &mut text).map_err(io::Error::other)?;
            } else {
                self.compactor = Some(Compactor::new(line, self.span).map_err(io::Error::other)?);
                text.push_str(str::from_utf8(line).map_err(io::Error::other)?);
            }
        }
        self.write(&text)?;
        Ok(self.read == end)
    }

    fn write(&mut self, text: &str) -> io::Result<()> {
        if !text.is_empty() {
            self.copy.write_all(text.as_bytes())?;
            self.copy.sync_data()?;
            self.written += text.len() as u64;
        }
        Ok(())
    }

    /// The whole copy, and where it stands.
    fn finish(mut self) -> io::Result<(Box<dyn OpenFile>, Placed)> {
        let mut text = String::new();
        // What is on the disk for sure ends with a line.
        let compactor = self.compactor.take().filter(|_| self.begun.is_empty()).ok_or(io::ErrorKind::UnexpectedEof)?;
        let position: Position = compactor.finish(&mut text).map_err(io::Error::other)?;
        self.write(&text)?;
        Ok((self.copy, Placed { position, bytes: self.written }))
    }
}
