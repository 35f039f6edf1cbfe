use gbm_core::noise::Seed;
use gbm_core::paths::PathError;

use crate::error::PriceError;
use crate::sobol::{Scramble, Sobol};
use crate::waves::Block;

/// Scrambled points, one after the other.
pub(super) struct Points {
    scrambles: Vec<Scramble>,
    /// The replicate that the scrambles are of.
    replicate: Option<u32>,
    point: Vec<u64>,
}

impl Points {
    pub(super) fn new(sobol: &Sobol) -> Self {
        let dimensions = sobol.dimensions();
        Self { scrambles: vec![Scramble::default(); dimensions], replicate: None, point: vec![0; dimensions] }
    }

    /// Stands before a block's first point.
    pub(super) fn start(&mut self, sobol: &Sobol, seed: Seed, block: Block) -> Result<(), PriceError> {
        if self.replicate != Some(block.replicate) {
            Scramble::fill(seed, u64::from(block.replicate), &mut self.scrambles).map_err(PathError::from)?;
            self.replicate = Some(block.replicate);
        }
        sobol.reversed_point(block.first, &mut self.point);
        Ok(())
    }

    /// Writes the words of a point, its first coordinates' and the others': that of `start`, if `index` is its, and from there on
    /// the next one each time.
    pub(super) fn words(&mut self, sobol: &Sobol, block: Block, index: u64, first: &mut [u64], others: &mut [u64]) {
        if index != block.first {
            sobol.advance(index, &mut self.point);
        }
        let words = self.point.iter().zip(&self.scrambles);
        let places = first.iter_mut().chain(others);
        for (place, (&reversed, scramble)) in places.zip(words) {
            *place = scramble.of_reversed(reversed);
        }
    }
}
