//! Many independent paths into the caller's slice: nothing is allocated for each step.

use crate::correlation::MAX_ASSETS;
use crate::grid::MAX_TICK;
use crate::model::MultiGbm;
use crate::noise::{Domain, NoiseStream, Seed, StreamError, StreamId};
use crate::process::{LogSum, MAX_BUDGET, Modifiers, Noise, Process, price_at};
use crate::units::{Price, Years};

/// Paths that can't be filled. Nothing has been written.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PathError {
    /// No steps, or more than a stream can address.
    #[error("steps = {0} is outside [1, {MAX_TICK}]")]
    Steps(u64),
    /// The slice isn't a whole number of paths.
    #[error("the slice holds {given} prices: it must be a positive multiple of {row}, one path's")]
    Shape {
        /// The slice's length.
        given: usize,
        /// The prices of one path.
        row: usize,
    },
    /// A spot for each asset is needed.
    #[error("spots = {spots}, but the model has {assets} assets")]
    Spots {
        /// Spots given.
        spots: usize,
        /// Assets of the model.
        assets: usize,
    },
    /// A model that declares more noise words a step than there are, or a diffusion slot outside them.
    #[error("budget = {0} with diffusion slot {1} is outside [1, {MAX_BUDGET}]")]
    Budget(usize, usize),
    /// The last path's number doesn't fit its stream.
    #[error(transparent)]
    Stream(#[from] StreamError),
}

/// Which paths to fill: path p of asset a runs on stream (diffusion ‖ a ‖ `first_path` + p).
///
/// Path 0 of an asset is the one that a [`Simulation`](crate::engine::Simulation) with the same seed, model and Δt
/// runs on: the same bits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Paths {
    /// The seed.
    pub seed: Seed,
    /// The number of the (first) asset's stream.
    pub asset: u16,
    /// The number of the first path.
    pub first_path: u64,
    /// Steps of each path.
    pub steps: u64,
    /// Δt in years.
    pub dt: Years,
}

impl Paths {
    /// Fills `prices` with whole paths, shape `[paths][steps]`: entry `p·steps + j` is path p after step j + 1.
    ///
    /// # Errors
    /// [`PathError`] for no steps, a slice that isn't a whole number of paths, or a path number of 2⁴⁰ or more.
    ///
    /// ```
    /// use gbm_core::prelude::*;
    /// let paths = Paths { seed: Seed::from(42), asset: 0, first_path: 0, steps: 250, dt: Years::new(1.0 / 250.0)? };
    /// let mut prices = vec![0.0; 100 * 250];
    /// paths.fill_paths(&Gbm::new(0.1, 0.2)?, Price::new(100.0)?, &mut prices)?;
    /// assert!(prices.iter().all(|&price| price > 0.0));
    /// assert!(paths.fill_paths(&Gbm::new(0.1, 0.2)?, Price::new(100.0)?, &mut prices[1..]).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn fill_paths<P: Process>(&self, model: &P, spot: Price, prices: &mut [f64]) -> Result<(), PathError> {
        let (budget, slot) = (model.budget(), model.diffusion_slot());
        if !(1..=MAX_BUDGET).contains(&budget) || slot >= budget {
            return Err(PathError::Budget(budget, slot));
        }
        let row = self.row(1, prices.len())?;
        let step = model.step(self.dt, &Modifiers::neutral(model));
        let mut buffer = [0; MAX_BUDGET];
        let words = &mut buffer[..budget];
        for (path, row) in (self.first_path..).zip(prices.chunks_exact_mut(row)) {
            let mut noise = NoiseStream::new(self.seed, StreamId::new(Domain::Diffusion, self.asset, path)?);
            let (mut state, mut sum) = (model.initial_state(), LogSum::default());
            // Log-prices first, prices in a pass of their own: neither waits for the other.
            for (j, price) in (0..).zip(&mut *row) {
                let diffusion = noise.read_step(j, words, slot);
                *price = sum.add(j, model.evolve(&mut state, &step, Noise::new(diffusion, words)));
            }
            for price in row {
                *price = price_at(spot.get(), *price);
            }
        }
        Ok(())
    }

    /// Fills `prices` with correlated paths, shape `[paths][steps][assets]`; asset i runs on stream `asset + i`.
    ///
    /// # Errors
    /// As [`Paths::fill_paths`]; [`PathError::Spots`] unless there is one spot for each asset.
    pub fn fill_basket(&self, model: &MultiGbm, spots: &[Price], prices: &mut [f64]) -> Result<(), PathError> {
        let assets = model.assets().len();
        if spots.len() != assets {
            return Err(PathError::Spots { spots: spots.len(), assets });
        }
        let row = self.row(assets, prices.len())?;
        let steps: Vec<_> = model.assets().iter().map(|gbm| gbm.step(self.dt, &Modifiers::neutral(gbm))).collect();
        let mut normals = [0.0; MAX_ASSETS];
        let normals = &mut normals[..assets];
        let mut streams = Vec::with_capacity(assets);
        let mut sums = vec![LogSum::default(); assets];
        for (path, row) in (self.first_path..).zip(prices.chunks_exact_mut(row)) {
            streams.clear();
            for (asset, _) in (self.asset..=u16::MAX).zip(spots) {
                streams.push(NoiseStream::new(self.seed, StreamId::new(Domain::Diffusion, asset, path)?));
            }
            sums.fill(LogSum::default());
            for (j, prices) in (0..).zip(row.chunks_exact_mut(assets)) {
                for (normal, stream) in normals.iter_mut().zip(&mut streams) {
                    *normal = stream.normal(j);
                }
                model.correlation().mix(normals);
                for (i, price) in prices.iter_mut().enumerate() {
                    *price = price_at(spots[i].get(), sums[i].add(j, steps[i].increment(normals[i])));
                }
            }
        }
        Ok(())
    }

    /// The prices of one path, after checking that the slice holds a whole number of paths.
    fn row(&self, assets: usize, given: usize) -> Result<usize, PathError> {
        if !(1..=MAX_TICK).contains(&self.steps) {
            return Err(PathError::Steps(self.steps));
        }
        let row = usize::try_from(self.steps).ok().and_then(|steps| steps.checked_mul(assets));
        let row = row.ok_or(PathError::Steps(self.steps))?;
        if given == 0 || !given.is_multiple_of(row) {
            return Err(PathError::Shape { given, row });
        }
        let last = self.first_path.saturating_add((given / row - 1) as u64);
        StreamId::new(Domain::Diffusion, self.asset, last)?;
        let last_asset = u64::from(self.asset) + assets as u64 - 1;
        if last_asset > u64::from(u16::MAX) {
            return Err(StreamError::Asset(last_asset).into());
        }
        Ok(row)
    }
}
