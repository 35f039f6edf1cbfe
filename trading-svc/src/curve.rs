//! Prices of a session at even distances, by which equity is told over time: a number of them that is bounded, whatever the session's
//! length.

use serde::{Deserialize, Serialize};
use trading_core::quote::Quote;

/// Samples beyond which every other is dropped, and the distance doubled.
pub const MAX_SAMPLES: usize = 2048;

/// A price that was.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// Its tick.
    pub tick: u64,
    /// Its time.
    pub time_ms: i64,
    /// The price.
    pub price: f64,
}

/// Samples at multiples of a distance in ticks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    distance: u64,
    samples: Vec<Sample>,
    last: Option<Sample>,
}

impl Default for Curve {
    fn default() -> Self {
        Self { distance: 1, samples: Vec::new(), last: None }
    }
}

impl Curve {
    /// Follows a tick. The first after each multiple of the distance is kept, so that ticks withheld by a halt leave no hole twice as wide.
    pub fn push(&mut self, quote: &Quote) {
        let sample = Sample { tick: quote.tick, time_ms: quote.time_ms, price: quote.price };
        self.last = Some(sample);
        let is_due = self.samples.last().is_none_or(|last| last.tick / self.distance < quote.tick / self.distance);
        if !is_due {
            return;
        }
        self.samples.push(sample);
        if self.samples.len() > MAX_SAMPLES {
            self.distance *= 2;
            let distance = self.distance;
            let mut before = None;
            self.samples.retain(|sample| before.replace(sample.tick / distance) != Some(sample.tick / distance));
        }
    }

    /// What is kept, and the last tick.
    pub fn samples(&self) -> impl Iterator<Item = Sample> {
        let beyond = self.last.filter(|last| self.samples.last().is_none_or(|sample| sample.tick < last.tick));
        self.samples.iter().copied().chain(beyond)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_session_keeps_as_many_at_even_distances() {
        let mut curve = Curve::default();
        for tick in 1..=1_000_000 {
            let quote =
                Quote { tick, time_ms: 100 * tick.cast_signed(), price: 1.0, bid: 1.0, ask: 1.0, liquidity: 1.0 };
            curve.push(&quote);
            assert!(curve.samples.len() <= MAX_SAMPLES);
        }
        let ticks: Vec<u64> = curve.samples().map(|sample| sample.tick).collect();
        assert!(ticks.len() > MAX_SAMPLES / 2 - 1, "{}", ticks.len());
        assert_eq!((ticks.first(), ticks.last()), (Some(&1), Some(&1_000_000)));
        let inner = &ticks[1..ticks.len() - 1];
        assert!(inner.windows(2).all(|pair| pair[1] - pair[0] == curve.distance));
    }
}
