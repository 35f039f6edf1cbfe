//! All chance of a run: a small generator from the run's seed.

use std::ops::Range;

/// SplitMix64 (Steele, Lea, Flood 2014).
#[derive(Clone, Debug)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    pub(super) fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Other dice, which go their own way from here.
    pub(super) fn split(&mut self) -> Self {
        Self(self.word())
    }

    pub(super) fn in_range(&mut self, range: Range<u64>) -> u64 {
        range.start + self.word() % (range.end - range.start)
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.in_range(0..end as u64)).unwrap()
    }

    /// True so many times in a thousand.
    pub(super) fn once_in_thousand(&mut self, times: u64) -> bool {
        self.in_range(0..1000) < times
    }

    pub(super) fn coin(&mut self) -> bool {
        self.word() >> 63 == 1
    }

    pub(super) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}
