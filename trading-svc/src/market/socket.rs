//! A Socket.IO client over one WebSocket: as much of it as the market's stream needs.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

/// The longest message: a resume over all ticks that the market keeps has some ten megabytes.
const MAX_MESSAGE_BYTES: usize = 64 << 20;
/// How long the other side may take to greet.
const GREETING: Duration = Duration::from_secs(5);
/// How long it may say nothing: a heartbeat comes each second.
const SILENCE: Duration = Duration::from_secs(5);

/// What came.
#[derive(Debug)]
pub(super) enum Packet {
    /// An event and its first argument.
    Event(String, Value),
    /// The answer to what was asked.
    Ack(Value),
}

/// A connection.
pub(super) struct Socket(WebSocketStream<TcpStream>);

impl Socket {
    /// Connects to a service on this machine, by one of its public names.
    ///
    /// # Errors
    /// What went wrong, in words.
    pub(super) async fn connect(host: &str, port: u16) -> Result<Self, String> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let connected = timeout(GREETING, TcpStream::connect(address)).await.map_err(|_| "no connection in time")?;
        let stream = connected.map_err(|error| error.to_string())?;
        stream.set_nodelay(true).map_err(|error| error.to_string())?;
        let config = WebSocketConfig::default()
            .max_message_size(Some(MAX_MESSAGE_BYTES))
            .max_frame_size(Some(MAX_MESSAGE_BYTES));
        let uri = format!("ws://{host}:{port}/socket.io/?EIO=4&transport=websocket");
        let greeted = timeout(GREETING, client_async_with_config(uri, stream, Some(config))).await;
        let (stream, _) = greeted.map_err(|_| "no answer in time")?.map_err(|error| error.to_string())?;
        let mut socket = Self(stream);
        // Engine.IO greets, Socket.IO is asked for the default namespace, and the rest are packets.
        if !socket.text().await?.starts_with('0') {
            return Err("it isn't Engine.IO".into());
        }
        socket.send("40").await?;
        Ok(socket)
    }

    /// Asks something of which the answer is to come.
    pub(super) async fn ask(&mut self, event: &str, body: &impl serde::Serialize) -> Result<(), String> {
        self.send(&format!("420{}", json!([event, body]))).await
    }

    async fn send(&mut self, text: &str) -> Result<(), String> {
        self.0.send(Message::text(text)).await.map_err(|error| error.to_string())
    }

    /// The next text.
    async fn text(&mut self) -> Result<String, String> {
        loop {
            let next = timeout(SILENCE, self.0.next()).await.map_err(|_| "it says nothing")?;
            match next.ok_or("it has closed the connection")?.map_err(|error| error.to_string())? {
                Message::Text(text) => return Ok(text.as_str().to_owned()),
                Message::Close(_) => return Err("it has closed the connection".into()),
                _ => {}
            }
        }
    }

    /// The next packet; pings are answered on the way.
    pub(super) async fn next(&mut self) -> Result<Packet, String> {
        loop {
            let text = self.text().await?;
            if text == "2" {
                self.send("3").await?;
            } else if let Some(body) = text.strip_prefix("42") {
                let (event, argument) = array(body)?;
                let Value::String(event) = event else { return Err("an event has no name".into()) };
                return Ok(Packet::Event(event, argument));
            } else if let Some(body) = text.strip_prefix("430") {
                return Ok(Packet::Ack(array(body)?.0));
            } else if let Some(why) = text.strip_prefix("44") {
                return Err(format!("it refuses the connection: {}", why.chars().take(200).collect::<String>()));
            } else if text == "41" || text == "1" {
                return Err("it has closed the connection".into());
            }
        }
    }
}

/// The first two elements of an array; null where there is none.
fn array(text: &str) -> Result<(Value, Value), String> {
    let values: Vec<Value> = serde_json::from_str(text).map_err(|error| format!("a packet can't be read: {error}"))?;
    let mut values = values.into_iter();
    Ok((values.next().unwrap_or_default(), values.next().unwrap_or_default()))
}
