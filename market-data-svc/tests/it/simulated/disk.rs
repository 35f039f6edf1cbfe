//! A disk in memory that keeps apart what was written and what is durable.
//!
//! What is written stands in a cache, in sectors of 512 bytes. A sync makes a file's sectors durable; one that fails makes some of
//! them durable and forgets that the others weren't, as real systems do. Names are a log of changes: a power failure
//! keeps a beginning of it, at least as far as a directory was synced. A killed process leaves the cache as it is, but
//! for sectors that a failed sync forgot.

use std::collections::BTreeMap;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use gbm_core::journal::{self, Journal};
use gbm_core::model::Model;
use market_data_svc::files::{Files, Listed, OpenFile};
use market_data_svc::journal_file::COPY;

use super::dice::Dice;
use super::faults::Planted;
use super::inode::{Crash, Inode};

#[derive(Clone, Debug)]
enum Change {
    Link(PathBuf, usize),
    Move(PathBuf, PathBuf),
    Remove(PathBuf),
}

type Names = BTreeMap<PathBuf, usize>;

impl Change {
    fn apply(&self, names: &mut Names) {
        match self {
            Self::Link(path, inode) => drop(names.insert(path.clone(), *inode)),
            Self::Move(from, to) => {
                if let Some(inode) = names.remove(from) {
                    names.insert(to.clone(), inode);
                }
            }
            Self::Remove(path) => drop(names.remove(path)),
        }
    }
}

#[derive(Debug)]
struct State {
    dice: Dice,
    inodes: Vec<Inode>,
    names: Names,
    durable_names: Names,
    log: Vec<Change>,
    /// Calls that fail, of a thousand.
    failing: u64,
    is_full: bool,
    /// Calls until the process dies.
    dies_in: Option<u64>,
    is_dead: bool,
    planted: Option<Planted>,
    is_starting: bool,
    calls: u64,
    rotations: u64,
}

/// The disk, shared by whoever has files open.
#[derive(Clone, Debug)]
pub(super) struct SimulatedDisk(Arc<Mutex<State>>);

fn dead() -> io::Error {
    io::Error::other("the process has died")
}

impl State {
    /// Counts a call: the process may die before it, or it may fail.
    fn call(&mut self) -> io::Result<()> {
        if self.is_dead {
            return Err(dead());
        }
        self.calls += 1;
        if let Some(left) = &mut self.dies_in {
            *left = left.saturating_sub(1);
            if *left == 0 {
                self.is_dead = true;
                return Err(dead());
            }
        }
        if self.dice.once_in_thousand(self.failing) { Err(io::Error::other("input/output error")) } else { Ok(()) }
    }

    fn change(&mut self, change: Change) {
        change.apply(&mut self.names);
        self.log.push(change);
    }

    fn inode(&self, path: &Path) -> io::Result<usize> {
        self.names.get(path).copied().ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
    }
}

/// A bit that a power failure left wrong.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flip {
    inode: usize,
    pub(super) byte: usize,
    bit: u8,
}

impl SimulatedDisk {
    pub(super) fn new(dice: Dice, planted: Option<Planted>) -> Self {
        Self(Arc::new(Mutex::new(State {
            dice,
            inodes: Vec::new(),
            names: Names::new(),
            durable_names: Names::new(),
            log: Vec::new(),
            failing: 0,
            is_full: false,
            dies_in: None,
            is_dead: false,
            planted,
            is_starting: false,
            calls: 0,
            rotations: 0,
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    pub(super) fn is_dead(&self) -> bool {
        self.state().is_dead
    }

    pub(super) fn die(&self) {
        self.state().is_dead = true;
    }

    pub(super) fn die_in(&self, calls: u64) {
        self.state().dies_in = Some(calls);
    }

    pub(super) fn set_weather(&self, failing: u64, is_full: bool) {
        let mut state = self.state();
        (state.failing, state.is_full) = (failing, is_full);
    }

    /// Whether a service is just opening its directory.
    pub(super) fn set_starting(&self, is_starting: bool) {
        self.state().is_starting = is_starting;
    }

    /// No more faults.
    pub(super) fn calm(&self) {
        let mut state = self.state();
        (state.failing, state.is_full, state.dies_in) = (0, false, None);
    }

    /// All that was called so far: a number that differs if two runs did.
    pub(super) fn calls(&self) -> u64 {
        self.state().calls
    }

    /// How often a rewritten journal has taken the other's place.
    pub(super) fn rotations(&self) -> u64 {
        self.state().rotations
    }

    /// What the crash leaves is what the next life finds. Gives the bit that is wrong, if one is.
    pub(super) fn come_back(&self, crash: Crash, journal: &Path) -> Option<Flip> {
        let state = &mut *self.state();
        (state.is_dead, state.dies_in) = (false, None);
        if crash == Crash::Kill {
            state.inodes.iter_mut().for_each(Inode::kill);
            return None;
        }
        let kept = state.dice.below(state.log.len() + 1);
        for change in state.log.drain(..).take(kept) {
            change.apply(&mut state.durable_names);
        }
        state.names = state.durable_names.clone();
        for inode in &mut state.inodes {
            inode.lose_power(crash, &mut state.dice);
        }
        let inode = state.inode(journal).ok()?;
        let Inode { sure, ref cache, .. } = state.inodes[inode];
        let region = match crash {
            Crash::FlippedTail => sure..cache.len(),
            Crash::FlippedDurable => 0..sure.min(cache.len()),
            _ => return None,
        };
        if region.is_empty() {
            return None;
        }
        let byte = region.start + state.dice.below(region.len());
        let flip = Flip { inode, byte, bit: 1 << state.dice.below(8) };
        state.flip(flip);
        Some(flip)
    }

    /// Puts the bit right again.
    pub(super) fn repair(&self, flip: Flip) {
        self.state().flip(flip);
    }

    /// The number of the line, from 1, that the bit stands on.
    pub(super) fn line_of(&self, flip: Flip) -> usize {
        let state = self.state();
        let mut before = state.inodes[flip.inode].cache[..=flip.byte].to_vec();
        before[flip.byte] ^= flip.bit;
        before[..flip.byte].iter().filter(|&&byte| byte == b'\n').count() + 1
    }

    /// Cuts off whatever isn't surely there, as whoever repairs a journal by hand would.
    pub(super) fn cut_to_sure(&self, journal: &Path) {
        let state = &mut *self.state();
        if let Ok(inode) = state.inode(journal) {
            let file = &mut state.inodes[inode];
            file.durable.truncate(file.sure);
            file.cache.clone_from(&file.durable);
        }
    }

    /// The inode of a session's journal, wherever it is; one that is only being written counts for nothing.
    pub(super) fn journal_of(&self, session: &str) -> Option<usize> {
        let state = self.state();
        let named = format!("\"session\":\"{session}\",");
        let is_it = |&(path, &inode): &(&PathBuf, &usize)| {
            let header = &state.inodes[inode].cache;
            let header = &header[..header.len().min(200)];
            let counts = path.extension() == Some("jsonl".as_ref()) && !path.ends_with(COPY);
            counts && header.windows(named.len()).any(|window| window == named.as_bytes())
        };
        state.names.iter().filter(is_it).map(|(_, &inode)| inode).max()
    }

    /// What is surely there of a file, from a byte on.
    pub(super) fn sure(&self, inode: usize, from: usize) -> Vec<u8> {
        let state = self.state();
        let file = &state.inodes[inode];
        let end = file.sure.min(file.durable.len());
        file.durable.get(from..end).map(<[u8]>::to_vec).unwrap_or_default()
    }

    /// A session's journal as far as it is surely there; as a download of it would be.
    pub(super) fn sure_journal(&self, session: &str) -> Option<Journal<Model>> {
        journal::read(&self.sure(self.journal_of(session)?, 0)).ok()
    }

    /// What reads of it find.
    pub(super) fn bytes(&self, inode: usize) -> Vec<u8> {
        self.state().inodes[inode].cache.clone()
    }
}

impl State {
    fn flip(&mut self, flip: Flip) {
        let file = &mut self.inodes[flip.inode];
        file.cache[flip.byte] ^= flip.bit;
        file.durable[flip.byte] ^= flip.bit;
    }
}

impl Files for SimulatedDisk {
    fn create_directories(&self, _: &Path) -> io::Result<()> {
        self.state().call()
    }

    fn exists(&self, path: &Path) -> io::Result<bool> {
        Ok(self.state().names.contains_key(path))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn OpenFile>> {
        let mut state = self.state();
        state.call()?;
        let inode = state.inode(path)?;
        Ok(Box::new(SimulatedFile { disk: self.clone(), inode, at: 0 }))
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn OpenFile>> {
        let mut state = self.state();
        state.call()?;
        let inode = if let Ok(inode) = state.inode(path) {
            state.inodes[inode].set_len(0);
            inode
        } else {
            if state.is_full {
                return Err(io::Error::from(io::ErrorKind::StorageFull));
            }
            state.inodes.push(Inode::default());
            let inode = state.inodes.len() - 1;
            state.change(Change::Link(path.into(), inode));
            inode
        };
        Ok(Box::new(SimulatedFile { disk: self.clone(), inode, at: 0 }))
    }

    fn replace(&self, path: &Path, bytes: &[u8], synced: bool) -> io::Result<()> {
        let mut state = self.state();
        state.call()?;
        if state.is_full {
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        state.inodes.push(Inode::default());
        let inode = state.inodes.len() - 1;
        state.inodes[inode].write(0, bytes);
        if synced {
            state.call()?;
            state.inodes[inode].sync();
        }
        state.call()?;
        state.change(Change::Link(path.into(), inode));
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.call()?;
        state.inode(from)?;
        state.rotations += u64::from(from.ends_with(COPY));
        state.change(Change::Move(from.into(), to.into()));
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.call()?;
        state.inode(path)?;
        state.change(Change::Remove(path.into()));
        Ok(())
    }

    fn list(&self, directory: &Path, most: usize) -> io::Result<Vec<Listed>> {
        let mut state = self.state();
        state.call()?;
        let here = state.names.iter().filter(|(path, _)| path.parent() == Some(directory));
        let listed = |(path, &inode): (&PathBuf, &usize)| {
            let bytes = state.inodes[inode].cache.len() as u64;
            Listed { path: path.clone(), bytes }
        };
        Ok(here.take(most).map(listed).collect())
    }

    fn sync_directory(&self, _: &Path) -> io::Result<()> {
        let state = &mut *self.state();
        state.call()?;
        let is_rotation = matches!(state.log.last(), Some(Change::Move(from, _)) if from.ends_with(COPY));
        if state.planted == Some(Planted::UnsyncedNames)
            || (state.planted == Some(Planted::UnsyncedPlace) && is_rotation)
        {
            return Ok(());
        }
        for change in state.log.drain(..) {
            change.apply(&mut state.durable_names);
        }
        Ok(())
    }
}

#[derive(Debug)]
struct SimulatedFile {
    disk: SimulatedDisk,
    inode: usize,
    at: usize,
}

impl Read for SimulatedFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let state = self.disk.state();
        if state.is_dead {
            return Err(dead());
        }
        let cache = &state.inodes[self.inode].cache;
        let rest = cache.get(self.at..).unwrap_or_default();
        let read = rest.len().min(buffer.len());
        buffer[..read].copy_from_slice(&rest[..read]);
        self.at += read;
        Ok(read)
    }
}

impl Write for SimulatedFile {
    /// Short, sometimes, and on a full disk until it fails.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let state = &mut *self.disk.state();
        let failed = state.call().err();
        if state.is_dead {
            return Err(dead());
        }
        let is_short = failed.is_some() || state.is_full || state.dice.once_in_thousand(30);
        let taken = if is_short { state.dice.below(bytes.len() + 1) } else { bytes.len() };
        state.inodes[self.inode].write(self.at, &bytes[..taken]);
        self.at += taken;
        match failed {
            Some(error) => Err(error),
            None if state.is_full => Err(io::Error::from(io::ErrorKind::StorageFull)),
            None if taken == 0 => Err(io::Error::from(io::ErrorKind::Interrupted)),
            None => Ok(taken),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for SimulatedFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let state = self.disk.state();
        let at = match to {
            SeekFrom::Start(at) => usize::try_from(at).unwrap(),
            SeekFrom::End(0) => state.inodes[self.inode].cache.len(),
            _ => return Err(io::Error::from(io::ErrorKind::Unsupported)),
        };
        drop(state);
        self.at = at;
        Ok(at as u64)
    }
}

impl OpenFile for SimulatedFile {
    fn set_len(&mut self, bytes: u64) -> io::Result<()> {
        let mut state = self.disk.state();
        state.call()?;
        state.inodes[self.inode].set_len(usize::try_from(bytes).unwrap());
        Ok(())
    }

    fn sync_data(&mut self) -> io::Result<()> {
        let state = &mut *self.disk.state();
        let answer = state.call();
        if state.is_dead {
            return answer;
        }
        if state.planted == Some(Planted::UnsyncedStart) && state.is_starting {
            return answer;
        }
        let is_copy = state.names.iter().any(|(path, &inode)| inode == self.inode && path.ends_with(COPY));
        if state.planted == Some(Planted::UnsyncedCopy) && is_copy {
            return answer;
        }
        let file = &mut state.inodes[self.inode];
        if state.planted.is_some_and(|planted| planted.skips_sync(file.cache.get(file.sure..).unwrap_or_default())) {
            return answer;
        }
        match &answer {
            Ok(()) => file.sync(),
            Err(_) => file.fail_to_sync(&mut state.dice),
        }
        answer
    }
}
