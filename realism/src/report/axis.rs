use std::ops::Range;

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};

/// Up to so many times its low end a logarithmic axis has ticks at even steps.
const FEW_TIMES: f64 = 5.0;

/// An axis with ticks at round numbers; what lies beyond its ends is drawn at them.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    range: Range<f64>,
    is_log: bool,
    ticks: Vec<f64>,
}

impl Axis {
    /// From `low` to `high`, with about `ticks` ticks.
    pub(super) fn linear(low: f64, high: f64, ticks: u32) -> Self {
        let step = round_step((high - low) / f64::from(ticks));
        let first = (low / step).ceil();
        let places = std::iter::successors(Some(first), |place| Some(place + 1.0));
        let ticks = places.map(|place| place * step).take_while(|tick| *tick <= high * (1.0 + 1e-12) + 1e-12 * step);
        Self { range: low..high, is_log: false, ticks: ticks.take(100).collect() }
    }

    /// The same by logarithms, for positive ends.
    pub(super) fn log(low: f64, high: f64) -> Self {
        if high < FEW_TIMES * low {
            return Self { is_log: true, ..Self::linear(low, high, 6) };
        }
        let (first, last) = (low.log10().floor(), high.log10().ceil());
        let within: &[f64] = if last - first > 3.0 { &[1.0] } else { &[1.0, 2.0, 5.0] };
        let decades =
            std::iter::successors(Some(first), |decade| Some(decade + 1.0)).take_while(|decade| *decade <= last);
        let ticks = decades.take(40).flat_map(|decade| within.iter().map(move |part| part * 10.0_f64.powf(decade)));
        let inside = low * (1.0 - 1e-9)..=high * (1.0 + 1e-9);
        Self { range: low..high, is_log: true, ticks: ticks.filter(|tick| inside.contains(tick)).collect() }
    }

    /// With ticks of one's own.
    pub(super) fn with_ticks(mut self, ticks: &[f64]) -> Self {
        self.ticks = ticks.to_vec();
        self
    }

    fn place(&self, value: f64) -> f64 {
        let of = |value: f64| if self.is_log { value.ln() } else { value };
        let (low, high) = (of(self.range.start), of(self.range.end));
        let value = of(value.clamp(self.range.start, self.range.end));
        (value - low) / (high - low)
    }
}

/// 1, 2 or 5 times a power of ten, not below a positive number.
fn round_step(least: f64) -> f64 {
    let decade = 10.0_f64.powf(least.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0];
    steps.into_iter().map(|part| part * decade).find(|step| *step >= least * (1.0 - 1e-9)).unwrap_or(least)
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    #[allow(clippy::cast_possible_truncation, reason = "a place among pixels")]
    fn map(&self, value: &f64, (start, end): (i32, i32)) -> i32 {
        start + (self.place(*value) * f64::from(end - start)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        if hint.weight().allow_light_points() { Vec::new() } else { self.ticks.clone() }
    }

    fn range(&self) -> Range<f64> {
        self.range.clone()
    }
}

impl ValueFormatter<f64> for Axis {
    fn format_ext(&self, value: &f64) -> String {
        let size = value.abs();
        if size == 0.0 {
            "0".into()
        } else if (1e-3..1e6).contains(&size) {
            let rounded = (value * 1e6).round() / 1e6;
            rounded.to_string()
        } else {
            format!("{value:.0e}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_within_the_ends() {
        for (axis, expected) in [
            (Axis::linear(-0.07, 0.07, 6), &[-0.05, 0.0, 0.05][..]),
            (Axis::linear(0.0, 8.7, 10), &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]),
            (Axis::log(0.003, 0.4), &[0.005, 0.01, 0.02, 0.05, 0.1, 0.2]),
            (Axis::log(0.5, 20_000.0), &[1.0, 10.0, 100.0, 1000.0, 10_000.0]),
            (Axis::log(0.75, 1.25), &[0.8, 0.9, 1.0, 1.1, 1.2]),
        ] {
            let is_near = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-12 * (1.0 + b.abs());
            assert_eq!(axis.ticks.len(), expected.len(), "{:?}", axis.ticks);
            assert!(axis.ticks.iter().zip(expected).all(is_near), "{:?}", axis.ticks);
        }
    }

    #[test]
    fn what_lies_beyond_an_end_is_drawn_at_it() {
        let axis = Axis::log(1.0, 100.0);
        assert_eq!([0.0, 1.0, 10.0, 100.0, f64::INFINITY].map(|x| axis.map(&x, (0, 200))), [0, 0, 100, 200, 200]);
    }
}
