//! What is answered.

use axum::body::Body;
use axum::http::{Request, Response, StatusCode, header};
use frontend_admin::{Config, app};
use http_body_util::BodyExt;
use svc_common::hosts::PublicHosts;
use tower::ServiceExt;

async fn send(request: axum::http::request::Builder) -> Response<Body> {
    let config = Config { hosts: PublicHosts::default(), gateway_port: 22000, dashboard_port: 22002 };
    app(&config).oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

fn get(path: &str) -> axum::http::request::Builder {
    Request::get(path).header(header::HOST, "localhost:22002")
}

async fn text(response: Response<Body>) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

#[track_caller]
fn has(response: &Response<Body>, name: &str, value: &str) {
    assert_eq!(response.headers().get(name).and_then(|value| value.to_str().ok()), Some(value), "{name}");
}

#[tokio::test]
async fn pages_say_what_they_may_reach() {
    for path in ["/dashboard/", "/dashboard/admin"] {
        let response = send(get(path)).await;
        assert_eq!(response.status(), StatusCode::OK);
        has(&response, "content-type", "text/html; charset=utf-8");
        has(&response, "cache-control", "no-cache");
        has(&response, "x-content-type-options", "nosniff");
        has(&response, "referrer-policy", "no-referrer");
        has(&response, "cross-origin-opener-policy", "same-origin");
        has(
            &response,
            "content-security-policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
             connect-src 'self' http://localhost:22000 ws://localhost:22000 http://127.0.0.1:22000 \
             ws://127.0.0.1:22000; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
             require-trusted-types-for 'script'; trusted-types 'none'",
        );
        let page = text(response).await;
        assert!(page.contains("<meta name=\"gateway-port\" content=\"22000\" data-from=\""), "{page}");
        assert!(page.contains("<link rel=\"modulepreload\" href=\"static/vendor/preact.mjs\">"), "{page}");
        assert!(!page.contains("{{"), "{page}");
    }
}

#[tokio::test]
async fn other_spellings_lead_to_the_pages() {
    for (path, location) in
        [("/", "/dashboard/"), ("/dashboard", "/dashboard/"), ("/dashboard/admin/", "/dashboard/admin")]
    {
        let response = send(get(path)).await;
        assert_eq!(response.status(), StatusCode::PERMANENT_REDIRECT, "{path}");
        has(&response, "location", location);
    }
}

#[tokio::test]
async fn a_file_that_is_held_already_is_not_sent_again() {
    let path = "/dashboard/static/js/trade.js";
    let plain = send(get(path)).await;
    has(&plain, "content-type", "text/javascript; charset=utf-8");
    assert!(plain.headers().get(header::CONTENT_ENCODING).is_none());
    let tag = plain.headers()[header::ETAG].clone();
    let plain = text(plain).await;

    let again = send(get(path).header(header::IF_NONE_MATCH, tag.clone())).await;
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(again.headers()[header::ETAG], tag);
    assert!(text(again).await.is_empty());

    let gzip =
        send(get(path).header(header::ACCEPT_ENCODING, "br, gzip;q=0.5").header(header::IF_NONE_MATCH, tag)).await;
    assert_eq!(gzip.status(), StatusCode::OK);
    has(&gzip, "content-encoding", "gzip");
    let bytes = gzip.into_body().collect().await.unwrap().to_bytes();
    let mut unpacked = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&bytes[..]), &mut unpacked).unwrap();
    assert_eq!(unpacked, plain);

    let refused = send(get(path).header(header::ACCEPT_ENCODING, "*, gzip;q=0")).await;
    assert!(refused.headers().get(header::CONTENT_ENCODING).is_none());
}

#[tokio::test]
async fn what_is_not_there_is_a_problem() {
    for path in [
        "/dashboard/static/none.js",
        "/dashboard/static/js/core/view.js",
        "/dashboard/static/trade.html",
        "/dashboard/static/../Cargo.toml",
        "/x",
    ] {
        let response = send(get(path)).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        has(&response, "content-type", "application/problem+json");
    }
    let response = send(Request::post("/dashboard/").header(header::HOST, "localhost:22002")).await;
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    has(&response, "content-type", "application/problem+json");
    let response = send(Request::get("/dashboard/").header(header::HOST, "evil.example")).await;
    assert_eq!(response.status(), StatusCode::MISDIRECTED_REQUEST);
}

#[tokio::test]
async fn it_is_alive_and_ready_and_answers_heads() {
    for path in ["/livez", "/readyz"] {
        assert_eq!(send(get(path)).await.status(), StatusCode::OK, "{path}");
    }
    let head = send(Request::head("/dashboard/").header(header::HOST, "localhost")).await;
    assert_eq!(head.status(), StatusCode::OK);
    assert!(text(head).await.is_empty());
}
