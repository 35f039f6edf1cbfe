//! What an estimate says.

use std::ops::ControlFlow;

use crate::error::PriceError;
use crate::moments::Mean;
use crate::units::TargetError;

/// Why the simulation stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stopped {
    /// All paths were done.
    Paths,
    /// The standard error had reached its target.
    TargetError,
    /// The caller's callback said so.
    Callback,
    /// Nothing is random: the price today decides the payment, or there is one path only.
    Certain,
}

/// An estimated price.
///
/// ```
/// use monte_carlo::{Estimate, Stopped};
/// let estimate = Estimate { mean: 10.0, standard_error: 0.5, freedom: 15, paths: 1 << 20, stopped: Stopped::Paths };
/// let (low, high) = estimate.interval_95();
/// assert!((high - 11.0657).abs() < 1e-4 && (low + high - 20.0).abs() < 1e-12); // Student's t with 15 degrees of freedom
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The price.
    pub mean: f64,
    /// Its standard error: 0 only if nothing is random, or if no sample differed from another.
    pub standard_error: f64,
    /// The degrees of freedom that the standard error is known by: samples or scrambles, less what was estimated from them.
    pub freedom: u64,
    /// Paths simulated, mirrored ones counted.
    pub paths: u64,
    /// Why it stopped.
    pub stopped: Stopped,
}

impl Estimate {
    /// A price without an error.
    pub(crate) fn certain(mean: f64) -> Result<Self, PriceError> {
        Self::new(Mean { value: mean, standard_error: 0.0, freedom: 1 }, 1, Stopped::Certain)
    }

    pub(crate) fn new(mean: Mean, paths: u64, stopped: Stopped) -> Result<Self, PriceError> {
        let Mean { value, standard_error, freedom } = mean;
        if !value.is_finite() || !standard_error.is_finite() {
            return Err(PriceError::NotFinite);
        }
        Ok(Self { mean: value, standard_error, freedom, paths, stopped })
    }

    /// How far a simulation has come with it.
    pub(crate) fn progress(&self, of: u64) -> Progress {
        Progress { paths: self.paths, of, mean: self.mean, standard_error: self.standard_error }
    }

    /// The interval that holds the price with probability 95 %, by Student's t.
    pub fn interval_95(&self) -> (f64, f64) {
        let half = student_975(self.freedom) * self.standard_error;
        (self.mean - half, self.mean + half)
    }

    /// How many standard errors the estimate lies above a value; 0 if they are equal, infinite if they differ and there is no
    /// error.
    pub fn distance(&self, value: f64) -> f64 {
        if self.mean == value { 0.0 } else { (self.mean - value) / self.standard_error }
    }
}

/// How far a simulation has come. Handed to the callback between waves of blocks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Paths done.
    pub paths: u64,
    /// Paths to be done at most.
    pub of: u64,
    /// The price so far.
    pub mean: f64,
    /// Its standard error.
    pub standard_error: f64,
}

/// What may end a simulation after a wave.
pub(crate) struct Halt {
    /// All paths are done.
    pub(crate) is_done: bool,
    /// There are waves enough, and points enough, for the error to be trusted.
    pub(crate) is_trusted: bool,
    pub(crate) target: Option<TargetError>,
    /// The callback's answer.
    pub(crate) answer: ControlFlow<()>,
}

impl Halt {
    /// Why to stop, if at all. An error of 0 reaches no target: it is what a rare payment looks like that hasn't come yet.
    pub(crate) fn reason(&self, so_far: &Estimate) -> Option<Stopped> {
        let error = so_far.standard_error;
        let is_reached = self.target.is_some_and(|target| error > 0.0 && error <= target.get());
        if is_reached && (self.is_done || self.is_trusted) {
            Some(Stopped::TargetError)
        } else if self.is_done {
            Some(Stopped::Paths)
        } else {
            self.answer.is_break().then_some(Stopped::Callback)
        }
    }
}

/// t with P(T ≤ t) = 0.975, by Cornish and Fisher's expansion: within 0.2 % from three degrees of freedom on.
///
/// Source: Abramowitz and Stegun, eq. 26.7.5.
fn student_975(freedom: u64) -> f64 {
    const Z: f64 = 1.959_963_984_540_054;
    const TERMS: [f64; 4] = [2.372_271_230_3, 2.822_498_615_7, 2.555_849_679_5, 1.589_534_053_4];
    let v = freedom as f64;
    TERMS.iter().rev().fold(0.0, |sum, term| (sum + term) / v) + Z
}

#[cfg(test)]
mod tests {
    use super::*;

    /// NIST/SEMATECH handbook 1.3.6.7.2.
    #[test]
    fn quantiles_are_the_published_ones() {
        for (freedom, t) in [(3, 3.182), (5, 2.571), (7, 2.365), (15, 2.131), (30, 2.042), (100, 1.984)] {
            let ours = student_975(freedom);
            assert!((ours / t - 1.0).abs() < 2e-3, "{freedom}: {ours} is not {t}");
        }
        assert!((student_975(1 << 40) - 1.959963985).abs() < 1e-9);
    }

    #[test]
    fn nothing_but_numbers_is_an_estimate() {
        for value in [f64::NAN, f64::INFINITY] {
            assert_eq!(Estimate::certain(value), Err(PriceError::NotFinite));
        }
    }
}
