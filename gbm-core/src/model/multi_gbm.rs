use super::Gbm;
use crate::correlation::Correlation;

/// Assets and correlation that don't match.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("assets = {assets}, but the correlation matrix has {rows} rows")]
pub struct MultiGbmError {
    /// Models given.
    pub assets: usize,
    /// Rows of the matrix given.
    pub rows: usize,
}

/// Correlated geometric Brownian motions: each asset as [`Gbm`], with Z ← L·Z and L·Lᵀ the correlation matrix.
///
/// The joint law of log-prices is exactly normal for every Δt. Oracle: Margrabe (1978), *J. Finance* 33(1).
///
/// ```
/// use gbm_core::correlation::Correlation;
/// use gbm_core::model::{Gbm, MultiGbm};
/// use nalgebra::DMatrix;
/// let correlation = Correlation::new(DMatrix::from_row_slice(2, 2, &[1.0, 0.7, 0.7, 1.0]))?;
/// let basket = MultiGbm::new(vec![Gbm::new(0.1, 0.8)?, Gbm::new(0.1, 1.1)?], correlation.clone())?;
/// assert_eq!(basket.assets().len(), 2);
/// assert!(MultiGbm::new(vec![], correlation).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct MultiGbm {
    assets: Vec<Gbm>,
    correlation: Correlation,
}

impl MultiGbm {
    /// Couples the assets; row i of the matrix belongs to asset i.
    ///
    /// # Errors
    /// [`MultiGbmError`] unless there are as many assets as rows.
    pub fn new(assets: Vec<Gbm>, correlation: Correlation) -> Result<Self, MultiGbmError> {
        if assets.len() != correlation.assets() {
            return Err(MultiGbmError { assets: assets.len(), rows: correlation.assets() });
        }
        Ok(Self { assets, correlation })
    }

    /// The models, in the matrix's order.
    pub fn assets(&self) -> &[Gbm] {
        &self.assets
    }

    /// The correlation.
    pub fn correlation(&self) -> &Correlation {
        &self.correlation
    }
}
