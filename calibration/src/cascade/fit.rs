use std::f64::consts::PI;

use gbm_core::calibrate::Estimate;
use gbm_core::units::Years;
use nalgebra::{DMatrix, DVector};

use super::autocovariance::{Shape, centred, lags};
use super::resample::{Sums, noise};
use crate::error::FitError;
use crate::nnls;
use crate::returns::Returns;

/// The variance of ln|Z|, Z normal.
const LOG_NORMAL_VARIANCE: f64 = PI * PI / 8.0;
/// The longest lag is this share of the returns.
const LONGEST: usize = 5;
/// Draws of the bootstrap.
const DRAWS: usize = 200;
const MIN_RETURNS: usize = 500;

/// r = σ·e^{ΣXᵢ − Σsᵢ²}·√Δ·Z a tick, Xᵢ independent Ornstein-Uhlenbeck processes with N(0, sᵢ²) and time constants τᵢ: E\[r²\] = σ²Δ.
#[derive(Clone, Debug, PartialEq)]
pub struct Cascade {
    /// σ per √year: √(Σr²/(nΔ)).
    pub volatility: Estimate,
    /// One of each time constant.
    pub factors: Vec<Factor>,
    /// What of the variance of ln|r| no factor explains: π²/8 = 1.234 for a normal Z, more with heavier tails or with faster factors.
    pub noise: f64,
}

/// A factor of log-volatility.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Factor {
    /// τ in years.
    pub time: Years,
    /// s², or none where the returns can't tell: τ is less than half a bar, or more than a quarter of their span.
    pub variance: Option<Estimate>,
}

/// How a cascade is fitted.
#[derive(Clone, Debug, PartialEq)]
pub struct Specification {
    /// The τᵢ: [`ladder`]'s, or others.
    pub times: Vec<Years>,
    /// How long volatility is held: the step of what is to be simulated. At most a bar.
    pub tick: Years,
    /// Bars in a block of the bootstrap: longer than what they remember, and fewer than a tenth of all. 60 days of hours, 200 days.
    pub block: usize,
    /// The seed of the bootstrap's draws.
    pub seed: u64,
}

/// τᵢ = 2·5ⁱ minutes, i = 0 to 7, in years of `year_s` seconds.
///
/// # Errors
/// [`FitError::OutOfDomain`] for a year of no length.
///
/// ```
/// use calibration::cascade::ladder;
/// let times = ladder(365 * 86_400)?;
/// assert!(times.len() == 8 && (times[7].get() * 365.0 - 108.5).abs() < 0.1);
/// # Ok::<(), calibration::FitError>(())
/// ```
pub fn ladder(year_s: u64) -> Result<Vec<Years>, FitError> {
    (0..8).map(|i| Ok(Years::new(120.0 * 5.0_f64.powi(i) / year_s as f64)?)).collect()
}

/// Fits sᵢ² by the autocovariances of ln|r| at lags evenly spaced in logarithms, up to a fifth of the returns.
///
/// At lag k ≥ 1 the noise of Z is gone, and cov(ln|r_t|, ln|r_{t+k}|) = Σsᵢ²·γᵢ(k), γᵢ the autocovariances of a bar's mean of Xᵢ/sᵢ.
/// That is exact for one tick a bar, and else for small sᵢ². Sample covariances fall short of it by the variance of the mean of
/// ln|r|, which is linear in sᵢ² too and is taken into account. sᵢ² ≥ 0 by least squares. Returns of 0 have no logarithm and are left
/// out. The returns' mean is taken as 0. Errors are those of a circular block bootstrap; an sᵢ² of 0 has a lopsided law, which they
/// don't tell. Memory holds a logarithm of each return and 32 MB.
///
/// # Errors
/// [`FitError::TooFew`] below 500 returns that aren't 0, without a time constant that they can tell, or with more than a tenth of
/// them in a block.
///
/// # Examples
/// ```
/// use calibration::{Returns, cascade};
/// use gbm_core::units::Years;
/// let day = Years::new(1.0 / 365.0)?;
/// let specification = cascade::Specification { times: cascade::ladder(365 * 86_400)?, tick: day, block: 200, seed: 1 };
/// let few = Returns::new(vec![0.1, -0.2, 0.3], day)?;
/// assert_eq!(cascade::fit(&few, &specification).unwrap_err().to_string(),
///     "returns that aren't 0 = 3: at least 500 are needed");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn fit(returns: &Returns, specification: &Specification) -> Result<Cascade, FitError> {
    let logs = centred(returns.values());
    let (rows, bar) = (logs.len(), returns.bar());
    let found = logs.iter().flatten().count();
    if found < MIN_RETURNS {
        return Err(FitError::TooFew { what: "returns that aren't 0", found, needed: MIN_RETURNS });
    }
    if 10 * specification.block > rows {
        return Err(FitError::TooFew { what: "returns", found: rows, needed: 10 * specification.block });
    }
    let is_told = |time: &Years| time.get() >= 0.5 * bar.get() && time.get() <= 0.25 * rows as f64 * bar.get();
    let told: Vec<Years> = specification.times.iter().copied().filter(is_told).collect();
    if told.is_empty() {
        return Err(FitError::TooFew { what: "time constants that the returns can tell", found: 0, needed: 1 });
    }
    let moments = Moments::new(&told, specification.tick, bar, rows);
    let sums = moments.sums(returns.values(), &logs);
    let (volatility, variances) = moments.solve(sums.total(), bar);
    let mut noise = noise(specification.seed);
    let draws: Vec<(f64, Vec<f64>)> =
        (0..DRAWS).map(|_| moments.solve(&sums.resampled(specification.block, &mut noise), bar)).collect();
    let factor = |index: usize| Estimate {
        value: variances[index],
        standard_error: deviation(&draws.iter().map(|draw| draw.1[index]).collect::<Vec<f64>>()),
    };
    let total = logs.iter().flatten().map(|log| log * log).sum::<f64>() / found as f64;
    let explained: f64 =
        moments.shapes.iter().zip(&variances).map(|(shape, s)| s * (shape.variance() - shape.of_the_mean(rows))).sum();
    let mut told = (0..told.len()).map(factor);
    let factors = specification
        .times
        .iter()
        .map(|time| Factor { time: *time, variance: if is_told(time) { told.next() } else { None } });
    let standard_error = deviation(&draws.iter().map(|draw| draw.0).collect::<Vec<f64>>());
    Ok(Cascade {
        volatility: Estimate { value: volatility, standard_error },
        factors: factors.collect(),
        noise: total - explained,
    })
}

/// What sums over time are taken, and what factors make of them.
struct Moments {
    lags: Vec<usize>,
    shapes: Vec<Shape>,
    design: DMatrix<f64>,
    /// What the noise of Z takes off each autocovariance.
    shortfall: f64,
}

impl Moments {
    fn new(times: &[Years], tick: Years, bar: Years, rows: usize) -> Self {
        let lags = lags(rows / LONGEST);
        let shapes: Vec<Shape> = times.iter().map(|&time| Shape::new(time, tick, bar)).collect();
        let means: Vec<f64> = shapes.iter().map(|shape| shape.of_the_mean(rows)).collect();
        let design =
            DMatrix::from_fn(lags.len(), shapes.len(), |row, column| shapes[column].at(lags[row]) - means[column]);
        Self { lags, shapes, design, shortfall: LOG_NORMAL_VARIANCE / rows as f64 }
    }

    /// Columns: r², rows, ln|r|, how many; then the product and the number of pairs of each lag.
    fn sums(&self, returns: &[f64], logs: &[Option<f64>]) -> Sums<impl Fn(usize, &mut [f64])> {
        Sums::new(logs.len(), 4 + 2 * self.lags.len(), move |t, row| {
            let here = logs[t];
            row[0] = returns[t] * returns[t];
            row[1] = 1.0;
            (row[2], row[3]) = here.map_or((0.0, 0.0), |log| (log, 1.0));
            for (pair, lag) in row[4..].chunks_exact_mut(2).zip(&self.lags) {
                let there = logs.get(t + lag).copied().flatten();
                let product = here.zip(there).map(|(a, b)| a * b);
                (pair[0], pair[1]) = product.map_or((0.0, 0.0), |product| (product, 1.0));
            }
        })
    }

    /// σ and the sᵢ² of such sums.
    fn solve(&self, sums: &[f64], bar: Years) -> (f64, Vec<f64>) {
        let mean = sums[2] / sums[3].max(1.0);
        let covariances =
            sums[4..].chunks_exact(2).map(|pair| pair[0] / pair[1].max(1.0) - mean * mean + self.shortfall);
        let covariances = DVector::from_iterator(self.lags.len(), covariances);
        ((sums[0] / sums[1] / bar.get()).sqrt(), nnls::solve(&self.design, &covariances))
    }
}

fn deviation(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt()
}
