//! What the data themselves leave open: intervals by a bootstrap of blocks.

use std::ops::ControlFlow;

use gbm_core::math::uniform;
use gbm_core::noise::{Domain, NoiseStream, Seed, StreamError, StreamId};

use crate::envelope::{Envelope, sorted};
use crate::returns::Returns;
use crate::waves::{Interrupted, in_waves};

/// The share of resamples on which a number must be measurable.
const MEASURABLE: f64 = 0.9;

/// A circular bootstrap of moving blocks: resample n is blocks of neighbours, laid end to end until there are as many
/// returns as in the data, beginning anywhere with equal probability; behind the last return comes the first.
///
/// - Blocks begin at the time of day at which the data do, so that hours stay where they are.
/// - No lag reaches from one block into the next, or across a gap of the data: pairs that never were neighbours would pull
///   every autocorrelation towards zero, at a lag of half a block by half, and the data's own value would lie outside.
///
/// Source: Politis and Romano (1992), in *Exploring the Limits of Bootstrap*; Künsch (1989), *Annals of Statistics* 17(3).
///
/// ```
/// use gbm_core::noise::Seed;
/// use realism::{Bootstrap, Pattern, Returns, Scale, Stretch};
/// let pattern = Pattern::new(Scale::Day, [Stretch { first_close_ms: 0, closes: 5 }]);
/// let returns = Returns::of(&pattern, &[0.0, 1.0, 3.0, 6.0, 10.0]).unwrap();
/// let bootstrap = Bootstrap { seed: Seed::from(1), resamples: 10, block: 2 };
/// let drawn = bootstrap.resample(&returns, 0)?;
/// assert!(drawn.values().chunks(2).all(|pair| pair[1] == pair[0] % 4.0 + 1.0));
/// # Ok::<(), gbm_core::noise::StreamError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Bootstrap {
    /// The seed.
    pub seed: Seed,
    /// How many resamples.
    pub resamples: u64,
    /// Returns in a block, one at least.
    pub block: usize,
}

impl Bootstrap {
    /// Resample n, as long as the returns.
    ///
    /// # Errors
    /// [`StreamError::Path`] for a number of 2⁴⁰ or more.
    pub fn resample(&self, returns: &Returns, number: u64) -> Result<Returns, StreamError> {
        let mut noise = NoiseStream::new(self.seed, StreamId::new(Domain::Resamples, 0, number)?);
        let starts = starts(returns);
        let count = returns.values().len();
        let mut begins = vec![false; count];
        for stretch in returns.stretches() {
            begins[stretch.start] = true;
        }
        let (mut places, mut cuts) = (Vec::with_capacity(count), Vec::new());
        while places.len() < count {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below the number of starts")]
            let start = starts[(uniform(noise.next_word()) * starts.len() as f64) as usize];
            for step in 0..self.block.max(1).min(count - places.len()) {
                let place = (start + step) % count;
                if step == 0 || begins[place] {
                    cuts.push(places.len());
                }
                places.push(place);
            }
        }
        Ok(returns.drawn(&places, cuts))
    }

    /// The 95 % percentile intervals of numbers that returns have; none for one that nine of ten resamples don't have.
    /// The same for any number of threads.
    pub(crate) fn intervals(
        &self,
        returns: &Returns,
        measure: impl Fn(&Returns) -> Vec<Option<f64>> + Sync,
        progress: impl FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Vec<Option<Envelope>>, Interrupted> {
        let one = |number| {
            Ok::<_, Interrupted>(self.resample(returns, number).map(|resample| measure(&resample)).unwrap_or_default())
        };
        let measured = in_waves(self.resamples, one, progress)?;
        let numbers = measured.first().map_or(0, Vec::len);
        let interval = |number: usize| {
            let values = sorted(measured.iter().map(|values| values.get(number).copied().flatten()));
            Envelope::of(&values).filter(|_| values.len() as f64 >= MEASURABLE * self.resamples as f64)
        };
        Ok((0..numbers).map(interval).collect())
    }

    /// The 95 % percentile interval of one number, with its median; none where nine of ten resamples don't have it.
    ///
    /// ```
    /// use gbm_core::noise::Seed;
    /// use realism::{Bootstrap, Pattern, Returns, Scale, Stretch};
    /// let pattern = Pattern::new(Scale::Day, [Stretch { first_close_ms: 0, closes: 3 }]);
    /// let returns = Returns::of(&pattern, &[0.0, 1.0, 2.0]).unwrap();
    /// let bootstrap = Bootstrap { seed: Seed::from(1), resamples: 10, block: 2 };
    /// let interval = bootstrap.interval(&returns, |returns| returns.values().first().copied()).unwrap();
    /// assert_eq!((interval.low, interval.high), (1.0, 1.0));
    /// assert_eq!(bootstrap.interval(&returns, |_| None), None);
    /// ```
    pub fn interval(&self, returns: &Returns, measure: impl Fn(&Returns) -> Option<f64> + Sync) -> Option<Envelope> {
        let all = self.intervals(returns, |returns| vec![measure(returns)], |_| ControlFlow::Continue(()));
        all.ok()?.into_iter().next().flatten()
    }
}

/// Where a block may begin.
fn starts(returns: &Returns) -> Vec<usize> {
    let first = returns.slots().first();
    (0..).zip(returns.slots()).filter(|(_, slot)| Some(*slot) == first).map(|(place, _)| place).collect()
}
