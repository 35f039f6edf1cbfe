//! The thread that puts lines on the disk: whatever has gathered while one sync ran is written and synced together.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;

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
    file: File,
    good: u64,
}

impl FileSink {
    /// Appends at the file's end, all of which is known to be good.
    ///
    /// # Errors
    /// If the file's length can't be read.
    pub fn new(mut file: File) -> io::Result<Self> {
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

struct Lines {
    /// Lines sent before a failure was known are of an older epoch, and dropped.
    epoch: u64,
    seq: u64,
    text: String,
}

/// The way to the thread. Dropping it lets the thread finish what was sent, and end.
#[derive(Debug)]
pub struct JournalWriter {
    lines: Option<SyncSender<Lines>>,
    thread: Option<JoinHandle<()>>,
    epoch: u64,
}

impl JournalWriter {
    /// Starts the thread; it tells `written` what has become of the lines.
    ///
    /// # Errors
    /// If the system can't start a thread.
    pub fn start(sink: Box<dyn Sink>, written: UnboundedSender<Written>) -> io::Result<Self> {
        let (sender, receiver) = sync_channel(MAX_WAITING);
        let thread =
            std::thread::Builder::new().name("journal".into()).spawn(move || write(sink, &receiver, &written))?;
        Ok(Self { lines: Some(sender), thread: Some(thread), epoch: 0 })
    }

    /// Sends a line; `false` if too many are waiting.
    pub fn send(&mut self, seq: u64, text: String) -> bool {
        let line = Lines { epoch: self.epoch, seq, text };
        let sent = self.lines.as_ref().map(|lines| lines.try_send(line));
        !matches!(sent, None | Some(Err(TrySendError::Full(_) | TrySendError::Disconnected(_))))
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
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has told nobody that its lines were written, which is all that matters here.
            drop(thread.join());
        }
    }
}

fn write(mut sink: Box<dyn Sink>, lines: &Receiver<Lines>, written: &UnboundedSender<Written>) {
    let mut failed_epoch = None;
    while let Ok(first) = lines.recv() {
        let mut gathered = first;
        // Group commit: one sync for all that has gathered. A new epoch begins only after the old one has failed.
        while let Ok(next) = lines.try_recv() {
            if next.epoch == gathered.epoch {
                gathered.seq = next.seq;
                gathered.text.push_str(&next.text);
            } else {
                gathered = next;
            }
        }
        let Lines { epoch, seq, text } = gathered;
        if failed_epoch == Some(epoch) {
            continue;
        }
        let answer = match sink.append(text.as_bytes()) {
            Ok(()) => Written::Through(seq),
            Err(error) => {
                failed_epoch = Some(epoch);
                if !cut(sink.as_mut(), lines) {
                    return;
                }
                Written::Failed { epoch, error }
            }
        };
        if written.send(answer).is_err() {
            return;
        }
    }
}

/// Cuts off what failed, for as long as that takes: lines that may still stand on the disk would come back after a crash,
/// so nobody may be told that they are gone. What is sent meanwhile is of the failed epoch. `false` if nobody listens.
fn cut(sink: &mut dyn Sink, lines: &Receiver<Lines>) -> bool {
    while sink.cut().is_err() {
        match lines.recv_timeout(CUT_RETRY) {
            Ok(_) | Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
    true
}
