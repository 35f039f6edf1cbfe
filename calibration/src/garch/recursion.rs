use std::f64::consts::PI;

use statrs::function::gamma::ln_gamma;

use super::Parameters;

/// Writes log-densities and tells each variance; the variance that comes next. Parameters may be beyond their domain: a search
/// looks there.
pub(crate) fn fill(parameters: &Parameters, returns: &[f64], rows: &mut [f64], mut tell: impl FnMut(f64)) -> f64 {
    let Parameters { mean, omega, alpha, gamma, beta, degrees } = *parameters;
    let density = Density::new(degrees);
    let first = returns.iter().map(|r| (r - mean) * (r - mean)).sum::<f64>() / returns.len() as f64;
    let mut variance = omega + (alpha + 0.5 * gamma + beta) * first;
    for (row, r) in rows.iter_mut().zip(returns) {
        tell(variance);
        let error = r - mean;
        let square = error * error;
        *row = if variance > 0.0 { density.ln(square, variance) } else { f64::NEG_INFINITY };
        let answer = if error < 0.0 { alpha + gamma } else { alpha };
        variance = omega + answer * square + beta * variance;
    }
    variance
}

/// ln of a density of mean 0 and a given variance.
struct Density {
    constant: f64,
    degrees: Option<f64>,
}

impl Density {
    fn new(degrees: Option<f64>) -> Self {
        let constant = match degrees {
            None => -0.5 * (2.0 * PI).ln(),
            Some(nu) => ln_gamma(0.5 * (nu + 1.0)) - ln_gamma(0.5 * nu) - 0.5 * (PI * (nu - 2.0)).ln(),
        };
        Self { constant, degrees }
    }

    fn ln(&self, square: f64, variance: f64) -> f64 {
        let tail = match self.degrees {
            None => -0.5 * square / variance,
            Some(nu) => -0.5 * (nu + 1.0) * (square / (variance * (nu - 2.0))).ln_1p(),
        };
        self.constant - 0.5 * variance.ln() + tail
    }
}
