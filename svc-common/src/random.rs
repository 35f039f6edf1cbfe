//! Bits from the operating system.

use std::io;

/// `N` random bytes in hex.
pub(crate) fn hex<const N: usize>() -> io::Result<String> {
    Ok(hex::encode(bytes::<N>()?))
}

/// `N` random bytes.
pub(crate) fn bytes<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes)
}
