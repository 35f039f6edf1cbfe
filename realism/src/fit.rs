use gbm_core::grid::CALENDAR_YEAR_S;
use gbm_core::model::Gbm;
use gbm_core::units::OutOfDomain;

use crate::bars::Bars;
use crate::returns::Returns;
use crate::stats::Moments;

/// Geometric Brownian motion for some bars; a year has 365 days.
///
/// σ² = s²/Δ, Δ a bar in years, s the deviation of the returns, none of them across a gap; μ = ln(S_T/S_0)/T + σ²/2, T the
/// whole time, gaps included, since a path goes on through them. Without gaps that is the maximum of the likelihood, but
/// for n − 1 in s².
///
/// # Errors
/// [`OutOfDomain`] for returns so large that no model has them.
pub fn fit_gbm(bars: &Bars) -> Result<Gbm, OutOfDomain> {
    let (pattern, closes) = (bars.pattern(), bars.log_closes());
    let year_ms = (1000 * CALENDAR_YEAR_S) as f64;
    let returns = Returns::of(pattern, closes);
    let moments = returns.and_then(|returns| Moments::of(returns.values()));
    let deviation = moments.and_then(|moments| moments.sample_deviation()).unwrap_or_default();
    let variance = deviation * deviation * year_ms / pattern.scale().bar_ms() as f64;
    let ends_ms = pattern.first_close_ms().zip(pattern.last_close_ms());
    let years = ends_ms.map_or(1.0, |(first, last)| (last - first) as f64 / year_ms);
    let moved = closes.last().zip(closes.first()).map_or(0.0, |(last, first)| last - first);
    Gbm::new(moved / years + 0.5 * variance, variance.sqrt())
}
