//! Vector kernels: ChaCha8, the inverse normal CDF, the sum and 2^x for many steps at once, with the bits of the scalar
//! definitions in [`crate::math`], `chacha` and [`crate::process`].
//!
//! Every instruction set performs the same IEEE operations in the same order on every value; only how many values share an
//! instruction differs. No fused multiply-add, no gathers, no platform maths. Which set is used is decided while running,
//! so a default build has all of them.
//!
//! `stages` has the algorithms, one file an instruction set its primitives, `dispatch` the calls, and with them all `unsafe`
//! code of the crate.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
pub(crate) mod basket;
mod basket_stages;
pub(crate) mod chacha;
mod dispatch;
mod group;
mod isa;
#[cfg(all(target_arch = "aarch64", target_endian = "little"))]
mod neon;
mod portable;
mod primitives;
#[cfg(target_arch = "x86_64")]
mod sse2;
mod stages;

pub use dispatch::inverse_normals;
pub(crate) use dispatch::{basket as fill_basket, finish, line, rows, singles};
pub use isa::Isa;

use crate::math::SATURATION;
use crate::process::{BLOCK, LinearStep, block_of};

/// A stream of noise under a key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'a> {
    pub(crate) key: &'a [u32; 8],
    pub(crate) stream: u64,
}

impl Source<'_> {
    /// The words from an index on.
    pub(crate) fn read(self, first: u64, words: &mut [u64]) {
        let (block, skipped) = block_of(first);
        let (head, rest) = words.split_at_mut(if skipped == 0 { 0 } else { (BLOCK - skipped).min(words.len()) });
        if !head.is_empty() {
            head.copy_from_slice(&chacha::block(self.key, self.stream, block)[skipped..][..head.len()]);
        }
        let block = block.wrapping_add(u64::from(skipped != 0));
        match rest.as_mut_array() {
            // Vectors would compute several.
            Some(rest) => *rest = chacha::block(self.key, self.stream, block),
            None => dispatch::words(self, block, rest),
        }
    }
}

/// Which of a step's words are inverted ahead of need: those of its first slots, and the diffusion's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slots {
    pub(crate) budget: usize,
    pub(crate) leading: usize,
    pub(crate) diffusion: usize,
}

impl Slots {
    /// How many normals a step has.
    pub(crate) fn normals(self) -> usize {
        self.leading.max(1)
    }

    /// Inverts the words of `diffusion.len()` steps: each step's leading normals into `normals`, [`Slots::normals`] places each,
    /// and its diffusion normal. `picked` is room for as many words.
    pub(crate) fn invert(self, words: &[u64], picked: &mut [u64], normals: &mut [f64], diffusion: &mut [f64]) {
        let steps = words.chunks_exact(self.budget);
        if !self.has_leading() {
            if self.budget == 1 {
                return dispatch::inverse_normals(words, diffusion);
            }
            for (picked, words) in picked.iter_mut().zip(steps).take(diffusion.len()) {
                *picked = words[self.diffusion];
            }
            return dispatch::inverse_normals(&picked[..diffusion.len()], diffusion);
        }
        let count = self.leading * diffusion.len();
        for (picked, words) in picked[..count].chunks_exact_mut(self.leading).zip(steps) {
            picked.copy_from_slice(&words[..self.leading]);
        }
        dispatch::inverse_normals(&picked[..count], &mut normals[..count]);
        for (diffusion, normals) in diffusion.iter_mut().zip(normals.chunks_exact(self.leading)) {
            *diffusion = normals[self.diffusion];
        }
    }

    /// Whether several normals of a step, the diffusion's among them, are inverted at once.
    #[inline]
    fn has_leading(self) -> bool {
        self.leading > 1 && self.diffusion < self.leading
    }

    /// The leading normals of a step, of those inverted.
    #[inline]
    pub(crate) fn leading(self, normals: &[f64], step: usize) -> &[f64] {
        if self.has_leading() { &normals[step * self.leading..(step + 1) * self.leading] } else { &[] }
    }
}

/// Whether a log-price that starts at `from` can reach [`SATURATION`](crate::math::SATURATION) within so many steps: no
/// normal is beyond 8.3.
#[inline]
fn may_saturate(step: LinearStep, from: f64, steps: usize) -> bool {
    let farthest = from.abs() + (step.drift.abs() + 8.4 * step.diffusion.abs()) * steps as f64;
    farthest >= SATURATION - 1.0
}

/// What a log-price in log₂ units is turned into.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Output {
    /// S₀·2^x.
    Price { spot: f64 },
    /// ln P = ln S₀ + x·ln 2.
    LogPrice { ln_spot: f64 },
    /// The log-price itself, neither saturated nor changed.
    Log2,
}
