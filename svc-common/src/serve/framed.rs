//! A socket that lets hyper read nothing ambiguous.
//!
//! hyper takes a request that has a length and chunks alike, and lines that end with LF alone; another reader of the
//! same bytes could then see another request in them. So heads are held back until they are whole and checked, and
//! bodies are followed to their end, where the next head begins. What isn't acceptable is not passed on: in its place
//! hyper reads a request of our own making, whose answer is the refusal. Thus the answer keeps its turn among those to
//! requests before it, and the connection ends with it.
//!
//! A request to switch protocols holds back all that follows it until it is answered: then it is passed on unread, or
//! it was a request after all.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::OwnedSemaphorePermit;

use super::Limits;
use super::chunks::Chunks;
use super::head::{Framing, Scan, inspect};
use super::line::Line;
use crate::problem::ApiError;
use crate::timer::Timer;

/// What hyper reads in place of what it must not.
const REFUSED: &[u8] = b"GET / HTTP/1.1\r\nhost: refused\r\nconnection: close\r\n\r\n";
/// The most that is held of what follows a request to switch protocols, 16 KiB.
const MAX_EARLY_BYTES: usize = 16 << 10;
/// How long, and for how many bytes, a client is listened to that still talks when its answer was sent: closing on it
/// at once would reset the connection, and the answer might be lost.
const LINGER: Duration = Duration::from_secs(1);
const LINGER_BYTES: usize = 1 << 20;

/// A socket whose requests are framed strictly.
#[derive(Debug)]
pub struct Framed<S> {
    io: S,
    line: Arc<Line>,
    limits: Limits,
    state: State,
    /// Bytes read and not yet passed on; the first `free` of them may be.
    held: BytesMut,
    free: usize,
    scan: Scan,
    /// Requests passed on.
    requests: u64,
    reading: Timer,
    writing: Timer,
    lingered: usize,
    _permit: Option<OwnedSemaphorePermit>,
}

#[derive(Debug)]
enum State {
    Head,
    Length(u64),
    Chunked(Chunks),
    /// Waits for the answer to a request to switch protocols.
    Asked,
    /// Another protocol, or the rest of a connection that is read no more.
    Raw,
    Refused,
    Broken,
}

impl<S> Framed<S> {
    pub(super) fn new(io: S, limits: Limits, line: Arc<Line>, permit: Option<OwnedSemaphorePermit>) -> Self {
        Self {
            io,
            line,
            limits,
            state: State::Head,
            held: BytesMut::new(),
            free: 0,
            scan: Scan::default(),
            requests: 0,
            reading: Timer::default(),
            writing: Timer::default(),
            lingered: 0,
            _permit: permit,
        }
    }

    /// Passes on what may be, up to the buffer's room.
    fn give(&mut self, buffer: &mut ReadBuf<'_>) {
        let length = self.free.min(buffer.remaining());
        buffer.put_slice(self.held.get(..length).unwrap_or_default());
        self.held.advance(length);
        self.free -= length;
        if self.held.is_empty() {
            // An idle connection, or one in another protocol, keeps no memory for this.
            self.held = BytesMut::new();
        }
    }

    /// Looks for a whole head in what is held.
    fn find_head(&mut self) -> Result<bool, ApiError> {
        // An empty line before a request is what old clients send after a body.
        while self.held.starts_with(b"\r\n") {
            self.held.advance(2);
        }
        let Some(end) = self.scan.end(&self.held, self.limits.head_bytes)? else { return Ok(false) };
        let head = inspect(self.held.get(..end).unwrap_or_default())?;
        self.scan = Scan::default();
        self.reading.clear();
        self.free = end;
        self.state = match head.framing {
            _ if head.asks_upgrade => {
                self.line.ask(self.requests);
                State::Asked
            }
            Framing::Length(0) => State::Head,
            Framing::Length(length) => State::Length(length),
            Framing::Chunked => State::Chunked(Chunks::new()),
        };
        self.requests += 1;
        Ok(true)
    }

    /// Puts the refusal in the place of everything that could still come.
    fn refuse(&mut self, refusal: ApiError) {
        self.line.refuse(self.requests, refusal);
        self.requests += 1;
        self.held = REFUSED.into();
        self.free = REFUSED.len();
        self.state = State::Refused;
    }

    /// How many of these bytes, the next of a body, belong to it.
    fn follow(&mut self, bytes: &[u8]) -> usize {
        let (length, next) = match &mut self.state {
            State::Length(left) => {
                let length = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
                *left -= length as u64;
                (length, (*left == 0).then_some(State::Head))
            }
            State::Chunked(chunks) => match chunks.follow(bytes) {
                Ok(length) => (length, chunks.has_ended().then_some(State::Head)),
                Err(_) => (0, Some(State::Broken)),
            },
            _ => (bytes.len(), None),
        };
        if let Some(next) = next {
            self.state = next;
        }
        length
    }
}

impl<S: AsyncRead + Unpin> Framed<S> {
    /// Reads more into what is held; ready with `false` at the end of the stream.
    fn poll_hold(&mut self, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<bool>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.io).poll_read(cx, buffer))?;
        let new = buffer.filled().get(before..).unwrap_or_default();
        let any = !new.is_empty();
        self.held.extend_from_slice(new);
        buffer.set_filled(before);
        Poll::Ready(Ok(any))
    }

    fn poll_head(&mut self, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<bool>> {
        match self.find_head() {
            Ok(true) => return Poll::Ready(Ok(true)),
            Ok(false) => {}
            Err(refusal) => {
                self.refuse(refusal);
                return Poll::Ready(Ok(true));
            }
        }
        let polled = self.poll_hold(cx, buffer);
        let is_waited_for = self.requests == 0 || !self.held.is_empty();
        if polled.is_pending() && is_waited_for && self.reading.poll_over(cx, self.limits.head_time).is_ready() {
            if self.held.is_empty() {
                return Poll::Ready(Ok(false));
            }
            self.refuse(ApiError::timed_out("the request's head did not arrive in time"));
            return Poll::Ready(Ok(true));
        }
        polled
    }

    fn poll_body(&mut self, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        if Pin::new(&mut self.io).poll_read(cx, buffer)?.is_pending() {
            ready!(self.reading.poll_over(cx, self.limits.body_time));
            self.state = State::Broken;
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        self.reading.clear();
        let length = self.follow(buffer.filled().get(before..).unwrap_or_default());
        self.held.extend_from_slice(buffer.filled().get(before + length..).unwrap_or_default());
        buffer.set_filled(before + length);
        if matches!(self.state, State::Broken) { Poll::Ready(Err(malformed())) } else { Poll::Ready(Ok(())) }
    }

    /// Ready once it is known what follows the request; with `false` if the client has gone meanwhile.
    fn poll_asked(&mut self, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<bool>> {
        match self.line.told(cx.waker()) {
            Some(switched) => {
                self.state = if switched { State::Raw } else { State::Head };
                Poll::Ready(Ok(true))
            }
            None if self.held.len() >= MAX_EARLY_BYTES => Poll::Pending,
            None => match ready!(self.poll_hold(cx, buffer))? {
                // It has said all it will say, and may still listen.
                false if !self.held.is_empty() => Poll::Pending,
                more => Poll::Ready(Ok(more)),
            },
        }
    }
}

fn malformed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "a chunk is malformed")
}

impl<S: AsyncRead + Unpin> AsyncRead for Framed<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        loop {
            if this.free > 0 {
                this.give(buffer);
                return Poll::Ready(Ok(()));
            }
            let goes_on = match this.state {
                State::Head => ready!(this.poll_head(cx, buffer))?,
                State::Asked => ready!(this.poll_asked(cx, buffer))?,
                State::Raw if this.held.is_empty() => return Pin::new(&mut this.io).poll_read(cx, buffer),
                State::Length(_) | State::Chunked(_) if this.held.is_empty() => return this.poll_body(cx, buffer),
                State::Raw | State::Length(_) | State::Chunked(_) => {
                    let held = std::mem::take(&mut this.held);
                    this.free = this.follow(&held);
                    this.held = held;
                    true
                }
                State::Refused => return Poll::Pending,
                State::Broken => return Poll::Ready(Err(malformed())),
            };
            if !goes_on {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Framed<S> {
    /// A write that waits for a client for too long is given up.
    fn stalled<T>(&mut self, cx: &mut Context<'_>, polled: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if polled.is_ready() {
            self.writing.clear();
            return polled;
        }
        ready!(self.writing.poll_over(cx, self.limits.stall_time));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    /// Whether the client may be in the middle of saying something that nobody will read.
    fn is_talking(&self) -> bool {
        match self.state {
            State::Raw => false,
            State::Head => !self.held.is_empty(),
            _ => true,
        }
    }

    /// Reads on for a while, to nobody.
    fn poll_linger(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let mut space = [0; 4096];
        while self.lingered < LINGER_BYTES {
            let mut buffer = ReadBuf::new(&mut space);
            match Pin::new(&mut self.io).poll_read(cx, &mut buffer) {
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => self.lingered += buffer.filled().len(),
                Poll::Ready(_) => break,
                Poll::Pending => return self.reading.poll_over(cx, LINGER),
            }
        }
        Poll::Ready(())
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Framed<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.io).poll_write(cx, bytes);
        self.stalled(cx, polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.io).poll_write_vectored(cx, slices);
        self.stalled(cx, polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.lingered == 0 {
            ready!(Pin::new(&mut this.io).poll_shutdown(cx))?;
            if !this.is_talking() {
                return Poll::Ready(Ok(()));
            }
            // From here on it counts as lingering, even if nothing comes.
            this.lingered = 1;
            this.reading.clear();
        }
        this.poll_linger(cx).map(Ok)
    }
}
