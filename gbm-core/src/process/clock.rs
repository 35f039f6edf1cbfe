use crate::grid::{CALENDAR_YEAR_S, TimeGrid};
use crate::units::Years;

/// The steps that a model is asked for: how long each is, and where they stand in UTC.
///
/// Step j ≥ 0 covers [start + j·Δ, start + (j + 1)·Δ).
///
/// ```
/// use gbm_core::grid::TimeGrid;
/// use gbm_core::process::Clock;
/// use gbm_core::units::Years;
/// let clock = Clock::from(&TimeGrid::new(1_700_000_000_000, 100)?);
/// assert_eq!((clock.step_s(), clock.start_us(1)), (0.1, 1_700_000_000_100_000));
/// // A step given in years is one of calendar years from 1970 on.
/// assert_eq!(Clock::from(Years::new(1.0 / 365.0)?).step_s(), 86_400.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clock {
    dt: Years,
    start_us: i64,
    step_us: u64,
}

impl Clock {
    /// Steps of calendar years, `year_s` = 365 days, from a time in Unix milliseconds on.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive; the cast saturates")]
    pub fn new(dt: Years, start_time_ms: i64) -> Self {
        let step_us = (dt.get() * (CALENDAR_YEAR_S * 1_000_000) as f64).round() as u64;
        Self { dt, start_us: start_time_ms.wrapping_mul(1000), step_us }
    }

    /// Δt in years, the unit of models' parameters.
    pub fn dt(&self) -> Years {
        self.dt
    }

    /// Δ in seconds, rounded to microseconds.
    pub fn step_s(&self) -> f64 {
        self.step_us as f64 / 1e6
    }

    /// Δ in microseconds.
    pub fn step_us(&self) -> u64 {
        self.step_us
    }

    /// The start of a step, Unix microseconds; it wraps after 292,000 years.
    #[inline]
    pub fn start_us(&self, step: u64) -> i64 {
        self.start_us.wrapping_add_unsigned(step.wrapping_mul(self.step_us))
    }
}

impl From<&TimeGrid> for Clock {
    fn from(grid: &TimeGrid) -> Self {
        Self {
            dt: grid.dt(),
            start_us: grid.start_time_ms() * 1000,
            step_us: grid.tick_interval_ms().saturating_mul(1000),
        }
    }
}

impl From<Years> for Clock {
    fn from(dt: Years) -> Self {
        Self::new(dt, 0)
    }
}
