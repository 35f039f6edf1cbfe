//! Characteristic functions of geometric Brownian motion, alone and with jumps of Merton's and of Kou's.
//!
//! All are exponentials of T times an exponent, since the increments are independent: with λ jumps J a year,
//! ln φ(u) = −½σ²T·(u² + iu) + λT·(E[e^{iuJ}] − 1 − iu·E[e^J − 1]), whose last part makes the forward the mean.

use crate::complex::Complex;
use crate::cos::{CharacteristicFunction, Cumulants};
use crate::domain::{Domain, OutOfDomain, VOLATILITY};
use crate::merton::{INTENSITY, Jumps};

/// dS/S = (r − q) dt + σ dW.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BlackScholes {
    /// σ, per √year; 0 to 100.
    pub volatility: f64,
}

/// [`BlackScholes`] with normal jumps of ln S: the law of [`merton::european`](crate::merton::european).
///
/// Source: Merton (1976), *J. Financial Economics* 3(1–2).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Merton {
    /// σ, per √year; 0 to 100.
    pub volatility: f64,
    /// The jumps.
    pub jumps: Jumps,
}

/// [`BlackScholes`] with jumps of ln S that are exponential to either side.
///
/// Source: Kou (2002), *Management Science* 48(8), eqs. 1–2.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kou {
    /// σ, per √year; 0 to 100.
    pub volatility: f64,
    /// λ, jumps per year; 0 to 10⁴.
    pub intensity: f64,
    /// p, the chance that a jump goes up; 0 to 1.
    pub up_probability: f64,
    /// η₁, the inverse of a jump's mean on its way up; 1.001 to 10⁶, as E[e^J] is infinite from 1 down.
    pub up_rate: f64,
    /// η₂, the inverse of a jump's mean on its way down; 0.001 to 10⁶.
    pub down_rate: f64,
}

/// ln φ of the diffusion.
fn diffusion(volatility: f64, u: f64, maturity: f64) -> Complex {
    Complex::new(u * u, u).scale(-0.5 * volatility * volatility * maturity)
}

impl Jumps {
    /// ln φ of the jumps alone, with their compensator.
    pub(crate) fn exponent(&self, u: f64, maturity: f64) -> Complex {
        let jump = Complex::new(-0.5 * self.deviation * self.deviation * u * u, self.mean * u).exp_m1();
        (jump - Complex::new(0.0, u * self.growth().exp_m1())).scale(self.intensity * maturity)
    }

    /// The cumulants of the jumps alone: λT times the moments of a jump, and the compensator.
    pub(crate) fn cumulants(&self, maturity: f64) -> Cumulants {
        let (n, m, v) = (self.intensity * maturity, self.mean * self.mean, self.deviation * self.deviation);
        Cumulants {
            c1: n * (self.mean - self.growth().exp_m1()),
            c2: n * (m + v),
            c4: n * (m * m + 6.0 * m * v + 3.0 * v * v),
        }
    }
}

impl CharacteristicFunction for BlackScholes {
    fn check(&self) -> Result<(), OutOfDomain> {
        VOLATILITY.check("volatility", self.volatility).map(drop)
    }

    fn characteristic(&self, u: f64, maturity: f64) -> Complex {
        diffusion(self.volatility, u, maturity).exp()
    }

    fn cumulants(&self, maturity: f64) -> Cumulants {
        let variance = self.volatility * self.volatility * maturity;
        Cumulants { c1: -0.5 * variance, c2: variance, c4: 0.0 }
    }
}

impl CharacteristicFunction for Merton {
    fn check(&self) -> Result<(), OutOfDomain> {
        VOLATILITY.check("volatility", self.volatility)?;
        self.jumps.check()
    }

    fn characteristic(&self, u: f64, maturity: f64) -> Complex {
        (diffusion(self.volatility, u, maturity) + self.jumps.exponent(u, maturity)).exp()
    }

    fn cumulants(&self, maturity: f64) -> Cumulants {
        BlackScholes { volatility: self.volatility }.cumulants(maturity).plus(self.jumps.cumulants(maturity))
    }
}

impl Kou {
    /// E[e^J − 1].
    fn growth(&self) -> f64 {
        self.up_probability / (self.up_rate - 1.0) - (1.0 - self.up_probability) / (self.down_rate + 1.0)
    }
}

impl CharacteristicFunction for Kou {
    fn check(&self) -> Result<(), OutOfDomain> {
        VOLATILITY.check("volatility", self.volatility)?;
        INTENSITY.check("intensity", self.intensity)?;
        Domain { low: 0.0, high: 1.0 }.check("up_probability", self.up_probability)?;
        Domain { low: 1.001, high: 1e6 }.check("up_rate", self.up_rate)?;
        Domain { low: 0.001, high: 1e6 }.check("down_rate", self.down_rate)?;
        Ok(())
    }

    fn characteristic(&self, u: f64, maturity: f64) -> Complex {
        // E[e^{iuJ}] − 1 = p·iu/(η₁ − iu) − (1 − p)·iu/(η₂ + iu).
        let iu = Complex::new(0.0, u);
        let up = (iu / Complex::new(self.up_rate, -u)).scale(self.up_probability);
        let down = (iu / Complex::new(self.down_rate, u)).scale(1.0 - self.up_probability);
        let jumps = (up - down - iu.scale(self.growth())).scale(self.intensity * maturity);
        (diffusion(self.volatility, u, maturity) + jumps).exp()
    }

    fn cumulants(&self, maturity: f64) -> Cumulants {
        let (n, p) = (self.intensity * maturity, self.up_probability);
        let (up, down) = (1.0 / self.up_rate, 1.0 / self.down_rate);
        let jumps = Cumulants {
            c1: n * (p * up - (1.0 - p) * down - self.growth()),
            c2: 2.0 * n * (p * up.powi(2) + (1.0 - p) * down.powi(2)),
            c4: 24.0 * n * (p * up.powi(4) + (1.0 - p) * down.powi(4)),
        };
        BlackScholes { volatility: self.volatility }.cumulants(maturity).plus(jumps)
    }
}

impl Cumulants {
    /// Those of the sum with an independent number.
    pub(crate) fn plus(self, other: Self) -> Self {
        Self { c1: self.c1 + other.c1, c2: self.c2 + other.c2, c4: self.c4 + other.c4 }
    }
}
