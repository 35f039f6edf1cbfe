//! A cascade refitted to markets of its own: planted seasons and volatilities come back, and the same question has the same answer.

use std::ops::ControlFlow;

use gbm_core::math::inverse_normal;
use gbm_core::model::{Cascade, FactorVariance, Season, Seasonal};
use gbm_core::prelude::*;
use realism::fit_preset::{FitPreset, FitPresetError, FittedPreset, Seasons};
use realism::{Bars, Pattern, Scale, Simulator, Stretch};

use crate::support::bars_of;

/// Bars of a model from 1970 on.
fn market(model: &Model, scale: Scale, closes: usize, tick_ms: i64, seed: u64) -> Bars {
    let pattern = Pattern::new(scale, [Stretch { first_close_ms: scale.bar_ms(), closes }]);
    let simulator = Simulator::new(model, &pattern, Price::new(1.0).unwrap(), Seed::from(seed), tick_ms).unwrap();
    bars_of(scale, &simulator.closes(0))
}

/// The same market as `simulate` prints its ticks.
fn printed(model: &Model, ticks: u64, seed: u64) -> String {
    let paths = Paths::new(Seed::from(seed), ticks, Years::new(1.0 / 8760.0).unwrap());
    let stream = paths.stream(model, Price::new(1.0).unwrap()).unwrap();
    let header = "tick,timestamp,instrument,price,reference\n".to_owned();
    (1_u64..)
        .zip(stream)
        .fold(header, |text, (tick, price)| format!("{text}{tick},{},BTC-USD,{price},{price}\n", 3600 * tick))
}

#[test]
fn ticks_have_their_seasons_at_their_own_hour() {
    let hours = std::array::from_fn(|hour| if hour == 13 { 4.0 } else { 1.0 });
    let season = Season::new(hours, [1.0; 7]).unwrap();
    let model = Model::from(Seasonal::new(Gbm::new(0.0, 0.8).unwrap(), season));
    let text = printed(&model, 24 * 100, 3);
    let wildest = |text: &str| {
        let found = Seasons::of(&Bars::read(text.as_bytes(), Scale::Hour).unwrap()).unwrap();
        (0..24).max_by(|&a, &b| found.hours[a].total_cmp(&found.hours[b]))
    };
    assert_eq!(wildest(&text), Some(13));
    let another = text.replacen("tick,timestamp,", "no,timestamp,", 1);
    assert_eq!(wildest(&another), Some(14), "rows that begin at their times");
}

fn quick(seed: u64) -> FitPreset {
    FitPreset { paths: 2, rounds: 4, resamples: 20, ..FitPreset::new(Seed::from(seed)) }
}

fn run(fit: &FitPreset, start: &Model, bars: &[Bars]) -> Result<FittedPreset, FitPresetError> {
    fit.run(start, bars, |_| ControlFlow::Continue(()))
}

fn season() -> Season {
    let hours = std::array::from_fn(|hour| if hour < 12 { 0.6 } else { 1.1 + 0.02 * hour as f64 });
    Season::new(hours, [1.0, 1.1, 1.2, 0.9, 1.0, 0.7, 0.5]).unwrap()
}

/// The largest relative error of a mean of n |Z| against the mean of all, with Z normal: deviation of |Z| over its mean, √(π/2 − 1), by
/// √n, times the quantile that 31 factors all stay below but in one case of a million.
fn tolerance(n: f64) -> f64 {
    // A word is a probability in units of 2⁻⁶⁴.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive and far below 2⁶⁴")]
    let quantile = -inverse_normal((0.5e-6 / 31.0 * 2.0_f64.powi(64)) as u64);
    quantile * (std::f64::consts::FRAC_PI_2 - 1.0).sqrt() / n.sqrt()
}

fn worst(found: &Seasons, truth: &Seasons) -> (f64, f64) {
    let worst = |found: &[f64], truth: &[f64]| {
        found.iter().zip(truth).map(|(found, truth)| (found / truth - 1.0).abs()).fold(0.0, f64::max)
    };
    (worst(&found.hours, &truth.hours), worst(&found.weekdays, &truth.weekdays))
}

#[test]
fn planted_seasons_come_back() {
    let days = 1400_u16;
    let truth = Seasons::from(&season());
    let (of_hours, of_weekdays) = (tolerance(f64::from(days)), tolerance(24.0 * f64::from(days) / 7.0));
    let seasonal = Model::from(Seasonal::new(Gbm::new(0.0, 0.8).unwrap(), season()));
    let closes = 24 * usize::from(days) + 1;
    let hours = market(&seasonal, Scale::Hour, closes, 3_600_000, 5);
    let (hour, weekday) = worst(&Seasons::of(&hours).unwrap(), &truth);
    println!("worst hour {hour:.4} of {of_hours:.4}, worst weekday {weekday:.4} of {of_weekdays:.4}");
    assert!(hour < of_hours && weekday < of_weekdays);
    // Faults that are seen: no seasons at all, and a clock that is an hour late.
    let plain = market(&Model::from(Gbm::new(0.0, 0.8).unwrap()), Scale::Hour, closes, 3_600_000, 5);
    let (hour, weekday) = worst(&Seasons::of(&plain).unwrap(), &truth);
    assert!(hour > of_hours && weekday > of_weekdays);
    let mut late = truth.clone();
    late.hours.rotate_right(1);
    assert!(worst(&Seasons::of(&hours).unwrap(), &late).0 > of_hours);
    let mut tomorrow = truth;
    tomorrow.weekdays.rotate_right(1);
    assert!(worst(&Seasons::of(&hours).unwrap(), &tomorrow).1 > of_weekdays);
}

#[test]
fn the_model_gets_the_seasons_of_the_hours() {
    let seasonal = Model::from(Seasonal::new(Gbm::new(0.0, 0.8).unwrap(), season()));
    let hours = market(&seasonal, Scale::Hour, 24 * 60 + 1, 3_600_000, 5);
    let told = Seasons::of(&hours).unwrap();
    let fit = FitPreset { rounds: 0, ..quick(1) };
    let fitted = run(&fit, &Preset::Btc.model(), &[hours]).unwrap();
    assert_eq!((fitted.seasons_of, fitted.evaluations), (Some(Scale::Hour), 0));
    let Model::Seasonal(model) = &fitted.model else { panic!("{:?}", fitted.model) };
    assert!(worst(&Seasons::from(model.season()), &told).0 < 1e-12);
    assert_eq!(model.season().of_hour(30), Season::new(told.hours, told.weekdays).unwrap().of_hour(30));
    assert_eq!(fitted.objective.placed, fitted.objective.fitted);
    // Less than eight weeks tell nothing of weekdays, and days nothing of hours.
    let short = market(&seasonal, Scale::Hour, 24 * 50, 3_600_000, 5);
    assert_eq!(Seasons::of(&short), None);
    let kept = run(&fit, &Preset::Btc.model(), &[short]).unwrap();
    let (Model::Seasonal(kept_model), Model::Seasonal(start)) = (&kept.model, Preset::Btc.model()) else { panic!() };
    assert_eq!((kept.seasons_of, kept_model.season()), (None, start.season()));
}

#[test]
fn a_planted_volatility_is_corrected() {
    // What volatility 40 true markets of this length show: their mean and deviation bound what the fit may say.
    let (truth, wrong, closes) = (Preset::Btc.model(), Preset::BtcCrisis.model(), 700);
    let pattern = Pattern::new(Scale::Day, [Stretch { first_close_ms: 0, closes }]);
    let simulator = Simulator::new(&truth, &pattern, Price::new(1.0).unwrap(), Seed::from(3), 900_000).unwrap();
    let rms = |closes: &[f64]| {
        let moves = closes.windows(2).map(|pair| pair[1] - pair[0]);
        let mean = moves.clone().sum::<f64>() / moves.len() as f64;
        let count = moves.len() as f64;
        (moves.map(|r| (r - mean).powi(2)).sum::<f64>() / count * 365.0).sqrt()
    };
    let shown: Vec<f64> = (1..=40).map(|path| rms(&simulator.closes(path)).ln()).collect();
    let mean = shown.iter().sum::<f64>() / 40.0;
    let deviation = (shown.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / 39.0).sqrt();
    let data = simulator.closes(0);
    let fitted = run(&FitPreset { rounds: 0, ..quick(1) }, &wrong, &[bars_of(Scale::Day, &data)]).unwrap();
    let found = fitted.model.volatility().get();
    println!("volatility {found:.4}, markets {:.4} by e^{deviation:.4}", mean.exp());
    assert!((found / rms(&data) - 1.0).abs() < 1e-9);
    assert!((found.ln() - mean).abs() < 3.0 * deviation && (1.6_f64.ln() - mean).abs() > 3.0 * deviation);
    // Bursts keep their share, and the facts agree that the volatility was wrong.
    let share = |name: &str| fitted.parameters.iter().find(|parameter| parameter.name == name).unwrap().clone();
    let share = share("bursts' share of variance");
    assert!((share.fitted / share.start.unwrap() - 1.0).abs() < 1e-12);
    assert!(fitted.objective.placed.total() < fitted.objective.start.total());
}

#[test]
fn the_same_question_has_the_same_answer() {
    let model = Preset::Eth.model();
    let (days, hours) =
        (market(&model, Scale::Day, 300, 900_000, 2), market(&model, Scale::Hour, 24 * 60 + 1, 300_000, 2));
    let bars = [days.clone(), hours.clone()];
    let on = |threads: usize, bars: &[Bars], seed: u64| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let fitted = pool.install(|| run(&quick(seed), &Preset::Btc.model(), bars)).unwrap();
        (serde_json::to_string(&fitted.model).unwrap(), fitted)
    };
    let (json, fitted) = on(1, &bars, 1);
    assert_eq!(on(2, &bars, 1), (json.clone(), fitted.clone()));
    // In whatever order the files come.
    assert_eq!(on(2, &[hours, days], 1), (json.clone(), fitted.clone()));
    assert_ne!(on(1, &bars, 2).1.objective, fitted.objective);
    assert_eq!(serde_json::from_str::<Model>(&json).unwrap(), fitted.model);
    assert_eq!(fitted.evaluations, 4);
}

#[test]
fn the_search_only_ever_gains() {
    let days = market(&Preset::BtcCalm.model(), Scale::Day, 400, 900_000, 8);
    let mut best = f64::INFINITY;
    for rounds in [0, 3, 8, 25] {
        let fitted = run(&FitPreset { rounds, ..quick(1) }, &Preset::Btc.model(), std::slice::from_ref(&days)).unwrap();
        let total = fitted.objective.fitted.total();
        assert!(total <= best && total <= fitted.objective.placed.total(), "{rounds}: {total} {best}");
        assert!(fitted.evaluations <= rounds);
        best = total;
        let share = fitted.parameters.iter().find(|parameter| parameter.name == "bursts' share of variance").unwrap();
        assert!((0.0..=0.4).contains(&share.fitted));
    }
    assert!(best < run(&quick(1), &Preset::Btc.model(), &[days]).unwrap().objective.placed.total());
}

#[test]
fn what_can_t_be_fitted_is_named() {
    let days = market(&Preset::Btc.model(), Scale::Day, 260, 900_000, 8);
    let start = Preset::Btc.model();
    let refused = |fit: &FitPreset, start: &Model, bars: &[Bars], reason: &str| {
        assert_eq!(run(fit, start, bars).unwrap_err().to_string(), reason);
    };
    let bars = [days.clone()];
    refused(&FitPreset { paths: 10_001, ..quick(1) }, &start, &bars, "paths = 10001 is outside [2, 10000]");
    refused(&FitPreset { rounds: 100_001, ..quick(1) }, &start, &bars, "rounds = 100001 is outside [0, 100000]");
    refused(&FitPreset { resamples: 1, ..quick(1) }, &start, &bars, "resamples = 1 is outside [2, 10000]");
    refused(&quick(1), &start, &[], "no bars to fit to: give those of at least one scale");
    refused(&quick(1), &start, &[days.clone(), days.clone()], "bars of 1d are given twice");
    let bates = "bates is no cascade: only a cascade's variances and bursts are fitted";
    refused(&quick(1), &Preset::EquityIndex.model(), &bars, bates);
    for stop in 0..4 {
        let stopped = quick(1).run(&start, &bars, |progress| {
            if progress.done == stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert_eq!(stopped.unwrap_err(), FitPresetError::Interrupted);
    }
}

#[test]
fn planted_variances_move_back_towards_the_truth() {
    let days = market(&Preset::Btc.model(), Scale::Day, 1500, 900_000, 4);
    let Model::Seasonal(truth) = Preset::Btc.model() else { panic!() };
    let Model::Cascade(cascade) = truth.model() else { panic!() };
    // A fifth of each factor's variance: hardly any clustering.
    let mut factors = cascade.factors().to_vec();
    for factor in &mut factors {
        factor.variance = FactorVariance::new(0.2 * factor.variance.get()).unwrap();
    }
    let planted = Cascade::new(0.5, 0.8, &factors, cascade.jumps().copied()).unwrap();
    let planted = Model::from(Seasonal::new(planted, truth.season().clone()));
    let fit = FitPreset { paths: 6, rounds: 200, ..quick(1) };
    let fitted = run(&fit, &planted, &[days]).unwrap();
    // Days tell little of what is over within one: the factors from τ = 1250 min on are counted.
    let factors = fitted.parameters.iter().filter(|parameter| parameter.name.starts_with("variance")).skip(3);
    let (before, after) = factors.fold((0.0, 0.0), |sums, own| (sums.0 + own.start.unwrap(), sums.1 + own.fitted));
    let (was, is) = (fitted.fresh.placed.total(), fitted.fresh.fitted.total());
    println!("variance {before:.3} to {after:.3}, truly 0.38; objective on other paths {was:.2} to {is:.2}");
    // Half-way in logarithms at least, and half of what was missing, on paths that the search hasn't seen.
    assert!((after / before).ln() > 0.5 * 5.0_f64.ln() && after < 2.0 * 0.38);
    assert!(is < 0.5 * was);
}
