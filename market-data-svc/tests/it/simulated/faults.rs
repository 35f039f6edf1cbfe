//! Mistakes that the suite must find, each put where the service could make it.

use std::io;

use market_data_svc::overrides::Overrides;
use market_data_svc::writer::{Lines, Sink};
use serde_json::{Value, json};

/// A mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Planted {
    /// A watermark is confirmed, and ticks are published, before its sync.
    UnsyncedWatermark,
    /// A command is acknowledged before its sync.
    UnsyncedCommand,
    /// A command is acknowledged before it is even written.
    Unwritten,
    /// What failed isn't cut off, and said to be.
    ForgetfulCut,
    /// Keys are forgotten by a restart.
    ForgottenKeys,
    /// Lines of an epoch that failed are written after all.
    FailedEpoch,
    /// A renamed file's directory isn't synced.
    UnsyncedNames,
    /// What a killed process wrote is trusted without a sync.
    UnsyncedStart,
    /// A rewritten journal takes the other's place before it is synced.
    UnsyncedCopy,
    /// Lines follow in a rewritten journal before its place is durable.
    UnsyncedPlace,
}

impl Planted {
    /// Whether a sync of these bytes is only said to have happened.
    pub(super) fn skips_sync(self, bytes: &[u8]) -> bool {
        let has = |kind: &[u8]| bytes.windows(kind.len()).any(|window| window == kind);
        match self {
            Self::UnsyncedWatermark => has(b"\"kind\":\"through\"") && !has(b"\"kind\":\"command\""),
            Self::UnsyncedCommand => has(b"\"kind\":\"command\""),
            _ => false,
        }
    }

    /// The journal's end, as this mistake has it.
    pub(super) fn sink(self, sink: Box<dyn Sink>) -> Box<dyn Sink> {
        match self {
            Self::Unwritten => Box::new(Late { sink, held: Vec::new() }),
            Self::ForgetfulCut => Box::new(Forgetful(sink)),
            _ => sink,
        }
    }

    /// The lines that a worker takes, as this mistake has them.
    pub(super) fn lines(self, mut lines: Lines, failed: Option<u64>) -> Lines {
        if self == Self::FailedEpoch && failed == Some(lines.epoch) {
            lines.epoch += 1 << 32;
        }
        lines
    }

    /// What is known of interventions after a restart.
    pub(super) fn overrides(self, overrides: Overrides) -> Overrides {
        if self != Self::ForgottenKeys {
            return overrides;
        }
        let mut value: Value = serde_json::to_value(overrides).unwrap();
        value["keys"] = json!({});
        serde_json::from_value(value).unwrap()
    }
}

/// Says that lines are on the disk, and writes them with the next ones.
struct Late {
    sink: Box<dyn Sink>,
    held: Vec<u8>,
}

impl Sink for Late {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let held = std::mem::replace(&mut self.held, bytes.to_vec());
        if held.is_empty() { Ok(()) } else { self.sink.append(&held) }
    }

    fn cut(&mut self) -> io::Result<()> {
        self.held.clear();
        self.sink.cut()
    }
}

struct Forgetful(Box<dyn Sink>);

impl Sink for Forgetful {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.append(bytes)
    }

    fn cut(&mut self) -> io::Result<()> {
        Ok(())
    }
}
