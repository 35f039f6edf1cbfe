//! A model's paths at the bars' closes: simulated tick by tick, kept bar by bar.

use gbm_core::grid::{CALENDAR_YEAR_S, MAX_TICK};
use gbm_core::noise::Seed;
use gbm_core::paths::{PathError, Paths};
use gbm_core::process::Process;
use gbm_core::units::{OutOfDomain, Price, Years};

use crate::pattern::Pattern;
use crate::scale::Scale;

/// Ticks in a bar, at most.
const MAX_TICKS_A_BAR: i64 = 86_400;
/// Ticks that are simulated in one go, if a bar has fewer.
const AHEAD: usize = 8192;

/// Why a model can't be simulated on these bars.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SimulatorError {
    /// A tick that doesn't divide the bar, or is too short.
    #[error("tick = {tick_ms} ms: it must divide a bar of {scale} into 1 to {MAX_TICKS_A_BAR} parts")]
    Tick {
        /// The tick.
        tick_ms: i64,
        /// The scale.
        scale: Scale,
    },
    /// Bars over a longer time than can be simulated.
    #[error("the bars take {0} ticks, more than {MAX_TICK}")]
    Long(i64),
    /// A number outside its domain.
    #[error(transparent)]
    OutOfDomain(#[from] OutOfDomain),
    /// The model itself can't be simulated.
    #[error(transparent)]
    Path(#[from] PathError),
}

/// Paths of a model where the bars of some data are: from the first close, through every gap, to the last one.
///
/// Path p runs on stream p of the seed. One step takes a tick; a year has 365 days. Memory holds the closes and some ticks.
///
/// ```
/// use gbm_core::prelude::*;
/// use realism::{Pattern, Scale, Simulator, Stretch};
/// let pattern = Pattern::new(Scale::Hour, [Stretch { first_close_ms: 0, closes: 25 }]);
/// let model = Gbm::new(0.5, 0.8)?;
/// let simulator = Simulator::new(&model, &pattern, Price::new(100.0)?, Seed::from(42), 60_000)?;
/// let closes = simulator.closes(7);
/// assert_eq!((closes.len(), closes[0]), (25, 100_f64.ln()));
/// assert!(Simulator::new(&model, &pattern, Price::new(100.0)?, Seed::from(42), 7).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Simulator<'a, P> {
    model: &'a P,
    pattern: &'a Pattern,
    spot: Price,
    paths: Paths,
    ticks_a_bar: usize,
}

impl<'a, P: Process> Simulator<'a, P> {
    /// A simulator with the price at the first close, and a tick in milliseconds.
    ///
    /// # Errors
    /// [`SimulatorError`]: a tick that doesn't divide the bar, more ticks than a stream has, a model that can't be simulated.
    pub fn new(
        model: &'a P,
        pattern: &'a Pattern,
        spot: Price,
        seed: Seed,
        tick_ms: i64,
    ) -> Result<Self, SimulatorError> {
        let scale = pattern.scale();
        let wrong = SimulatorError::Tick { tick_ms, scale };
        let divides = tick_ms > 0 && scale.bar_ms() % tick_ms == 0;
        let ticks_a_bar = if divides { scale.bar_ms() / tick_ms } else { 0 };
        if !(1..=MAX_TICKS_A_BAR).contains(&ticks_a_bar) {
            return Err(wrong);
        }
        let span_ms = pattern.last_close_ms().unwrap_or_default() - pattern.first_close_ms().unwrap_or_default();
        let long = SimulatorError::Long(span_ms / tick_ms);
        let steps = u64::try_from(span_ms / tick_ms).map_err(|_| long)?;
        let dt = Years::new(tick_ms as f64 / (1000 * CALENDAR_YEAR_S) as f64)?;
        let start_time_ms = pattern.first_close_ms().unwrap_or_default();
        let paths = Paths { start_time_ms, ..Paths::new(seed, steps, dt) };
        // What a path can't be for is the same for all.
        paths.stream(model, spot)?;
        Ok(Self { model, pattern, spot, paths, ticks_a_bar: usize::try_from(ticks_a_bar).map_err(|_| wrong)? })
    }

    /// The natural log-closes of a path, at the times of [`Pattern::close_times_ms`]; nothing for a path of 2⁴⁰ or more.
    pub fn closes(&self, path: u64) -> Vec<f64> {
        let paths = Paths { first_path: path, ..self.paths };
        let Ok(mut stream) = paths.stream(self.model, self.spot) else { return Vec::new() };
        let bars_ahead = (AHEAD / self.ticks_a_bar).max(1);
        let mut ticks = vec![self.spot.get(); bars_ahead * self.ticks_a_bar];
        let mut closes = Vec::with_capacity(self.pattern.closes());
        // Bar 0 is the first close itself, bars up to `known` are in `ticks`, the last one at its end.
        let (mut known, mut held) = (0, 1);
        let (bar_ms, first) = (self.pattern.scale().bar_ms(), self.pattern.first_close_ms().unwrap_or_default());
        for time_ms in self.pattern.close_times_ms() {
            let bar = (time_ms - first) / bar_ms;
            while bar > known {
                let filled = stream.fill(&mut ticks) / self.ticks_a_bar;
                if filled == 0 {
                    return Vec::new();
                }
                held = filled;
                known += i64::try_from(filled).unwrap_or(i64::MAX);
            }
            let back = usize::try_from(known - bar).unwrap_or_default();
            let last = if known == 0 { 0 } else { (held - back) * self.ticks_a_bar - 1 };
            closes.push(ticks[last].ln());
        }
        closes
    }
}
