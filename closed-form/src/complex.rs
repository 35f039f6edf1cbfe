//! As much of the complex numbers as characteristic functions take.

use std::ops::{Add, Div, Mul, Neg, Sub};

/// re + i·im.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Complex {
    /// The real part.
    pub re: f64,
    /// The imaginary part.
    pub im: f64,
}

impl Complex {
    /// re + i·im.
    pub const fn new(re: f64, im: f64) -> Self {
        Self { re, im }
    }

    /// |z|.
    pub fn abs(self) -> f64 {
        self.re.hypot(self.im)
    }

    /// s·z.
    #[must_use]
    pub fn scale(self, s: f64) -> Self {
        Self::new(s * self.re, s * self.im)
    }

    /// e^z.
    #[must_use]
    pub fn exp(self) -> Self {
        let (sin, cos) = self.im.sin_cos();
        Self::new(cos, sin).scale(self.re.exp())
    }

    /// e^z − 1, which keeps the digits of a small z.
    #[must_use]
    pub fn exp_m1(self) -> Self {
        let half = (0.5 * self.im).sin();
        Self::new(self.re.exp_m1() * self.im.cos() - 2.0 * half * half, self.re.exp() * self.im.sin())
    }

    /// ln(1 + z), the principal value, which keeps the digits of a small z.
    #[must_use]
    pub fn ln_1p(self) -> Self {
        let square = (2.0 + self.re) * self.re + self.im * self.im;
        Self::new(0.5 * square.ln_1p(), self.im.atan2(1.0 + self.re))
    }

    /// √z, the principal value: its real part isn't negative.
    #[must_use]
    pub fn sqrt(self) -> Self {
        let t = (0.5 * (self.abs() + self.re.abs())).sqrt();
        if t == 0.0 {
            return Self::new(0.0, 0.0);
        }
        let other = 0.5 * self.im / t;
        if self.re >= 0.0 { Self::new(t, other) } else { Self::new(other.abs(), t.copysign(self.im)) }
    }
}

impl Add for Complex {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self::new(self.re + other.re, self.im + other.im)
    }
}

impl Sub for Complex {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self::new(self.re - other.re, self.im - other.im)
    }
}

impl Neg for Complex {
    type Output = Self;
    fn neg(self) -> Self {
        Self::new(-self.re, -self.im)
    }
}

impl Mul for Complex {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self::new(self.re * other.re - self.im * other.im, self.re * other.im + self.im * other.re)
    }
}

impl Div for Complex {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        // Scaled first, so that the square of the divisor doesn't overflow.
        let size = other.abs();
        let unit = other.scale(1.0 / size);
        (self * Self::new(unit.re, -unit.im)).scale(1.0 / size)
    }
}
