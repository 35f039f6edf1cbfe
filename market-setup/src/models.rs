//! A model as flags name it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use gbm_core::model::{Model, Preset};
use serde_json::Value;

use crate::SetupError;
use crate::files::read_limited;

/// The longest model file.
const MAX_MODEL_BYTES: u64 = 1 << 20;

/// A preset, a model in JSON, or a file with one.
#[derive(Clone, Debug, PartialEq)]
pub enum ModelChoice {
    /// A preset.
    Preset(Preset),
    /// JSON.
    Json(Value),
    /// A file; `-` is standard input.
    File(PathBuf),
}

impl FromStr for ModelChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.trim_start().starts_with('{') {
            return serde_json::from_str(text).map(Self::Json).map_err(|error| error.to_string());
        }
        match text.parse() {
            Ok(preset) => Ok(Self::Preset(preset)),
            Err(_) if text == "-" || Path::new(text).extension().is_some_and(|end| end == "json") => {
                Ok(Self::File(text.into()))
            }
            Err(error) => Err(format!("{error}, nor JSON, nor a file that ends in .json")),
        }
    }
}

impl fmt::Display for ModelChoice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Preset(preset) => preset.fmt(formatter),
            Self::Json(json) => json.fmt(formatter),
            Self::File(path) => path.display().fmt(formatter),
        }
    }
}

impl ModelChoice {
    /// The model.
    ///
    /// # Errors
    /// [`SetupError::Model`] for a file that can't be read, and for JSON that is no model.
    pub fn load(&self) -> Result<Model, SetupError> {
        self.load_with(|json| json)
    }

    /// The model whose JSON is changed before it is read.
    ///
    /// # Errors
    /// Those of [`ModelChoice::load`].
    pub fn load_with(&self, change: impl Fn(Value) -> Value) -> Result<Model, SetupError> {
        let wrong = |reason: String| {
            let from = if let Self::Json(_) = self { "--model".into() } else { self.to_string() };
            SetupError::Model { from, reason }
        };
        let json = match self {
            Self::Preset(preset) => serde_json::to_value(preset.model()).map_err(|error| wrong(error.to_string()))?,
            Self::Json(json) => json.clone(),
            Self::File(path) => {
                let bytes = read_limited(path, MAX_MODEL_BYTES).map_err(|error| wrong(error.to_string()))?;
                serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))?
            }
        };
        serde_json::from_value(change(json)).map_err(|error| wrong(error.to_string()))
    }
}
