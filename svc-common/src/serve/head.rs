//! A request's head, read strictly: whatever two readers could understand differently is refused.

use axum::http::Uri;

use super::MAX_HEADERS;
use crate::problem::ApiError;

/// How a request's body is delimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// By its length, which may be zero.
    Length(u64),
    /// By chunks.
    Chunked,
}

/// What has to be known of a head to find what follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// The body.
    pub(super) framing: Framing,
    /// Whether it asks for another protocol in a way that can be granted: by GET, without a body.
    pub(super) asks_upgrade: bool,
}

/// The search for a head's end, as its bytes come in.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Scan {
    at: usize,
    line_start: usize,
    lines: usize,
}

impl Scan {
    /// The head's length, once all of it is there. `bytes` begin with the head and grow from call to call.
    pub(super) fn end(&mut self, bytes: &[u8], limit: usize) -> Result<Option<usize>, ApiError> {
        while let Some(ahead) = bytes.iter().skip(self.at).position(|byte| matches!(byte, b'\r' | b'\n')) {
            self.at += ahead;
            match bytes.get(self.at..self.at + 2) {
                Some(b"\r\n") => {}
                None if bytes.get(self.at) == Some(&b'\r') => break,
                _ => return Err(ApiError::malformed("a line of the head doesn't end with CR LF")),
            }
            let line = bytes.get(self.line_start..self.at).unwrap_or_default();
            self.at += 2;
            self.line_start = self.at;
            if line.is_empty() && self.lines > 0 {
                return if self.at > limit { Err(too_large(limit)) } else { Ok(Some(self.at)) };
            }
            self.check(line)?;
            self.lines += 1;
        }
        if !bytes.get(self.at..).unwrap_or_default().starts_with(b"\r") {
            self.at = bytes.len();
        }
        if bytes.len() > limit { Err(too_large(limit)) } else { Ok(None) }
    }

    fn check(&self, line: &[u8]) -> Result<(), ApiError> {
        match (self.lines, line.first()) {
            (0, _) if line.ends_with(b" HTTP/1.1") || line.ends_with(b" HTTP/1.0") => Ok(()),
            (0, _) => Err(ApiError::malformed("the request line is not one of HTTP/1.1")),
            (_, Some(b' ' | b'\t')) => Err(ApiError::malformed("a header continues on a second line")),
            (lines, _) if lines > MAX_HEADERS => {
                Err(ApiError::head_too_large(format!("there are more than {MAX_HEADERS} headers")))
            }
            _ => Ok(()),
        }
    }
}

fn too_large(limit: usize) -> ApiError {
    ApiError::head_too_large(format!("the head is larger than {limit} bytes"))
}

/// Reads a whole head.
pub(super) fn inspect(bytes: &[u8]) -> Result<Head, ApiError> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(bytes) {
        Ok(httparse::Status::Complete(length)) if length == bytes.len() => {}
        Ok(_) => return Err(ApiError::malformed("the head is malformed")),
        Err(error) => return Err(ApiError::malformed(format!("the head is malformed: {error}"))),
    }
    let (Some(method), Some(target)) = (request.method, request.path) else {
        return Err(ApiError::malformed("the head is malformed"));
    };
    if method == "CONNECT" {
        return Err(ApiError::method_not_allowed());
    }
    // A fragment is the client's own affair; and the target must be one that everything behind us can read.
    if target.contains('#') || target.parse::<Uri>().is_err() {
        return Err(ApiError::malformed("the request's target is malformed"));
    }
    let is_http_11 = request.version == Some(1);
    let mut found = Found::default();
    for header in request.headers.iter() {
        found.add(header.name, header.value, is_http_11)?;
    }
    let framing = found.framing()?;
    let asks_upgrade = found.upgrade && method == "GET" && is_http_11 && framing == Framing::Length(0);
    Ok(Head { framing, asks_upgrade })
}

/// The headers that decide where a request ends, and whom it is for.
#[derive(Default)]
struct Found {
    hosts: usize,
    length: Option<u64>,
    chunked: bool,
    upgrade: bool,
}

impl Found {
    fn add(&mut self, name: &str, value: &[u8], is_http_11: bool) -> Result<(), ApiError> {
        if name.eq_ignore_ascii_case("host") {
            self.hosts += 1;
        } else if name.eq_ignore_ascii_case("upgrade") {
            self.upgrade = true;
        } else if name.eq_ignore_ascii_case("content-length") {
            let length = parse_length(value).ok_or_else(|| ApiError::malformed("Content-Length is malformed"))?;
            if self.length.replace(length).is_some() {
                return Err(ApiError::malformed("there is more than one Content-Length"));
            }
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            if self.chunked || !is_http_11 || !value.eq_ignore_ascii_case(b"chunked") {
                return Err(ApiError::malformed("Transfer-Encoding can only be chunked, once, in HTTP/1.1"));
            }
            self.chunked = true;
        }
        Ok(())
    }

    fn framing(&self) -> Result<Framing, ApiError> {
        match self {
            Self { hosts: 0, .. } => Err(ApiError::malformed("there is no Host header")),
            Self { hosts: 2.., .. } => Err(ApiError::malformed("there is more than one Host header")),
            Self { chunked: true, length: Some(_), .. } => {
                Err(ApiError::malformed("there are both Content-Length and Transfer-Encoding"))
            }
            Self { chunked: true, .. } => Ok(Framing::Chunked),
            Self { length, .. } => Ok(Framing::Length(length.unwrap_or(0))),
        }
    }
}

/// Digits alone, of a length that no limit of ours reaches and nobody's integer overflows.
fn parse_length(value: &[u8]) -> Option<u64> {
    if value.is_empty() || value.len() > 18 || !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(value).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: usize = 1000;

    /// Reads a head in one piece and byte by byte, which must not differ.
    #[track_caller]
    fn read(text: &str) -> Result<Head, u16> {
        let bytes = text.as_bytes();
        let whole = |bytes: &[u8], scan: &mut Scan| {
            scan.end(bytes, LIMIT).and_then(|end| end.map(|end| inspect(&bytes[..end])).transpose())
        };
        let at_once = whole(bytes, &mut Scan::default()).map_err(|error| error.problem().status);
        let mut scan = Scan::default();
        let pieces = (1..=bytes.len()).find_map(|length| whole(&bytes[..length], &mut scan).transpose());
        assert_eq!(pieces.transpose().map_err(|error| error.problem().status), at_once, "{text:?}");
        at_once.map(|head| head.expect("a whole head"))
    }

    #[track_caller]
    fn check(lines: &str, expected: Result<Framing, u16>) {
        assert_eq!(read(&format!("POST /x HTTP/1.1\r\n{lines}\r\n")).map(|head| head.framing), expected, "{lines:?}");
    }

    #[test]
    fn a_body_has_one_measure() {
        check("Host: a\r\n", Ok(Framing::Length(0)));
        check("Host: a\r\ncontent-length: 12\r\n", Ok(Framing::Length(12)));
        check("Host: a\r\nTransfer-Encoding: Chunked\r\n", Ok(Framing::Chunked));
        for lines in [
            "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
            "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n",
            "Content-Length: 1\r\nContent-Length: 1\r\n",
            "Content-Length: 1\r\nContent-Length: 2\r\n",
            "Content-Length: 1, 1\r\n",
            "Content-Length: +1\r\n",
            "Content-Length: -1\r\n",
            "Content-Length: 0x1\r\n",
            "Content-Length:\r\n",
            "Content-Length: 9999999999999999999\r\n",
            "Transfer-Encoding: xchunked\r\n",
            "Transfer-Encoding: gzip, chunked\r\n",
            "Transfer-Encoding: chunked, identity\r\n",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
            "Transfer-Encoding: \x0bchunked\r\n",
            "Transfer-Encoding:\r\n",
        ] {
            check(&format!("Host: a\r\n{lines}"), Err(400));
        }
    }

    #[test]
    fn a_head_has_one_reading() {
        check("", Err(400));
        check("Host: a\r\nHost: a\r\n", Err(400));
        check("Host: a\r\nX: 1\r\n 2\r\n", Err(400));
        check("Host: a\r\nX : 1\r\n", Err(400));
        check("Host: a\r\nX\r\n", Err(400));
        check("Host: a\nX: 1\r\n", Err(400));
        check("Host: a\rX: 1\r\n", Err(400));
        check("Host: a\r\nX: a\0b\r\n", Err(400));
        check("Host: a\r\n: b\r\n", Err(400));
        check(&format!("Host: a\r\nX: {}\r\n", "x".repeat(LIMIT)), Err(431));
    }

    #[test]
    fn the_first_line_is_one_of_http_1() {
        for line in [
            "GET /",
            "GET / HTTP/0.9",
            "GET / HTTP/2.0",
            "GET  / HTTP/1.1",
            "GET / HTTP/1.1 ",
            " GET / HTTP/1.1",
            "PRI * HTTP/2.0",
            "GET /a#b HTTP/1.1",
            "GET /\u{7f} HTTP/1.1",
            "GE(T / HTTP/1.1",
        ] {
            assert_eq!(read(&format!("{line}\r\nHost: a\r\n\r\n")), Err(400), "{line:?}");
        }
        assert_eq!(read("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n"), Err(405));
        assert!(read("GET http://a/b HTTP/1.0\r\nHost: a\r\n\r\n").is_ok());
    }

    #[test]
    fn headers_are_counted() {
        let lines = |count: usize| format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", "a:1\r\n".repeat(count - 1));
        assert!(read(&lines(MAX_HEADERS)).is_ok());
        assert_eq!(read(&lines(MAX_HEADERS + 1)), Err(431));
    }

    #[test]
    fn only_a_bare_get_can_change_the_protocol() {
        let asks = |text: &str| read(text).unwrap().asks_upgrade;
        assert!(asks("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n"));
        assert!(!asks("POST / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n"));
        assert!(!asks("GET / HTTP/1.0\r\nHost: a\r\nUpgrade: websocket\r\n\r\n"));
        assert!(!asks("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nContent-Length: 1\r\n\r\n"));
    }
}
