use super::{Best, Increment, Quoting};
use crate::market::Book;
use crate::math::{LOG2_E, exp2};

/// The most levels of a side.
pub const MAX_LEVELS: usize = 100;
/// The first level reaches to this part of Y·σ_d from the best price: 1.05 bp in a book like BTC's.
const FIRST: f64 = 1.0 / 400.0;
/// Levels end at this log-distance from the best price.
const FURTHEST: f64 = 20.0;
/// Lots that a float counts without a hole.
const MOST_LOTS: f64 = 9_007_199_254_740_992.0;

/// What rests at a price, until the next level's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// The price.
    pub price: f64,
    /// The quantity, in lots.
    pub lots: u64,
}

/// The book that the depth law implies behind the best quotes, level by level.
///
/// Depth within log-distance δ of the best price is L·V·(δ/(Y·σ_d))². Level i = 0, 1, … begins at δ_i = Y·σ_d·i(i + 1)/800, where its
/// price stands (rounded away from the market), and holds what rests up to δ_{i+1}; the lots of the first n levels sum to the depth there,
/// rounded down. So quantities grow with L and move with the quotes. Levels that the increment can't tell apart are one; those without
/// a lot are left out.
///
/// ```
/// use std::num::NonZeroU32;
/// use gbm_core::prelude::*;
/// use gbm_core::quoting::Ladder;
/// let (cents, lots) = (Increment::new(NonZeroU32::MIN, 2), Increment::new(NonZeroU32::MIN, 5));
/// let quoting = Quoting { liquidity: 1.0, half_spread: 0.5e-4 };
/// let best = Best::around(100_000.0, quoting, cents);
/// let book = Ladder::new(best, quoting, &Book::btc(), 20, cents, lots);
/// assert_eq!((book.bids[0].price, book.asks[0].price), (best.bid, best.ask));
/// let (last, depth) = (book.asks[19], book.asks.iter().map(|level| lots.multiple(level.lots as f64)).sum::<f64>());
/// let reach = LogDistance::new(0.042 * 210.0 / 400.0)?; // 20·21/2 = 210
/// assert!((depth / Book::btc().depth(reach) - 1.0).abs() < 1e-6 && last.price < best.ask * 1.023);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ladder {
    /// Bids, the highest first.
    pub bids: Vec<Level>,
    /// Asks, the lowest first.
    pub asks: Vec<Level>,
}

impl Ladder {
    /// The book of a tick, at most so many levels a side ([`MAX_LEVELS`]).
    pub fn new(best: Best, quoting: Quoting, book: &Book, levels: usize, price: Increment, lot: Increment) -> Self {
        let unit = book.impact.get() * book.daily_volatility.get() * FIRST;
        let deep = lot.steps(quoting.liquidity * book.daily_volume.get() * (FIRST * FIRST));
        let mut ladder = Self::default();
        for level in (0_u32..).take(levels.min(MAX_LEVELS)) {
            let (near, far) = (distance(level), distance(level + 1));
            let away = unit * near;
            if away > FURTHEST {
                break;
            }
            let lots = whole(deep * (far * far)) - whole(deep * (near * near));
            let factor = exp2(away * LOG2_E);
            let (bid, ask) = if level == 0 {
                (best.bid, best.ask)
            } else {
                let ask = price.multiple(price.steps(best.ask * factor).ceil());
                (price.multiple(price.steps(best.bid / factor).floor()), ask)
            };
            // Nothing is bid below one increment.
            if bid > 0.0 {
                add(&mut ladder.bids, bid, lots);
            }
            add(&mut ladder.asks, ask, lots);
        }
        ladder.bids.retain(|level| level.lots > 0);
        ladder.asks.retain(|level| level.lots > 0);
        ladder
    }
}

/// Where a level begins, in units of the first's length: i(i + 1)/2.
fn distance(level: u32) -> f64 {
    f64::from(level) * f64::from(level + 1) / 2.0
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive, and at most 2⁵³")]
fn whole(lots: f64) -> u64 {
    lots.floor().min(MOST_LOTS) as u64
}

fn add(levels: &mut Vec<Level>, price: f64, lots: u64) {
    match levels.last_mut() {
        Some(last) if last.price == price => last.lots += lots,
        _ => levels.push(Level { price, lots }),
    }
}
