use serde::{Deserialize, Serialize};

use super::{InterventionError, InterventionId};
use crate::market::Book;
use crate::units::{Drift, Exponent, Fraction, LogDistance, LogReturn, Price, Quantity, Seconds, Volatility};

/// The book may be thinned to a millionth and deepened a billionfold by one injection.
pub(super) const LEAST_LIQUIDITY: f64 = 1e-6;
pub(super) const MOST_LIQUIDITY: f64 = 1e9;

/// An intervention's body, `{"kind": …}` on the wire, snake case, units last.
///
/// ```
/// use gbm_core::intervention::Intervention;
/// let shock = r#"{"kind":"shock","log_return":-0.05,"permanent_fraction":0.4,"half_life_s":120}"#;
/// assert!(serde_json::from_str::<Intervention>(shock).is_ok());
/// assert!(serde_json::from_str::<Intervention>(r#"{"kind":"shock","log_return":-99}"#).is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Intervention {
    /// Sets the model's drift.
    SetDrift(SetDrift),
    /// Sets the model's annual volatility.
    SetVolatility(SetVolatility),
    /// Sets the price of one tick; the base law goes on from there.
    SetPrice(SetPrice),
    /// Moves the price at once, a part of it for good.
    Shock(Shock),
    /// Deepens or thins the book.
    InjectLiquidity(InjectLiquidity),
    /// Ends another intervention.
    Cancel(Cancel),
}

/// The model's drift from this tick on, until set again or cancelled (then what was in force before).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetDrift {
    /// μ per year.
    pub mu: Drift,
    /// Reached linearly over this time; at once if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ramp_s: Option<Seconds>,
}

/// The model's annual volatility from this tick on, until set again or cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetVolatility {
    /// σ per √year.
    pub sigma: Volatility,
    /// Reached linearly over this time; at once if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ramp_s: Option<Seconds>,
}

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

/// The side of the book that an injection goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Both sides: depth without a lean.
    Both,
    /// Resting buyers: they also lift the price.
    Bid,
    /// Resting sellers: they also press the price.
    Ask,
}

/// Adds resting quantity within a log-distance of the mid (a negative quantity withdraws).
///
/// Depth is multiplied by L = 1 + quantity/depth(within), which decays to 1 with the half-life and ends after 64 of
/// them. Impact scales by L^−½ (through dQ/L), volatility by L^−η. On one side it also pushes `pressure·quantity` into
/// the excess volume, at the liquidity before it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InjectLiquidity {
    /// Which side.
    pub side: Side,
    /// Base units added; negative withdraws.
    pub quantity: Quantity,
    /// The log-distance within which they rest.
    pub within: LogDistance,
    /// The half-life of L − 1.
    pub half_life_s: Seconds,
    /// η: ½ by default, 0 leaves the volatility alone.
    #[serde(default = "half_exponent")]
    pub eta: Exponent,
    /// The share of a one-sided quantity that leans on the price: ½ by default.
    #[serde(default = "half")]
    pub pressure: Fraction,
}

/// Ends another intervention now, as its own expiry would.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cancel {
    /// The intervention to end.
    pub id: InterventionId,
}

fn half_exponent() -> Exponent {
    Exponent::known(0.5)
}

fn half() -> Fraction {
    Fraction::known(0.5)
}

impl InjectLiquidity {
    /// An injection with the default η and pressure.
    pub fn new(side: Side, quantity: Quantity, within: LogDistance, half_life_s: Seconds) -> Self {
        Self { side, quantity, within, half_life_s, eta: half_exponent(), pressure: half() }
    }

    /// L − 1 at the moment of injection.
    pub(crate) fn extra_depth(&self, book: &Book) -> f64 {
        self.quantity.get() / book.depth(self.within)
    }

    /// The signed quantity pushed into the excess volume, before division by the liquidity.
    pub(crate) fn lean(&self) -> f64 {
        let size = self.pressure.get() * self.quantity.get();
        match self.side {
            Side::Both => 0.0,
            Side::Bid => size,
            Side::Ask => -size,
        }
    }
}

impl Intervention {
    /// The rules that no single field can state.
    pub(crate) fn check(&self, book: &Book) -> Result<(), InterventionError> {
        match self {
            Self::Shock(shock) if shock.half_life_s.is_none() && shock.permanent_fraction.get() < 1.0 => {
                Err(InterventionError::HalfLifeMissing)
            }
            Self::InjectLiquidity(injection) => {
                let liquidity = 1.0 + injection.extra_depth(book);
                let usable = (LEAST_LIQUIDITY..=MOST_LIQUIDITY).contains(&liquidity);
                if usable { Ok(()) } else { Err(InterventionError::Liquidity(liquidity)) }
            }
            _ => Ok(()),
        }
    }
}
