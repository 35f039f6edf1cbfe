/// The normal quantile of a two-sided 95 % interval.
const Z_95: f64 = 1.959_963_984_540_054;

/// A parameter and how well it is known.
#[derive(Clone, Debug, PartialEq)]
pub struct ParameterEstimate {
    /// Its name.
    pub name: String,
    /// Where the likelihood is highest.
    pub value: f64,
    /// The root of the diagonal of (−H)⁻¹, H the log-likelihood's matrix of second derivatives there; none where the
    /// data don't tell the parameter, and for one that a bound holds.
    pub standard_error: Option<f64>,
    /// That of H⁻¹·Σgₜgₜ′·H⁻¹, gₜ row t's score: right where the law of the innovations is not the model's.
    ///
    /// Source: White (1982), *Econometrica* 50(1), theorem 3.2.
    pub robust_error: Option<f64>,
}

impl ParameterEstimate {
    /// The two-sided 95 % interval, value ± 1.96 standard errors.
    pub fn interval_95(&self) -> Option<(f64, f64)> {
        self.standard_error.map(|error| (self.value - Z_95 * error, self.value + Z_95 * error))
    }

    /// The same of the robust error.
    pub fn robust_interval_95(&self) -> Option<(f64, f64)> {
        self.robust_error.map(|error| (self.value - Z_95 * error, self.value + Z_95 * error))
    }
}

/// A model fitted by maximum likelihood.
#[derive(Clone, Debug, PartialEq)]
pub struct Fitted<M> {
    /// The model with the parameters of highest likelihood.
    pub model: M,
    /// The parameters that were free.
    pub estimates: Vec<ParameterEstimate>,
    /// ln L, of densities of the returns as they were given; comparable between models of the same returns.
    pub log_likelihood: f64,
    /// n, the returns it is a sum over.
    pub rows: usize,
    /// The bounds that hold the maximum: without them the likelihood would be higher, and errors are those of the
    /// parameters left free.
    pub at_bounds: Vec<&'static str>,
}

impl<M> Fitted<M> {
    /// 2k − 2·ln L, k the free parameters. Lower is better.
    ///
    /// Source: Akaike (1974), *IEEE Trans. Automatic Control* 19(6), eq. 3.
    pub fn aic(&self) -> f64 {
        2.0 * self.estimates.len() as f64 - 2.0 * self.log_likelihood
    }

    /// k·ln n − 2·ln L. Lower is better.
    ///
    /// Source: Schwarz (1978), *Annals of Statistics* 6(2).
    pub fn bic(&self) -> f64 {
        (self.rows as f64).ln() * self.estimates.len() as f64 - 2.0 * self.log_likelihood
    }

    /// The estimate of this name.
    pub fn estimate(&self, name: &str) -> Option<&ParameterEstimate> {
        self.estimates.iter().find(|estimate| estimate.name == name)
    }
}
