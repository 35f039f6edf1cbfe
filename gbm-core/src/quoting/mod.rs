//! What traders see around a published price: bid and ask, by the instrument's spread as liquidity and interventions leave it,
//! and the book behind them.
//!
//! half-spread h = ½ · `spread_bp`·10⁻⁴ · L^−½ · ∏ factors, relative, at most 1
//!
//! bid = price/(1 + h), rounded down, and ask = price·(1 + h), rounded up, each at least one increment away: so rounding never
//! narrows a spread, and bid < ask whatever acts.

mod increment;
mod ladder;

pub use increment::{Increment, MAX_DECIMALS};
pub use ladder::{Ladder, Level, MAX_LEVELS};

use serde::{Deserialize, Serialize};

use crate::engine::{BookState, Simulation};
use crate::market::Book;
use crate::process::Process;

/// The widest half-spread: a bid at half the price, an ask at twice.
const WIDEST: f64 = 1.0;
const BASIS_POINT: f64 = 1e-4;

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
