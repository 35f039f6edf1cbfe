//! Tunnels: after 101 every byte goes through as it is.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use gateway_svc::Timeouts;
use svc_common::serve::Limits;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Gateway, PATIENCE, Reply, Seen, Upstream, expect, head, listener, ok, read_all};

const UPGRADE: &str = "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive, Upgrade\r\n\
    Upgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\
    Sec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Protocol: chat\r\n\r\n";
const SWITCHED: &str = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Extensions: permessage-deflate\r\nX-Inner: 1\r\n\r\n";

fn echo(seen: &Seen) -> Reply {
    if seen.all("upgrade") == ["websocket"] && seen.all("connection") == ["Upgrade"] {
        // With bytes of its own right behind the head.
        Reply::Echo(format!("{SWITCHED}\0early\r\n\r\n").into())
    } else {
        Reply::Answer(ok("\"plain\""))
    }
}

async fn enter(gateway: &Gateway, early: &[u8]) -> TcpStream {
    let mut stream = gateway.connect().await;
    stream.write_all(&[UPGRADE.as_bytes(), early].concat()).await.unwrap();
    let answer = head(&mut stream).await;
    assert_eq!(answer.status, 101);
    assert_eq!(answer.header("connection").map(str::to_ascii_lowercase).as_deref(), Some("upgrade"));
    assert_eq!(answer.header("upgrade"), Some("websocket"));
    assert_eq!(answer.header("sec-websocket-accept"), Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    assert_eq!(answer.header("sec-websocket-extensions"), Some("permessage-deflate"));
    expect(&mut stream, b"\0early\r\n\r\n").await;
    stream
}

#[tokio::test]
async fn bytes_go_through_as_they_are() {
    let gateway = Gateway::start(echo).await;
    // What looks like a request, or like a bad one, is neither any more.
    let early = b"GET / HTTP/1.1\r\n\r\n\0\xff\r\n0\r\n\r\n";
    let mut stream = enter(&gateway, early).await;
    expect(&mut stream, early).await;
    let seen = gateway.market.seen().pop().unwrap();
    assert_eq!(seen.all("sec-websocket-extensions"), ["permessage-deflate"]);
    assert_eq!(seen.all("sec-websocket-protocol"), ["chat"]);

    let large: Vec<u8> = (0..1_000_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    let (mut reader, mut writer) = stream.split();
    let sent = async {
        writer.write_all(&large).await.unwrap();
        writer.shutdown().await.unwrap();
    };
    let mut echoed = Vec::new();
    let received = tokio::time::timeout(PATIENCE, tokio::io::AsyncReadExt::read_to_end(&mut reader, &mut echoed));
    let ((), received) = tokio::join!(sent, received);
    received.unwrap().unwrap();
    // The client has ended, and still hears the other side out.
    assert!(echoed.strip_suffix(b"bye").is_some_and(|echoed| echoed == large));
}

#[tokio::test]
async fn a_slow_reader_is_waited_for_without_growing() {
    let gateway = Gateway::start(echo).await;
    let mut stream = enter(&gateway, b"").await;
    let piece = vec![b'x'; 1 << 20];
    let mut sent = 0;
    // Nothing is read: at some point nothing more is taken.
    while let Ok(written) = tokio::time::timeout(Duration::from_millis(500), stream.write(&piece)).await {
        sent += written.unwrap();
        assert!(sent < 64 << 20, "the gateway takes without end");
    }
    stream.shutdown().await.unwrap();
    assert_eq!(read_all(&mut stream).await.len(), sent + 3);
}

#[tokio::test]
async fn a_refused_switch_is_an_answer_like_any_other() {
    let gateway = Gateway::start(|_| Reply::Answer(ok("\"no\""))).await;
    let next = "GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let answer = gateway.send(format!("{UPGRADE}{next}")).await;
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("\"no\"") && answer.ends_with("ok"), "{answer}");
    // What follows it is read as strictly as ever.
    let answer = gateway.send(format!("{UPGRADE}GET / HTTP/1.1\nHost: localhost\r\n\r\n")).await;
    assert!(answer.contains("\"no\"HTTP/1.1 400 "), "{answer}");
}

#[tokio::test]
async fn only_a_websocket_is_tunnelled() {
    let gateway = Gateway::start(echo).await;
    for lines in [
        "Connection: Upgrade\r\nUpgrade: h2c\r\n",
        "Connection: close\r\nUpgrade: websocket\r\n",
        "Connection: Upgrade\r\nUpgrade: websocket\r\nUpgrade: h2c\r\n",
        "Connection: Upgrade\r\nUpgrade: websocket, h2c\r\n",
    ] {
        let mut stream = gateway.connect().await;
        stream
            .write_all(format!("GET /socket.io/ HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n").as_bytes())
            .await
            .unwrap();
        assert_eq!(head(&mut stream).await.status, 200, "{lines:?}");
        expect(&mut stream, b"\"plain\"").await;
    }
    assert!(gateway.market.seen().iter().all(|seen| seen.all("upgrade").is_empty()));
}

#[tokio::test]
async fn a_switch_from_elsewhere_is_refused() {
    let gateway = Gateway::start(echo).await;
    for (from, to, status) in [
        ("Host: localhost", "Host: evil.example", 421),
        ("\r\nConnection", "\r\nOrigin: http://evil.example\r\nConnection", 403),
        ("\r\nConnection", "\r\nOrigin: null\r\nConnection", 403),
    ] {
        let mut stream = gateway.connect().await;
        stream.write_all(UPGRADE.replacen(from, to, 1).as_bytes()).await.unwrap();
        assert_eq!(head(&mut stream).await.status, status, "{to:?}");
    }
    assert!(gateway.market.seen().is_empty());
}

#[tokio::test]
async fn a_tunnel_ends_with_its_service_or_when_nothing_is_said() {
    let gateway = Gateway::start(|_| Reply::Last(SWITCHED.into())).await;
    let mut stream = gateway.connect().await;
    stream.write_all(UPGRADE.as_bytes()).await.unwrap();
    assert_eq!(head(&mut stream).await.status, 101);
    assert_eq!(read_all(&mut stream).await, "");

    let timeouts = Timeouts { tunnel: Duration::from_secs(1), ..Timeouts::default() };
    let gateway = Gateway::with(echo, Limits::default(), timeouts).await;
    let mut stream = enter(&gateway, b"").await;
    for _ in 0..5 {
        tokio::time::sleep(Duration::from_millis(300)).await;
        stream.write_all(b"ping").await.unwrap();
        expect(&mut stream, b"ping").await;
    }
    assert_eq!(read_all(&mut stream).await, "");
}

#[tokio::test]
async fn tunnels_end_soon_after_the_gateway_is_told_to_stop() {
    let timeouts = Timeouts { farewell: Duration::from_millis(300), ..Timeouts::default() };
    let gateway = Gateway::with(echo, Limits::default(), timeouts).await;
    let mut stream = enter(&gateway, b"").await;
    let stopped = tokio::time::timeout(Duration::from_secs(4), gateway.stop());
    let (stopped, rest) = tokio::join!(stopped, read_all(&mut stream));
    stopped.unwrap();
    assert_eq!(rest, "");
}

#[tokio::test]
async fn websockets_work_through_it() {
    let listener = listener().await;
    let market = Upstream { address: listener.local_addr().unwrap(), seen: Arc::default() };
    tokio::spawn(async move {
        let mut socket = tokio_tungstenite::accept_async(listener.accept().await.unwrap().0).await.unwrap();
        while let Some(Ok(message)) = socket.next().await {
            if message.is_text() || message.is_binary() {
                socket.send(message).await.unwrap();
            }
        }
    });
    let gateway = Gateway::assemble(market, Limits::default(), Timeouts::default()).await;
    let stream = gateway.connect().await;
    let url = "ws://localhost/socket.io/?EIO=4&transport=websocket";
    let (mut socket, answer) = tokio_tungstenite::client_async(url, stream).await.unwrap();
    assert_eq!(answer.status(), 101);
    for size in [0, 1, 125, 126, 65_536, 1_000_000] {
        for message in [Message::text("x".repeat(size)), Message::binary(vec![0; size])] {
            socket.send(message.clone()).await.unwrap();
            assert_eq!(socket.next().await.unwrap().unwrap(), message);
        }
    }
    socket.close(None).await.unwrap();
    while let Some(message) = socket.next().await {
        assert!(message.unwrap().is_close());
    }
}
