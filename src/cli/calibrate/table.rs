use std::fmt::Write;

use calibration::{Fitted, Returns};

/// How many returns of what length.
pub(super) fn head(returns: &Returns) -> String {
    let (rows, years) = (returns.values().len(), returns.values().len() as f64 * returns.bar().get());
    let bar_s = returns.bar().get() * gbm_core::grid::CALENDAR_YEAR_S as f64;
    format!("{rows} log-returns of {} s over {years:.3} years of 365 days\n\n", bar_s.round())
}

/// Four digits behind the point, or four of all for small numbers.
pub(super) fn number(value: f64) -> String {
    if value == 0.0 || (0.01..1e7).contains(&value.abs()) { format!("{value:.4}") } else { format!("{value:.3e}") }
}

/// The parameters and how well they are known, and what models are compared by.
pub(super) fn fitted<M>(fitted: &Fitted<M>) -> String {
    let mut text = format!(
        "{:<16} {:>12} {:>12} {:>12} {:>12}   {:>12}\n",
        "", "estimate", "error", "95 % from", "to", "robust error"
    );
    for estimate in &fitted.estimates {
        let shown = |value: Option<f64>| value.map_or_else(|| "-".into(), number);
        let (low, high) = estimate.interval_95().unzip();
        let (value, error, robust) =
            (number(estimate.value), shown(estimate.standard_error), shown(estimate.robust_error));
        line(
            &mut text,
            format_args!(
                "{:<16} {value:>12} {error:>12} {:>12} {:>12}   {robust:>12}",
                estimate.name,
                shown(low),
                shown(high)
            ),
        );
    }
    line(
        &mut text,
        format_args!(
            "\nln L {:.3}, AIC {:.3}, BIC {:.3} (lower is better)",
            fitted.log_likelihood,
            fitted.aic(),
            fitted.bic()
        ),
    );
    if !fitted.at_bounds.is_empty() {
        line(
            &mut text,
            format_args!("Held by a bound; the errors are those of what is left free: {}", bounds(&fitted.at_bounds)),
        );
    }
    text
}

/// Each bound once.
pub(super) fn bounds(names: &[&'static str]) -> String {
    let mut names = names.to_vec();
    names.dedup();
    names.join("; ")
}

pub(super) fn line(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing to a string can't fail.
    let _ = writeln!(text, "{arguments}");
}
