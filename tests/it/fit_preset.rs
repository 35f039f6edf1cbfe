//! `fit-preset`: a market of the program's own refitted on any number of threads, the model used again, and every kind of bad input.

use std::process::Command;

use serde_json::Value;

use crate::support::{Folder, fails, succeeds};

/// Bars of the preset ETH as `simulate` prints them.
fn market(folder: &Folder, name: &str, bars: &str, length: &str) -> String {
    let flags = ["--model", "eth", "--seed", "7", "--ticks", bars, "--tick-interval", length];
    folder.write(name, succeeds(&[&["simulate"], &flags[..]].concat()))
}

const QUICK: [&str; 6] = ["--seed", "1", "--paths", "2", "--rounds", "3"];

#[test]
fn the_program_s_own_ticks_have_their_seasons_at_their_own_hour() {
    let folder = Folder::new();
    let mut hours = ["1"; 24];
    hours[13] = "4";
    let model = format!(
        r#"{{"kind":"seasonal","season":{{"hours":[{}],"weekdays":[1,1,1,1,1,1,1]}},"model":{{"kind":"gbm","drift":0,"volatility":0.8}}}}"#,
        hours.join(",")
    );
    let planted = folder.write("planted.json", model);
    let flags = ["simulate", "--model", &planted, "--seed", "7", "--ticks", "2400", "--tick-interval", "1h"];
    let csv = folder.write("hours.csv", succeeds(&flags));
    succeeds(&["fit-preset", "--hourly", &csv, "--paths", "2", "--rounds", "0", "--out", &folder.text("mine.json")]);
    let model: Value = serde_json::from_str(&folder.read("mine.json")).unwrap();
    let found: Vec<f64> = model["season"]["hours"].as_array().unwrap().iter().filter_map(Value::as_f64).collect();
    assert!((0..24).all(|hour| hour == 13 || found[hour] < found[13] / 2.0), "{found:?}");
}

#[test]
fn threads_change_nothing_and_the_model_runs() {
    let folder = Folder::new();
    let (days, hours) = (market(&folder, "days.csv", "300", "1d"), market(&folder, "hours.csv", "1500", "1h"));
    let run = |threads: &str, out: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_algo-trading"));
        let flags = ["fit-preset", "--daily", &days, "--hourly", &hours, "--out", &folder.text(out)];
        let output = command.args(flags).args(QUICK).env("RAYON_NUM_THREADS", threads).output().unwrap();
        (String::from_utf8(output.stdout).unwrap(), folder.read(out))
    };
    let (table, json) = run("1", "one.json");
    assert_eq!(run("1", "one.json"), (table.clone(), json.clone()));
    assert_eq!(run("2", "two.json"), (table.clone(), json.clone()));
    for row in ["variance, τ = 50 min", "bursts a year", "hour 23 UTC", "Sunday", "all, on other paths", "overfitting"]
    {
        assert!(table.contains(row), "{row} is missing from:\n{table}");
    }
    assert!(table.contains("by 2 paths of each scale, 3 of 3 evaluations, 400 resamples, seed 1"), "{table}");
    let model: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((model["kind"].as_str(), model["model"]["kind"].as_str()), (Some("seasonal"), Some("cascade")));
    let ticks = succeeds(&["simulate", "--seed", "1", "--ticks", "3", "--model", &folder.text("one.json")]);
    assert_eq!(ticks.lines().count(), 4);
}

#[test]
fn without_rounds_seasons_and_volatility_are_fitted() {
    let folder = Folder::new();
    let days = market(&folder, "days.csv", "300", "1d");
    let printed = succeeds(
        &[&["fit-preset", "--daily", &days, "--preset", "btc-calm"], &QUICK[..4], &["--rounds", "0"]].concat(),
    );
    let (table, json) = printed.split_once("\n{\n").unwrap();
    let model: Value = serde_json::from_str(&format!("{{{json}")).unwrap();
    let volatility = model["model"]["volatility"].as_f64().unwrap();
    assert!(volatility > 0.6, "{volatility}");
    assert!(table.contains("0 of 0 evaluations") && table.contains("Seasons: the preset's"), "{table}");
    assert_eq!(model["model"]["factors"][1]["variance"], 0.15);
}

#[test]
fn bad_flags_and_files_are_named() {
    let folder = Folder::new();
    let days = market(&folder, "days.csv", "300", "1d");
    let refused = |rest: &[&str], reason: &str| fails(&[&["fit-preset", "--daily", &days], rest].concat(), reason);
    fails(
        &["fit-preset"],
        "the following required arguments were not provided: <--daily <FILE.csv>|--hourly <FILE.csv>|--minute <FILE.csv>>",
    );
    refused(&["--paths", "1"], "paths = 1 is outside [2, 10000]");
    refused(&["--rounds", "100001"], "rounds = 100001 is outside [0, 100000]");
    refused(&["--rounds", "-1"], "unexpected argument '-1' found");
    let only = "only a cascade's variances and bursts are fitted";
    refused(&["--preset", "gbm"], &format!("--preset \"gbm\": gbm is no cascade: {only}"));
    refused(&["--preset", "equity-index"], &format!("--preset \"equity-index\": bates is no cascade: {only}"));
    refused(
        &["--preset", "doge"],
        "invalid value 'doge' for '--preset <PRESET>': preset \"doge\" is none of btc, btc-calm, btc-crisis, eth, gbm, equity-index",
    );
    let absent = folder.text("absent.csv");
    refused(&["--hourly", &absent], &format!("{absent}: No such file or directory (os error 2)"));
    refused(&["--hourly", &days], &format!("{days}: rows are 1d apart: bars of 1h can't be made of them"));
    let short = market(&folder, "short.csv", "100", "1d");
    fails(&["fit-preset", "--daily", &short], &format!("{short}: 99 returns of 1d: at least 250 are needed"));
    let nowhere = folder.text("none/model.json");
    let outcome = crate::support::run(&[&["fit-preset", "--daily", &days, "--out", &nowhere], &QUICK[..]].concat());
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(2), ""));
    assert_eq!(outcome.stderr, format!("error: {nowhere}: No such file or directory (os error 2)\n"));
}
