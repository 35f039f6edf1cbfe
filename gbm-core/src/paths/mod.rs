//! Many independent paths into the caller's slice: nothing is allocated for each step, and at most 64 KiB for each thread.
//!
//! | Fills | one asset | a correlated basket |
//! |---|---|---|
//! | prices, every step | [`Paths::fill_paths`] | [`Paths::fill_basket`] |
//! | ln P, every step | [`Paths::fill_log_prices`] | [`Paths::fill_basket_log_prices`] |
//! | prices, last step only | [`Paths::fill_terminal`] | [`Paths::fill_basket_terminal`] |
//!
//! With feature `rayon` each has a `par_` twin. The same numbers come out for any number of threads, any way of cutting the
//! paths into calls and any [instruction set](crate::kernel::Isa). A slice that was never written costs more than the
//! numbers: the system maps its pages at the first write, so keep a buffer and fill it again.

mod basket;
mod error;
#[cfg(feature = "rayon")]
mod parallel;
mod stream;
mod terminal;
#[cfg(any(feature = "ndarray", feature = "arrow"))]
mod views;
mod walk;

pub use error::PathError;
pub use stream::PathStream;

use crate::grid::MAX_TICK;
use crate::kernel::chacha::key_words;
use crate::kernel::{self, Isa, Output, Slots, Source};
use crate::math::{inverse_normal, ln};
use crate::noise::{Domain, Seed, StreamError, StreamId};
use crate::process::{BLOCK, Clock, LinearStep, MAX_BUDGET, Modifiers, Noise, Process};
use crate::units::{Price, Years};
use walk::Walk;

/// Which paths to fill: path p of asset a runs on stream (diffusion ‖ a ‖ `first_path` + p).
///
/// Path 0 of an asset is the one that a [`Simulation`](crate::engine::Simulation) with the same seed, model and Δt
/// runs on: the same bits.
///
/// ```
/// use gbm_core::prelude::*;
/// let paths = Paths::new(Seed::from(42), 250, Years::new(1.0 / 250.0)?);
/// let (mut first, mut all) = (vec![0.0; 250], vec![0.0; 100 * 250]);
/// paths.fill_paths(&Gbm::new(0.1, 0.2)?, Price::new(100.0)?, &mut all)?;
/// Paths { first_path: 7, ..paths }.fill_paths(&Gbm::new(0.1, 0.2)?, Price::new(100.0)?, &mut first)?;
/// assert_eq!(first, all[7 * 250..8 * 250]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
    /// When the first step begins, Unix milliseconds: seasons look at it. Steps are of calendar years.
    pub start_time_ms: i64,
    /// Whether to fill the mirrored paths: every noise word complemented, so every normal negated, exactly.
    pub antithetic: bool,
}

/// A model prepared for the steps of a fill.
#[derive(Clone, Debug)]
struct Prepared<'a, P: Process> {
    model: &'a P,
    step: P::Step,
    /// The step's coefficients, mirrored if the paths are.
    linear: Option<LinearStep>,
    slots: Slots,
    is_mirrored: bool,
    /// The states that paths start in are drawn here, path after path.
    start: (Seed, StreamId),
}

impl Paths {
    /// The paths of asset 0 from path 0 on, not mirrored.
    pub fn new(seed: Seed, steps: u64, dt: Years) -> Self {
        Self { seed, asset: 0, first_path: 0, steps, dt, start_time_ms: 0, antithetic: false }
    }

    /// Fills `prices` with whole paths, shape `[paths][steps]`: entry `p·steps + j` is path p after step j + 1.
    ///
    /// # Errors
    /// - [`PathError::Steps`] for no steps or more than 2⁴⁸, [`PathError::Shape`] for a slice that isn't a whole number of paths;
    /// - [`PathError::Stream`] for a path number of 2⁴⁰ or more;
    /// - [`PathError::Unsuitable`] for a model that isn't made for steps of `dt`, such as [`Garch`](crate::model::Garch) of another bar;
    /// - [`PathError::Budget`] for a model that declares no noise words, more than there are, or a diffusion slot outside them.
    ///
    /// ```
    /// use gbm_core::prelude::*;
    /// let paths = Paths::new(Seed::from(42), 250, Years::new(1.0 / 250.0)?);
    /// let mut prices = vec![0.0; 100 * 250];
    /// paths.fill_paths(&Gbm::new(0.1, 0.2)?, Price::new(100.0)?, &mut prices)?;
    /// assert!(prices.iter().all(|&price| price > 0.0));
    /// assert!(paths.fill_paths(&Gbm::new(0.1, 0.2)?, Price::new(100.0)?, &mut prices[1..]).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn fill_paths<P: Process>(&self, model: &P, spot: Price, prices: &mut [f64]) -> Result<(), PathError> {
        let prepared = self.prepare(model)?;
        self.check_rows(1, prices.len())?;
        self.fill_rows(&prepared, price(spot), prices);
        Ok(())
    }

    /// Fills `log_prices` with ln P, natural logarithms: shape and paths as [`Paths::fill_paths`], which costs an exponential
    /// more. ln P = ln S₀ + x·ln 2, x the log-price in log₂ units, saturated as prices are.
    ///
    /// # Errors
    /// As [`Paths::fill_paths`].
    ///
    /// ```
    /// use gbm_core::prelude::*;
    /// let paths = Paths::new(Seed::from(42), 250, Years::new(1.0 / 250.0)?);
    /// let mut log_prices = vec![0.0; 100 * 250];
    /// paths.fill_log_prices(&Gbm::new(0.1, 0.2)?, Price::new(100.0)?, &mut log_prices)?;
    /// assert!(log_prices.iter().all(|x| (x - 100_f64.ln()).abs() < 1.5));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn fill_log_prices<P: Process>(&self, model: &P, spot: Price, log_prices: &mut [f64]) -> Result<(), PathError> {
        let prepared = self.prepare(model)?;
        self.check_rows(1, log_prices.len())?;
        self.fill_rows(&prepared, log_price(spot), log_prices);
        Ok(())
    }

    /// Fills checked rows.
    fn fill_rows<P: Process>(&self, prepared: &Prepared<'_, P>, output: Output, out: &mut [f64]) {
        let (key, first) = (key_words(&self.seed.key()), self.first_stream(Domain::Diffusion));
        let steps = out.len().min(usize::try_from(self.steps).unwrap_or(usize::MAX));
        let source = |path: usize| Source { key: &key, stream: first + path as u64 };
        let mut side_by_side = 0;
        if let Some(step) = prepared.linear {
            side_by_side = side_by_side_of(out.len() / steps, steps);
            kernel::rows(source(0), steps, step, output, &mut out[..side_by_side * steps]);
        }
        for (path, row) in (side_by_side..).zip(out[side_by_side * steps..].chunks_exact_mut(steps)) {
            Walk::new(prepared, source(path), self.first_path + path as u64).fill(output, row);
        }
    }

    fn prepare<'a, P: Process>(&self, model: &'a P) -> Result<Prepared<'a, P>, PathError> {
        let (budget, slot) = (model.budget(), model.diffusion_slot());
        if !(1..=MAX_BUDGET).contains(&budget) || slot >= budget {
            return Err(PathError::Budget(budget, slot));
        }
        let clock = Clock::new(self.dt, self.start_time_ms);
        model.check(&clock)?;
        let step = model.step(&clock, &Modifiers::neutral(model));
        let linear = model.linear(&step).filter(|_| budget == 1).map(|step| self.mirrored(step));
        let slots = Slots { budget, leading: model.normals(&step).min(budget), diffusion: slot };
        let start = (self.seed, StreamId::live(Domain::Start, self.asset));
        Ok(Prepared { model, step, linear, slots, is_mirrored: self.antithetic, start })
    }

    /// The step as it acts on the normals that weren't negated: the same bits.
    fn mirrored(&self, step: LinearStep) -> LinearStep {
        if self.antithetic { LinearStep { diffusion: -step.diffusion, ..step } } else { step }
    }

    fn check_steps(&self) -> Result<(), PathError> {
        if (1..=MAX_TICK).contains(&self.steps) { Ok(()) } else { Err(PathError::Steps(self.steps)) }
    }

    /// The number of paths, if the slice holds a whole number of rows of `assets` values a step.
    fn check_rows(&self, assets: usize, given: usize) -> Result<usize, PathError> {
        self.check_steps()?;
        let row = usize::try_from(self.steps).ok().and_then(|steps| steps.checked_mul(assets));
        self.check_shape(assets, row.ok_or(PathError::Steps(self.steps))?, given)
    }

    /// The number of paths of `row` values each, if the slice holds just them and each has its number.
    fn check_shape(&self, assets: usize, row: usize, given: usize) -> Result<usize, PathError> {
        if given == 0 || !given.is_multiple_of(row) {
            return Err(PathError::Shape { given, row });
        }
        let paths = given / row;
        StreamId::new(Domain::Diffusion, self.asset, self.first_path.saturating_add(paths as u64 - 1))?;
        let last_asset = u64::from(self.asset) + assets as u64 - 1;
        if last_asset > u64::from(u16::MAX) {
            return Err(StreamError::Asset(last_asset).into());
        }
        Ok(paths)
    }

    /// The first path's stream, once its number was checked.
    fn first_stream(&self, domain: Domain) -> u64 {
        StreamId::live(domain, self.asset).get() + self.first_path
    }
}

impl<P: Process> Prepared<'_, P> {
    /// The state that a path starts in.
    fn initial_state(&self, path: u64) -> P::State {
        let (mut words, budget) = ([0; MAX_BUDGET], self.slots.budget);
        let words = &mut words[..budget];
        if self.model.has_random_start() {
            let (seed, stream) = self.start;
            let key = key_words(&seed.key());
            Source { key: &key, stream: stream.get() }.read(path.wrapping_mul(budget as u64), words);
        }
        if self.is_mirrored {
            for word in &mut *words {
                *word = !*word;
            }
        }
        self.model.initial_state(Noise::new(0, inverse_normal(words[self.slots.diffusion]), words))
    }
}

/// How many of the paths are best filled in lanes side by side: all that fill their lanes, and the rest too unless it is
/// quicker to put the blocks of each into the lanes, one path after the other.
fn side_by_side_of(paths: usize, steps: usize) -> usize {
    let lanes = Isa::in_use().lanes();
    let rest = paths % lanes;
    if rest * steps.div_ceil(BLOCK * lanes) < steps.div_ceil(BLOCK) { paths - rest } else { paths }
}

fn price(spot: Price) -> Output {
    Output::Price { spot: spot.get() }
}

fn log_price(spot: Price) -> Output {
    Output::LogPrice { ln_spot: ln(spot.get()) }
}
