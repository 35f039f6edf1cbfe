use serde::Serialize;

/// The probabilities between which 95 % lie.
const TAILS: (f64, f64) = (0.025, 0.975);

/// The middle 95 % of values, with their median.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Envelope {
    /// The 2.5 % quantile.
    pub low: f64,
    /// The median.
    pub median: f64,
    /// The 97.5 % quantile.
    pub high: f64,
}

impl Envelope {
    /// Of sorted values; none of no values.
    pub fn of(sorted: &[f64]) -> Option<Self> {
        let (low, high) = (quantile(sorted, TAILS.0)?, quantile(sorted, TAILS.1)?);
        Some(Self { low, median: quantile(sorted, 0.5)?, high })
    }

    /// Of sorted values but the one at `place`.
    pub(crate) fn without(sorted: &[f64], place: usize) -> Option<Self> {
        let at = |index: usize| sorted.get(index + usize::from(index >= place)).copied();
        let of = |part| interpolated(sorted.len().checked_sub(1)?, part, at);
        Some(Self { low: of(TAILS.0)?, median: of(0.5)?, high: of(TAILS.1)? })
    }

    /// Whether a value lies inside, its ends included.
    pub fn holds(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }

    /// From end to end.
    pub fn width(&self) -> f64 {
        self.high - self.low
    }
}

/// A quantile of sorted values by linear interpolation between order statistics, numpy's default (Hyndman and Fan's type
/// 7); none of no values or for a part outside [0, 1].
///
/// ```
/// use realism::quantile;
/// assert_eq!(quantile(&[1.0, 2.0, 4.0, 8.0], 0.5), Some(3.0));
/// assert_eq!(quantile(&[], 0.5), None);
/// ```
pub fn quantile(sorted: &[f64], part: f64) -> Option<f64> {
    interpolated(sorted.len(), part, |index| sorted.get(index).copied())
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the values' places")]
fn interpolated(count: usize, part: f64, at: impl Fn(usize) -> Option<f64>) -> Option<f64> {
    if count == 0 || !(0.0..=1.0).contains(&part) {
        return None;
    }
    let place = part * (count - 1) as f64;
    let below = place.floor() as usize;
    let (low, high) = (at(below)?, at((below + 1).min(count - 1))?);
    Some(low + (place - place.floor()) * (high - low))
}

/// The numbers that are there, sorted.
pub(crate) fn sorted(values: impl Iterator<Item = Option<f64>>) -> Vec<f64> {
    let mut values: Vec<f64> = values.flatten().collect();
    values.sort_unstable_by(f64::total_cmp);
    values
}
