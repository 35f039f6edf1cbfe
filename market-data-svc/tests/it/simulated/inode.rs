//! One file of the simulated disk: what was written, and what is durable.

use std::collections::BTreeSet;

use super::dice::Dice;

const SECTOR: usize = 512;

/// How a life ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Crash {
    /// The process is killed; the system lives on.
    Kill,
    /// A power failure; every file keeps a beginning of what wasn't synced.
    Prefix,
    /// A power failure; any of the sectors that weren't synced are there, the others are not.
    Sectors,
    /// The same, and a bit of what wasn't synced is wrong.
    FlippedTail,
    /// A power failure, and a bit of what was durable is wrong.
    FlippedDurable,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Inode {
    pub(super) cache: Vec<u8>,
    pub(super) durable: Vec<u8>,
    dirty: BTreeSet<usize>,
    /// Sectors that a failed sync forgot.
    lost: BTreeSet<usize>,
    /// The shortest it has been since the last sync.
    shrunk: Option<usize>,
    /// Its length at the last sync, or less if it was cut since: what is surely there.
    pub(super) sure: usize,
}

impl Inode {
    pub(super) fn write(&mut self, at: usize, bytes: &[u8]) {
        let end = at + bytes.len();
        self.cache.resize(self.cache.len().max(end), 0);
        self.cache[at..end].copy_from_slice(bytes);
        for sector in at / SECTOR..end.div_ceil(SECTOR) {
            self.dirty.insert(sector);
            self.lost.remove(&sector);
        }
    }

    /// Lets a sector reach the disk.
    fn persist(&mut self, sector: usize) {
        let (start, end) = (sector * SECTOR, ((sector + 1) * SECTOR).min(self.cache.len()));
        if start < end {
            self.durable.resize(self.durable.len().max(end), 0);
            self.durable[start..end].copy_from_slice(&self.cache[start..end]);
        }
    }

    pub(super) fn sync(&mut self) {
        if let Some(shrunk) = self.shrunk.take() {
            self.durable.truncate(shrunk);
        }
        for sector in std::mem::take(&mut self.dirty) {
            self.persist(sector);
        }
        self.durable.resize(self.cache.len(), 0);
        self.sure = self.cache.len();
    }

    /// Some sectors arrive, the others are forgotten.
    pub(super) fn fail_to_sync(&mut self, dice: &mut Dice) {
        for sector in std::mem::take(&mut self.dirty) {
            if dice.coin() {
                self.persist(sector);
            } else {
                self.lost.insert(sector);
            }
        }
    }

    pub(super) fn set_len(&mut self, bytes: usize) {
        if bytes < self.cache.len() {
            self.shrunk = Some(self.shrunk.map_or(bytes, |shrunk| shrunk.min(bytes)));
            self.dirty.retain(|sector| sector * SECTOR < bytes);
            self.lost.retain(|sector| sector * SECTOR < bytes);
            self.sure = self.sure.min(bytes);
        }
        self.cache.resize(bytes, 0);
    }

    pub(super) fn kill(&mut self) {
        for sector in std::mem::take(&mut self.lost) {
            let (start, end) = (sector * SECTOR, ((sector + 1) * SECTOR).min(self.cache.len()));
            for at in start..end {
                self.cache[at] = self.durable.get(at).copied().unwrap_or(0);
            }
        }
    }

    pub(super) fn lose_power(&mut self, crash: Crash, dice: &mut Dice) {
        if let Some(shrunk) = self.shrunk.take()
            && dice.coin()
        {
            self.durable.truncate(shrunk);
        }
        let dirty = std::mem::take(&mut self.dirty);
        if crash == Crash::Prefix || crash == Crash::FlippedDurable {
            if self.cache.len() > self.durable.len() && !dirty.is_empty() {
                let kept = self.durable.len() + dice.below(self.cache.len() - self.durable.len() + 1);
                self.durable.extend_from_slice(&self.cache[self.durable.len()..kept]);
            }
        } else {
            let grows = dice.coin();
            for sector in dirty {
                if dice.coin() {
                    self.persist(sector);
                }
            }
            if grows {
                self.durable.resize(self.durable.len().max(self.cache.len()), 0);
            }
        }
        self.lost.clear();
        self.cache.clone_from(&self.durable);
    }
}
