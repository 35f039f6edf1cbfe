//! Socket.IO: path `/socket.io/`, default namespace.

use market_api::stream::{Subscribe, Unsubscribe, event};
use socketioxide::SocketIo;
use socketioxide::extract::{AckSender, SocketRef, State, TryData};
use socketioxide::layer::SocketIoLayer;

use crate::feed::{FeedHandle, Refusal, Refused};

/// The longest message that a client may send.
const MAX_PAYLOAD_BYTES: u64 = 64 << 10;
/// Packets that may wait for a client; beyond it, batches are lost to it until it resumes.
const MAX_BUFFERED: usize = 256;

/// The layer that answers Socket.IO, and its server, whose handlers still wait for [`listen`].
pub fn layer(feed: tokio::sync::watch::Receiver<Option<FeedHandle>>) -> (SocketIoLayer, SocketIo) {
    SocketIo::builder().with_state(feed).max_payload(MAX_PAYLOAD_BYTES).max_buffer_size(MAX_BUFFERED).build_layer()
}

/// What handlers find the feed by: it needs the server to exist, and the server needs its state first.
type Found = State<tokio::sync::watch::Receiver<Option<FeedHandle>>>;

/// Takes connections.
pub fn listen(io: &SocketIo) {
    io.ns("/", async |socket: SocketRef, State(feed): Found| {
        socket.on(event::SUBSCRIBE, async |socket, TryData(body): TryData<Subscribe>, ack, State(feed): Found| {
            let feed = feed.borrow().clone();
            match (feed, body) {
                (Some(feed), Ok(body)) => feed.subscribe(socket, body, ack).await,
                (_, Err(error)) => malformed(ack, &error),
                (None, _) => {}
            }
        });
        socket.on(event::UNSUBSCRIBE, async |socket, TryData(body): TryData<Unsubscribe>, ack, State(feed): Found| {
            let feed = feed.borrow().clone();
            match (feed, body) {
                (Some(feed), Ok(body)) => feed.unsubscribe(socket, body, ack).await,
                (_, Err(error)) => malformed(ack, &error),
                (None, _) => {}
            }
        });
        let feed = feed.borrow().clone();
        if let Some(feed) = feed {
            feed.connect(socket).await;
        }
    });
}

fn malformed(ack: AckSender, error: &impl std::fmt::Display) {
    let error = Refusal { code: "malformed", message: error.to_string() };
    drop(ack.send(&Refused { error }));
}
