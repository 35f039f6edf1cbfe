//! The models, cheapest first. Each is data with a serde form `{"kind": …}`; [`Model`] is any one of them.

mod gbm;
mod multi_gbm;

pub use gbm::Gbm;
pub use multi_gbm::{MultiGbm, MultiGbmError};

use serde::{Deserialize, Serialize};

use crate::process::{LinearStep, Modifiers, Moments, Noise, Process};
use crate::units::{Drift, Volatility, Years};

/// Any model of one asset, as named in a journal's header.
///
/// ```
/// use gbm_core::model::Model;
/// let model: Model = serde_json::from_str(r#"{"kind":"gbm","drift":0.1,"volatility":0.8}"#)?;
/// assert!(serde_json::from_str::<Model>(r#"{"kind":"gbm","drift":0.1,"volatility":-1}"#).is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Model {
    /// Geometric Brownian motion.
    Gbm(Gbm),
}

/// The state of a [`Model`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum ModelState {
    /// Geometric Brownian motion remembers nothing but the price.
    Gbm {},
}

/// The coefficients of a step of a [`Model`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ModelStep {
    /// Those of geometric Brownian motion.
    Gbm(LinearStep),
}

impl Model {
    /// The model's name, its `kind` on the wire.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Gbm(_) => "gbm",
        }
    }
}

impl From<Gbm> for Model {
    fn from(gbm: Gbm) -> Self {
        Self::Gbm(gbm)
    }
}

impl Process for Model {
    type State = ModelState;
    type Step = ModelStep;

    fn budget(&self) -> usize {
        let Self::Gbm(gbm) = self;
        gbm.budget()
    }

    fn diffusion_slot(&self) -> usize {
        let Self::Gbm(gbm) = self;
        gbm.diffusion_slot()
    }

    fn drift(&self) -> Drift {
        let Self::Gbm(gbm) = self;
        Process::drift(gbm)
    }

    fn volatility(&self) -> Volatility {
        let Self::Gbm(gbm) = self;
        Process::volatility(gbm)
    }

    fn initial_state(&self) -> ModelState {
        ModelState::Gbm {}
    }

    fn step(&self, dt: Years, modifiers: &Modifiers) -> ModelStep {
        let Self::Gbm(gbm) = self;
        ModelStep::Gbm(gbm.step(dt, modifiers))
    }

    fn linear(&self, step: &ModelStep) -> Option<LinearStep> {
        let (Self::Gbm(gbm), ModelStep::Gbm(step)) = (self, step);
        gbm.linear(step)
    }

    fn has_jumps(&self) -> bool {
        let Self::Gbm(gbm) = self;
        gbm.has_jumps()
    }

    fn regimes(&self) -> u32 {
        let Self::Gbm(gbm) = self;
        gbm.regimes()
    }

    fn moments(&self, _: &ModelState, step: &ModelStep) -> Moments {
        let (Self::Gbm(gbm), ModelStep::Gbm(step)) = (self, step);
        gbm.moments(&(), step)
    }

    #[inline]
    fn evolve(&self, _: &mut ModelState, step: &ModelStep, noise: Noise<'_>) -> f64 {
        let (Self::Gbm(gbm), ModelStep::Gbm(step)) = (self, step);
        gbm.evolve(&mut (), step, noise)
    }
}
