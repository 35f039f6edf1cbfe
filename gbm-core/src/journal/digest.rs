use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::Sha256;
use sha2::digest::Digest as _;
use sha2::digest::common::hazmat::SerializableState;

use crate::engine::Quote;

/// Ticks in one block of the digest.
pub const BLOCK_TICKS: u64 = 4096;

/// 256 bits that stand for every tick of a session: lower-case hexadecimal in text.
///
/// ```
/// use gbm_core::journal::Digest;
/// let text = "00".repeat(32);
/// assert_eq!(text.parse::<Digest>()?.to_string(), text);
/// assert!("00".parse::<Digest>().is_err());
/// # Ok::<(), hex::FromHexError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest(pub(super) [u8; 32]);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl FromStr for Digest {
    type Err = hex::FromHexError;

    fn from_str(text: &str) -> Result<Self, hex::FromHexError> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes)?;
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for Digest {
    type Error = hex::FromHexError;

    fn try_from(text: String) -> Result<Self, hex::FromHexError> {
        text.parse()
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

/// The running digest of a session's ticks.
///
/// dᵢ₊₁ = SHA-256(dᵢ ‖ block i), d₀ = 32 zero bytes. A block is 4,096 ticks, tick 1 the first; a tick is its number,
/// then price and reference bits of each instrument, all 64-bit little-endian. An unfinished block is hashed as it
/// stands.
///
/// ```
/// use gbm_core::engine::Quote;
/// use gbm_core::journal::TickDigest;
/// let mut digest = TickDigest::default();
/// digest.push(1, &[Quote { price: 1.0, reference: 1.0, ..Quote::default() }]);
/// // Python: hashlib.sha256(bytes(32) + struct.pack('<Qdd', 1, 1.0, 1.0))
/// assert!(digest.value().to_string().starts_with("b1604f8f7d5d6771"));
/// ```
#[derive(Clone)]
pub struct TickDigest {
    finished: Digest,
    block: Sha256,
    is_open: bool,
}

impl Default for TickDigest {
    fn default() -> Self {
        Self::after(Digest::default())
    }
}

impl TickDigest {
    fn after(finished: Digest) -> Self {
        Self { finished, block: Sha256::new_with_prefix(finished.0), is_open: false }
    }

    /// Adds a tick; ticks come in order, each once.
    #[inline]
    pub fn push(&mut self, tick: u64, quotes: &[Quote]) {
        self.block.update(tick.to_le_bytes());
        for quote in quotes {
            let mut bytes = [0; 16];
            bytes[..8].copy_from_slice(&quote.price.to_bits().to_le_bytes());
            bytes[8..].copy_from_slice(&quote.reference.to_bits().to_le_bytes());
            self.block.update(bytes);
        }
        self.is_open = true;
        if tick.is_multiple_of(BLOCK_TICKS) {
            *self = Self::after(self.value());
        }
    }

    /// The digest of all ticks so far.
    pub fn value(&self) -> Digest {
        if self.is_open { Digest(self.block.clone().finalize().into()) } else { self.finished }
    }

    /// What a checkpoint keeps.
    pub fn state(&self) -> DigestState {
        let block = self.is_open.then(|| hex::encode(self.block.serialize()));
        DigestState { finished: self.finished, block }
    }

    /// Goes on from a state; `None` if its open block isn't one.
    pub fn restore(state: &DigestState) -> Option<Self> {
        let Some(block) = &state.block else {
            return Some(Self::after(state.finished));
        };
        let mut serialized = <Sha256 as SerializableState>::serialize(&Sha256::new());
        hex::decode_to_slice(block, &mut serialized).ok()?;
        let block = Sha256::deserialize(&serialized).ok()?;
        Some(Self { finished: state.finished, block, is_open: true })
    }
}

impl fmt::Debug for TickDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TickDigest").field(&self.value().to_string()).finish()
    }
}

/// A [`TickDigest`] at rest: the digest of the finished blocks and the hash state of the open one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DigestState {
    finished: Digest,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    block: Option<String>,
}
