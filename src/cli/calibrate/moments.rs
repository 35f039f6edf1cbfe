//! Volatilities from ranges, and the cascade.

use std::path::Path;

use calibration::cascade::{Specification, fit, ladder};
use calibration::range::{Bar, Bars};
use calibration::realised::Realised;
use calibration::{FitError, Returns};
use gbm_core::calibrate::Estimate;
use gbm_core::grid::CALENDAR_YEAR_S;
use gbm_core::units::Years;
use market_setup::args::candles_file;

use super::Told;
use super::table::line;
use crate::cli::error::{CliError, Result};

const DAY_S: f64 = 86_400.0;
const MINUTE_S: f64 = 60.0;
const SEED: u64 = 42;

/// The range estimators of a file of candles.
pub(super) fn range(file: &Path) -> Result<String> {
    let rows = candles_file(file)?;
    let bar =
        |row: &market_setup::candles::CandleRow| Bar { open: row.open, high: row.high, low: row.low, close: row.close };
    let times: Vec<i64> = rows.iter().map(|row| row.open_time_ms).collect();
    let bars = Bars::new(&times, &rows.iter().map(bar).collect::<Vec<Bar>>(), CALENDAR_YEAR_S)
        .map_err(|error| CliError::Fit { path: file.into(), error })?;
    let mut text = format!("{} bars; volatility per √year of 365 days\n\n", rows.len());
    for (name, estimate) in [
        ("close-close", bars.close_to_close()),
        ("Parkinson", bars.parkinson()),
        ("Garman-Klass", bars.garman_klass()),
        ("Rogers-Satchell", bars.rogers_satchell()),
        ("Yang-Zhang", bars.yang_zhang()),
    ] {
        row(&mut text, name, estimate);
    }
    Ok(text)
}

/// Realised variance, as volatilities.
pub(super) fn realised(returns: &Returns) -> std::result::Result<String, FitError> {
    let realised = Realised::new(returns)?;
    Ok(format!(
        "Realised volatility {:.4} per √year, {:.4} by bipower variation: {:.1} % of the variance by jumps\n",
        realised.variance.sqrt(),
        realised.bipower.sqrt(),
        100.0 * realised.jump_share()
    ))
}

/// The cascade on the ladder of 2·5^i minutes, one-minute ticks or the bars themselves.
pub(super) fn cascade(returns: &Returns) -> std::result::Result<Told, FitError> {
    let bar_s = (returns.bar().get() * CALENDAR_YEAR_S as f64).round();
    let tick_s = if bar_s % MINUTE_S == 0.0 { MINUTE_S } else { bar_s };
    let days = if bar_s < DAY_S { 60.0 } else { 200.0 };
    let most = returns.values().len() / 10;
    let block = (1..most).find(|&bars| bars as f64 * bar_s >= days * DAY_S).unwrap_or(most);
    let tick = Years::new(tick_s / CALENDAR_YEAR_S as f64)?;
    let times = ladder(CALENDAR_YEAR_S)?;
    let cascade = fit(returns, &Specification { times, tick, block, seed: SEED })?;
    let mut text = format!(
        "Cascade of log-volatilities, ticks of {tick_s} s; errors by a bootstrap of blocks of {block} bars\n{:<16} {:>9}   {:>9}\n",
        "", "estimate", "error"
    );
    row(&mut text, "volatility", cascade.volatility);
    for factor in &cascade.factors {
        let minutes = factor.time.get() * CALENDAR_YEAR_S as f64 / MINUTE_S;
        let name = format!("s² of {minutes:.0} min");
        match factor.variance {
            Some(variance) => row(&mut text, &name, variance),
            None => line(&mut text, format_args!("{name:<16} {:>9}   these bars can't tell", "-")),
        }
    }
    line(
        &mut text,
        format_args!("\nVariance of ln|r| beside the factors: {:.4}; π²/8 = 1.2337 for normal ticks", cascade.noise),
    );
    Ok(Told { text, model: Some(cascade.model(returns.mean() / returns.bar().get())) })
}

fn row(text: &mut String, name: &str, estimate: Estimate) {
    line(text, format_args!("{name:<16} {:>9.6} ± {:>9.6}", estimate.value, estimate.standard_error));
}
