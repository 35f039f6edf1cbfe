//! One-time links for admins, through the data directory: who can write there may mint one, and the gateway redeems it.
//!
//! A link's token is never stored, only its SHA-256, as the name of a file that holds when it ends. To redeem is to
//! remove the file, which the system lets exactly one of two racers do.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use crate::hosts::PublicHosts;
use crate::random;
use crate::token::private_directory;

/// How long a link can be redeemed, ten minutes.
pub const LIFETIME: Duration = Duration::from_mins(10);
/// The most links that are open at once; a further one closes the oldest.
pub const MAX_LINKS: usize = 100;

const DIRECTORY: &str = "links";

/// A link that doesn't open anything: it was used, is too old, or never was. Which of them is not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the link has been used, has expired, or never was one")]
pub struct LinkError;

/// A new link's token: 256 random bits in hex.
///
/// # Errors
/// If the directory can't be written.
pub fn mint(data_directory: &Path) -> io::Result<String> {
    mint_until(data_directory, now_ms().saturating_add(ms(LIFETIME)))
}

fn mint_until(data_directory: &Path, expires_ms: u64) -> io::Result<String> {
    let directory = data_directory.join(DIRECTORY);
    private_directory(&directory)?;
    prune(&directory)?;
    let token = random::hex::<32>()?;
    // Written beside and then named, so that a racing redeem or prune never reads half an expiry.
    let mut file = NamedTempFile::new_in(&directory)?;
    write!(file, "{expires_ms}")?;
    drop(file.persist(path(&directory, &token))?);
    Ok(token)
}

/// Uses a link up.
///
/// # Errors
/// [`LinkError`], and the same one, for a link that was used, has expired or never was.
pub fn redeem(data_directory: &Path, token: &str) -> Result<(), LinkError> {
    let path = path(&data_directory.join(DIRECTORY), token);
    let expiry = read_expiry(&path).ok_or(LinkError)?;
    fs::remove_file(&path).map_err(|_| LinkError)?;
    if now_ms() < expiry { Ok(()) } else { Err(LinkError) }
}

/// The page that redeems a link. The token is in the fragment, which no browser sends to a server.
///
/// ```
/// use svc_common::{hosts::PublicHosts, links::admin_url};
/// assert_eq!(admin_url(&PublicHosts::default(), 3002, "ab12"), "http://localhost:3002/dashboard/admin#token=ab12");
/// ```
pub fn admin_url(hosts: &PublicHosts, dashboard_port: u16, token: &str) -> String {
    format!("http://{}:{dashboard_port}/dashboard/admin#token={token}", hosts.first())
}

fn path(directory: &Path, token: &str) -> PathBuf {
    directory.join(hex::encode(Sha256::digest(token)))
}

/// Removes what has expired, and the oldest beyond the limit less one.
fn prune(directory: &Path) -> io::Result<()> {
    let mut open = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.file_name().and_then(|name| name.to_str()).is_none_or(|name| name.len() != 64) {
            continue;
        }
        // What can't be read has just been redeemed, or never was whole.
        match read_expiry(&path) {
            Some(expiry) if expiry > now_ms() => open.push((expiry, path)),
            _ => drop(fs::remove_file(path)),
        }
    }
    open.sort_unstable();
    let surplus = (open.len() + 1).saturating_sub(MAX_LINKS);
    for (_, path) in open.drain(..surplus) {
        // Another one may have removed it first.
        drop(fs::remove_file(path));
    }
    Ok(())
}

fn read_expiry(path: &Path) -> Option<u64> {
    fs::read_to_string(path).ok()?.parse().ok()
}

fn now_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, ms)
}

fn ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expired_link_opens_nothing_and_is_forgotten() {
        let directory = tempfile::tempdir().unwrap();
        let token = mint_until(directory.path(), now_ms() - 1).unwrap();
        assert_eq!(redeem(directory.path(), &token), Err(LinkError));
        let old = mint_until(directory.path(), now_ms() - 1).unwrap();
        mint(directory.path()).unwrap();
        assert!(!path(&directory.path().join(DIRECTORY), &old).exists());
    }

    #[test]
    fn the_oldest_makes_room() {
        let directory = tempfile::tempdir().unwrap();
        let soon = now_ms() + 60_000;
        let first = mint_until(directory.path(), soon).unwrap();
        let second = mint_until(directory.path(), soon + 1).unwrap();
        for later in 2..=MAX_LINKS as u64 {
            mint_until(directory.path(), soon + later).unwrap();
        }
        assert_eq!(fs::read_dir(directory.path().join(DIRECTORY)).unwrap().count(), MAX_LINKS);
        assert_eq!(redeem(directory.path(), &first), Err(LinkError));
        assert_eq!(redeem(directory.path(), &second), Ok(()));
    }
}
