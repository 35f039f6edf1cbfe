//! Ports, and connections from their beginning to their end.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use axum::routing::{get, post};
use axum::{Extension, Router};
use svc_common::serve::{BindError, Limits, Listeners, Peer, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Ports of these tests, all different.
fn bound(first: u16) -> Listeners {
    (first..21_999).find_map(|port| Listeners::bind(None, port, "test").ok()).expect("a free port")
}

#[tokio::test]
async fn a_port_is_taken_at_all_addresses_or_at_none() {
    let held = bound(21_900);
    let port = held.port();
    let error = Listeners::bind(None, port, "--gateway-port").unwrap_err();
    assert_eq!(error.to_string(), format!("port {port} (--gateway-port) is in use"));
    drop(held);
    // Taken at one of the two is taken.
    for one in [SocketAddr::from((Ipv4Addr::LOCALHOST, port)), SocketAddr::from((Ipv6Addr::LOCALHOST, port))] {
        let Ok(other) = std::net::TcpListener::bind(one) else { continue };
        assert!(matches!(Listeners::bind(None, port, "x"), Err(BindError::InUse { .. })), "{one}");
        drop(other);
        assert!(Listeners::bind(None, port, "x").is_ok());
    }
    let elsewhere = Listeners::bind(Some("192.0.2.1".parse().unwrap()), port, "x").unwrap_err();
    assert!(elsewhere.to_string().contains("192.0.2.1"), "{elsewhere}");
    assert!(Listeners::bind(Some("0.0.0.0".parse().unwrap()), port, "x").is_ok());
    assert!(Listeners::bind(Some("::".parse().unwrap()), port, "x").is_ok());
}

#[tokio::test]
async fn both_loopbacks_are_served_without_delay() {
    let listeners = bound(21_920);
    let port = listeners.port();
    let app = Router::new().route("/", get(async |Extension(Peer(peer)): Extension<Peer>| peer.ip().to_string()));
    let server = tokio::spawn(serve(listeners, app, Limits::default(), tokio::time::sleep(Duration::from_millis(300))));
    for (address, ip) in [
        (SocketAddr::from((Ipv4Addr::LOCALHOST, port)), "127.0.0.1"),
        (SocketAddr::from((Ipv6Addr::LOCALHOST, port)), "::1"),
    ] {
        let Ok(mut stream) = TcpStream::connect(address).await else { continue };
        stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.ends_with(ip), "{answer}");
    }
    server.await.unwrap();
    assert!(Listeners::bind(None, port, "x").is_ok(), "the port is free again");
}

/// A client that is told off while it still talks hears why: the connection isn't reset under its answer.
#[tokio::test]
async fn an_early_answer_arrives() {
    let listeners = bound(21_940);
    let port = listeners.port();
    let app = Router::new().route("/", post(async || "unread"));
    tokio::spawn(serve(listeners, app, Limits::default(), std::future::pending()));
    for head in ["POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n", "POST / HTTP/1.1\r\n\r\n"] {
        for _ in 0..20 {
            let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
            stream.write_all(head.as_bytes()).await.unwrap();
            for _ in 0..9 {
                stream.write_all(&vec![b'x'; 100_000]).await.unwrap();
            }
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).await.unwrap();
            assert!(answer.starts_with(b"HTTP/1.1 "), "{}", String::from_utf8_lossy(&answer));
        }
    }
}
