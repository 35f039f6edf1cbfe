//! What goes on to a service, and what comes back.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::{Gateway, Reply, Response, ok};

#[tokio::test]
async fn the_prefix_finds_the_service() {
    let gateway = Gateway::start(|_| Reply::Answer(ok("\"market\""))).await;
    for (target, body, line) in [
        ("/api/market/v1/time?x=%2f&y", "\"market\"", "GET /v1/time?x=%2f&y HTTP/1.1"),
        ("/socket.io/?EIO=4&transport=polling", "\"market\"", "GET /socket.io/?EIO=4&transport=polling HTTP/1.1"),
        ("/dashboard", "\"dashboard\"", "GET /dashboard HTTP/1.1"),
        ("/dashboard/admin", "\"dashboard\"", "GET /dashboard/admin HTTP/1.1"),
    ] {
        let response = gateway.get(target).await;
        assert_eq!((response.status, response.body.as_str()), (200, body), "{target}");
        let upstream = if body == "\"market\"" { &gateway.market } else { &gateway.dashboard };
        assert_eq!(upstream.seen().last().unwrap().line(), line);
    }
    let seen = gateway.market.seen().len() + gateway.dashboard.seen().len();
    for (target, status) in
        [("/v1/time", 404), ("/api/market", 404), ("/api/market/../x", 400), ("/dashboard/%2e%2e/x", 400)]
    {
        let response = gateway.get(target).await;
        assert_eq!(response.status, status, "{target}");
        assert_eq!(response.header("content-type"), Some("application/problem+json"));
        assert_eq!(response.json()["instance"].as_str(), response.header("x-request-id"));
    }
    let home = gateway.get("/").await;
    assert_eq!((home.status, home.header("location")), (308, Some("/dashboard/")));
    assert_eq!(gateway.get("/livez").await.body, "ok");
    let wrong = gateway.ask("GET", "/api/auth/link", "", "").await;
    assert_eq!((wrong.status, wrong.header("allow")), (405, Some("POST")));
    assert_eq!(wrong.header("content-type"), Some("application/problem+json"));
    assert_eq!(gateway.market.seen().len() + gateway.dashboard.seen().len(), seen);
}

#[tokio::test]
async fn headers_of_one_hop_end_here() {
    let gateway = Gateway::start(|_| {
        let head = "HTTP/1.1 200 OK\r\nConnection: X-Inner, keep-alive\r\nX-Inner: 1\r\nKeep-Alive: timeout=5\r\n\
            Proxy-Authenticate: Basic\r\nTrailer: X\r\nX-End: 2\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 2\r\n\r\n{}";
        Reply::Answer(head.into())
    })
    .await;
    let port = gateway.port;
    let response = Response::parse(
        &gateway
            .send(format!(
                "POST /api/market/v1/x HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close, X-Hop, Host, x-request-id\r\n\
                 Connection: content-length\r\nX-Hop: 1\r\nKeep-Alive: 1\r\nProxy-Connection: 1\r\nProxy-Authorization: x\r\n\
                 TE: trailers\r\nTrailer: X\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\nExpect: 100-continue\r\n\
                 Authorization: Bearer t\r\nX-End: 1\r\nX-End: 2\r\nCookie: c\r\nVia: 1.0 other\r\nContent-Length: 2\r\n\r\nhi"
            ))
            .await
            // The interim answer asks for the body.
            .replacen("HTTP/1.1 100 Continue\r\n\r\n", "", 1),
    );
    let seen = gateway.market.seen().pop().unwrap();
    for name in [
        "connection",
        "x-hop",
        "keep-alive",
        "proxy-connection",
        "proxy-authorization",
        "te",
        "trailer",
        "upgrade",
        "expect",
    ] {
        assert_eq!(seen.all(name), Vec::<&str>::new(), "{name}");
    }
    assert_eq!(seen.all("host"), [format!("localhost:{port}")]);
    assert_eq!(seen.all("authorization"), ["Bearer t"]);
    assert_eq!(seen.all("x-end"), ["1", "2"]);
    assert_eq!(seen.all("via"), ["1.0 other", "1.1 algo-trading"]);
    assert_eq!(seen.all("content-length"), ["2"]);
    assert_eq!(seen.all("x-request-id"), [response.header("x-request-id").unwrap()]);
    assert_eq!(seen.body, b"hi");

    for name in ["x-inner", "keep-alive", "proxy-authenticate", "trailer"] {
        assert_eq!(response.header(name), None, "{name}");
    }
    assert_eq!(response.header("x-end"), Some("2"));
    assert_eq!(response.header("via"), Some("1.1 algo-trading"));
    assert_eq!(response.headers.iter().filter(|(name, _)| name == "set-cookie").count(), 2);
}

#[tokio::test]
async fn where_a_request_came_from_is_ours_to_say() {
    let gateway = Gateway::start(|_| Reply::Answer(ok("{}"))).await;
    let lies = "Forwarded: for=1.2.3.4\r\nX-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Prefix: /x\r\n\
        X-Forwarded-Proto: https\r\nX-Real-IP: 1.2.3.4\r\nX-Request-Id: chosen-by-client\r\n";
    let response = gateway.ask("GET", "/api/market/v1/x", lies, "").await;
    let seen = gateway.market.seen().pop().unwrap();
    let host = format!("localhost:{}", gateway.port);
    assert_eq!(seen.all("x-forwarded-for"), ["127.0.0.1"]);
    assert_eq!(seen.all("x-forwarded-host"), [host.as_str()]);
    assert_eq!(seen.all("x-forwarded-proto"), ["http"]);
    assert_eq!(seen.all("forwarded"), [format!("for=127.0.0.1;proto=http;host=\"{host}\"")]);
    assert!(!seen.head.contains("1.2.3.4") && !seen.head.contains("evil") && !seen.head.contains("prefix"));
    assert_ne!(response.header("x-request-id"), Some("chosen-by-client"));
}

#[tokio::test]
async fn nothing_is_said_twice() {
    let gateway = Gateway::start(|_| {
        let head = "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Credentials: true\r\nVary: Origin\r\n\
            X-Frame-Options: DENY\r\nX-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\nCache-Control: max-age=5\r\n\
            Content-Security-Policy: default-src 'self'\r\nX-Request-Id: inner\r\nDate: Tue, 24 Nov 2026 00:00:00 GMT\r\nContent-Length: 0\r\n\r\n";
        Reply::Answer(head.into())
    })
    .await;
    let response = gateway.get("/api/market/v1/x").await;
    for name in ["x-frame-options", "x-content-type-options", "referrer-policy", "vary", "x-request-id", "date"] {
        assert!(response.header(name).is_some(), "{name}");
    }
    assert_ne!(response.header("x-request-id"), Some("inner"));
    assert_eq!(response.header("access-control-allow-origin"), None);
    assert_eq!(response.header("access-control-allow-credentials"), None);
    assert_eq!(response.header("cache-control"), Some("max-age=5"));
    assert_eq!(response.header("content-security-policy"), Some("default-src 'self'"));
}

#[tokio::test]
async fn bodies_are_limited() {
    let gateway = Gateway::start(|seen| Reply::Answer(ok(&seen.body.len().to_string()))).await;
    let chunked = |size: usize| format!("{size:x}\r\n{}\r\n0\r\n\r\n", "x".repeat(size));
    for (target, limit) in [("/api/market/v1/x", 64 << 10), ("/socket.io/?EIO=4", 128 << 10)] {
        for (size, status) in [(limit, 200), (limit + 1, 413)] {
            let response = gateway.ask("POST", target, "", &"x".repeat(size)).await;
            assert_eq!(response.status, status, "{target} {size}");
            let head = format!(
                "POST {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
            );
            let response = Response::parse(&gateway.send(format!("{head}{}", chunked(size))).await);
            assert_eq!(response.status, status, "{target} {size} in chunks");
        }
        assert_eq!(gateway.market.seen().pop().unwrap().body.len(), limit);
    }
    assert_eq!(gateway.market.seen().len(), 4, "what is too large reaches nobody");
}

#[tokio::test]
async fn expectations_are_met_or_refused() {
    let gateway = Gateway::start(|_| Reply::Answer(ok("{}"))).await;
    let response = gateway.ask("POST", "/api/market/v1/x", "Expect: a-miracle\r\n", "hi").await;
    assert_eq!(response.status, 417);
    assert_eq!(gateway.market.seen().len(), 0);
    // Too large is told before the body is asked for.
    let large = "Expect: 100-continue\r\nContent-Length: 999999\r\n";
    let answer = gateway.send(format!("POST /api/market/v1/x HTTP/1.1\r\nHost: localhost\r\n{large}\r\n")).await;
    assert_eq!(Response::parse(&answer).status, 413, "{answer}");
}

#[tokio::test]
async fn a_service_that_is_down_is_502() {
    let gateway = Gateway::start(|_| Reply::Last(Vec::new())).await;
    let response = gateway.get("/api/market/v1/x").await;
    assert_eq!((response.status, response.header("retry-after")), (502, Some("1")));
    assert_eq!(gateway.market.seen().len(), 2, "a GET is tried once more");
    assert_eq!(gateway.ask("POST", "/api/market/v1/x", "", "hi").await.status, 502);
    assert_eq!(gateway.market.seen().len(), 3, "a POST is not");
}

#[tokio::test]
async fn a_pooled_connection_that_was_closed_costs_nobody_an_answer() {
    let served = AtomicUsize::new(0);
    let gateway = Gateway::start(move |seen| {
        // The second request of a connection is not answered, as by a service that closes an idle connection just then.
        if seen.earlier == 0 {
            Reply::Answer(ok(&served.fetch_add(1, Ordering::Relaxed).to_string()))
        } else {
            Reply::Last(Vec::new())
        }
    })
    .await;
    for n in 0..5 {
        let response = gateway.get("/api/market/v1/x").await;
        assert_eq!((response.status, response.body), (200, n.to_string()));
    }
}

#[tokio::test]
async fn an_answer_without_sense_is_502() {
    for nonsense in
        ["nonsense\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"]
    {
        let gateway = Gateway::start(|_| Reply::Last(nonsense.into())).await;
        assert_eq!(gateway.get("/api/market/v1/x").await.status, 502, "{nonsense:?}");
    }
}

#[tokio::test]
async fn trading_has_two_doors() {
    let gateway = Gateway::start(|_| Reply::Answer(ok("{}"))).await;
    assert_eq!(gateway.get("/api/trading/v1/venue?x=1").await.body, "\"trading\"");
    assert_eq!(gateway.get("/trading/socket.io/?EIO=4&transport=polling").await.body, "\"trading\"");
    let lines: Vec<String> = gateway.trading.seen().iter().map(|seen| seen.line().to_owned()).collect();
    assert_eq!(lines, ["GET /v1/venue?x=1 HTTP/1.1", "GET /socket.io/?EIO=4&transport=polling HTTP/1.1"]);
}

#[tokio::test]
async fn readiness_is_that_of_the_services() {
    let gateway = Gateway::start(|_| Reply::Answer(ok("{}"))).await;
    let response = gateway.get("/readyz").await;
    assert_eq!(response.status, 200);
    let health: market_api::health::Health = serde_json::from_str(&response.body).unwrap();
    let names: Vec<_> = health.services.iter().map(|service| (service.name.as_str(), service.ready)).collect();
    assert_eq!(names, [("market-data", true), ("trading", true), ("dashboard", true)]);
    assert_eq!(gateway.market.seen().pop().unwrap().all("host"), ["localhost"]);

    let unready =
        Gateway::start(|_| Reply::Answer("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n".into()));
    let response = unready.await.get("/readyz").await;
    assert_eq!(response.status, 503);
    assert_eq!(response.json()["services"][0]["detail"], "answers 503");
}

#[tokio::test]
async fn an_answer_without_a_body_keeps_its_length() {
    let gateway = Gateway::start(|seen| {
        let status = if seen.line().contains("cached") { "304 Not Modified" } else { "200 OK" };
        Reply::Answer(format!("HTTP/1.1 {status}\r\nContent-Length: 29\r\nETag: \"a\"\r\n\r\n").into())
    })
    .await;
    let head = gateway.ask("HEAD", "/api/market/v1/x", "", "").await;
    assert_eq!((head.status, head.header("content-length"), head.body.as_str()), (200, Some("29"), ""));
    let cached = gateway.get("/api/market/v1/cached").await;
    assert_eq!((cached.status, cached.header("etag"), cached.body.as_str()), (304, Some("\"a\""), ""));
}
