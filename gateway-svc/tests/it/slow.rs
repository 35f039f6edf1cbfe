//! Services and clients that take their time.

use std::time::Duration;

use gateway_svc::Timeouts;
use svc_common::serve::Limits;
use tokio::io::AsyncWriteExt;

use crate::support::{Gateway, PATIENCE, Reply, Response, head, ok, read_all};

const SHORT: Duration = Duration::from_millis(300);

async fn hanging(answer: &'static str) -> Gateway {
    let timeouts = Timeouts { head: SHORT, body: SHORT, ready: SHORT, ..Timeouts::default() };
    Gateway::with(move |_| Reply::Hang(answer.into()), Limits::default(), timeouts).await
}

#[tokio::test]
async fn no_answer_is_504() {
    let gateway = hanging("").await;
    assert_eq!(gateway.get("/api/market/v1/x").await.status, 504);
    assert_eq!(gateway.get("/readyz").await.json()["services"][0]["detail"], "does not answer in time");
    // A poll of Socket.IO may wait.
    let mut poll = gateway.connect().await;
    poll.write_all(b"GET /socket.io/?EIO=4 HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    assert!(tokio::time::timeout(3 * SHORT, poll.readable()).await.is_err());
}

#[tokio::test]
async fn an_answer_is_handed_on_as_it_comes_and_broken_off_if_it_stops() {
    let gateway = hanging("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n").await;
    let mut stream = gateway.connect().await;
    stream.write_all(b"GET /api/market/v1/x HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    assert_eq!(head(&mut stream).await.status, 200);
    crate::support::expect(&mut stream, b"5\r\nfirst\r\n").await;
    // Not the end of a whole answer: the client must be able to tell.
    assert_eq!(read_all(&mut stream).await, "");
}

#[tokio::test]
async fn a_client_that_leaves_is_noticed() {
    let gateway = Gateway::start(|_| Reply::Hang(Vec::new())).await;
    let mut stream = gateway.connect().await;
    stream.write_all(b"GET /socket.io/?EIO=4 HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    while gateway.market.seen().is_empty() {
        tokio::task::yield_now().await;
    }
    drop(stream);
    // Were its poll still open, the gateway would wait for it.
    let stopped = tokio::time::timeout(Duration::from_secs(2), gateway.stop()).await;
    assert!(stopped.is_ok());
}

#[tokio::test]
async fn what_is_under_way_ends_before_the_gateway_does() {
    let gateway = Gateway::start(|_| {
        std::thread::sleep(Duration::from_millis(200));
        Reply::Answer(ok("\"late\""))
    });
    let gateway = gateway.await;
    let mut stream = gateway.connect().await;
    let mut idle = gateway.connect().await;
    stream.write_all(b"GET /api/market/v1/x HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    while gateway.market.seen().is_empty() {
        tokio::task::yield_now().await;
    }
    gateway.stop().await;
    let response = Response::parse(&read_all(&mut stream).await);
    assert_eq!((response.status, response.body.as_str()), (200, "\"late\""));
    assert_eq!(read_all(&mut idle).await, "");
}

#[tokio::test]
async fn stopping_has_a_deadline() {
    let limits = Limits { drain_time: SHORT, ..Limits::default() };
    let gateway = Gateway::with(|_| Reply::Hang(Vec::new()), limits, Timeouts::default()).await;
    let mut stream = gateway.connect().await;
    stream.write_all(b"GET /api/market/v1/x HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    while gateway.market.seen().is_empty() {
        tokio::task::yield_now().await;
    }
    tokio::time::timeout(PATIENCE, gateway.stop()).await.unwrap();
}

#[tokio::test]
async fn an_upload_that_stops_is_the_clients_fault() {
    let limits = Limits { body_time: SHORT, ..Limits::default() };
    let gateway = Gateway::with(|_| Reply::Answer(ok("{}")), limits, Timeouts::default()).await;
    for (framing, part) in [("Content-Length: 9", "part"), ("Transfer-Encoding: chunked", "4\r\npart\r\n")] {
        let request = format!("POST /api/market/v1/x HTTP/1.1\r\nHost: localhost\r\n{framing}\r\n\r\n{part}");
        let response = Response::parse(&gateway.send(request).await);
        assert_eq!(response.status, 400, "{framing}: {response:?}");
    }
    assert!(gateway.market.seen().is_empty(), "neither was whole");
}
