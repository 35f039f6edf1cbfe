//! What moves the price itself.

use serde::{Deserialize, Serialize};

use crate::units::{Depth, Fraction, LogReturn, Price, Seconds};

/// That tick emits the price to the last bit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetPrice {
    /// The price.
    pub price: Price,
}

/// A jump of the log-price. The transient part decays by 2^(−t/h) and ends after 64 half-lives.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shock {
    /// The whole jump, natural logarithm.
    pub log_return: LogReturn,
    /// The share that stays.
    pub permanent_fraction: Fraction,
    /// h of the rest; required unless everything is permanent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub half_life_s: Option<Seconds>,
}

/// A fall, a floor and a recovery: the log-price sinks linearly by `depth`, stays there, and the recovered part of it comes back
/// by 2^(−t/h), which ends after 64 half-lives. The rest of the fall stays.
///
/// Cancelled, what had fallen and isn't to be recovered stays; the rest is back at once.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlashCrash {
    /// The whole fall, natural logarithm, positive.
    pub depth: Depth,
    /// How long it falls.
    pub fall_s: Seconds,
    /// How long it stays down; not at all if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold_s: Option<Seconds>,
    /// h of the recovery.
    pub half_life_s: Seconds,
    /// The share of the fall that comes back.
    pub recovered_fraction: Fraction,
}

/// A drift of the log-price by `log_return` in all, which stays. Cancelled, what it has added stays.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ramp {
    /// The whole way, natural logarithm.
    pub log_return: LogReturn,
    /// How long it takes.
    pub duration_s: Seconds,
    /// How the way is spread over that time.
    #[serde(default, skip_serializing_if = "RampShape::is_linear")]
    pub shape: RampShape,
}

/// How a ramp's way w is spread over its time x, both in [0, 1].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RampShape {
    /// w = x.
    #[default]
    Linear,
    /// w = x²·(3 − 2x): it starts and ends without a kink.
    Smooth,
}

impl RampShape {
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
    fn is_linear(&self) -> bool {
        matches!(self, Self::Linear)
    }

    /// w(x).
    pub(crate) fn way(self, x: f64) -> f64 {
        match self {
            Self::Linear => x,
            Self::Smooth => x * x * (3.0 - 2.0 * x),
        }
    }
}
