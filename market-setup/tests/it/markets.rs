//! The market that flags ask for: what is refused, and what is said of it.

use market_setup::args::{MarketArgs, Start};

/// Feller's condition is violated.
const RESTLESS: &str = r#"{"kind":"heston","drift":0,"initial_variance":0.04,"long_run_variance":0.04,"mean_reversion":0.5,
    "volatility_of_variance":1,"leverage":-0.9}"#;

#[track_caller]
fn refused(args: &MarketArgs, line: &str) {
    assert_eq!(args.market(Start::Now(0)).unwrap_err().to_string(), line);
}

fn named(text: &str) -> MarketArgs {
    MarketArgs { instruments: Some(text.into()), ..MarketArgs::default() }
}

#[test]
fn what_no_market_can_be_made_from_is_refused() {
    let nameless = "an instrument has no name: write NAME or NAME=MODEL, with commas between";
    refused(&named(""), &format!("--instruments \"\": {nameless}"));
    refused(&named("BTC-USD,,ETH-USD"), &format!("--instruments \"BTC-USD,,ETH-USD\": {nameless}"));
    let json = "BTC-USD={\"kind\":\"gbm\",\"drift\":0}";
    refused(
        &named(json),
        &format!("--instruments {json:?}: a model's JSON has commas of its own: write NAME=FILE.json"),
    );
    let twice = MarketArgs { model: Some("gbm".parse().unwrap()), ..named("BTC-USD=btc") };
    refused(&twice, "--model \"gbm\": --instruments gives the first instrument a model too");
    let heston = || MarketArgs { model: Some(RESTLESS.parse().unwrap()), ..MarketArgs::default() };
    let negative = MarketArgs { volatility: Some(-1.0), ..heston() };
    refused(&negative, "volatility = -1 is outside [0, 100]");
    let wild = MarketArgs { volatility: Some(90.0), ..heston() };
    refused(
        &wild,
        "--volatility \"90\": a heston can't be scaled to it: volatility_of_variance = 450 is outside [0.000001, 100]",
    );
    let json = MarketArgs { model: Some(r#"{"kind":"heston"}"#.parse().unwrap()), ..MarketArgs::default() };
    refused(&json, "--model: missing field `drift`");
}

#[test]
fn what_may_surprise_is_said() {
    assert_eq!(MarketArgs::default().market(Start::Now(0)).unwrap().notes, [""; 0]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("prices.csv");
    std::fs::write(&path, "date,close\n2021-12-26,47000\n2021-12-30,47161.0\n2021-12-31,46304.9496\n").unwrap();
    let args = MarketArgs { model: Some(RESTLESS.parse().unwrap()), calibrate: Some(path), ..MarketArgs::default() };
    let notes = args.market(Start::Now(0)).unwrap().notes;
    assert_eq!(notes.len(), 2, "{notes:?}");
    assert!(notes[0].starts_with("prices are 86400 s to 345600 s apart"), "{notes:?}");
    assert!(notes[1].starts_with("BTC-USD: ") && notes[1].contains("Feller"), "{notes:?}");
}
