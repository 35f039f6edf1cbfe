//! The facts of each scale: what a model's paths are compared with the data by.

mod daily;
mod hourly;
mod minute;
mod sample;

use serde::Serialize;

use crate::returns::Returns;
use crate::scale::Scale;
pub(crate) use sample::Sample;

/// A fact: a number that returns of one scale have.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Fact {
    /// Its place in the scale's list, from 1.
    pub number: u8,
    /// Its name on the wire.
    pub id: &'static str,
    /// Its name for reading.
    pub name: &'static str,
    #[serde(skip)]
    measure: fn(&Sample<'_>) -> Option<f64>,
}

/// Lists facts with their numbers.
macro_rules! numbered {
    ($($number:literal $id:ident $name:literal => $measure:expr,)*) => {
        pub(super) const FACTS: &[$crate::facts::Fact] = &[
            $($crate::facts::Fact { number: $number, id: stringify!($id), name: $name, measure: $measure },)*
        ];
    };
}
use numbered;

/// The facts of a scale: 15 of minutes, 17 of hours, 16 of days.
pub fn facts(scale: Scale) -> &'static [Fact] {
    match scale {
        Scale::Minute => minute::FACTS,
        Scale::Hour => hourly::FACTS,
        Scale::Day => daily::FACTS,
    }
}

/// The facts of returns, in the order of [`facts`]; none for one that can't be measured on them.
///
/// - `hour_factors`: of the hours 0–23 of UTC, positive, for the count of jumps; of the returns themselves where none are given.
///
/// ```
/// use realism::{Pattern, Returns, Scale, Stretch, facts::measure};
/// let pattern = Pattern::new(Scale::Day, [Stretch { first_close_ms: 0, closes: 60 }]);
/// let closes: Vec<f64> = (0..60_u32).map(|day| f64::from(day * day % 7) / 100.0).collect();
/// let measured = measure(&Returns::of(&pattern, &closes).unwrap(), None);
/// assert!(measured[0].is_some());
/// assert_eq!(measured[8], None); // two months say nothing of a lag of 50 days
/// ```
pub fn measure(returns: &Returns, hour_factors: Option<&[f64; 24]>) -> Vec<Option<f64>> {
    let sample = Sample::new(returns, hour_factors);
    facts(returns.scale()).iter().map(|fact| (fact.measure)(&sample)).collect()
}
