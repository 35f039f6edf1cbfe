//! The key pair on disk: `keys/token.key` for whoever signs, `keys/token.pub` for whoever checks. Both are 32 raw bytes.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use ed25519_dalek::{PUBLIC_KEY_LENGTH, SECRET_KEY_LENGTH, SigningKey};
use tempfile::NamedTempFile;

use crate::random;

const DIRECTORY: &str = "keys";
const PRIVATE: &str = "token.key";
const PUBLIC: &str = "token.pub";

/// A key pair that can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// A file that can't be read or written.
    #[error("{}: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// A private key that isn't 32 bytes.
    #[error("{}: is not a private key of 32 bytes", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// A private key that isn't private.
    #[error("{}: others than its owner can read it (mode {mode:o}); make it 600, or remove it for a new one", path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
}

/// The public key's path.
pub(super) fn public_path(data_directory: &Path) -> PathBuf {
    data_directory.join(DIRECTORY).join(PUBLIC)
}

/// The public key, as it lies there now.
pub(super) fn read_public(path: &Path) -> io::Result<[u8; PUBLIC_KEY_LENGTH]> {
    let bytes = fs::read(path)?;
    bytes.try_into().map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "is not a public key of 32 bytes"))
}

/// The private key; a new pair if there is none. Of two that start at once, both get the same.
pub(super) fn open(data_directory: &Path) -> Result<SigningKey, KeyError> {
    let directory = data_directory.join(DIRECTORY);
    in_file(&directory, private_directory(&directory))?;
    let path = directory.join(PRIVATE);
    if !in_file(&path, path.try_exists())? {
        in_file(&path, random::bytes::<SECRET_KEY_LENGTH>().and_then(|seed| publish(&path, &seed, false)))?;
    }
    in_file(&path, check_mode(&path))?.map_or(Ok(()), |mode| Err(KeyError::Exposed { path: path.clone(), mode }))?;
    let seed = in_file(&path, fs::read(&path))?;
    let seed = <[u8; SECRET_KEY_LENGTH]>::try_from(seed).map_err(|_| KeyError::Damaged { path: path.clone() })?;
    let key = SigningKey::from_bytes(&seed);
    let public = directory.join(PUBLIC);
    if read_public(&public).ok().as_ref() != Some(key.verifying_key().as_bytes()) {
        in_file(&public, publish(&public, key.verifying_key().as_bytes(), true))?;
    }
    Ok(key)
}

/// A file that is whole or absent, whoever looks and whenever a crash comes; mode 0600 from its first moment.
fn publish(path: &Path, bytes: &[u8], replace: bool) -> io::Result<()> {
    let directory = path.parent().unwrap_or(path);
    let mut file = NamedTempFile::new_in(directory)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    let kept = if replace { file.persist(path) } else { file.persist_noclobber(path) };
    match kept {
        // Another start was faster: its key it is.
        Err(failed) if !replace && failed.error.kind() == io::ErrorKind::AlreadyExists => {}
        kept => drop(kept?),
    }
    sync_directory(directory)
}

/// A directory that only its owner can enter.
pub(crate) fn private_directory(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    if let Some(parent) = path.parent() {
        builder.create(parent)?;
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
        builder.mode(0o700).create(path)?;
        fs::set_permissions(path, fs::Permissions::from_mode(0o700))
    }
    #[cfg(not(unix))]
    builder.create(path)
}

/// A file's permissions, if others than its owner have any.
fn check_mode(path: &Path) -> io::Result<Option<u32>> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(path)?.permissions().mode() & 0o777;
        Ok((mode & 0o077 != 0).then_some(mode))
    }
    #[cfg(not(unix))]
    fs::metadata(path).map(|_| None)
}

/// A new name is only found after a crash if its directory was synced.
fn sync_directory(path: &Path) -> io::Result<()> {
    if cfg!(unix) { fs::File::open(path)?.sync_all() } else { Ok(()) }
}

fn in_file<T>(path: &Path, result: io::Result<T>) -> Result<T, KeyError> {
    result.map_err(|error| KeyError::File { path: path.into(), error })
}
