//! A journal that has grown too long is rewritten while its session goes on.
//!
//! The journal's worker rewrites it piece by piece, between two groups of lines. When it has caught up, no request is taken and
//! no watermark raised until every line under way is on the disk, which takes a sync; then the copy takes the file's
//! place. Ticks go on meanwhile, up to the watermark.

use gbm_core::journal::Compactor;

use super::Market;
use super::commands::Told;
use crate::writer::{Order, Placed};

/// How far it has got.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Rotation {
    #[default]
    None,
    /// The worker rewrites what there is.
    Copying,
    /// It has, and lines are still under way.
    Settling,
    /// None is, and the copy takes the file's place.
    Placing,
    /// It has, and that isn't durable yet: why.
    Hindered(String),
}

impl Rotation {
    /// Whether no line may be proposed, for the moment.
    pub(super) fn holds(&self) -> bool {
        !matches!(self, Self::None | Self::Copying)
    }

    /// Whether requests wait.
    pub(super) fn is_short(&self) -> bool {
        matches!(self, Self::Settling | Self::Placing)
    }

    /// Why lines can't be written.
    pub(super) fn reason(&self) -> Option<&str> {
        if let Self::Hindered(reason) = self { Some(reason) } else { None }
    }
}

impl Market {
    /// Goes on to the next step, if its time has come.
    pub(super) fn rotate(&mut self) {
        if self.displaced.is_some() {
            return;
        }
        match self.rotation {
            Rotation::None if self.confirmed_bytes >= self.rotate_at && self.stalled.is_none() => {
                let is_sent = self.writer.order(Order::Copy { span: Compactor::span(self.recorder.through()) });
                self.rotation = if is_sent { Rotation::Copying } else { Rotation::None };
            }
            Rotation::Settling if self.recorder.position().is_some() => {
                if self.writer.order(Order::Place) {
                    self.rotation = Rotation::Placing;
                } else {
                    self.rotation = Rotation::None;
                    self.fail("the journal's thread has ended");
                }
            }
            _ => {}
        }
    }

    /// The journal goes on as it is, and is tried again once it has grown by another quarter.
    pub(super) fn not_rotated(&mut self, reason: &str) {
        tracing::warn!(reason, "the journal can't be rewritten, and goes on as it is");
        self.rotation = Rotation::None;
        self.rotate_at = self.confirmed_bytes + self.disk.max_journal_bytes() / 4;
    }

    /// The session goes on in the rewritten journal.
    pub(super) fn rotated(&mut self, Placed { position, bytes }: Placed) {
        self.rotation = Rotation::None;
        if let Err(error) = self.recorder.go_on_from(position) {
            // What is on the disk isn't what is known here, so nothing more may be promised in it.
            tracing::error!(%error, "the rewritten journal is another one");
            self.stop();
            return;
        }
        tracing::info!(before = self.confirmed_bytes, after = bytes, "the journal was rewritten");
        (self.proposed, self.confirmed) = (position.seq, position.seq);
        self.confirmed_bytes = bytes;
        self.rotate_at = self.disk.max_journal_bytes().max(bytes.saturating_mul(2));
        // Whoever was answered was answered from lines that have other numbers now, and are all on the disk.
        for (_, told) in &mut self.told {
            if let Told::Several(_, seq, _) = told {
                *seq = 0;
            }
        }
        // What was kept belongs to the file that was here.
        self.keep_at = 0;
    }
}
