//! From chances within a bar to rates per year.

use gbm_core::units::Years;
use nalgebra::DMatrix;

use crate::error::FitError;

/// Square roots are taken until a matrix is this near to one, so that eight terms of the logarithm give all digits.
const NEAR: f64 = 0.1;
const MOST_ROOTS: usize = 40;
const TERMS: u32 = 10;
/// 2ⁿ/n! is then below 10⁻¹⁷.
const EXPONENTIAL_TERMS: u32 = 28;
const MOST_ITERATIONS: usize = 60;
/// Rates below 0 by less than this, per bar, are rounding.
const ROUNDING: f64 = 1e-12;

/// Rates Q, per year: from i to j for i ≠ j, rows adding up to 0, e^{QΔ} = P as nearly as can be.
#[derive(Clone, Debug, PartialEq)]
pub struct Generator {
    /// Q.
    pub rates: DMatrix<f64>,
    /// Where it is from.
    pub origin: Origin,
    /// The largest entry of |e^{QΔ} − P|.
    pub distance: f64,
}

/// What of P the generator is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// ln P/Δ is a generator: e^{QΔ} = P.
    Exact,
    /// ln P/Δ has negative rates, so P belongs to no such chain in continuous time that the principal logarithm tells; they
    /// were set to 0, and the diagonal to minus the sum of the others.
    Adjusted,
    /// P has no real logarithm, as an eigenvalue isn't above 0: (P − 1)/Δ.
    FirstOrder,
}

/// The generator of a matrix of transitions within a bar.
///
/// The logarithm is by square roots (Denman and Beavers) and a series of (P − 1)(P + 1)⁻¹.
///
/// # Errors
/// [`FitError::Probabilities`] for rows that aren't probabilities, to 10⁻⁹; [`FitError::Lengths`] unless P is square.
///
/// Source: Israel, Rosenthal and Wei (2001), *Mathematical Finance* 11(2), for the diagonal adjustment; Higham (2008), *Functions of
/// Matrices*, §§6.3 and 11.5.
///
/// # Examples
/// ```
/// use calibration::regimes::{Origin, generator};
/// use gbm_core::units::Years;
/// use nalgebra::DMatrix;
/// let daily = generator(&DMatrix::from_row_slice(2, 2, &[0.9, 0.1, 0.2, 0.8]), Years::new(1.0 / 365.0)?)?;
/// assert_eq!(daily.origin, Origin::Exact);
/// assert!((daily.rates[(0, 1)] - 365.0 * 0.1 / 0.3 * -(0.7_f64.ln())).abs() < 1e-9);
/// assert!(generator(&DMatrix::from_row_slice(2, 2, &[0.9, 0.2, 0.2, 0.8]), Years::new(1.0 / 365.0)?).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn generator(transition: &DMatrix<f64>, bar: Years) -> Result<Generator, FitError> {
    let k = transition.nrows();
    if k != transition.ncols() {
        return Err(FitError::Lengths { what: "a row", found: transition.ncols(), wanted: k, of: "rows" });
    }
    for (row, chances) in transition.row_iter().enumerate() {
        if chances.iter().any(|p| !(-1e-9..=1.0 + 1e-9).contains(p)) || (chances.sum() - 1.0).abs() > 1e-9 {
            return Err(FitError::Probabilities { row });
        }
    }
    let (per_bar, origin) = match logarithm(transition) {
        None => (transition - DMatrix::identity(k, k), Origin::FirstOrder),
        Some(log) => adjusted(log),
    };
    let distance = (exponential(&per_bar) - transition).amax();
    Ok(Generator { rates: per_bar / bar.get(), origin, distance })
}

fn adjusted(mut rates: DMatrix<f64>) -> (DMatrix<f64>, Origin) {
    let mut origin = Origin::Exact;
    for i in 0..rates.nrows() {
        rates[(i, i)] = 0.0;
        for rate in rates.row_mut(i).iter_mut() {
            if *rate < -ROUNDING {
                origin = Origin::Adjusted;
            }
            *rate = rate.max(0.0);
        }
        rates[(i, i)] = -rates.row(i).sum();
    }
    (rates, origin)
}

/// e^Q of rates, of which every term is positive: e^{−q}·Σ(Q + q)ⁿ/n!, halved until q ≤ 1.
fn exponential(rates: &DMatrix<f64>) -> DMatrix<f64> {
    let k = rates.nrows();
    let fastest = rates.diagonal().amax();
    let (mut positive, mut q, mut halvings) = (rates.clone(), fastest, 0);
    while q > 1.0 {
        (positive, q, halvings) = (positive * 0.5, 0.5 * q, halvings + 1);
    }
    positive += DMatrix::identity(k, k) * q;
    let (mut term, mut sum) = (DMatrix::<f64>::identity(k, k), DMatrix::identity(k, k));
    for n in 1..=EXPONENTIAL_TERMS {
        term = &term * &positive / f64::from(n);
        sum += &term;
    }
    let once = sum * (-q).exp();
    (0..halvings).fold(once, |power, _| &power * &power)
}

/// The principal logarithm, if it is real.
fn logarithm(matrix: &DMatrix<f64>) -> Option<DMatrix<f64>> {
    let k = matrix.nrows();
    let one = DMatrix::<f64>::identity(k, k);
    let (mut root, mut doubled) = (matrix.clone(), 1.0);
    for _ in 0..MOST_ROOTS {
        if (&root - &one).norm() < NEAR {
            // ln A = 2·artanh((A − 1)(A + 1)⁻¹).
            let z = (&root + &one).try_inverse()? * (&root - &one);
            let square = &z * &z;
            let (mut power, mut sum) = (z.clone(), DMatrix::zeros(k, k));
            for term in 0..TERMS {
                sum += &power / f64::from(2 * term + 1);
                power *= &square;
            }
            return Some(sum * (2.0 * doubled));
        }
        root = square_root(&root)?;
        doubled *= 2.0;
    }
    None
}

/// By Denman and Beavers' iteration; none for eigenvalues that aren't off the negative real axis.
fn square_root(matrix: &DMatrix<f64>) -> Option<DMatrix<f64>> {
    let (mut x, mut y) = (matrix.clone(), DMatrix::identity(matrix.nrows(), matrix.nrows()));
    for _ in 0..MOST_ITERATIONS {
        let (next_x, next_y) = ((&x + y.clone().try_inverse()?) * 0.5, (&y + x.clone().try_inverse()?) * 0.5);
        let moved = (&next_x - &x).norm();
        (x, y) = (next_x, next_y);
        if moved <= 1e-14 * x.norm() {
            break;
        }
    }
    ((&x * &x - matrix).norm() <= 1e-10 * matrix.norm()).then_some(x)
}
