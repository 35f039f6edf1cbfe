//! Reading: what hyper gets to see.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, ReadBuf};

use super::{Framed, State};
use crate::problem::ApiError;

/// The most that is held of what follows a request to switch protocols, 16 KiB.
const MAX_EARLY_BYTES: usize = 16 << 10;
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
