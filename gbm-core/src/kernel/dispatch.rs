//! The one place with `unsafe` code: calls of functions that need an instruction set which the compiler can't assume.

#![allow(unsafe_code, reason = "each call stands behind its check")]

use super::basket::{Basket, Lanes};
use super::{Isa, Output, Source};
use crate::process::{LinearStep, LogSum};

/// Calls a kernel compiled for the instruction set in use.
macro_rules! dispatch {
    ($($(#[$doc:meta])* $seen:vis fn $name:ident($($arg:ident: $of:ty),* $(,)?);)*) => {
        $(
            $(#[$doc])*
            #[inline]
            $seen fn $name($($arg: $of),*) {
                match Isa::in_use() {
                    // SAFETY: `Isa::in_use` gives an instruction set only if `Isa::is_available`, which for this one asks
                    // the processor for AVX-512F and AVX-512DQ, all that the functions of `avx512` enable, and for what
                    // these imply.
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx512 => unsafe { super::avx512::$name($($arg),*) },
                    // SAFETY: as above, with AVX2.
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx2 => unsafe { super::avx2::$name($($arg),*) },
                    // SAFETY: x86-64 implies SSE2.
                    #[cfg(target_arch = "x86_64")]
                    Isa::Sse2 => unsafe { super::sse2::$name($($arg),*) },
                    // SAFETY: Rust's 64-bit ARM targets with a hardware f64 imply NEON, which `Isa::is_available` repeats.
                    #[cfg(all(target_arch = "aarch64", target_endian = "little"))]
                    Isa::Neon => unsafe { super::neon::$name($($arg),*) },
                    _ => super::portable::$name($($arg),*),
                }
            }
        )*
    };
}

dispatch! {
    /// Words of a stream from a block's first on.
    pub(crate) fn words(source: Source<'_>, first_block: u64, out: &mut [u64]);

    /// [`inverse_normal`](crate::math::inverse_normal) of many words, as far as the shorter slice goes.
    ///
    /// ```
    /// use gbm_core::math::inverse_normal;
    /// let (words, mut normals) = ([7, 1 << 63, u64::MAX], [0.0; 3]);
    /// gbm_core::kernel::inverse_normals(&words, &mut normals);
    /// assert_eq!(normals, words.map(inverse_normal));
    /// ```
    pub fn inverse_normals(words: &[u64], out: &mut [f64]);

    /// Turns log-prices in log₂ units into what is asked for, in place.
    pub(crate) fn finish(output: Output, values: &mut [f64]);

    /// One path from a block's first step on, where `sum` stands.
    pub(crate) fn line(source: Source<'_>, first_block: u64, step: LinearStep, sum: &mut LogSum, output: Output, out: &mut [f64]);

    /// Paths of a single step each, which take one word after another from a block's first on.
    pub(crate) fn singles(source: Source<'_>, first_block: u64, step: LinearStep, output: Output, out: &mut [f64]);

    /// A basket's paths, if its groups fit: see [`Basket::isa`].
    pub(crate) fn basket(basket: &Basket<'_>, lanes: Lanes, out: &mut [f64]);

    /// Paths on neighbouring streams, `steps` values each, all from step 0 on.
    pub(crate) fn rows(source: Source<'_>, steps: usize, step: LinearStep, output: Output, out: &mut [f64]);
}
