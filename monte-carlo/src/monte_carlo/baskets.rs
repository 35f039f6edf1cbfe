use gbm_core::noise::Seed;
use gbm_core::paths::Paths;
use gbm_core::units::Years;

use super::halve;
use crate::basket::BasketSetting;
use crate::error::PriceError;
use crate::market::BasketMarket;
use crate::waves::{Block, Sampler, chunk_rows};

/// The last prices of several assets.
pub(super) struct BasketSampler<'a> {
    pub(super) setting: BasketSetting<'a>,
    pub(super) seed: Seed,
    pub(super) years: Years,
    pub(super) is_antithetic: bool,
}

impl Sampler for BasketSampler<'_> {
    type Scratch = (Vec<f64>, Vec<f64>);

    fn scratch(&self) -> Self::Scratch {
        let assets = self.setting.market.spots.len();
        let rows = chunk_rows(assets);
        (vec![0.0; rows * assets], vec![0.0; 2 * rows])
    }

    fn is_controlled(&self) -> bool {
        self.setting.is_controlled
    }

    fn fill(
        &self,
        block: Block,
        (prices, mirrored): &mut Self::Scratch,
        values: &mut [f64],
        controls: &mut [f64],
    ) -> Result<(), PriceError> {
        let BasketMarket { spots, model, .. } = self.setting.market;
        let rows = chunk_rows(spots.len());
        let mut controls = controls.chunks_mut(rows);
        for (first, values) in (block.first..).step_by(rows).zip(values.chunks_mut(rows)) {
            let controls = controls.next().unwrap_or_default();
            let prices = &mut prices[..values.len() * spots.len()];
            let paths = Paths { first_path: first, ..Paths::new(self.seed, 1, self.years) };
            paths.fill_basket_terminal(model, spots, prices)?;
            self.setting.pay(prices, values, controls);
            if self.is_antithetic {
                Paths { antithetic: true, ..paths }.fill_basket_terminal(model, spots, prices)?;
                let (mirrored, mirrored_controls) = mirrored.split_at_mut(rows);
                let mirrored = &mut mirrored[..values.len()];
                let mirrored_controls = &mut mirrored_controls[..controls.len()];
                self.setting.pay(prices, mirrored, mirrored_controls);
                halve(values, mirrored);
                halve(controls, mirrored_controls);
            }
        }
        Ok(())
    }
}
