//! All likelihoods beside each other.

use std::path::Path;

use calibration::garch::Innovations;
use calibration::{Fitted, Returns, ewma, garch, gbm, kou, merton, regimes};
use gbm_core::grid::CALENDAR_YEAR_S;
use market_setup::prices::PriceSeries;

use super::moments;
use super::specification;
use super::table::{bounds, line};

/// What is compared.
struct Score {
    parameters: usize,
    log_likelihood: f64,
    aic: f64,
    bic: f64,
    at_bounds: Vec<&'static str>,
}

impl<M> From<Fitted<M>> for Score {
    fn from(fitted: Fitted<M>) -> Self {
        Self {
            parameters: fitted.estimates.len(),
            log_likelihood: fitted.log_likelihood,
            aic: fitted.aic(),
            bic: fitted.bic(),
            at_bounds: fitted.at_bounds,
        }
    }
}

/// A line for each model, those that can't be fitted too; then ranges, realised variance and the cascade, as far as the file has them.
pub(super) fn all(file: &Path, series: &PriceSeries, returns: &Returns) -> String {
    let garch = |leverage, innovations| garch::fit(returns, specification(leverage, innovations)).map(Score::from);
    let models = [
        ("gbm", gbm::fit(&series.times_ms, &series.prices, CALENDAR_YEAR_S).map(Score::from)),
        ("merton", merton::fit(returns).map(Score::from)),
        ("kou", kou::fit(returns).map(Score::from)),
        ("garch", garch(false, Innovations::Normal)),
        ("gjr", garch(true, Innovations::Normal)),
        ("garch-t", garch(false, Innovations::Student)),
        ("gjr-t", garch(true, Innovations::Student)),
        ("regimes, 2", regimes::fit(returns, 2).map(Score::from)),
        ("regimes, 3", regimes::fit(returns, 3).map(Score::from)),
        ("ewma", ewma::fit(returns).map(Score::from)),
    ];
    let mut text = format!("{:<12} {:>10} {:>14} {:>14} {:>14}\n", "", "parameters", "ln L", "AIC", "BIC");
    let least =
        |of: fn(&Score) -> f64| models.iter().flat_map(|(_, score)| score).map(of).fold(f64::INFINITY, f64::min);
    let (aic, bic) = (least(|score| score.aic), least(|score| score.bic));
    for (name, score) in &models {
        match score {
            Ok(score) => {
                let mark = |is_least: bool| if is_least { '*' } else { ' ' };
                let held = if score.at_bounds.is_empty() { String::new() } else { bounds(&score.at_bounds) };
                let row = format!(
                    "{name:<12} {:>10} {:>14.3} {:>13.3}{} {:>13.3}{} {held}",
                    score.parameters,
                    score.log_likelihood,
                    score.aic,
                    mark(score.aic == aic),
                    score.bic,
                    mark(score.bic == bic),
                );
                line(&mut text, format_args!("{}", row.trim_end()));
            }
            Err(error) => line(&mut text, format_args!("{name:<12} {error}")),
        }
    }
    text += "\n* the lowest. Behind it, the bounds that hold the maximum. A model's parameters: --model NAME.\n\n";
    for part in [moments::realised(returns), moments::cascade(returns).map(|told| told.text)] {
        match part {
            Ok(part) => line(&mut text, format_args!("{part}")),
            Err(error) => line(&mut text, format_args!("{error}\n")),
        }
    }
    // Standard input has been read, and a file of closes has no ranges.
    match (file.as_os_str() == "-").then(String::new).map_or_else(|| moments::range(file), Ok) {
        Ok(part) => text += &part,
        Err(error) => line(&mut text, format_args!("No ranges: {error}")),
    }
    text
}
