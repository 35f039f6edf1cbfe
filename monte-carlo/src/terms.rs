use serde::{Deserialize, Serialize};

/// The right to buy or to sell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// To buy: pays max(X − K, 0).
    Call,
    /// To sell: pays max(K − X, 0).
    Put,
}

impl Right {
    /// What the right is worth at a price: max(±(X − K), 0).
    #[inline]
    pub fn of(self, price: f64, strike: f64) -> f64 {
        (self.sign() * (price - strike)).max(0.0)
    }

    /// 1 for a call, −1 for a put.
    #[inline]
    pub(crate) const fn sign(self) -> f64 {
        match self {
            Self::Call => 1.0,
            Self::Put => -1.0,
        }
    }
}

/// Where a level lies, seen from the price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Above: the highest price reaches it.
    Up,
    /// Below: the lowest price reaches it.
    Down,
}

impl Direction {
    /// 1 up, −1 down.
    #[inline]
    pub(crate) const fn sign(self) -> f64 {
        match self {
            Self::Up => 1.0,
            Self::Down => -1.0,
        }
    }
}

/// What a touch of the barrier does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Knock {
    /// The option begins: without a touch it pays nothing.
    In,
    /// The option ends worthless.
    Out,
}

/// Which prices of the path count for an average.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Average {
    /// Those of the fixings tᵢ = i·T/n, i = 1 to n, n the steps.
    Discrete,
    /// All of them: ∫₀ᵀ … dt/T.
    Continuous,
}

/// Which prices of the path count for a barrier or an extreme. The spot counts always.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Watch {
    /// Those of the fixings tᵢ = i·T/n, i = 1 to n, n the steps.
    Discrete,
    /// All of them, also between the fixings.
    Continuous,
}
