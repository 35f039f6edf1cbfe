//! What a service answers when it can't do what was asked: RFC 9457 problems.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use market_api::problem::{Fault, Problem};

use crate::guard::request_id;

/// The media type of a problem.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// An error's answer: a problem, and the headers that go with its status.
///
/// ```
/// use svc_common::problem::ApiError;
/// let error = ApiError::out_of_domain("sigma = -1 is outside [0, 100]").with_fault("/body/sigma", "is negative");
/// assert_eq!((error.problem().status, error.problem().errors.len()), (422, 1));
/// ```
#[derive(Clone, Debug)]
pub struct ApiError {
    problem: Box<Problem>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl ApiError {
    /// A problem of a kind that none of the constructors below names.
    pub fn new(slug: &str, title: &str, status: StatusCode, detail: impl Into<String>) -> Self {
        Self { problem: Box::new(Problem::new(slug, title, status.as_u16(), detail)), headers: Vec::new() }
    }

    /// 400: the request can't be read.
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::new("malformed", "Malformed", StatusCode::BAD_REQUEST, detail)
    }

    /// 401: no token, or one that isn't good.
    pub fn unauthorized(detail: impl Into<String>) -> Self {
        Self::new("unauthorized", "Unauthorized", StatusCode::UNAUTHORIZED, detail)
            .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    }

    /// 403: a good token that doesn't allow this.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new("forbidden", "Forbidden", StatusCode::FORBIDDEN, detail)
    }

    /// 404: nothing is there.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new("not-found", "Not found", StatusCode::NOT_FOUND, detail)
    }

    /// 404: no such instrument.
    pub fn unknown_instrument(id: &str) -> Self {
        let detail = format!("instrument = {:?} is not one of this market's", id.chars().take(80).collect::<String>());
        Self::new("unknown-instrument", "Unknown instrument", StatusCode::NOT_FOUND, detail)
    }

    /// 405: the path has other methods.
    pub fn method_not_allowed() -> Self {
        let detail = "the path doesn't take this method";
        Self::new("method-not-allowed", "Method not allowed", StatusCode::METHOD_NOT_ALLOWED, detail)
    }

    /// 408: the request didn't arrive in time.
    pub fn timed_out(detail: impl Into<String>) -> Self {
        Self::new("timed-out", "Timed out", StatusCode::REQUEST_TIMEOUT, detail)
    }

    /// 409: what is there contradicts the request.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new("conflict", "Conflict", StatusCode::CONFLICT, detail)
    }

    /// 412: something else is meant than what is here.
    pub fn precondition(detail: impl Into<String>) -> Self {
        Self::new("precondition-failed", "Precondition failed", StatusCode::PRECONDITION_FAILED, detail)
    }

    /// 413: a body beyond the limit.
    pub fn too_large(detail: impl Into<String>) -> Self {
        Self::new("too-large", "Too large", StatusCode::PAYLOAD_TOO_LARGE, detail)
    }

    /// 415: a body that isn't JSON.
    pub fn unsupported_media_type() -> Self {
        let detail = "the body must be of type application/json";
        Self::new("unsupported-media-type", "Unsupported media type", StatusCode::UNSUPPORTED_MEDIA_TYPE, detail)
    }

    /// 417: an expectation other than `100-continue`.
    pub fn expectation_failed() -> Self {
        let detail = "the only expectation that can be met is 100-continue";
        Self::new("expectation-failed", "Expectation failed", StatusCode::EXPECTATION_FAILED, detail)
    }

    /// 421: the request was meant for another host.
    pub fn misdirected(detail: impl Into<String>) -> Self {
        Self::new("misdirected", "Misdirected request", StatusCode::MISDIRECTED_REQUEST, detail)
    }

    /// 422: a value outside its domain.
    pub fn out_of_domain(detail: impl Into<String>) -> Self {
        Self::new("out-of-domain", "Out of domain", StatusCode::UNPROCESSABLE_ENTITY, detail)
    }

    /// 429: too many requests; come back after these seconds.
    pub fn too_many(detail: impl Into<String>, seconds: u32) -> Self {
        Self::new("too-many-requests", "Too many requests", StatusCode::TOO_MANY_REQUESTS, detail).retry_after(seconds)
    }

    /// 431: a head beyond the limits.
    pub fn head_too_large(detail: impl Into<String>) -> Self {
        Self::new("head-too-large", "Head too large", StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, detail)
    }

    /// 503: full just now; a second later it may not be.
    pub fn busy(detail: impl Into<String>) -> Self {
        Self::new("busy", "Busy", StatusCode::SERVICE_UNAVAILABLE, detail).retry_after(1)
    }

    /// 503: it has stopped, or is stopping.
    pub fn stopped(detail: impl Into<String>) -> Self {
        Self::new("stopped", "Stopped", StatusCode::SERVICE_UNAVAILABLE, detail)
    }

    /// 500: a fault of ours. Its cause belongs in the log, never in the answer.
    pub fn internal() -> Self {
        let detail = "something failed inside; the log has it under this request's id";
        Self::new("internal", "Internal error", StatusCode::INTERNAL_SERVER_ERROR, detail)
    }

    /// 502: the service behind this one didn't answer properly.
    pub fn bad_gateway(detail: impl Into<String>) -> Self {
        Self::new("bad-gateway", "Bad gateway", StatusCode::BAD_GATEWAY, detail).retry_after(1)
    }

    /// 504: the service behind this one didn't answer in time.
    pub fn gateway_timeout(detail: impl Into<String>) -> Self {
        Self::new("gateway-timeout", "Gateway timeout", StatusCode::GATEWAY_TIMEOUT, detail)
    }

    /// Adds where in the body it was wrong: a JSON pointer such as `/body/sigma`.
    #[must_use]
    pub fn with_fault(mut self, pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        self.problem.errors.push(Fault { pointer: pointer.into(), detail: detail.into() });
        self
    }

    /// Adds `Retry-After`.
    #[must_use]
    pub fn retry_after(self, seconds: u32) -> Self {
        self.with_header(header::RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The problem as it will be sent, but for its instance.
    pub fn problem(&self) -> &Problem {
        &self.problem
    }
}

impl IntoResponse for ApiError {
    fn into_response(mut self) -> Response<Body> {
        if self.problem.instance.is_empty() {
            self.problem.instance = request_id().unwrap_or_default();
        }
        // A struct of strings and numbers always has a JSON form.
        let body = serde_json::to_vec(&self.problem).unwrap_or_default();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        response.headers_mut().extend(self.headers);
        response
    }
}
