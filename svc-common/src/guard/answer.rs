//! What every answer has.

use axum::body::HttpBody;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::REQUEST_ID;
use crate::problem::ApiError;

/// What holds for every answer, whatever its handler says.
const ALWAYS: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// What holds unless the handler says something else.
const UNLESS_SAID: [(HeaderName, &str); 2] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
];

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PUT, DELETE");
const HEADERS: HeaderValue = HeaderValue::from_static("authorization, content-type, idempotency-key, x-request-id");
const EXPOSED: HeaderValue = HeaderValue::from_static("x-request-id, retry-after");
/// How long a browser may remember the answer to a preflight, seconds.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

/// The answer to a preflight, but for the origin.
pub(super) fn preflight() -> Response {
    let headers = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, METHODS),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS),
        (header::ACCESS_CONTROL_MAX_AGE, MAX_AGE),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

/// The same response; but the router's own 404 and 405, which say nothing, become problems.
pub(super) fn named(mut response: Response) -> Response {
    let says_nothing = !response.headers().contains_key(header::CONTENT_TYPE) && response.body().is_end_stream();
    let error = match response.status() {
        StatusCode::NOT_FOUND if says_nothing => ApiError::not_found("no such path"),
        StatusCode::METHOD_NOT_ALLOWED if says_nothing => ApiError::method_not_allowed(),
        _ => return response,
    };
    let problem = error.into_response();
    response.headers_mut().remove(header::CONTENT_LENGTH);
    response.headers_mut().extend(problem.headers().clone());
    response.map(|_| problem.into_body())
}

/// Adds the headers that every answer has, and those that let a page of ours read it.
pub(super) fn finish(headers: &mut HeaderMap, id: HeaderValue, origin: Option<HeaderValue>) {
    harden(headers);
    headers.insert(REQUEST_ID, id);
    let varies = headers.get_all(header::VARY).iter().any(|value| {
        value.to_str().is_ok_and(|names| names.split(',').any(|name| name.trim().eq_ignore_ascii_case("origin")))
    });
    if !varies {
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
    }
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
}

/// Adds the headers that keep a browser from doing with an answer what it wasn't made for.
pub(crate) fn harden(headers: &mut HeaderMap) {
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    for (name, value) in UNLESS_SAID {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}
