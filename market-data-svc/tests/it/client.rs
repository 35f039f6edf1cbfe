//! A Socket.IO client, as far as these tests need one, and plain HTTP.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

const PATIENCE: Duration = Duration::from_secs(5);

/// A connection to the default namespace over WebSocket.
pub(crate) struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    asked: u64,
    /// Events that came while something else was waited for.
    pub(crate) events: Vec<(String, Value)>,
}

impl Client {
    /// Connects and waits for `hello`.
    pub(crate) async fn connect(address: SocketAddr) -> (Self, Value) {
        let url = format!("ws://{address}/socket.io/?EIO=4&transport=websocket");
        let (socket, _) = connect_async(url).await.unwrap();
        let mut client = Self { socket, asked: 0, events: Vec::new() };
        assert!(client.packet().await.starts_with('0'), "the open packet");
        client.socket.send(Message::text("40")).await.unwrap();
        assert!(client.packet().await.starts_with("40"), "connected to the namespace");
        let hello = client.event("hello").await;
        (client, hello)
    }

    /// The next packet, pings answered.
    async fn packet(&mut self) -> String {
        loop {
            let message = timeout(PATIENCE, self.socket.next()).await.expect("a packet in time").unwrap().unwrap();
            match message.to_text().unwrap() {
                "2" => self.socket.send(Message::text("3")).await.unwrap(),
                text => return text.to_owned(),
            }
        }
    }

    /// The next event of that name; others are kept.
    pub(crate) async fn event(&mut self, name: &str) -> Value {
        if let Some(place) = self.events.iter().position(|(event, _)| event == name) {
            return self.events.remove(place).1;
        }
        loop {
            let packet = self.packet().await;
            if let Some((event, payload)) = event(&packet) {
                if event == name {
                    return payload;
                }
                self.events.push((event, payload));
            }
        }
    }

    /// Sends an event and waits for its acknowledgement.
    pub(crate) async fn ask(&mut self, name: &str, payload: Value) -> Value {
        self.asked += 1;
        let packet = format!("42{}{}", self.asked, json!([name, payload]));
        self.socket.send(Message::text(packet)).await.unwrap();
        let prefix = format!("43{}", self.asked);
        loop {
            let packet = self.packet().await;
            if let Some(answer) = packet.strip_prefix(&prefix) {
                return serde_json::from_str::<Vec<Value>>(answer).unwrap().remove(0);
            }
            self.events.extend(event(&packet));
        }
    }

    /// Cuts the connection without a word.
    pub(crate) fn cut(self) {
        drop(self.socket);
    }
}

fn event(packet: &str) -> Option<(String, Value)> {
    let mut event: Vec<Value> = serde_json::from_str(packet.strip_prefix("42")?).ok()?;
    let payload = if event.len() > 1 { event.remove(1) } else { Value::Null };
    Some((event[0].as_str()?.to_owned(), payload))
}

/// Status, content type and body of a GET.
pub(crate) async fn get(address: SocketAddr, path: &str) -> (u16, String, Value) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    timeout(PATIENCE, stream.read_to_string(&mut answer)).await.unwrap().unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let kind = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-type: ").map(str::to_owned));
    (status, kind.unwrap_or_default(), serde_json::from_str(body).unwrap_or(Value::Null))
}
