//! What a model's simulated facts lack of the data's.

use std::ops::ControlFlow;

use gbm_core::model::Model;
use gbm_core::noise::Seed;

use super::error::FitPresetError;
use super::fitted::Loss;
use super::side::Side;
use crate::waves::in_waves;

/// What a parameter costs that is e times the start's: as much as a fact that is off by half its half-width.
const PENALTY: f64 = 0.25;
/// Paths of one scale lie so far from those of the next, that no two share a stream.
const APART: u64 = 1 << 32;

/// All that a model is to come near.
pub(super) struct Target<'a> {
    pub(super) sides: Vec<Side<'a>>,
    pub(super) seed: Seed,
    pub(super) paths: u64,
}

impl Target<'_> {
    /// The objective of a model that has moved so far from the start, on the paths from a number on: the same noise for every model.
    pub(super) fn objective(&self, model: &Model, moved: &[f64], first: u64) -> Result<Loss, FitPresetError> {
        let simulators = self.sides.iter().map(|side| side.simulator(model, self.seed));
        let simulators = simulators.collect::<Result<Vec<_>, _>>()?;
        let count = self.paths * self.sides.len() as u64;
        let one = |work: u64| {
            let place = usize::try_from(work / self.paths).unwrap_or_default();
            let path = APART * (work / self.paths) + first + work % self.paths;
            Ok::<_, FitPresetError>(self.sides[place].measured(&simulators[place].closes(path)))
        };
        let measured = in_waves(count, one, |_| ControlFlow::Continue(()))?;
        let each = usize::try_from(self.paths).unwrap_or(usize::MAX);
        let losses = self.sides.iter().zip(measured.chunks(each));
        Ok(Loss {
            scales: losses.map(|(side, paths)| (side.scale(), side.loss(paths))).collect(),
            penalty: PENALTY * moved.iter().fold(0.0, |sum, x| sum + x * x),
        })
    }
}
