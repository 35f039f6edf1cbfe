//! Scores: GBM's on real files, and what planted faults cost.

use std::ops::ControlFlow;
use std::time::Instant;

use gbm_core::prelude::*;
use realism::report::{About, page, table};
use realism::{Bars, Scale, Scorecard, Simulator, Study, fit_gbm};

use crate::support::real;

fn gbm_against(bars: &Bars, paths: u64, resamples: u64) -> Scorecard {
    let tick_ms = bars.pattern().scale().tick_ms();
    against(bars, &fit_gbm(bars).unwrap().into(), tick_ms, paths, resamples)
}

fn against(bars: &Bars, model: &Model, tick_ms: i64, paths: u64, resamples: u64) -> Scorecard {
    let spot = Price::new(bars.log_closes()[0].exp()).unwrap();
    let simulator = Simulator::new(model, bars.pattern(), spot, Seed::from(42), tick_ms).unwrap();
    let study = Study { paths, resamples, ..Study::new(Seed::from(42)) };
    study.run(bars, |path| simulator.closes(path), |_| ControlFlow::Continue(())).unwrap()
}

#[track_caller]
fn gbm_scores_little(name: &str, scale: Scale) {
    let Some(bars) = real(name, scale) else { return };
    let start = Instant::now();
    let card = gbm_against(&bars, 200, 100);
    println!("{scale}: {:?} {:?} in {:?}", card.tally, card.self_check, start.elapsed());
    for fact in card.facts.iter().filter(|fact| fact.is_matched == Some(true)) {
        println!("  matched: {}", fact.fact.name);
    }
    let model = fit_gbm(&bars).unwrap();
    let parameters = vec![
        ("drift".into(), model.drift().get().to_string()),
        ("volatility".into(), model.volatility().get().to_string()),
    ];
    let about = About { model: "gbm".into(), parameters, source: name.into(), tick_ms: scale.tick_ms() };
    println!("{}", table(&card, &about));
    if let Ok(folder) = std::env::var("REALISM_PAGES") {
        std::fs::write(format!("{folder}/{scale}.html"), page(&card, &about).unwrap()).unwrap();
    }
    assert!(card.tally.matched <= 3, "{:?}", card.tally);
}

/// The default market, one set of parameters: fewer paths and a coarser tick of hours than the documented scores, for the time.
#[test]
fn btc_has_the_facts_of_btc_at_every_scale() {
    let btc = Preset::Btc.model();
    for (name, scale, tick_ms, paths, (matched, centred)) in [
        ("btc_daily_2013_2022.csv", Scale::Day, 900_000, 150, (15, 15)),
        ("btc_hourly_2017_2022.csv", Scale::Hour, 300_000, 80, (16, 15)),
        ("btc_1min_coinbase_lean_9days.csv", Scale::Minute, 60_000, 80, (12, 10)),
    ] {
        let Some(bars) = real(name, scale) else { return };
        let tally = against(&bars, &btc, tick_ms, paths, 400).tally;
        println!("{scale}: {tally:?}");
        assert!(tally.matched >= matched && tally.centred >= centred, "{scale}: {tally:?}");
    }
}

#[test]
fn gbm_has_few_facts_of_days() {
    gbm_scores_little("btc_daily_2013_2022.csv", Scale::Day);
}

#[test]
fn gbm_has_few_facts_of_hours() {
    gbm_scores_little("btc_hourly_2017_2022.csv", Scale::Hour);
}

#[test]
fn gbm_has_few_facts_of_minutes() {
    gbm_scores_little("btc_1min_coinbase_lean_9days.csv", Scale::Minute);
}
