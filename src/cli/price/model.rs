//! The model that `--model` names.

use std::path::Path;

use gbm_core::model::{Model, Preset};
use gbm_core::units::Drift;
use serde_json::Value;

use crate::cli::error::{CliError, Result};
use crate::cli::replay::read_limited;

/// The largest file of a model.
const MAX_BYTES: u64 = 1 << 20;
/// How much of the flag an error repeats.
const SHOWN: usize = 60;

/// A model from its JSON, a preset's name or a file, with this drift in place of its own.
pub(super) fn read(text: &str, drift: Drift) -> Result<Model> {
    let wrong = |reason: String| {
        let shown: String = text.chars().take(SHOWN).collect();
        CliError::Flag { flag: "--model", text: shown, reason }
    };
    let value: Value = if text.trim_start().starts_with('{') {
        serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?
    } else if let Ok(preset) = text.parse::<Preset>() {
        serde_json::to_value(preset.model()).map_err(|error| wrong(error.to_string()))?
    } else {
        let bytes = read_limited(Path::new(text), MAX_BYTES).map_err(|error| {
            let names = Preset::ALL.map(Preset::name).join(", ");
            wrong(format!("neither JSON, nor one of {names}, nor a file: {error}"))
        })?;
        serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))?
    };
    serde_json::from_value(with_drift(value, drift)).map_err(|error| wrong(error.to_string()))
}

/// The drift put where the model has its own: in seasons and jumps that is the model inside.
fn with_drift(mut value: Value, drift: Drift) -> Value {
    let inside = match value.get("kind").and_then(Value::as_str) {
        Some("seasonal") => Some("model"),
        Some("bates") => Some("heston"),
        _ => None,
    };
    if let Some(fields) = value.as_object_mut() {
        match inside {
            Some(inside) => {
                if let Some(model) = fields.remove(inside) {
                    fields.insert(inside.into(), with_drift(model, drift));
                }
            }
            None => {
                fields.insert("drift".into(), drift.get().into());
            }
        }
    }
    value
}

/// Whether its law doesn't depend on the length of a step.
pub(super) fn is_exact(model: &Model) -> bool {
    matches!(model, Model::Gbm(_) | Model::Merton(_) | Model::Kou(_))
}

#[cfg(test)]
mod tests {
    use gbm_core::process::Process;

    use super::*;

    #[test]
    fn every_preset_takes_the_drift() {
        let drift = Drift::new(0.0625).unwrap();
        for preset in Preset::ALL {
            assert_eq!(read(preset.name(), drift).unwrap().drift(), drift);
        }
        let merton = r#"{"kind":"merton","volatility":0.2,"jumps":{"per_year":1,"mean":0,"deviation":0.1}}"#;
        assert_eq!(read(merton, drift).unwrap().drift(), drift);
    }
}
