use serde::{Deserialize, Serialize};

use super::Digest;
use crate::VALUE_VERSION;
use crate::intervention::Accepted;
use crate::market::Market;
use crate::process::Process;

/// The version of the text format.
pub const FORMAT: u32 = 1;
/// How the 64 bits of a stream's name are divided.
pub const STREAMS: &str = "domain:8,asset:16,path:40";
/// The longest name of an actor.
pub const MAX_ACTOR_CHARS: usize = 64;
/// The longest reason.
pub const MAX_REASON_CHARS: usize = 500;

/// The longest key.
pub const MAX_KEY_CHARS: usize = 64;

/// The first line: everything but the interventions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(serialize = "P: Serialize", deserialize = "P: Process + Deserialize<'de>"))]
pub struct Header<P> {
    /// [`FORMAT`].
    pub format: u32,
    /// [`VALUE_VERSION`] of the build that wrote it.
    pub value_version: u32,
    /// [`STREAMS`].
    pub streams: String,
    /// The session's name, which tells two runs of one market apart; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub session: String,
    /// Seed, grid, instruments, correlation.
    pub market: Market<P>,
}

impl<P> Header<P> {
    /// A header of this build's format and values.
    pub fn new(market: Market<P>, session: &str) -> Self {
        let (streams, session) = (STREAMS.into(), session.into());
        Self { format: FORMAT, value_version: VALUE_VERSION, streams, session, market }
    }
}

/// Any further line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// 1 for the line after the header, then one more each.
    pub seq: u64,
    /// The last tick computed when the line was written.
    pub at: u64,
    /// The digest of all ticks up to `at`.
    pub digest: Digest,
    /// What the line says.
    pub entry: Entry,
}

/// What a line says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Entry {
    /// An accepted intervention.
    Command(CommandLine),
    /// Ticks up to this one may be published.
    Through {
        /// The watermark.
        tick: u64,
    },
    /// The journal was closed.
    End {},
}

/// An intervention with who and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommandLine {
    /// The intervention as it acts.
    pub intervention: Accepted,
    /// Who asked for it.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// The request's name for whoever sent it, by which a repetition is recognised even after a crash; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// Whether the next line belongs to the same request. Of such lines a crash leaves all, or none counts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
    /// Whether another session of the same market accepted it, which this one replays: it is taken as it stands, since what it
    /// met then was decided then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub replayed: bool,
}
