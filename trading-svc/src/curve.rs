//! Prices of a session at even distances, by which equity is told over time: a number of them that is bounded, whatever the session's
//! length.

use serde::{Deserialize, Serialize};
use trading_core::quote::Quote;

/// Samples beyond which every other is dropped, and the distance doubled.
pub const MAX_SAMPLES: usize = 2048;

/// Returns without which a volatility is a guess.
const MIN_RETURNS: usize = 30;
/// Φ⁻¹(¾), the median of a normal variate's size.
const UPPER_QUARTILE: f64 = 0.674_489_750_196_081_7;
const YEAR_MS: f64 = 365.0 * 86_400_000.0;

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

    /// The volatility that the session has shown, per √year: the median of |r|/√t over Φ⁻¹(¾), r the log-returns between samples and t the years
    /// between them. A jump or two don't move it. None of fewer than 30 returns.
    pub fn volatility(&self) -> Option<f64> {
        let mut sizes: Vec<f64> = self
            .samples
            .windows(2)
            .map(|pair| {
                let years = (pair[1].time_ms - pair[0].time_ms) as f64 / YEAR_MS;
                (pair[1].price / pair[0].price).ln().abs() / years.sqrt()
            })
            .filter(|size| size.is_finite())
            .collect();
        sizes.sort_unstable_by(f64::total_cmp);
        (sizes.len() >= MIN_RETURNS).then(|| sizes[sizes.len() / 2] / UPPER_QUARTILE)
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
    fn a_jump_is_no_volatility() {
        let (mut curve, mut word, mut log) = (Curve::default(), 1_u64, 0.0_f64);
        let deviation = 0.8 * (0.1_f64 / (365.0 * 86_400.0)).sqrt();
        for tick in 1..=20_000 {
            // Twelve uniforms less six are as good as a normal variate here.
            let normal: f64 = (0..12)
                .map(|_| {
                    word = word.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    (word >> 11) as f64 / (1_u64 << 53) as f64
                })
                .sum::<f64>()
                - 6.0;
            log += deviation * normal - if tick == 10_000 { 0.3 } else { 0.0 };
            let price = 60_000.0 * log.exp();
            curve.push(&Quote {
                tick,
                time_ms: 100 * tick.cast_signed(),
                price,
                bid: price,
                ask: price,
                liquidity: 1.0,
            });
        }
        let volatility = curve.volatility().unwrap();
        assert!((volatility / 0.8 - 1.0).abs() < 0.08, "{volatility}");
        assert_eq!(Curve::default().volatility(), None);
    }

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
