use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::Digest;

const OPEN: &str = ",\"hash\":\"";
const CLOSE: &str = "\"}";
const SUFFIX: usize = OPEN.len() + 64 + CLOSE.len();

/// A line whose seal doesn't hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// The line doesn't end in `,"hash":"<64 digits>"}`.
    #[error("no seal at the end of the line")]
    Missing,
    /// The hash isn't that of the line and the lines before it.
    #[error("the seal does not match: this line was changed, or a line before it is missing")]
    Broken,
}

/// The hash chain that seals lines: hash = SHA-256(hash before ‖ text), 32 zero bytes before the first.
///
/// ```
/// use gbm_core::journal::Chain;
/// let (line, next) = Chain::default().seal(&serde_json::json!({"a": 1}))?;
/// assert_eq!(Chain::default().open(line.as_bytes()), Ok(next));
/// assert!(Chain::default().open(line.replace('1', "2").as_bytes()).is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chain(Digest);

impl Chain {
    /// Serialises an object as a line (without its newline) ending in its hash; also the chain after it.
    ///
    /// # Errors
    /// Those of serde; the value must serialise as a JSON object with a field.
    pub fn seal<T: Serialize>(&self, value: &T) -> serde_json::Result<(String, Self)> {
        let mut line = serde_json::to_string(value)?;
        line.pop();
        let next = self.after(line.as_bytes());
        line.push_str(OPEN);
        line.push_str(&next.0.to_string());
        line.push_str(CLOSE);
        Ok((line, next))
    }

    /// Checks a line's seal; the chain after it.
    ///
    /// # Errors
    /// [`SealError`], for a line that wasn't sealed here in the chain, or was changed since.
    pub fn open(&self, line: &[u8]) -> Result<Self, SealError> {
        let (text, suffix) = line.split_at_checked(line.len().wrapping_sub(SUFFIX)).ok_or(SealError::Missing)?;
        let hash = suffix.strip_prefix(OPEN.as_bytes()).and_then(|rest| rest.strip_suffix(CLOSE.as_bytes()));
        let next = self.after(text);
        if hash.ok_or(SealError::Missing)? == next.0.to_string().as_bytes() { Ok(next) } else { Err(SealError::Broken) }
    }

    /// Whether a text goes on after a whole line that was sealed here. Where lines end in newlines, one was changed.
    pub fn opens_beginning(&self, text: &[u8]) -> bool {
        let ends = text.windows(OPEN.len()).enumerate().filter(|(_, window)| *window == OPEN.as_bytes());
        ends.map(|(at, _)| at + SUFFIX).any(|end| end < text.len() && self.open(&text[..end]).is_ok())
    }

    fn after(&self, text: &[u8]) -> Self {
        Self(Digest(Sha256::new_with_prefix(self.0.0).chain_update(text).finalize().into()))
    }
}
