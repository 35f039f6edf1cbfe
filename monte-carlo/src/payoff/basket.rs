use serde::{Deserialize, Serialize};

use super::{Control, Right};
use crate::error::PriceError;
use crate::units::{Strike, Weight};

/// max(±(Σ wᵢ·Sᵢ(T) − K), 0): a call or put on a weighted sum of prices.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basket {
    /// Call or put.
    pub right: Right,
    /// K.
    pub strike: Strike,
    /// w, one for each asset.
    pub weights: Vec<Weight>,
}

/// max(Sᵢ(T) − Sⱼ(T), 0): asset i received for asset j.
///
/// Source: Margrabe (1978), *J. Finance* 33(1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// i, counted from 0.
    pub receive: usize,
    /// j, counted from 0.
    pub pay: usize,
}

/// A payoff of several assets' prices at maturity.
///
/// ```
/// use monte_carlo::payoff::BasketPayoff;
/// let payoff: BasketPayoff = serde_json::from_str(r#"{"kind":"exchange","receive":0,"pay":1}"#)?;
/// assert!(serde_json::from_str::<BasketPayoff>(r#"{"kind":"exchange","receive":0,"pay":1,"strike":2}"#).is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum BasketPayoff {
    /// On a weighted sum.
    Basket(Basket),
    /// One asset for another.
    Exchange(Exchange),
}

impl BasketPayoff {
    /// The kind on the wire.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Basket(_) => "basket",
            Self::Exchange(_) => "exchange",
        }
    }

    /// Whether it fits so many assets, and the control it.
    pub(crate) fn check(&self, assets: usize, control: Option<Control>) -> Result<(), PriceError> {
        match self {
            Self::Basket(Basket { weights, .. }) if weights.len() != assets => {
                return Err(PriceError::Assets { field: "weights", given: weights.len(), assets });
            }
            Self::Basket(_) => {}
            Self::Exchange(Exchange { receive, pay }) => {
                for (field, given) in [("receive", *receive), ("pay", *pay)] {
                    if given >= assets {
                        return Err(PriceError::Asset { field, given, assets });
                    }
                }
            }
        }
        match control {
            None | Some(Control::Terminal) => Ok(()),
            Some(control) => Err(PriceError::Control { control: control.name(), payoff: self.name() }),
        }
    }

    /// What the prices of all assets add up to, before the strike.
    #[inline]
    pub(crate) fn sum(&self, prices: &[f64]) -> f64 {
        match self {
            Self::Basket(basket) => {
                basket.weights.iter().zip(prices).fold(0.0, |sum, (w, price)| sum + w.get() * price)
            }
            Self::Exchange(Exchange { receive, pay }) => match (prices.get(*receive), prices.get(*pay)) {
                (Some(received), Some(paid)) => received - paid,
                _ => 0.0,
            },
        }
    }

    /// The payment for a sum.
    #[inline]
    pub(crate) fn of(&self, sum: f64) -> f64 {
        match self {
            Self::Basket(basket) => basket.right.of(sum, basket.strike.get()),
            Self::Exchange(_) => sum.max(0.0),
        }
    }
}

impl From<Basket> for BasketPayoff {
    fn from(payoff: Basket) -> Self {
        Self::Basket(payoff)
    }
}

impl From<Exchange> for BasketPayoff {
    fn from(payoff: Exchange) -> Self {
        Self::Exchange(payoff)
    }
}
