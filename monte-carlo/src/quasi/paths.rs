use gbm_core::kernel::inverse_normals;
use gbm_core::math::{LN_2, ln};
use gbm_core::noise::Seed;
use gbm_core::process::{Process, price_at};

use super::points::Points;
use crate::bridge::BrownianBridge;
use crate::error::PriceError;
use crate::law::Law;
use crate::payoff::{Between, PathPayoff, Uniforms, View};
use crate::rows::Rows;
use crate::setting::Setting;
use crate::sobol::Sobol;
use crate::waves::{Block, Sampler, chunk_rows};

/// The coordinates of a path.
#[derive(Clone, Copy)]
pub(super) struct Dimensions {
    /// Its normals.
    pub(super) path: usize,
    /// The uniforms between its fixings.
    pub(super) between: usize,
}

impl Dimensions {
    pub(super) fn of<P: Process, F: PathPayoff + ?Sized>(setting: &Setting<'_, P, F>) -> Self {
        let path = if setting.view() == View::Terminal { 1 } else { setting.steps };
        let between = if setting.payoff.needs().between == Between::Uniforms { setting.steps } else { 0 };
        Self { path, between }
    }

    pub(super) fn all(self) -> usize {
        self.path + self.between
    }
}

/// Paths of one asset.
pub(super) struct QuasiPaths<'a, P: Process, F: PathPayoff + ?Sized> {
    pub(super) setting: Setting<'a, P, F>,
    pub(super) law: Law,
    pub(super) dimensions: Dimensions,
    pub(super) sobol: Sobol,
    pub(super) bridge: BrownianBridge,
    pub(super) seed: Seed,
}

/// One thread's memory.
pub(super) struct QuasiScratch {
    points: Points,
    rows: Rows,
    words: Vec<u64>,
    normals: Vec<f64>,
    path: Vec<f64>,
    uniforms: Vec<u64>,
}

impl<P: Process, F: PathPayoff + ?Sized> QuasiPaths<'_, P, F> {
    /// Turns the Brownian path of a row into its prices or log-prices.
    fn price(&self, path: &[f64], rows: &mut Rows, row: usize) {
        let Law { spot, steps, step } = self.law;
        let n = self.setting.steps;
        let ln_spot = ln(spot);
        let log_price = |i: u32, w: f64| f64::from(i) * step.drift + step.diffusion * w;
        match self.setting.view() {
            View::Terminal => {
                rows.terminal[row] = price_at(spot, steps * step.drift + step.diffusion * steps.sqrt() * path[0]);
            }
            View::Prices => {
                for ((i, price), w) in (1..).zip(&mut rows.prices[row * n..][..n]).zip(path) {
                    *price = price_at(spot, log_price(i, *w));
                }
            }
            View::LogPrices | View::Both => {
                for ((i, out), w) in (1..).zip(&mut rows.log_prices[row * n..][..n]).zip(path) {
                    *out = ln_spot + log_price(i, *w) * LN_2;
                }
            }
        }
    }
}

impl<P: Process + Sync, F: PathPayoff + ?Sized> Sampler for QuasiPaths<'_, P, F> {
    type Scratch = QuasiScratch;

    fn scratch(&self) -> QuasiScratch {
        let Dimensions { path, between } = self.dimensions;
        let rows = chunk_rows(path);
        QuasiScratch {
            points: Points::new(&self.sobol),
            rows: Rows::new(self.setting.view(), rows, self.setting.steps),
            words: vec![0; rows * path],
            normals: vec![0.0; rows * path],
            path: vec![0.0; path],
            uniforms: vec![0; rows * between],
        }
    }

    fn is_controlled(&self) -> bool {
        self.setting.control.is_some()
    }

    fn fill(
        &self,
        block: Block,
        scratch: &mut QuasiScratch,
        values: &mut [f64],
        controls: &mut [f64],
    ) -> Result<(), PriceError> {
        let QuasiScratch { points, rows, words, normals, path, uniforms } = scratch;
        points.start(&self.sobol, self.seed, block)?;
        let (view, steps) = (self.setting.view(), self.setting.steps);
        let Dimensions { path: of_path, between } = self.dimensions;
        let chunk = chunk_rows(of_path);
        let mut controls = controls.chunks_mut(chunk);
        for (first, values) in (block.first..).step_by(chunk).zip(values.chunks_mut(chunk)) {
            let n = values.len();
            for (row, index) in (0..n).zip(first..) {
                let of_path = &mut words[row * of_path..][..of_path];
                points.words(&self.sobol, block, index, of_path, &mut uniforms[row * between..][..between]);
            }
            inverse_normals(&words[..n * of_path], normals);
            for (row, normals) in normals.chunks_exact(of_path).take(n).enumerate() {
                self.bridge.fill(normals, path);
                self.price(path, rows, row);
            }
            rows.finish(view, n, steps);
            let mut paths = rows.show(self.setting.block(&rows.terminal[..n]));
            paths.uniforms = Uniforms::Words(&uniforms[..n * between]);
            self.setting.pay(&paths, values, controls.next().unwrap_or_default());
        }
        Ok(())
    }
}
