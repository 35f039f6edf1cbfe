//! What a curve comes to, defined as by `empyrical-reloaded` and `quantstats`, without a risk-free rate.

use gbm_core::math::{exp2, log2};
use serde::Serialize;

use crate::curve::Curve;

/// The figures of a curve. A figure that has no value (a ratio over zero, a deviation of one return) is absent, never zero or infinite.
///
/// r₁ … rₙ are the simple returns of the n whole periods, A the periods of a year, E₀ the first equity and E the last.
///
/// | Figure | Definition | As |
/// |---|---|---|
/// | `total_return` | E/E₀ − 1 | `empyrical.cum_returns_final` |
/// | `cagr` | (E/E₀)^(A/m) − 1, m the periods elapsed | `empyrical.annual_return`, `quantstats.stats.cagr` |
/// | `volatility` | s·√A, s the sample deviation (n − 1) of r | `empyrical.annual_volatility`, `quantstats.stats.volatility` |
/// | `sharpe` | mean(r)/s·√A | `empyrical.sharpe_ratio`, `quantstats.stats.sharpe` |
/// | `sortino` | mean(r)/d·√A, d² = Σ min(r, 0)²/n | `empyrical.sortino_ratio`, `quantstats.stats.sortino` |
/// | `max_drawdown` | min over the samples of E/(highest so far) − 1: at most 0 | `empyrical.max_drawdown`, `quantstats.stats.max_drawdown` |
/// | `calmar` | cagr/−max_drawdown | `empyrical.calmar_ratio`, `quantstats.stats.calmar` |
/// | `period_win_rate` | returns above 0, of those that aren't 0 | `quantstats.stats.win_rate` |
/// | `period_profit_factor` | sum of the returns above 0, over that of those below, positive | `quantstats.stats.profit_factor` |
///
/// ```
/// use backtest::curve::Curve;
/// use backtest::figures::Figures;
/// use backtest::period::Period;
/// let figures = Figures::of(&Curve::whole(vec![100.0, 110.0, 99.0], Period::DAY));
/// assert!((figures.total_return + 0.01).abs() < 1e-15 && (figures.max_drawdown + 0.1).abs() < 1e-15);
/// assert_eq!(figures.period_win_rate, Some(0.5));
/// let flat = Figures::of(&Curve::whole(vec![100.0; 9], Period::DAY));
/// assert_eq!((flat.volatility, flat.sharpe, flat.calmar), (Some(0.0), None, None));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Figures {
    /// Whole periods.
    pub periods: usize,
    /// The return of all.
    pub total_return: f64,
    /// The return of a year that, compounded, gives it; absent if no time has passed or debts are left.
    pub cagr: Option<f64>,
    /// The deviation of returns, annualised; absent for fewer than two periods.
    pub volatility: Option<f64>,
    /// Mean return over its deviation, annualised; absent where that is 0 or not known.
    pub sharpe: Option<f64>,
    /// Mean return over the deviation of the losses, annualised; absent without a loss.
    pub sortino: Option<f64>,
    /// The deepest fall from a high.
    pub max_drawdown: f64,
    /// `cagr` over the deepest fall; absent without one.
    pub calmar: Option<f64>,
    /// Of the periods with a return, the part with a gain.
    pub period_win_rate: Option<f64>,
    /// Gains of periods over losses; absent without a loss.
    pub period_profit_factor: Option<f64>,
}

impl Figures {
    /// The figures of a curve.
    pub fn of(curve: &Curve) -> Self {
        let first = curve.equity.first().copied().unwrap_or(curve.last);
        let growth = curve.last / first;
        let cagr = growth_of_a_year(growth, curve.elapsed / curve.period.per_year()).map(|growth| growth - 1.0);
        let max_drawdown = deepest(curve);
        let mut figures = Self {
            periods: curve.equity.len().saturating_sub(1),
            total_return: growth - 1.0,
            cagr,
            volatility: None,
            sharpe: None,
            sortino: None,
            max_drawdown,
            calmar: cagr.and_then(|cagr| over(cagr, -max_drawdown)),
            period_win_rate: None,
            period_profit_factor: None,
        };
        // A return on nothing, or on debts, is none.
        if figures.periods > 0 && curve.equity.iter().rev().skip(1).all(|&equity| equity > 0.0) {
            figures.returns(&curve.equity, curve.period.per_year().sqrt());
        }
        figures
    }

    fn returns(&mut self, equity: &[f64], root_year: f64) {
        let returns = || equity.windows(2).map(|pair| pair[1] / pair[0] - 1.0);
        let count = self.periods as f64;
        let mean = returns().sum::<f64>() / count;
        let deviation = (self.periods > 1).then(|| {
            let squares = returns().map(|value| (value - mean) * (value - mean)).sum::<f64>();
            (squares / (count - 1.0)).sqrt()
        });
        let losses_squared = returns().map(|value| value.min(0.0) * value.min(0.0)).sum::<f64>();
        let (gains, losses) =
            returns().fold((0.0, 0.0), |(up, down), value| (up + value.max(0.0), down - value.min(0.0)));
        let (won, lost) =
            (returns().filter(|&value| value > 0.0).count(), returns().filter(|&value| value < 0.0).count());
        self.volatility = deviation.map(|deviation| deviation * root_year);
        self.sharpe = deviation.and_then(|deviation| over(mean, deviation)).map(|ratio| ratio * root_year);
        self.sortino = over(mean, (losses_squared / count).sqrt()).map(|ratio| ratio * root_year);
        self.period_win_rate = over(won as f64, (won + lost) as f64);
        self.period_profit_factor = over(gains, losses);
    }
}

/// A ratio; none over what isn't above 0.
pub(crate) fn over(value: f64, by: f64) -> Option<f64> {
    (by > 0.0).then(|| value / by)
}

/// What growth over some years makes of one in a year; none for debts, or in no time.
fn growth_of_a_year(growth: f64, years: f64) -> Option<f64> {
    match growth {
        _ if years <= 0.0 || growth.is_nan() || growth < 0.0 => None,
        0.0 => Some(0.0),
        // Beyond this 2^x has no f64: a day's luck, taken for a year's.
        _ => Some(log2(growth) / years).filter(|power| power.abs() < 1000.0).map(exp2),
    }
}

fn deepest(curve: &Curve) -> f64 {
    let (mut high, mut deepest) = (f64::NEG_INFINITY, 0.0_f64);
    for &equity in curve.equity.iter().chain(std::iter::once(&curve.last)) {
        high = high.max(equity);
        deepest = deepest.min(over(equity, high).map_or(0.0, |part| part - 1.0));
    }
    deepest
}
