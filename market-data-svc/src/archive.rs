//! Journals of sessions that have ended, beside the one that runs. Together they are bounded: the oldest go first.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use crate::files::{Files, Listed};

const FOLDER: &str = "sessions";
/// Files there that are looked at.
const MAX_LISTED: usize = 100_000;

/// A journal that was to be removed, and whether it was.
pub(crate) type Swept = (PathBuf, io::Result<()>);

/// A free place for the journal of a session, in a data directory.
///
/// # Errors
/// Those of the disk.
pub(crate) fn place(files: &dyn Files, directory: &Path, session: &str) -> io::Result<PathBuf> {
    let folder = folder(directory);
    files.create_directories(&folder)?;
    // A name from a file is not trusted to be one.
    let session: String = session.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(64).collect();
    let session = if session.is_empty() { "unnamed" } else { &session };
    let mut path = folder.join(format!("{session}.jsonl"));
    for number in 1.. {
        if !files.exists(&path)? {
            break;
        }
        path = folder.join(format!("{session}-{number}.jsonl"));
    }
    Ok(path)
}

/// Where they are, in a data directory.
pub(crate) fn folder(directory: &Path) -> PathBuf {
    directory.join(FOLDER)
}

/// Removes the oldest until no more than `limit` bytes are left, or one journal; gives each that was to go, and whether it has. One
/// that can't be removed is passed over. Names of sessions sort by
/// the time at which they began; what a person has put there under a name of another kind is left alone.
///
/// # Errors
/// If they can't be listed.
pub(crate) fn sweep(files: &dyn Files, directory: &Path, limit: u64) -> io::Result<Vec<Swept>> {
    let mut journals: Vec<Listed> = files.list(&folder(directory), MAX_LISTED)?;
    journals.retain(|file| session_of(&file.path).is_some());
    journals.sort_by(|one, other| (session_of(&one.path), &one.path).cmp(&(session_of(&other.path), &other.path)));
    let mut bytes: u64 = journals.iter().map(|file| file.bytes).sum();
    journals.pop();
    let mut swept = Vec::new();
    for Listed { path, bytes: length } in journals {
        if bytes <= limit {
            break;
        }
        let removed = files.remove(&path);
        if removed.is_ok() {
            bytes -= length;
        }
        swept.push((path, removed));
    }
    Ok(swept)
}

/// The session that a journal there is named after, without whatever tells it from others of its name.
fn session_of(path: &Path) -> Option<&str> {
    let stem = path.file_name().and_then(OsStr::to_str)?.strip_suffix(".jsonl")?;
    let stem = stem.strip_prefix("unread-").unwrap_or(stem);
    let name = stem.split_once('-').map_or(stem, |(name, _)| name);
    let is_name = name.len() >= 16 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_name.then_some(name)
}
