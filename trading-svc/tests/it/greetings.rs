//! Who is greeted, and who is sent away.

use std::time::Duration;

use axum::Router;
use futures_util::{SinkExt, StreamExt};
use market_api::trading::event;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::channel;
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::{WebSocketStream, client_async};
use trading_svc::handle::{Handle, Message};
use trading_svc::ledger::{Ledger, Reader};
use trading_svc::push::Push;
use trading_svc::refusal::Refusal;
use trading_svc::stream;

/// What a client is told after it has come to an exchange that answers each request with a refusal; the connection's own packets aside.
async fn told(refusal: Option<Refusal>) -> Vec<String> {
    let directory = tempfile::tempdir().unwrap();
    drop(Ledger::open(directory.path()).unwrap());
    let reader = Reader::open(directory.path()).unwrap();
    let (messages, mut waiting) = channel(16);
    tokio::spawn(async move {
        // Without one the exchange has ended.
        let Some(refusal) = refusal else { return };
        while let Some(message) = waiting.recv().await {
            if let Message::Act(act) = message {
                act(Err(refusal.clone()))(Ok(()));
            }
        }
    });
    let (greetings, greeted) = channel(16);
    let verifier = svc_common::token::Verifier::new(directory.path());
    let (layer, io) = stream::layer(greetings, verifier);
    let push = Push { io: io.clone(), handle: Handle::new(messages), reader };
    let (_publish, published) = channel(16);
    tokio::spawn(push.run(published, greeted));
    stream::listen(&io);
    let listener = TcpListener::bind(("127.0.0.1", test_support::ports::free())).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, Router::new().layer(layer)).await });

    let url = format!("ws://{address}/socket.io/?EIO=4&transport=websocket");
    let (mut socket, _) = client_async(url, TcpStream::connect(address).await.unwrap()).await.unwrap();
    assert!(next(&mut socket).await.unwrap().starts_with('0'));
    socket.send(Frame::text("40")).await.unwrap();
    assert!(next(&mut socket).await.unwrap().starts_with("40"));
    let mut told = Vec::new();
    while let Some(text) = next(&mut socket).await {
        told.push(text);
    }
    told
}

/// The next text, if one comes.
async fn next(socket: &mut WebSocketStream<TcpStream>) -> Option<String> {
    loop {
        match tokio::time::timeout(Duration::from_secs(1), socket.next()).await.ok()?? {
            // A ping says nothing.
            Ok(Frame::Text(text)) if text.as_str() != "2" => return Some(text.to_string()),
            Ok(_) => {}
            Err(_) => return None,
        }
    }
}

#[tokio::test]
async fn whoever_cannot_be_greeted_is_sent_away() {
    assert_eq!(told(Some(Refusal::Busy(1))).await, ["41"], "a client that waits for {} comes again", event::HELLO);
    assert_eq!(told(None).await, ["41"]);
}

#[tokio::test]
async fn before_a_session_a_client_waits() {
    assert_eq!(told(Some(Refusal::NoSession)).await, Vec::<String>::new());
}
