//! What is asked of a request.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, header};

use super::{REQUEST_ID, Rules};
use crate::problem::ApiError;
use crate::random;

/// A new request's id, unique in this process and hardly found again in another.
pub(crate) fn new_id() -> Arc<str> {
    static FIRST: OnceLock<u64> = OnceLock::new();
    static COUNT: AtomicU64 = AtomicU64::new(0);
    // Without random bits ids are still unique here, and they guard nothing.
    let first = FIRST.get_or_init(|| random::bytes().map_or(0, u64::from_le_bytes));
    format!("{:016x}", first.wrapping_add(COUNT.fetch_add(1, Ordering::Relaxed))).into()
}

/// The request's own id if it may keep it, else a new one; and the same as a header.
pub(super) fn take_id(headers: &HeaderMap, outermost: bool) -> (Arc<str>, HeaderValue) {
    let given = headers.get(REQUEST_ID).filter(|_| !outermost);
    if let Some(id) = given.and_then(|value| value.to_str().ok()).filter(|id| is_well_formed(id)) {
        return (id.into(), given.cloned().unwrap_or(HeaderValue::from_static("")));
    }
    let id = new_id();
    let header = HeaderValue::from_str(&id).unwrap_or(HeaderValue::from_static(""));
    (id, header)
}

fn is_well_formed(id: &str) -> bool {
    (8..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// The request's origin, if it names one; an error unless method, host and origin are such as we serve.
pub(super) fn admit(rules: &Rules, request: &Request) -> Result<Option<HeaderValue>, ApiError> {
    if [Method::TRACE, Method::CONNECT].contains(request.method()) {
        return Err(ApiError::method_not_allowed());
    }
    let host = only(request.headers(), &header::HOST)
        .map_err(|()| ApiError::misdirected("there is more than one Host header"))?
        .ok_or_else(|| ApiError::misdirected("there is no Host header"))?;
    let host = host.to_str().ok().filter(|host| rules.hosts.allows_host(host));
    let host = host.ok_or_else(|| ApiError::misdirected("Host is not one of the public hosts"))?;
    if request.uri().authority().is_some_and(|authority| !authority.as_str().eq_ignore_ascii_case(host)) {
        return Err(ApiError::malformed("the request's target and its Host header name different hosts"));
    }
    let origin = only(request.headers(), &header::ORIGIN)
        .map_err(|()| ApiError::forbidden("there is more than one Origin header"))?;
    match origin {
        Some(origin) if !rules.origins.iter().any(|ours| ours.as_bytes() == origin.as_bytes()) => {
            Err(ApiError::forbidden("Origin is not one of the system's own"))
        }
        origin => Ok(origin.cloned()),
    }
}

/// The one value of a header; an error if there are several.
fn only<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Result<Option<&'a HeaderValue>, ()> {
    let mut values = headers.get_all(name).iter();
    let value = values.next();
    if values.next().is_some() { Err(()) } else { Ok(value) }
}

/// Whether a browser asks what it may ask.
pub(super) fn is_preflight(request: &Request) -> bool {
    request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}
