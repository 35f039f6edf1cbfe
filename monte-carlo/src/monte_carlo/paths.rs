use gbm_core::noise::{Domain, StreamId};
use gbm_core::paths::{PathError, Paths};
use gbm_core::process::Process;

use super::halve;
use crate::error::PriceError;
use crate::payoff::{Between, PathPayoff, Uniforms, View};
use crate::rows::Rows;
use crate::setting::Setting;
use crate::waves::{Block, Sampler, chunk_rows};

/// Paths of one asset.
pub(super) struct PathSampler<'a, P: Process, F: PathPayoff + ?Sized> {
    pub(super) setting: Setting<'a, P, F>,
    pub(super) paths: Paths,
    pub(super) is_antithetic: bool,
}

/// One thread's memory.
pub(super) struct PathScratch {
    rows: Rows,
    ids: Vec<StreamId>,
    mirrored: Vec<f64>,
    mirrored_controls: Vec<f64>,
}

impl<P: Process, F: PathPayoff + ?Sized> PathSampler<'_, P, F> {
    fn view(&self) -> View {
        self.setting.view()
    }

    fn chunk(&self) -> usize {
        chunk_rows(if self.view() == View::Terminal { 1 } else { self.setting.steps })
    }

    /// The payments of paths `first` to `first + values.len() − 1`, or of their mirror images.
    fn pay(
        &self,
        first: u64,
        antithetic: bool,
        scratch: (&mut Rows, &mut Vec<StreamId>),
        values: &mut [f64],
        controls: &mut [f64],
    ) -> Result<(), PriceError> {
        let (rows, ids) = scratch;
        let Setting { market, steps, .. } = self.setting;
        let (view, n) = (self.view(), values.len());
        let paths = Paths { first_path: first, antithetic, ..self.paths };
        match view {
            View::Terminal => paths.fill_terminal(&market.model, market.spot, &mut rows.terminal[..n])?,
            View::Prices => paths.fill_paths(&market.model, market.spot, &mut rows.prices[..n * steps])?,
            View::LogPrices | View::Both => {
                paths.fill_log_prices(&market.model, market.spot, &mut rows.log_prices[..n * steps])?;
            }
        }
        rows.finish(view, n, steps);
        let mut block = rows.show(self.setting.block(&rows.terminal[..n]));
        if self.setting.payoff.needs().between == Between::Uniforms {
            ids.clear();
            for path in (first..).take(n) {
                ids.push(StreamId::new(Domain::Bridges, 0, path).map_err(PathError::from)?);
            }
            block.uniforms = Uniforms::Streams { seed: self.paths.seed, ids, is_mirrored: antithetic };
        }
        self.setting.pay(&block, values, controls);
        Ok(())
    }
}

impl<P: Process + Sync, F: PathPayoff + ?Sized> Sampler for PathSampler<'_, P, F>
where
    P::Step: Sync,
{
    type Scratch = PathScratch;

    fn scratch(&self) -> PathScratch {
        let (view, rows) = (self.view(), self.chunk());
        let mirrored = if self.is_antithetic { rows } else { 0 };
        PathScratch {
            rows: Rows::new(view, rows, self.setting.steps),
            ids: Vec::new(),
            mirrored: vec![0.0; mirrored],
            mirrored_controls: vec![0.0; if self.is_controlled() { mirrored } else { 0 }],
        }
    }

    fn is_controlled(&self) -> bool {
        self.setting.control.is_some()
    }

    fn fill(
        &self,
        block: Block,
        scratch: &mut PathScratch,
        values: &mut [f64],
        controls: &mut [f64],
    ) -> Result<(), PriceError> {
        let rows = self.chunk();
        let mut controls = controls.chunks_mut(rows);
        for (first, values) in (block.first..).step_by(rows).zip(values.chunks_mut(rows)) {
            let controls = controls.next().unwrap_or_default();
            self.pay(first, false, (&mut scratch.rows, &mut scratch.ids), values, controls)?;
            if self.is_antithetic {
                let mirrored = &mut scratch.mirrored[..values.len()];
                let mirrored_controls = &mut scratch.mirrored_controls[..controls.len()];
                self.pay(first, true, (&mut scratch.rows, &mut scratch.ids), mirrored, mirrored_controls)?;
                halve(values, mirrored);
                halve(controls, mirrored_controls);
            }
        }
        Ok(())
    }
}
