use super::walk::{At, Walk};
use super::{PathError, Paths, Prepared, price};
use crate::kernel::chacha::key_words;
use crate::kernel::{Output, Source};
use crate::noise::{Domain, StreamId};
use crate::process::Process;
use crate::units::Price;

/// Prices computed ahead of need.
const AHEAD: usize = 2048;

/// One path's prices, one by one or by slices, in memory that doesn't grow: see [`Paths::stream`].
#[derive(Clone, Debug)]
pub struct PathStream<'a, P: Process> {
    walk: Owned<'a, P>,
    steps: u64,
    ahead: Box<[f64; AHEAD]>,
    /// How many of `ahead` are still to be given, its last ones.
    ready: usize,
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
    /// As [`Paths::fill_paths`], [`PathError::Unsuitable`] and [`PathError::Budget`] included, but for [`PathError::Shape`].
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
                at: At::start(&prepared, self.first_path),
                prepared,
                key: key_words(&self.seed.key()),
                stream,
                output: price(spot),
            },
            steps: self.steps,
            ahead: Box::new([0.0; AHEAD]),
            ready: 0,
        })
    }
}

impl<P: Process> PathStream<'_, P> {
    /// Writes the next prices; gives how many, which is fewer than the slice holds only at the path's end.
    pub fn fill(&mut self, prices: &mut [f64]) -> usize {
        let ready = &self.ahead[AHEAD - self.ready..];
        let (head, rest) = prices.split_at_mut(ready.len().min(prices.len()));
        head.copy_from_slice(&ready[..head.len()]);
        self.ready -= head.len();
        let len = self.left().min(rest.len());
        self.walk.fill(&mut rest[..len]);
        head.len() + len
    }

    /// Computes what comes next; `false` at the path's end.
    #[cold]
    #[inline(never)]
    fn refill(&mut self) -> bool {
        self.ready = self.left().min(AHEAD);
        self.walk.fill(&mut self.ahead[AHEAD - self.ready..]);
        self.ready > 0
    }

    fn left(&self) -> usize {
        usize::try_from(self.steps - self.walk.at.step()).unwrap_or(usize::MAX)
    }
}

impl<P: Process> Iterator for PathStream<'_, P> {
    type Item = f64;

    #[inline]
    fn next(&mut self) -> Option<f64> {
        if self.ready == 0 && !self.refill() {
            return None;
        }
        let price = self.ahead[(AHEAD - self.ready) % AHEAD];
        self.ready -= 1;
        Some(price)
    }
}
