//! Models with a mistake in them, which the tests of the sound ones must find.

use gbm_core::math::LOG2_E;
use gbm_core::model::{Cascade, Garch, Innovation, Merton, NormalJumps};
use gbm_core::process::{Clock, Modifiers, Moments, Noise, Process, When};
use gbm_core::units::{Drift, Volatility};

use super::cascade::cascade;
use super::garch::Law;
use super::prices::{KOU, MERTON, MERTON_RATE, merton_model};

/// Merton's model whose drift says nothing of its jumps: the compensator is missing.
pub(super) fn uncompensated() -> Merton {
    let (per_year, mean, deviation) = MERTON;
    merton_model(MERTON_RATE + per_year * (mean + 0.5 * deviation * deviation).exp_m1())
}

/// Kou's model whose jumps are normals of the same mean and variance, from one draw for all of a step's.
pub(super) fn normal_for_exponentials(drift: f64) -> Merton {
    let (p, up, down) = (KOU.up_probability, 1.0 / KOU.up_rate, 1.0 / KOU.down_rate);
    let mean = p * up - (1.0 - p) * down;
    let square = 2.0 * (p * up * up + (1.0 - p) * down * down);
    let jumps = NormalJumps::new(KOU.intensity, mean, (square - mean * mean).sqrt()).expect("in range");
    Merton::new(drift, KOU.volatility, jumps).expect("in range")
}

/// A factor as fast as a tick that enters with all of its variance instead of its average's.
pub(super) fn not_averaged(tau_min: f64, s2: f64) -> Cascade {
    let x = 1.0 / tau_min;
    let averaged = 2.0 * (x - 1.0 + (-x).exp()) / (x * x);
    cascade(&[(tau_min, s2 / averaged)], None)
}

/// Euler's scheme for Heston's model with the variance cut off at 0 where it is used.
///
/// Source: Lord, Koekkoek and van Dijk (2010), *Quantitative Finance* 10(2), "full truncation".
pub(super) struct FullTruncation(pub(super) closed_form::heston::Heston);

impl Process for FullTruncation {
    type State = f64;
    type Step = f64;

    fn budget(&self) -> usize {
        2
    }

    fn diffusion_slot(&self) -> usize {
        0
    }

    fn drift(&self) -> Drift {
        Drift::new(0.0).expect("in range")
    }

    fn volatility(&self) -> Volatility {
        Volatility::new(self.0.long_variance.sqrt()).expect("in range")
    }

    fn initial_state(&self, _: Noise<'_>) -> f64 {
        self.0.variance
    }

    fn step(&self, clock: &Clock, _: &Modifiers) -> f64 {
        clock.dt().get()
    }

    fn moments(&self, v: &f64, dt: &f64, _: When) -> Moments {
        let variance = v.max(0.0) * dt;
        Moments { mean: -0.5 * variance * LOG2_E, deviation: variance.sqrt() * LOG2_E }
    }

    fn evolve(&self, v: &mut f64, dt: &f64, noise: Noise<'_>) -> f64 {
        let closed_form::heston::Heston { mean_reversion, long_variance, vol_of_vol, correlation, .. } = self.0;
        let (positive, of_variance) = (v.max(0.0), noise.normal(1));
        let of_price = correlation * of_variance + (1.0 - correlation * correlation).sqrt() * noise.diffusion();
        let root = (positive * dt).sqrt();
        *v += mean_reversion * (long_variance - positive) * dt + vol_of_vol * root * of_variance;
        (root * of_price - 0.5 * positive * dt) * LOG2_E
    }
}

/// GARCH whose returns have the variance of the bar before.
pub(super) struct Late {
    model: Garch,
    law: Law,
    omega: f64,
}

impl Late {
    pub(super) fn new(law: Law) -> Self {
        let model = law.model(Innovation::Normal {});
        let omega = model.unconditional_variance() * (1.0 - law.alpha - law.beta);
        Self { model, law, omega }
    }
}

impl Process for Late {
    type State = (f64, f64);
    type Step = <Garch as Process>::Step;

    fn budget(&self) -> usize {
        2
    }

    fn diffusion_slot(&self) -> usize {
        0
    }

    fn drift(&self) -> Drift {
        Process::drift(&self.model)
    }

    fn volatility(&self) -> Volatility {
        Process::volatility(&self.model)
    }

    fn initial_state(&self, noise: Noise<'_>) -> (f64, f64) {
        let h = self.model.initial_state(noise);
        (h, h)
    }

    fn step(&self, clock: &Clock, modifiers: &Modifiers) -> Self::Step {
        self.model.step(clock, modifiers)
    }

    fn moments(&self, (late, _): &(f64, f64), step: &Self::Step, when: When) -> Moments {
        self.model.moments(late, step, when)
    }

    fn evolve(&self, (late, h): &mut (f64, f64), step: &Self::Step, noise: Noise<'_>) -> f64 {
        let square = *late * noise.diffusion() * noise.diffusion();
        let increment = self.model.evolve(&mut late.clone(), step, noise);
        *late = *h;
        *h = self.omega + self.law.alpha * square + self.law.beta * *h;
        increment
    }
}
