//! A tunnel: after a switch of protocols, bytes in both directions, unread.
//!
//! A tunnel that rests owns no buffer. Bytes are read into the stack and written at once; only what the other side
//! doesn't take is kept, and nothing more is read until it has taken that.

use std::future::poll_fn;
use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, Bytes};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use svc_common::timer::Timer;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::watch;

use crate::service::Timeouts;

/// What is read at once, 16 KiB.
const READ_BYTES: usize = 16 << 10;

/// Connects both sides once both have switched, until both have ended, one fails, or nothing is said for too long.
pub(super) async fn connect(
    client: OnUpgrade,
    server: OnUpgrade,
    timeouts: Timeouts,
    mut stopping: watch::Receiver<bool>,
) {
    let (client, server) = match tokio::try_join!(client, server) {
        Ok(both) => both,
        Err(error) => {
            tracing::debug!(%error, "a tunnel was not entered");
            return;
        }
    };
    let (mut client, mut server) = (TokioIo::new(client), TokioIo::new(server));
    let farewell = async {
        // An error says that the gateway is gone.
        drop(stopping.wait_for(|stops| *stops).await);
        tokio::time::sleep(timeouts.farewell).await;
    };
    tokio::select! {
        ended = relay(&mut client, &mut server, timeouts.tunnel) => {
            if let Err(error) = ended {
                tracing::debug!(%error, "a tunnel ended early");
            }
        }
        () = farewell => {}
    }
}

async fn relay<A, B>(a: &mut A, b: &mut B, idle: Duration) -> io::Result<()>
where
    A: AsyncRead + AsyncWrite + Unpin,
    B: AsyncRead + AsyncWrite + Unpin,
{
    let (mut up, mut down) = (Direction::Reading, Direction::Reading);
    let mut moved = false;
    let mut timer = Timer::default();
    poll_fn(|cx| {
        let up = up.poll(cx, a, b, &mut moved)?;
        let down = down.poll(cx, b, a, &mut moved)?;
        if up.is_ready() && down.is_ready() {
            return Poll::Ready(Ok(()));
        }
        // Instead of a new deadline for every byte: at each deadline, whether any byte came since the last.
        while timer.poll_over(cx, idle).is_ready() {
            timer.clear();
            if !std::mem::take(&mut moved) {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
        }
        Poll::Pending
    })
    .await
}

/// One direction of a tunnel.
enum Direction {
    Reading,
    Writing(Bytes),
    Closing,
    Closed,
}

impl Direction {
    /// Ready once the source has ended and the sink was told.
    fn poll(
        &mut self,
        cx: &mut Context<'_>,
        source: &mut (impl AsyncRead + Unpin),
        sink: &mut (impl AsyncWrite + Unpin),
        moved: &mut bool,
    ) -> Poll<io::Result<()>> {
        loop {
            match self {
                Self::Reading => ready!(self.poll_copy(cx, source, sink, moved))?,
                Self::Writing(rest) => {
                    let written = ready!(Pin::new(&mut *sink).poll_write(cx, rest))?;
                    *moved = true;
                    rest.advance(some(written)?);
                    if rest.is_empty() {
                        *self = Self::Reading;
                    }
                }
                Self::Closing => {
                    ready!(Pin::new(&mut *sink).poll_shutdown(cx))?;
                    *self = Self::Closed;
                }
                Self::Closed => return Poll::Ready(Ok(())),
            }
        }
    }

    fn poll_copy(
        &mut self,
        cx: &mut Context<'_>,
        source: &mut (impl AsyncRead + Unpin),
        sink: &mut (impl AsyncWrite + Unpin),
        moved: &mut bool,
    ) -> Poll<io::Result<()>> {
        let mut space = [const { MaybeUninit::uninit() }; READ_BYTES];
        let mut buffer = ReadBuf::uninit(&mut space);
        ready!(Pin::new(source).poll_read(cx, &mut buffer))?;
        let mut bytes = buffer.filled();
        if bytes.is_empty() {
            *self = Self::Closing;
            return Poll::Ready(Ok(()));
        }
        *moved = true;
        while !bytes.is_empty() {
            match Pin::new(&mut *sink).poll_write(cx, bytes)? {
                Poll::Ready(written) => bytes = bytes.get(some(written)?..).unwrap_or_default(),
                Poll::Pending => {
                    *self = Self::Writing(Bytes::copy_from_slice(bytes));
                    break;
                }
            }
        }
        Poll::Ready(Ok(()))
    }
}

/// A sink that takes nothing takes no more.
fn some(written: usize) -> io::Result<usize> {
    if written == 0 { Err(io::ErrorKind::WriteZero.into()) } else { Ok(written) }
}
