use super::{Isa, Output, Source};
use crate::process::LinearStep;

/// From one asset's stream to the next one's of the same path, a part of what [`crate::noise::StreamId`] states.
const ASSET_STRIDE: u64 = 1 << crate::process::PATH_BITS;

/// Lanes of all assets' groups together, 50 KiB: more assets take an instruction set with fewer lanes.
const MAX_GROUPS: usize = 800;

/// A basket prepared for a fill.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Basket<'a> {
    pub(crate) key: &'a [u32; 8],
    /// The first asset's stream.
    pub(crate) stream: u64,
    /// The correlation's factor, row after row.
    pub(crate) factor: &'a [f64],
    pub(crate) assets: &'a [BasketAsset],
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct BasketAsset {
    pub(crate) step: LinearStep,
    pub(crate) output: Output,
}

/// What the lanes of a basket's groups are.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Lanes {
    /// Paths on neighbouring streams, from step 0 on.
    Paths { steps: usize },
    /// The blocks of the first stream from one on: the steps of a path from its start, or paths of a step each.
    Blocks { first_block: u64, is_path: bool },
}

impl Basket<'_> {
    /// An asset's stream.
    #[inline]
    pub(super) fn stream(&self, asset: usize) -> u64 {
        self.stream.wrapping_add(asset as u64 * ASSET_STRIDE)
    }

    /// An asset's noise.
    pub(crate) fn source(&self, asset: usize) -> Source<'_> {
        Source { key: self.key, stream: self.stream(asset) }
    }

    /// The instruction set whose groups for so many assets have a place: the one in use, or a narrower one.
    pub(crate) fn isa(&self) -> Isa {
        let fits = |isa: &Isa| isa.lanes() * self.assets.len() <= MAX_GROUPS;
        let narrower = Isa::ALL.into_iter().filter(|isa| isa.lanes() <= Isa::in_use().lanes() && isa.is_available());
        narrower.rev().find(fits).unwrap_or(Isa::Portable)
    }
}
