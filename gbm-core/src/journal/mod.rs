//! The one truth: an append-only text from which every tick follows.
//!
//! One JSON object a line, sealed by `hash` = SHA-256(hash of the line before ‖ the line's text up to `,"hash"`), so that
//! a changed byte is found on the very line it stands on. Lines are made, read and replayed here; writing them to a disk is the
//! caller's part.
//!
//! | `entry.kind` | Says |
//! |---|---|
//! | (header) | format, value version, streams, and the market |
//! | `command` | an accepted intervention, who asked for it and why |
//! | `through` | the watermark: ticks up to it may be published |
//! | `end` | the journal was closed after the line's `at` |
//!
//! Every line but the header carries `at`, the last tick computed when it was written, and `digest`, the digest of
//! all ticks up to `at`. A watermark is written at least every [`BLOCK_TICKS`] ticks, so that a differing replay is
//! pinned to one block. A [`Compactor`] rewrites a journal that has grown too long without most of them.

mod chain;
mod checkpoint;
mod compact;
mod digest;
mod line;
mod read;
mod record;
mod replay;

pub use chain::{Chain, SealError};
pub use checkpoint::{Checkpoint, CheckpointError};
pub use compact::Compactor;
pub use digest::{BLOCK_TICKS, Digest, DigestState, TickDigest};
pub use line::{CommandLine, Entry, FORMAT, Header, Line, MAX_ACTOR_CHARS, MAX_KEY_CHARS, MAX_REASON_CHARS, STREAMS};
pub use read::{Journal, JournalError, LineError, Position, Torn, read, read_first, read_tail};
pub use record::{MAX_OPEN, Proposal, Proposed, RecordError, Recorder, ResumeError};
pub use replay::{Replay, ReplayError};
