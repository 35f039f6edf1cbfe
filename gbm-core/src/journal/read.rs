use serde::{Deserialize, Serialize};

use super::chain::{Chain, SealError};
use super::line::{Entry, FORMAT, Header, Line, STREAMS};
use crate::VALUE_VERSION;
use crate::process::Process;

/// The longest line: 65,536 numbers of the largest correlation matrix, at up to 25 characters, stay below half of it.
const MAX_LINE_BYTES: usize = 4 << 20;

/// Where a journal stands between two lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Position {
    /// The seq of the line before; 0 after the header.
    pub seq: u64,
    /// The last tick computed when that line was written.
    pub at: u64,
    /// The watermark.
    pub through: u64,
    /// What seals the next line.
    pub chain: Chain,
}

/// A journal read and checked; its ticks have not been recomputed yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Journal<P> {
    /// The first line.
    pub header: Header<P>,
    /// Where the lines begin: after the header, unless only a tail was read.
    pub start: Position,
    /// The lines after it.
    pub lines: Vec<Line>,
    /// The chain after the last line, for appending.
    pub chain: Chain,
    /// What was cut off at the end.
    pub torn: Option<Torn>,
}

impl<P> Journal<P> {
    /// The watermark: no tick above it was published.
    pub fn through(&self) -> u64 {
        self.lines.iter().rev().find_map(|line| through(&line.entry)).unwrap_or(self.start.through)
    }

    /// The last tick that the journal speaks for: its end, or the watermark of one that wasn't closed.
    pub fn last_tick(&self) -> u64 {
        match self.lines.last() {
            Some(Line { at, entry: Entry::End {}, .. }) => *at,
            _ => self.through(),
        }
    }

    /// Whether the journal was closed.
    pub fn has_ended(&self) -> bool {
        self.lines.last().is_some_and(|line| matches!(line.entry, Entry::End {}))
    }
}

/// A last line, or a request's lines, that a crash left incomplete. They were never acknowledged, so they are cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Torn {
    /// The line's number, from 1.
    pub line: usize,
    /// The byte at which it begins: what is before it is whole.
    pub offset: usize,
    /// How many bytes are cut off.
    pub bytes: usize,
}

/// Damage, and the line (from 1) that it stands on.
#[derive(Debug, thiserror::Error)]
#[error("journal line {line}: {error}")]
pub struct JournalError {
    /// The line's number, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub error: LineError,
}

/// What is wrong with a line.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LineError {
    /// Not even a whole header.
    #[error("there is no whole header")]
    NoHeader,
    /// A line that no writer makes.
    #[error("longer than {MAX_LINE_BYTES} bytes")]
    TooLong,
    /// A changed byte, or a missing line.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// Sealed, but not a line of this format.
    #[error("{0}")]
    Syntax(#[from] serde_json::Error),
    /// Another text format.
    #[error("format = {0}: this build reads format {FORMAT}")]
    Format(u32),
    /// Values that this build doesn't produce.
    #[error("value_version = {0}: this build produces version {VALUE_VERSION}")]
    ValueVersion(u32),
    /// Streams divided otherwise.
    #[error("streams = {0:?}: this build divides them as {STREAMS:?}")]
    Streams(String),
    /// A sequence number that isn't one more than the last.
    #[error("seq = {found}, expected {expected}")]
    Seq {
        /// The number found.
        found: u64,
        /// The number due.
        expected: u64,
    },
    /// Ticks that contradict the lines before.
    #[error("{what} = {found} is outside [{low}, {high}]")]
    Order {
        /// Which number.
        what: &'static str,
        /// Its value.
        found: u64,
        /// The least it may be here.
        low: u64,
        /// The most it may be here.
        high: u64,
    },
    /// A line after the end.
    #[error("there is a line after the end")]
    AfterEnd,
}

/// Only the versions of a header, which must be judged before its market is read.
#[derive(Deserialize)]
struct Versions {
    format: u32,
    value_version: u32,
    streams: String,
}

/// Reads and checks a journal: seals, versions, sequence, and the order of ticks.
///
/// A last line without its newline is cut off and reported in [`Journal::torn`], and so are the lines of a request whose last one
/// is missing, and the last lines from the first one on with a stretch that a crash left unwritten (zeros), unless a line after it was written when it must have
/// been confirmed.
///
/// # Errors
/// [`JournalError`] with the line's number for damage anywhere else, and for another format or value version.
///
/// ```
/// use gbm_core::journal::{self, Recorder};
/// use gbm_core::prelude::*;
/// # let btc = Instrument { name: "BTC-USD".into(), asset: 0, spot: Price::new(1.0)?,
/// #     model: Model::from(Gbm::new(0.5, 0.8)?), book: Book::btc() };
/// # let market = Market::new(Seed::from(42), TimeGrid::new(0, 100)?, vec![btc], None)?;
/// let (_, header) = Recorder::start(market)?;
/// assert_eq!(journal::read::<Model>(header.as_bytes())?.lines.len(), 0);
/// let torn = header.clone() + "{\"seq\":1,";
/// assert!(journal::read::<Model>(torn.as_bytes())?.torn.is_some());
/// let changed = header.replace("0.8", "0.9");
/// assert_eq!(journal::read::<Model>(changed.as_bytes()).unwrap_err().line, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read<P: Process + for<'de> Deserialize<'de>>(bytes: &[u8]) -> Result<Journal<P>, JournalError> {
    let first = bytes.split_inclusive(|&byte| byte == b'\n').next().unwrap_or_default();
    let Some(text) = first.strip_suffix(b"\n").filter(|text| !is_unwritten(text)) else {
        return Err(JournalError { line: 1, error: LineError::NoHeader });
    };
    let (header, start) = read_first(text)?;
    read_lines(header, start, bytes, first.len())
}

/// Reads and checks the lines after a position of a journal whose header is known; the bytes are those after it, and
/// [`Torn::offset`] counts from their beginning.
///
/// # Errors
/// As [`read`].
pub fn read_tail<P: Process>(header: Header<P>, start: Position, bytes: &[u8]) -> Result<Journal<P>, JournalError> {
    read_lines(header, start, bytes, 0)
}

/// Reads and checks a header line by itself, without its newline; the position after it.
///
/// # Errors
/// As [`read`].
pub fn read_first<P: Process + for<'de> Deserialize<'de>>(line: &[u8]) -> Result<(Header<P>, Position), JournalError> {
    let (header, chain) = read_header(line).map_err(|error| JournalError { line: 1, error })?;
    Ok((header, Position { chain, ..Position::default() }))
}

fn read_lines<P: Process>(
    header: Header<P>,
    start: Position,
    bytes: &[u8],
    mut offset: usize,
) -> Result<Journal<P>, JournalError> {
    let mut journal = Journal { header, start, lines: Vec::new(), chain: start.chain, torn: None };
    let mut through = start.through;
    // Where the lines of a request begin whose last one hasn't come yet.
    let mut unfinished: Option<(usize, usize, Chain)> = None;
    for number in number(start) + 1.. {
        let rest = &bytes[offset..];
        let Some(text) = rest.split_inclusive(|&byte| byte == b'\n').next() else { break };
        let error = |error| JournalError { line: number, error };
        if is_torn(&journal.chain, text) || (is_unwritten(unended(text)) && !is_passed(&rest[text.len()..], through)) {
            journal.torn = Some(Torn { line: number, offset, bytes: rest.len() });
            break;
        }
        if journal.has_ended() {
            return Err(error(LineError::AfterEnd));
        }
        let Some(line) = text.strip_suffix(b"\n") else { return Err(error(SealError::Broken.into())) };
        let chain = checked(&journal.chain, line).map_err(error)?;
        let line: Line = serde_json::from_slice(line).map_err(|source| error(source.into()))?;
        check_order(&journal, through, &line).map_err(error)?;
        through = self::through(&line.entry).unwrap_or(through);
        let has_more = matches!(&line.entry, Entry::Command(command) if command.more);
        unfinished = has_more.then(|| unfinished.unwrap_or((journal.lines.len(), offset, journal.chain)));
        journal.chain = chain;
        journal.lines.push(line);
        offset += text.len();
    }
    if let Some((lines, offset, chain)) = unfinished {
        journal.torn = Some(Torn { line: number(start) + 1 + lines, offset, bytes: bytes.len() - offset });
        journal.lines.truncate(lines);
        journal.chain = chain;
    }
    Ok(journal)
}

fn unended(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\n").unwrap_or(line)
}

/// The number, from 1, of the line before a position: the header is the first.
pub(super) fn number(position: Position) -> usize {
    usize::try_from(position.seq).unwrap_or(usize::MAX - 1) + 1
}

fn through(entry: &Entry) -> Option<u64> {
    if let Entry::Through { tick } = entry { Some(*tick) } else { None }
}

/// Whether it is a line's beginning. A whole line and another byte in its newline's place is a changed one, whatever follows.
fn is_torn(chain: &Chain, text: &[u8]) -> bool {
    text.last().is_some_and(|&last| last != b'\n') && !chain.opens_beginning(text)
}

/// Whether a crash left a block of it unwritten. No text has a zero; a single one amid others is a changed byte.
fn is_unwritten(text: &[u8]) -> bool {
    let is_stretch =
        || text.first() == Some(&0) || text.last() == Some(&0) || text.windows(2).any(|pair| pair == [0, 0]);
    text.contains(&0) && is_stretch()
}

/// Whether lines were written above the watermark: those before them had been confirmed then, and no crash takes them back.
fn is_passed(lines: &[u8], through: u64) -> bool {
    let mut lines = lines.split(|&byte| byte == b'\n').filter_map(|line| serde_json::from_slice::<Line>(line).ok());
    lines.any(|line| line.at > through)
}

fn checked(chain: &Chain, line: &[u8]) -> Result<Chain, LineError> {
    if line.len() > MAX_LINE_BYTES {
        return Err(LineError::TooLong);
    }
    Ok(chain.open(line)?)
}

fn read_header<P: Process + for<'de> Deserialize<'de>>(line: &[u8]) -> Result<(Header<P>, Chain), LineError> {
    let chain = checked(&Chain::default(), line)?;
    let versions: Versions = serde_json::from_slice(line)?;
    if versions.format != FORMAT {
        return Err(LineError::Format(versions.format));
    }
    if versions.value_version != VALUE_VERSION {
        return Err(LineError::ValueVersion(versions.value_version));
    }
    if versions.streams != STREAMS {
        return Err(LineError::Streams(versions.streams));
    }
    Ok((serde_json::from_slice(line)?, chain))
}

fn check_order<P>(journal: &Journal<P>, through: u64, line: &Line) -> Result<(), LineError> {
    let (before, seq) = journal.lines.last().map_or((journal.start.at, journal.start.seq), |last| (last.at, last.seq));
    if line.seq != seq + 1 {
        return Err(LineError::Seq { found: line.seq, expected: seq + 1 });
    }
    let last = journal.header.market.grid().last_tick();
    let within = |what, found, low, high| {
        if (low..=high).contains(&found) { Ok(()) } else { Err(LineError::Order { what, found, low, high }) }
    };
    within("at", line.at, before, through)?;
    match &line.entry {
        Entry::Command(command) => within("tick", command.intervention.tick, line.at + 1, last),
        Entry::Through { tick } => within("through", *tick, through, last),
        Entry::End {} => Ok(()),
    }
}
