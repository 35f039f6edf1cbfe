//! The bars of one scale, with what the search has to come near.

use std::ops::ControlFlow;

use gbm_core::model::Model;
use gbm_core::noise::Seed;
use gbm_core::units::Price;

use super::error::FitPresetError;
use crate::bars::Bars;
use crate::bootstrap::Bootstrap;
use crate::envelope::{Envelope, quantile, sorted};
use crate::facts::measure;
use crate::returns::Returns;
use crate::scale::Scale;
use crate::simulate::{Simulator, SimulatorError};

/// A half-width is at least this part of the value: a fact known by chance to the last digit shouldn't outweigh all others.
const LEAST_WIDTH: f64 = 0.05;
/// Where Huber's loss turns from squares to a line, in half-widths.
const BEND: f64 = 2.0;
/// How far off a fact counts that the model's paths don't have, in half-widths.
const ABSENT: f64 = 5.0;

/// A fact's value and how well the data know it.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Aim {
    value: f64,
    half_width: f64,
}

/// Bars with their aims.
pub(super) struct Side<'a> {
    pub(super) bars: &'a Bars,
    spot: Price,
    aims: Vec<Option<Aim>>,
}

impl<'a> Side<'a> {
    pub(super) fn of(bars: &'a Bars, seed: Seed, resamples: u64) -> Result<Self, FitPresetError> {
        let first = bars.log_closes().first().copied().unwrap_or_default();
        let spot = Price::new(first.exp())?;
        let pattern = bars.pattern();
        let Some(returns) = Returns::of(pattern, bars.log_closes()) else { return Err(FitPresetError::NoFacts) };
        let bootstrap = Bootstrap { seed, resamples, block: pattern.scale().block_bars() };
        let intervals = bootstrap.intervals(&returns, |own| measure(own, None), |_| ControlFlow::Continue(()))?;
        let aim = |(value, interval): (Option<f64>, Option<Envelope>)| {
            let (value, half) = (value?, 0.5 * interval?.width());
            let half_width = half.max(LEAST_WIDTH * value.abs());
            (half > 0.0 && half_width.is_finite()).then_some(Aim { value, half_width })
        };
        let aims = measure(&returns, None).into_iter().zip(intervals).map(aim).collect();
        Ok(Self { bars, spot, aims })
    }

    /// How many facts there are to come near.
    pub(super) fn facts(&self) -> usize {
        self.aims.iter().flatten().count()
    }

    pub(super) fn scale(&self) -> Scale {
        self.bars.pattern().scale()
    }

    pub(super) fn simulator<'m>(
        &'m self,
        model: &'m Model,
        seed: Seed,
    ) -> Result<Simulator<'m, Model>, SimulatorError> {
        Simulator::new(model, self.bars.pattern(), self.spot, seed, tick_ms(self.scale()))
    }

    /// The facts of a path; none of one that isn't of numbers.
    pub(super) fn measured(&self, log_closes: &[f64]) -> Vec<Option<f64>> {
        let are_numbers = log_closes.iter().all(|close| close.is_finite());
        let returns = Returns::of(self.bars.pattern(), log_closes).filter(|_| are_numbers);
        returns.map_or_else(Vec::new, |returns| measure(&returns, None))
    }

    /// Σρ((median − value)/half-width) over the facts, of the paths' facts.
    pub(super) fn loss(&self, paths: &[Vec<Option<f64>>]) -> f64 {
        let of_fact = |(number, aim): (usize, &Option<Aim>)| {
            let aim = aim.as_ref()?;
            let values = sorted(paths.iter().map(|path| path.get(number).copied().flatten()));
            let median = quantile(&values, 0.5);
            Some(huber(median.map_or(ABSENT, |median| (median - aim.value) / aim.half_width)))
        };
        self.aims.iter().enumerate().filter_map(of_fact).sum()
    }
}

/// Huber's loss: z² up to 2, then a line.
fn huber(z: f64) -> f64 {
    let z = z.abs();
    if z <= BEND { z * z } else { BEND * (2.0 * z - BEND) }
}

/// The tick at which bars are simulated: a minute, five for hours, a quarter of an hour for days.
pub(super) const fn tick_ms(scale: Scale) -> i64 {
    match scale {
        Scale::Minute => 60_000,
        Scale::Hour => 300_000,
        Scale::Day => 900_000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_that_is_far_off_weighs_by_its_distance_not_its_square() {
        assert_eq!((huber(0.0), huber(-1.0), huber(2.0), huber(-5.0)), (0.0, 1.0, 4.0, 16.0));
        // No kink where it turns.
        assert!(((huber(2.0 + 1e-6) - huber(2.0 - 1e-6)) / 2e-6 - 4.0).abs() < 1e-5);
    }
}
