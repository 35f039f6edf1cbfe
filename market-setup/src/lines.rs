//! Text by lines, counted, each of a bounded length.

use std::io::{self, BufRead, BufReader, Read};

/// The longest line that is read.
pub const MAX_LINE_BYTES: u64 = 1 << 16;

/// Gives a text to its reader one line at a time, so that the line a reader stands on is known; line ends become `\n`
/// and blank lines are passed over.
#[derive(Debug)]
pub struct Lines<R> {
    reader: BufReader<R>,
    line: Vec<u8>,
    given: usize,
    number: usize,
}

impl<R: Read> Lines<R> {
    /// A text's lines.
    pub fn new(reader: R) -> Self {
        Self { reader: BufReader::new(reader), line: Vec::new(), given: 0, number: 0 }
    }

    /// The number of the line given last, from 1.
    pub fn number(&self) -> usize {
        self.number
    }

    /// The next line that isn't blank, without its end; `None` after the last.
    ///
    /// # Errors
    /// Those of the reader, and `InvalidData` for a line longer than [`MAX_LINE_BYTES`].
    pub fn next_line(&mut self) -> io::Result<Option<&[u8]>> {
        loop {
            self.line.clear();
            self.number += 1;
            let limit = MAX_LINE_BYTES + 1;
            let read = (&mut self.reader).take(limit).read_until(b'\n', &mut self.line)?;
            if read == 0 {
                return Ok(None);
            }
            if read as u64 == limit {
                self.line.clear();
                return Err(io::Error::new(io::ErrorKind::InvalidData, format!("longer than {MAX_LINE_BYTES} bytes")));
            }
            while matches!(self.line.last(), Some(b'\n' | b'\r')) {
                self.line.pop();
            }
            if !self.line.iter().all(u8::is_ascii_whitespace) {
                return Ok(Some(&self.line));
            }
        }
    }
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given == self.line.len() {
            self.given = 0;
            if self.next_line()?.is_none() {
                return Ok(0);
            }
            self.line.push(b'\n');
        }
        let length = buffer.len().min(self.line.len() - self.given);
        buffer[..length].copy_from_slice(&self.line[self.given..self.given + length]);
        self.given += length;
        Ok(length)
    }
}
