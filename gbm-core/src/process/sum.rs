use serde::{Deserialize, Serialize};

use crate::math::{SATURATION, exp2_in_range};

/// Steps in one block of the running sum.
pub(crate) const BLOCK: usize = 8;

/// The price S₀·2^x of a log-price in log₂ units.
///
/// Prices saturate at S₀·2^±900, so that no parameter can drive one to zero or to infinity.
///
/// ```
/// use gbm_core::process::price_at;
/// assert_eq!(price_at(100.0, 1.0), 200.0);
/// assert!(price_at(100.0, -1e300) > 0.0);
/// ```
#[inline]
pub fn price_at(spot: f64, log_price: f64) -> f64 {
    spot * exp2_in_range(log_price.clamp(-SATURATION, SATURATION))
}

/// The running log-price, summed by a rule that no chunking can change.
///
/// Steps belong to blocks ⌊j/8⌋. Within a block `partial` is the running sum of increments; the total is
/// `carry + partial`; `carry` takes the total after j ≡ 7 (mod 8).
///
/// ```
/// use gbm_core::process::LogSum;
/// let mut sum = LogSum::default();
/// let totals: Vec<f64> = (0..9).map(|step| sum.add(step, 0.5)).collect();
/// assert_eq!(totals[8], 4.5);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSum {
    pub(crate) carry: f64,
    pub(crate) partial: f64,
}

/// The block of a step or word, and the place there.
#[inline]
#[allow(clippy::cast_possible_truncation, reason = "below the length of a block")]
pub(crate) const fn block_of(index: u64) -> (u64, usize) {
    (index / BLOCK as u64, (index % BLOCK as u64) as usize)
}

impl LogSum {
    /// Adds the increment of step `j` and gives the total, in the increments' units.
    #[inline]
    pub fn add(&mut self, step: u64, increment: f64) -> f64 {
        self.partial += increment;
        let total = self.carry + self.partial;
        if step % BLOCK as u64 == BLOCK as u64 - 1 {
            self.carry = total;
            self.partial = 0.0;
        }
        total
    }

    /// The total so far.
    pub fn total(&self) -> f64 {
        self.carry + self.partial
    }
}
