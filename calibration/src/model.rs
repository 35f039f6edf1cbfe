//! Fits as models that `gbm-core` simulates.
//!
//! A fit tells the drift m of ln S, a model takes the drift μ of S, E[S(t)] = S₀·e^{μt}, so that each has a formula of its own. Years
//! are of 365 days, and returns natural logarithms: those in per cent make no model.

use gbm_core::model::{
    CascadeError, ExponentialJumps, FactorVariance, GarchError, GarchParameters, GeneratorError, Innovation, Model,
    NormalJumps, Rate, RegimeError, RegimeSwitching, VolatilityFactor,
};
use gbm_core::process::Clock;
use gbm_core::units::{OutOfDomain, Seconds, Years};

use crate::cascade::Cascade;
use crate::error::FitError;
use crate::garch::Garch;
use crate::jumps::{kou, merton};
use crate::regimes::{Origin, Regimes};

/// Why a fit is no model that can be simulated.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// What the fit itself refuses.
    #[error(transparent)]
    Fit(#[from] FitError),
    /// A number outside the model's domain.
    #[error(transparent)]
    OutOfDomain(#[from] OutOfDomain),
    /// What GARCH refuses.
    #[error(transparent)]
    Garch(#[from] GarchError),
    /// Rates between regimes that make no chain with a law in the long run.
    #[error(transparent)]
    Generator(#[from] GeneratorError),
    /// What regime switching refuses.
    #[error(transparent)]
    Regimes(#[from] RegimeError),
    /// What the cascade refuses.
    #[error(transparent)]
    Cascade(#[from] CascadeError),
    /// Transitions that no chain in continuous time has.
    #[error("the transitions have no logarithm: by rates a year they would be off by {distance:.1e} a bar")]
    NoRates {
        /// The largest entry of |e^{QΔ} − P| to first order.
        distance: f64,
    },
}

impl merton::Merton {
    /// The model of these parameters: μ = m + σ²/2 + λ(e^{a + b²/2} − 1), a and b a jump's mean and deviation.
    ///
    /// # Errors
    /// [`ModelError::OutOfDomain`] for μ outside [−1000, 1000], σ above 100, λ above 10⁶, a outside [−5, 5] or b above 5.
    ///
    /// # Examples
    /// ```
    /// use calibration::merton::{Merton, Parameters};
    /// use gbm_core::process::Process;
    /// let daily = Parameters { log_drift: 0.769, volatility: 0.264, intensity: 252.0, jump_mean: -0.0004, jump_deviation: 0.0460 };
    /// let fit = Merton::new(daily)?;
    /// assert!((fit.model()?.volatility().get() - fit.total_volatility()).abs() < 1e-12);
    /// let error = Merton::new(Parameters { jump_deviation: 6.0, ..daily })?.model().unwrap_err();
    /// assert_eq!(error.to_string(), "deviation = 6 is outside [0, 5]");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn model(&self) -> Result<Model, ModelError> {
        let merton::Parameters { log_drift, volatility, intensity, jump_mean, jump_deviation } = self.parameters();
        let jumps = NormalJumps::new(intensity, jump_mean, jump_deviation)?;
        let growth = (jump_mean + 0.5 * jump_deviation * jump_deviation).exp_m1();
        let drift = log_drift + 0.5 * volatility * volatility + intensity * growth;
        Ok(gbm_core::model::Merton::new(drift, volatility, jumps)?.into())
    }
}

impl kou::Kou {
    /// The model of these parameters: μ = m + σ²/2 + λ(p·η₁/(η₁ − 1) + (1 − p)·η₂/(η₂ + 1) − 1).
    ///
    /// # Errors
    /// [`ModelError::OutOfDomain`] for μ outside [−1000, 1000], σ above 100, λ or a rate above 10⁶, η₁ ≤ 1, where the price has no
    /// mean, or η₂ below 10⁻³.
    ///
    /// # Examples
    /// ```
    /// use calibration::kou::{Kou, Parameters};
    /// use gbm_core::process::Process;
    /// let daily = Parameters { log_drift: 0.736, volatility: 0.186, intensity: 458.0, up_probability: 0.499, up_rate: 40.7, down_rate: 39.3 };
    /// let fit = Kou::new(daily)?;
    /// assert!((fit.model()?.volatility().get() - fit.total_volatility()).abs() < 1e-12);
    /// let error = Kou::new(Parameters { up_rate: 0.9, ..daily })?.model().unwrap_err();
    /// assert_eq!(error.to_string(), "up_rate = 0.9 is outside (1, 1000000]");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn model(&self) -> Result<Model, ModelError> {
        let kou::Parameters { log_drift, volatility, intensity, up_probability: p, up_rate, down_rate } =
            self.parameters();
        let jumps = ExponentialJumps::new(intensity, p, up_rate, down_rate)?;
        let growth = p / (up_rate - 1.0) - (1.0 - p) / (down_rate + 1.0);
        let drift = log_drift + 0.5 * volatility * volatility + intensity * growth;
        Ok(gbm_core::model::Kou::new(drift, volatility, jumps)?.into())
    }
}

impl Garch {
    /// The model of these parameters, for steps of the bar that the returns had: μ = (mean + h̄/2)/Δ, h̄ the variance in the long run.
    ///
    /// A bar's return has mean − (h − h̄)/2 where the fit has its mean: the price's drift is what the model keeps constant. ω, α, γ, β
    /// and ν are the fit's.
    ///
    /// # Errors
    /// [`ModelError::Garch`] for μ outside [−1000, 1000], ω above 1, α above 1 or γ outside [−1, 1].
    ///
    /// # Examples
    /// ```
    /// use calibration::garch::{Garch, Parameters};
    /// use gbm_core::units::Years;
    /// let day = Years::new(1.0 / 365.0)?;
    /// let daily = Parameters { mean: 0.001, omega: 2.3e-5, alpha: 0.12, gamma: -0.02, beta: 0.86, degrees: Some(4.0) };
    /// assert_eq!(Garch::new(daily)?.model(day)?.name(), "garch");
    /// let error = Garch::new(Parameters { alpha: 1.2, gamma: -1.2, beta: 0.3, ..daily })?.model(day).unwrap_err();
    /// assert_eq!(error.to_string(), "alpha = 1.2 is outside [0, 1]");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn model(&self, bar: Years) -> Result<Model, ModelError> {
        let crate::garch::Parameters { mean, omega, alpha, gamma, beta, degrees } = self.parameters();
        let innovation = match degrees {
            None => Innovation::Normal {},
            Some(degrees) => Innovation::Student { degrees: degrees.try_into()? },
        };
        let drift = (mean + 0.5 * self.variance()) / bar.get();
        // As a step's length is told to the model, which compares them.
        let bar_s = Clock::from(bar).step_s();
        let parameters = GarchParameters { drift, bar_s, omega, alpha, gamma, beta };
        Ok(gbm_core::model::Garch::new(parameters, innovation)?.into())
    }
}

impl Regimes {
    /// The model with these volatilities and with the rates Q of [`Regimes::generator`]: μ = Σwᵢmᵢ + Σπᵢσᵢ²/2, w the fit's shares of
    /// time, π those of Q.
    ///
    /// One μ holds in all regimes, so that a regime's log-drift is μ − σᵢ²/2: the mean over all is the fit's, each regime's own isn't.
    /// Rates below 10⁻⁹ a year are taken as 0.
    ///
    /// # Errors
    /// [`ModelError::NoRates`] where P has no real logarithm; [`ModelError::Generator`] where a regime is left for good, or a rate is
    /// above 10⁶; [`ModelError::OutOfDomain`] and [`ModelError::Regimes`] for μ outside [−1000, 1000] or a volatility above 100.
    ///
    /// # Examples
    /// ```
    /// use calibration::regimes::{Regime, Regimes};
    /// use gbm_core::process::Process;
    /// use gbm_core::units::Years;
    /// use nalgebra::DMatrix;
    /// let laws = vec![Regime { log_drift: 0.3, volatility: 0.4 }, Regime { log_drift: -0.2, volatility: 1.2 }];
    /// let regimes = |rows: &[f64]| Regimes::new(laws.clone(), DMatrix::from_row_slice(2, 2, rows), Years::new(1.0 / 365.0).unwrap());
    /// assert_eq!(regimes(&[0.95, 0.05, 0.1, 0.9])?.model()?.regimes(), 2);
    /// let error = regimes(&[0.1, 0.9, 0.9, 0.1])?.model().unwrap_err();
    /// assert!(error.to_string().starts_with("the transitions have no logarithm"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn model(&self) -> Result<Model, ModelError> {
        let found = self.generator()?;
        if found.origin == Origin::FirstOrder {
            return Err(ModelError::NoRates { distance: found.distance });
        }
        let seen = |rate: &f64| if *rate < Rate::DOMAIN.low() { 0.0 } else { *rate };
        let rates: Vec<Vec<f64>> = found.rates.row_iter().map(|row| row.iter().map(seen).collect()).collect();
        let rates = gbm_core::model::Generator::try_from(rates)?;
        let means = self.regimes().iter().zip(self.shares()).map(|(regime, share)| share * regime.log_drift);
        let variances = self.regimes().iter().map(|regime| regime.volatility * regime.volatility);
        let variance: f64 = variances.zip(rates.stationary()).map(|(variance, share)| share * variance).sum();
        let volatilities: Vec<f64> = self.regimes().iter().map(|regime| regime.volatility).collect();
        Ok(RegimeSwitching::new(means.sum::<f64>() + 0.5 * variance, &volatilities, rates)?.into())
    }
}

impl Cascade {
    /// The model with this volatility and these factors, without bursts: μ = m + σ²/2, m `log_drift` per year, which the fit takes as 0.
    ///
    /// Factors that the returns can't tell, and those of variance 0, are left out. Steps are to be the ticks that the fit took.
    ///
    /// # Errors
    /// [`ModelError::OutOfDomain`] for a variance above 4; [`ModelError::Cascade`] for μ outside [−1000, 1000], a volatility above 100, more
    /// than 12 factors or two of one τ.
    ///
    /// # Examples
    /// ```
    /// use calibration::cascade::{Cascade, Factor};
    /// use gbm_core::calibrate::Estimate;
    /// use gbm_core::process::Process;
    /// use gbm_core::units::Years;
    /// let known = |value| Estimate { value, standard_error: 0.01 };
    /// let factor = Factor { time: Years::new(0.1)?, variance: Some(known(0.2)) };
    /// let cascade = Cascade { volatility: known(0.8), factors: vec![factor], noise: 1.23 };
    /// assert_eq!(cascade.model(0.1)?.drift().get(), 0.1 + 0.5 * 0.8 * 0.8);
    /// let twice = Cascade { factors: vec![factor; 2], ..cascade };
    /// assert!(twice.model(0.1).unwrap_err().to_string().ends_with("but they must increase"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn model(&self, log_drift: f64) -> Result<Model, ModelError> {
        let sigma = self.volatility.value;
        let told =
            self.factors.iter().filter_map(|factor| factor.variance.map(|variance| (factor.time, variance.value)));
        let factor = |(time, variance): (Years, f64)| -> Result<VolatilityFactor, OutOfDomain> {
            Ok(VolatilityFactor {
                tau_s: Seconds::new(Clock::from(time).step_s())?,
                variance: FactorVariance::new(variance)?,
            })
        };
        let factors: Result<Vec<VolatilityFactor>, OutOfDomain> =
            told.filter(|(_, variance)| *variance != 0.0).map(factor).collect();
        let mut factors = factors?;
        factors.sort_by(|a, b| a.tau_s.get().total_cmp(&b.tau_s.get()));
        Ok(gbm_core::model::Cascade::new(log_drift + 0.5 * sigma * sigma, sigma, &factors, None)?.into())
    }
}
