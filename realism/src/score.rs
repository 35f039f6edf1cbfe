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
