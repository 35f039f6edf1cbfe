use serde::{Deserialize, Serialize};

use super::{AsianGeometric, Average, Control, ControlPayoff, Needs, PathBlock, PathPayoff, Right, View};
use crate::units::Strike;

/// max(±(A − K), 0) on the arithmetic average A of the price.
///
/// - Discrete: A = (S(t₁) + … + S(tₙ))/n; no bias.
/// - Continuous: A = ∫₀ᵀ S dt/T by the trapezoid, (S₀/2 + S(t₁) + … + S(tₙ₋₁) + S(tₙ)/2)/n. What it misses has mean zero but
///   for terms of order n⁻², and so has the price's bias: two runs with n and 2n steps give (4·P₂ₙ − Pₙ)/3, free of it.
///
/// Source: Kemna and Vorst (1990), *J. Banking & Finance* 14(1), also for the control; for the trapezoid Lapeyre and Temam
/// (2001), *J. Computational Finance* 5(1).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AsianArithmetic {
    /// Call or put.
    pub right: Right,
    /// K.
    pub strike: Strike,
    /// Which prices count.
    pub average: Average,
}

impl PathPayoff for AsianArithmetic {
    fn name(&self) -> &'static str {
        "asian_arithmetic"
    }

    fn needs(&self) -> Needs {
        Needs::only(View::Prices)
    }

    fn fill(&self, paths: &PathBlock<'_>, out: &mut [f64]) {
        for (out, prices) in out.iter_mut().zip(paths.prices()) {
            *out = self.right.of(self.average.of(paths.spot(), prices), self.strike.get());
        }
    }

    fn control(&self, control: Control) -> Option<ControlPayoff> {
        match control {
            Control::Terminal => Some(ControlPayoff::Terminal),
            Control::Geometric => {
                let Self { right, strike, average } = *self;
                Some(ControlPayoff::Geometric(AsianGeometric { right, strike, average }))
            }
            Control::European => None,
        }
    }
}

impl Average {
    /// The mean of a row, by the trapezoid from `first` on if it is continuous.
    #[inline]
    pub(super) fn of(self, first: f64, row: &[f64]) -> f64 {
        let sum = sum(row);
        let ends = match (self, row) {
            (Self::Continuous, [.., last]) => 0.5 * (first - last),
            _ => 0.0,
        };
        (sum + ends) / row.len() as f64
    }
}

/// The sum of a row, in eight partial sums so that additions don't wait for each other.
#[inline]
fn sum(row: &[f64]) -> f64 {
    let (eights, rest) = row.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for eight in eights {
        for (sum, value) in sums.iter_mut().zip(eight) {
            *sum += value;
        }
    }
    let [a, b, c, d, e, f, g, h] = sums;
    rest.iter().fold(((a + e) + (c + g)) + ((b + f) + (d + h)), |sum, value| sum + value)
}
