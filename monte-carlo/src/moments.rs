//! Means, variances and covariances that are merged without loss, in an order that is written out.

/// Count, mean and sum of squared deviations of a sample, and of its control, with the sum of their products.
///
/// A block's are computed in two passes, sums in eight partial sums each; blocks are merged one after the other. So the bits
/// depend on how samples are cut into blocks and on the blocks' order, and on nothing else.
///
/// Source: Chan, Golub and LeVeque (1983), *Amer. Statistician* 37(3).
///
/// ```
/// use monte_carlo::moments::Moments;
/// let mut moments = Moments::of(&[1.0, 2.0], None);
/// moments.merge(&Moments::of(&[3.0, 6.0], None));
/// assert_eq!((moments.count, moments.mean, moments.square), (4, 3.0, 14.0));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moments {
    /// n.
    pub count: u64,
    /// ȳ.
    pub mean: f64,
    /// Σ(y − ȳ)².
    pub square: f64,
    /// x̄ of the control.
    pub control_mean: f64,
    /// Σ(x − x̄)².
    pub control_square: f64,
    /// Σ(x − x̄)(y − ȳ).
    pub product: f64,
}

/// A mean with its standard error, and the degrees of freedom that the error is known by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mean {
    /// The mean.
    pub value: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Degrees of freedom.
    pub freedom: u64,
}

impl Moments {
    /// The moments of a block; `controls` beside `values`, as many.
    pub fn of(values: &[f64], controls: Option<&[f64]>) -> Self {
        let n = values.len() as f64;
        if values.is_empty() {
            return Self::default();
        }
        let mean = sum(values.len(), |i| values[i]) / n;
        let square = sum(values.len(), |i| (values[i] - mean) * (values[i] - mean));
        let mut moments = Self { count: values.len() as u64, mean, square, ..Self::default() };
        if let Some(controls) = controls.filter(|controls| controls.len() == values.len()) {
            let center = sum(controls.len(), |i| controls[i]) / n;
            moments.control_mean = center;
            moments.control_square = sum(controls.len(), |i| (controls[i] - center) * (controls[i] - center));
            moments.product = sum(controls.len(), |i| (controls[i] - center) * (values[i] - mean));
        }
        moments
    }

    /// Adds the samples of a block that comes after these.
    pub fn merge(&mut self, block: &Self) {
        if block.count == 0 {
            return;
        }
        let (before, added) = (self.count as f64, block.count as f64);
        let all = before + added;
        let (step, control_step) = (block.mean - self.mean, block.control_mean - self.control_mean);
        let weight = before * added / all;
        self.count += block.count;
        self.mean += step * (added / all);
        self.square += block.square + step * step * weight;
        self.control_mean += control_step * (added / all);
        self.control_square += block.control_square + control_step * control_step * weight;
        self.product += block.product + step * control_step * weight;
    }

    /// β = Σ(x − x̄)(y − ȳ)/Σ(x − x̄)², the coefficient with the least variance; 0 for a control that doesn't vary.
    pub fn coefficient(&self) -> f64 {
        if self.control_square > 0.0 { self.product / self.control_square } else { 0.0 }
    }

    /// ȳ and √(Σ(y − ȳ)²/((n − 1)·n)); from two samples on.
    pub fn plain(&self) -> Mean {
        let n = self.count as f64;
        let variance = self.square / (n - 1.0);
        Mean { value: self.mean, standard_error: (variance / n).sqrt(), freedom: self.count.saturating_sub(1) }
    }

    /// ȳ − β·(x̄ − μ), μ the control's mean; from three samples on.
    ///
    /// It is the value at x = μ of the line fitted to the samples, and its standard error is that of regression, √(s²·(1/n + (x̄ −
    /// μ)²/Σ(x − x̄)²)) with s² = (Σ(y − ȳ)² − β·Σ(x − x̄)(y − ȳ))/(n − 2): it counts what estimating β costs. That β is
    /// estimated from the samples it acts on leaves a bias of order 1/n, small beside the error.
    ///
    /// Source: Lavenberg and Welch (1981), *Management Science* 27(3); Glasserman (2004), section 4.1.3.
    pub fn controlled(&self, control_mean: f64) -> Mean {
        let n = self.count as f64;
        let distance = self.control_mean - control_mean;
        let share = distance * distance / self.control_square;
        // A control that doesn't vary, or next to not at all where its mean lies, says nothing.
        if !share.is_finite() {
            return self.plain();
        }
        let beta = self.coefficient();
        // Where the control is the payoff itself, rounding could leave less than nothing.
        let rest = (self.square - beta * self.product).max(0.0) / (n - 2.0);
        Mean {
            value: self.mean - beta * distance,
            standard_error: (rest * (1.0 / n + share)).sqrt(),
            freedom: self.count.saturating_sub(2),
        }
    }
}

/// Σ term(i), i < n, in eight partial sums.
#[inline]
fn sum(n: usize, term: impl Fn(usize) -> f64) -> f64 {
    let mut sums = [0.0; 8];
    let whole = n - n % 8;
    for first in (0..whole).step_by(8) {
        for (i, sum) in sums.iter_mut().enumerate() {
            *sum += term(first + i);
        }
    }
    let [a, b, c, d, e, f, g, h] = sums;
    (whole..n).fold(((a + e) + (c + g)) + ((b + f) + (d + h)), |sum, i| sum + term(i))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Twenty pairs; the oracle is the textbook's sums, taken in one pass over all of them.
    fn sample() -> (Vec<f64>, Vec<f64>) {
        let controls: Vec<f64> = (0..20).map(|i| f64::from(i * i % 17)).collect();
        let values =
            controls.iter().enumerate().map(|(i, x)| 3.0 * x + f64::from(u8::try_from(i % 5).unwrap())).collect();
        (values, controls)
    }

    #[track_caller]
    fn near(left: f64, right: f64) {
        assert!((left - right).abs() <= 1e-12 * right.abs().max(1.0), "{left} is not {right}");
    }

    #[test]
    fn blocks_merge_to_the_moments_of_all() {
        let (values, controls) = sample();
        let all = Moments::of(&values, Some(&controls));
        for cut in 1..19 {
            let mut merged = Moments::default();
            for part in [0..cut, cut..20] {
                merged.merge(&Moments::of(&values[part.clone()], Some(&controls[part])));
            }
            assert_eq!(merged.count, 20);
            near(merged.mean, all.mean);
            near(merged.square, all.square);
            near(merged.control_mean, all.control_mean);
            near(merged.control_square, all.control_square);
            near(merged.product, all.product);
        }
    }

    #[test]
    fn a_control_is_a_regression() {
        let (values, controls) = sample();
        let n = 20.0;
        let sums = |f: &dyn Fn(usize) -> f64| (0..20).map(f).sum::<f64>();
        let (x, y) = (sums(&|i| controls[i]), sums(&|i| values[i]));
        let (xx, xy) = (sums(&|i| controls[i] * controls[i]), sums(&|i| controls[i] * values[i]));
        // The normal equations of y = α + β·(x − 5).
        let beta = (n * xy - x * y) / (n * xx - x * x);
        let alpha = y / n - beta * (x / n - 5.0);
        let square = |x: f64| x * x;
        let rest = sums(&|i| square(values[i] - alpha - beta * (controls[i] - 5.0))) / 18.0;
        let error = (rest * (1.0 / n + square(x / n - 5.0) / (xx - x * x / n))).sqrt();
        let mean = Moments::of(&values, Some(&controls)).controlled(5.0);
        near(mean.value, alpha);
        near(mean.standard_error, error);
        assert_eq!(mean.freedom, 18);
    }

    #[test]
    fn a_constant_control_changes_nothing() {
        let moments = Moments::of(&[1.0, 2.0, 4.0], Some(&[7.0; 3]));
        assert_eq!(moments.controlled(7.0), moments.plain());
        assert_eq!(moments.controlled(8.0), moments.plain());
        assert_eq!(moments.coefficient(), 0.0);
    }
}
