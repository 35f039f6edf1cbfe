//! The guard of a service behind the gateway.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::routing::get;
use http_body_util::BodyExt;
use market_api::problem::Problem;
use svc_common::guard::{Guard, request_id};
use svc_common::hosts::PublicHosts;
use svc_common::problem::ApiError;
use tower::ServiceExt;

async fn send(request: axum::http::request::Builder) -> (StatusCode, HeaderMap, String) {
    let router = Router::new()
        .route("/id", get(async || request_id().unwrap_or_default()))
        .route("/bad", get(async || ApiError::out_of_domain("x").with_fault("/x", "y")))
        .route(
            "/page",
            get(async || ([("content-security-policy", "default-src 'self'"), ("vary", "Accept, origin")], "page")),
        );
    let router = Guard::inner(PublicHosts::default(), 3000, 3002).before(router);
    let response = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let text = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
    (parts.status, parts.headers, text)
}

fn ask(path: &str) -> axum::http::request::Builder {
    Request::get(path).header("host", "localhost:3003")
}

#[tokio::test]
async fn an_id_is_kept_if_it_is_one() {
    let (_, headers, text) = send(ask("/id").header("x-request-id", "abc-DEF_123")).await;
    assert_eq!((headers["x-request-id"].to_str().unwrap(), text.as_str()), ("abc-DEF_123", "abc-DEF_123"));
    for bad in ["short", "with space", "<script>", &"x".repeat(65)] {
        let (_, headers, text) = send(ask("/id").header("x-request-id", bad)).await;
        assert_eq!(headers["x-request-id"].to_str().unwrap(), text);
        assert_ne!(text, bad);
        assert_eq!(text.len(), 16);
    }
    assert_eq!(request_id(), None);
}

#[tokio::test]
async fn every_problem_has_its_requests_id() {
    for (path, method, status) in
        [("/bad", "GET", 422), ("/nowhere", "GET", 404), ("/id", "POST", 405), ("/id", "TRACE", 405)]
    {
        let (found, headers, text) = send(ask(path).method(method)).await;
        let problem: Problem = serde_json::from_str(&text).unwrap();
        assert_eq!((found.as_u16(), problem.status), (status, status), "{path}");
        assert_eq!(problem.instance, headers["x-request-id"].to_str().unwrap(), "{path}");
        assert_eq!(headers["content-type"], "application/problem+json");
        assert_eq!(
            headers.get_all("content-length").iter().count(),
            usize::from(headers.contains_key("content-length"))
        );
        if let Some(length) = headers.get("content-length") {
            assert_eq!(length.to_str().unwrap(), text.len().to_string(), "{path}");
        }
    }
    let (_, headers, _) = send(ask("/id").method("POST")).await;
    assert_eq!(headers["allow"], "GET,HEAD");
}

#[tokio::test]
async fn a_host_is_asked_for() {
    for request in [
        Request::get("/id"),
        Request::get("/id").header("host", "evil.example"),
        ask("/id").header("host", "localhost"),
    ] {
        let (status, headers, _) = send(request).await;
        assert_eq!(status, 421);
        assert_eq!(headers["connection"], "close");
    }
}

#[tokio::test]
async fn a_handlers_own_word_stands() {
    let (_, headers, _) = send(ask("/page").header("origin", "http://localhost:3002")).await;
    assert_eq!(headers["content-security-policy"], "default-src 'self'");
    assert_eq!(headers.get_all("vary").iter().count(), 1);
    assert_eq!(headers["access-control-allow-origin"], "http://localhost:3002");
    assert_eq!(headers["cache-control"], "no-store");
}
