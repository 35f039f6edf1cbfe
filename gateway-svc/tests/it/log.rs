//! The log says what was asked, and nothing that would let its reader ask the same.

use std::io;
use std::sync::{Arc, Mutex};

use market_api::auth::Credentials;
use svc_common::links;
use svc_common::telemetry::{Log, filter};
use tracing_subscriber::layer::SubscriberExt;

use crate::support::{Gateway, Reply, ok};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn no_token_is_logged() {
    let lines = Lines::default();
    let writer = lines.clone();
    let layer = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(move || writer.clone());
    // Everything of this thread, and so all of the gateway, ends here: at debug, which is the most that can be asked for.
    let subscriber = tracing_subscriber::registry().with(filter(Log::Debug)).with(layer);
    let _guard = tracing::subscriber::set_default(subscriber);

    let gateway =
        Gateway::start(
            |seen| {
                if seen.line().contains("down") { Reply::Last(Vec::new()) } else { Reply::Answer(ok("{}")) }
            },
        )
        .await;
    let link = links::mint(gateway.data.path()).unwrap();
    let json = "Content-Type: application/json\r\n";
    let response = gateway.ask("POST", "/api/auth/link", json, &format!("{{\"token\":\"{link}\"}}")).await;
    let Credentials { token, .. } = serde_json::from_str(&response.body).unwrap();
    let bearer = format!("Authorization: Bearer {token}\r\n");
    let ok = gateway.ask("GET", &format!("/api/market/v1/ok?token={token}"), &bearer, "").await;
    gateway.ask("GET", &format!("/api/market/v1/down?access_token={token}"), &bearer, "").await;
    gateway.ask("GET", &format!("/nowhere?token={token}"), &format!("Host: evil\r\n{bearer}"), "").await;
    gateway.send(format!("GET /{token} HTTP/9.9\r\n{bearer}\r\n")).await;
    gateway.stop().await;

    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let id = ok.header("x-request-id").unwrap();
    let line = log.lines().find(|line| line.contains(id)).unwrap_or_else(|| panic!("no line of {id} in {log}"));
    for part in ["INFO", "method=GET", "path=/api/market/v1/ok", "status=200", "ms="] {
        assert!(line.contains(part), "{part} in {line}");
    }
    for part in ["path=/api/auth/link", "path=/api/market/v1/down", "status=502", "status=400"] {
        assert!(log.contains(part), "{part} in {log}");
    }
    let signature = token.rsplit('.').next().unwrap();
    for secret in [&link, &token, signature, "Bearer", "access_token", "?"] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}
