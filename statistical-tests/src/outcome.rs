use std::fmt;

/// What a test measured, and the interval in which a correct engine stays.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The test's name, with its parameter.
    pub test: String,
    /// The measured statistic.
    pub statistic: f64,
    /// The lower critical value; −∞ for a one-sided test.
    pub low: f64,
    /// The upper critical value.
    pub high: f64,
}

impl Outcome {
    /// A statistic that only large values speak against.
    pub fn at_most(test: impl Into<String>, statistic: f64, critical: f64) -> Self {
        Self::between(test, statistic, f64::NEG_INFINITY, critical)
    }

    /// A z-score, or another statistic whose sign doesn't matter.
    pub fn two_sided(test: impl Into<String>, statistic: f64, critical: f64) -> Self {
        Self::between(test, statistic, -critical, critical)
    }

    /// A statistic with its own bound on each side.
    pub fn between(test: impl Into<String>, statistic: f64, low: f64, high: f64) -> Self {
        Self { test: test.into(), statistic, low, high }
    }

    /// Whether the statistic lies inside. NaN never does: a test that couldn't be computed has not passed.
    pub fn passes(&self) -> bool {
        self.low <= self.statistic && self.statistic <= self.high
    }

    /// The critical value on the statistic's side.
    pub fn critical(&self) -> f64 {
        if self.statistic < self.low { self.low } else { self.high }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { test, statistic, low, high } = self;
        let number = |value: &f64| {
            let plain = *value == 0.0 || (1e-3..1e7).contains(&value.abs()) || value.is_infinite();
            if plain { format!("{value:.3}") } else { format!("{value:.2e}") }
        };
        write!(f, "{test}: {} in [{}, {}]", number(statistic), number(low), number(high))
    }
}
