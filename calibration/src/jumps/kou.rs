//! Kou's jump-diffusion: jumps are exponential, up and down.

use std::f64::consts::SQRT_2;

use gbm_core::units::{Domain, Years};

use super::scale::{MOST_JUMPS, Scale, Start};
use super::series::Series;
use crate::error::FitError;
use crate::fitted::Fitted;
use crate::likelihood::{Likelihood, Limit, between, free_between};
use crate::maximise;
use crate::returns::Returns;

/// 1/η is at least this share of the returns' deviation.
const LEAST_JUMP: f64 = 0.02;
const MIN_RETURNS: usize = 100;

/// d ln S = m dt + σ dW + J dN: N Poisson of intensity λ; J is exponential of rate η₁ with probability p, and minus one of rate η₂ else.
///
/// ```
/// use calibration::kou::{Kou, Parameters};
/// use gbm_core::units::Years;
/// let daily = Parameters { log_drift: 0.736, volatility: 0.186, intensity: 458.0, up_probability: 0.499, up_rate: 40.7, down_rate: 39.3 };
/// assert!(Kou::new(daily)?.ln_density(0.0, Years::new(1.0 / 365.0)?) > 2.0);
/// assert!(Kou::new(Parameters { up_probability: 1.1, ..daily }).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Kou (2002), *Management Science* 48(8).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kou(Parameters);

/// Those of [`Kou`], unchecked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameters {
    /// m, the drift of ln S without jumps, per year.
    pub log_drift: f64,
    /// σ, per √year, without jumps; above 0.
    pub volatility: f64,
    /// λ, jumps a year; 0 or more.
    pub intensity: f64,
    /// p, the probability that a jump goes up.
    pub up_probability: f64,
    /// η₁, the inverse of the mean of a jump up; above 0.
    pub up_rate: f64,
    /// η₂, the inverse of the mean of a jump down; above 0.
    pub down_rate: f64,
}

impl Kou {
    /// Checks the parameters.
    ///
    /// # Errors
    /// [`FitError::OutOfDomain`].
    pub fn new(parameters: Parameters) -> Result<Self, FitError> {
        let Parameters { log_drift, volatility, intensity, up_probability, up_rate, down_rate } = parameters;
        Domain::closed(f64::MIN, f64::MAX).check("log_drift", log_drift)?;
        Domain::above(0.0, f64::MAX).check("volatility", volatility)?;
        Domain::closed(0.0, f64::MAX).check("intensity", intensity)?;
        Domain::closed(0.0, 1.0).check("up_probability", up_probability)?;
        Domain::above(0.0, f64::MAX).check("up_rate", up_rate)?;
        Domain::above(0.0, f64::MAX).check("down_rate", down_rate)?;
        Ok(Self(parameters))
    }

    /// The parameters.
    pub fn parameters(&self) -> Parameters {
        self.0
    }

    /// √(σ² + λ·E\[J²\]), per √year: of diffusion and jumps.
    pub fn total_volatility(&self) -> f64 {
        let Parameters { volatility, intensity, up_probability: p, up_rate, down_rate, .. } = self.0;
        let square = 2.0 * p / (up_rate * up_rate) + 2.0 * (1.0 - p) / (down_rate * down_rate);
        (volatility * volatility + intensity * square).sqrt()
    }

    /// ln of the density of a return over a bar.
    ///
    /// A sum of jumps up and down is, exponential numbers having no memory, a sum of k of one kind alone: f(x) = w₀·φ + Σₖ
    /// wₖ·gₖ(x − mΔ; η₁) + Σₖ w₋ₖ·gₖ(mΔ − x; η₂), gₖ the density of σ√Δ·Z plus k exponential numbers. All terms are positive, so
    /// that small densities keep their digits too: ln f is off by less than 10⁻¹⁰ for daily returns of −70 % to 50 %, against 60 digits.
    /// The counts left out have a probability below 10⁻¹⁸ together, while λΔ ≤ 60.
    pub fn ln_density(&self, log_return: f64, bar: Years) -> f64 {
        Series::new(&self.0, bar.get()).ln_density(log_return)
    }
}

/// Fits by maximum likelihood: `log_drift`, `volatility`, `intensity`, `up_probability`, `up_rate`, `down_rate`, annual.
///
/// Bounded as [`merton::fit`](crate::merton::fit) is, for the same reason; 1/η lies between 2 % of the returns' deviation
/// and twice the largest return. A maximum at a bound names it in [`Fitted::at_bounds`].
///
/// # Errors
/// [`FitError::TooFew`] below 100 returns; [`FitError::NotConverged`], [`FitError::NoStart`].
///
/// # Examples
/// ```
/// use calibration::{Returns, kou};
/// use gbm_core::units::Years;
/// let few = Returns::new(vec![0.1, -0.2, 0.3], Years::new(1.0 / 365.0)?)?;
/// assert_eq!(kou::fit(&few).unwrap_err().to_string(), "returns = 3: at least 100 are needed");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn fit(returns: &Returns) -> Result<Fitted<Kou>, FitError> {
    let returns = returns.at_least(MIN_RETURNS)?;
    let problem = Problem { returns: returns.values(), scale: Scale::new(returns) };
    maximise::fit(&problem, &problem.starts(), 0.15, |x| {
        let mut parameters = read(x);
        parameters.intensity = parameters.intensity.max(0.0);
        parameters.up_probability = parameters.up_probability.clamp(0.0, 1.0);
        Kou::new(parameters)
    })
}

fn read(x: &[f64]) -> Parameters {
    let at = |index: usize| x.get(index).copied().unwrap_or(f64::NAN);
    Parameters {
        log_drift: at(0),
        volatility: at(1),
        intensity: at(2),
        up_probability: at(3),
        up_rate: at(4),
        down_rate: at(5),
    }
}

struct Problem<'a> {
    returns: &'a [f64],
    scale: Scale,
}

impl Problem<'_> {
    /// [low, high] of ln η.
    fn rate(&self) -> (f64, f64) {
        (-(2.0 * self.scale.largest).ln(), -(LEAST_JUMP * self.scale.deviation).ln())
    }

    /// Free are the mean of a bar, ln σ, λ, p and ln of both rates.
    fn starts(&self) -> Vec<Vec<f64>> {
        let (diffusion, rate) = (self.scale.diffusion(), self.rate());
        let free = |start: Start| {
            // E[J²] = 2/η².
            let jump = free_between(rate.0, rate.1, (SQRT_2 / start.jump).ln());
            vec![
                0.0,
                free_between(diffusion.0, diffusion.1, start.diffusion.ln()),
                free_between(0.0, MOST_JUMPS, start.jumps),
                free_between(0.0, 1.0, 0.5),
                jump,
                jump,
            ]
        };
        self.scale.starts().map(free).collect()
    }
}

impl Likelihood for Problem<'_> {
    fn names(&self) -> Vec<String> {
        ["log_drift", "volatility", "intensity", "up_probability", "up_rate", "down_rate"].map(String::from).to_vec()
    }

    fn rows(&self) -> usize {
        self.returns.len()
    }

    fn fill(&self, parameters: &[f64], rows: &mut [f64]) {
        let parameters = read(parameters);
        let Parameters { volatility, intensity, up_rate, down_rate, .. } = parameters;
        if volatility <= 0.0 || intensity < 0.0 || up_rate <= 0.0 || down_rate <= 0.0 {
            rows.fill(f64::NAN);
            return;
        }
        let series = Series::new(&parameters, self.scale.bar);
        for (row, r) in rows.iter_mut().zip(self.returns) {
            *row = series.ln_density(*r);
        }
    }

    fn limits(&self) -> Vec<Limit> {
        let (low, high) = (self.rate().0.exp(), self.rate().1.exp());
        vec![
            Limit::at_least("volatility: too small a part of the whole", 1, 6, self.scale.least_volatility()),
            Limit::at_least("intensity >= 0", 2, 6, 0.0),
            Limit::at_most("intensity: ten jumps a bar", 2, 6, MOST_JUMPS / self.scale.bar),
            Limit::at_least("up_probability >= 0", 3, 6, 0.0),
            Limit::at_most("up_probability <= 1", 3, 6, 1.0),
            Limit::at_least("up_rate: jumps of twice the largest return", 4, 6, low),
            Limit::at_most("up_rate: jumps too small", 4, 6, high),
            Limit::at_least("down_rate: jumps of twice the largest return", 5, 6, low),
            Limit::at_most("down_rate: jumps too small", 5, 6, high),
        ]
    }

    fn scales(&self) -> Vec<f64> {
        let rate = 1.0 / self.scale.deviation;
        vec![
            self.scale.deviation / self.scale.bar,
            self.scale.deviation / self.scale.bar.sqrt(),
            0.1 / self.scale.bar,
            0.5,
            rate,
            rate,
        ]
    }

    fn limited(&self, free: &[f64]) -> Vec<f64> {
        let &[centre, diffusion, jumps, up, up_rate, down_rate] = free else { return Vec::new() };
        let rate = |free| between(self.rate().0, self.rate().1, free).exp();
        let (up_rate, down_rate, p) = (rate(up_rate), rate(down_rate), between(0.0, 1.0, up));
        let intensity = between(0.0, MOST_JUMPS, jumps) / self.scale.bar;
        let volatility =
            between(self.scale.diffusion().0, self.scale.diffusion().1, diffusion).exp() / self.scale.bar.sqrt();
        let jump_mean = p / up_rate - (1.0 - p) / down_rate;
        let m = (self.scale.mean + self.scale.deviation * centre) / self.scale.bar - intensity * jump_mean;
        vec![m, volatility, intensity, p, up_rate, down_rate]
    }
}
