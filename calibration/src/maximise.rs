//! The maximum of a log-likelihood within linear limits, and what the curvature there says of the parameters' errors.
//!
//! argmin's simplex finds the basin. Newton steps, with the matrix that standard errors take anyway, give the last
//! digits; a limit that stops a step holds until the gradient points away from it.

use nalgebra::{Cholesky, DMatrix, DVector, Dyn};

use crate::error::FitError;
use crate::face::{Face, reach, releasable, touched};
use crate::fitted::{Fitted, ParameterEstimate};
use crate::likelihood::Likelihood;
use crate::search::climb;
use crate::slopes::Around;

const MOST_STEPS: usize = 60;
/// A Newton step that promises less than this is the last one.
const ARRIVED: f64 = 1e-9;
/// Where the log-likelihood isn't curved, steps that gain less than this end the search.
const FLAT: f64 = 1e-7;
/// Steps that promise less are taken whole: rounding would hide what they gain.
const SURE: f64 = 1e-5;

/// Maximises from the best of several starts, and gives the model its parameters.
pub(crate) fn fit<L: Likelihood, M>(
    likelihood: &L,
    starts: &[Vec<f64>],
    step: f64,
    model: impl FnOnce(&[f64]) -> Result<M, FitError>,
) -> Result<Fitted<M>, FitError> {
    let mut rows = vec![0.0; likelihood.rows()];
    let mut height = |start: &Vec<f64>| likelihood.total(&likelihood.limited(start), &mut rows);
    let heights: Vec<f64> = starts.iter().map(&mut height).collect();
    let best = (0..starts.len()).max_by(|&a, &b| heights[a].total_cmp(&heights[b])).ok_or(FitError::NoStart)?;
    let (free, evaluations) = climb(likelihood, &starts[best], step).ok_or(FitError::NoStart)?;
    refine(likelihood, likelihood.limited(&free), evaluations, model)
}

/// Newton steps from parameters that are near the maximum.
pub(crate) fn refine<L: Likelihood, M>(
    likelihood: &L,
    mut parameters: Vec<f64>,
    mut evaluations: u64,
    model: impl FnOnce(&[f64]) -> Result<M, FitError>,
) -> Result<Fitted<M>, FitError> {
    let (limits, scales) = (likelihood.limits(), likelihood.scales());
    let mut held = touched(&limits, &scales, &mut parameters);
    let mut gain = f64::INFINITY;
    for _ in 0..MOST_STEPS {
        let face = Face::new(&limits, held.clone(), &scales);
        let mut around = Around::new(likelihood, &parameters, face.basis());
        let (gradient, information) = (around.gradient(), around.information());
        let (before, spent) = (around.value, around.evaluations);
        evaluations += spent;
        let (factor, is_curved) = curved(&information).ok_or(FitError::NotConverged { evaluations, gain })?;
        let way = factor.solve(&gradient);
        gain = 0.5 * gradient.dot(&way);
        let step = face.basis() * &way;
        let (most, stop) = reach(&limits, &held, &parameters, &step);
        let (share, risen) =
            if gain < SURE && is_curved { (most, gain) } else { search(likelihood, &parameters, &step, most, before) };
        for (x, d) in parameters.iter_mut().zip(&step) {
            *x += share * d;
        }
        if let Some(index) = stop.filter(|_| share == most && most < 1.0) {
            held.push(index);
            continue;
        }
        if gain < ARRIVED || (!is_curved && risen < FLAT) {
            let whole = DMatrix::from_diagonal(&DVector::from_row_slice(&scales));
            let slope = Around::new(likelihood, &parameters, &whole).gradient();
            let slope = DVector::from_fn(scales.len(), |row, _| slope[row] / scales[row]);
            let Some(index) = releasable(&limits, &held, &scales, &slope) else {
                return finish(likelihood, &parameters, &face, model);
            };
            held.retain(|&other| other != index);
        } else if share == 0.0 {
            break;
        }
    }
    // On a ridge limits may take turns in holding, though nothing is left to gain.
    if gain < FLAT {
        let face = Face::new(&limits, held, &scales);
        return finish(likelihood, &parameters, &face, model);
    }
    Err(FitError::NotConverged { evaluations, gain })
}

/// The factor of the information, and whether it was positive definite; else of one that is, by a ridge.
fn curved(information: &DMatrix<f64>) -> Option<(Cholesky<f64, Dyn>, bool)> {
    if !information.iter().all(|entry| entry.is_finite()) {
        return None;
    }
    let count = information.nrows();
    let size = information.diagonal().amax().max(f64::MIN_POSITIVE);
    let ridges = std::iter::successors(Some(1e-9), |ridge| (*ridge < 1e3).then_some(ridge * 10.0));
    if let Some(factor) = information.clone().cholesky() {
        return Some((factor, true));
    }
    let mut eased = ridges.map(|ridge| information + DMatrix::identity(count, count) * (ridge * size));
    eased.find_map(Cholesky::new).map(|factor| (factor, false))
}

/// The share of a step, halved from `most` on, that raises the log-likelihood, and by how much it does; 0 if none.
fn search<L: Likelihood>(likelihood: &L, from: &[f64], step: &DVector<f64>, most: f64, before: f64) -> (f64, f64) {
    let mut rows = vec![0.0; likelihood.rows()];
    let shares = std::iter::successors(Some(most), |share| Some(share * 0.5)).take(40);
    let risen = shares.map(|share| {
        let point: Vec<f64> = from.iter().zip(step).map(|(x, d)| x + share * d).collect();
        (share, likelihood.total(&point, &mut rows) - before)
    });
    risen.into_iter().find(|&(_, rise)| rise > 0.0).unwrap_or((0.0, 0.0))
}

fn finish<L: Likelihood, M>(
    likelihood: &L,
    parameters: &[f64],
    face: &Face,
    model: impl FnOnce(&[f64]) -> Result<M, FitError>,
) -> Result<Fitted<M>, FitError> {
    let mut around = Around::new(likelihood, parameters, face.basis());
    let inverse = around.information().cholesky().map(|factor| factor.inverse());
    let errors = |middle: Option<&DMatrix<f64>>| -> Vec<Option<f64>> {
        let Some(inverse) = &inverse else { return vec![None; parameters.len()] };
        let within = middle.map_or_else(|| inverse.clone(), |middle| inverse * middle * inverse);
        let covariance = face.basis() * within * face.basis().transpose();
        let error = |variance: &f64| (variance.is_finite() && *variance > 0.0).then(|| variance.sqrt());
        covariance.diagonal().iter().map(error).collect()
    };
    let (plain, robust) = (errors(None), errors(Some(&around.outer_product())));
    let limits = likelihood.limits();
    let named = likelihood.names().into_iter().zip(parameters).zip(plain.into_iter().zip(robust));
    let estimates = named.map(|((name, &value), (standard_error, robust_error))| ParameterEstimate {
        name,
        value,
        standard_error,
        robust_error,
    });
    Ok(Fitted {
        model: model(parameters)?,
        estimates: estimates.collect(),
        log_likelihood: around.value,
        rows: likelihood.rows(),
        at_bounds: face.held().iter().map(|&index| limits[index].name).collect(),
    })
}
