use gbm_core::kernel::inverse_normals;
use gbm_core::noise::Seed;
use gbm_core::process::{LinearStep, price_at};

use super::points::Points;
use crate::basket::BasketSetting;
use crate::error::PriceError;
use crate::market::BasketMarket;
use crate::sobol::Sobol;
use crate::waves::{Block, Sampler, chunk_rows};

/// The last prices of several assets.
pub(super) struct QuasiBaskets<'a> {
    pub(super) setting: BasketSetting<'a>,
    pub(super) steps: Vec<LinearStep>,
    pub(super) sobol: Sobol,
    pub(super) seed: Seed,
}

impl Sampler for QuasiBaskets<'_> {
    type Scratch = (Points, Vec<u64>, Vec<f64>);

    fn scratch(&self) -> Self::Scratch {
        let assets = self.steps.len();
        let values = chunk_rows(assets) * assets;
        (Points::new(&self.sobol), vec![0; values], vec![0.0; values])
    }

    fn is_controlled(&self) -> bool {
        self.setting.is_controlled
    }

    fn fill(
        &self,
        block: Block,
        (points, words, prices): &mut Self::Scratch,
        values: &mut [f64],
        controls: &mut [f64],
    ) -> Result<(), PriceError> {
        points.start(&self.sobol, self.seed, block)?;
        let BasketMarket { spots, model, .. } = self.setting.market;
        let assets = spots.len();
        let chunk = chunk_rows(assets);
        let mut controls = controls.chunks_mut(chunk);
        for (first, values) in (block.first..).step_by(chunk).zip(values.chunks_mut(chunk)) {
            let prices = &mut prices[..values.len() * assets];
            for (words, index) in words.chunks_exact_mut(assets).zip(first..).take(values.len()) {
                points.words(&self.sobol, block, index, words, &mut []);
            }
            inverse_normals(words, prices);
            for row in prices.chunks_exact_mut(assets) {
                model.correlation().mix(row);
                for ((price, spot), step) in row.iter_mut().zip(spots).zip(&self.steps) {
                    *price = price_at(spot.get(), step.increment(*price));
                }
            }
            self.setting.pay(prices, values, controls.next().unwrap_or_default());
        }
        Ok(())
    }
}
