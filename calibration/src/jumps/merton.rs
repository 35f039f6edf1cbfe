//! Merton's jump-diffusion: jumps are normal.

use std::f64::consts::PI;

use gbm_core::units::{Domain, Years};

use super::poisson::probabilities;
use super::scale::{MOST_JUMPS, Scale, Start};
use crate::error::FitError;
use crate::fitted::Fitted;
use crate::likelihood::{Likelihood, Limit, between, free_between};
use crate::maximise;
use crate::returns::Returns;

const MIN_RETURNS: usize = 100;

/// d ln S = m dt + σ dW + J dN: N Poisson of intensity λ, J normal.
///
/// ```
/// use calibration::merton::{Merton, Parameters};
/// use gbm_core::units::Years;
/// let daily = Parameters { log_drift: 0.769, volatility: 0.264, intensity: 252.0, jump_mean: -0.0004, jump_deviation: 0.0460 };
/// assert!(Merton::new(daily)?.ln_density(0.0, Years::new(1.0 / 365.0)?) > 2.0);
/// assert!(Merton::new(Parameters { volatility: -0.1, ..daily }).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Merton (1976), *J. Financial Economics* 3(1–2).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Merton(Parameters);

/// Those of [`Merton`], unchecked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameters {
    /// m, the drift of ln S without jumps, per year.
    pub log_drift: f64,
    /// σ, per √year, without jumps; above 0.
    pub volatility: f64,
    /// λ, jumps a year; 0 or more.
    pub intensity: f64,
    /// A jump's mean.
    pub jump_mean: f64,
    /// A jump's standard deviation; 0 or more.
    pub jump_deviation: f64,
}

impl Merton {
    /// Checks the parameters.
    ///
    /// # Errors
    /// [`FitError::OutOfDomain`].
    pub fn new(parameters: Parameters) -> Result<Self, FitError> {
        let Parameters { log_drift, volatility, intensity, jump_mean, jump_deviation } = parameters;
        Domain::closed(f64::MIN, f64::MAX).check("log_drift", log_drift)?;
        Domain::above(0.0, f64::MAX).check("volatility", volatility)?;
        Domain::closed(0.0, f64::MAX).check("intensity", intensity)?;
        Domain::closed(f64::MIN, f64::MAX).check("jump_mean", jump_mean)?;
        Domain::closed(0.0, f64::MAX).check("jump_deviation", jump_deviation)?;
        Ok(Self(parameters))
    }

    /// The parameters.
    pub fn parameters(&self) -> Parameters {
        self.0
    }

    /// √(σ² + λ·E\[J²\]), per √year: of diffusion and jumps.
    pub fn total_volatility(&self) -> f64 {
        let Parameters { volatility, intensity, jump_mean, jump_deviation, .. } = self.0;
        (volatility * volatility + intensity * (jump_mean * jump_mean + jump_deviation * jump_deviation)).sqrt()
    }

    /// ln of the density of a return over a bar.
    ///
    /// f(x) = Σₙ e^{−λΔ}(λΔ)ⁿ/n!·N(x; mΔ + n·mean, σ²Δ + n·deviation²). The counts left out have a probability below 10⁻¹⁸ together,
    /// so that f is off by less than 10⁻¹⁸/(σ√(2πΔ)), while λΔ ≤ 60.
    pub fn ln_density(&self, log_return: f64, bar: Years) -> f64 {
        Mixture::new(&self.0, bar.get()).ln_density(log_return)
    }
}

/// Fits by maximum likelihood: `log_drift`, `volatility`, `intensity`, `jump_mean`, `jump_deviation`, annual, in the returns' units.
///
/// Without bounds the likelihood has none either: one return alone as the bar without a jump and σ → 0 make it infinite. So σ√Δ is
/// at least 5 % of the returns' deviation, λΔ at most 10, and a jump's mean and deviation at most
/// twice the largest return; a maximum there is named in [`Fitted::at_bounds`], and its other parameters mean little.
///
/// # Errors
/// [`FitError::TooFew`] below 100 returns; [`FitError::NotConverged`], [`FitError::NoStart`].
///
/// Source: Honoré (1998), *Pitfalls in estimating jump-diffusion models*, for the unbounded likelihood; Kiefer and
/// Wolfowitz (1956), *Annals of Mathematical Statistics* 27(4), §6.
///
/// # Examples
/// ```
/// use calibration::{Returns, merton};
/// use gbm_core::units::Years;
/// let few = Returns::new(vec![0.1, -0.2, 0.3], Years::new(1.0 / 365.0)?)?;
/// assert_eq!(merton::fit(&few).unwrap_err().to_string(), "returns = 3: at least 100 are needed");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn fit(returns: &Returns) -> Result<Fitted<Merton>, FitError> {
    let returns = returns.at_least(MIN_RETURNS)?;
    let problem = Problem { returns: returns.values(), scale: Scale::new(returns) };
    maximise::fit(&problem, &problem.starts(), 0.15, |x| {
        let found = read(x);
        // −0 and the like at a bound.
        let (intensity, jump_deviation) = (found.intensity.max(0.0), found.jump_deviation.max(0.0));
        Merton::new(Parameters { intensity, jump_deviation, ..found })
    })
}

fn read(x: &[f64]) -> Parameters {
    let at = |index: usize| x.get(index).copied().unwrap_or(f64::NAN);
    Parameters { log_drift: at(0), volatility: at(1), intensity: at(2), jump_mean: at(3), jump_deviation: at(4) }
}

/// Counts' weights, means and variances, for one bar.
struct Mixture {
    parts: Vec<Part>,
}

struct Part {
    mean: f64,
    /// 1/(2·variance).
    narrowness: f64,
    /// The weight over √(2π·variance), and its ln.
    height: f64,
    ln_height: f64,
}

impl Mixture {
    fn new(parameters: &Parameters, bar: f64) -> Self {
        let Parameters { log_drift, volatility, intensity, jump_mean, jump_deviation } = *parameters;
        let part = |(n, weight): (usize, f64)| {
            let variance = volatility * volatility * bar + n as f64 * jump_deviation * jump_deviation;
            let height = weight / (2.0 * PI * variance).sqrt();
            Part {
                mean: log_drift * bar + n as f64 * jump_mean,
                narrowness: 0.5 / variance,
                height,
                ln_height: height.ln(),
            }
        };
        Self { parts: probabilities(intensity * bar).into_iter().enumerate().map(part).collect() }
    }

    fn ln_density(&self, x: f64) -> f64 {
        let term = |part: &Part| part.height * (-(x - part.mean) * (x - part.mean) * part.narrowness).exp();
        let density: f64 = self.parts.iter().map(term).sum();
        if density > 1e-250 {
            return density.ln();
        }
        // So far out that the terms leave the range of f64.
        let exponent = |part: &Part| part.ln_height - (x - part.mean) * (x - part.mean) * part.narrowness;
        let highest = self.parts.iter().map(exponent).fold(f64::NEG_INFINITY, f64::max);
        highest + self.parts.iter().map(|part| (exponent(part) - highest).exp()).sum::<f64>().ln()
    }
}

struct Problem<'a> {
    returns: &'a [f64],
    scale: Scale,
}

impl Problem<'_> {
    /// [low, high] of ln of a jump's deviation: the limit below is 0, but the search stays above.
    fn jump(&self) -> (f64, f64) {
        ((1e-3 * self.scale.deviation).ln(), (2.0 * self.scale.largest).ln())
    }

    /// Free are the mean of a bar, ln σ, λ, a jump's mean and ln of its deviation.
    fn starts(&self) -> Vec<Vec<f64>> {
        let (diffusion, jump) = (self.scale.diffusion(), self.jump());
        let free = |start: Start| {
            vec![
                0.0,
                free_between(diffusion.0, diffusion.1, start.diffusion.ln()),
                free_between(0.0, MOST_JUMPS, start.jumps),
                0.0,
                free_between(jump.0, jump.1, start.jump.ln()),
            ]
        };
        self.scale.starts().map(free).collect()
    }
}

impl Likelihood for Problem<'_> {
    fn names(&self) -> Vec<String> {
        ["log_drift", "volatility", "intensity", "jump_mean", "jump_deviation"].map(String::from).to_vec()
    }

    fn rows(&self) -> usize {
        self.returns.len()
    }

    fn fill(&self, parameters: &[f64], rows: &mut [f64]) {
        let parameters = read(parameters);
        if parameters.volatility <= 0.0 || parameters.intensity < 0.0 {
            rows.fill(f64::NAN);
            return;
        }
        let mixture = Mixture::new(&parameters, self.scale.bar);
        for (row, r) in rows.iter_mut().zip(self.returns) {
            *row = mixture.ln_density(*r);
        }
    }

    fn limits(&self) -> Vec<Limit> {
        vec![
            Limit::at_least("volatility: too small a part of the whole", 1, 5, self.scale.least_volatility()),
            Limit::at_least("intensity >= 0", 2, 5, 0.0),
            Limit::at_most("intensity: ten jumps a bar", 2, 5, MOST_JUMPS / self.scale.bar),
            Limit::at_least("jump_mean: twice the largest return", 3, 5, -2.0 * self.scale.largest),
            Limit::at_most("jump_mean: twice the largest return", 3, 5, 2.0 * self.scale.largest),
            Limit::at_least("jump_deviation >= 0", 4, 5, 0.0),
            Limit::at_most("jump_deviation: twice the largest return", 4, 5, 2.0 * self.scale.largest),
        ]
    }

    fn scales(&self) -> Vec<f64> {
        let root = self.scale.bar.sqrt();
        vec![
            self.scale.deviation / self.scale.bar,
            self.scale.deviation / root,
            0.1 / self.scale.bar,
            self.scale.deviation,
            self.scale.deviation,
        ]
    }

    fn limited(&self, free: &[f64]) -> Vec<f64> {
        let &[centre, diffusion, jumps, jump_mean, jump] = free else { return Vec::new() };
        let intensity = between(0.0, MOST_JUMPS, jumps) / self.scale.bar;
        let jump_mean = (self.scale.deviation * jump_mean).clamp(-2.0 * self.scale.largest, 2.0 * self.scale.largest);
        let volatility =
            between(self.scale.diffusion().0, self.scale.diffusion().1, diffusion).exp() / self.scale.bar.sqrt();
        let centre = self.scale.mean + self.scale.deviation * centre;
        let m = centre / self.scale.bar - intensity * jump_mean;
        vec![m, volatility, intensity, jump_mean, between(self.jump().0, self.jump().1, jump).exp()]
    }
}
