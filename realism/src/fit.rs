use gbm_core::grid::CALENDAR_YEAR_S;
use gbm_core::model::Gbm;
use gbm_core::units::OutOfDomain;

use crate::bars::Bars;
use crate::returns::Returns;
use crate::stats::Moments;

/// Geometric Brownian motion with the mean and the deviation that the bars' returns have, gaps left out; a year has 365 days.
///
/// σ² = s²/Δ and μ = r̄/Δ + σ²/2, Δ a bar in years: the maximum of the likelihood, but for n − 1 in s².
///
/// # Errors
/// [`OutOfDomain`] for returns so large that no model has them.
pub fn fit_gbm(bars: &Bars) -> Result<Gbm, OutOfDomain> {
    let returns = Returns::of(bars.pattern(), bars.log_closes());
    let moments = returns.and_then(|returns| Moments::of(returns.values()));
    let (mean, deviation) =
        moments.map_or((0.0, 0.0), |moments| (moments.mean, moments.sample_deviation().unwrap_or_default()));
    let bars_a_year = (1000 * CALENDAR_YEAR_S) as f64 / bars.pattern().scale().bar_ms() as f64;
    let variance = deviation * deviation * bars_a_year;
    Gbm::new(mean * bars_a_year + 0.5 * variance, variance.sqrt())
}
