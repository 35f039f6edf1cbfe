//! Sums of two f64, about 32 digits: the arithmetic of the references that tests compare against.

use std::ops::{Add, Mul, Sub};

#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair {
    pub(crate) high: f64,
    pub(crate) low: f64,
}

impl Pair {
    pub(crate) fn new(high: f64, low: f64) -> Self {
        let sum = high + low;
        Self { high: sum, low: low - (sum - high) }
    }

    /// The size of `value - self` relative to `self`.
    pub(crate) fn relative_error(self, value: f64) -> f64 {
        (((value - self.high) - self.low) / self.high).abs()
    }

    /// The size of `value - self` in units of the last place of `self`.
    pub(crate) fn ulps(self, value: f64) -> f64 {
        let size = self.high.abs();
        let ulp = f64::from_bits(size.to_bits() + 1) - size;
        (((value - self.high) - self.low) / ulp).abs()
    }
}

/// ln 2 to 32 digits.
const LN_2: Pair = Pair { high: std::f64::consts::LN_2, low: 2.319_046_813_846_299_6e-17 };

impl Pair {
    /// e^y for |y| < 1 by 30 terms of its series.
    fn exp_series(self) -> Self {
        let one = Self::new(1.0, 0.0);
        (1..=30).rev().fold(one, |sum, n| one + (self * sum).divided(f64::from(n)))
    }

    /// 2^x, x within f64's normal range.
    pub(crate) fn exp2(x: f64) -> Self {
        let n = x.floor();
        let power = f64::from_bits(((n as i64 + 1023) as u64) << 52);
        (LN_2 * two_sum(x, -n)).exp_series() * power
    }

    /// ln x of a normal number: its series near 1, elsewhere one step of Newton's method from the platform's.
    pub(crate) fn ln(x: f64) -> Self {
        let one = Self::new(1.0, 0.0);
        let exponent = (x.to_bits() >> 52).cast_signed() - 1023;
        let mantissa = f64::from_bits(x.to_bits() & 0x000f_ffff_ffff_ffff | 0x3ff0_0000_0000_0000);
        let (mantissa, exponent) = if mantissa > 1.5 { (mantissa / 2.0, exponent + 1) } else { (mantissa, exponent) };
        let d = mantissa - 1.0;
        let rest = if d.abs() < 1.0 / 64.0 {
            let tail = (2..=20).rev().fold(Self::new(0.0, 0.0), |sum, n| (one.divided(f64::from(n)) - sum) * d);
            (one - tail) * d
        } else {
            // ln m = y + (m·e^−y − 1), to second order in a correction of 10⁻¹⁶.
            let guess = Self::new(mantissa.ln(), 0.0);
            guess + (Self::new(-guess.high, 0.0).exp_series() * mantissa - one)
        };
        LN_2 * exponent as f64 + rest
    }

    pub(crate) fn divided(self, divisor: f64) -> Self {
        let quotient = self.high / divisor;
        let rest = self - Self::new(divisor, 0.0) * quotient;
        Self::new(quotient, rest.high / divisor)
    }
}

fn two_sum(a: f64, b: f64) -> Pair {
    let sum = a + b;
    let part = sum - a;
    Pair { high: sum, low: (a - (sum - part)) + (b - part) }
}

impl Add for Pair {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let sum = two_sum(self.high, other.high);
        Self::new(sum.high, sum.low + (self.low + other.low))
    }
}

impl Sub for Pair {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + Self { high: -other.high, low: -other.low }
    }
}

impl Mul for Pair {
    type Output = Self;

    #[allow(clippy::disallowed_methods, reason = "a reference, not a published value")]
    fn mul(self, other: Self) -> Self {
        let product = self.high * other.high;
        let error = self.high.mul_add(other.high, -product);
        Self::new(product, error + (self.high * other.low + self.low * other.high))
    }
}

impl Mul<f64> for Pair {
    type Output = Self;

    fn mul(self, other: f64) -> Self {
        self * Self { high: other, low: 0.0 }
    }
}
