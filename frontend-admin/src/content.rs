//! A file as it is sent, made once when the server starts.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use sha2::{Digest, Sha256};

/// Bytes of the digest that a tag shows.
const TAG_BYTES: usize = 12;

/// A file with everything that its answers need.
#[derive(Clone, Debug)]
pub struct Content {
    media_type: &'static str,
    plain: Encoded,
    /// Absent where it would not be shorter.
    gzip: Option<Encoded>,
}

/// One form of a file.
#[derive(Clone, Debug)]
struct Encoded {
    bytes: Bytes,
    tag: HeaderValue,
}

impl Content {
    /// A file of a name, from whose end its type is known; and compressed, if it is worth it.
    pub fn new(name: &str, plain: Bytes, gzip: Option<Bytes>) -> Self {
        let digest = Sha256::digest(&plain);
        let hex = digest.iter().take(TAG_BYTES).fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        Self {
            media_type: media_type(name),
            plain: Encoded::new(plain, &hex),
            gzip: gzip.map(|gzip| Encoded::new(gzip, &format!("{hex}-gzip"))),
        }
    }

    /// The answer to a request with these headers: 304 if the client has it already.
    pub fn answer(&self, request: &HeaderMap) -> Response {
        let gzip = self.gzip.as_ref().filter(|_| takes_gzip(request));
        let sent = gzip.unwrap_or(&self.plain);
        let mut response = if has(request, &sent.tag) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let mut response = Response::new(Body::from(sent.bytes.clone()));
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(self.media_type));
            if gzip.is_some() {
                response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            }
            response
        };
        let headers = response.headers_mut();
        headers.insert(header::ETAG, sent.tag.clone());
        // Kept, but asked for again each time: a page and its modules are always of one release.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
        response
    }
}

impl Encoded {
    fn new(bytes: Bytes, tag: &str) -> Self {
        // Hexadecimal digits always make a header.
        let tag = HeaderValue::from_str(&format!("\"{tag}\"")).unwrap_or(HeaderValue::from_static("\"\""));
        Self { bytes, tag }
    }
}

/// The type of a file, by the end of its name.
pub fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, end)| end) {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    }
}

/// Whether an `Accept-Encoding` names gzip, or everything, without the weight 0.
fn takes_gzip(request: &HeaderMap) -> bool {
    let weight = |parameters: &str| {
        let q = parameters.split(';').find_map(|parameter| parameter.trim().strip_prefix("q="));
        q.map_or(Some(1.0), |q| q.trim().parse::<f32>().ok()).unwrap_or(0.0)
    };
    let named = |name: &str| {
        let values = request.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).find_map(|coding| {
            let (coding, parameters) = coding.split_once(';').unwrap_or((coding, ""));
            coding.trim().eq_ignore_ascii_case(name).then(|| weight(parameters) > 0.0)
        })
    };
    named("gzip").or_else(|| named("*")).unwrap_or(false)
}

/// Whether an `If-None-Match` names the tag.
fn has(request: &HeaderMap, tag: &HeaderValue) -> bool {
    let values = request.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|held| {
        let held = held.trim();
        held == "*" || held.strip_prefix("W/").unwrap_or(held).as_bytes() == tag.as_bytes()
    })
}
