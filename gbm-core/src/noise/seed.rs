use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A text that isn't a seed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("seed = {0:?} is neither a decimal integer below 2^64 nor 0x and 1 to 64 hexadecimal digits")]
pub struct SeedError(String);

/// A 256-bit integer: the key of the noise. Its little-endian bytes are `ChaCha`'s key.
///
/// Written as a decimal number below 2⁶⁴, and as `0x` with 64 digits from there on.
///
/// ```
/// use gbm_core::noise::Seed;
/// let seed: Seed = "42".parse()?;
/// assert_eq!(seed, Seed::from(42));
/// assert_eq!(seed.key()[0], 42);
/// assert!("4.2".parse::<Seed>().is_err());
/// # Ok::<(), gbm_core::noise::SeedError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Seed([u8; 32]);

impl Seed {
    /// The integer with these little-endian bytes.
    pub const fn from_key(key: [u8; 32]) -> Self {
        Self(key)
    }

    /// The 32 little-endian bytes.
    pub const fn key(&self) -> [u8; 32] {
        self.0
    }

    /// Whether the seed is short enough to be guessed: below 2⁶⁴.
    pub fn is_guessable(&self) -> bool {
        self.0[8..].iter().all(|&byte| byte == 0)
    }
}

impl From<u64> for Seed {
    fn from(integer: u64) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&integer.to_le_bytes());
        Self(key)
    }
}

impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_guessable() {
            let low = self.0[..8].iter().rev().fold(0, |value, &byte| value << 8 | u64::from(byte));
            return write!(f, "{low}");
        }
        write!(f, "0x")?;
        self.0.iter().rev().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A seed foretells the market, so its debug form, which ends up in logs, doesn't show it.
impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(hidden)")
    }
}

impl FromStr for Seed {
    type Err = SeedError;

    fn from_str(text: &str) -> Result<Self, SeedError> {
        let error = || SeedError(text.chars().take(80).collect());
        let Some(digits) = text.strip_prefix("0x") else {
            let decimal = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            return if decimal { text.parse::<u64>().map(Self::from).map_err(|_| error()) } else { Err(error()) };
        };
        if digits.is_empty() || digits.len() > 64 {
            return Err(error());
        }
        let mut key = [0_u8; 32];
        for (position, digit) in digits.chars().rev().enumerate() {
            let nibble = digit.to_digit(16).and_then(|value| u8::try_from(value).ok()).ok_or_else(error)?;
            key[position / 2] |= nibble << (4 * (position % 2));
        }
        Ok(Self(key))
    }
}

impl TryFrom<String> for Seed {
    type Error = SeedError;

    fn try_from(text: String) -> Result<Self, SeedError> {
        text.parse()
    }
}

impl From<Seed> for String {
    fn from(seed: Seed) -> Self {
        seed.to_string()
    }
}
