//! `realism`: a market of the program's own against its model, the files it writes, and every kind of bad flag.

use serde_json::Value;

use crate::support::{Folder, fails, succeeds};

/// Days of geometric Brownian motion as `simulate` prints them.
fn market(folder: &Folder, days: &str) -> String {
    let csv = succeeds(&[
        "simulate",
        "--model",
        "gbm",
        "--seed",
        "7",
        "--ticks",
        days,
        "--tick-interval",
        "1d",
        "--volatility",
        "0.6",
    ]);
    folder.write("days.csv", csv)
}

const QUICK: [&str; 10] = ["--model", "gbm", "--scale", "1d", "--seed", "1", "--paths", "60", "--resamples", "60"];

#[test]
fn its_own_market_is_matched_and_everything_is_written() {
    let folder = Folder::new();
    let data = market(&folder, "700");
    let (html, json) = (folder.text("page.html"), folder.text("card.json"));
    let table = succeeds(&[&["realism", "--data", &data, "--html", &html, "--json", &json], &QUICK[..]].concat());
    let card: Value = serde_json::from_str(&std::fs::read_to_string(&json).unwrap()).unwrap();
    let (matched, of) = (card["tally"]["matched"].as_u64().unwrap(), card["tally"]["of"].as_u64().unwrap());
    assert!(matched >= 12 && of == 16, "{table}");
    assert!(table.contains(&format!("matched {matched} of 16")), "{table}");
    assert_eq!((card["about"]["model"].as_str(), card["about"]["tick_ms"].as_u64()), (Some("gbm"), Some(900_000)));
    let page = std::fs::read_to_string(&html).unwrap();
    assert!(page.starts_with("<!doctype html>") && page.contains("gbm against days.csv"));
    // Four times the volatility is another market.
    let far = succeeds(&[&["realism", "--data", &data, "--volatility", "2.4"], &QUICK[..]].concat());
    let line = far.lines().find(|line| line.contains(" annualised volatility")).unwrap();
    assert!(line.ends_with("no      no"), "{line}");
}

#[test]
fn threads_change_nothing() {
    let folder = Folder::new();
    let data = market(&folder, "300");
    let run = |threads: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_algo-trading"));
        command.args(["realism", "--data", &data]).args(QUICK).env("RAYON_NUM_THREADS", threads);
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    assert!(run("1").contains("matched"));
    assert_eq!(run("1"), run("3"));
}

#[test]
fn bad_flags_and_files_are_named() {
    let folder = Folder::new();
    let data = market(&folder, "300");
    let refused = |rest: &[&str], line: &str| {
        fails(&[&["realism", "--data", &data, "--scale", "1d", "--seed", "1"], rest].concat(), line);
    };
    refused(&["--paths", "1"], "paths = 1 is outside [2, 250000]");
    refused(&["--resamples", "0"], "resamples = 0 is outside [2, 250000]");
    refused(&["--tick", "7m"], "tick = 420000 ms: it must divide a bar of 1d into 1 to 86400 parts");
    refused(&["--tick", "soon"], "--tick \"soon\": write a length of time such as 100ms, 1s, 5m, 1h or 1d");
    refused(&["--spot", "-1"], "price = -1 is outside [0.000000000000001, 1000000000000000]");
    refused(&["--volatility", "NaN"], "volatility = NaN is outside [0, 100]");
    refused(&["--hour-factors", "1,2"], "--hour-factors \"1,2\": 2 factors, but a day has 24 hours");
    let short = market(&folder, "100");
    let line = format!("{short}: 99 returns of 1d: at least 250 are needed");
    fails(&["realism", "--data", &short, "--scale", "1d"], &line);
    let line = format!("{short}: rows are 1d apart: bars of 1h can't be made of them");
    fails(&["realism", "--data", &short, "--scale", "1h"], &line);
    let none = folder.text("none.csv");
    fails(&["realism", "--data", &none, "--scale", "1d"], &format!("{none}: No such file or directory (os error 2)"));
}
