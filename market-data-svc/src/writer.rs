//! The thread that puts lines on the disk: whatever has gathered while one sync ran is written and synced together.

use std::io::{self, SeekFrom};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;

use crate::files::OpenFile;

/// Lines that may wait for the disk; one more is refused.
pub const MAX_WAITING: usize = 4096;
/// A cut that failed is tried again this much later, at the latest.
const CUT_RETRY: Duration = Duration::from_millis(100);

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
}

/// A journal file. What couldn't be written whole is cut off again.
#[derive(Debug)]
pub struct FileSink {
    file: Box<dyn OpenFile>,
    good: u64,
}

impl FileSink {
    /// Appends at the file's end, all of which is known to be good.
    ///
    /// # Errors
    /// If the file's length can't be read.
    pub fn new(mut file: Box<dyn OpenFile>) -> io::Result<Self> {
        let good = file.seek(SeekFrom::End(0))?;
        Ok(Self { file, good })
    }
}

impl Sink for FileSink {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.file.sync_data()?;
        self.good += bytes.len() as u64;
        Ok(())
    }

    fn cut(&mut self) -> io::Result<()> {
        self.file.set_len(self.good)?;
        self.file.seek(SeekFrom::Start(self.good))?;
        self.file.sync_data()
    }
}

/// What became of the lines sent.
#[derive(Debug)]
pub enum Written {
    /// Every line up to this seq is on the disk.
    Through(u64),
    /// Lines of this epoch couldn't be written; none of them is on the disk.
    Failed {
        /// The epoch that ended.
        epoch: u64,
        /// What the disk said.
        error: io::Error,
    },
}

/// Lines on their way to the disk.
#[derive(Debug)]
pub struct Lines {
    /// Lines sent before a failure was known are of an older epoch, and dropped.
    pub epoch: u64,
    /// The last one's.
    pub seq: u64,
    /// Their text.
    pub text: String,
}

impl Lines {
    /// Group commit: one sync for all that has gathered. A new epoch begins only after the old one has failed.
    #[must_use]
    pub fn with_gathered(self, lines: &Receiver<Self>) -> Self {
        let mut gathered = self;
        while let Ok(next) = lines.try_recv() {
            if next.epoch == gathered.epoch {
                gathered.seq = next.seq;
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
        let first = if appender.is_cutting() {
            match lines.recv_timeout(CUT_RETRY) {
                Err(RecvTimeoutError::Disconnected) => return,
                received => received.ok(),
            }
        } else {
            let Ok(first) = lines.recv() else { return };
            Some(first)
        };
        if !appender.take(first.map(|first| first.with_gathered(lines))) {
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
        let ended = worker.start(Appender { sink, written, failed: None, cutting: None }, receiver)?;
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
        let line = Lines { epoch: self.epoch, seq, text };
        self.lines.as_ref().is_some_and(|lines| lines.try_send(line).is_ok())
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

/// Appends lines to a sink and tells what became of them, one group after the other.
pub struct Appender {
    sink: Box<dyn Sink>,
    written: UnboundedSender<Written>,
    /// The last epoch that failed.
    failed: Option<u64>,
    /// Why, until what it left is cut off.
    cutting: Option<io::Error>,
}

impl Appender {
    /// The last epoch that failed, whose lines are dropped.
    pub fn failed_epoch(&self) -> Option<u64> {
        self.failed
    }

    /// Whether something that failed is still to be cut off. It is tried again whenever the appender is called, for as long
    /// as that takes: lines that may still stand on the disk would come back after a crash, so nobody may be told that
    /// they are gone. What is sent meanwhile is of the failed epoch.
    pub fn is_cutting(&self) -> bool {
        self.cutting.is_some()
    }

    /// Writes and syncs lines, unless their epoch has failed; `false` if nobody listens any more.
    pub fn take(&mut self, lines: Option<Lines>) -> bool {
        if let Some(Lines { epoch, seq, text }) = lines.filter(|lines| self.failed != Some(lines.epoch)) {
            match self.sink.append(text.as_bytes()) {
                Ok(()) => return self.written.send(Written::Through(seq)).is_ok(),
                Err(error) => (self.failed, self.cutting) = (Some(epoch), Some(error)),
            }
        }
        let (Some(epoch), Some(error)) = (self.failed, self.cutting.take()) else { return true };
        if self.sink.cut().is_err() {
            self.cutting = Some(error);
            return true;
        }
        self.written.send(Written::Failed { epoch, error }).is_ok()
    }
}
