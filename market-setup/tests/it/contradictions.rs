//! Which flags contradict a session.

use gbm_core::noise::Seed;
use market_setup::args::{MarketArgs, Start};

fn original() -> MarketArgs {
    MarketArgs { seed: Some(Seed::from(42)), volatility: Some(0.8), ..MarketArgs::default() }
}

#[track_caller]
fn check(args: &MarketArgs, expected: Option<&str>) {
    let market = original().market(Start::Now(1_700_000_000_000)).unwrap().market;
    let found = args.contradiction(&market).unwrap().map(|found| found.to_string());
    assert_eq!(found.as_deref(), expected);
}

#[test]
fn what_is_not_given_or_the_same_contradicts_nothing() {
    check(&MarketArgs::default(), None);
    check(&original(), None);
    check(&MarketArgs { tick_interval: Some("100ms".into()), spot: Some(1e5), ..original() }, None);
    check(&MarketArgs { start_time: Some("1700000000000".into()), ..original() }, None);
}

#[test]
fn a_contradiction_names_both_values() {
    let spot = MarketArgs { spot: Some(7.5), ..original() };
    check(&spot, Some("--spot says spot = 7.5, but the session here has spot = 100000"));
    let interval = MarketArgs { tick_interval: Some("1s".into()), ..original() };
    check(
        &interval,
        Some("--tick-interval says tick_interval_ms = 1000, but the session here has tick_interval_ms = 100"),
    );
    let start = MarketArgs { start_time: Some("1970-01-01".into()), ..original() };
    check(&start, Some("--start-time says start_time_ms = 0, but the session here has start_time_ms = 1700000000000"));
    let seed = MarketArgs { seed: Some(Seed::from(43)), ..original() };
    check(&seed, Some("--seed says seed = the one given, but the session here has seed = another"));
}

#[test]
fn a_files_figures_count_unless_a_flag_wins_over_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("prices.csv");
    std::fs::write(&path, "date,close\n2021-12-29,47000\n2021-12-30,47161.0\n2021-12-31,46304.9496\n").unwrap();
    let args = MarketArgs { calibrate: Some(path), ..MarketArgs::default() };
    check(&args, Some("--calibrate says spot = 46304.9496, but the session here has spot = 100000"));
    let spot = MarketArgs { spot: Some(1e5), drift: Some(0.5), volatility: Some(0.8), ..args.clone() };
    check(&spot, None);
    // A live market begins now, whatever the file's last time is.
    let live = args.market(Start::Now(5)).unwrap().market;
    assert_eq!((live.grid().start_time_ms(), live.instruments()[0].spot.get()), (5, 46304.9496));
    let past = args.market(Start::Fixed(5)).unwrap().market;
    assert_eq!(past.grid().start_time_ms(), 1_640_908_800_000);
}

#[test]
fn models_and_correlation_of_instruments_contradict_too() {
    let named =
        |text: &str, correlation| MarketArgs { instruments: Some(text.into()), correlation, ..MarketArgs::default() };
    let market = named("BTC-USD,INDEX=equity-index", Some(0.3)).market(Start::Now(0)).unwrap().market;
    let says = |args: &MarketArgs| args.contradiction(&market).unwrap().map(|found| found.to_string());
    assert_eq!(says(&named("BTC-USD,INDEX=equity-index", Some(0.3))), None);
    assert_eq!(says(&named("BTC-USD=btc,INDEX=equity-index", None)), None);
    assert_eq!(
        says(&named("BTC-USD,INDEX=gbm", None)).as_deref(),
        Some("--instruments says model = gbm, but the session here has model = equity-index")
    );
    let correlated = MarketArgs { correlation: Some(0.8), ..MarketArgs::default() };
    assert_eq!(
        says(&correlated).as_deref(),
        Some("--correlation says correlation = 0.8, but the session here has correlation = 0.3")
    );
    let alone = MarketArgs::default().market(Start::Now(0)).unwrap().market;
    assert_eq!(
        correlated.contradiction(&alone).unwrap().map(|found| found.to_string()).as_deref(),
        Some("--correlation says correlation = 0.8, but the session here has correlation = none")
    );
}

#[test]
fn the_same_flags_contradict_nothing_whatever_they_scale_a_model_to() {
    for percent in 1..=300 {
        let volatility = Some(f64::from(percent) / 100.0);
        for model in ["btc", "eth", "equity-index", "gbm"] {
            let args = MarketArgs { model: Some(model.parse().unwrap()), volatility, ..MarketArgs::default() };
            let market = args.market(Start::Now(0)).unwrap().market;
            assert_eq!(args.contradiction(&market).unwrap(), None, "{model} {percent} %");
        }
    }
}
