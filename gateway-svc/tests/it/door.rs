//! Who may come in: by which name, and from which pages.

use crate::support::{Gateway, Reply, Response, ok};

async fn gateway() -> Gateway {
    Gateway::start(|_| Reply::Answer(ok("{}"))).await
}

#[tokio::test]
async fn a_foreign_host_is_misdirected() {
    let gateway = gateway().await;
    for (host, status) in [
        ("localhost", 200),
        ("LOCALHOST.:80", 200),
        ("127.0.0.1:3000", 200),
        ("[::1]:3000", 200),
        ("evil.example", 421),
        ("localhost.evil.example", 421),
        ("localhost:evil", 421),
        ("localhost@evil.example", 421),
        ("127.0.0.1.nip.io", 421),
        ("", 421),
    ] {
        for target in ["/livez", "/api/market/v1/x", "/dashboard/"] {
            let request = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
            assert_eq!(Response::parse(&gateway.send(request).await).status, status, "{host} {target}");
        }
    }
    let absolute = "GET http://localhost/livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    assert_eq!(Response::parse(&gateway.send(absolute).await).status, 200);
}

#[tokio::test]
async fn a_foreign_origin_is_forbidden() {
    let gateway = gateway().await;
    let (own, dashboard) = (gateway.port, gateway.dashboard.address.port());
    for origin in
        [format!("http://localhost:{own}"), format!("http://127.0.0.1:{dashboard}"), format!("https://[::1]:{own}")]
    {
        for method in ["GET", "POST", "OPTIONS"] {
            let response = gateway.ask(method, "/api/market/v1/x", &format!("Origin: {origin}\r\n"), "").await;
            assert_eq!(response.status, 200, "{method} {origin}");
            assert_eq!(response.header("access-control-allow-origin"), Some(origin.as_str()));
            assert_eq!(response.header("access-control-expose-headers"), Some("x-request-id, retry-after"));
            assert_eq!(response.header("vary"), Some("Origin"));
        }
    }
    let seen = gateway.market.seen().len();
    for origin in [
        "null".to_owned(),
        "http://evil.example".to_owned(),
        "http://localhost:1".to_owned(),
        format!("http://localhost:{own}.evil.example"),
        format!("HTTP://localhost:{own}"),
        format!("http://localhost:{own}\r\nOrigin: http://evil.example"),
        String::new(),
    ] {
        for method in ["GET", "POST", "OPTIONS"] {
            let response = gateway.ask(method, "/api/market/v1/x", &format!("Origin: {origin}\r\n"), "").await;
            assert_eq!(response.status, 403, "{method} {origin}");
            assert_eq!(response.header("access-control-allow-origin"), None);
        }
    }
    assert_eq!(gateway.market.seen().len(), seen);
}

#[tokio::test]
async fn a_preflight_is_answered_here() {
    let gateway = gateway().await;
    let origin = format!("http://localhost:{}", gateway.dashboard.address.port());
    let lines = format!(
        "Origin: {origin}\r\nAccess-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: authorization\r\n"
    );
    for target in ["/api/market/v1/x", "/api/auth/link", "/socket.io/"] {
        let response = gateway.ask("OPTIONS", target, &lines, "").await;
        assert_eq!(response.status, 204, "{target}");
        assert_eq!(response.header("access-control-allow-origin"), Some(origin.as_str()));
        assert_eq!(response.header("access-control-allow-methods"), Some("GET, POST, PUT, DELETE"));
        let headers = Some("authorization, content-type, idempotency-key, x-request-id");
        assert_eq!(response.header("access-control-allow-headers"), headers);
        assert_eq!(response.header("access-control-max-age"), Some("600"));
        assert_eq!(response.header("access-control-allow-credentials"), None);
    }
    assert!(gateway.market.seen().is_empty());
}

#[tokio::test]
async fn every_answer_is_hardened() {
    let gateway = gateway().await;
    for target in ["/livez", "/api/market/v1/x", "/nowhere", "/"] {
        let response = gateway.get(target).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("x-frame-options", "DENY"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cache-control", "no-store"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
        ] {
            assert_eq!(response.header(name), Some(value), "{target} {name}");
        }
        assert!(response.header("x-request-id").is_some_and(|id| id.len() == 16), "{target}");
    }
}

#[tokio::test]
async fn methods_that_reflect_are_refused() {
    let gateway = gateway().await;
    assert_eq!(gateway.ask("TRACE", "/api/market/v1/x", "", "").await.status, 405);
    assert!(gateway.market.seen().is_empty());
}
