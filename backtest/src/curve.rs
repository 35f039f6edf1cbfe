//! Equity over time: samples for figures, points for a picture.

use serde::Serialize;

use crate::period::Period;

/// The most points that a picture of a run is given.
pub const MAX_POINTS: usize = 2048;
/// The most samples of one curve: a second's samples of half a year.
pub const MAX_SAMPLES: usize = 1 << 24;

/// Equity at the beginning and at the end of each whole period, and at the end of all.
///
/// What is left over after the last whole period counts for the total return and the drawdown, and not for what is measured by the period.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Curve {
    /// The first, and one at the end of each whole period.
    pub equity: Vec<f64>,
    /// At the last tick.
    pub last: f64,
    /// Periods, whole or not.
    pub elapsed: f64,
    /// The period.
    pub period: Period,
}

impl Curve {
    /// A curve that ends with a whole period.
    pub fn whole(equity: Vec<f64>, period: Period) -> Self {
        let (last, periods) = (equity.last().copied().unwrap_or_default(), equity.len().saturating_sub(1));
        Self { equity, last, elapsed: periods as f64, period }
    }
}

/// Takes equity tick by tick.
#[derive(Clone, Debug)]
pub(crate) struct Sampler {
    equity: Vec<f64>,
    last: f64,
    start_ms: i64,
    /// When the period ends that is under way.
    boundary_ms: i64,
    period: Period,
}

impl Sampler {
    pub(crate) fn new(start_ms: i64, initial: f64, period: Period) -> Self {
        let mut sampler = Self { equity: vec![initial], last: initial, start_ms, boundary_ms: start_ms, period };
        sampler.next_boundary();
        sampler
    }

    fn next_boundary(&mut self) {
        self.boundary_ms = self.boundary_ms.saturating_add_unsigned(self.period.ms());
    }

    /// A tick; whether there are too many periods before it.
    #[inline]
    pub(crate) fn push(&mut self, time_ms: i64, equity: f64) -> bool {
        // A tick on the boundary still belongs to the period that ends there.
        let is_full = time_ms > self.boundary_ms && self.close(time_ms);
        self.last = equity;
        is_full
    }

    /// Ends the periods that lie before a time.
    fn close(&mut self, time_ms: i64) -> bool {
        while self.boundary_ms < time_ms && self.equity.len() < MAX_SAMPLES {
            self.equity.push(self.last);
            self.next_boundary();
        }
        self.boundary_ms < time_ms
    }

    pub(crate) fn finish(mut self, end_ms: i64) -> Curve {
        self.close(end_ms.saturating_add(1));
        let elapsed = end_ms.saturating_sub(self.start_ms).max(0) as f64 / self.period.ms() as f64;
        Curve { equity: self.equity, last: self.last, elapsed, period: self.period }
    }
}

/// One point of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Point {
    /// Unix milliseconds.
    pub time_ms: i64,
    /// The price.
    pub price: f64,
    /// What the account is worth.
    pub equity: f64,
}

/// Keeps every k-th tick, k doubling whenever there are too many: a picture of the whole, whatever its length.
#[derive(Clone, Debug, Default)]
pub(crate) struct Thinned {
    points: Vec<Point>,
    seen: u64,
    /// A tick is kept if these bits of its number are zero.
    mask: u64,
}

impl Thinned {
    #[inline]
    pub(crate) fn push(&mut self, point: impl FnOnce() -> Point) {
        if self.seen & self.mask == 0 {
            if self.points.len() == MAX_POINTS {
                self.mask = 2 * self.mask + 1;
                let mut place = 0;
                self.points.retain(|_| {
                    place += 1;
                    place % 2 == 1
                });
            }
            // The first after a thinning is one of every second again.
            if self.seen & self.mask == 0 {
                self.points.push(point());
            }
        }
        self.seen += 1;
    }

    pub(crate) fn finish(self) -> Vec<Point> {
        self.points
    }
}
