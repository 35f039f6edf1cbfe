//! The model of a price: one that `--model` names, at the drift that prices have.

use gbm_core::model::Model;
use gbm_core::units::Drift;
use market_setup::models::ModelChoice;
use serde_json::Value;

use crate::cli::error::Result;

/// A model with this drift in place of its own, which needn't be there.
pub(super) fn at(choice: &ModelChoice, drift: Drift) -> Result<Model> {
    Ok(choice.load_with(|json| with_drift(json, drift))?)
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
    use gbm_core::model::Preset;
    use gbm_core::process::Process;

    use super::*;

    #[test]
    fn every_preset_takes_the_drift() {
        let drift = Drift::new(0.0625).unwrap();
        for preset in Preset::ALL {
            assert_eq!(at(&ModelChoice::Preset(preset), drift).unwrap().drift(), drift);
        }
        let merton = r#"{"kind":"merton","volatility":0.2,"jumps":{"per_year":1,"mean":0,"deviation":0.1}}"#;
        assert_eq!(at(&merton.parse().unwrap(), drift).unwrap().drift(), drift);
    }
}
