//! Bits from the operating system.

use std::io;

/// `N` random bytes in hex.
///
/// # Errors
/// If the system has none to give.
pub fn hex<const N: usize>() -> io::Result<String> {
    Ok(hex::encode(bytes::<N>()?))
}

/// `N` random bytes.
///
/// # Errors
/// If the system has none to give.
pub fn bytes<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes)
}
