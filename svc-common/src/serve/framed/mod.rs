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

mod read;
mod write;

use std::sync::Arc;

use bytes::{Buf, BytesMut};
use tokio::io::ReadBuf;
use tokio::sync::OwnedSemaphorePermit;

use super::Limits;
use super::chunks::Chunks;
use super::head::{Framing, Scan, inspect};
use super::line::Line;
use crate::problem::ApiError;
use crate::timer::Timer;

/// What hyper reads in place of what it must not.
const REFUSED: &[u8] = b"GET / HTTP/1.1\r\nhost: refused\r\nconnection: close\r\n\r\n";
/// A socket whose requests are framed strictly.
#[derive(Debug)]
pub(super) struct Framed<S> {
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    /// What hyper would read of these bytes, if they came in pieces of this size and it read as much at once.
    async fn passed_on(bytes: &[u8], size: usize) -> Result<Vec<u8>, std::io::Error> {
        let (mut client, server) = duplex(size);
        let mut framed = Framed::new(server, Limits::default(), Arc::new(Line::default()), None);
        let send = async {
            // A socket that is read no more takes no more.
            let _ = client.write_all(bytes).await;
            drop(client);
            std::future::pending::<()>().await;
        };
        let mut read = Vec::new();
        let receive = async {
            let mut space = vec![0; size];
            loop {
                let length = framed.read(&mut space).await?;
                read.extend_from_slice(&space[..length]);
                if length == 0 || read.ends_with(REFUSED) {
                    return Ok::<(), std::io::Error>(());
                }
            }
        };
        tokio::select! {
            received = receive => received?,
            () = send => {}
        }
        Ok(read)
    }

    #[tokio::test]
    async fn pieces_make_no_difference() {
        let good = "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\n\n\r\nbody\
            POST /b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\na\r\n\r\n0\r\nX: y\r\n\r\n\
            GET /c HTTP/1.1\r\nHost: a\r\n\r\n";
        let bad = "GET /d HTTP/1.1\nHost: a\r\n\r\nGET /e HTTP/1.1\r\nHost: a\r\n\r\n";
        let broken = "POST /f HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        for size in (1..100).chain([1000]) {
            let all = passed_on(good.as_bytes(), size).await.unwrap();
            assert_eq!(String::from_utf8(all).unwrap(), good, "{size}");
            let all = passed_on(format!("{good}\r\n{bad}").as_bytes(), size).await.unwrap();
            assert_eq!(all, [good.as_bytes(), REFUSED].concat(), "{size}");
            let error = passed_on(format!("{broken}1\r\nab\r\n").as_bytes(), size).await.unwrap_err();
            assert_eq!(error.kind(), std::io::ErrorKind::InvalidData, "{size}");
        }
    }
}
