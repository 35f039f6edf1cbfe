use gbm_core::model::Season;

use crate::bars::Bars;
use crate::returns::Returns;
use crate::scale::{DAY_MS, Scale};

const HOUR_MS: i64 = 3_600_000;
const HOURS: usize = 24;
const WEEKDAYS: usize = 7;
/// 1970-01-01 was a Thursday: the week began three days before.
const SINCE_MONDAY_MS: i64 = 3 * DAY_MS;
/// The shortest time of which a weekday is told from another: eight weeks.
const MIN_MS: i64 = 56 * DAY_MS;
/// Rounds of proportional fitting: each takes away most of what gaps have unbalanced.
const ROUNDS: usize = 64;

/// How large |r| is in each hour of UTC and on each weekday, each kind of root mean square 1: S = hour·weekday, as
/// [`Season`] has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Seasons {
    /// Of the hours 0 to 23.
    pub hours: [f64; HOURS],
    /// Of Monday to Sunday.
    pub weekdays: [f64; WEEKDAYS],
}

impl Seasons {
    /// The seasons of bars: the product hour·weekday whose sums over each hour and over each weekday are those of |r| (proportional
    /// fitting, which is the maximum of a Poisson likelihood and stands gaps). Without gaps an hour's factor is its mean of |r|.
    ///
    /// - |r|, not r²: a jump of the size of ten hours counts as ten hours, not as a hundred. Jumps at all hours alike, of share js of the
    ///   variance, would pull factors of r² towards 1 by js; those of |r| only by the hours that have one.
    /// - A return belongs to the hour in which its bar begins.
    /// - None for bars of days, for less than eight weeks of returns, and where an hour or a weekday never moves.
    ///
    /// The relative error of an hour's factor is about the deviation of |r| over its mean, by the root of its days: 0.76/√n for normal
    /// returns, 1.2/√n where volatility clusters.
    ///
    /// ```
    /// use realism::fit_preset::Seasons;
    /// use realism::{Bars, Scale};
    /// // |r| is 0.02 from 12 h on, else 0.01.
    /// let close = |hour: i64| if (hour % 24 >= 12) && hour % 2 == 0 { 1.02 } else if hour % 2 == 0 { 1.01 } else { 1.0 };
    /// let rows: Vec<String> = (0..2400).map(|hour| format!("{},{}", 3600 * hour, close(hour))).collect();
    /// let bars = Bars::read(format!("timestamp,close\n{}", rows.join("\n")).as_bytes(), Scale::Hour)?;
    /// let seasons = Seasons::of(&bars).unwrap();
    /// assert!((seasons.hours[14] / seasons.hours[4] - 1.99).abs() < 0.01 && (seasons.weekdays[0] - 1.0).abs() < 0.01);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of(bars: &Bars) -> Option<Self> {
        let pattern = bars.pattern();
        let bar_ms = pattern.scale().bar_ms();
        let count = i64::try_from(pattern.returns()).ok()?;
        if pattern.scale() == Scale::Day || count * bar_ms < MIN_MS {
            return None;
        }
        let returns = Returns::of(pattern, bars.log_closes())?;
        let mut cells = [[Cell::default(); WEEKDAYS]; HOURS];
        let mut values = returns.values().iter();
        for stretch in pattern.stretches() {
            for (place, r) in (1_i64..stretch.closes.try_into().ok()?).zip(&mut values) {
                // The close of the bar before is where this one begins.
                let begins_ms = stretch.first_close_ms + (place - 1) * bar_ms;
                let (hour, weekday) = of_week(begins_ms);
                cells[hour][weekday].add(r.abs());
            }
        }
        fitted(&cells)
    }
}

/// Those of a model, brought to root mean square 1 each.
///
/// ```
/// use gbm_core::model::Season;
/// use realism::fit_preset::Seasons;
/// let season = Season::new([2.0; 24], [1.0, 1.0, 1.0, 1.0, 1.0, 0.5, 0.5])?;
/// let seasons = Seasons::from(&season);
/// assert!((seasons.hours[0] - 1.0).abs() < 1e-12);
/// assert!((seasons.hours[0] * seasons.weekdays[6] - season.of_hour(6 * 24)).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl From<&Season> for Seasons {
    fn from(season: &Season) -> Self {
        let square = |hour: usize| season.of_hour(hour) * season.of_hour(hour);
        let of_day = |weekday: usize| (0..HOURS).map(|hour| square(HOURS * weekday + hour)).sum::<f64>();
        let weekdays = std::array::from_fn(|weekday| (of_day(weekday) / HOURS as f64).sqrt());
        let of_hour = |hour: usize| (0..WEEKDAYS).map(|weekday| square(HOURS * weekday + hour)).sum::<f64>();
        let hours = std::array::from_fn(|hour| (of_hour(hour) / WEEKDAYS as f64).sqrt());
        Self { hours, weekdays }
    }
}

/// |r| of one hour on one weekday.
#[derive(Clone, Copy, Debug, Default)]
struct Cell {
    sum: f64,
    count: f64,
}

impl Cell {
    fn add(&mut self, size: f64) {
        self.sum += size;
        self.count += 1.0;
    }
}

/// The hour of UTC and the weekday, Monday being 0, of Unix milliseconds.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below the hours of a week")]
fn of_week(time_ms: i64) -> (usize, usize) {
    let hour = ((time_ms + SINCE_MONDAY_MS).rem_euclid(7 * DAY_MS) / HOUR_MS) as usize;
    (hour % HOURS, hour / HOURS)
}

fn fitted(cells: &[[Cell; WEEKDAYS]; HOURS]) -> Option<Seasons> {
    let (mut hours, mut weekdays) = ([1.0; HOURS], [1.0; WEEKDAYS]);
    for _ in 0..ROUNDS {
        for (factor, own) in hours.iter_mut().zip(cells) {
            *factor = ratio(own.iter().zip(weekdays))?;
        }
        normalise(&mut hours);
        for (weekday, factor) in weekdays.iter_mut().enumerate() {
            *factor = ratio(cells.iter().map(|own| &own[weekday]).zip(hours))?;
        }
        normalise(&mut weekdays);
    }
    Some(Seasons { hours, weekdays })
}

/// Σ of |r| over what the other kind's factors would have; none where nothing moves.
fn ratio<'a>(cells: impl Iterator<Item = (&'a Cell, f64)>) -> Option<f64> {
    let (mut sum, mut expected) = (0.0, 0.0);
    for (cell, other) in cells {
        sum += cell.sum;
        expected += cell.count * other;
    }
    Some(sum / expected).filter(|ratio| ratio.is_finite() && *ratio > 0.0)
}

/// Scales factors to a root mean square of 1.
fn normalise(factors: &mut [f64]) {
    let norm = (factors.iter().map(|factor| factor * factor).sum::<f64>() / factors.len() as f64).sqrt();
    for factor in factors {
        *factor /= norm;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_of_the_week_are_those_of_the_model() {
        // 2024-01-01 was a Monday, 2023-12-31 a Sunday.
        let monday_ms = 1_704_067_200_000;
        assert_eq!(of_week(monday_ms), (0, 0));
        assert_eq!(of_week(monday_ms - 1), (23, 6));
        assert_eq!(of_week(-1), (23, 2));
    }

    #[test]
    fn what_is_missing_unbalances_nothing() {
        // Sunday's nights are missing, where |r| is smallest.
        let truth = |hour: usize, weekday: usize| (1.0 + hour as f64) * (2.0 + weekday as f64);
        let cells = std::array::from_fn(|hour| {
            std::array::from_fn(|weekday| {
                let count = if weekday == 6 && hour < 12 { 0.0 } else { 10.0 };
                Cell { sum: count * truth(hour, weekday), count }
            })
        });
        let seasons = fitted(&cells).unwrap();
        for (hour, weekday) in [(3, 2), (23, 6), (0, 5)] {
            let told = seasons.hours[hour] * seasons.weekdays[weekday] / (seasons.hours[1] * seasons.weekdays[0]);
            assert!((told - truth(hour, weekday) / truth(1, 0)).abs() < 1e-9);
        }
        assert!((seasons.hours.iter().map(|factor| factor * factor).sum::<f64>() - 24.0).abs() < 1e-9);
        assert_eq!(fitted(&[[Cell::default(); 7]; 24]), None);
    }
}
