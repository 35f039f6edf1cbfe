use super::walk::{At, Buffer, WORDS, Walk};
use super::{PathError, Paths, Prepared, price};
use crate::grid::MAX_TICK;
use crate::kernel::chacha::key_words;
use crate::kernel::{self, Output, Source};
use crate::noise::{Domain, StreamId};
use crate::process::{BLOCK, Process, block_of};
use crate::units::Price;

impl Paths {
    /// Fills `prices` with the last price of each of `prices.len()` paths.
    ///
    /// These paths have noise of their own and lie one behind the other on a single stream: terminal path q takes steps
    /// q·`steps` to (q + 1)·`steps` − 1 of stream (terminal ‖ asset ‖ 0), q = `first_path` + p. A path of one step, all that an
    /// exact model needs, then costs one word of noise where a stream of its own would cost a block of eight. They have
    /// the law of [`Paths::fill_paths`]' last column, not its numbers.
    ///
    /// # Errors
    /// - [`PathError::Steps`] for no steps or more than 2⁴⁸, [`PathError::Shape`] for an empty slice;
    /// - [`PathError::Stream`] for a path number of 2⁴⁰ or more, [`PathError::Overflow`] for a last step beyond 2⁴⁸;
    /// - [`PathError::Unsuitable`] and [`PathError::Budget`] as [`Paths::fill_paths`].
    ///
    /// ```
    /// use gbm_core::prelude::*;
    /// let paths = Paths::new(Seed::from(42), 1, Years::new(0.5)?);
    /// let mut prices = vec![0.0; 100_000];
    /// paths.fill_terminal(&Gbm::new(0.1, 0.2)?, Price::new(100.0)?, &mut prices)?;
    /// let mean = prices.iter().sum::<f64>() / 1e5;
    /// assert!((mean - 100.0 * 0.05_f64.exp()).abs() < 0.2);
    /// assert!(Paths { steps: 1 << 30, ..paths }.fill_terminal(&Gbm::new(0.1, 0.2)?, Price::new(1.0)?, &mut [0.0; 1 << 19]).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn fill_terminal<P: Process>(&self, model: &P, spot: Price, prices: &mut [f64]) -> Result<(), PathError> {
        let prepared = self.prepare(model)?;
        self.check_terminal(1, prices.len())?;
        self.fill_ends(&prepared, price(spot), prices);
        Ok(())
    }

    /// Whether there are paths, whole ones, and their last step can be addressed.
    pub(super) fn check_terminal(&self, assets: usize, given: usize) -> Result<(), PathError> {
        self.check_steps()?;
        let end = self.first_path.saturating_add(self.check_shape(assets, assets, given)? as u64);
        let is_inside = end.checked_mul(self.steps).is_some_and(|last| last <= MAX_TICK);
        if is_inside { Ok(()) } else { Err(PathError::Overflow { paths: end, steps: self.steps }) }
    }

    /// Fills checked terminal prices.
    pub(super) fn fill_ends<P: Process>(&self, prepared: &Prepared<'_, P>, output: Output, out: &mut [f64]) {
        let key = key_words(&self.seed.key());
        let source = Source { key: &key, stream: StreamId::live(Domain::Terminal, self.asset).get() };
        if let (Some(step), 1) = (prepared.linear, self.steps) {
            let (first_block, skipped) = block_of(self.first_path);
            let (head, rest) = out.split_at_mut(if skipped == 0 { 0 } else { (BLOCK - skipped).min(out.len()) });
            let mut block = [0.0; BLOCK];
            kernel::singles(source, first_block, step, output, &mut block);
            head.copy_from_slice(&block[skipped..][..head.len()]);
            return kernel::singles(source, first_block + u64::from(skipped != 0), step, output, rest);
        }
        let steps = usize::try_from(self.steps).unwrap_or(usize::MAX);
        let budget = prepared.slots.budget;
        let mut next = self.first_path.wrapping_mul(self.steps);
        let mut path = self.first_path;
        let mut buffer = Buffer::default();
        for out in out.chunks_mut((WORDS / budget / steps).max(1)) {
            if steps > WORDS / budget {
                out[0] = self.walk_to_end(prepared, source, path, next);
                next += self.steps;
                path += 1;
            } else {
                let words = next.wrapping_mul(budget as u64);
                let mut noise = buffer.read(prepared, source, words, 0, out.len() * steps);
                for total in &mut *out {
                    let mut at = At::start(prepared, path);
                    *total =
                        noise.by_ref().take(steps).fold(0.0, |_, noise| at.advance(prepared, noise.of_step(at.step())));
                    path += 1;
                }
                next += (out.len() * steps) as u64;
            }
            kernel::finish(output, out);
        }
    }

    /// The last total of a path too long for one reading of noise.
    fn walk_to_end<P: Process>(
        &self,
        prepared: &Prepared<'_, P>,
        source: Source<'_>,
        path: u64,
        first_step: u64,
    ) -> f64 {
        let mut walk = Walk::starting_at(prepared, source, path, first_step);
        let mut totals = [0.0; WORDS];
        let mut left = self.steps;
        loop {
            let len = usize::try_from(left).unwrap_or(usize::MAX).min(WORDS);
            walk.fill(Output::Log2, &mut totals[..len]);
            left -= len as u64;
            if left == 0 {
                return totals[len - 1];
            }
        }
    }
}
