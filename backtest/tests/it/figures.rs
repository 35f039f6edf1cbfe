//! Figures against empyrical-reloaded and quantstats; `tests/golden/figures.py` made the file.

use backtest::curve::Curve;
use backtest::distribution::Distribution;
use backtest::figures::Figures;
use backtest::period::Period;
use serde_json::Value;

const YEAR_MS: f64 = 365.0 * 86_400_000.0;

fn golden() -> Value {
    serde_json::from_str(include_str!("../golden/figures.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number of milliseconds")]
fn period(per_year: f64) -> Period {
    Period::new((YEAR_MS / per_year) as u64).unwrap()
}

#[test]
fn figures_are_those_of_empyrical_and_quantstats() {
    let golden = golden();
    let mut compared = 0;
    for curve in golden["curves"].as_array().unwrap() {
        let period = period(curve["periods_per_year"].as_f64().unwrap());
        let ours = serde_json::to_value(Figures::of(&Curve::whole(numbers(&curve["equity"]), period))).unwrap();
        for library in ["empyrical", "quantstats"] {
            for (figure, theirs) in curve[library].as_object().unwrap() {
                let (ours, theirs) = (ours[figure].as_f64().unwrap(), theirs.as_f64().unwrap());
                let apart = (ours - theirs).abs() / theirs.abs().max(1.0);
                assert!(apart <= 1e-9, "{} of {}: {ours}, {library} says {theirs}", figure, curve["name"]);
                compared += 1;
            }
        }
    }
    println!("{compared} figures");
    assert_eq!(compared, 6 * 16);
}

#[test]
fn quantiles_are_those_of_numpy() {
    for curve in golden()["curves"].as_array().unwrap() {
        let spread = Distribution::of(numbers(&curve["equity"]).into_iter().map(Some)).unwrap();
        for ((_, ours), theirs) in spread.quantiles.iter().zip(numbers(&curve["numpy_quantiles"])) {
            assert!((ours / theirs - 1.0).abs() <= 1e-12, "{}: {ours} {theirs}", curve["name"]);
        }
    }
}

#[test]
fn what_has_no_value_is_absent() {
    let of = |equity: &[f64]| Figures::of(&Curve::whole(equity.to_vec(), Period::DAY));
    let nothing = of(&[100.0]);
    assert_eq!((nothing.periods, nothing.total_return, nothing.cagr, nothing.volatility), (0, 0.0, None, None));
    let once = of(&[100.0, 101.0]);
    assert_eq!((once.volatility, once.sharpe, once.sortino, once.calmar), (None, None, None, None));
    assert_eq!((once.period_win_rate, once.period_profit_factor), (Some(1.0), None));
    // All is lost, and then debts are left.
    let lost = of(&[100.0, 50.0, 0.0]);
    assert_eq!((lost.total_return, lost.cagr, lost.max_drawdown), (-1.0, Some(-1.0), -1.0));
    assert!(lost.sharpe.is_some());
    let broke = of(&[100.0, 0.0, -10.0]);
    assert_eq!((broke.cagr, broke.volatility, broke.max_drawdown), (None, None, -1.1));
    // A growth that no year's is in reach of.
    let quick = Figures::of(&Curve::whole(vec![1.0, 2.0], Period::SECOND));
    assert_eq!(quick.cagr, None);
}

#[test]
fn what_is_left_of_a_period_counts_for_the_whole_and_not_by_the_period() {
    let curve = Curve { equity: vec![100.0, 110.0, 121.0], last: 133.1, elapsed: 2.5, period: Period::DAY };
    let figures = Figures::of(&curve);
    assert!((figures.total_return - 0.331).abs() < 1e-12);
    assert_eq!((figures.periods, figures.period_win_rate), (2, Some(1.0)));
    let cagr = 1.331_f64.powf(365.0 / 2.5) - 1.0;
    assert!((figures.cagr.unwrap() / cagr - 1.0).abs() < 1e-9);
}

#[test]
fn a_period_that_fits_is_held_thirty_times() {
    let day = 86_400_000;
    assert_eq!(Period::fitting(30 * day), Period::DAY);
    assert_eq!(Period::fitting(30 * day - 1), Period::HOUR);
    assert_eq!(Period::fitting(3_600_000), Period::MINUTE);
    assert_eq!(Period::fitting(1), Period::SECOND);
}
