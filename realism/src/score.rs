//! Verdicts: whether the data lie where a model's paths do, and the model's median where the data leave it open.

use serde::Serialize;

use crate::envelope::{Envelope, quantile, sorted};
use crate::facts::Fact;

/// A fact of the data beside a model's.
#[derive(Clone, Debug, Serialize)]
pub struct Scored {
    /// Which.
    #[serde(flatten)]
    pub fact: &'static Fact,
    /// The data's value; null where the fact does not apply.
    pub value: Option<f64>,
    /// The data's 95 % interval by the bootstrap, with the resamples' median.
    pub interval: Option<Envelope>,
    /// The model's 95 % envelope; null if no path has the fact.
    pub model: Option<Envelope>,
    /// Whether the data's value lies within the model's envelope; null where the fact does not apply.
    pub is_matched: Option<bool>,
    /// Whether the model's median lies within the data's interval; null where the fact does not apply or has no interval.
    pub is_centred: Option<bool>,
    /// The envelope's width over the interval's.
    pub relative_width: Option<f64>,
}

/// How many facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Data within the envelope.
    pub matched: usize,
    /// Facts that apply to the data.
    pub of: usize,
    /// Medians within the data's interval.
    pub centred: usize,
    /// Facts that apply and have an interval.
    pub centred_of: usize,
}

/// What a true model would score: each path against the envelopes of the others, on the facts that apply.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SelfCheck {
    /// The mean over the paths.
    pub mean: f64,
    /// The 5 % quantile.
    pub low: f64,
}

impl Scored {
    /// A fact with what is known of it; `paths`: its value on each.
    pub(crate) fn new(
        fact: &'static Fact,
        value: Option<f64>,
        interval: Option<Envelope>,
        paths: impl Iterator<Item = Option<f64>>,
    ) -> Self {
        let (model, interval) = (Envelope::of(&sorted(paths)), interval.filter(|_| value.is_some()));
        let is_matched = value.map(|value| model.is_some_and(|model| model.holds(value)));
        let is_centred = interval.map(|interval| model.is_some_and(|model| interval.holds(model.median)));
        let wide = |(model, interval): (Envelope, Envelope)| model.width() / interval.width();
        let relative_width = model.zip(interval).map(wide).filter(|width| width.is_finite());
        Self { fact, value, interval, model, is_matched, is_centred, relative_width }
    }
}

impl Tally {
    pub(crate) fn of(facts: &[Scored]) -> Self {
        let count = |verdict: fn(&Scored) -> Option<bool>, wanted: &[bool]| {
            facts.iter().filter(|fact| verdict(fact).is_some_and(|is| wanted.contains(&is))).count()
        };
        Self {
            matched: count(|fact| fact.is_matched, &[true]),
            of: count(|fact| fact.is_matched, &[true, false]),
            centred: count(|fact| fact.is_centred, &[true]),
            centred_of: count(|fact| fact.is_centred, &[true, false]),
        }
    }
}

impl SelfCheck {
    /// Of the facts of each path, those that `applies` says; none of fewer than two paths.
    pub(crate) fn of(paths: &[Vec<Option<f64>>], applies: &[bool]) -> Option<Self> {
        if paths.len() < 2 {
            return None;
        }
        let mut scores = vec![0.0; paths.len()];
        for number in (0..applies.len()).filter(|&number| applies[number]) {
            let value = |path: &Vec<Option<f64>>| path.get(number).copied().flatten();
            let all = sorted(paths.iter().map(value));
            for (score, value) in scores.iter_mut().zip(paths.iter().map(value)) {
                let place = |value: f64| all.partition_point(|other| *other < value);
                let others = value.and_then(|value| Envelope::without(&all, place(value)));
                *score += f64::from(u8::from(others.zip(value).is_some_and(|(others, value)| others.holds(value))));
            }
        }
        let mean = scores.iter().sum::<f64>() / scores.len() as f64;
        let low = quantile(&sorted(scores.into_iter().map(Some)), 0.05)?;
        Some(Self { mean, low })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_path_is_judged_by_the_others() {
        // A multiplicative sequence: no order, some paths without the fact, two with the same value.
        let value = |path: u32, fact: u32| f64::from((path * (7 + fact) * 13) % 41);
        let path = |path: u32| {
            vec![Some(value(path, 0)), (!path.is_multiple_of(9)).then(|| value(path, 1)), Some(value(path, 2))]
        };
        let paths: Vec<Vec<Option<f64>>> = (0..60).map(path).collect();
        let scores: Vec<f64> = (0..paths.len())
            .map(|own| {
                let holds = |fact: &usize| {
                    let others = paths.iter().enumerate().filter(|(other, _)| *other != own);
                    let others = Envelope::of(&sorted(others.map(|(_, path)| path[*fact])));
                    others.zip(paths[own][*fact]).is_some_and(|(others, value)| others.holds(value))
                };
                [0, 1].iter().filter(|fact| holds(fact)).count() as f64
            })
            .collect();
        let check = SelfCheck::of(&paths, &[true, true, false]).unwrap();
        assert!((check.mean - scores.iter().sum::<f64>() / 60.0).abs() < 1e-12);
        assert_eq!(Some(check.low), quantile(&sorted(scores.into_iter().map(Some)), 0.05));
        assert_eq!(SelfCheck::of(&paths[..1], &[true, true, true]), None);
    }

    #[test]
    fn a_fact_that_does_not_apply_counts_nowhere() {
        let fact = &crate::facts::facts(crate::scale::Scale::Day)[0];
        let wide = Some(Envelope { low: 0.0, median: 1.0, high: 4.0 });
        let paths = || (0..=100_u32).map(|path| Some(f64::from(path) / 10.0));
        let absent = Scored::new(fact, None, wide, paths());
        assert_eq!((absent.is_matched, absent.is_centred, absent.interval), (None, None, None));
        let known = Scored::new(fact, Some(9.5), wide, paths());
        assert_eq!((known.is_matched, known.is_centred), (Some(true), Some(false)));
        assert!((known.relative_width.unwrap() - 9.5 / 4.0).abs() < 1e-12);
        // A model without the fact has missed it.
        let without = Scored::new(fact, Some(9.5), wide, std::iter::repeat_n(None, 10));
        assert_eq!((without.is_matched, without.is_centred), (Some(false), Some(false)));
        let tally = Tally::of(&[absent, known, without]);
        assert_eq!(tally, Tally { matched: 1, of: 2, centred: 0, centred_of: 2 });
    }
}
