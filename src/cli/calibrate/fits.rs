//! What each model's fit says.

use calibration::garch::Specification;
use calibration::regimes::Origin;
use calibration::{FitError, ModelError, Returns, ewma, garch, gbm, kou, merton, regimes};
use gbm_core::grid::CALENDAR_YEAR_S;
use gbm_core::model::Model;
use market_setup::prices::PriceSeries;

use super::table::{fitted, line, number};

type Told = Result<super::Told, FitError>;

fn told(text: String, model: Result<Model, ModelError>) -> super::Told {
    super::Told { text, model: Some(model) }
}

pub(super) fn gbm(series: &PriceSeries) -> Told {
    let fit = gbm::fit(&series.times_ms, &series.prices, CALENDAR_YEAR_S)?;
    let head = format!("{} log-returns over {:.3} years of 365 days\n\n", fit.rows, fit.model.years);
    let model = fit.model.model().map(Model::from).map_err(ModelError::from);
    Ok(told(head + "Geometric Brownian motion, per year\n" + &fitted(&fit), model))
}

pub(super) fn merton(returns: &Returns) -> Told {
    let fit = merton::fit(returns)?;
    let whole = fit.model.total_volatility();
    let text = format!("Merton's jump-diffusion, per year\n{}Volatility with jumps: {whole:.4}\n", fitted(&fit));
    Ok(told(text, fit.model.model()))
}

pub(super) fn kou(returns: &Returns) -> Told {
    let fit = kou::fit(returns)?;
    let whole = fit.model.total_volatility();
    let text = format!("Kou's jump-diffusion, per year\n{}Volatility with jumps: {whole:.4}\n", fitted(&fit));
    Ok(told(text, fit.model.model()))
}

pub(super) fn garch(returns: &Returns, specification: Specification) -> Told {
    let fit = garch::fit(returns, specification)?;
    let annual = |variance: f64| (variance / returns.bar().get()).sqrt();
    let next = fit.model.variances(returns).last().copied().map_or(f64::NAN, annual);
    let persistence = fit.model.persistence();
    let text = format!(
        "{}GARCH(1,1), per bar, of log-returns\n{}Volatility per √year: {:.4} in the long run, {next:.4} in the next bar; a shock's half-life is {:.1} bars\n",
        if specification.leverage { "GJR-" } else { "" },
        fitted(&fit),
        annual(fit.model.variance()),
        0.5_f64.ln() / persistence.ln(),
    );
    Ok(told(text, fit.model.model(returns.bar())))
}

pub(super) fn ewma(returns: &Returns) -> Told {
    let fit = ewma::fit(returns)?;
    let next =
        |model: ewma::Ewma| model.variances(returns).last().map_or(f64::NAN, |v| (v / returns.bar().get()).sqrt());
    let standard = ewma::Ewma::new(ewma::RISK_METRICS)?;
    Ok(format!(
        "Exponentially weighted variance\n{}Volatility per √year in the next bar: {:.4}; {:.4} with RiskMetrics' daily {}\n",
        fitted(&fit),
        next(fit.model),
        next(standard),
        ewma::RISK_METRICS,
    )
    .into())
}

pub(super) fn regimes(returns: &Returns, count: usize) -> Told {
    let fit = regimes::fit(returns, count)?;
    let mut text = format!("{count} regimes, per year; transitions within a bar\n{}", fitted(&fit));
    let smoothed = fit.model.probabilities(returns).smoothed;
    let last = smoothed.row(smoothed.nrows() - 1);
    for (i, share) in fit.model.shares().iter().enumerate() {
        line(
            &mut text,
            format_args!(
                "Regime {}: stays {:.4}, {:.1} % of the time, now {:.1} %",
                i + 1,
                fit.model.transition()[(i, i)],
                100.0 * share,
                100.0 * last[i]
            ),
        );
    }
    let generator = fit.model.generator()?;
    let origin = match generator.origin {
        Origin::Exact => "the logarithm of the transitions",
        Origin::Adjusted => "the transitions have no such rates; the nearest by diagonal adjustment",
        Origin::FirstOrder => "the transitions have no real logarithm; their first order",
    };
    line(&mut text, format_args!("\nRates per year ({origin}, off by {:.1e} a bar)", generator.distance));
    for row in generator.rates.row_iter() {
        let rates: Vec<String> = row.iter().map(|rate| format!("{:>12}", number(*rate))).collect();
        line(&mut text, format_args!("{}", rates.join(" ")));
    }
    Ok(told(text, fit.model.model()))
}
