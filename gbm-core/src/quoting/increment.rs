use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

/// The most decimals of an increment: 10^22 is the last power of ten that f64 holds.
pub const MAX_DECIMALS: u8 = 22;

/// The step that prices, or quantities, come in: `step`·10^−`decimals`.
///
/// Multiples are the f64s nearest to their decimals, so that they print shortest. The operations are a published price's:
/// round(x·10^decimals/step)·step/10^decimals.
///
/// ```
/// use std::num::NonZeroU32;
/// use gbm_core::quoting::Increment;
/// let cents = Increment::new(NonZeroU32::MIN, 2);
/// assert_eq!(cents.round(63_666.617_9), 63_666.62);
/// assert_eq!(cents.round(0.0), 0.01);
/// assert_eq!(cents.multiple(70.0), 0.7);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "RawIncrement", from = "RawIncrement")]
pub struct Increment {
    step: NonZeroU32,
    decimals: u8,
    scale: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawIncrement {
    step: NonZeroU32,
    decimals: u8,
}

impl Increment {
    /// An increment; decimals beyond [`MAX_DECIMALS`] are left out.
    pub fn new(step: NonZeroU32, decimals: u8) -> Self {
        let decimals = decimals.min(MAX_DECIMALS);
        Self { step, decimals, scale: (0..decimals).fold(1.0, |scale, _| scale * 10.0) }
    }

    /// The nearest multiple, at least one step.
    #[inline]
    pub fn round(self, value: f64) -> f64 {
        self.multiple(self.steps(value).round().max(1.0))
    }

    /// A whole number of steps as a value.
    #[inline]
    pub fn multiple(self, steps: f64) -> f64 {
        steps * f64::from(self.step.get()) / self.scale
    }

    /// A value in steps.
    #[inline]
    pub fn steps(self, value: f64) -> f64 {
        value * self.scale / f64::from(self.step.get())
    }
}

impl From<Increment> for RawIncrement {
    fn from(Increment { step, decimals, .. }: Increment) -> Self {
        Self { step, decimals }
    }
}

impl From<RawIncrement> for Increment {
    fn from(RawIncrement { step, decimals }: RawIncrement) -> Self {
        Self::new(step, decimals)
    }
}
