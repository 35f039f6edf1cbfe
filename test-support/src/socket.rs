//! A Socket.IO client over WebSocket, as far as tests need one.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

const PATIENCE: Duration = Duration::from_secs(10);

/// A connection to the default namespace.
pub struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    asked: u64,
    /// Events that came while something else was waited for.
    pub events: Vec<(String, Value)>,
}

impl Client {
    /// Connects as nobody, and waits for `hello`.
    pub async fn connect(address: SocketAddr) -> (Self, Value) {
        Self::try_connect(address, None).await.expect("a connection")
    }

    /// Connects with a token, and waits for `hello`.
    pub async fn connect_as(address: SocketAddr, token: &str) -> (Self, Value) {
        Self::try_connect(address, Some(token)).await.expect("a connection")
    }

    /// Connects; what `connect_error` says if that is refused.
    ///
    /// # Errors
    /// The message of the refusal, or of a connection that can't be made.
    pub async fn try_connect(address: SocketAddr, token: Option<&str>) -> Result<(Self, Value), String> {
        Self::try_connect_at(address, "/socket.io/", token).await
    }

    /// The same at another path.
    ///
    /// # Errors
    /// As [`Client::try_connect`].
    pub async fn try_connect_at(address: SocketAddr, path: &str, token: Option<&str>) -> Result<(Self, Value), String> {
        let url = format!("ws://{address}{path}?EIO=4&transport=websocket");
        let (socket, _) = connect_async(url).await.map_err(|error| error.to_string())?;
        let mut client = Self { socket, asked: 0, events: Vec::new() };
        let open = client.packet().await.ok_or("closed")?;
        assert!(open.starts_with('0'), "the open packet");
        let connect = token.map_or("40".to_owned(), |token| format!("40{}", json!({ "token": token })));
        client.socket.send(Message::text(connect)).await.map_err(|error| error.to_string())?;
        let connected = client.packet().await.ok_or("closed")?;
        if let Some(refusal) = connected.strip_prefix("44") {
            let refusal: Value = serde_json::from_str(refusal).unwrap();
            return Err(refusal["message"].as_str().unwrap().to_owned());
        }
        assert!(connected.starts_with("40"), "connected to the namespace: {connected}");
        let hello = client.try_event("hello").await.ok_or("closed")?;
        Ok((client, hello))
    }

    /// The next packet, pings answered; nothing once the connection has ended.
    async fn packet(&mut self) -> Option<String> {
        loop {
            let message = timeout(PATIENCE, self.socket.next()).await.expect("a packet in time")?.ok()?;
            match message {
                Message::Text(text) if text.as_str() == "2" => self.socket.send(Message::text("3")).await.ok()?,
                Message::Text(text) => return Some(text.as_str().to_owned()),
                Message::Close(_) => return None,
                _ => {}
            }
        }
    }

    /// The next event of that name; others are kept.
    pub async fn event(&mut self, name: &str) -> Value {
        self.try_event(name).await.expect("the connection stands")
    }

    /// The same, or nothing once the connection has ended.
    pub async fn try_event(&mut self, name: &str) -> Option<Value> {
        if let Some(place) = self.events.iter().position(|(event, _)| event == name) {
            return Some(self.events.remove(place).1);
        }
        loop {
            let packet = self.packet().await?;
            if let Some((event, payload)) = event(&packet) {
                if event == name {
                    return Some(payload);
                }
                self.events.push((event, payload));
            }
        }
    }

    /// Sends an event and waits for its acknowledgement.
    pub async fn ask(&mut self, name: &str, payload: Value) -> Value {
        self.try_ask(name, payload).await.expect("the connection stands")
    }

    /// The same, or nothing once the connection has ended.
    pub async fn try_ask(&mut self, name: &str, payload: Value) -> Option<Value> {
        self.asked += 1;
        let packet = format!("42{}{}", self.asked, json!([name, payload]));
        self.socket.send(Message::text(packet)).await.ok()?;
        let prefix = format!("43{}", self.asked);
        loop {
            let packet = self.packet().await?;
            if let Some(answer) = packet.strip_prefix(&prefix) {
                return Some(serde_json::from_str::<Vec<Value>>(answer).unwrap().remove(0));
            }
            self.events.extend(event(&packet));
        }
    }

    /// Connects and asks at once, before the server has greeted it; the answer, or nothing if there is none in time.
    pub async fn ask_at_once(address: SocketAddr, name: &str, payload: Value) -> Option<Value> {
        let url = format!("ws://{address}/socket.io/?EIO=4&transport=websocket");
        let (socket, _) = connect_async(url).await.ok()?;
        let mut client = Self { socket, asked: 0, events: Vec::new() };
        client.packet().await?;
        client.socket.send(Message::text("40")).await.ok()?;
        while !client.packet().await?.starts_with("40") {}
        timeout(PATIENCE / 2, client.try_ask(name, payload)).await.ok()?
    }

    /// Sends a message as it is; whether the connection still stands after it.
    pub async fn survives(mut self, text: &str) -> bool {
        if self.socket.send(Message::text(text)).await.is_err() {
            return false;
        }
        self.try_ask("unsubscribe", Value::Null).await.is_some()
    }

    /// Cuts the connection without a word.
    pub fn cut(self) {
        drop(self.socket);
    }
}

fn event(packet: &str) -> Option<(String, Value)> {
    let mut event: Vec<Value> = serde_json::from_str(packet.strip_prefix("42")?).ok()?;
    let payload = if event.len() > 1 { event.remove(1) } else { Value::Null };
    Some((event[0].as_str()?.to_owned(), payload))
}
