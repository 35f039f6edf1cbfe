//! ChaCha8 with a 64-bit counter and a 64-bit stream (Bernstein 2008), written from the specification.

use crate::source::Stream;

/// The noise words of one stream.
pub(super) struct Words {
    start: [u32; 16],
    counter: Option<u64>,
    block: [u32; 16],
}

impl Words {
    pub(super) fn new(seed: u64, Stream { asset, path }: Stream) -> Self {
        let mut start = [0; 16];
        for (word, text) in start.iter_mut().zip([b"expa", b"nd 3", b"2-by", b"te k"]) {
            *word = u32::from_le_bytes(*text);
        }
        (start[4], start[5]) = halves(seed);
        (start[14], start[15]) = halves(u64::from(asset) << 40 | path);
        Self { start, counter: None, block: [0; 16] }
    }

    pub(super) fn at(&mut self, index: u64) -> u64 {
        if self.counter != Some(index / 8) {
            (self.start[12], self.start[13]) = halves(index / 8);
            self.counter = Some(index / 8);
            self.block = self.start;
            for _ in 0..4 {
                for [a, b, c, d] in [[0, 4, 8, 12], [1, 5, 9, 13], [2, 6, 10, 14], [3, 7, 11, 15]] {
                    self.quarter_round(a, b, c, d);
                }
                for [a, b, c, d] in [[0, 5, 10, 15], [1, 6, 11, 12], [2, 7, 8, 13], [3, 4, 9, 14]] {
                    self.quarter_round(a, b, c, d);
                }
            }
            for (word, start) in self.block.iter_mut().zip(self.start) {
                *word = word.wrapping_add(start);
            }
        }
        let low = usize::try_from(index % 8).expect("below 8") * 2;
        u64::from(self.block[low + 1]) << 32 | u64::from(self.block[low])
    }

    fn quarter_round(&mut self, a: usize, b: usize, c: usize, d: usize) {
        let x = &mut self.block;
        for (sum, addend, mixed, turn) in [(a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)] {
            x[sum] = x[sum].wrapping_add(x[addend]);
            x[mixed] = (x[mixed] ^ x[sum]).rotate_left(turn);
        }
    }
}

fn halves(word: u64) -> (u32, u32) {
    let [a, b, c, d, e, f, g, h] = word.to_le_bytes();
    (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]))
}
