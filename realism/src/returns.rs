use std::ops::Range;

use crate::pattern::Pattern;
use crate::scale::Scale;

/// Log-returns of bars, in stretches that no lag reaches across.
#[derive(Clone, Debug, PartialEq)]
pub struct Returns {
    scale: Scale,
    values: Vec<f64>,
    /// Which bar of its UTC day each is, from 0.
    slots: Vec<u16>,
    /// Where stretches begin; the first is 0.
    starts: Vec<usize>,
    /// The longest stretch, or that of the data from which a resample was drawn.
    longest: usize,
}

impl Returns {
    /// The returns of log-closes that lie in this pattern; none if they are of another length.
    ///
    /// ```
    /// use realism::{Pattern, Returns, Scale, Stretch};
    /// let two = |first_close_ms| Stretch { first_close_ms, closes: 2 };
    /// let pattern = Pattern::new(Scale::Hour, [two(0), two(86_400_000)]);
    /// let returns = Returns::of(&pattern, &[0.0, 0.5, 9.0, 9.25]).unwrap();
    /// assert_eq!(returns.values(), [0.5, 0.25]);
    /// assert_eq!(Returns::of(&pattern, &[0.0]), None);
    /// ```
    pub fn of(pattern: &Pattern, log_closes: &[f64]) -> Option<Self> {
        if log_closes.len() != pattern.closes() {
            return None;
        }
        let count = pattern.returns();
        let (mut values, mut slots) = (Vec::with_capacity(count), Vec::with_capacity(count));
        let mut starts = Vec::with_capacity(pattern.stretches().len());
        let (mut rest, bar_ms) = (log_closes, pattern.scale().bar_ms());
        for stretch in pattern.stretches() {
            let (own, after) = rest.split_at(stretch.closes);
            starts.push(values.len());
            values.extend(own.windows(2).map(|pair| pair[1] - pair[0]));
            let times = (1_i64..).zip(1..own.len()).map(|(place, _)| stretch.first_close_ms + place * bar_ms);
            slots.extend(times.map(|time_ms| pattern.slot(time_ms)));
            rest = after;
        }
        let longest = pattern.stretches().iter().map(|stretch| stretch.closes - 1).max().unwrap_or_default();
        Some(Self { scale: pattern.scale(), values, slots, starts, longest })
    }

    /// The returns at these places, cut where stretches begin; what can be told of a lag stays as it is.
    pub(crate) fn drawn(&self, places: &[usize], starts: Vec<usize>) -> Self {
        let values = places.iter().map(|&place| self.values[place]).collect();
        let slots = places.iter().map(|&place| self.slots[place]).collect();
        Self { scale: self.scale, values, slots, starts, longest: self.longest }
    }

    /// The bars' length.
    pub fn scale(&self) -> Scale {
        self.scale
    }

    /// All of them, stretch after stretch.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Which bar of its UTC day each is, from 0.
    pub fn slots(&self) -> &[u16] {
        &self.slots
    }

    /// The same stretches of other returns, as many as these, such as the same ones in another order.
    #[must_use]
    pub fn with_values(&self, values: Vec<f64>) -> Self {
        debug_assert_eq!(values.len(), self.values.len());
        Self { values, ..self.clone() }
    }

    /// The stretches, as places in [`Returns::values`].
    pub fn stretches(&self) -> impl Iterator<Item = Range<usize>> + Clone + '_ {
        let ends = self.starts.iter().skip(1).copied().chain([self.values.len()]);
        self.starts.iter().copied().zip(ends).map(|(start, end)| start..end)
    }

    /// The returns of each stretch.
    pub fn parts(&self) -> impl Iterator<Item = &[f64]> + Clone {
        self.stretches().map(|range| &self.values[range])
    }

    /// The length of the longest stretch: of the data's, for a resample.
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// Sums of `width` neighbours, which don't overlap: each stretch from its beginning, an incomplete one at its end left out.
    #[must_use]
    pub fn sums(&self, width: usize) -> Self {
        let (mut values, mut slots, mut starts) = (Vec::new(), Vec::new(), Vec::new());
        for range in self.stretches().filter(|range| range.len() >= width) {
            starts.push(values.len());
            values.extend(self.values[range.clone()].chunks_exact(width).map(|sum| sum.iter().sum::<f64>()));
            slots.extend(self.slots[range].chunks_exact(width).map(|own| own[0]));
        }
        Self { scale: self.scale, values, slots, starts, longest: self.longest / width }
    }

    /// The days of UTC in each stretch: a day ends where the next return is not later in it.
    pub(crate) fn days(&self) -> impl Iterator<Item = Vec<&[f64]>> + '_ {
        self.stretches().map(|range| {
            let mut rest = &self.values[range.clone()];
            let mut days = Vec::new();
            for own in self.slots[range].chunk_by(|before, after| before < after) {
                let (day, after) = rest.split_at(own.len());
                days.push(day);
                rest = after;
            }
            days
        })
    }
}
