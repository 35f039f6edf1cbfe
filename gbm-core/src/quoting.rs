//! Bid and ask around a published price: the instrument's spread, as liquidity and interventions leave it.
//!
//! half-spread h = ½ · `spread_bp`·10⁻⁴ · L^−½ · ∏ factors, relative, at most 1
//!
//! bid = price/(1 + h), rounded down, and ask = price·(1 + h), rounded up, each at least one increment away: so rounding never
//! narrows a spread, and bid < ask whatever acts.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use crate::engine::{BookState, Simulation};
use crate::market::Book;
use crate::process::Process;

/// The most decimals of an increment: 10^22 is the last power of ten that f64 holds.
pub const MAX_DECIMALS: u8 = 22;
/// The widest half-spread: a bid at half the price, an ask at twice.
const WIDEST: f64 = 1.0;
const BASIS_POINT: f64 = 1e-4;

/// The step that prices, or quantities, come in: `step`·10^−`decimals`.
///
/// Multiples are the f64s nearest to their decimals, so that they print shortest. The operations are a published price's:
/// round(x·10^decimals/step)·step/10^decimals.
///
/// ```
/// use std::num::NonZeroU32;
/// use gbm_core::quoting::Increment;
/// let cents = Increment::new(NonZeroU32::MIN, 2);
/// assert_eq!(cents.round(63_666.617_9), 63_666.62);
/// assert_eq!(cents.round(0.0), 0.01);
/// assert_eq!(cents.multiple(70.0), 0.7);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "RawIncrement", from = "RawIncrement")]
pub struct Increment {
    step: NonZeroU32,
    decimals: u8,
    scale: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawIncrement {
    step: NonZeroU32,
    decimals: u8,
}

impl Increment {
    /// An increment; decimals beyond [`MAX_DECIMALS`] are left out.
    pub fn new(step: NonZeroU32, decimals: u8) -> Self {
        let decimals = decimals.min(MAX_DECIMALS);
        Self { step, decimals, scale: (0..decimals).fold(1.0, |scale, _| scale * 10.0) }
    }

    /// The nearest multiple, at least one step.
    #[inline]
    pub fn round(self, value: f64) -> f64 {
        self.multiple(self.steps(value).round().max(1.0))
    }

    /// A whole number of steps as a value.
    #[inline]
    pub fn multiple(self, steps: f64) -> f64 {
        steps * f64::from(self.step.get()) / self.scale
    }

    /// A value in steps.
    #[inline]
    pub fn steps(self, value: f64) -> f64 {
        value * self.scale / f64::from(self.step.get())
    }
}

impl From<Increment> for RawIncrement {
    fn from(Increment { step, decimals, .. }: Increment) -> Self {
        Self { step, decimals }
    }
}

impl From<RawIncrement> for Increment {
    fn from(RawIncrement { step, decimals }: RawIncrement) -> Self {
        Self::new(step, decimals)
    }
}

/// How far quotes stand from the price of a tick, and how deep the book is behind them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quoting {
    /// The depth multiplier L.
    pub liquidity: f64,
    /// h: the relative distance of bid and ask from the price, in [0, 1].
    pub half_spread: f64,
}

impl Quoting {
    /// That of a book as it stands on a tick.
    #[inline]
    pub fn new(book: &Book, state: &BookState) -> Self {
        let half = 0.5 * (book.spread_bp.get() * BASIS_POINT);
        Self { liquidity: state.liquidity, half_spread: (half * state.spread_factor).min(WIDEST) }
    }
}

impl<P: Process> Simulation<P> {
    /// How an instrument is quoted on the last tick, by its position; `None` for a position that the market doesn't have.
    ///
    /// ```
    /// # use gbm_core::prelude::*;
    /// # use std::num::NonZeroU32;
    /// # let btc = Instrument { name: "BTC-USD".into(), asset: 0, spot: Price::new(100_000.0)?,
    /// #     model: Model::from(Gbm::new(0.5, 0.8)?), book: Book::btc() };
    /// # let market = Market::new(Seed::from(42), TimeGrid::new(0, 100)?, vec![btc], None)?;
    /// let (mut simulation, cents) = (Simulation::new(market), Increment::new(NonZeroU32::MIN, 2));
    /// let mut quotes = [Quote::default()];
    /// simulation.step_into(&mut quotes)?;
    /// let price = cents.round(quotes[0].price);
    /// let quoting = simulation.quoting(0).ok_or("one instrument")?;
    /// let best = Best::around(price, quoting, cents);
    /// assert!(((best.ask - best.bid) / price * 1e4 - 1.0).abs() < 0.01);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn quoting(&self, position: usize) -> Option<Quoting> {
        let book = &self.market().instruments().get(position)?.book;
        Some(Quoting::new(book, &self.book_state(position)?))
    }
}

/// The best bid and the best ask.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Best {
    /// The highest price that is bid: below the published price, unless that is a single increment.
    pub bid: f64,
    /// The lowest price that is asked: above the published price.
    pub ask: f64,
}

impl Best {
    /// The quotes around a published price, which is a multiple of the increment. bid < ask always, and bid is at least one increment.
    /// Where f64 can't tell neighbouring multiples apart (beyond 2⁵³ increments), its own neighbours are quoted.
    ///
    /// ```
    /// use std::num::NonZeroU32;
    /// use gbm_core::quoting::{Best, Increment, Quoting};
    /// let cents = Increment::new(NonZeroU32::MIN, 2);
    /// let quoting = Quoting { liquidity: 1.0, half_spread: 0.5e-4 };
    /// assert_eq!(Best::around(100.0, quoting, cents), Best { bid: 99.99, ask: 100.01 });
    /// assert_eq!(Best::around(0.01, quoting, cents), Best { bid: 0.01, ask: 0.02 });
    /// ```
    #[inline]
    pub fn around(price: f64, quoting: Quoting, increment: Increment) -> Self {
        let steps = increment.steps(price).round();
        let wide = 1.0 + quoting.half_spread;
        let bid = increment.multiple((steps / wide).floor().min(steps - 1.0).max(1.0));
        let ask = increment.multiple((steps * wide).ceil().max(steps + 1.0));
        Self { bid: bid.min(price), ask: if ask > price { ask } else { price.next_up() } }
    }
}
