//! How well ticks keep their times.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// Ticks that the percentile looks at.
const KEPT: usize = 2000;

/// Lateness of the last ticks, and how many were published in a second.
#[derive(Debug)]
pub(crate) struct Pace {
    late: VecDeque<Duration>,
    second: Instant,
    count: u64,
    last_count: u64,
}

impl Pace {
    pub(crate) fn new() -> Self {
        Self { late: VecDeque::with_capacity(KEPT), second: Instant::now(), count: 0, last_count: 0 }
    }

    /// Counts a tick that was due then and is published now.
    pub(crate) fn push(&mut self, due: Instant, now: Instant) {
        if self.late.len() == KEPT {
            self.late.pop_front();
        }
        self.late.push_back(now.saturating_duration_since(due));
        self.turn(now);
        self.count += 1;
    }

    /// Begins another second if the last one is over.
    fn turn(&mut self, now: Instant) {
        let elapsed = now.saturating_duration_since(self.second);
        if elapsed >= Duration::from_secs(1) {
            self.last_count = if elapsed < Duration::from_secs(2) { self.count } else { 0 };
            (self.second, self.count) = (now, 0);
        }
    }

    pub(crate) fn ticks_per_second(&mut self) -> u64 {
        self.turn(Instant::now());
        self.last_count
    }

    /// The 99th percentile, milliseconds; 0 before the first tick.
    pub(crate) fn p99_ms(&self) -> f64 {
        let mut sorted: Vec<Duration> = self.late.iter().copied().collect();
        sorted.sort_unstable();
        let place = (sorted.len() * 99).div_ceil(100).saturating_sub(1);
        sorted.get(place).map_or(0.0, |late| late.as_secs_f64() * 1e3)
    }
}
