//! Blocks of samples, in waves: what makes an estimate the same for any number of threads.
//!
//! The samples of an estimate are cut into blocks whose size depends on the steps of a path alone. Each block gives its
//! [`Moments`]; they are merged in the blocks' order. Blocks are computed a wave at a time, by whichever thread is free, and only
//! between waves does anything look at the result: the callback, and the rule that stops.

use crate::error::PriceError;
use crate::moments::Moments;

/// Samples of a block of short paths.
const MOST_SAMPLES: usize = 4096;
/// Samples of a block of the longest ones.
const LEAST_SAMPLES: usize = 16;
/// Values of a block, where that allows fewer samples.
const BLOCK_VALUES: usize = 1 << 20;
/// Blocks of a wave.
pub(crate) const WAVE_BLOCKS: usize = 64;
/// Waves before a standard error is trusted to stop the simulation.
pub(crate) const MIN_WAVES: u64 = 2;
/// Values of a buffer that is filled at once: 64 KiB.
const BUFFER: usize = 1 << 13;
/// Paths that fill the lanes of every instruction set.
const LANES: usize = 16;

/// Samples of a block: 4,096, or 2²⁰ values' worth if that is less, a power of two from 16 on.
pub(crate) fn block_samples(values_of_a_sample: usize) -> usize {
    let samples = BLOCK_VALUES / values_of_a_sample.max(1);
    let power = samples.checked_ilog2().map_or(1, |log| 1 << log);
    power.clamp(LEAST_SAMPLES, MOST_SAMPLES)
}

/// Rows that are filled at once.
pub(crate) fn chunk_rows(values_of_a_row: usize) -> usize {
    let rows = (BUFFER / values_of_a_row.max(1)).max(1);
    if rows > LANES { rows - rows % LANES } else { rows }
}

/// A block: samples `first` to `first + samples − 1`, of a scramble if there are several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) replicate: u32,
    pub(crate) first: u64,
    pub(crate) samples: usize,
}

/// What makes discounted payments.
pub(crate) trait Sampler: Sync {
    /// Memory that blocks of one thread use one after the other.
    type Scratch;

    fn scratch(&self) -> Self::Scratch;

    /// Whether a control goes with each payment.
    fn is_controlled(&self) -> bool;

    /// The payments of samples `first` to `first + values.len() − 1`, and their controls, if there is one.
    fn fill(
        &self,
        block: Block,
        scratch: &mut Self::Scratch,
        values: &mut [f64],
        controls: &mut [f64],
    ) -> Result<(), PriceError>;
}

/// A thread's memory.
struct Worker<'a, S: Sampler> {
    sampler: &'a S,
    scratch: S::Scratch,
    values: Vec<f64>,
    controls: Vec<f64>,
}

impl<'a, S: Sampler> Worker<'a, S> {
    fn new(sampler: &'a S, samples: usize) -> Self {
        let controls = if sampler.is_controlled() { samples } else { 0 };
        Self { sampler, scratch: sampler.scratch(), values: vec![0.0; samples], controls: vec![0.0; controls] }
    }

    fn run(&mut self, block: Block) -> Result<Moments, PriceError> {
        let values = &mut self.values[..block.samples];
        let controls = if self.sampler.is_controlled() { block.samples } else { 0 };
        let controls = &mut self.controls[..controls];
        self.sampler.fill(block, &mut self.scratch, values, controls)?;
        Ok(Moments::of(values, self.sampler.is_controlled().then_some(controls)))
    }
}

/// The moments of blocks, in their order.
#[cfg(feature = "rayon")]
pub(crate) fn compute<S: Sampler>(sampler: &S, blocks: &[Block]) -> Result<Vec<Moments>, PriceError> {
    use gbm_core::kernel::Isa;
    use rayon::prelude::*;
    let (samples, isa) = (largest(blocks), Isa::in_use());
    let work = |worker: &mut Worker<'_, S>, &block: &Block| isa.run(|| worker.run(block));
    blocks.par_iter().map_init(|| Worker::new(sampler, samples), work).collect()
}

/// The moments of blocks, in their order.
#[cfg(not(feature = "rayon"))]
pub(crate) fn compute<S: Sampler>(sampler: &S, blocks: &[Block]) -> Result<Vec<Moments>, PriceError> {
    let mut worker = Worker::new(sampler, largest(blocks));
    blocks.iter().map(|&block| worker.run(block)).collect()
}

fn largest(blocks: &[Block]) -> usize {
    blocks.iter().map(|block| block.samples).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_smaller_for_long_paths() {
        let sizes = [(1, 4096), (256, 4096), (257, 2048), (1000, 1024), (1 << 14, 64), (1 << 16, 16), (1 << 20, 16)];
        for (values, samples) in sizes {
            assert_eq!(block_samples(values), samples, "{values}");
        }
    }

    #[test]
    fn chunks_fill_lanes_where_memory_allows() {
        for (values, rows) in [(1, 8192), (252, 32), (500, 16), (512, 16), (1000, 8), (9000, 1)] {
            assert_eq!(chunk_rows(values), rows, "{values}");
        }
    }
}
