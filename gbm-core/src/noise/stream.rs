use super::Seed;
use crate::kernel::chacha::{block, key_words};
use crate::kernel::{self, Source};
use crate::math::inverse_normal;
use crate::process::{BLOCK, PATH_BITS};

/// Words of 64 bits in one block of the generator.
pub const WORDS_PER_BLOCK: u64 = 8;
const ASSET_BITS: u32 = 16;
/// The block of the last index.
const LAST_BLOCK: u64 = u64::MAX / WORDS_PER_BLOCK;
/// Words kept where they are read in order: eight blocks.
const KEPT: usize = 64;

/// What a stream's noise is for: uses never share a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Domain {
    /// The words of each step's budget: diffusion normals and the model's other slots.
    Diffusion = 0,
    /// For models of one's own whose steps need a number of words that has no bound.
    Jumps = 1,
    /// Terminal prices, whose paths lie one behind the other on one stream.
    Terminal = 2,
    /// What happens between the steps of a path: maxima and minima of Brownian bridges.
    Bridges = 3,
    /// Permutations that scramble quasi-random points.
    Scrambles = 4,
    /// Volumes and the trades that make them.
    Prints = 5,
    /// The states that paths start in.
    Start = 6,
    /// Which observations a bootstrap draws.
    Resamples = 7,
}

/// A part of a stream's name that doesn't fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StreamError {
    /// Paths are numbered with 40 bits.
    #[error("path = {0} is outside [0, 2^40)")]
    Path(u64),
    /// Assets are numbered with 16 bits.
    #[error("asset = {0} is outside [0, 65535]")]
    Asset(u64),
}

/// The name of a stream: domain (8 bits) ‖ asset (16) ‖ path (40).
///
/// ```
/// use gbm_core::noise::{Domain, StreamId};
/// assert_eq!(StreamId::new(Domain::Jumps, 2, 3)?.get(), 1 << 56 | 2 << 40 | 3);
/// assert!(StreamId::new(Domain::Diffusion, 0, 1 << 40).is_err());
/// # Ok::<(), gbm_core::noise::StreamError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StreamId(u64);

impl StreamId {
    /// Packs the three parts.
    ///
    /// # Errors
    /// [`StreamError::Path`] for a path of 2⁴⁰ or more.
    pub fn new(domain: Domain, asset: u16, path: u64) -> Result<Self, StreamError> {
        if path >> PATH_BITS != 0 {
            return Err(StreamError::Path(path));
        }
        Ok(Self((domain as u64) << (PATH_BITS + ASSET_BITS) | u64::from(asset) << PATH_BITS | path))
    }

    /// The stream of an asset's first path: the one a live market runs on.
    pub fn live(domain: Domain, asset: u16) -> Self {
        Self((domain as u64) << (PATH_BITS + ASSET_BITS) | u64::from(asset) << PATH_BITS)
    }

    /// The 64 bits.
    pub const fn get(self) -> u64 {
        self.0
    }
}

/// The index of a word in its stream: step × budget + slot, modulo 2⁶⁴, which no grid reaches.
#[inline]
pub const fn word_index(step: u64, budget: u64, slot: u64) -> u64 {
    step.wrapping_mul(budget).wrapping_add(slot)
}

/// One stream of noise: addressable at any word, with a cursor for sequential reading.
///
/// A word depends on seed, stream and index alone; the cursor and the cached block only save time. With feature
/// `rand` it implements `rand_core::TryRng` (and thereby `Rng`), so that `rand_distr` can sample from it: 64-bit
/// words in order, a 32-bit request taking the low half of a word.
///
/// ```
/// use gbm_core::noise::{Domain, NoiseStream, Seed, StreamId};
/// let mut noise = NoiseStream::new(Seed::from(42), StreamId::new(Domain::Diffusion, 0, 0)?);
/// let far = noise.normal(1_000_000_000_000);
/// assert_eq!(noise.next_word(), noise.word(0));
/// assert_eq!(noise.normal(1_000_000_000_000), far);
/// # Ok::<(), gbm_core::noise::StreamError>(())
/// ```
#[derive(Clone)]
pub struct NoiseStream {
    key: [u32; 8],
    stream: u64,
    /// The first block that is kept: one alone, or several once they are read in order.
    first: u64,
    words: [u64; KEPT],
    kept: usize,
    /// The normals of `words`: many at once cost little more than one, since they share vectors.
    normals: [f64; KEPT],
    has_normals: bool,
    position: u64,
}

impl NoiseStream {
    /// The stream's noise under a seed, the cursor at word 0.
    pub fn new(seed: Seed, stream: StreamId) -> Self {
        let key = key_words(&seed.key());
        let (words, normals) = ([0; KEPT], [0.0; KEPT]);
        Self { key, stream: stream.get(), first: 0, words, kept: 0, normals, has_normals: false, position: 0 }
    }

    /// The word at an index, O(1).
    #[inline]
    pub fn word(&mut self, index: u64) -> u64 {
        let place = self.load(index);
        self.words[place]
    }

    /// The standard normal of the word at an index, O(1): see [`inverse_normal`].
    #[inline]
    pub fn normal(&mut self, index: u64) -> f64 {
        let place = self.load(index);
        if !self.has_normals {
            self.invert();
        }
        self.normals[place]
    }

    /// Reads the words of a step's budget and gives the normal of one of its slots.
    #[inline]
    pub(crate) fn read_step(&mut self, step: u64, words: &mut [u64], slot: usize) -> f64 {
        if let [word] = words {
            *word = self.word(step);
            return self.normal(step);
        }
        let first = word_index(step, words.len() as u64, 0);
        for (offset, word) in (0..).zip(&mut *words) {
            *word = self.word(first + offset);
        }
        inverse_normal(words.get(slot).copied().unwrap_or_default())
    }

    /// The place of a word among those kept, once it is.
    #[inline]
    #[allow(clippy::cast_possible_truncation, reason = "below what is kept")]
    fn load(&mut self, index: u64) -> usize {
        let place = index.wrapping_sub(self.first * WORDS_PER_BLOCK);
        if place < self.kept as u64 {
            return place as usize;
        }
        self.refill(index / WORDS_PER_BLOCK);
        (index % WORDS_PER_BLOCK) as usize
    }

    /// Keeps a block, and those after it if it follows what was kept.
    #[inline(never)]
    fn refill(&mut self, counter: u64) {
        let follows = counter == self.first + (self.kept / BLOCK) as u64;
        // Indices end before the generator's blocks do; what is kept doesn't go beyond.
        self.kept = if follows && counter < LAST_BLOCK - 8 { KEPT } else { BLOCK };
        let source = Source { key: &self.key, stream: self.stream };
        source.read(counter * WORDS_PER_BLOCK, &mut self.words[..self.kept]);
        self.first = counter;
        self.has_normals = false;
    }

    #[inline(never)]
    fn invert(&mut self) {
        kernel::inverse_normals(&self.words[..self.kept], &mut self.normals[..self.kept]);
        self.has_normals = true;
    }

    /// Fills a slice with the words from an index on, by vectors; after the last index comes index 0.
    ///
    /// ```
    /// use gbm_core::noise::{Domain, NoiseStream, Seed, StreamId};
    /// let mut noise = NoiseStream::new(Seed::from(42), StreamId::live(Domain::Diffusion, 0));
    /// let mut words = [0; 1000];
    /// noise.fill_words(5, &mut words);
    /// assert_eq!(words[999], noise.word(1004));
    /// ```
    pub fn fill_words(&self, first: u64, words: &mut [u64]) {
        let source = Source { key: &self.key, stream: self.stream };
        let before_the_end = usize::try_from(u64::MAX - first).unwrap_or(usize::MAX).saturating_add(1);
        let (words, wrapped) = words.split_at_mut(before_the_end.min(words.len()));
        source.read(first, words);
        source.read(0, wrapped);
    }

    /// Fills a slice with the standard normals from an index on, by vectors, as [`NoiseStream::fill_words`] does: see [`NoiseStream::normal`].
    ///
    /// ```
    /// use gbm_core::noise::{Domain, NoiseStream, Seed, StreamId};
    /// let mut noise = NoiseStream::new(Seed::from(42), StreamId::live(Domain::Diffusion, 0));
    /// let mut normals = [0.0; 1000];
    /// noise.fill_normals(5, &mut normals);
    /// assert_eq!(normals[999], noise.normal(1004));
    /// ```
    pub fn fill_normals(&self, first: u64, normals: &mut [f64]) {
        let (mut next, mut words) = (first, [0; 512]);
        for normals in normals.chunks_mut(words.len()) {
            let words = &mut words[..normals.len()];
            self.fill_words(next, words);
            kernel::inverse_normals(words, normals);
            next = next.wrapping_add(words.len() as u64);
        }
    }

    /// A whole block of the generator: words 8·counter to 8·counter + 7, any counter of 64 bits.
    pub fn block(&self, counter: u64) -> [u64; 8] {
        block(&self.key, self.stream, counter)
    }

    /// The index of the word that [`NoiseStream::next_word`] gives next.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Moves the cursor, O(1).
    pub fn seek(&mut self, index: u64) {
        self.position = index;
    }

    /// The word at the cursor, which moves on (and wraps after 2⁶⁴ words).
    #[inline]
    pub fn next_word(&mut self) -> u64 {
        let word = self.word(self.position);
        self.position = self.position.wrapping_add(1);
        word
    }
}

/// Shows the position only: key and words foretell the market.
impl std::fmt::Debug for NoiseStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NoiseStream")
            .field("stream", &self.stream)
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "rand")]
impl rand_core::TryRng for NoiseStream {
    type Error = rand_core::Infallible;

    #[allow(clippy::cast_possible_truncation, reason = "the low half")]
    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Ok(self.next_word() as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Ok(self.next_word())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.next_word().to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}
