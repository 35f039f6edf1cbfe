//! JSON bodies, read whole, or refused with the place of the fault.

use std::fmt::Write;
use std::time::Duration;

use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};

use crate::problem::ApiError;

/// The largest JSON body, 64 KiB.
pub const MAX_BODY_BYTES: usize = 64 << 10;

/// The largest JSON body that holds a text of 64 KiB, however its sender escapes newlines and letters, 256 KiB.
pub const MAX_TEXT_BODY_BYTES: usize = 256 << 10;

/// The largest journal that is sent to be replayed, 64 MiB: what a live session's may grow to before it is rewritten.
pub const MAX_JOURNAL_BODY_BYTES: usize = 64 << 20;

/// How long a body may take from its first byte to its last.
const BODY_TIME: Duration = Duration::from_secs(30);

/// A JSON body of at most so many bytes as an extractor's result.
#[derive(Clone, Copy, Debug)]
pub struct Body<T, const LIMIT: usize = MAX_BODY_BYTES>(pub T);

impl<T: DeserializeOwned, S: Send + Sync, const LIMIT: usize> FromRequest<S> for Body<T, LIMIT> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        if !is_json(request.headers()) {
            return Err(ApiError::unsupported_media_type());
        }
        let bytes = read(request.into_body(), LIMIT).await?;
        if bytes.is_empty() {
            return Err(ApiError::malformed("the body is empty").with_fault("", "is empty"));
        }
        parse(&bytes).map(Self)
    }
}

/// The whole body, if it isn't larger than the limit.
///
/// # Errors
/// 413 if it is larger, 400 if it ends early or isn't framed well, 408 if it takes more than half a minute.
pub async fn read(body: axum::body::Body, limit: usize) -> Result<bytes::Bytes, ApiError> {
    let read = tokio::time::timeout(BODY_TIME, to_bytes(body, limit)).await;
    let read = read.map_err(|_| ApiError::timed_out("the body did not arrive in time"))?;
    read.map_err(|error| {
        let mut cause: Option<&dyn std::error::Error> = Some(&error);
        while let Some(error) = cause {
            if error.is::<http_body_util::LengthLimitError>() {
                return ApiError::too_large(format!("the body is larger than {limit} bytes"));
            }
            cause = error.source();
        }
        ApiError::malformed("the body ended early, or its chunks are malformed")
    })
}

/// Exactly one `Content-Type`, and it is JSON; parameters such as a charset are let be.
fn is_json(headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(first), None) = (types.next(), types.next()) else { return false };
    let Ok(text) = first.to_str() else { return false };
    text.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    // A list of a struct's values would be read as the struct.
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        let reason = "a list, where an object is expected";
        return Err(ApiError::malformed(format!("the body can't be read: {reason}")).with_fault("", reason));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let pointer = pointer(error.path());
        let reason = error.into_inner().to_string();
        ApiError::malformed(format!("the body can't be read: {reason}")).with_fault(pointer, reason)
    })?;
    deserializer.end().map_err(|error| {
        let reason = error.to_string();
        ApiError::malformed(format!("the body can't be read: {reason}")).with_fault("", reason)
    })?;
    Ok(value)
}

/// A path as a JSON pointer (RFC 6901).
fn pointer(path: &Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => drop(write!(pointer, "/{index}")),
            Segment::Map { key } => drop(write!(pointer, "/{}", key.replace('~', "~0").replace('/', "~1"))),
            // A variant is its tag's business, and a place that isn't known is its parent's.
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    pointer
}
