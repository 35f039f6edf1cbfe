//! Files, whole, up to a size.

use std::fs::File;
use std::io::{Error, Read, Result, stdin};
use std::path::Path;

/// A file's bytes, or standard input's for `-`, at most so many.
///
/// # Errors
/// What the system says, and a file that is larger.
pub fn read_limited(path: &Path, most: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let reader: Box<dyn Read> =
        if path.as_os_str() == "-" { Box::new(stdin().lock()) } else { Box::new(File::open(path)?) };
    reader.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(Error::other(format!("larger than {most} bytes")));
    }
    Ok(bytes)
}
