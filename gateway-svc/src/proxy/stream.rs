//! An answer's body, handed on as it comes, as long as it comes.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use svc_common::timer::Timer;

/// A body that fails if nothing of it comes for too long.
pub(super) struct Timed {
    body: Incoming,
    wait: Duration,
    timer: Timer,
}

/// Why an answer was broken off.
#[derive(Debug, thiserror::Error)]
pub(super) enum BrokenOff {
    #[error(transparent)]
    Failed(#[from] hyper::Error),
    #[error("nothing more came of the answer")]
    TimedOut,
}

impl Timed {
    pub(super) fn new(body: Incoming, wait: Duration) -> Self {
        Self { body, wait, timer: Timer::default() }
    }
}

impl Body for Timed {
    type Data = Bytes;
    type Error = BrokenOff;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        let this = &mut *self;
        let polled = Pin::new(&mut this.body).poll_frame(cx);
        if let Poll::Ready(frame) = polled {
            this.timer.clear();
            return Poll::Ready(frame.map(|frame| frame.map_err(BrokenOff::from)));
        }
        this.timer.poll_over(cx, this.wait).map(|()| Some(Err(BrokenOff::TimedOut)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
