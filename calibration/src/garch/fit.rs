use super::recursion::fill;
use super::{Garch, Parameters};
use crate::error::FitError;
use crate::fitted::Fitted;
use crate::likelihood::{Likelihood, Limit, between, free_between};
use crate::maximise;
use crate::returns::Returns;

/// The most that α + γ/2 + β may be in a fit: a shock's half-life is then 6,931 bars.
pub const MAX_PERSISTENCE: f64 = 0.9999;
/// Below, the fourth moments that errors rest on are far from any sample's.
const DEGREES: (f64, f64) = (2.05, 200.0);
const MIN_RETURNS: usize = 100;

/// Which parameters are free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Specification {
    /// Whether μ is.
    pub mean: Mean,
    /// Whether γ is: GJR; else it is 0.
    pub leverage: bool,
    /// Whether ν is.
    pub innovations: Innovations,
}

/// What μ is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mean {
    /// Fitted.
    Constant,
    /// 0.
    Zero,
}

/// What law z is taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Innovations {
    /// N(0, 1).
    Normal,
    /// Student's t of variance 1, ν fitted.
    Student,
}

/// Fits by maximum likelihood: `mean`, `omega`, `alpha`, `gamma`, `beta`, `degrees`, as far as they are free.
///
/// Per bar, and in the returns' units: multiplied by 100, they give ω of percent². ν lies in [2.05, 200], α + γ/2 + β is at most
/// [`MAX_PERSISTENCE`]; a maximum there names it in [`Fitted::at_bounds`].
///
/// # Errors
/// [`FitError::TooFew`] below 100 returns; [`FitError::NotConverged`], [`FitError::NoStart`].
///
/// # Examples
/// ```
/// use calibration::Returns;
/// use calibration::garch::{Innovations, Mean, Specification, fit};
/// use gbm_core::units::Years;
/// let specification = Specification { mean: Mean::Constant, leverage: false, innovations: Innovations::Normal };
/// let few = Returns::new(vec![0.1, -0.2, 0.3], Years::new(1.0 / 365.0)?)?;
/// assert_eq!(fit(&few, specification).unwrap_err().to_string(), "returns = 3: at least 100 are needed");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn fit(returns: &Returns, specification: Specification) -> Result<Fitted<Garch>, FitError> {
    let returns = returns.at_least(MIN_RETURNS)?;
    let problem = Problem {
        returns: returns.values(),
        layout: Layout(specification),
        centre: returns.mean(),
        variance: returns.variance(),
    };
    maximise::fit(&problem, &problem.starts(), 0.2, |parameters| {
        let read = problem.layout.read(parameters);
        // −0 and the like at a bound.
        let alpha = read.alpha.max(0.0);
        Garch::new(Parameters { alpha, gamma: read.gamma.max(-alpha), beta: read.beta.max(0.0), ..read })
    })
}

/// Where parameters stand.
#[derive(Clone, Copy)]
struct Layout(Specification);

impl Layout {
    fn has_mean(self) -> bool {
        self.0.mean == Mean::Constant
    }

    fn has_degrees(self) -> bool {
        self.0.innovations == Innovations::Student
    }

    fn names(self) -> Vec<&'static str> {
        let all = [
            ("mean", self.has_mean()),
            ("omega", true),
            ("alpha", true),
            ("gamma", self.0.leverage),
            ("beta", true),
            ("degrees", self.has_degrees()),
        ];
        all.into_iter().filter(|(_, is_free)| *is_free).map(|(name, _)| name).collect()
    }

    fn read(self, parameters: &[f64]) -> Parameters {
        let mut next = parameters.iter().copied();
        let mut take = |is_free: bool| if is_free { next.next().unwrap_or_default() } else { 0.0 };
        let (mean, omega, alpha) = (take(self.has_mean()), take(true), take(true));
        let (gamma, beta, degrees) = (take(self.0.leverage), take(true), take(self.has_degrees()));
        Parameters { mean, omega, alpha, gamma, beta, degrees: self.has_degrees().then_some(degrees) }
    }

    fn write(self, parameters: &Parameters) -> Vec<f64> {
        let Parameters { mean, omega, alpha, gamma, beta, degrees } = *parameters;
        let mut written = Vec::with_capacity(6);
        written.extend(self.has_mean().then_some(mean));
        written.extend([omega, alpha]);
        written.extend(self.0.leverage.then_some(gamma));
        written.push(beta);
        written.extend(degrees);
        written
    }
}

struct Problem<'a> {
    returns: &'a [f64],
    layout: Layout,
    centre: f64,
    variance: f64,
}

impl Problem<'_> {
    /// Free are μ in deviations, ln ω in variances, the persistence, β's share of it, what of the rest follows a rise, and
    /// ln(ν − 2).
    fn starts(&self) -> Vec<Vec<f64>> {
        let mut starts = Vec::new();
        for (persistence, share) in [(0.98, 0.95), (0.97, 0.85), (0.9, 0.8), (0.7, 0.6), (0.3, 0.3)] {
            for degrees in [4.0, 10.0] {
                let mut start = Vec::new();
                start.extend(self.layout.has_mean().then_some(0.0));
                start.push((1.0_f64 - persistence).ln());
                start.push(free_between(0.0, MAX_PERSISTENCE, persistence));
                start.push(free_between(0.0, 1.0, share));
                start.extend(self.layout.0.leverage.then(|| free_between(0.0, 1.0, 0.4)));
                start.extend(
                    self.layout.has_degrees().then(|| free_between(DEGREES.0.ln(), DEGREES.1.ln(), f64::ln(degrees))),
                );
                starts.push(start);
            }
        }
        starts
    }
}

impl Likelihood for Problem<'_> {
    fn names(&self) -> Vec<String> {
        self.layout.names().into_iter().map(String::from).collect()
    }

    fn rows(&self) -> usize {
        self.returns.len()
    }

    fn fill(&self, parameters: &[f64], rows: &mut [f64]) {
        fill(&self.layout.read(parameters), self.returns, rows, |_| ());
    }

    fn limits(&self) -> Vec<Limit> {
        let names = self.layout.names();
        let limit = |name, parts: &[(&str, f64)], bound| {
            let weight = |name: &&str| parts.iter().find(|(part, _)| part == name).map_or(0.0, |part| part.1);
            Limit { name, normal: names.iter().map(weight).collect(), bound }
        };
        let mut limits = vec![
            limit("omega > 0", &[("omega", -1.0)], -1e-9 * self.variance),
            limit("alpha >= 0", &[("alpha", -1.0)], 0.0),
            limit("beta >= 0", &[("beta", -1.0)], 0.0),
            limit("persistence < 1", &[("alpha", 1.0), ("gamma", 0.5), ("beta", 1.0)], MAX_PERSISTENCE),
        ];
        if self.layout.0.leverage {
            limits.push(limit("alpha + gamma >= 0", &[("alpha", -1.0), ("gamma", -1.0)], 0.0));
        }
        if self.layout.has_degrees() {
            limits.push(limit("degrees >= 2.05", &[("degrees", -1.0)], -DEGREES.0));
            limits.push(limit("degrees <= 200", &[("degrees", 1.0)], DEGREES.1));
        }
        limits
    }

    fn scales(&self) -> Vec<f64> {
        let degrees = self.layout.has_degrees().then_some(1.0);
        let scales = Parameters {
            mean: self.variance.sqrt(),
            omega: 0.1 * self.variance,
            alpha: 1.0,
            gamma: 1.0,
            beta: 1.0,
            degrees,
        };
        self.layout.write(&scales)
    }

    fn limited(&self, free: &[f64]) -> Vec<f64> {
        let mut next = free.iter().copied();
        let mut take = |is_free: bool| if is_free { next.next().unwrap_or_default() } else { 0.0 };
        let mean = self.centre + self.variance.sqrt() * take(self.layout.has_mean());
        let omega = self.variance * take(true).clamp(-20.0, 3.0).exp();
        let (persistence, share) = (between(0.0, MAX_PERSISTENCE, take(true)), between(0.0, 1.0, take(true)));
        let answers = persistence * (1.0 - share);
        // α = 2·answers·rise and α + γ = 2·answers·(1 − rise), whose mean is `answers`.
        let rise = if self.layout.0.leverage { between(0.0, 1.0, take(true)) } else { 0.5 };
        let degrees = self.layout.has_degrees().then(|| between(DEGREES.0.ln(), DEGREES.1.ln(), take(true)).exp());
        let mean = if self.layout.has_mean() { mean } else { 0.0 };
        let (alpha, gamma) = (2.0 * answers * rise, 2.0 * answers * (1.0 - 2.0 * rise));
        self.layout.write(&Parameters { mean, omega, alpha, gamma, beta: persistence * share, degrees })
    }
}
