//! The thread that puts lines on the disk: whatever has gathered while one sync ran is written and synced together.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use gbm_core::journal::Position;
use tokio::sync::mpsc::UnboundedSender;

/// Lines that may wait for the disk; one more is refused.
pub const MAX_WAITING: usize = 4096;
/// What failed and must not stay so is tried again this much later, at the latest.
const RETRY: Duration = Duration::from_millis(100);

/// Where lines go: a file, or what a test puts in its place.
pub trait Sink: Send + 'static {
    /// Appends the bytes and makes them durable.
    ///
    /// # Errors
    /// Those of the disk; some of the bytes may stand on it then, until they are [`cut`](Sink::cut).
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Takes back whatever was appended since the last success.
    ///
    /// # Errors
    /// Those of the disk; the bytes may still be there.
    fn cut(&mut self) -> io::Result<()>;

    /// Begins to rewrite, beside the journal, what is on the disk for sure; watermarks within `span` ticks are joined.
    ///
    /// # Errors
    /// Those of the disk, after which the copy is to be [dropped](Sink::drop_copy). A sink that can't be rewritten says so.
    fn start_copy(&mut self, span: u64) -> io::Result<()> {
        let _ = span;
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Rewrites a piece; whether that was the last there is at present.
    ///
    /// # Errors
    /// As [`Sink::start_copy`].
    fn copy_piece(&mut self) -> io::Result<bool> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Rewrites the rest and lets the copy take the journal's place. Both say the same, so it doesn't matter which of them a
    /// crash leaves there, as long as nothing is appended before [`Sink::sync_place`].
    ///
    /// # Errors
    /// [`PlaceError::Undone`], as [`Sink::start_copy`]; [`PlaceError::Unsure`], after which it is to be called again.
    fn place_copy(&mut self) -> Result<Placed, PlaceError> {
        Err(io::Error::from(io::ErrorKind::Unsupported).into())
    }

    /// Makes the copy's place durable.
    ///
    /// # Errors
    /// Those of the disk; it may be called again.
    fn sync_place(&mut self) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Leaves the copy alone.
    fn drop_copy(&mut self) {}
}

/// Why a copy hasn't taken the journal's place.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlaceError {
    /// The disk failed; the journal is where it was.
    #[error(transparent)]
    Undone(#[from] io::Error),
    /// The disk failed, and doesn't show which of the two is there: nothing may be appended to either.
    #[error("it can't be seen which journal is there: {0}")]
    Unsure(io::Error),
}

/// Where a rewritten journal stands that has taken the other's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    /// What follows its last line.
    pub position: Position,
    /// Its length.
    pub bytes: u64,
}

/// What became of the lines sent.
#[derive(Debug)]
pub enum Written {
    /// Every line up to this seq is on the disk.
    Through(u64),
    /// Lines couldn't be written, and what there is of them can't be cut off yet; that is tried again until it succeeds.
    Stuck(io::Error),
    /// Lines of this epoch couldn't be written; none of them is on the disk.
    Failed {
        /// The epoch that ended.
        epoch: u64,
        /// What the disk said.
        error: io::Error,
    },
    /// The journal has been rewritten as far as it went then; [`Order::Place`] is next, when no line is under way.
    Copied,
    /// The journal wasn't rewritten and goes on as it is.
    NotRotated(io::Error),
    /// The rewritten journal's place isn't sure or durable yet; that is tried again, and nothing may be appended before.
    Hindered(io::Error),
    /// The rewritten journal has taken the other's place.
    Rotated(Placed),
}

/// What else the worker is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Begin to rewrite the journal, watermarks within so many ticks joined.
    Copy {
        /// The ticks.
        span: u64,
    },
    /// Let what was rewritten take its place.
    Place,
}

/// Lines on their way to the disk.
#[derive(Debug)]
pub struct Lines {
    /// Lines sent before a failure was known are of an older epoch, and dropped.
    pub epoch: u64,
    /// The last one's.
    pub seq: u64,
    /// Their text; empty for an order alone.
    pub text: String,
    /// What is to be done after them.
    pub then: Option<Order>,
}

impl Lines {
    /// Group commit: one sync for all that has gathered. A new epoch begins only after the old one has failed.
    #[must_use]
    pub fn with_gathered(self, lines: &Receiver<Self>) -> Self {
        let mut gathered = self;
        while gathered.then.is_none()
            && let Ok(next) = lines.try_recv()
        {
            if next.epoch == gathered.epoch {
                // An order has no seq of its own.
                (gathered.seq, gathered.then) = (gathered.seq.max(next.seq), next.then);
                gathered.text.push_str(&next.text);
            } else {
                gathered = next;
            }
        }
        gathered
    }
}

/// Waits until a worker has ended.
pub type Ended = Box<dyn FnOnce() + Send + Sync>;

/// Who lets an [`Appender`] work: a thread of its own, or what a test puts in its place.
pub trait Worker: Send + Sync + 'static {
    /// Lets it work on whatever is sent; what is given back waits until that has ended.
    ///
    /// # Errors
    /// If the system has no such worker.
    fn start(&self, appender: Appender, lines: Receiver<Lines>) -> io::Result<Ended>;
}

/// Starts a thread for each journal.
#[derive(Clone, Copy, Debug, Default)]
pub struct Threads;

impl Worker for Threads {
    fn start(&self, appender: Appender, lines: Receiver<Lines>) -> io::Result<Ended> {
        let thread = std::thread::Builder::new().name("journal".into()).spawn(move || work(appender, &lines))?;
        // A thread that panicked has told nobody that its lines were written, which is all that matters here.
        Ok(Box::new(move || drop(thread.join())))
    }
}

fn work(mut appender: Appender, lines: &Receiver<Lines>) {
    loop {
        let first = match appender.rest() {
            None => lines.recv().map_err(RecvTimeoutError::from),
            Some(rest) => lines.recv_timeout(rest),
        };
        let has_ended = matches!(first, Err(RecvTimeoutError::Disconnected));
        if has_ended || !appender.take(first.ok().map(|first| first.with_gathered(lines))) {
            return;
        }
    }
}

/// The way to the worker. Dropping it lets the worker finish what was sent, and end.
pub struct JournalWriter {
    worker: Arc<dyn Worker>,
    lines: Option<SyncSender<Lines>>,
    ended: Option<Ended>,
    epoch: u64,
}

impl JournalWriter {
    /// Starts a thread; it tells `written` what has become of the lines.
    ///
    /// # Errors
    /// If the system can't start a thread.
    pub fn start(sink: Box<dyn Sink>, written: UnboundedSender<Written>) -> io::Result<Self> {
        Self::start_with(Arc::new(Threads), sink, written)
    }

    /// The same with another worker.
    ///
    /// # Errors
    /// Those of the worker.
    pub fn start_with(
        worker: Arc<dyn Worker>,
        sink: Box<dyn Sink>,
        written: UnboundedSender<Written>,
    ) -> io::Result<Self> {
        let (sender, receiver) = sync_channel(MAX_WAITING);
        let ended = worker.start(Appender::new(sink, written), receiver)?;
        Ok(Self { worker, lines: Some(sender), ended: Some(ended), epoch: 0 })
    }

    /// A writer for another journal.
    ///
    /// # Errors
    /// As [`JournalWriter::start`].
    pub fn another(&self, sink: Box<dyn Sink>, written: UnboundedSender<Written>) -> io::Result<Self> {
        Self::start_with(self.worker.clone(), sink, written)
    }

    /// Sends a line; `false` if too many are waiting.
    pub fn send(&mut self, seq: u64, text: String) -> bool {
        self.send_lines(Lines { epoch: self.epoch, seq, text, then: None })
    }

    /// Sends an order; `false` if too much is waiting.
    pub fn order(&mut self, order: Order) -> bool {
        self.send_lines(Lines { epoch: self.epoch, seq: 0, text: String::new(), then: Some(order) })
    }

    fn send_lines(&self, sent: Lines) -> bool {
        self.lines.as_ref().is_some_and(|lines| lines.try_send(sent).is_ok())
    }

    /// Begins again after a failure; `false` if that failure is known already.
    pub fn begin_again(&mut self, failed_epoch: u64) -> bool {
        let is_new = failed_epoch == self.epoch;
        self.epoch += u64::from(is_new);
        is_new
    }
}

impl Drop for JournalWriter {
    fn drop(&mut self) {
        self.lines = None;
        if let Some(ended) = self.ended.take() {
            ended();
        }
    }
}

/// How far the journal has been rewritten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rotation {
    None,
    Copying,
    Copied,
    /// It can't be seen yet whether it has its place.
    Placing,
    /// Its place isn't durable yet.
    Placed(Placed),
}

/// Appends lines to a sink and tells what became of them, one group after the other.
pub struct Appender {
    sink: Box<dyn Sink>,
    written: UnboundedSender<Written>,
    /// The last epoch that failed.
    failed: Option<u64>,
    /// Why, until what it left is cut off.
    cutting: Option<io::Error>,
    /// Whether it was told that it can't be cut off yet.
    is_stuck: bool,
    rotation: Rotation,
    /// Whether it was told that the copy's place isn't sure.
    is_hindered: bool,
}

impl Appender {
    fn new(sink: Box<dyn Sink>, written: UnboundedSender<Written>) -> Self {
        Self {
            sink,
            written,
            failed: None,
            cutting: None,
            is_stuck: false,
            rotation: Rotation::None,
            is_hindered: false,
        }
    }

    /// The last epoch that failed, whose lines are dropped.
    pub fn failed_epoch(&self) -> Option<u64> {
        self.failed
    }

    /// After how much time it is to be called although nothing was sent; none if that isn't needed.
    ///
    /// Something that failed may still be to be cut off. That is tried again whenever the appender is called, for as long as it
    /// takes: lines that may still stand on the disk would come back after a crash, so nobody may be told that they are
    /// gone. What is sent meanwhile is of the failed epoch.
    pub fn rest(&self) -> Option<Duration> {
        match self.rotation {
            Rotation::Copying => Some(Duration::ZERO),
            Rotation::Placing | Rotation::Placed(_) => Some(RETRY),
            _ => self.cutting.is_some().then_some(RETRY),
        }
    }

    /// Writes and syncs lines, unless their epoch has failed, and does a piece of whatever else is under way; `false` if nobody
    /// listens any more.
    pub fn take(&mut self, lines: Option<Lines>) -> bool {
        let order = lines.as_ref().and_then(|lines| lines.then);
        let is_new = |lines: &Lines| self.failed != Some(lines.epoch) && !lines.text.is_empty();
        let appended = lines.filter(is_new).is_none_or(|lines| self.append(&lines));
        appended && self.cut() && self.rotate(order)
    }

    fn tell(&self, what: Written) -> bool {
        self.written.send(what).is_ok()
    }

    fn append(&mut self, lines: &Lines) -> bool {
        match self.sink.append(lines.text.as_bytes()) {
            Ok(()) => self.tell(Written::Through(lines.seq)),
            Err(error) => {
                (self.failed, self.cutting) = (Some(lines.epoch), Some(error));
                true
            }
        }
    }

    fn cut(&mut self) -> bool {
        let (Some(epoch), Some(error)) = (self.failed, self.cutting.take()) else { return true };
        if let Err(still) = self.sink.cut() {
            self.cutting = Some(error);
            return std::mem::replace(&mut self.is_stuck, true) || self.tell(Written::Stuck(still));
        }
        self.is_stuck = false;
        self.tell(Written::Failed { epoch, error })
    }

    fn rotate(&mut self, order: Option<Order>) -> bool {
        match order {
            Some(Order::Copy { span }) => match self.sink.start_copy(span) {
                Ok(()) => self.rotation = Rotation::Copying,
                Err(error) => return self.give_up(error),
            },
            Some(Order::Place) => (self.rotation, self.is_hindered) = (Rotation::Placing, false),
            None => {}
        }
        if self.rotation == Rotation::Placing {
            match self.sink.place_copy() {
                Ok(placed) => self.rotation = Rotation::Placed(placed),
                Err(PlaceError::Undone(error)) => return self.give_up(error),
                Err(PlaceError::Unsure(error)) => return self.hinder(error),
            }
        }
        match self.rotation {
            Rotation::Copying => match self.sink.copy_piece() {
                Ok(true) => {
                    self.rotation = Rotation::Copied;
                    self.tell(Written::Copied)
                }
                Ok(false) => true,
                Err(error) => self.give_up(error),
            },
            Rotation::Placed(placed) => match self.sink.sync_place() {
                Ok(()) => {
                    self.rotation = Rotation::None;
                    self.tell(Written::Rotated(placed))
                }
                Err(error) => self.hinder(error),
            },
            _ => true,
        }
    }

    fn give_up(&mut self, error: io::Error) -> bool {
        self.rotation = Rotation::None;
        self.sink.drop_copy();
        self.tell(Written::NotRotated(error))
    }

    /// Tells once that it is tried again.
    fn hinder(&mut self, error: io::Error) -> bool {
        std::mem::replace(&mut self.is_hindered, true) || self.tell(Written::Hindered(error))
    }
}
