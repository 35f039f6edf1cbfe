use crate::returns::Returns;

/// The days of UTC in each stretch that lack at most a tenth of their `a_day` returns: what a file begins or ends with
/// may be no day at all.
pub(crate) fn days_of(returns: &Returns, a_day: usize) -> impl Iterator<Item = Vec<&[f64]>> + '_ {
    returns.days().map(move |mut days| {
        days.retain(|day| 10 * day.len() >= 9 * a_day);
        days
    })
}

/// RV = Σr².
pub(crate) fn realised(day: &[f64]) -> f64 {
    day.iter().map(|r| r * r).sum()
}
