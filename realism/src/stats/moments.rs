use super::finite;

/// Mean and centred moments of values, m₂ and m₄ divided by n.
///
/// ```
/// use realism::stats::Moments;
/// let moments = Moments::of(&[1.0, 2.0, 3.0, 4.0]).unwrap();
/// assert_eq!((moments.mean, moments.m2), (2.5, 1.25));
/// assert!((moments.excess_kurtosis().unwrap() + 1.36).abs() < 1e-12);
/// assert_eq!(Moments::of(&[]), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    /// How many values, n.
    pub count: usize,
    /// Their mean.
    pub mean: f64,
    /// The variance, divided by n.
    pub m2: f64,
    /// The fourth centred moment.
    pub m4: f64,
}

impl Moments {
    /// Of the values; none of no values.
    pub fn of(values: &[f64]) -> Option<Self> {
        let count = values.len();
        let n = count as f64;
        let mean = finite(values.iter().sum::<f64>() / n)?;
        let (mut m2, mut m4) = (0.0, 0.0);
        for value in values {
            let square = (value - mean) * (value - mean);
            m2 += square;
            m4 += square * square;
        }
        Some(Self { count, mean, m2: m2 / n, m4: m4 / n })
    }

    /// The population's standard deviation, √m₂.
    pub fn deviation(&self) -> f64 {
        self.m2.sqrt()
    }

    /// The sample's standard deviation, √(m₂·n/(n − 1)); none of one value.
    pub fn sample_deviation(&self) -> Option<f64> {
        let n = self.count as f64;
        finite((self.m2 * (n / (n - 1.0))).sqrt())
    }

    /// m₄/m₂² − 3, biased; none where nothing varies.
    pub fn excess_kurtosis(&self) -> Option<f64> {
        finite(self.m4 / (self.m2 * self.m2) - 3.0)
    }
}
