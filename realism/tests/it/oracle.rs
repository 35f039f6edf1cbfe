//! Every fact against numpy and scipy, on the series that both can make; and against what is known of BTC.

use realism::facts::{facts, measure};
use realism::{Bars, Returns, Scale};

use crate::support::{real, returns, synthetic};

const TOLERANCE: f64 = 1e-9;

fn scale(text: &str) -> Scale {
    [Scale::Minute, Scale::Hour, Scale::Day].into_iter().find(|scale| scale.to_string() == text).unwrap()
}

#[test]
fn facts_are_those_of_numpy() {
    let lines = include_str!("data/facts.txt").lines().filter(|line| !line.starts_with('#'));
    let mut compared = 0;
    for line in lines {
        let parts: Vec<&str> = line.split('|').map(str::trim).collect();
        let [scale_text, count, seed, first_bar, cuts, values] = parts[..] else { panic!("{line}") };
        let scale = scale(scale_text);
        let cuts: Vec<usize> = cuts.split(',').filter(|cut| !cut.is_empty()).map(|cut| cut.parse().unwrap()).collect();
        let series = synthetic(count.parse().unwrap(), seed.parse().unwrap());
        let measured = measure(&returns(scale, series, first_bar.parse().unwrap(), &cuts), None);
        let values: Vec<f64> = values.split(' ').map(|value| value.parse().unwrap()).collect();
        assert_eq!(values.len(), measured.len());
        for (fact, (found, expected)) in facts(scale).iter().zip(measured.iter().zip(&values)) {
            let found = found.unwrap_or_else(|| panic!("{line}: {} has no value", fact.id));
            let error = (found - expected).abs() / expected.abs().max(1.0);
            assert!(error < TOLERANCE, "{scale_text} seed {seed}: {} = {found}, but {expected}", fact.id);
            compared += 1;
        }
    }
    assert_eq!(compared, 2 * (16 + 17 + 15));
}

fn of(bars: &Bars) -> Vec<Option<f64>> {
    measure(&Returns::of(bars.pattern(), bars.log_closes()).unwrap(), None)
}

/// What a table says of a file, to the digits that it has: number of a fact, value, half a unit of its last digit.
#[track_caller]
fn agrees(name: &str, scale: Scale, table: &[(usize, f64, f64)]) {
    let Some(bars) = real(name, scale) else { return };
    let measured = of(&bars);
    for (fact, value) in facts(scale).iter().zip(&measured) {
        println!("{:>2} {:<50} {value:?}", fact.number, fact.name);
    }
    for &(number, expected, half) in table {
        let found = measured[number - 1].unwrap();
        assert!((found - expected).abs() <= half, "fact {number} = {found}, but {expected}");
    }
}

#[test]
fn daily_facts_of_btc_are_the_known_ones() {
    let table = [(1, 0.813, 5e-4), (2, 13.2, 0.05), (3, 3.13, 5e-3), (5, 0.255, 5.1e-4), (6, 0.179, 5e-4)];
    let more = [(8, 0.132, 5e-4), (9, 0.092, 5e-4), (13, 0.0167, 5e-5), (14, 0.0025, 5e-5)];
    agrees("btc_daily_2013_2022.csv", Scale::Day, &[&table[..], &more].concat());
}

#[test]
fn hourly_facts_of_btc_are_the_known_ones() {
    let table = [(1, 0.859, 5e-4), (2, 2.55, 5e-3), (3, 0.0041, 5e-5), (4, 0.286, 5e-4), (6, 0.192, 5e-4)];
    let more = [(7, 0.105, 5e-4), (8, 0.073, 5e-4), (10, 30.1, 0.05), (14, 0.166, 5e-4), (15, 0.106, 5e-4)];
    agrees("btc_hourly_2017_2022.csv", Scale::Hour, &[&table[..], &more, &[(17, 0.141, 5e-4)]].concat());
}

#[test]
fn nine_days_of_minutes_are_five_stretches_without_a_lag_of_a_day() {
    let Some(bars) = real("btc_1min_coinbase_lean_9days.csv", Scale::Minute) else { return };
    let measured = of(&bars);
    for (fact, value) in facts(Scale::Minute).iter().zip(&measured) {
        println!("{:>2} {:<50} {value:?}", fact.number, fact.name);
    }
    bars.warnings().iter().for_each(|warning| println!("{warning}"));
    assert_eq!(
        bars.pattern().stretches().iter().map(|part| part.closes).collect::<Vec<_>>(),
        [4320, 2880, 1440, 1008, 2880]
    );
    let absent: Vec<usize> =
        (1..).zip(&measured).filter(|(_, value)| value.is_none()).map(|(number, _)| number).collect();
    assert_eq!(absent, [9]);
}

#[test]
fn a_year_of_hours_and_four_of_days_have_every_fact_and_less_has_fewer() {
    let applying = |scale, count: usize| {
        let measured = measure(&returns(scale, synthetic(count, 11), 1, &[]), None);
        measured.iter().filter(|value| value.is_some()).count()
    };
    assert_eq!(
        (applying(Scale::Hour, 8759), applying(Scale::Day, 4 * 365), applying(Scale::Minute, 7 * 1440)),
        (17, 16, 15)
    );
    assert_eq!(
        (applying(Scale::Hour, 24 * 40), applying(Scale::Day, 364), applying(Scale::Minute, 1440)),
        (14, 14, 13)
    );
}
