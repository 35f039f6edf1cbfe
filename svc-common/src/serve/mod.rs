//! Serving HTTP/1.1: connections with limits, strict framing, and an end that waits for what is under way.

mod bind;
mod chunks;
mod framed;
mod head;
mod line;

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tower_service::Service;

pub use bind::{BindError, Listeners};

use framed::Framed;
use line::Line;

/// The most headers of a request.
pub const MAX_HEADERS: usize = 100;
/// The most that is kept of a body before a handler reads it, and of an answer before the client does, 64 KiB.
const MAX_BUFFER_BYTES: usize = 64 << 10;
/// The most connections that a service can be told to take.
const MAX_CONNECTIONS: usize = 1 << 20;
/// The pause after the system refused a socket, so that a full table of descriptors isn't asked again at once.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Who sent a request: an extension of every request that [`serve`] hands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

/// What a connection may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections at once, tunnels included; further ones wait in the system's queue.
    pub connections: usize,
    /// Bytes of a request's head.
    pub head_bytes: usize,
    /// From a head's first byte to its last.
    pub head_time: Duration,
    /// Between two requests.
    pub idle_time: Duration,
    /// Without a byte of a body that a handler waits for.
    pub body_time: Duration,
    /// Without a byte taken by a client that an answer waits for.
    pub stall_time: Duration,
    /// From the wish to stop to the end of connections that haven't ended by themselves.
    pub drain_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            head_bytes: 32 << 10,
            head_time: Duration::from_secs(10),
            idle_time: Duration::from_secs(75),
            body_time: Duration::from_secs(30),
            stall_time: Duration::from_mins(1),
            drain_time: Duration::from_secs(8),
        }
    }
}

/// Serves a router on all listeners until `shutdown` is done; then takes no more, lets requests under way end, and
/// returns when all connections are gone or [`Limits::drain_time`] is over.
///
/// A connection counts until its socket is dropped, also when a handler has upgraded it.
pub async fn serve(listeners: Listeners, app: Router, limits: Limits, shutdown: impl Future<Output = ()>) {
    let connections = limits.connections.clamp(1, MAX_CONNECTIONS);
    let free = Arc::new(Semaphore::new(connections));
    let (stop, stopping) = watch::channel(());
    let doors: Vec<_> = listeners
        .into_inner()
        .into_iter()
        .map(|listener| tokio::spawn(accept(listener, app.clone(), limits, Arc::clone(&free), stopping.clone())))
        .collect();
    drop(stopping);
    shutdown.await;
    stop.send_replace(());
    for door in doors {
        // It ends at once, and has nothing to say.
        drop(door.await);
    }
    let all = u32::try_from(connections).unwrap_or(u32::MAX);
    if tokio::time::timeout(limits.drain_time, free.acquire_many(all)).await.is_err() {
        let left = connections.saturating_sub(free.available_permits());
        tracing::warn!(left, "connections did not end in time");
    }
}

async fn accept(
    listener: TcpListener,
    app: Router,
    limits: Limits,
    free: Arc<Semaphore>,
    mut stopping: watch::Receiver<()>,
) {
    let mut next = stopping.clone();
    let mut stop = pin!(next.changed());
    loop {
        let accepted = async {
            let permit = Arc::clone(&free).acquire_owned().await.ok()?;
            Some((permit, listener.accept().await))
        };
        let accepted = tokio::select! {
            _ = &mut stop => return,
            accepted = accepted => accepted,
        };
        match accepted {
            None => return,
            Some((permit, Ok((stream, peer)))) => {
                tokio::spawn(connection(stream, peer, app.clone(), limits, permit, stopping.clone()));
            }
            Some((_, Err(error))) if is_its_own_end(&error) => {}
            Some((_, Err(error))) => {
                tracing::warn!(%error, "no connection can be accepted");
                tokio::select! {
                    _ = stopping.changed() => return,
                    () = tokio::time::sleep(ACCEPT_PAUSE) => {}
                }
            }
        }
    }
}

/// Whether only the connection that should have been accepted failed.
fn is_its_own_end(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    app: Router,
    limits: Limits,
    permit: OwnedSemaphorePermit,
    mut stopping: watch::Receiver<()>,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "the connection was gone before it was served");
        return;
    }
    let line = Arc::new(Line::default());
    let service = service_fn(|request| answer(request, peer, app.clone(), Arc::clone(&line)));
    let framed = Framed::new(stream, limits, Arc::clone(&line), Some(permit));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.idle_time)
        .max_buf_size(MAX_BUFFER_BYTES)
        .serve_connection(TokioIo::new(framed), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        _ = stopping.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

async fn answer(
    request: Request<Incoming>,
    peer: SocketAddr,
    mut app: Router,
    line: Arc<Line>,
) -> Result<Response<Body>, Infallible> {
    let number = line.begin();
    if let Some(refusal) = line.refusal(number) {
        return Ok(crate::guard::refuse(refusal));
    }
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(Peer(peer));
    let response = app.call(request).await?;
    Ok(line.end(number, response))
}
