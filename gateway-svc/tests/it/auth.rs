//! Sign-in.

use market_api::auth::{Credentials, Role};
use svc_common::links;
use svc_common::token::{TokenError, Verifier};

use crate::support::{Gateway, Reply, Response, ok};

const JSON: &str = "Content-Type: application/json\r\n";

async fn gateway() -> Gateway {
    Gateway::start(|_| Reply::Answer(ok("{}"))).await
}

async fn redeem(gateway: &Gateway, token: &str) -> Response {
    gateway.ask("POST", "/api/auth/link", JSON, &format!("{{\"token\":{token:?}}}")).await
}

#[tokio::test]
async fn a_link_is_exchanged_once() {
    let gateway = gateway().await;
    let link = links::mint(gateway.data.path()).unwrap();
    let response = redeem(&gateway, &link).await;
    assert_eq!(response.status, 200);
    let credentials: Credentials = serde_json::from_str(&response.body).unwrap();
    assert_eq!((credentials.role, credentials.subject.as_str()), (Role::Admin, "admin"));
    let claims = Verifier::new(gateway.data.path()).verify(&credentials.token).unwrap();
    assert_eq!((claims.role, claims.sub.as_str()), (Role::Admin, "admin"));
    assert_eq!(claims.exp.cast_signed() * 1000, credentials.expires_at);
    assert_eq!(claims.exp - claims.iat, 12 * 3600);
    for token in [link.as_str(), "", "../../keys/token.key", &"f".repeat(64)] {
        let refused = redeem(&gateway, token).await;
        assert_eq!(refused.status, 401, "{token:?}");
        assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
        assert!(token.is_empty() || !refused.body.contains(token), "{refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_racers_for_a_link_one_wins() {
    let gateway = gateway().await;
    for _ in 0..2 {
        let link = links::mint(gateway.data.path()).unwrap();
        let racers: Vec<_> = (0..8).map(|_| redeem(&gateway, &link)).collect();
        let statuses: Vec<u16> =
            futures_util::future::join_all(racers).await.iter().map(|answer| answer.status).collect();
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
        assert!(statuses.iter().all(|status| [200, 401].contains(status)), "{statuses:?}");
    }
}

#[tokio::test]
async fn a_guest_may_trade() {
    let gateway = gateway().await;
    let names: Vec<String> = [
        gateway.ask("POST", "/api/auth/guest", "", "").await,
        gateway.ask("POST", "/api/auth/guest", JSON, "{}").await,
    ]
    .iter()
    .map(|response| {
        let credentials: Credentials = serde_json::from_str(&response.body).unwrap();
        let claims = Verifier::new(gateway.data.path()).verify(&credentials.token).unwrap();
        assert_eq!((claims.role, credentials.role), (Role::Trader, Role::Trader));
        assert!(claims.sub.starts_with("guest-"));
        claims.sub
    })
    .collect();
    assert_ne!(names[0], names[1]);
    // A token of another gateway is none here.
    let other = self::gateway().await;
    let response = other.ask("POST", "/api/auth/guest", "", "").await;
    let foreign: Credentials = serde_json::from_str(&response.body).unwrap();
    assert_eq!(Verifier::new(gateway.data.path()).verify(&foreign.token), Err(TokenError::Signature));
}

#[tokio::test]
async fn a_body_that_is_wrong_says_where() {
    let gateway = gateway().await;
    for (lines, body, status, pointer) in [
        ("", "{}", 415, None),
        ("Content-Type: text/plain\r\n", "{}", 415, None),
        (JSON, "", 400, Some("")),
        (JSON, "{", 400, Some("")),
        (JSON, "{}", 400, Some("")),
        (JSON, "{\"token\":1}", 400, Some("/token")),
        (JSON, "{\"token\":\"x\",\"other\":1}", 400, Some("/other")),
        (JSON, "{\"token\":\"x\"} x", 400, Some("")),
    ] {
        let response = gateway.ask("POST", "/api/auth/link", lines, body).await;
        assert_eq!(response.status, status, "{body}");
        let found = response.json();
        assert_eq!(found["errors"][0]["pointer"].as_str(), pointer, "{body} {found}");
    }
    let large = format!("{{\"token\":\"{}\"}}", "x".repeat(64 << 10));
    assert_eq!(gateway.ask("POST", "/api/auth/link", JSON, &large).await.status, 413);
}

#[tokio::test]
async fn guessing_is_slow() {
    let gateway = gateway().await;
    let mut statuses = Vec::new();
    for _ in 0..30 {
        let response = redeem(&gateway, "guess").await;
        if response.status == 429 {
            assert!(response.header("retry-after").is_some_and(|seconds| seconds.parse::<u32>().unwrap() >= 1));
        }
        statuses.push(response.status);
    }
    assert_eq!(statuses[..20], [401; 20]);
    assert_eq!(statuses.last(), Some(&429));
    assert_eq!(gateway.get("/api/market/v1/x").await.status, 200);
}
