use super::{PathError, Paths, log_price, price, side_by_side_of};
use crate::kernel::basket::{Basket, BasketAsset, Lanes};
use crate::kernel::chacha::key_words;
use crate::kernel::{self, Output};
use crate::model::MultiGbm;
use crate::noise::{Domain, StreamId};
use crate::process::{BLOCK, Clock, LinearStep, LogSum, Modifiers, Process, block_of};
use crate::units::Price;

/// What is made of each asset's log-price.
pub(super) type Finish = fn(Price) -> Output;

impl Paths {
    /// Fills `prices` with correlated paths, shape `[paths][steps][assets]`; asset i runs on stream `asset + i`.
    ///
    /// # Errors
    /// As [`Paths::fill_paths`]; [`PathError::Spots`] unless there is one spot for each asset.
    ///
    /// ```
    /// use gbm_core::prelude::*;
    /// use nalgebra::DMatrix;
    /// let correlation = Correlation::new(DMatrix::from_row_slice(2, 2, &[1.0, 0.7, 0.7, 1.0]))?;
    /// let basket = MultiGbm::new(vec![Gbm::new(0.1, 0.8)?, Gbm::new(0.1, 1.1)?], correlation)?;
    /// let spots = [Price::new(100_000.0)?, Price::new(4_000.0)?];
    /// let mut prices = vec![0.0; 10 * 365 * 2];
    /// Paths::new(Seed::from(42), 365, Years::new(1.0 / 365.0)?).fill_basket(&basket, &spots, &mut prices)?;
    /// assert!(prices.iter().all(|&price| price > 0.0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn fill_basket(&self, model: &MultiGbm, spots: &[Price], prices: &mut [f64]) -> Result<(), PathError> {
        self.check_basket(model, spots, prices.len())?;
        self.fill_basket_rows(model, spots, price, prices);
        Ok(())
    }

    /// Fills `log_prices` with ln P of correlated paths, shape and paths as [`Paths::fill_basket`].
    ///
    /// # Errors
    /// As [`Paths::fill_basket`].
    pub fn fill_basket_log_prices(
        &self,
        model: &MultiGbm,
        spots: &[Price],
        log_prices: &mut [f64],
    ) -> Result<(), PathError> {
        self.check_basket(model, spots, log_prices.len())?;
        self.fill_basket_rows(model, spots, log_price, log_prices);
        Ok(())
    }

    /// Fills `prices` with the last prices of correlated paths, shape `[paths][assets]`; their noise is that of
    /// [`Paths::fill_terminal`], asset i's on the streams of asset `asset + i`.
    ///
    /// # Errors
    /// As [`Paths::fill_terminal`]; [`PathError::Spots`] unless there is one spot for each asset.
    pub fn fill_basket_terminal(&self, model: &MultiGbm, spots: &[Price], prices: &mut [f64]) -> Result<(), PathError> {
        self.check_basket_ends(model, spots, prices.len())?;
        self.fill_basket_ends(model, spots, prices);
        Ok(())
    }

    pub(super) fn check_basket(&self, model: &MultiGbm, spots: &[Price], given: usize) -> Result<usize, PathError> {
        check_spots(model, spots)?;
        self.check_rows(spots.len(), given)
    }

    pub(super) fn check_basket_ends(&self, model: &MultiGbm, spots: &[Price], given: usize) -> Result<(), PathError> {
        check_spots(model, spots)?;
        self.check_terminal(spots.len(), given)
    }

    /// Fills checked rows.
    pub(super) fn fill_basket_rows(&self, model: &MultiGbm, spots: &[Price], finish: Finish, out: &mut [f64]) {
        let (key, assets) = (key_words(&self.seed.key()), self.basket_assets(model, spots, finish));
        let stream = self.first_stream(Domain::Diffusion);
        let basket = Basket { key: &key, stream, factor: model.correlation().packed(), assets: &assets };
        let steps = out.len().min(usize::try_from(self.steps).unwrap_or(usize::MAX));
        let row = steps * assets.len();
        basket.isa().run(|| {
            let many = side_by_side_of(out.len() / row, steps);
            let (side_by_side, rest) = out.split_at_mut(many * row);
            kernel::fill_basket(&basket, Lanes::Paths { steps }, side_by_side);
            for (stream, row) in (stream + many as u64..).zip(rest.chunks_exact_mut(row)) {
                let lanes = Lanes::Blocks { first_block: 0, is_path: true };
                kernel::fill_basket(&Basket { stream, ..basket }, lanes, row);
            }
        });
    }

    /// Fills checked terminal prices.
    pub(super) fn fill_basket_ends(&self, model: &MultiGbm, spots: &[Price], out: &mut [f64]) {
        let (key, assets) = (key_words(&self.seed.key()), self.basket_assets(model, spots, price));
        let stream = StreamId::live(Domain::Terminal, self.asset).get();
        let basket = Basket { key: &key, stream, factor: model.correlation().packed(), assets: &assets };
        if self.steps > 1 {
            return self.walk_basket_ends(model, &basket, out);
        }
        let (first_block, skipped) = block_of(self.first_path);
        basket.isa().run(|| {
            let paths = out.len() / assets.len();
            let head = if skipped == 0 { 0 } else { (BLOCK - skipped).min(paths) };
            let (head, rest) = out.split_at_mut(head * assets.len());
            let lanes = |first_block| Lanes::Blocks { first_block, is_path: false };
            if !head.is_empty() {
                let mut block = vec![0.0; BLOCK * assets.len()];
                kernel::fill_basket(&basket, lanes(first_block), &mut block);
                head.copy_from_slice(&block[skipped * assets.len()..][..head.len()]);
            }
            kernel::fill_basket(&basket, lanes(first_block + u64::from(skipped != 0)), rest);
        });
    }

    /// Terminal prices of several steps: noise by kernels, paths step by step.
    fn walk_basket_ends(&self, model: &MultiGbm, basket: &Basket<'_>, out: &mut [f64]) {
        /// Steps whose noise is read at once.
        const STEPS: usize = 16;
        let assets = basket.assets.len();
        let (mut words, mut normals) = ([0; STEPS], vec![[0.0; STEPS]; assets]);
        let (mut sums, mut mixed) = (vec![LogSum::default(); assets], vec![0.0; assets]);
        for (path, out) in (self.first_path..).zip(out.chunks_exact_mut(assets)) {
            sums.fill(LogSum::default());
            for first in (0..self.steps).step_by(STEPS) {
                let steps = usize::try_from(self.steps - first).unwrap_or(STEPS).min(STEPS);
                for (asset, normals) in normals.iter_mut().enumerate() {
                    basket.source(asset).read(path * self.steps + first, &mut words[..steps]);
                    kernel::inverse_normals(&words, normals);
                }
                for j in 0..steps {
                    mixed.iter_mut().zip(&normals).for_each(|(mixed, normals)| *mixed = normals[j]);
                    model.correlation().mix(&mut mixed);
                    for ((sum, asset), &normal) in sums.iter_mut().zip(basket.assets).zip(&mixed) {
                        sum.add(first + j as u64, asset.step.increment(normal));
                    }
                }
            }
            for ((value, sum), asset) in out.iter_mut().zip(&sums).zip(basket.assets) {
                *value = sum.total();
                kernel::finish(asset.output, std::slice::from_mut(value));
            }
        }
    }

    fn basket_assets(&self, model: &MultiGbm, spots: &[Price], finish: Finish) -> Vec<BasketAsset> {
        let clock = Clock::new(self.dt, self.start_time_ms);
        let step = |gbm| -> LinearStep { self.mirrored(Process::step(gbm, &clock, &Modifiers::neutral(gbm))) };
        let assets = model.assets().iter().zip(spots);
        assets.map(|(gbm, &spot)| BasketAsset { step: step(gbm), output: finish(spot) }).collect()
    }
}

fn check_spots(model: &MultiGbm, spots: &[Price]) -> Result<(), PathError> {
    let assets = model.assets().len();
    if spots.len() == assets { Ok(()) } else { Err(PathError::Spots { spots: spots.len(), assets }) }
}
