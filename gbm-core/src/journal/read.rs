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

/// A last line that a crash left incomplete. It was never acknowledged, so it is cut off.
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
/// A last line without its newline, or with bytes that a crash left unwritten (zeros), is cut off and reported in
/// [`Journal::torn`].
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
    let (whole, torn) = cut_torn(bytes);
    let first = whole.split_inclusive(|&byte| byte == b'\n').next();
    let first = first.ok_or(JournalError { line: 1, error: LineError::NoHeader })?;
    let (header, chain) = read_header(unended(first)).map_err(|error| JournalError { line: 1, error })?;
    let start = Position { chain, ..Position::default() };
    read_lines(header, start, &whole[first.len()..], torn)
}

/// Reads and checks the lines after a position of a journal whose header is known; the bytes are those after it, and
/// [`Torn::offset`] counts from their beginning.
///
/// # Errors
/// As [`read`].
pub fn read_tail<P: Process>(header: Header<P>, start: Position, bytes: &[u8]) -> Result<Journal<P>, JournalError> {
    let (whole, mut torn) = cut_torn(bytes);
    if let Some(torn) = &mut torn {
        torn.line += number(start);
    }
    read_lines(header, start, whole, torn)
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
    whole: &[u8],
    torn: Option<Torn>,
) -> Result<Journal<P>, JournalError> {
    let mut journal = Journal { header, start, lines: Vec::new(), chain: start.chain, torn };
    let mut through = start.through;
    for (number, line) in (number(start) + 1..).zip(whole.split_inclusive(|&byte| byte == b'\n').map(unended)) {
        let error = |error| JournalError { line: number, error };
        if journal.has_ended() {
            return Err(error(LineError::AfterEnd));
        }
        let chain = checked(&journal.chain, line).map_err(error)?;
        let line: Line = serde_json::from_slice(line).map_err(|source| error(source.into()))?;
        check_order(&journal, through, &line).map_err(error)?;
        through = self::through(&line.entry).unwrap_or(through);
        journal.chain = chain;
        journal.lines.push(line);
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

/// The bytes of whole lines, and what a crash left after them.
fn cut_torn(bytes: &[u8]) -> (&[u8], Option<Torn>) {
    let end = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |newline| newline + 1);
    let mut offset = end;
    if end == bytes.len() && end > 0 {
        let start = bytes[..end - 1].iter().rposition(|&byte| byte == b'\n').map_or(0, |newline| newline + 1);
        if bytes[start..end].contains(&0) {
            offset = start;
        }
    }
    let (whole, rest) = bytes.split_at(offset);
    let line = whole.iter().filter(|&&byte| byte == b'\n').count() + 1;
    (whole, (!rest.is_empty()).then_some(Torn { line, offset, bytes: rest.len() }))
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
