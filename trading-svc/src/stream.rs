//! Socket.IO: path `/socket.io/`, default namespace. Nothing is asked of it; what happens is told.

use serde_json::Value;
use socketioxide::extract::{SocketRef, State, TryData};
use socketioxide::handler::ConnectHandler;
use socketioxide::layer::SocketIoLayer;
use socketioxide::{ParserConfig, SocketIo};
use svc_common::token::Verifier;
use tokio::sync::mpsc::Sender;

use crate::push::{Trader, room};

/// The longest message that a client may send: nothing is expected but its token.
const MAX_PAYLOAD_BYTES: usize = 16 << 10;
/// Packets that may wait for a client.
const MAX_BUFFERED: usize = 1024;

/// What handlers find.
#[derive(Clone)]
struct Shared {
    greetings: Sender<SocketRef>,
    verifier: Verifier,
}

/// The layer that answers Socket.IO, and its server, whose handlers still wait for [`listen`].
pub fn layer(greetings: Sender<SocketRef>, verifier: Verifier) -> (SocketIoLayer, SocketIo) {
    let parser = ParserConfig::common().max_incoming_binaries(1).max_incoming_binary_buf_size(MAX_PAYLOAD_BYTES);
    SocketIo::builder()
        .with_state(Shared { greetings, verifier })
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
        // First the room, then the greeting: what happens between the two is told twice rather than never.
        if let Some(trader) = socket.extensions.get::<Trader>() {
            socket.join(room(&trader.subject));
        }
        drop(shared.greetings.send(socket).await);
    };
    io.ns("/", connected.with(admit));
}

/// Lets anyone in who gives no token, and nobody who gives a bad one: `connect_error` says why.
async fn admit(socket: SocketRef, TryData(auth): TryData<Value>, State(shared): State<Shared>) -> Result<(), String> {
    let token = match auth.unwrap_or_default().get("token") {
        None | Some(Value::Null) => return Ok(()),
        Some(Value::String(token)) => token.clone(),
        Some(_) => return Err("unauthorized: auth.token is not a text".into()),
    };
    let claims = shared.verifier.verify(&token).map_err(|error| format!("unauthorized: {error}"))?;
    let expires_at = i64::try_from(claims.exp.saturating_mul(1000)).unwrap_or(i64::MAX);
    socket.extensions.insert(Trader { subject: claims.sub, expires_at });
    Ok(())
}
