//! Which tick is due when: simulated time against the wall's.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use market_api::clock;
use tokio::time::Instant;

/// The slowest and the fastest a clock may run.
pub const SPEEDS: std::ops::RangeInclusive<f64> = 0.1..=1000.0;

/// A speed out of range.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("speed = {0} is outside [{low}, {high}]", low = SPEEDS.start(), high = SPEEDS.end())]
pub struct SpeedError(pub f64);

/// An anchor of tick and wall time, and the wall time between ticks.
#[derive(Debug)]
pub(crate) struct Clock {
    interval: Duration,
    speed: f64,
    /// None while the clock stands.
    anchor: Option<(u64, Instant)>,
}

impl Clock {
    /// A clock that was kept as `kept`, now at `tick`.
    pub(crate) fn new(interval_ms: u64, tick: u64, kept: clock::Clock) -> Self {
        let speed = if SPEEDS.contains(&kept.speed) { kept.speed } else { 1.0 };
        let anchor = kept.running.then(|| (tick, Instant::now()));
        Self { interval: Duration::from_millis(interval_ms), speed, anchor }
    }

    pub(crate) fn state(&self) -> clock::Clock {
        clock::Clock { running: self.anchor.is_some(), speed: self.speed }
    }

    pub(crate) fn change(&mut self, change: clock::ClockChange, tick: u64) -> Result<(), SpeedError> {
        let speed = change.speed.unwrap_or(self.speed);
        if !SPEEDS.contains(&speed) {
            return Err(SpeedError(speed));
        }
        let running = change.running.unwrap_or(self.anchor.is_some());
        if running != self.anchor.is_some() || speed != self.speed {
            let now = Instant::now();
            // What has passed of the next tick's time stays passed, or frequent changes would stop the market.
            let passed =
                self.ticks_since_anchor(now).map_or(0.0, |(anchor, ticks)| anchor as f64 + ticks - tick as f64);
            self.speed = speed;
            let passed = Duration::from_secs_f64(passed.clamp(0.0, 1.0) * self.wall_interval_s());
            self.anchor = running.then(|| (tick, now.checked_sub(passed).unwrap_or(now)));
        }
        Ok(())
    }

    pub(crate) fn start_again(&mut self, tick: u64, now: Instant) {
        self.anchor = self.anchor.map(|_| (tick, now));
    }

    fn wall_interval_s(&self) -> f64 {
        self.interval.as_secs_f64() / self.speed
    }

    /// When a tick is due; never, while the clock stands.
    pub(crate) fn due(&self, tick: u64) -> Option<Instant> {
        let (anchor, at) = self.anchor?;
        let after = Duration::try_from_secs_f64(tick.saturating_sub(anchor) as f64 * self.wall_interval_s()).ok()?;
        at.checked_add(after)
    }

    /// The last tick due by then.
    pub(crate) fn tick_at(&self, now: Instant) -> Option<u64> {
        self.ticks_since_anchor(now).map(|(anchor, ticks)| anchor + whole(ticks.floor()))
    }

    /// The first tick due then or later.
    pub(crate) fn first_tick_from(&self, then: Instant) -> Option<u64> {
        self.ticks_since_anchor(then).map(|(anchor, ticks)| anchor + whole(ticks.ceil()))
    }

    fn ticks_since_anchor(&self, then: Instant) -> Option<(u64, f64)> {
        let (anchor, at) = self.anchor?;
        Some((anchor, then.saturating_duration_since(at).as_secs_f64() / self.wall_interval_s()))
    }

    pub(crate) fn ticks_in(&self, wall: Duration) -> u64 {
        whole((wall.as_secs_f64() / self.wall_interval_s()).ceil())
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative; the cast saturates")]
fn whole(ticks: f64) -> u64 {
    (ticks as u64).min(gbm_core::grid::MAX_TICK)
}

/// The wall clock, Unix milliseconds.
pub fn server_time() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
