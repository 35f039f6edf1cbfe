//! Characteristic functions of Heston's stochastic volatility, and of Bates', which adds jumps.

use crate::complex::Complex;
use crate::cos::{CharacteristicFunction, Cumulants};
use crate::domain::{Domain, OutOfDomain};
use crate::merton::Jumps;

/// Variances per year.
const VARIANCE: Domain = Domain { low: 0.0, high: 1e4 };

/// How often the step of the differences may be halved.
const HALVINGS: usize = 60;

/// dS/S = (r − q) dt + √v dW, dv = κ(θ − v) dt + ξ√v dZ, dW dZ = ρ dt. Feller's condition isn't asked for.
///
/// With β = κ − iρξu, d = √(β² + ξ²(u² + iu)), Re d ≥ 0, and g = (β − d)/(β + d):
/// ln φ(u) = v₀·(β − d)/ξ²·(1 − e^{−dT})/(1 − g·e^{−dT}) + κθ/ξ²·((β − d)T − 2·ln((1 − g·e^{−dT})/(1 − g))).
///
/// This is the form without the trap: its logarithm never leaves the principal branch. (β − d)/ξ² is computed as −(u² +
/// iu)/(β + d), so that nothing cancels for small ξ, and ξ = 0 has its limit. The cumulants c₂ and c₄ are differences of
/// ln |φ|, since they only set the truncation.
///
/// Source: Heston (1993), *Review of Financial Studies* 6(2), eqs. 4 and 17; Albrecher, Mayer, Schoutens and Tistaert
/// (2007), *Wilmott*, "The little Heston trap".
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Heston {
    /// v₀, the variance per year today; 0 to 10⁴.
    pub variance: f64,
    /// κ, per year; 10⁻⁶ to 10⁴.
    pub mean_reversion: f64,
    /// θ, the variance per year to which it reverts; 0 to 10⁴.
    pub long_variance: f64,
    /// ξ, per year; 0 to 100.
    pub vol_of_vol: f64,
    /// ρ; −1 to 1.
    pub correlation: f64,
}

/// [`Heston`] with normal jumps of ln S, independent of the rest: φ is the product of theirs.
///
/// Source: Bates (1996), *Review of Financial Studies* 9(1).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bates {
    /// What moves between jumps.
    pub heston: Heston,
    /// The jumps.
    pub jumps: Jumps,
}

impl Heston {
    /// ln φ(u).
    fn exponent(&self, u: f64, maturity: f64) -> Complex {
        let Self { variance, mean_reversion, long_variance, vol_of_vol, correlation } = *self;
        if u == 0.0 {
            return Complex::new(0.0, 0.0);
        }
        let curve = Complex::new(u * u, u);
        let beta = Complex::new(mean_reversion, -correlation * vol_of_vol * u);
        let square = vol_of_vol * vol_of_vol;
        let d = (beta * beta + curve.scale(square)).sqrt();
        let sum = beta + d;
        // (β − d)/ξ², and 1 − e^{−dT}.
        let rate = -(curve / sum);
        let faded = -(d.scale(-maturity).exp_m1());
        // (1 − g·e^{−dT})/(1 − g) = 1 + ξ²·ratio, ratio = g/ξ²·(1 − e^{−dT})/(1 − g), 1 − g = 2d/(β + d).
        let ratio = rate * faded / d.scale(2.0);
        let log = if square > 0.0 { ratio.scale(square).ln_1p().scale(1.0 / square) } else { ratio };
        // 1 − g·e^{−dT} = (1 − g)(1 + ξ²·ratio).
        let denominator = d.scale(2.0) / sum * (Complex::new(1.0, 0.0) + ratio.scale(square));
        let drift = rate.scale(maturity) - log.scale(2.0);
        (rate * faded / denominator).scale(variance) + drift.scale(mean_reversion * long_variance)
    }
}

impl CharacteristicFunction for Heston {
    fn check(&self) -> Result<(), OutOfDomain> {
        VARIANCE.check("variance", self.variance)?;
        Domain { low: 1e-6, high: 1e4 }.check("mean_reversion", self.mean_reversion)?;
        VARIANCE.check("long_variance", self.long_variance)?;
        Domain { low: 0.0, high: 100.0 }.check("vol_of_vol", self.vol_of_vol)?;
        Domain { low: -1.0, high: 1.0 }.check("correlation", self.correlation)?;
        Ok(())
    }

    fn characteristic(&self, u: f64, maturity: f64) -> Complex {
        self.exponent(u, maturity).exp()
    }

    fn cumulants(&self, maturity: f64) -> Cumulants {
        let faded = -(-self.mean_reversion * maturity).exp_m1() / self.mean_reversion;
        // ∫E[v] dt.
        let variance = self.long_variance * maturity + (self.variance - self.long_variance) * faded;
        if variance <= 0.0 {
            return Cumulants { c1: 0.0, c2: 0.0, c4: 0.0 };
        }
        // ln |φ(h)| = −c₂h²/2 + c₄h⁴/24 − …
        let mut h = 0.1 / variance.sqrt();
        let at = |h: f64| [h, 2.0 * h].map(|u| self.exponent(u, maturity).re);
        let [mut one, mut two] = at(h);
        // Where the variance varies much, X does more than its mean variance says.
        for _ in 0..HALVINGS {
            if two > -0.05 {
                break;
            }
            h *= 0.5;
            [one, two] = at(h);
        }
        Cumulants {
            c1: -0.5 * variance,
            c2: (two - 16.0 * one) / (6.0 * h.powi(2)),
            c4: 2.0 * (two - 4.0 * one) / h.powi(4),
        }
    }
}

impl CharacteristicFunction for Bates {
    fn check(&self) -> Result<(), OutOfDomain> {
        self.heston.check()?;
        self.jumps.check()
    }

    fn characteristic(&self, u: f64, maturity: f64) -> Complex {
        (self.heston.exponent(u, maturity) + self.jumps.exponent(u, maturity)).exp()
    }

    fn cumulants(&self, maturity: f64) -> Cumulants {
        self.heston.cumulants(maturity).plus(self.jumps.cumulants(maturity))
    }
}
