//! Counter-based noise: (seed, stream, step, slot) → one word → one variate. No state but the position, so the noise
//! of any step of any path costs the same, and no two consumers can disturb each other.

mod seed;
mod stream;

pub use seed::{Seed, SeedError};
pub use stream::{Domain, NoiseStream, StreamError, StreamId, WORDS_PER_BLOCK, word_index};
