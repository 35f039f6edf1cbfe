//! The models, cheapest first. Each is data with a serde form `{"kind": …}`; [`Model`] is any one of them.

mod bates;
mod cascade;
mod decay;
mod garch;
mod gbm;
mod generator;
mod heston;
mod jumps;
mod kou;
mod merton;
mod msm;
mod multi_gbm;
mod preset;
mod regime_switching;
mod seasonal;
mod seasonal_model;

pub use bates::Bates;
pub use cascade::{Bursts, Cascade, CascadeError, CascadeState, FactorVariance, MAX_FACTORS, Spread, VolatilityFactor};
pub use garch::{Alpha, Beta, Degrees, Gamma, Garch, GarchError, GarchParameters, Innovation, Omega};
pub use gbm::Gbm;
pub use generator::{Generator, GeneratorError, MAX_REGIMES, Rate};
pub use heston::{
    Heston, HestonParameters, InitialVariance, Leverage, LongRunVariance, MeanReversion, VolatilityOfVariance,
};
pub use jumps::{JumpDeviation, JumpMean, NormalJumps, PerYear};
pub use kou::{DownRate, ExponentialJumps, Kou, UpRate};
pub use merton::Merton;
pub use msm::{MAX_MULTIPLIERS, Msm, MsmParameters, Multiplier, Renewal, Spacing};
pub use multi_gbm::{MultiGbm, MultiGbmError};
pub use preset::{Preset, UnknownPreset};
pub use regime_switching::{RegimeError, RegimeSwitching};
pub use seasonal::{Season, SeasonError, SeasonFactor, Seasonal};
pub use seasonal_model::{NestedSeasons, SeasonalModel};

use serde::{Deserialize, Serialize};

use crate::process::{Clock, LinearStep, Modifiers, Moments, Noise, Process, Unsuitable, When};
use crate::units::{Domain, Drift, OutOfDomain, Volatility};
use seasonal::SeasonalStep;

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
    /// Brownian motion with normal jumps.
    Merton(Merton),
    /// Brownian motion with double-exponential jumps.
    Kou(Kou),
    /// A volatility that a Markov chain chooses.
    RegimeSwitching(RegimeSwitching),
    /// GARCH and GJR-GARCH, at one length of bar.
    Garch(Garch),
    /// Stochastic variance.
    Heston(Heston),
    /// Stochastic variance with normal jumps.
    Bates(Bates),
    /// A cascade of volatility factors with bursts.
    Cascade(Cascade),
    /// A Markov-switching multifractal.
    Msm(Msm),
    /// Any of the others in seasons.
    Seasonal(SeasonalModel),
}

/// The state of a [`Model`]; in seasons it is that of the model without.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "at", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum ModelState {
    /// It remembers nothing but the price.
    Gbm,
    /// It remembers nothing but the price.
    Merton,
    /// It remembers nothing but the price.
    Kou,
    /// What it carries.
    RegimeSwitching(<RegimeSwitching as Process>::State),
    /// What it carries.
    Garch(<Garch as Process>::State),
    /// What it carries.
    Heston(<Heston as Process>::State),
    /// What it carries.
    Bates(<Bates as Process>::State),
    /// What it carries.
    Cascade(<Cascade as Process>::State),
    /// What it carries.
    Msm(<Msm as Process>::State),
}

/// The coefficients of a step of a [`Model`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
#[allow(clippy::large_enum_variant, reason = "there is one for an instrument")]
pub enum ModelStep {
    /// Those of [`Gbm`].
    Gbm(<Gbm as Process>::Step),
    /// Those of [`Merton`].
    Merton(<Merton as Process>::Step),
    /// Those of [`Kou`].
    Kou(<Kou as Process>::Step),
    /// Those of [`RegimeSwitching`].
    RegimeSwitching(<RegimeSwitching as Process>::Step),
    /// Those of [`Garch`].
    Garch(<Garch as Process>::Step),
    /// Those of [`Heston`].
    Heston(<Heston as Process>::Step),
    /// Those of [`Bates`].
    Bates(<Bates as Process>::Step),
    /// Those of [`Cascade`].
    Cascade(<Cascade as Process>::Step),
    /// Those of [`Msm`].
    Msm(<Msm as Process>::Step),
    /// Those of a model in seasons.
    Seasonal(Box<SeasonalStep<ModelStep>>),
}

/// The same call on whichever model it is.
macro_rules! any {
    ($self:expr, $model:ident => $body:expr) => {
        match $self {
            Model::Gbm($model) => $body,
            Model::Merton($model) => $body,
            Model::Kou($model) => $body,
            Model::RegimeSwitching($model) => $body,
            Model::Garch($model) => $body,
            Model::Heston($model) => $body,
            Model::Bates($model) => $body,
            Model::Cascade($model) => $body,
            Model::Msm($model) => $body,
            Model::Seasonal(seasonal) => {
                let $model = &**seasonal;
                $body
            }
        }
    };
}

macro_rules! from {
    ($name:ident) => {
        impl From<$name> for Model {
            fn from(model: $name) -> Self {
                Self::$name(model)
            }
        }

        impl From<Seasonal<$name>> for Model {
            fn from(seasonal: Seasonal<$name>) -> Self {
                Self::Seasonal(SeasonalModel::known(seasonal.map(Self::from)))
            }
        }
    };
}
from!(Gbm);
from!(Merton);
from!(Kou);
from!(RegimeSwitching);
from!(Garch);
from!(Heston);
from!(Bates);
from!(Cascade);
from!(Msm);

/// The volatilities that can be scaled to another one.
const DECLARED: Domain = Domain::above(0.0, 100.0);
/// What is said of a price without a mean.
const NO_MEAN: &str =
    "innovation of Student's t: the price has no finite mean, so an average over paths estimates nothing";
/// What is said of a variance that touches 0.
const FELLER: &str = "2·mean_reversion·long_run_variance < volatility_of_variance² (Feller's condition violated): the variance \
                      touches 0, which the scheme allows";

impl Model {
    /// The model's name, its `kind` on the wire; in seasons that of the model without.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Gbm(_) => "gbm",
            Self::Merton(_) => "merton",
            Self::Kou(_) => "kou",
            Self::RegimeSwitching(_) => "regime_switching",
            Self::Garch(_) => "garch",
            Self::Heston(_) => "heston",
            Self::Bates(_) => "bates",
            Self::Cascade(_) => "cascade",
            Self::Msm(_) => "msm",
            Self::Seasonal(seasonal) => seasonal.model().name(),
        }
    }
}

impl Model {
    /// The same model at another drift and volatility, both per year: every size of its moves is scaled by the ratio of the
    /// volatilities, and nothing else of it changes.
    ///
    /// # Errors
    /// [`OutOfDomain`] for a drift outside [−1000, 1000], a volatility outside [0, 100], where a parameter leaves its domain by the
    /// scale, and for a model other than [`Gbm`] whose own volatility is 0.
    ///
    /// ```
    /// use gbm_core::model::Preset;
    /// use gbm_core::process::Process;
    /// let quiet = Preset::Btc.model().at(0.0, 0.2)?;
    /// assert!((quiet.volatility().get() - 0.2).abs() < 1e-15);
    /// assert_eq!(Preset::of(&quiet), Some(Preset::Btc));
    /// # Ok::<(), gbm_core::units::OutOfDomain>(())
    /// ```
    pub fn at(&self, drift: f64, volatility: f64) -> Result<Self, OutOfDomain> {
        let (drift, volatility, declared) = (Drift::new(drift)?, Volatility::new(volatility)?, self.volatility());
        if let Self::Gbm(_) = self {
            return Gbm::new(drift.get(), volatility.get()).map(Self::from);
        }
        if volatility == declared {
            return self.scaled(drift, 1.0);
        }
        // A model without volatility has no shape to scale.
        DECLARED.check("the model's own volatility", declared.get())?;
        self.scaled(drift, volatility.get() / declared.get())
    }

    /// What is allowed of these parameters and may surprise, in words.
    ///
    /// ```
    /// use gbm_core::model::{Model, Preset};
    /// assert_eq!(Preset::EquityIndex.model().note(), None);
    /// let restless: Model = serde_json::from_str(r#"{"kind":"heston","drift":0,"initial_variance":0.04,"long_run_variance":0.04,
    ///     "mean_reversion":0.5,"volatility_of_variance":1,"leverage":-0.9}"#)?;
    /// assert!(restless.note().is_some_and(|note| note.contains("Feller")));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn note(&self) -> Option<&'static str> {
        let heston = match self {
            Self::Heston(heston) => heston,
            Self::Bates(bates) => bates.heston(),
            Self::Seasonal(seasonal) => return seasonal.model().note(),
            Self::Garch(garch) => return matches!(garch.innovation(), Innovation::Student { .. }).then_some(NO_MEAN),
            _ => return None,
        };
        (!heston.satisfies_feller()).then_some(FELLER)
    }

    fn scaled(&self, drift: Drift, by: f64) -> Result<Self, OutOfDomain> {
        match self {
            Self::Gbm(model) => model.scaled(drift, by).map(Self::from),
            Self::Merton(model) => model.scaled(drift, by).map(Self::from),
            Self::Kou(model) => model.scaled(drift, by).map(Self::from),
            Self::RegimeSwitching(model) => model.scaled(drift, by).map(Self::from),
            Self::Garch(model) => model.scaled(drift, by).map(Self::from),
            Self::Heston(model) => model.scaled(drift, by).map(Self::from),
            Self::Bates(model) => model.scaled(drift, by).map(Self::from),
            Self::Cascade(model) => model.scaled(drift, by).map(Self::from),
            Self::Msm(model) => model.scaled(drift, by).map(Self::from),
            Self::Seasonal(seasonal) => {
                let model = seasonal.model().scaled(drift, by)?;
                Ok(Self::Seasonal(SeasonalModel::known(Seasonal::new(model, seasonal.season().clone()))))
            }
        }
    }
}

impl Process for Model {
    type State = ModelState;
    type Step = ModelStep;

    fn budget(&self) -> usize {
        any!(self, model => model.budget())
    }

    fn diffusion_slot(&self) -> usize {
        any!(self, model => model.diffusion_slot())
    }

    fn normals(&self, step: &ModelStep) -> usize {
        match (self, step) {
            (Self::Gbm(model), ModelStep::Gbm(step)) => model.normals(step),
            (Self::Merton(model), ModelStep::Merton(step)) => model.normals(step),
            (Self::Kou(model), ModelStep::Kou(step)) => model.normals(step),
            (Self::RegimeSwitching(model), ModelStep::RegimeSwitching(step)) => model.normals(step),
            (Self::Garch(model), ModelStep::Garch(step)) => model.normals(step),
            (Self::Heston(model), ModelStep::Heston(step)) => model.normals(step),
            (Self::Bates(model), ModelStep::Bates(step)) => model.normals(step),
            (Self::Cascade(model), ModelStep::Cascade(step)) => model.normals(step),
            (Self::Msm(model), ModelStep::Msm(step)) => model.normals(step),
            (Self::Seasonal(model), ModelStep::Seasonal(step)) => model.normals(step),
            _ => 0,
        }
    }

    fn drift(&self) -> Drift {
        any!(self, model => Process::drift(model))
    }

    fn volatility(&self) -> Volatility {
        any!(self, model => Process::volatility(model))
    }

    fn has_random_start(&self) -> bool {
        any!(self, model => model.has_random_start())
    }

    fn initial_state(&self, noise: Noise<'_>) -> ModelState {
        match self {
            Self::Gbm(_) => ModelState::Gbm,
            Self::Merton(_) => ModelState::Merton,
            Self::Kou(_) => ModelState::Kou,
            Self::RegimeSwitching(model) => ModelState::RegimeSwitching(model.initial_state(noise)),
            Self::Garch(model) => ModelState::Garch(model.initial_state(noise)),
            Self::Heston(model) => ModelState::Heston(model.initial_state(noise)),
            Self::Bates(model) => ModelState::Bates(model.initial_state(noise)),
            Self::Cascade(model) => ModelState::Cascade(model.initial_state(noise)),
            Self::Msm(model) => ModelState::Msm(model.initial_state(noise)),
            Self::Seasonal(model) => model.initial_state(noise),
        }
    }

    fn fits(&self, state: &ModelState) -> bool {
        match (self, state) {
            (Self::Gbm(_), ModelState::Gbm)
            | (Self::Merton(_), ModelState::Merton)
            | (Self::Kou(_), ModelState::Kou) => true,
            (Self::RegimeSwitching(model), ModelState::RegimeSwitching(state)) => model.fits(state),
            (Self::Garch(model), ModelState::Garch(state)) => model.fits(state),
            (Self::Heston(model), ModelState::Heston(state)) => model.fits(state),
            (Self::Bates(model), ModelState::Bates(state)) => model.fits(state),
            (Self::Cascade(model), ModelState::Cascade(state)) => model.fits(state),
            (Self::Msm(model), ModelState::Msm(state)) => model.fits(state),
            (Self::Seasonal(model), state) => model.fits(state),
            _ => false,
        }
    }

    fn check(&self, clock: &Clock) -> Result<(), Unsuitable> {
        any!(self, model => model.check(clock))
    }

    fn step(&self, clock: &Clock, modifiers: &Modifiers) -> ModelStep {
        match self {
            Self::Gbm(model) => ModelStep::Gbm(model.step(clock, modifiers)),
            Self::Merton(model) => ModelStep::Merton(model.step(clock, modifiers)),
            Self::Kou(model) => ModelStep::Kou(model.step(clock, modifiers)),
            Self::RegimeSwitching(model) => ModelStep::RegimeSwitching(model.step(clock, modifiers)),
            Self::Garch(model) => ModelStep::Garch(model.step(clock, modifiers)),
            Self::Heston(model) => ModelStep::Heston(model.step(clock, modifiers)),
            Self::Bates(model) => ModelStep::Bates(model.step(clock, modifiers)),
            Self::Cascade(model) => ModelStep::Cascade(model.step(clock, modifiers)),
            Self::Msm(model) => ModelStep::Msm(model.step(clock, modifiers)),
            Self::Seasonal(model) => ModelStep::Seasonal(Box::new(model.step(clock, modifiers))),
        }
    }

    fn linear(&self, step: &ModelStep) -> Option<LinearStep> {
        match (self, step) {
            (Self::Gbm(model), ModelStep::Gbm(step)) => model.linear(step),
            _ => None,
        }
    }

    fn sets_volatility(&self) -> bool {
        any!(self, model => model.sets_volatility())
    }

    fn has_jumps(&self) -> bool {
        any!(self, model => model.has_jumps())
    }

    fn regimes(&self) -> u32 {
        any!(self, model => model.regimes())
    }

    fn moments(&self, state: &ModelState, step: &ModelStep, when: When) -> Moments {
        match (self, state, step) {
            (Self::Gbm(model), ModelState::Gbm, ModelStep::Gbm(step)) => model.moments(&(), step, when),
            (Self::Merton(model), ModelState::Merton, ModelStep::Merton(step)) => model.moments(&(), step, when),
            (Self::Kou(model), ModelState::Kou, ModelStep::Kou(step)) => model.moments(&(), step, when),
            (Self::RegimeSwitching(model), ModelState::RegimeSwitching(state), ModelStep::RegimeSwitching(step)) => {
                model.moments(state, step, when)
            }
            (Self::Garch(model), ModelState::Garch(state), ModelStep::Garch(step)) => model.moments(state, step, when),
            (Self::Heston(model), ModelState::Heston(state), ModelStep::Heston(step)) => {
                model.moments(state, step, when)
            }
            (Self::Bates(model), ModelState::Bates(state), ModelStep::Bates(step)) => model.moments(state, step, when),
            (Self::Cascade(model), ModelState::Cascade(state), ModelStep::Cascade(step)) => {
                model.moments(state, step, when)
            }
            (Self::Msm(model), ModelState::Msm(state), ModelStep::Msm(step)) => model.moments(state, step, when),
            (Self::Seasonal(model), state, ModelStep::Seasonal(step)) => model.moments(state, step, when),
            _ => foreign(),
        }
    }

    #[inline]
    fn evolve(&self, state: &mut ModelState, step: &ModelStep, noise: Noise<'_>) -> f64 {
        match (self, state, step) {
            (Self::Gbm(model), ModelState::Gbm, ModelStep::Gbm(step)) => model.evolve(&mut (), step, noise),
            (Self::Merton(model), ModelState::Merton, ModelStep::Merton(step)) => model.evolve(&mut (), step, noise),
            (Self::Kou(model), ModelState::Kou, ModelStep::Kou(step)) => model.evolve(&mut (), step, noise),
            (Self::RegimeSwitching(model), ModelState::RegimeSwitching(state), ModelStep::RegimeSwitching(step)) => {
                model.evolve(state, step, noise)
            }
            (Self::Garch(model), ModelState::Garch(state), ModelStep::Garch(step)) => model.evolve(state, step, noise),
            (Self::Heston(model), ModelState::Heston(state), ModelStep::Heston(step)) => {
                model.evolve(state, step, noise)
            }
            (Self::Bates(model), ModelState::Bates(state), ModelStep::Bates(step)) => model.evolve(state, step, noise),
            (Self::Cascade(model), ModelState::Cascade(state), ModelStep::Cascade(step)) => {
                model.evolve(state, step, noise)
            }
            (Self::Msm(model), ModelState::Msm(state), ModelStep::Msm(step)) => model.evolve(state, step, noise),
            (Self::Seasonal(model), state, ModelStep::Seasonal(step)) => model.evolve(state, step, noise),
            _ => foreign().mean,
        }
    }
}

/// A state or step of another model, which [`Process::fits`] keeps out.
#[cold]
fn foreign() -> Moments {
    debug_assert!(false, "a state or step of another model");
    Moments { mean: 0.0, deviation: 0.0 }
}
