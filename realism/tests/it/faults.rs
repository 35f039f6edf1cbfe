//! Planted faults: a model that is wrong in one respect loses the facts that are about it, and no others; a true one loses few.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};

use gbm_core::noise::{Domain, NoiseStream, Seed, StreamId};
use realism::{Bars, Pattern, Returns, Scale, Scorecard, Study, StudyError};

use crate::support::{bars_of, real};

const DAYS: usize = 2500;

fn stream(path: u64) -> NoiseStream {
    NoiseStream::new(Seed::from(9), StreamId::new(Domain::Jumps, 0, path).unwrap())
}

/// Daily returns whose log-volatility is the sum of a fast and a slow autoregression: heavy tails, long clusters.
fn clustered(path: u64) -> Vec<f64> {
    let mut noise = stream(path);
    let (mut fast, mut slow) = (0.4 * noise.normal(1 << 40), 0.5 * noise.normal(1 << 41));
    let step = |day: u64| {
        fast = 0.8 * fast + 0.4 * (1.0_f64 - 0.64).sqrt() * noise.normal(3 * day);
        slow = 0.99 * slow + 0.5 * (1.0_f64 - 0.9801).sqrt() * noise.normal(3 * day + 1);
        0.03 * (fast + slow).exp() * noise.normal(3 * day + 2)
    };
    (0..).take(DAYS).map(step).collect()
}

/// As many of the values, each drawn by itself: the same tails, no order.
fn drawn(values: &[f64], path: u64) -> Vec<f64> {
    let mut noise = stream(path);
    let mut draw = || values[usize::try_from(noise.next_word() % values.len() as u64).unwrap()];
    std::iter::repeat_with(&mut draw).take(values.len()).collect()
}

fn closes(returns: &[f64]) -> Vec<f64> {
    let sums = returns.iter().scan(0.0, |sum, r| {
        *sum += r;
        Some(*sum)
    });
    std::iter::once(0.0).chain(sums).collect()
}

fn judged(bars: &Bars, simulate: impl Fn(u64) -> Vec<f64> + Sync) -> Scorecard {
    let study = Study { resamples: 200, ..Study::new(Seed::from(1)) };
    study.run(bars, simulate, |_| ControlFlow::Continue(())).unwrap()
}

fn lost(card: &Scorecard) -> Vec<u8> {
    card.facts.iter().filter(|fact| fact.is_matched == Some(false)).map(|fact| fact.fact.number).collect()
}

#[test]
fn a_true_model_scores_as_its_self_check_says() {
    let mut total = 0.0;
    for data in 0..8 {
        let bars = bars_of(Scale::Day, &closes(&clustered(1_000_000 + data)));
        let card = judged(&bars, |path| closes(&clustered(path)));
        let check = card.self_check.unwrap();
        println!("{:?} of {:?}", card.tally, check);
        assert!(check.mean > 14.5 && check.low >= 12.0, "{check:?}");
        total += card.tally.matched as f64 - check.mean;
    }
    // Scores have a deviation of about 1.3 facts; three standard errors of the mean of eight.
    assert!(total.abs() / 8.0 < 3.0 * 1.3 / 8.0_f64.sqrt(), "{total}");
}

#[test]
fn returns_drawn_one_by_one_lose_their_clusters_and_keep_their_tails() {
    let values = clustered(77);
    let bars = bars_of(Scale::Day, &closes(&values));
    let card = judged(&bars, |path| closes(&drawn(&values, path)));
    let lost = lost(&card);
    println!("lost {lost:?}");
    assert!([5, 6, 7, 8, 11].iter().all(|number| lost.contains(number)), "{lost:?}");
    assert!([1, 2, 3, 13, 14].iter().all(|number| !lost.contains(number)), "{lost:?}");
}

#[test]
fn real_returns_drawn_one_by_one_too() {
    let Some(bars) = real("btc_daily_2013_2022.csv", Scale::Day) else { return };
    let returns = Returns::of(bars.pattern(), bars.log_closes()).unwrap();
    let card = judged(&bars, |path| closes(&drawn(returns.values(), path)));
    let lost = lost(&card);
    println!("lost {lost:?}");
    assert!([5, 6, 7, 8, 9, 11].iter().all(|number| lost.contains(number)), "{lost:?}");
    assert!([1, 2, 3, 13, 14].iter().all(|number| !lost.contains(number)), "{lost:?}");
}

#[test]
fn normal_returns_score_three_at_most() {
    let bars = bars_of(Scale::Day, &closes(&clustered(5)));
    let deviation = realism::stats::Moments::of(&clustered(5)).unwrap().deviation();
    let normal = |path: u64| {
        let mut noise = stream(path);
        closes(&(0..).take(DAYS).map(|day| deviation * noise.normal(day)).collect::<Vec<_>>())
    };
    let card = judged(&bars, normal);
    assert!(card.tally.matched <= 3, "{:?}", card.tally);
}

#[test]
fn twice_the_volatility_loses_that_fact_alone() {
    let bars = bars_of(Scale::Day, &closes(&clustered(6)));
    let scaled =
        |by: f64| judged(&bars, move |path| closes(&clustered(path).iter().map(|r| by * r).collect::<Vec<_>>()));
    let (plain, doubled) = (lost(&scaled(1.0)), lost(&scaled(2.0)));
    let added: Vec<u8> = doubled.iter().filter(|number| !plain.contains(number)).copied().collect();
    assert_eq!(added, [1]);
}

#[test]
fn every_fact_of_real_data_lies_within_its_own_interval() {
    for (name, scale) in [
        ("btc_daily_2013_2022.csv", Scale::Day),
        ("btc_hourly_2017_2022.csv", Scale::Hour),
        ("btc_1min_coinbase_lean_9days.csv", Scale::Minute),
    ] {
        let Some(bars) = real(name, scale) else { return };
        let study = Study { paths: 2, resamples: 200, ..Study::new(Seed::from(1)) };
        let card = study.run(&bars, |_| bars.log_closes().to_vec(), |_| ControlFlow::Continue(())).unwrap();
        for fact in card.facts.iter().filter(|fact| fact.value.is_some()) {
            assert!(fact.interval.unwrap().holds(fact.value.unwrap()), "{scale}: {fact:?}");
        }
        // A model of the data alone is centred everywhere.
        assert_eq!(card.tally.centred, card.tally.of);
    }
}

#[test]
fn threads_change_no_bit_of_a_scorecard() {
    let bars = bars_of(Scale::Day, &closes(&clustered(8)));
    let by = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let study = Study { paths: 70, resamples: 70, ..Study::new(Seed::from(1)) };
        let run = || study.run(&bars, |path| closes(&clustered(path)), |_| ControlFlow::Continue(())).unwrap();
        serde_json::to_string(&pool.install(run)).unwrap()
    };
    let one = by(1);
    assert!(one == by(2) && one == by(5));
}

#[test]
fn misuse_is_refused_and_a_study_can_be_stopped() {
    let bars = bars_of(Scale::Day, &closes(&clustered(8)));
    let data = || bars.log_closes().to_vec();
    let go = |_| ControlFlow::Continue(());
    let small = Study { paths: 4, resamples: 4, ..Study::new(Seed::from(1)) };
    let error = |study: Study| study.run(&bars, |_| data(), go).unwrap_err().to_string();
    assert_eq!(error(Study { paths: 1, ..small.clone() }), "paths = 1 is outside [2, 250000]");
    assert_eq!(
        error(Study { resamples: 1 << 40, ..small.clone() }),
        "resamples = 1099511627776 is outside [2, 250000]"
    );
    let mut factors = [1.0; 24];
    factors[3] = 0.0;
    let frozen = Study { hour_factors: Some(factors), ..small.clone() };
    assert_eq!(error(frozen), "hour_factors[3] = 0 is outside (0, \u{221e})");
    let short = small.run(&bars, |path| if path == 2 { vec![] } else { data() }, go).unwrap_err();
    assert_eq!(short, StudyError::Path { path: 2, expected: DAYS + 1 });
    let wrong = small.run(&bars, |_| vec![f64::NAN; DAYS + 1], go).unwrap_err();
    assert_eq!(wrong, StudyError::Path { path: 0, expected: DAYS + 1 });
    // A path that can't be used ends the study, not only its judgement.
    let simulated = AtomicU64::new(0);
    let spoilt = |path| {
        simulated.fetch_add(1, Ordering::Relaxed);
        if path == 70 || path == 90 { vec![] } else { data() }
    };
    let error = Study { paths: 5000, ..small.clone() }.run(&bars, spoilt, go).unwrap_err();
    assert_eq!(error, StudyError::Path { path: 70, expected: DAYS + 1 });
    assert_eq!(simulated.into_inner(), 128);
    let stopped = small.run(&bars, |_| data(), |_| ControlFlow::Break(())).unwrap_err();
    assert_eq!(stopped, StudyError::Interrupted);
}

#[test]
fn frozen_hour_factors_are_taken_for_data_and_paths() {
    let Some(bars) = real("btc_hourly_2017_2022.csv", Scale::Hour) else { return };
    let returns = Returns::of(bars.pattern(), bars.log_closes()).unwrap();
    let own = realism::stats::hour_factors(&returns);
    println!("{own:.3?}");
    assert!((own[0] - 1.20).abs() < 0.01 && (own[5] - 0.83).abs() < 0.01);
    let number = |factors| realism::facts::measure(&returns, factors)[16].unwrap();
    assert_eq!(number(Some(&own)), number(None));
    assert!(number(Some(&[1.0; 24])) > number(None));
}

#[test]
fn a_pattern_without_stretches_has_nothing() {
    let pattern = Pattern::new(Scale::Day, []);
    assert_eq!((pattern.closes(), pattern.first_close_ms(), pattern.last_close_ms()), (0, None, None));
    let nothing = Returns::of(&pattern, &[]).unwrap();
    assert!(realism::facts::measure(&nothing, None).iter().all(Option::is_none));
    let still = Returns::of(bars_of(Scale::Day, &closes(&clustered(8))).pattern(), &vec![1.0; DAYS + 1]).unwrap();
    assert!(realism::facts::measure(&still, None).iter().all(Option::is_none));
}
