use rayon::prelude::*;

use super::basket::Finish;
use super::{PathError, Paths, Prepared, log_price, price};
use crate::kernel::Output;
use crate::model::MultiGbm;
use crate::process::Process;
use crate::units::Price;

/// Values that one task fills: enough that handing it out costs nothing, few enough that threads end together.
const TASK: usize = 1 << 16;
/// Short paths of a task are a multiple of this, so that all lanes of any instruction set are filled.
const LANES: usize = 16;

/// The number of paths of one task. Long ones fill the lanes with their blocks, each by itself.
fn paths_of_task(row: usize) -> usize {
    let paths = (TASK / row).max(1);
    if paths < LANES { paths } else { paths.next_multiple_of(LANES) }
}

impl Paths {
    /// [`Paths::fill_paths`] on the current `rayon` pool: the same bits.
    ///
    /// # Errors
    /// As [`Paths::fill_paths`].
    ///
    /// ```
    /// use gbm_core::prelude::*;
    /// let (gbm, spot) = (Gbm::new(0.1, 0.2)?, Price::new(100.0)?);
    /// let paths = Paths::new(Seed::from(42), 250, Years::new(1.0 / 250.0)?);
    /// let (mut one, mut all) = (vec![0.0; 1000 * 250], vec![0.0; 1000 * 250]);
    /// paths.fill_paths(&gbm, spot, &mut one)?;
    /// paths.par_fill_paths(&gbm, spot, &mut all)?;
    /// assert_eq!(one, all);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn par_fill_paths<P>(&self, model: &P, spot: Price, prices: &mut [f64]) -> Result<(), PathError>
    where
        P: Process<Step: Sync> + Sync,
    {
        self.par_fill_rows(model, price(spot), prices)
    }

    /// [`Paths::fill_log_prices`] on the current `rayon` pool: the same bits.
    ///
    /// # Errors
    /// As [`Paths::fill_log_prices`].
    pub fn par_fill_log_prices<P>(&self, model: &P, spot: Price, log_prices: &mut [f64]) -> Result<(), PathError>
    where
        P: Process<Step: Sync> + Sync,
    {
        self.par_fill_rows(model, log_price(spot), log_prices)
    }

    /// [`Paths::fill_terminal`] on the current `rayon` pool: the same bits.
    ///
    /// # Errors
    /// As [`Paths::fill_terminal`].
    pub fn par_fill_terminal<P>(&self, model: &P, spot: Price, prices: &mut [f64]) -> Result<(), PathError>
    where
        P: Process<Step: Sync> + Sync,
    {
        let prepared: Prepared<'_, P> = self.prepare(model)?;
        self.check_terminal(1, prices.len())?;
        self.in_tasks(1, prices, |paths, prices| paths.fill_ends(&prepared, price(spot), prices));
        Ok(())
    }

    /// [`Paths::fill_basket`] on the current `rayon` pool: the same bits.
    ///
    /// # Errors
    /// As [`Paths::fill_basket`].
    pub fn par_fill_basket(&self, model: &MultiGbm, spots: &[Price], prices: &mut [f64]) -> Result<(), PathError> {
        self.par_fill_basket_rows(model, spots, price, prices)
    }

    /// [`Paths::fill_basket_log_prices`] on the current `rayon` pool: the same bits.
    ///
    /// # Errors
    /// As [`Paths::fill_basket_log_prices`].
    pub fn par_fill_basket_log_prices(
        &self,
        model: &MultiGbm,
        spots: &[Price],
        log_prices: &mut [f64],
    ) -> Result<(), PathError> {
        self.par_fill_basket_rows(model, spots, log_price, log_prices)
    }

    /// [`Paths::fill_basket_terminal`] on the current `rayon` pool: the same bits.
    ///
    /// # Errors
    /// As [`Paths::fill_basket_terminal`].
    pub fn par_fill_basket_terminal(
        &self,
        model: &MultiGbm,
        spots: &[Price],
        prices: &mut [f64],
    ) -> Result<(), PathError> {
        self.check_basket_ends(model, spots, prices.len())?;
        self.in_tasks(spots.len(), prices, |paths, prices| paths.fill_basket_ends(model, spots, prices));
        Ok(())
    }

    fn par_fill_rows<P>(&self, model: &P, output: Output, out: &mut [f64]) -> Result<(), PathError>
    where
        P: Process<Step: Sync> + Sync,
    {
        let prepared: Prepared<'_, P> = self.prepare(model)?;
        let row = out.len() / self.check_rows(1, out.len())?;
        self.in_tasks(row, out, |paths, out| paths.fill_rows(&prepared, output, out));
        Ok(())
    }

    fn par_fill_basket_rows(
        &self,
        model: &MultiGbm,
        spots: &[Price],
        finish: Finish,
        out: &mut [f64],
    ) -> Result<(), PathError> {
        let row = out.len() / self.check_basket(model, spots, out.len())?;
        self.in_tasks(row, out, |paths, out| paths.fill_basket_rows(model, spots, finish, out));
        Ok(())
    }

    /// Cuts checked rows into tasks of whole paths. Each has the numbers of its paths, so who runs it changes nothing.
    fn in_tasks(&self, row: usize, out: &mut [f64], fill: impl Fn(&Self, &mut [f64]) + Sync) {
        let paths = paths_of_task(row);
        let isa = crate::kernel::Isa::in_use();
        out.par_chunks_mut(paths * row).enumerate().for_each(|(task, out)| {
            let first_path = self.first_path + (task * paths) as u64;
            isa.run(|| fill(&Self { first_path, ..*self }, out));
        });
    }
}
