//! What changes the book, and what trades against it.

use serde::{Deserialize, Serialize};

use crate::market::Book;
use crate::units::{Exponent, Fraction, LogDistance, OrderSize, Quantity, Seconds};

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
/// them. Impact scales by L^−½ (through dQ/L), volatility by L^−η, the spread by L^−½. On one side it also pushes
/// `pressure·quantity` into the excess volume, at the liquidity before it.
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

/// An order too large for one trade, worked at a constant rate into the excess volume; its impact then relaxes. Cancelled, what
/// is left of it isn't traded.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetaOrder {
    /// Buys lift the price, sales press it.
    pub side: OrderSide,
    /// Base units in all.
    pub quantity: OrderSize,
    /// How long it is worked.
    pub duration_s: Seconds,
}

/// Which way an order trades.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderSide {
    /// It buys.
    Buy,
    /// It sells.
    Sell,
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

impl MetaOrder {
    /// The signed quantity.
    pub(crate) fn signed(&self) -> f64 {
        match self.side {
            OrderSide::Buy => self.quantity.get(),
            OrderSide::Sell => -self.quantity.get(),
        }
    }
}
