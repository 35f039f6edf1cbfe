use std::ops::Deref;

use serde::{Deserialize, Serialize};

use super::{Model, Seasonal};

/// A [`Model`] in seasons that has none of its own: seasons of seasons would multiply without end.
///
/// ```
/// use gbm_core::model::{Gbm, Model, Season, Seasonal};
/// let week = Season::new([1.0; 24], [1.0, 1.0, 1.0, 1.0, 1.0, 0.8, 0.8])?;
/// let once = Model::from(Seasonal::new(Gbm::new(0.0, 0.8)?, week.clone()));
/// let twice = Model::try_from(Seasonal::new(once, week));
/// assert_eq!(twice.unwrap_err().to_string(), "model: kind = \"seasonal\" can't stand within another");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Box<Seasonal<Model>>")]
pub struct SeasonalModel(Box<Seasonal<Model>>);

/// Seasons within seasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("model: kind = \"seasonal\" can't stand within another")]
pub struct NestedSeasons;

impl SeasonalModel {
    /// A model that the caller knows to have no seasons of its own.
    pub(super) fn known(seasonal: Seasonal<Model>) -> Self {
        debug_assert!(!matches!(seasonal.model(), Model::Seasonal(_)), "seasons within seasons");
        Self(Box::new(seasonal))
    }
}

impl TryFrom<Box<Seasonal<Model>>> for SeasonalModel {
    type Error = NestedSeasons;

    fn try_from(seasonal: Box<Seasonal<Model>>) -> Result<Self, NestedSeasons> {
        if let Model::Seasonal(_) = seasonal.model() { Err(NestedSeasons) } else { Ok(Self(seasonal)) }
    }
}

impl TryFrom<Seasonal<Model>> for Model {
    type Error = NestedSeasons;

    fn try_from(seasonal: Seasonal<Model>) -> Result<Self, NestedSeasons> {
        Box::new(seasonal).try_into().map(Self::Seasonal)
    }
}

impl Deref for SeasonalModel {
    type Target = Seasonal<Model>;

    fn deref(&self) -> &Seasonal<Model> {
        &self.0
    }
}
