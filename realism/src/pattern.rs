use crate::scale::{DAY_MS, Scale};

/// An unbroken row of bars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// When its first bar closes, Unix milliseconds.
    pub first_close_ms: i64,
    /// Its closes, two at least.
    pub closes: usize,
}

/// When there are bars, and when there are none: stretches without a gap. A return lies within one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    scale: Scale,
    stretches: Vec<Stretch>,
}

impl Pattern {
    /// Stretches in the order of time; those that are shorter than two closes are left out.
    ///
    /// ```
    /// use realism::{Pattern, Scale, Stretch};
    /// let day = |first_close_ms| Stretch { first_close_ms, closes: 24 };
    /// let pattern = Pattern::new(Scale::Hour, [day(0), day(7 * 86_400_000)]);
    /// assert_eq!((pattern.closes(), pattern.returns()), (48, 46));
    /// ```
    pub fn new(scale: Scale, stretches: impl IntoIterator<Item = Stretch>) -> Self {
        Self { scale, stretches: stretches.into_iter().filter(|stretch| stretch.closes >= 2).collect() }
    }

    /// The bars' length.
    pub fn scale(&self) -> Scale {
        self.scale
    }

    /// The stretches.
    pub fn stretches(&self) -> &[Stretch] {
        &self.stretches
    }

    /// All closes.
    pub fn closes(&self) -> usize {
        self.stretches.iter().map(|stretch| stretch.closes).sum()
    }

    /// All returns, one fewer in each stretch.
    pub fn returns(&self) -> usize {
        self.closes() - self.stretches.len()
    }

    /// When the first bar closes; none without stretches.
    pub fn first_close_ms(&self) -> Option<i64> {
        self.stretches.first().map(|stretch| stretch.first_close_ms)
    }

    /// When the last one does.
    pub fn last_close_ms(&self) -> Option<i64> {
        let stretch = self.stretches.last()?;
        let bars = i64::try_from(stretch.closes - 1).ok()?;
        Some(stretch.first_close_ms + bars * self.scale.bar_ms())
    }

    /// When each bar closes, in order.
    pub fn close_times_ms(&self) -> impl Iterator<Item = i64> + '_ {
        let bar = self.scale.bar_ms();
        self.stretches.iter().flat_map(move |stretch| {
            (0_i64..).zip(0..stretch.closes).map(move |(place, _)| stretch.first_close_ms + place * bar)
        })
    }

    /// Which bar of its UTC day the one is that closes at this time, from 0.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below the bars of a day")]
    pub(crate) fn slot(&self, close_ms: i64) -> u16 {
        ((close_ms - self.scale.bar_ms()).rem_euclid(DAY_MS) / self.scale.bar_ms()) as u16
    }
}
