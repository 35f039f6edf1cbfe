//! The grammar of a chunked body, followed byte by byte: to refuse what is malformed, and to know where it ends.

/// The longest chunk extension, and the longest trailers, in bytes of one body.
const MAX_EXTRA_BYTES: usize = 4096;
/// Hexadecimal digits of a chunk's size.
const MAX_SIZE_DIGITS: u8 = 15;

/// A chunked body that can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed;

/// How far a chunked body has come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chunks {
    at: At,
    size: u64,
    extra: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// After so many digits of a size.
    Size(u8),
    Extension,
    SizeLf,
    Data,
    DataCr,
    DataLf,
    LineStart,
    Trailer,
    TrailerLf,
    LastLf,
    End,
}

impl Chunks {
    pub(super) fn new() -> Self {
        Self { at: At::Size(0), size: 0, extra: 0 }
    }

    /// Whether the body is over.
    pub(super) fn has_ended(&self) -> bool {
        self.at == At::End
    }

    /// Follows these bytes, and says how many of them are the body's: all, unless it ends before.
    pub(super) fn follow(&mut self, bytes: &[u8]) -> Result<usize, Malformed> {
        let mut done = 0;
        while let Some(rest) = bytes.get(done..).filter(|rest| !rest.is_empty() && !self.has_ended()) {
            if self.at == At::Data {
                let step = usize::try_from(self.size).unwrap_or(usize::MAX).min(rest.len());
                self.size -= step as u64;
                done += step;
                if self.size == 0 {
                    self.at = At::DataCr;
                }
            } else {
                self.at = self.step(rest.first().copied().ok_or(Malformed)?)?;
                done += 1;
            }
        }
        Ok(done)
    }

    fn step(&mut self, byte: u8) -> Result<At, Malformed> {
        Ok(match (self.at, byte) {
            (At::Size(digits), b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') if digits < MAX_SIZE_DIGITS => {
                let digit = (byte as char).to_digit(16).ok_or(Malformed)?;
                self.size = self.size * 16 + u64::from(digit);
                At::Size(digits + 1)
            }
            (At::Size(1..) | At::Extension, b'\r') => At::SizeLf,
            (At::Size(1..), b';') => At::Extension,
            (At::Extension, b'\t' | b' '..=b'~' | 0x80..) => self.spend(At::Extension)?,
            (At::SizeLf, b'\n') if self.size == 0 => At::LineStart,
            (At::SizeLf, b'\n') => At::Data,
            (At::DataCr, b'\r') => At::DataLf,
            (At::DataLf, b'\n') => At::Size(0),
            (At::LineStart, b'\r') => At::LastLf,
            (At::Trailer, b'\r') => At::TrailerLf,
            (At::LineStart, b'!'..=b'9' | b';'..=b'~') | (At::Trailer, b'\t' | b' '..=b'~' | 0x80..) => {
                self.spend(At::Trailer)?
            }
            (At::TrailerLf, b'\n') => At::LineStart,
            (At::LastLf, b'\n') => At::End,
            _ => return Err(Malformed),
        })
    }

    fn spend(&mut self, next: At) -> Result<At, Malformed> {
        self.extra += 1;
        if self.extra > MAX_EXTRA_BYTES { Err(Malformed) } else { Ok(next) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Follows a body in one piece and byte by byte, which must not differ.
    #[track_caller]
    fn check(body: &str, expected: Result<usize, Malformed>) {
        let mut chunks = Chunks::new();
        assert_eq!(chunks.follow(body.as_bytes()), expected, "{body:?}");
        let ended = chunks.has_ended();
        let mut chunks = Chunks::new();
        let pieces: Result<usize, Malformed> = body.bytes().map(|byte| chunks.follow(&[byte])).sum();
        assert_eq!((pieces, chunks.has_ended() && expected.is_ok()), (expected, ended && expected.is_ok()), "{body:?}");
    }

    #[test]
    fn a_body_ends_where_it_ends() {
        check("0\r\n\r\n", Ok(5));
        check("0\r\n\r\nGET /", Ok(5));
        check("5\r\nhello\r\n0\r\n\r\n", Ok(15));
        check("00A;x=\"y\"\r\n0123456789\r\n0\r\nDigest: 1\r\n\r\nrest", Ok(43 - 4));
        check("5\r\nhel", Ok(6));
    }

    #[test]
    fn what_is_malformed_is_refused() {
        for body in [
            "\r\n",
            "x\r\n",
            "-1\r\n",
            "+1\r\n",
            "0x1\r\n",
            "1 \r\n",
            " 1\r\n",
            "1\n",
            "1\rx",
            "1\r\na\n",
            "1\r\nab\r\n",
            "1\r\na\rx",
            "1;\n",
            "1;a\0\r\n",
            "0\r\n\n",
            "0\r\nA: b\n",
            "0\r\n A: b\r\n",
            "0\r\n: b\r\n",
            "0\r\nA: b\rx",
            "1000000000000000\r\n",
            "\0\r\n",
        ] {
            check(body, Err(Malformed));
        }
        check(&format!("1;{}\r\n", "x".repeat(MAX_EXTRA_BYTES + 1)), Err(Malformed));
    }
}
