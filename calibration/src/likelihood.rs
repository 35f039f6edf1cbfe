//! What a likelihood is to whatever maximises it.

/// Rows of log-densities as a function of parameters.
pub(crate) trait Likelihood {
    /// The parameters' names, in their order.
    fn names(&self) -> Vec<String>;

    /// The number of rows.
    fn rows(&self) -> usize;

    /// Writes each row's log-density; something not finite where it has none. Limits are the maximiser's to keep: a
    /// little beyond them the density may still be there, and differences are taken of it.
    fn fill(&self, parameters: &[f64], rows: &mut [f64]);

    /// What parameters must fulfil.
    fn limits(&self) -> Vec<Limit>;

    /// The parameters' sizes, for first steps.
    fn scales(&self) -> Vec<f64>;

    /// Parameters within the limits, from as many unlimited numbers.
    fn limited(&self, free: &[f64]) -> Vec<f64>;

    /// The log-likelihood; −∞ where a row has none.
    fn total(&self, parameters: &[f64], rows: &mut [f64]) -> f64 {
        self.fill(parameters, rows);
        let total: f64 = rows.iter().sum();
        if total.is_finite() { total } else { f64::NEG_INFINITY }
    }
}

/// Σ normalᵢ·xᵢ ≤ bound.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Limit {
    pub(crate) name: &'static str,
    pub(crate) normal: Vec<f64>,
    pub(crate) bound: f64,
}

impl Limit {
    /// Parameter `index` of `count` is at least `bound`.
    pub(crate) fn at_least(name: &'static str, index: usize, count: usize, bound: f64) -> Self {
        let normal = (0..count).map(|i| if i == index { -1.0 } else { 0.0 }).collect();
        Self { name, normal, bound: -bound }
    }

    /// Parameter `index` of `count` is at most `bound`.
    pub(crate) fn at_most(name: &'static str, index: usize, count: usize, bound: f64) -> Self {
        let normal = (0..count).map(|i| if i == index { 1.0 } else { 0.0 }).collect();
        Self { name, normal, bound }
    }

    /// How far inside the parameters are.
    pub(crate) fn slack(&self, parameters: &[f64]) -> f64 {
        self.bound - self.normal.iter().zip(parameters).map(|(a, x)| a * x).sum::<f64>()
    }
}

/// A number in [low, high] from any: low + (high − low)·sin²(free), whose ends are reached.
pub(crate) fn between(low: f64, high: f64, free: f64) -> f64 {
    low + (high - low) * free.sin().powi(2)
}

/// A number that [`between`] takes there.
pub(crate) fn free_between(low: f64, high: f64, value: f64) -> f64 {
    ((value - low) / (high - low)).clamp(0.0, 1.0).sqrt().asin()
}
