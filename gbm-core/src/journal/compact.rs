use super::chain::Chain;
use super::digest::BLOCK_TICKS;
use super::line::{Entry, Line};
use super::read::{LineError, Position};

/// Watermarks that a compacted journal keeps, about, however long the session.
const KEPT_WATERMARKS: u64 = 4096;

/// Rewrites a journal without the watermarks that later ones have overtaken.
///
/// Every command stays, with its `at`, digest, actor, reason and key; of watermarks, each run between two commands is joined
/// to one for every [`span`](Compactor::span) ticks, which is written where the first of them stood (its `at`) and reaches as
/// far as the last. The ticks, their digest and the interventions are the same; what is lost is that a differing replay is
/// pinned to a span instead of a block. Lines are numbered and sealed anew. A session's journal is thereby bounded by its
/// commands, of which there are at most [`MAX_INTERVENTIONS`](crate::engine::MAX_INTERVENTIONS).
///
/// Lines come in one by one, so that a long journal needs no memory and can be rewritten piece by piece.
///
/// ```
/// use gbm_core::journal::{self, Compactor, Recorder, Replay};
/// # use gbm_core::prelude::*;
/// # let btc = Instrument { name: "BTC-USD".into(), asset: 0, spot: Price::new(1.0)?,
/// #     model: Model::from(Gbm::new(0.5, 0.8)?), book: Book::btc() };
/// # let market = Market::new(Seed::from(42), TimeGrid::new(0, 100)?, vec![btc], None)?;
/// let (mut recorder, mut text) = Recorder::start(market)?;
/// for through in 1..=1000 {
///     let line = recorder.propose_through(through)?;
///     recorder.confirm(line.line.seq);
///     recorder.step()?;
///     text.push_str(&line.text);
/// }
/// let mut lines = text.split_inclusive('\n');
/// let header = lines.next().unwrap_or_default();
/// let mut compacted = header.to_owned();
/// let mut compactor = Compactor::new(header.as_bytes(), Compactor::span(1000))?;
/// for line in lines {
///     compactor.push(line.as_bytes(), &mut compacted)?;
/// }
/// let position = compactor.finish(&mut compacted)?;
/// let journal = journal::read::<Model>(compacted.as_bytes())?;
/// assert_eq!((journal.lines.len(), position.seq, journal.through()), (1, 1, 1000));
/// let mut replay = Replay::new(&journal);
/// assert_eq!(replay.by_ref().count(), 1000);
/// assert_eq!(replay.digest(), recorder.digest());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Compactor {
    span: u64,
    /// What seals the next line that comes in.
    chain: Chain,
    /// Where the rewritten journal stands.
    written: Position,
    /// A watermark that the next one may be joined to.
    joined: Option<Line>,
}

impl Compactor {
    /// Begins after a header, which stays as it is; its line may have its newline. Watermarks written within `span` ticks are joined.
    ///
    /// # Errors
    /// [`LineError::Seal`] for a line that was changed.
    pub fn new(header: &[u8], span: u64) -> Result<Self, LineError> {
        let chain = Chain::default().open(unended(header))?;
        let written = Position { chain, ..Position::default() };
        Ok(Self { span, chain, written, joined: None })
    }

    /// The span for a journal that has come to the watermark `through`: whole blocks, so many that about four thousand
    /// are left.
    #[must_use]
    pub fn span(through: u64) -> u64 {
        (through / KEPT_WATERMARKS).next_multiple_of(BLOCK_TICKS).max(BLOCK_TICKS)
    }

    /// Takes the next line, with or without its newline, and appends what is settled by it to `text`.
    ///
    /// # Errors
    /// [`LineError::Seal`] for a line that was changed or doesn't follow, [`LineError::Syntax`] for one that isn't of this
    /// format.
    pub fn push(&mut self, line: &[u8], text: &mut String) -> Result<(), LineError> {
        let line = unended(line);
        self.chain = self.chain.open(line)?;
        let line: Line = serde_json::from_slice(line)?;
        match (&line.entry, &mut self.joined) {
            (&Entry::Through { tick: to }, Some(Line { at, entry: Entry::Through { tick }, .. }))
                if line.at < *at + self.span =>
            {
                *tick = to;
            }
            (Entry::Through { .. }, _) => {
                self.settle(text)?;
                self.joined = Some(line);
            }
            _ => {
                self.settle(text)?;
                self.write(line, text)?;
            }
        }
        Ok(())
    }

    /// Appends what is left; where the rewritten journal stands, for [`Recorder::go_on_from`](super::Recorder::go_on_from).
    ///
    /// # Errors
    /// [`LineError::Syntax`] if it can't be written.
    pub fn finish(mut self, text: &mut String) -> Result<Position, LineError> {
        self.settle(text)?;
        Ok(self.written)
    }

    fn settle(&mut self, text: &mut String) -> Result<(), LineError> {
        self.joined.take().map_or(Ok(()), |line| self.write(line, text))
    }

    fn write(&mut self, line: Line, text: &mut String) -> Result<(), LineError> {
        let line = Line { seq: self.written.seq + 1, ..line };
        let (sealed, chain) = self.written.chain.seal(&line)?;
        text.push_str(&sealed);
        text.push('\n');
        let through = if let Entry::Through { tick } = line.entry { tick } else { self.written.through };
        self.written = Position { seq: line.seq, at: line.at, through, chain };
        Ok(())
    }
}

fn unended(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\n").unwrap_or(line)
}
