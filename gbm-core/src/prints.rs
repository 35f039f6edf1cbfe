//! What is traded on a tick: its volume, and the prints that make it. A pure function of seed, tick, prices and book, on noise of
//! its own, so no price moves by it.
//!
//! expected volume = V·Δ/day · √L · (½ + ½·√(π/2)·|r|/(σ_d·√(Δ/day)))
//!
//! r is the log-return of the published price, L the depth multiplier; the second factor has mean one while returns are normal with the
//! book's volatility. The volume is that times e^{Z − ½}, Z normal, rounded to whole lots at random so that its mean stays. What
//! orders of interventions trade on the tick comes on top.
//!
//! That volume and |return| go together: Karpoff (1987), *J. Financ. Quant. Anal.* 22, 109–126; that sides follow the tick: Lee and
//! Ready (1991), *J. Finance* 46, 733–746.

use serde::{Deserialize, Serialize};

use crate::engine::BookState;
use crate::grid::TimeGrid;
use crate::intervention::OrderSide;
use crate::market::{Book, Instrument};
use crate::math::{LOG2_E, exp2, inverse_normal, ln};
use crate::noise::{Domain, NoiseStream, Seed, StreamId, word_index};
use crate::quoting::{Best, Increment, Ladder, Quoting};

/// The most prints of one tick.
pub const MAX_PRINTS: usize = 8;
/// The most lots of one part of a tick's volume: a float counts them without a hole.
pub const MAX_LOTS: u64 = 1 << 53;
/// Prints that a day's volume is made of, where ticks are short enough.
const DAILY_PRINTS: f64 = 2_097_152.0;
const DAY_S: f64 = 86_400.0;
/// √(2/π): the mean of |Z|.
const MEAN_ABSOLUTE: f64 = 0.797_884_560_802_865_4;
/// Out of 2¹⁶, how often a print is a purchase on a tick that rose; the rest on one that fell.
const BUYS_WHEN_RISING: u64 = 3 << 14;
const BUYS_WHEN_LEVEL: u64 = 1 << 15;
/// Noise words a tick.
const BUDGET: u64 = 16;
const SIZE: u64 = 0;
const ROUNDING: u64 = 1;
const ORDERS: u64 = 2;
const FIRST_PRINT: u64 = 3;
/// Prints of the market's own volume, and of each side's orders, where there are orders.
const OWN_BESIDE_ORDERS: usize = 4;
const PRINTS_OF_ORDERS: usize = 2;

/// One trade.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Print {
    /// When, milliseconds after the tick before: from 1 to the tick interval.
    pub offset_ms: u64,
    /// Who came to the market: a purchase is at the ask, a sale at the bid.
    pub side: OrderSide,
    /// How much, in lots.
    pub lots: u64,
    /// The price.
    pub price: f64,
}

/// The volume of one tick, in lots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TickVolume {
    /// The market's own.
    pub own: u64,
    /// What orders of interventions have bought.
    pub bought: u64,
    /// What they have sold.
    pub sold: u64,
}

impl TickVolume {
    /// All of it.
    pub fn total(self) -> u64 {
        self.own + self.bought + self.sold
    }
}

/// One instrument's tape.
///
/// ```
/// use std::num::NonZeroU32;
/// use gbm_core::prelude::*;
/// use gbm_core::prints::Tape;
/// # let btc = Instrument { name: "BTC-USD".into(), asset: 0, spot: Price::new(100_000.0)?,
/// #     model: Model::from(Gbm::new(0.5, 0.8)?), book: Book::btc() };
/// let (cents, lots) = (Increment::new(NonZeroU32::MIN, 2), Increment::new(NonZeroU32::MIN, 5));
/// let mut tape = Tape::new(Seed::from(42), TimeGrid::new(0, 100)?, &btc, cents, lots);
/// let mut prints = Vec::new();
/// let volume = tape.print(1, 100_000.0, 100_001.5, &BookState::default(), &mut prints);
/// assert_eq!(prints.iter().map(|print| print.lots).sum::<u64>(), volume.total());
/// assert!(prints.iter().all(|print| (1..=100).contains(&print.offset_ms)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(into = "RawTape", from = "RawTape")]
pub struct Tape {
    raw: RawTape,
    noise: NoiseStream,
    /// V·Δ/day, in lots.
    mean_lots: f64,
    /// σ_d·√(Δ/day).
    deviation: f64,
    /// Lots of a usual print.
    print_lots: f64,
}

/// What a tape is made from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTape {
    seed: Seed,
    asset: u16,
    grid: TimeGrid,
    book: Book,
    price: Increment,
    lot: Increment,
}

impl Tape {
    /// The tape of an instrument whose prices and quantities come in these increments.
    pub fn new<P>(seed: Seed, grid: TimeGrid, instrument: &Instrument<P>, price: Increment, lot: Increment) -> Self {
        RawTape { seed, asset: instrument.asset, grid, book: instrument.book, price, lot }.into()
    }

    /// How the instrument is quoted on a tick.
    #[inline]
    pub fn quoting(&self, state: &BookState) -> Quoting {
        Quoting::new(&self.raw.book, state)
    }

    /// The best quotes around a published price.
    #[inline]
    pub fn best(&self, price: f64, quoting: Quoting) -> Best {
        Best::around(price, quoting, self.raw.price)
    }

    /// The book around a published price, at most so many levels a side.
    pub fn ladder(&self, price: f64, quoting: Quoting, levels: usize) -> Ladder {
        Ladder::new(self.best(price, quoting), quoting, &self.raw.book, levels, self.raw.price, self.raw.lot)
    }

    /// A price rounded as it is published.
    #[inline]
    pub fn round(&self, price: f64) -> f64 {
        self.raw.price.round(price)
    }

    /// Lots as a quantity in base units.
    #[inline]
    pub fn quantity(&self, lots: u64) -> f64 {
        self.raw.lot.multiple(lots as f64)
    }

    /// The volume of a tick, by the price published before it, its own, and how the book stands on it.
    pub fn volume(&mut self, tick: u64, before: f64, price: f64, state: &BookState) -> TickVolume {
        let normal = inverse_normal(self.noise.word(word_index(tick, BUDGET, SIZE)));
        let rounding = self.noise.word(word_index(tick, BUDGET, ROUNDING));
        let moved = if self.deviation > 0.0 { ln(price / before).abs() / self.deviation } else { MEAN_ABSOLUTE };
        let expected = self.mean_lots * state.liquidity.sqrt() * (0.5 + 0.5 * (moved / MEAN_ABSOLUTE));
        let own = whole(expected * exp2((normal - 0.5) * LOG2_E), rounding >> 32);
        let mut volume = TickVolume { own, ..TickVolume::default() };
        if state.bought > 0.0 || state.sold > 0.0 {
            let word = self.noise.word(word_index(tick, BUDGET, ORDERS));
            volume.bought = whole(self.raw.lot.steps(state.bought), word >> 32);
            volume.sold = whole(self.raw.lot.steps(state.sold), word);
        }
        volume
    }

    /// The same, and its prints, in the order of their times, behind those that `prints` holds: at most [`MAX_PRINTS`], whose lots
    /// sum to the volume. Purchases are at the ask, sales at the bid.
    pub fn print(
        &mut self,
        tick: u64,
        before: f64,
        price: f64,
        state: &BookState,
        prints: &mut Vec<Print>,
    ) -> TickVolume {
        let volume = self.volume(tick, before, price, state);
        let best = self.best(price, self.quoting(state));
        let (first, mut slot) = (prints.len(), FIRST_PRINT);
        let buys = match price.partial_cmp(&before) {
            Some(std::cmp::Ordering::Greater) => BUYS_WHEN_RISING,
            Some(std::cmp::Ordering::Less) => (1 << 16) - BUYS_WHEN_RISING,
            _ => BUYS_WHEN_LEVEL,
        };
        let has_orders = volume.bought + volume.sold > 0;
        let own = if has_orders { OWN_BESIDE_ORDERS } else { MAX_PRINTS };
        for (lots, most, buys) in
            [(volume.own, own, buys), (volume.bought, PRINTS_OF_ORDERS, 1 << 16), (volume.sold, PRINTS_OF_ORDERS, 0)]
        {
            let count = self.count(tick, lots, most);
            self.split(tick, &mut slot, lots, count, |word, lots| {
                let side = if word & 0xFFFF < buys { OrderSide::Buy } else { OrderSide::Sell };
                let price = if side == OrderSide::Buy { best.ask } else { best.bid };
                prints.push(Print { offset_ms: 0, side, lots, price });
            });
        }
        let interval = u128::from(self.raw.grid.tick_interval_ms());
        for (slot, print) in (FIRST_PRINT..).zip(&mut prints[first..]) {
            let word = self.noise.word(word_index(tick, BUDGET, slot));
            let offset = (u128::from(word >> 16 & 0xFF_FFFF) * interval) >> 24;
            print.offset_ms = u64::try_from(offset).unwrap_or(u64::MAX - 1) + 1;
        }
        prints[first..].sort_by_key(|print| print.offset_ms);
        volume
    }

    /// How many prints make a volume.
    fn count(&mut self, tick: u64, lots: u64, most: usize) -> u64 {
        let rounding = self.noise.word(word_index(tick, BUDGET, ROUNDING));
        whole(lots as f64 / self.print_lots, rounding).clamp(1, most as u64).min(lots)
    }

    /// Splits lots into so many parts of at least one, whose sizes go with the squares of uniforms; a word goes with each part.
    fn split(&mut self, tick: u64, slot: &mut u64, lots: u64, count: u64, mut part: impl FnMut(u64, u64)) {
        let slots = *slot..*slot + count;
        *slot += count;
        let mut word = |slot| self.noise.word(word_index(tick, BUDGET, slot));
        let weight = |word: u64| u128::from(word >> 40) * u128::from(word >> 40) + 1;
        let whole: u128 = slots.clone().map(|slot| weight(word(slot))).sum();
        let (beyond, mut left) = (lots - count, lots);
        for slot in slots.clone() {
            let word = word(slot);
            let share = u128::from(beyond) * weight(word) / whole;
            let size = 1 + u64::try_from(share).unwrap_or(beyond);
            // What division has left over goes to the last.
            let size = if slot + 1 == slots.end { left } else { size };
            left -= size;
            part(word, size);
        }
    }
}

/// A number rounded to one of its neighbours at random, so that its mean stays: up if the 32 bits of noise say so.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive, and at most 2⁵³")]
fn whole(value: f64, noise: u64) -> u64 {
    const ONE: f64 = 4_294_967_296.0;
    let up = (noise & 0xFFFF_FFFF) as f64 / ONE;
    ((value + up).floor() as u64).min(MAX_LOTS)
}

impl PartialEq for Tape {
    /// The rest follows from what it is made from.
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw
    }
}

impl From<RawTape> for Tape {
    fn from(raw: RawTape) -> Self {
        let days = raw.grid.tick_s() / DAY_S;
        let daily_lots = raw.lot.steps(raw.book.daily_volume.get());
        Self {
            raw,
            noise: NoiseStream::new(raw.seed, StreamId::live(Domain::Prints, raw.asset)),
            mean_lots: daily_lots * days,
            deviation: raw.book.daily_volatility.get() * days.sqrt(),
            print_lots: daily_lots / DAILY_PRINTS,
        }
    }
}

impl From<Tape> for RawTape {
    fn from(tape: Tape) -> Self {
        tape.raw
    }
}
