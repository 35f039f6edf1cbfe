//! Estimates from independent paths.

mod baskets;
mod paths;

use std::ops::ControlFlow;

use gbm_core::noise::Seed;
use gbm_core::paths::Paths;
use gbm_core::process::Process;

use crate::basket::BasketSetting;
use crate::error::PriceError;
use crate::estimate::{Estimate, Halt, Progress, Stopped};
use crate::market::{BasketMarket, Market};
use crate::moments::Moments;
use crate::payoff::{BasketPayoff, Control, PathPayoff, View};
use crate::setting::{Setting, check_work};
use crate::units::TargetError;
use crate::waves::{Block, MIN_WAVES, Sampler, WAVE_BLOCKS, block_samples, compute};
use baskets::BasketSampler;
use paths::PathSampler;

/// Samples below which no standard error is given: two, and one for each estimated coefficient, and one to be safe.
const LEAST_SAMPLES: u64 = 4;

/// A simulation by independent paths: sample i is path i of the seed's, or path i and its mirror image.
///
/// The estimate depends on these fields, market and payoff alone: the same bits for any number of threads.
///
/// ```
/// use gbm_core::noise::Seed;
/// use monte_carlo::payoff::{European, Right};
/// use monte_carlo::units::Strike;
/// use monte_carlo::{Market, MonteCarlo, Parameters};
///
/// let market = Market::black_scholes(Parameters { spot: 100.0, rate: 0.1, volatility: 0.25, maturity: 0.1 })?;
/// let call = European { right: Right::Call, strike: Strike::new(100.0)? };
/// let simulation = MonteCarlo { antithetic: true, ..MonteCarlo::new(Seed::from(42), 1, 1_000_000) };
/// let estimate = simulation.price(&market, &call)?;
/// assert!(estimate.distance(3.6599684533).abs() < 5.0 && estimate.standard_error < 0.005);
/// assert_eq!(MonteCarlo { paths: 0, ..simulation }.price(&market, &call).unwrap_err().to_string(),
///     "paths = 0 is outside [2, 1099511627776]");
/// # Ok::<(), monte_carlo::PriceError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MonteCarlo {
    /// The seed of all noise.
    pub seed: Seed,
    /// n, the steps of a path: the fixings of payoffs that look at them. Payoffs of the last price need one, if the model is
    /// exact. Baskets take one, whatever it says.
    pub steps: u64,
    /// Paths, mirrored ones counted; rounded up to four samples at least, and to whole pairs.
    pub paths: u64,
    /// Whether a sample is the mean of a path and its mirror image.
    pub antithetic: bool,
    /// The control variate.
    pub control: Option<Control>,
    /// The standard error at which to stop, looked at between waves of 64 blocks, from the second on.
    pub target_error: Option<TargetError>,
}

impl MonteCarlo {
    /// Plain paths, all of them.
    pub fn new(seed: Seed, steps: u64, paths: u64) -> Self {
        Self { seed, steps, paths, antithetic: false, control: None, target_error: None }
    }

    /// The price of a payoff of one asset.
    ///
    /// # Errors
    /// [`PriceError`]: too few or too many paths or steps, a control that isn't the payoff's, a payoff between fixings for a
    /// model that is more than independent normals of one size.
    pub fn price<P: Process + Sync, F: PathPayoff + ?Sized>(
        &self,
        market: &Market<P>,
        payoff: &F,
    ) -> Result<Estimate, PriceError>
    where
        P::Step: Sync,
    {
        self.price_with(market, payoff, |_| ControlFlow::Continue(()))
    }

    /// [`MonteCarlo::price`], with a callback that sees the estimate grow, and may stop it.
    ///
    /// # Errors
    /// As [`MonteCarlo::price`].
    ///
    /// ```
    /// # use gbm_core::noise::Seed;
    /// # use monte_carlo::payoff::{European, Right};
    /// # use monte_carlo::units::Strike;
    /// # use monte_carlo::{Market, MonteCarlo, Parameters, Stopped};
    /// # use std::ops::ControlFlow;
    /// # let market = Market::black_scholes(Parameters { spot: 100.0, rate: 0.1, volatility: 0.25, maturity: 0.1 })?;
    /// # let call = European { right: Right::Call, strike: Strike::new(100.0)? };
    /// let simulation = MonteCarlo::new(Seed::from(42), 1, 1 << 40);
    /// let stop = |progress: &monte_carlo::Progress| {
    ///     if progress.paths < 1_000_000 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    /// };
    /// let estimate = simulation.price_with(&market, &call, stop)?;
    /// assert_eq!((estimate.stopped, estimate.paths), (Stopped::Callback, 4 * 64 * 4096));
    /// # Ok::<(), monte_carlo::PriceError>(())
    /// ```
    pub fn price_with<P: Process + Sync, F: PathPayoff + ?Sized>(
        &self,
        market: &Market<P>,
        payoff: &F,
        progress: impl FnMut(&Progress) -> ControlFlow<()>,
    ) -> Result<Estimate, PriceError>
    where
        P::Step: Sync,
    {
        let setting = Setting::new(market, payoff, self.steps, self.control)?;
        let samples = self.samples()?;
        if let Some(certain) = setting.certain() {
            return certain;
        }
        let Some(dt) = setting.dt else { return Err(PriceError::Steps(self.steps)) };
        let paths = Paths::new(self.seed, self.steps, dt);
        let values = if setting.view() == View::Terminal { 1 } else { setting.steps };
        let mean = setting.control.map(|control| control.mean);
        let sampler = PathSampler { setting, paths, is_antithetic: self.antithetic };
        self.run(&sampler, samples, values, mean, progress)
    }

    /// The price of a payoff of several assets, which take one step to maturity.
    ///
    /// # Errors
    /// [`PriceError`], as [`MonteCarlo::price`]; [`PriceError::Assets`] and [`PriceError::Asset`] unless spots, weights and assets
    /// go together.
    pub fn price_basket(&self, market: &BasketMarket, payoff: &BasketPayoff) -> Result<Estimate, PriceError> {
        self.price_basket_with(market, payoff, |_| ControlFlow::Continue(()))
    }

    /// [`MonteCarlo::price_basket`], with a callback as [`MonteCarlo::price_with`]'s.
    ///
    /// # Errors
    /// As [`MonteCarlo::price_basket`].
    pub fn price_basket_with(
        &self,
        market: &BasketMarket,
        payoff: &BasketPayoff,
        progress: impl FnMut(&Progress) -> ControlFlow<()>,
    ) -> Result<Estimate, PriceError> {
        let setting = BasketSetting::new(market, payoff, self.control)?;
        let samples = self.samples()?;
        if let Some(certain) = setting.certain() {
            return certain;
        }
        let Some(years) = setting.years else { return Err(PriceError::Steps(self.steps)) };
        let mean = setting.control_mean();
        let assets = market.spots.len();
        let sampler = BasketSampler { setting, seed: self.seed, years, is_antithetic: self.antithetic };
        self.run(&sampler, samples, assets, mean, progress)
    }

    fn paths_of_a_sample(&self) -> u64 {
        1 + u64::from(self.antithetic)
    }

    /// The samples to be made.
    fn samples(&self) -> Result<u64, PriceError> {
        check_work(self.paths, self.steps)?;
        Ok(self.paths.div_ceil(self.paths_of_a_sample()).max(LEAST_SAMPLES))
    }

    fn run<S: Sampler>(
        &self,
        sampler: &S,
        samples: u64,
        values: usize,
        control_mean: Option<f64>,
        mut progress: impl FnMut(&Progress) -> ControlFlow<()>,
    ) -> Result<Estimate, PriceError> {
        let block = block_samples(values);
        let mut total = Moments::default();
        let mut waves = 0;
        loop {
            let left = samples - total.count;
            let firsts = (0..WAVE_BLOCKS as u64).map(|i| i * block as u64).take_while(|&first| first < left);
            let blocks: Vec<Block> = firsts
                .map(|first| Block {
                    replicate: 0,
                    first: total.count + first,
                    samples: usize::try_from(left - first).map_or(block, |left| left.min(block)),
                })
                .collect();
            for moments in compute(sampler, &blocks)? {
                total.merge(&moments);
            }
            waves += 1;
            let mean = control_mean.map_or_else(|| total.plain(), |mean| total.controlled(mean));
            let so_far = Estimate::new(mean, total.count * self.paths_of_a_sample(), Stopped::Paths)?;
            let halt = Halt {
                is_done: total.count == samples,
                is_trusted: waves >= MIN_WAVES,
                target: self.target_error,
                answer: progress(&so_far.progress(samples * self.paths_of_a_sample())),
            };
            if let Some(stopped) = halt.reason(&so_far) {
                return Ok(Estimate { stopped, ..so_far });
            }
        }
    }
}

/// The mean of each pair.
fn halve(values: &mut [f64], mirrored: &[f64]) {
    for (value, mirrored) in values.iter_mut().zip(mirrored) {
        *value = 0.5 * (*value + mirrored);
    }
}
