//! Drift and volatility.

use std::path::Path;

use gbm_core::calibrate::Estimate;
use market_setup::args::fit_file;

use crate::cli::error::Result;
use crate::cli::output::{print, tell_note, time_text};

pub(super) fn run(file: &Path) -> Result<()> {
    let fit = fit_file(file)?;
    tell_note(fit.note());
    let row = |name: &str, estimate: Estimate, error: f64| {
        let (low, high) = Estimate { standard_error: error, ..estimate }.interval_95();
        format!("{name:<24} {:>9.4} ± {error:<8.4} {low:>9.4} to {high:<9.4}\n", estimate.value)
    };
    let time = time_text(fit.last_time_ms).map_or_else(|| fit.last_time_ms.to_string(), |time| time.to_string());
    print(&format!(
        "{} returns over {:.3} years, median spacing {} s; last close {} at {time}\n\n\
         {:<24} {:>9}   {:<8} {:>9}    {:<9}\n{}{}{}{}\n\
         Excess kurtosis of the returns: {:.1} (0 for a normal law), hence the robust error of the volatility.\n\
         {}\
         Other models: --model merton, kou, garch, gjr, garch-t, gjr-t, regimes, ewma, range or cascade; all compares them.\n",
        fit.returns,
        fit.years,
        fit.median_spacing_ms as f64 / 1000.0,
        fit.last_price.get(),
        "per year",
        "estimate",
        "error",
        "95 % from",
        "to",
        row("volatility (iid)", fit.volatility, fit.volatility.standard_error),
        row("volatility (robust)", fit.volatility, fit.volatility_robust_error),
        row("log-drift", fit.log_drift, fit.log_drift.standard_error),
        row("drift of dS = mu S dt", fit.drift, fit.drift.standard_error),
        fit.excess_kurtosis,
        about_drift(fit.drift, fit.years),
    ))
}

/// A drift is known only as well as the span is long, however many prices there are.
fn about_drift(drift: Estimate, years: f64) -> String {
    let (low, high) = drift.interval_95();
    let sign =
        if low <= 0.0 && 0.0 <= high { "not even its sign is certain" } else { "its sign is certain, its size is not" };
    format!("{years:.1} years say little about the drift: {sign}. More frequent prices don't help, only more years.\n")
}
