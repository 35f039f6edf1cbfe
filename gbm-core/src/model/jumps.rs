use serde::{Deserialize, Serialize};

use crate::bounded;
use crate::math::{exp, poisson};
use crate::process::{Clock, MAX_JUMPS, Modifiers, Unsuitable};
use crate::units::{Domain, OutOfDomain};

/// Exponents of compensators are held below this: no market's jumps are larger, and nothing overflows.
const MOST_EXPONENT: f64 = 50.0;

/// e^x for a compensator.
pub(super) fn growth(exponent: f64) -> f64 {
    exp(exponent.min(MOST_EXPONENT))
}

bounded!(
    /// An intensity per year.
    PerYear, "per_year", Domain::closed(0.0, 1e6)
);
bounded!(
    /// A jump's mean, natural logarithm.
    JumpMean, "mean", Domain::closed(-5.0, 5.0)
);
bounded!(
    /// A jump's standard deviation, natural logarithm.
    JumpDeviation, "deviation", Domain::closed(0.0, 5.0)
);

impl PerYear {
    /// The jumps expected in a step.
    pub(super) fn in_step(self, clock: &Clock) -> f64 {
        self.get() * clock.dt().get()
    }

    /// Whether a step's jumps can be counted.
    pub(super) fn check(self, clock: &Clock) -> Result<(), Unsuitable> {
        let expected = self.in_step(clock);
        let is_countable = expected <= MAX_JUMPS;
        if is_countable { Ok(()) } else { Err(Unsuitable::Jumps { expected, step_s: clock.step_s() }) }
    }
}

/// How many jumps a step has: Poisson.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Count {
    pub(super) expected: f64,
    none: f64,
}

impl Count {
    pub(super) fn new(rate: PerYear, clock: &Clock, factor: f64) -> Self {
        let expected = (rate.in_step(clock) * factor).min(MAX_JUMPS);
        Self { expected, none: exp(-expected) }
    }

    #[inline]
    pub(super) fn draw(&self, u: f64) -> u32 {
        poisson(u, self.expected, self.none)
    }
}

/// Jumps whose sizes are normal: ln(after/before) ~ N(m, s²), `per_year` of them.
///
/// ```
/// use gbm_core::model::NormalJumps;
/// let jumps = NormalJumps::new(252.0, -0.0004, 0.046)?;
/// assert!((jumps.variance_per_year() - 252.0 * (0.0004_f64.powi(2) + 0.046_f64.powi(2))).abs() < 1e-15);
/// assert_eq!(NormalJumps::new(1.0, 0.0, -1.0).unwrap_err().to_string(), "deviation = -1 is outside [0, 5]");
/// # Ok::<(), gbm_core::units::OutOfDomain>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NormalJumps {
    /// λ, per year.
    pub per_year: PerYear,
    /// m.
    pub mean: JumpMean,
    /// s.
    pub deviation: JumpDeviation,
}

/// The jumps of one step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct JumpStep {
    pub(super) count: Count,
    mean: f64,
    deviation: f64,
    /// What keeps E[S] where it is: −E[N]·(E[e^J] − 1).
    pub(super) compensator: f64,
}

impl NormalJumps {
    /// Jumps with these parameters.
    ///
    /// # Errors
    /// [`OutOfDomain`] for an intensity outside [0, 10⁶], a mean outside [−5, 5] or a deviation outside [0, 5].
    pub fn new(per_year: f64, mean: f64, deviation: f64) -> Result<Self, OutOfDomain> {
        Ok(Self {
            per_year: PerYear::new(per_year)?,
            mean: JumpMean::new(mean)?,
            deviation: JumpDeviation::new(deviation)?,
        })
    }

    /// Every size scaled.
    pub(super) fn scaled(&self, by: f64) -> Result<Self, OutOfDomain> {
        Self::new(self.per_year.get(), self.mean.get() * by, self.deviation.get() * by)
    }

    /// What jumps add to the variance of a year's log-return: λ·(m² + s²).
    pub fn variance_per_year(&self) -> f64 {
        let (m, s) = (self.mean.get(), self.deviation.get());
        self.per_year.get() * (m * m + s * s)
    }

    /// The jumps of a step, every size scaled.
    pub(super) fn step(&self, clock: &Clock, modifiers: &Modifiers, scale: f64) -> JumpStep {
        let count = Count::new(self.per_year, clock, modifiers.jump_rate_factor);
        let (mean, deviation) = (scale * self.mean.get(), scale * self.deviation.get());
        let compensator = -count.expected * (growth(mean + 0.5 * (deviation * deviation)) - 1.0);
        JumpStep { count, mean, deviation, compensator }
    }
}

impl JumpStep {
    /// The sum of a step's jumps, from a uniform for their number and a normal for their sum.
    #[inline]
    pub(super) fn sum(&self, u: f64, normal: impl FnOnce() -> f64) -> f64 {
        let count = self.count.draw(u);
        if count == 0 {
            return 0.0;
        }
        let count = f64::from(count);
        count * self.mean + self.deviation * count.sqrt() * normal()
    }

    pub(super) fn mean(&self) -> f64 {
        self.count.expected * self.mean
    }

    pub(super) fn variance(&self) -> f64 {
        self.count.expected * (self.mean * self.mean + self.deviation * self.deviation)
    }
}
