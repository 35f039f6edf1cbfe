//! Socket.IO: path `/socket.io/`, default namespace.

use market_api::stream::{Subscribe, Unsubscribe, event};
use serde_json::Value;
use socketioxide::extract::{AckSender, SocketRef, State, TryData};
use socketioxide::handler::ConnectHandler;
use socketioxide::layer::SocketIoLayer;
use socketioxide::{ParserConfig, SocketIo};
use svc_common::token::Verifier;
use tokio::sync::watch;

use crate::feed::{FeedHandle, Identity, Refused, stream_error};

/// The longest message that a client may send, by either transport.
const MAX_PAYLOAD_BYTES: usize = 64 << 10;
/// Packets that may wait for a client; beyond it, batches are lost to it until it resumes.
const MAX_BUFFERED: usize = 256;

/// What handlers find: the feed, which needs the server to exist, while the server needs its state first.
#[derive(Clone)]
struct Shared {
    feed: watch::Receiver<Option<FeedHandle>>,
    verifier: Verifier,
}

impl Shared {
    fn feed(&self) -> Option<FeedHandle> {
        self.feed.borrow().clone()
    }
}

/// The layer that answers Socket.IO, and its server, whose handlers still wait for [`listen`].
pub fn layer(feed: watch::Receiver<Option<FeedHandle>>, verifier: Verifier) -> (SocketIoLayer, SocketIo) {
    let shared = Shared { feed, verifier };
    // Nobody has a reason to send attachments here.
    let parser = ParserConfig::common().max_incoming_binaries(1).max_incoming_binary_buf_size(MAX_PAYLOAD_BYTES);
    SocketIo::builder()
        .with_state(shared)
        .max_payload(MAX_PAYLOAD_BYTES as u64)
        .ws_max_message_size(MAX_PAYLOAD_BYTES)
        .ws_max_frame_size(MAX_PAYLOAD_BYTES)
        .with_parser(parser)
        .max_buffer_size(MAX_BUFFERED)
        .build_layer()
}

/// Takes connections.
pub fn listen(io: &SocketIo) {
    let connected = async |socket: SocketRef, State(shared): State<Shared>| {
        if let Some(feed) = shared.feed() {
            feed.connect(socket).await;
        }
    };
    io.ns("/", connected.with(admit));
}

/// Lets anyone in who gives no token, and nobody who gives a bad one: `connect_error` says why.
///
/// What a client may ask is set up here, before it is told that it is connected: it may ask at once.
async fn admit(socket: SocketRef, TryData(auth): TryData<Value>, State(shared): State<Shared>) -> Result<(), String> {
    if let Some(identity) = identify(&shared.verifier, auth.unwrap_or_default().get("token"))? {
        socket.extensions.insert(identity);
    }
    socket.on(event::SUBSCRIBE, async |socket, TryData(body): TryData<Subscribe>, ack, State(shared)| {
        let shared: Shared = shared;
        match (shared.feed(), body) {
            (Some(feed), Ok(body)) => feed.subscribe(socket, body, ack).await,
            (_, Err(error)) => malformed(ack, &error),
            (None, _) => {}
        }
    });
    socket.on(event::UNSUBSCRIBE, async |socket, TryData(body): TryData<Unsubscribe>, ack, State(shared)| {
        let shared: Shared = shared;
        match (shared.feed(), body) {
            (Some(feed), Ok(body)) => feed.unsubscribe(socket, body, ack).await,
            (_, Err(error)) => malformed(ack, &error),
            (None, _) => {}
        }
    });
    Ok(())
}

/// Whom a token names; nobody without one.
fn identify(verifier: &Verifier, token: Option<&Value>) -> Result<Option<Identity>, String> {
    let token = match token {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(token)) => token,
        Some(_) => return Err("unauthorized: auth.token is not a text".into()),
    };
    let claims = verifier.verify(token).map_err(|error| format!("unauthorized: {error}"))?;
    let expires_at = i64::try_from(claims.exp.saturating_mul(1000)).unwrap_or(i64::MAX);
    Ok(Some(Identity { role: claims.role, expires_at }))
}

fn malformed(ack: AckSender, error: &impl std::fmt::Display) {
    let error = stream_error("malformed", error.to_string());
    drop(ack.send(&Refused { error }));
}
