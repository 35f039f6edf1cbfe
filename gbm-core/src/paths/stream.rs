use super::walk::{At, Walk};
use super::{PathError, Paths, Prepared, price};
use crate::kernel::chacha::key_words;
use crate::kernel::{Output, Source};
use crate::noise::{Domain, StreamId};
use crate::process::Process;
use crate::units::Price;

/// Prices computed ahead of need.
const AHEAD: usize = 512;

/// One path's prices, one by one or by slices, in memory that doesn't grow: see [`Paths::stream`].
#[derive(Clone, Debug)]
pub struct PathStream<'a, P: Process> {
    walk: Owned<'a, P>,
    steps: u64,
    ahead: Box<[f64; AHEAD]>,
    next: usize,
    end: usize,
}

/// A [`Walk`] with what it borrows.
#[derive(Clone, Debug)]
struct Owned<'a, P: Process> {
    prepared: Prepared<'a, P>,
    key: [u32; 8],
    stream: u64,
    output: Output,
    at: At<P::State>,
}

impl<P: Process> Owned<'_, P> {
    fn fill(&mut self, out: &mut [f64]) {
        let source = Source { key: &self.key, stream: self.stream };
        let mut walk = Walk::resume(&self.prepared, source, self.at.clone());
        walk.fill(self.output, out);
        self.at = walk.stop();
    }
}

impl Paths {
    /// The first path as an iterator over its `steps` prices, the same bits as [`Paths::fill_paths`].
    ///
    /// # Errors
    /// As [`Paths::fill_paths`].
    ///
    /// ```
    /// use gbm_core::prelude::*;
    /// let paths = Paths::new(Seed::from(42), 1_000_000, Years::new(1e-6)?);
    /// let gbm = Gbm::new(0.1, 0.2)?;
    /// let mut stream = paths.stream(&gbm, Price::new(100.0)?)?;
    /// let mut slice = [0.0; 1000];
    /// assert_eq!(stream.fill(&mut slice), 1000);
    /// assert_eq!(stream.take(5).count(), 5);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn stream<'a, P: Process>(&self, model: &'a P, spot: Price) -> Result<PathStream<'a, P>, PathError> {
        let prepared = self.prepare(model)?;
        self.check_steps()?;
        let stream = StreamId::new(Domain::Diffusion, self.asset, self.first_path)?.get();
        Ok(PathStream {
            walk: Owned {
                at: At::start(model),
                prepared,
                key: key_words(&self.seed.key()),
                stream,
                output: price(spot),
            },
            steps: self.steps,
            ahead: Box::new([0.0; AHEAD]),
            next: 0,
            end: 0,
        })
    }
}

impl<P: Process> PathStream<'_, P> {
    /// Writes the next prices; gives how many, which is fewer than the slice holds only at the path's end.
    pub fn fill(&mut self, prices: &mut [f64]) -> usize {
        let ready = &self.ahead[self.next..self.end];
        let (head, rest) = prices.split_at_mut(ready.len().min(prices.len()));
        head.copy_from_slice(&ready[..head.len()]);
        self.next += head.len();
        let len = self.left().min(rest.len());
        self.walk.fill(&mut rest[..len]);
        head.len() + len
    }

    #[inline(never)]
    fn refill(&mut self) -> Option<f64> {
        self.end = self.left().min(AHEAD);
        self.walk.fill(&mut self.ahead[..self.end]);
        self.next = usize::from(self.end > 0);
        self.ahead[..self.end].first().copied()
    }

    fn left(&self) -> usize {
        usize::try_from(self.steps - self.walk.at.step()).unwrap_or(usize::MAX)
    }
}

impl<P: Process> Iterator for PathStream<'_, P> {
    type Item = f64;

    #[inline]
    fn next(&mut self) -> Option<f64> {
        if self.next == self.end {
            return self.refill();
        }
        let price = self.ahead[self.next % AHEAD];
        self.next += 1;
        Some(price)
    }
}
