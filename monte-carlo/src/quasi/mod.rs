//! Estimates from scrambled Sobol' points.

mod baskets;
mod normals;
mod paths;
mod points;

use std::ops::ControlFlow;

use gbm_core::noise::Seed;
use gbm_core::process::Process;

use crate::basket::BasketSetting;
use crate::bridge::BrownianBridge;
use crate::error::PriceError;
use crate::estimate::{Estimate, Halt, Progress, Stopped};
use crate::market::{BasketMarket, Market};
use crate::moments::{Mean, Moments};
use crate::payoff::{BasketPayoff, Control, PathPayoff};
use crate::setting::{Setting, check_work};
use crate::sobol::Sobol;
use crate::units::TargetError;
use crate::waves::{Block, MIN_WAVES, Sampler, WAVE_BLOCKS, block_samples, compute};
use baskets::QuasiBaskets;
pub use normals::QuasiNormals;
use paths::{Dimensions, QuasiPaths};

/// A simulation by randomised quasi-Monte Carlo: the first 2^k points of Sobol' sequence, scrambled anew in each replicate.
///
/// - A path of n steps takes n coordinates, which a [`BrownianBridge`] spends on the whole path first; payoffs of the last price
///   take one. Lookbacks that watch continuously take n more. Baskets take one an asset.
/// - The price is the mean of the replicates' means, and its standard error that of their spread, with `replicates` − 1 degrees
///   of freedom. A control's coefficient is estimated from all points together.
/// - The model must move by independent normals of one size, as [`Gbm`](gbm_core::model::Gbm) does.
///
/// The error falls nearly as n^{−3/2} for payoffs that are smooth and level off at both ends, as n^{−1} for those whose outermost
/// points matter, such as calls, and for any payoff at least as fast as n^{−1/2}, up to a constant.
///
/// Source: Owen (1997), *Ann. Stat.* 25(4); Owen (1998), *ACM TOMACS* 8(1).
///
/// ```
/// use gbm_core::noise::Seed;
/// use monte_carlo::payoff::{European, Right};
/// use monte_carlo::units::Strike;
/// use monte_carlo::{Market, Parameters, QuasiMonteCarlo};
///
/// let market = Market::black_scholes(Parameters { spot: 100.0, rate: 0.1, volatility: 0.25, maturity: 0.1 })?;
/// let call = European { right: Right::Call, strike: Strike::new(100.0)? };
/// let estimate = QuasiMonteCarlo::new(Seed::from(42), 1, 1 << 18).price(&market, &call)?;
/// assert!(estimate.distance(3.6599684533).abs() < 6.0 && estimate.standard_error < 1e-4);
/// # Ok::<(), monte_carlo::PriceError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QuasiMonteCarlo {
    /// The seed of the scrambles.
    pub seed: Seed,
    /// n, the steps of a path: the fixings of payoffs that look at them.
    pub steps: u64,
    /// Paths of all replicates together; rounded up to a power of two for each.
    pub paths: u64,
    /// Independent scrambles, 4 to 1,024.
    pub replicates: u32,
    /// The control variate.
    pub control: Option<Control>,
    /// The standard error at which to stop: looked at between waves where the points are a power of two, from the second
    /// wave on.
    pub target_error: Option<TargetError>,
}

impl QuasiMonteCarlo {
    /// Thirty-two replicates, all paths. Errors of few replicates are skewed where the payoff has a kink: with 16, intervals hold less
    /// than they say.
    pub fn new(seed: Seed, steps: u64, paths: u64) -> Self {
        Self { seed, steps, paths, replicates: 32, control: None, target_error: None }
    }

    /// The price of a payoff of one asset.
    ///
    /// # Errors
    /// [`PriceError`]: too few or too many paths, steps, replicates or dimensions, a control that isn't the payoff's, a model that
    /// is more than independent normals of one size.
    pub fn price<P: Process + Sync, F: PathPayoff + ?Sized>(
        &self,
        market: &Market<P>,
        payoff: &F,
    ) -> Result<Estimate, PriceError> {
        self.price_with(market, payoff, |_| ControlFlow::Continue(()))
    }

    /// [`QuasiMonteCarlo::price`], with a callback that sees the estimate between waves, and may stop it.
    ///
    /// # Errors
    /// As [`QuasiMonteCarlo::price`].
    pub fn price_with<P: Process + Sync, F: PathPayoff + ?Sized>(
        &self,
        market: &Market<P>,
        payoff: &F,
        progress: impl FnMut(&Progress) -> ControlFlow<()>,
    ) -> Result<Estimate, PriceError> {
        let setting = Setting::new(market, payoff, self.steps, self.control)?;
        let points = self.points()?;
        let dimensions = Dimensions::of(&setting);
        let sobol = Sobol::new(dimensions.all())?;
        if let Some(certain) = setting.certain() {
            return certain;
        }
        let law = setting.law.ok_or(PriceError::Model { what: "a quasi-random path" })?;
        let mean = setting.control.map(|control| control.mean);
        let bridge = BrownianBridge::new(dimensions.path)?;
        let sampler = QuasiPaths { setting, law, dimensions, sobol, bridge, seed: self.seed };
        self.run(&sampler, points, dimensions.all(), mean, progress)
    }

    /// The price of a payoff of several assets.
    ///
    /// # Errors
    /// [`PriceError`], as [`QuasiMonteCarlo::price`]; [`PriceError::Assets`] and [`PriceError::Asset`] unless spots, weights and
    /// assets go together.
    pub fn price_basket(&self, market: &BasketMarket, payoff: &BasketPayoff) -> Result<Estimate, PriceError> {
        self.price_basket_with(market, payoff, |_| ControlFlow::Continue(()))
    }

    /// [`QuasiMonteCarlo::price_basket`], with a callback as [`QuasiMonteCarlo::price_with`]'s.
    ///
    /// # Errors
    /// As [`QuasiMonteCarlo::price_basket`].
    pub fn price_basket_with(
        &self,
        market: &BasketMarket,
        payoff: &BasketPayoff,
        progress: impl FnMut(&Progress) -> ControlFlow<()>,
    ) -> Result<Estimate, PriceError> {
        let setting = BasketSetting::new(market, payoff, self.control)?;
        let points = self.points()?;
        let assets = market.spots.len();
        let sobol = Sobol::new(assets)?;
        if let Some(certain) = setting.certain() {
            return certain;
        }
        let steps = setting.linear_steps().ok_or(PriceError::Model { what: "a quasi-random path" })?;
        let mean = setting.control_mean();
        let sampler = QuasiBaskets { setting, steps, sobol, seed: self.seed };
        self.run(&sampler, points, assets, mean, progress)
    }

    /// The points of each replicate.
    fn points(&self) -> Result<u64, PriceError> {
        if !(4..=1024).contains(&self.replicates) {
            return Err(PriceError::Replicates(self.replicates));
        }
        check_work(self.paths, self.steps)?;
        Ok(self.paths.div_ceil(u64::from(self.replicates)).next_power_of_two())
    }

    fn run<S: Sampler>(
        &self,
        sampler: &S,
        points: u64,
        values: usize,
        control_mean: Option<f64>,
        mut progress: impl FnMut(&Progress) -> ControlFlow<()>,
    ) -> Result<Estimate, PriceError> {
        let replicates = u64::from(self.replicates);
        let block = usize::try_from(points).map_or(usize::MAX, |points| points.min(block_samples(values)));
        let blocks_of_each = (WAVE_BLOCKS as u64 / replicates).max(1);
        let mut totals = vec![Moments::default(); self.replicates as usize];
        let (mut done, mut waves) = (0, 0);
        loop {
            // All replicates advance alike, so that an estimate can be given after any wave.
            let firsts = (0..blocks_of_each).map(|i| done + i * block as u64).take_while(|&first| first < points);
            let blocks: Vec<Block> = firsts
                .flat_map(|first| (0..self.replicates).map(move |replicate| Block { replicate, first, samples: block }))
                .collect();
            for (block, moments) in blocks.iter().zip(compute(sampler, &blocks)?) {
                if let Some(total) = totals.get_mut(block.replicate as usize) {
                    total.merge(&moments);
                }
            }
            done = totals.first().map_or(points, |total| total.count);
            waves += 1;
            let so_far = Estimate::new(mean_of_replicates(&totals, control_mean), done * replicates, Stopped::Paths)?;
            let halt = Halt {
                is_done: done == points,
                is_trusted: done.is_power_of_two() && waves >= MIN_WAVES,
                target: self.target_error,
                answer: progress(&so_far.progress(points * replicates)),
            };
            if let Some(stopped) = halt.reason(&so_far) {
                return Ok(Estimate { stopped, ..so_far });
            }
        }
    }
}

/// The mean of the replicates' means, less what their controls are off by, with the error of their spread.
fn mean_of_replicates(replicates: &[Moments], control_mean: Option<f64>) -> Mean {
    let mut all = Moments::default();
    for replicate in replicates {
        all.merge(replicate);
    }
    let beta = control_mean.map_or(0.0, |_| all.coefficient());
    let center = control_mean.unwrap_or_default();
    let means: Vec<f64> =
        replicates.iter().map(|replicate| replicate.mean - beta * (replicate.control_mean - center)).collect();
    Moments::of(&means, None).plain()
}
