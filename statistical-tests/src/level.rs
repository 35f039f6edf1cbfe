//! From a family error to critical values.

use statrs::distribution::{ChiSquared, ContinuousCDF, DiscreteCDF, Normal, Poisson};

/// The probability with which one check may reject a correct engine.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Level(f64);

impl Level {
    /// The family error shared out evenly over a number of checks. Bonferroni's inequality holds for dependent
    /// checks too, so several tests may look at one sample.
    pub const fn bonferroni(family: f64, checks: u32) -> Self {
        Self(family / checks as f64)
    }

    /// This check's share divided again, for a statistic that is the largest of several.
    #[must_use]
    pub const fn over(self, parts: u32) -> Self {
        Self(self.0 / parts as f64)
    }

    /// The probability.
    pub const fn get(self) -> f64 {
        self.0
    }

    /// z with P(|Z| > z) = α, Z standard normal. Taken from the lower tail, where no digits are lost.
    pub fn two_sided(self) -> f64 {
        -Normal::standard().inverse_cdf(0.5 * self.0)
    }

    /// z with P(Z > z) = α.
    pub fn one_sided(self) -> f64 {
        -Normal::standard().inverse_cdf(self.0)
    }

    /// x with P(χ²_k > x) = α; NaN for k = 0, so that no statistic passes.
    pub fn chi_squared(self, freedom: u32) -> f64 {
        let Ok(law) = ChiSquared::new(f64::from(freedom)) else { return f64::NAN };
        self.upper(|x| law.sf(x))
    }

    /// The critical value of √n·D: K with 2·Σ_{k ≥ 1} (−1)^{k−1} e^{−2k²K²} = α (Kolmogorov 1933).
    pub fn kolmogorov(self) -> f64 {
        self.upper(kolmogorov_tail)
    }

    /// The critical value of A² for a fully specified law, n → ∞: see [`anderson_darling_tail`].
    pub fn anderson_darling(self) -> f64 {
        self.upper(anderson_darling_tail)
    }

    /// The counts that a Poisson variable leaves with probability at most α/2 on each side; NaN for a mean that
    /// isn't positive and finite.
    pub fn poisson(self, mean: f64) -> (f64, f64) {
        let Ok(law) = Poisson::new(mean) else { return (f64::NAN, f64::NAN) };
        let half = 0.5 * self.0;
        // P(X ≤ k) > α/2 from the lower bound on, P(X > k) ≤ α/2 from the upper bound on.
        let low = first(|k| law.cdf(k) > half);
        let high = first(|k| law.sf(k) <= half);
        (low as f64, high as f64)
    }

    /// The root x ≥ 0 of tail(x) = α, for a tail that falls from 1 to 0, by bisection to the last bit.
    fn upper(self, tail: impl Fn(f64) -> f64) -> f64 {
        let (mut low, mut high) = (0.0, 1.0);
        while tail(high) > self.0 {
            (low, high) = (high, 2.0 * high);
        }
        loop {
            let middle = 0.5 * (low + high);
            if middle <= low || middle >= high {
                return high;
            }
            if tail(middle) > self.0 { low = middle } else { high = middle }
        }
    }
}

/// P(√n·D > x) for n → ∞ (Kolmogorov 1933). Used for x > 0.3 only; below, the series needs too many terms and 1 is
/// exact to 10⁻⁵.
pub fn kolmogorov_tail(x: f64) -> f64 {
    if x < 0.3 {
        return 1.0;
    }
    let term = |k: i32| (-2.0 * f64::from(k * k) * x * x).exp();
    2.0 * (1..=20).map(|k| if k % 2 == 1 { term(k) } else { -term(k) }).sum::<f64>()
}

/// P(A² > x) for n → ∞, leading term of the tail: √3·P(|Z| > √(2x)).
///
/// A² is distributed as Σ χ²_j/(j(j+1)) (Anderson and Darling 1952, *Ann. Math. Stat.* 23, eq. 4.8 ff.). By Zolotarev
/// (1961, *Theory Probab. Appl.* 6, 201) the tail of Σ λⱼχ²_j is that of its largest term times
/// Π_{j ≥ 2} (1 − λⱼ/λ₁)^{−½}, here Π (j−1)(j+2)/(j(j+1)) = ⅓. Against the polynomial of Marsaglia and Marsaglia
/// (2004, *J. Stat. Softw.* 9(2)) it is 11 % too small at the 5 % point, 7 % at the 1 % point and 1.4 % at x = 8, where
/// that fit ends; the levels used here lie at x = 18.
pub fn anderson_darling_tail(x: f64) -> f64 {
    3f64.sqrt() * 2.0 * Normal::standard().sf((2.0 * x.max(0.0)).sqrt())
}

/// The first k for which a monotone predicate holds.
fn first(holds: impl Fn(u64) -> bool) -> u64 {
    let mut high = 1;
    while !holds(high) {
        high *= 2;
    }
    let mut low = 0;
    while low < high {
        let middle = u64::midpoint(low, high);
        if holds(middle) { high = middle } else { low = middle + 1 }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(actual: f64, expected: f64, tolerance: f64) {
        assert!((actual / expected - 1.0).abs() <= tolerance, "{actual} is not {expected}");
    }

    #[test]
    fn quantiles_agree_with_published_tables() {
        let percent = |p: f64| Level::bonferroni(p / 100.0, 1);
        check(percent(5.0).two_sided(), 1.959963984540, 1e-11);
        check(percent(1.0).one_sided(), 2.326347874041, 1e-11);
        check(percent(5.0).chi_squared(10), 18.3070380533, 1e-9); // NIST/SEMATECH handbook 1.3.6.7.4
        check(percent(0.1).chi_squared(1), 10.8275661706, 1e-9);
        check(percent(5.0).kolmogorov(), 1.3581, 1e-4); // Smirnov (1948)
        check(percent(1.0).kolmogorov(), 1.6276, 1e-4);
        check(Level::bonferroni(1e-6, 1).kolmogorov(), 2.6935, 1e-3);
    }

    /// Published points of A²: Anderson and Darling (1954), and adinf of Marsaglia and Marsaglia (2004), J. Stat.
    /// Softw. 9(2), their formula for z ≥ 2.
    #[test]
    fn the_tail_of_anderson_darling_approaches_the_published_one() {
        check(anderson_darling_tail(2.492), 0.05, 0.12);
        check(anderson_darling_tail(3.857), 0.01, 0.06);
        let z = 8.0_f64;
        let inner = 1.0776 - (2.30695 - (0.43424 - (0.082433 - (0.008056 - 0.0003146 * z) * z) * z) * z) * z;
        check(anderson_darling_tail(z), -(-inner.exp()).exp_m1(), 0.04);
    }

    #[test]
    fn counts_are_those_of_the_poisson_law() {
        // P(X ≤ 1) = 6e^{−5} = 4.0 %, P(X ≤ 0) = 0.67 %; P(X > 10) = 1.37 %, P(X > 9) = 3.18 %.
        assert_eq!(Level::bonferroni(0.05, 1).poisson(5.0), (1.0, 10.0));
        // Far tails of a large mean: the normal law with a continuity correction agrees to a thousandth.
        let (low, high) = Level::bonferroni(1e-6, 200).poisson(27_000.0);
        let width = 5.848 * 27_000f64.sqrt();
        assert!((low - (27_000.0 - width)).abs() < 10.0 && (high - (27_000.0 + width)).abs() < 10.0, "{low} {high}");
        assert!(Level::bonferroni(0.05, 1).poisson(0.0).0.is_nan());
    }
}
