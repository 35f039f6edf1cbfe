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
