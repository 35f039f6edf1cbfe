//! What a restart needn't compute again: the simulation, its interventions and its history as they stood at a line of the
//! journal. It only saves time: without it, or with one that doesn't fit, the whole journal is replayed.

use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use gbm_core::journal::{Chain, Checkpoint, Position};
use gbm_core::model::Model;
use serde::{Deserialize, Serialize};

use crate::files::Files;
use crate::history::History;
use crate::overrides::Overrides;

const FILE: &str = "kept.json";
/// Of this form, 3 since each instrument has a history: one of another form is left aside.
const FORMAT: u32 = 3;
/// One that is longer is left aside.
const MAX_BYTES: u64 = 256 << 20;
/// The longest line of a journal that is passed over.
const MAX_LINE_BYTES: u64 = 4 << 20;
/// Ticks and lines after which another one is worth its while.
pub const KEEP_EVERY: u64 = 30_000;

/// What the market's task knows of it; the feed adds its histories.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The session's name.
    pub session: String,
    /// The journal's length at that line.
    pub bytes: u64,
    /// The line.
    pub position: Position,
    /// The simulation and its digest.
    pub checkpoint: Checkpoint<Model>,
    /// Its interventions.
    pub overrides: Overrides,
}

/// All of it, as it is kept.
#[derive(Debug, Serialize, Deserialize)]
pub struct Kept {
    /// The form of the rest.
    format: u32,
    /// The session's name.
    pub session: String,
    /// The journal's length.
    pub bytes: u64,
    /// The line after which this is how things stood.
    pub position: Position,
    /// The simulation and its digest.
    pub checkpoint: Checkpoint<Model>,
    /// Its interventions.
    pub overrides: Overrides,
    /// Its instruments' ticks and candles.
    pub histories: Vec<History>,
}

/// Writes it, sealed, in the place of the one before.
///
/// # Errors
/// Those of the disk. The file isn't synced: a seal that a crash broke is as good as none.
pub fn write(files: &dyn Files, directory: &Path, standing: Standing, histories: Vec<History>) -> io::Result<()> {
    let Standing { session, bytes, position, checkpoint, overrides } = standing;
    let kept = Kept { format: FORMAT, session, bytes, position, checkpoint, overrides, histories };
    let (text, _) = Chain::default().seal(&kept)?;
    files.replace(&directory.join(FILE), text.as_bytes(), false)
}

/// Reads it; `None` if there is none, or one that is damaged or of another build.
pub fn read(files: &dyn Files, directory: &Path) -> Option<Kept> {
    let mut text = Vec::new();
    let file = files.open(&directory.join(FILE)).ok()?;
    file.take(MAX_BYTES).read_to_end(&mut text).ok()?;
    Chain::default().open(&text).ok()?;
    serde_json::from_slice(&text).ok().filter(|kept: &Kept| kept.format == FORMAT)
}

/// Whether the lines from `start` on, read from the journal, lead to the position that was kept: their seals are checked,
/// and nothing else of them is read.
///
/// # Errors
/// Those of the disk.
pub fn leads_to(kept: &Kept, start: Position, mut offset: u64, journal: impl Read) -> io::Result<bool> {
    let (mut chain, mut seq) = (start.chain, start.seq);
    let mut reader = BufReader::with_capacity(1 << 16, journal);
    let mut line = Vec::new();
    while offset < kept.bytes {
        line.clear();
        let read = (&mut reader).take(MAX_LINE_BYTES).read_until(b'\n', &mut line)?;
        let Some(text) = line.strip_suffix(b"\n") else { return Ok(false) };
        let Ok(next) = chain.open(text) else { return Ok(false) };
        (chain, seq, offset) = (next, seq + 1, offset + read as u64);
    }
    Ok(offset == kept.bytes && chain == kept.position.chain && seq == kept.position.seq)
}
