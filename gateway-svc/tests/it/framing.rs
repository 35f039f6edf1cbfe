//! Requests that two readers could understand differently: each is refused, the connection ends, and no service behind
//! the gateway hears of it.

use std::time::Duration;

use gateway_svc::Timeouts;
use svc_common::serve::Limits;
use tokio::io::AsyncWriteExt;

use crate::support::{Gateway, PATIENCE, Reply, Response, ok, read_all};

async fn gateway() -> Gateway {
    Gateway::start(|_| Reply::Answer(ok("{}"))).await
}

/// A request after the head's first line and Host; followed by another one that would be found by a loose reader.
const SMUGGLED: &str = "GET /api/market/v1/smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";

#[tokio::test]
async fn ambiguous_requests_reach_nobody() {
    let gateway = gateway().await;
    let many = "X: 1\r\n".repeat(100);
    let huge = format!("X: {}\r\n", "x".repeat(40 << 10));
    let cases: Vec<(&str, String, u16)> = [
        ("length, then chunks", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        ("chunks, then length", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400),
        ("two lengths", "Content-Length: 0\r\nContent-Length: 5\r\n\r\nhello", 400),
        ("the same length twice", "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 400),
        ("a list of lengths", "Content-Length: 5, 5\r\n\r\nhello", 400),
        ("a signed length", "Content-Length: +5\r\n\r\nhello", 400),
        ("a length in words", "Content-Length: five\r\n\r\nhello", 400),
        ("an unknown coding", "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400),
        ("two codings", "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400),
        ("chunked twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        ("chunked, then identity", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n", 400),
        ("a quoted coding", "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n", 400),
        ("space before the colon", "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400),
        ("a folded header", "X: a\r\n b\r\n\r\n", 400),
        ("a folded coding", "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", 400),
        ("LF alone", "X: a\nY: b\r\n\r\n", 400),
        ("CR alone", "X: a\rY: b\r\n\r\n", 400),
        ("LF alone at the end", "X: a\r\n\n", 400),
        ("a zero byte", "X: a\0b\r\n\r\n", 400),
        ("a second host", "Host: localhost\r\n\r\n", 400),
        ("a chunk size that is none", "Transfer-Encoding: chunked\r\n\r\nx\r\nhello\r\n0\r\n\r\n", 400),
        ("a signed chunk size", "Transfer-Encoding: chunked\r\n\r\n+5\r\nhello\r\n0\r\n\r\n", 400),
        ("a chunk size with 0x", "Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n", 400),
        (
            "a chunk size beyond 64 bits",
            "Transfer-Encoding: chunked\r\n\r\n10000000000000005\r\nhello\r\n0\r\n\r\n",
            400,
        ),
        ("a chunk with LF alone", "Transfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n", 400),
        ("a chunk longer than it says", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello!\r\n0\r\n\r\n", 400),
        ("a last chunk with LF alone", "Transfer-Encoding: chunked\r\n\r\n0\n\n", 400),
    ]
    .map(|(name, rest, status)| (name, format!("POST /api/market/v1/x HTTP/1.1\r\nHost: localhost\r\n{rest}"), status))
    .into_iter()
    .chain([
        ("no host", "GET /api/market/v1/x HTTP/1.1\r\n\r\n".into(), 400),
        ("no host in HTTP/1.0", "GET /api/market/v1/x HTTP/1.0\r\n\r\n".into(), 400),
        (
            "an absolute target elsewhere",
            "GET http://evil.example/api/market/v1/x HTTP/1.1\r\nHost: localhost\r\n\r\n".into(),
            400,
        ),
        (
            "a target with user info",
            "GET http://a@localhost/api/market/v1/x HTTP/1.1\r\nHost: localhost\r\n\r\n".into(),
            400,
        ),
        (
            "chunks in HTTP/1.0",
            "POST /api/market/v1/x HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".into(),
            400,
        ),
        ("another version", "GET /api/market/v1/x HTTP/2.0\r\nHost: localhost\r\n\r\n".into(), 400),
        ("no version", "GET /api/market/v1/x\r\n\r\n".into(), 400),
        ("two spaces", "GET  /api/market/v1/x HTTP/1.1\r\nHost: localhost\r\n\r\n".into(), 400),
        ("a space in the target", "GET /api/market/v1/x y HTTP/1.1\r\nHost: localhost\r\n\r\n".into(), 400),
        ("a fragment", "GET /api/market/v1/x#y HTTP/1.1\r\nHost: localhost\r\n\r\n".into(), 400),
        ("LF alone after the first line", "GET /api/market/v1/x HTTP/1.1\nHost: localhost\r\n\r\n".into(), 400),
        ("more headers than a hundred", format!("GET /api/market/v1/x HTTP/1.1\r\nHost: localhost\r\n{many}\r\n"), 431),
        ("a huge head", format!("GET /api/market/v1/x HTTP/1.1\r\nHost: localhost\r\n{huge}\r\n"), 431),
        ("CONNECT", "CONNECT localhost:3003 HTTP/1.1\r\nHost: localhost\r\n\r\n".into(), 405),
    ])
    .collect();
    for (name, request, status) in cases {
        let answer = gateway.send(format!("{request}{SMUGGLED}")).await;
        let response = Response::parse(&answer);
        assert_eq!(response.status, status, "{name}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{name}: {answer}");
        assert_eq!(response.header("content-type"), Some("application/problem+json"), "{name}: {answer}");
        assert_eq!(response.json()["instance"].as_str(), response.header("x-request-id"), "{name}");
        assert_eq!(response.header("x-content-type-options"), Some("nosniff"), "{name}");
        assert_eq!(gateway.market.seen().len(), 0, "{name}: {:?}", gateway.market.seen());
    }
}

#[tokio::test]
async fn what_came_before_keeps_its_turn() {
    let gateway = gateway().await;
    let good = "GET /api/market/v1/good HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let answer = gateway.send(format!("{good}{good}GET / HTTP/1.1\r\n\r\n{SMUGGLED}")).await;
    let statuses: Vec<&str> = answer.split("HTTP/1.1 ").skip(1).map(|answer| &answer[..3]).collect();
    assert_eq!(statuses, ["200", "200", "400"]);
    assert_eq!(gateway.market.seen().len(), 2);
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let gateway = Gateway::start(|seen| Reply::Answer(ok(&format!("{:?}", seen.line())))).await;
    let requests = (0..40).map(|n| {
        let (lines, body) = match n % 3 {
            0 => ("", String::new()),
            1 => ("Content-Length: 5\r\n", "hello".into()),
            _ => ("Transfer-Encoding: chunked\r\n", format!("3;x=1\r\nhel\r\n2\r\nlo\r\n0\r\nX-{n}: 1\r\n\r\n")),
        };
        let method = if n % 3 == 0 { "GET" } else { "POST" };
        format!("{method} /api/market/v1/{n} HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n{body}")
    });
    let mut requests: String = requests.collect::<Vec<_>>().concat();
    requests += "\r\nGET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    // In pieces that end anywhere.
    let mut stream = gateway.connect().await;
    for piece in requests.as_bytes().chunks(37) {
        stream.write_all(piece).await.unwrap();
        tokio::task::yield_now().await;
    }
    let answer = read_all(&mut stream).await;
    let order: Vec<usize> = answer
        .match_indices("/v1/")
        .map(|(at, _)| answer[at + 4..].split(' ').next().unwrap().parse().unwrap())
        .collect();
    assert_eq!(order, (0..40).collect::<Vec<_>>(), "{answer}");
    assert!(answer.ends_with("ok"), "{answer}");
    assert!(gateway.market.seen().iter().all(|seen| seen.head.starts_with("GET") || seen.body == b"hello"));
    assert!(gateway.market.seen().iter().all(|seen| seen.all("transfer-encoding").is_empty()));
}

#[tokio::test]
async fn a_head_must_come_in_time() {
    let limits = Limits { head_time: Duration::from_millis(300), ..Limits::default() };
    let gateway = Gateway::with(|_| Reply::Answer(ok("{}")), limits, Timeouts::default()).await;
    let mut stream = gateway.connect().await;
    stream.write_all(b"GET /livez HTTP/1.1\r\nHost: local").await.unwrap();
    assert_eq!(Response::parse(&read_all(&mut stream).await).status, 408);
    // Who says nothing at all is told nothing.
    let mut silent = gateway.connect().await;
    assert_eq!(read_all(&mut silent).await, "");
    // Nor do drops keep it open.
    let mut dripping = gateway.connect().await;
    let drips = async {
        for _ in 0..100 {
            tokio::time::sleep(Duration::from_millis(50)).await;
            if dripping.write_all(b"G").await.is_err() {
                return true;
            }
        }
        false
    };
    assert!(tokio::time::timeout(PATIENCE, drips).await.unwrap());
}

#[tokio::test]
async fn an_idle_connection_ends() {
    let limits = Limits { idle_time: Duration::from_millis(300), ..Limits::default() };
    let gateway = Gateway::with(|_| Reply::Answer(ok("{}")), limits, Timeouts::default()).await;
    let mut stream = gateway.connect().await;
    stream.write_all(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    assert_eq!(Response::parse(&read_all(&mut stream).await).status, 200);
}

#[tokio::test]
async fn a_body_must_go_on() {
    let limits = Limits { body_time: Duration::from_millis(300), ..Limits::default() };
    let gateway = Gateway::with(|_| Reply::Answer(ok("{}")), limits, Timeouts::default()).await;
    for framing in ["Content-Length: 9", "Transfer-Encoding: chunked"] {
        let request = format!(
            "POST /api/auth/link HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{framing}\r\n\r\n5\r\n{{"
        );
        let answer = gateway.send(request).await;
        assert_eq!(Response::parse(&answer).status, 400, "{answer}");
    }
}

#[tokio::test]
async fn connections_are_counted() {
    let limits = Limits { connections: 2, ..Limits::default() };
    let gateway = Gateway::with(|_| Reply::Answer(ok("{}")), limits, Timeouts::default()).await;
    let held = [gateway.connect().await, gateway.connect().await];
    let mut third = gateway.connect().await;
    third.write_all(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await.unwrap();
    let waits = tokio::time::timeout(Duration::from_millis(200), third.readable()).await;
    assert!(waits.is_err(), "it waits for a place");
    drop(held);
    assert_eq!(Response::parse(&read_all(&mut third).await).status, 200);
}
