use std::cell::Cell;
use std::fmt;

thread_local! {
    static CHOSEN: Cell<Option<Isa>> = const { Cell::new(None) };
}

/// An instruction set that the kernels are compiled for. All of them give the same bits.
///
/// ```
/// use gbm_core::kernel::Isa;
/// use gbm_core::prelude::*;
/// let (gbm, spot) = (Gbm::new(0.1, 0.2)?, Price::new(100.0)?);
/// let paths = Paths::new(Seed::from(42), 1000, Years::new(0.001)?);
/// let (mut best, mut plain) = ([0.0; 1000], [0.0; 1000]);
/// paths.fill_paths(&gbm, spot, &mut best)?;
/// Isa::Portable.run(|| paths.fill_paths(&gbm, spot, &mut plain))?;
/// assert_eq!(best, plain);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Isa {
    /// Plain Rust, any processor.
    Portable,
    /// x86-64, always there.
    Sse2,
    /// x86-64 from 2013 on.
    Avx2,
    /// x86-64 servers, and desktops since Zen 4: AVX-512F and AVX-512DQ.
    Avx512,
    /// 64-bit ARM, always there.
    Neon,
}

impl Isa {
    /// All of them, the slowest first.
    pub const ALL: [Self; 5] = [Self::Portable, Self::Sse2, Self::Neon, Self::Avx2, Self::Avx512];

    /// Whether this processor and build have it.
    pub fn is_available(self) -> bool {
        match self {
            Self::Portable => true,
            Self::Sse2 => cfg!(target_arch = "x86_64"),
            Self::Neon => cfg!(all(target_arch = "aarch64", target_endian = "little", target_feature = "neon")),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => is_x86_feature_detected!("avx2"),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => {
                // The compiler takes AVX-512F to imply the older three.
                is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx2")
                    && is_x86_feature_detected!("fma")
                    && is_x86_feature_detected!("f16c")
            }
            #[cfg(not(target_arch = "x86_64"))]
            Self::Avx2 | Self::Avx512 => false,
        }
    }

    /// The fastest that is there: what the kernels use by themselves.
    pub fn best() -> Self {
        Self::ALL.into_iter().rfind(|isa| isa.is_available()).unwrap_or(Self::Portable)
    }

    /// The one that kernels use on this thread.
    #[inline]
    pub fn in_use() -> Self {
        CHOSEN.get().unwrap_or_else(Self::best)
    }

    /// Paths or blocks that share a group: one lane each.
    pub(crate) fn lanes(self) -> usize {
        match self {
            Self::Portable => 1,
            Self::Sse2 | Self::Neon => 4,
            Self::Avx2 => 8,
            Self::Avx512 => 16,
        }
    }

    /// Runs something with this instruction set on this thread, or with [`Isa::best`] if this one isn't there. It changes
    /// how long things take, and nothing else.
    pub fn run<T>(self, work: impl FnOnce() -> T) -> T {
        /// Puts back what was chosen, also when `work` panics.
        struct Restore(Option<Isa>);
        impl Drop for Restore {
            fn drop(&mut self) {
                CHOSEN.set(self.0);
            }
        }
        let _restore = Restore(CHOSEN.replace(Some(self).filter(|isa| isa.is_available())));
        work()
    }
}

impl fmt::Display for Isa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Portable => "portable",
            Self::Sse2 => "SSE2",
            Self::Avx2 => "AVX2",
            Self::Avx512 => "AVX-512",
            Self::Neon => "NEON",
        })
    }
}
