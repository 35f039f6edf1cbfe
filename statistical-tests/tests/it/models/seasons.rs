//! Seasons: the variance of each hour and weekday, and of a week.

use gbm_core::model::{Gbm, Merton, NormalJumps, Season, Seasonal};
use gbm_core::noise::Seed;
use gbm_core::paths::Paths;
use gbm_core::process::Process;
use gbm_core::units::{Price, Years};

use super::mean;
use crate::source::SPOT;
use crate::suite::{pass, seed};

const SIGMA: f64 = 0.8;
/// Monday, 5 January 2026, 00:00 UTC.
const MONDAY_MS: i64 = 1_767_571_200_000;
const HOUR_MS: i64 = 3_600_000;
const HOUR_S: f64 = 3600.0;
const YEAR_S: f64 = 31_536_000.0;

const HOURS: [f64; 24] = [
    1.204, 0.981, 0.916, 0.844, 0.875, 0.832, 0.877, 0.934, 1.007, 0.985, 1.007, 0.985, 1.106, 1.141, 1.138, 1.114,
    1.139, 0.949, 0.879, 0.938, 1.092, 1.010, 1.006, 1.040,
];
const WEEKDAYS: [f64; 7] = [0.973, 0.997, 1.026, 1.047, 1.146, 0.837, 0.947];

fn week() -> Season {
    Season::new(HOURS, WEEKDAYS).unwrap()
}

/// S² of a weekday and an hour: their squares over their mean squares.
fn squared(weekday: usize, hour: usize) -> f64 {
    let mean_square = |factors: &[f64]| factors.iter().map(|x| x * x).sum::<f64>() / factors.len() as f64;
    HOURS[hour].powi(2) / mean_square(&HOURS) * WEEKDAYS[weekday].powi(2) / mean_square(&WEEKDAYS)
}

/// ln(S_t/S₀) of n paths over so many steps from a time on, centred on the drift and scaled by σ√t, squared.
fn squares<P: Process>(
    model: &P,
    start_time_ms: i64,
    steps: u64,
    step_s: f64,
    n: usize,
    variance: impl Fn(f64) -> f64,
) -> Vec<f64> {
    let dt = Years::new(step_s / YEAR_S).unwrap();
    let paths = Paths { start_time_ms, ..Paths::new(Seed::from(seed()), steps, dt) };
    let mut prices = vec![0.0; n];
    paths.fill_terminal(model, Price::new(SPOT).unwrap(), &mut prices).unwrap();
    let v = variance(steps as f64 * step_s / YEAR_S);
    prices.iter().map(|price| ((price / SPOT).ln() + 0.5 * v).powi(2) / v).collect()
}

#[test]
fn each_hour_has_its_variance() {
    let model = Seasonal::new(Gbm::new(0.0, SIGMA).unwrap(), week());
    for (weekday, hour) in [(0, 0), (0, 5), (2, 13), (4, 23), (5, 0), (5, 5), (6, 23)] {
        let start = MONDAY_MS + i64::try_from(24 * weekday + hour).unwrap() * HOUR_MS;
        let variance = |t: f64| SIGMA * SIGMA * t * squared(weekday, hour);
        let what = format!("weekday {weekday}, hour {hour}");
        pass(&what, [mean("in one step", &squares(&model, start, 1, HOUR_S, 200_000, variance), 1.0)]);
        pass(&what, [mean("in minutes", &squares(&model, start, 60, 60.0, 50_000, variance), 1.0)]);
    }
}

/// A week, a day and a day and a half of any steps have the mean of their hours.
#[test]
fn longer_steps_have_their_hours_mean() {
    let model = Seasonal::new(Gbm::new(0.0, SIGMA).unwrap(), week());
    let of_week = |t: f64| SIGMA * SIGMA * t;
    for (steps, step_s) in [(1, 168.0 * HOUR_S), (168, HOUR_S), (7, 24.0 * HOUR_S)] {
        pass(
            "a week",
            [mean(&format!("{steps} steps"), &squares(&model, MONDAY_MS, steps, step_s, 50_000, of_week), 1.0)],
        );
    }
    let hours = |from: usize, count: usize| (from..from + count).map(|h| squared(h / 24, h % 24)).sum::<f64>();
    let of_saturday = |t: f64| SIGMA * SIGMA * t * hours(120, 24) / 24.0;
    let saturday = MONDAY_MS + 120 * HOUR_MS;
    pass("Saturday", [mean("one step", &squares(&model, saturday, 1, 24.0 * HOUR_S, 200_000, of_saturday), 1.0)]);
    let of_friday_noon = |t: f64| SIGMA * SIGMA * t * hours(108, 36) / 36.0;
    let friday_noon = MONDAY_MS + 108 * HOUR_MS;
    pass(
        "from Friday noon",
        [mean("one step", &squares(&model, friday_noon, 1, 36.0 * HOUR_S, 200_000, of_friday_noon), 1.0)],
    );
}

/// Jumps have no season.
#[test]
fn jumps_come_at_any_hour() {
    let jumps = NormalJumps::new(2000.0, 0.0, 0.01).unwrap();
    let model = Seasonal::new(Merton::new(0.0, 0.1, jumps).unwrap(), week());
    let variance = |t: f64| t * (0.01 * squared(5, 5) + 2000.0 * 1e-4);
    let start = MONDAY_MS + (5 * 24 + 5) * HOUR_MS;
    pass("jumps on Saturday at five", [mean("variance", &squares(&model, start, 1, HOUR_S, 500_000, variance), 1.0)]);
}
