//! `calibrate` and `--calibrate`, on files that the tests simulate.

use crate::support::{Folder, fails, succeeds};

#[test]
fn what_was_simulated_is_found_again() {
    let folder = Folder::new();
    let simulated = [
        "simulate",
        "--model",
        "gbm",
        "--seed",
        "3",
        "--tick-interval",
        "1h",
        "--ticks",
        "20000",
        "--volatility",
        "0.7",
        "--drift",
        "0.2",
    ];
    let csv = folder.write("prices.csv", succeeds(&simulated));
    let text = succeeds(&["calibrate", &csv]);
    let row = |name: &str| -> Vec<f64> {
        let row = text.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{name}: {text}"));
        row[name.len()..].split([' ', '±']).filter_map(|field| field.parse().ok()).collect()
    };
    let sigma = row("volatility (robust)");
    assert!((sigma[0] - 0.7).abs() < 4.0 * sigma[1], "{sigma:?}");
    assert!((sigma[1] - 0.7 / 200.0).abs() < 2e-4, "σ/√(2n) for normal returns: {sigma:?}");
    let drift = row("drift of dS = mu S dt");
    assert!(drift[2] < 0.2 && 0.2 < drift[3], "{drift:?}");
    assert!(text.contains("say little about the drift"));
}

/// Two years of days with a volatility of 0.7.
fn days(folder: &Folder) -> String {
    let simulated = [
        "simulate",
        "--model",
        "gbm",
        "--seed",
        "3",
        "--tick-interval",
        "1d",
        "--ticks",
        "730",
        "--volatility",
        "0.7",
        "--drift",
        "0.2",
    ];
    folder.write("days.csv", succeeds(&simulated))
}

#[test]
fn each_model_has_a_table() {
    let folder = Folder::new();
    let csv = days(&folder);
    assert!(succeeds(&["calibrate", &csv]).contains("Other models: --model merton"));
    let models = [
        ("gbm", "volatility"),
        ("merton", "jump_deviation"),
        ("kou", "up_probability"),
        ("garch", "half-life"),
        ("gjr", "gamma"),
        ("garch-t", "degrees"),
        ("gjr-t", "gamma"),
        ("regimes", "Rates per year"),
        ("ewma", "lambda"),
        ("cascade", "156250 min"),
    ];
    for (model, word) in models {
        let text = succeeds(&["calibrate", &csv, "--model", model]);
        assert!(text.contains(word), "{model}: {text}");
    }
    let all = succeeds(&["calibrate", &csv, "--model", "all"]);
    for row in ["gbm ", "merton ", "kou ", "gjr-t ", "regimes, 3 ", "ewma ", "Realised volatility", "No ranges: "] {
        assert!(all.lines().any(|line| line.starts_with(row)), "{row}: {all}");
    }
    // EWMA, which may forget nothing, has a parameter less.
    let bic = |row: &str| {
        let line = all.lines().find(|line| line.starts_with(row)).unwrap();
        line[row.len()..].split_whitespace().nth(3).unwrap().trim_end_matches('*').parse::<f64>().unwrap()
    };
    let least = ["merton", "kou", "garch ", "gjr ", "garch-t", "gjr-t", "regimes, 2", "regimes, 3"].map(bic);
    assert!(least.iter().all(|&other| bic("gbm") < other), "what was simulated fits best: {all}");
}

#[test]
fn a_fit_is_a_model_that_can_be_simulated() {
    let folder = Folder::new();
    let csv = days(&folder);
    let file = folder.text("mine.json");
    for (model, kind) in [
        ("gbm", "gbm"),
        ("merton", "merton"),
        ("kou", "kou"),
        ("garch", "garch"),
        ("gjr-t", "garch"),
        ("cascade", "cascade"),
    ] {
        let plain = succeeds(&["calibrate", &csv, "--model", model]);
        assert_eq!(succeeds(&["calibrate", &csv, "--model", model, "--out", &file]), plain, "{model}");
        let written: serde_json::Value = serde_json::from_str(&folder.read("mine.json")).unwrap();
        assert_eq!(written["kind"], kind);
        let ticks = succeeds(&["simulate", "--model", &file, "--seed", "1", "--ticks", "3", "--tick-interval", "1d"]);
        assert_eq!(ticks.lines().count(), 4, "{model}: {ticks}");
    }
    // The drift of the file's own Brownian motion is that of `simulate --calibrate`.
    succeeds(&["calibrate", &csv, "--model", "gbm", "--out", &file]);
    let written: serde_json::Value = serde_json::from_str(&folder.read("mine.json")).unwrap();
    let text = succeeds(&["calibrate", &csv]);
    let line = text.lines().find(|line| line.starts_with("drift of dS")).unwrap();
    let drift: f64 = line["drift of dS = mu S dt".len()..].split('±').next().unwrap().trim().parse().unwrap();
    assert!((written["drift"].as_f64().unwrap() - drift).abs() < 1e-4, "{line}: {written}");
}

#[test]
fn flags_that_mean_nothing_are_refused() {
    let folder = Folder::new();
    let csv = days(&folder);
    let file = folder.text("mine.json");
    let refused = |rest: &[&str], line: &str| fails(&[&["calibrate", &csv], rest].concat(), line);
    refused(&["--model", "merton", "--regimes", "2"], "--regimes means nothing to --model merton");
    refused(&["--model", "all", "--regimes", "3"], "--regimes means nothing to --model all");
    for model in ["ewma", "range", "all"] {
        refused(&["--model", model, "--out", &file], &format!("--out means nothing to --model {model}"));
    }
    for rest in [&["--regimes", "3"][..], &["--out", &file]] {
        refused(rest, "the following required arguments were not provided: --model <MODEL>");
    }
    assert!(!std::path::Path::new(&file).exists());
}

#[test]
fn ranges_are_taken_of_candles() {
    let folder = Folder::new();
    let header = "date,open,high,low,close\n";
    let candles = format!("{header}2021-12-29,100,103,99,102\n2021-12-30,102,102.5,98,99\n2021-12-31,99,101,97,100\n");
    let csv = folder.write("candles.csv", candles);
    let text = succeeds(&["calibrate", &csv, "--model", "range"]);
    assert!(text.contains("Parkinson         0.478487 ± "), "{text}");
    let csv = folder.write("candles.csv", format!("{header}2021-12-29,100,99,98,98.5\n"));
    fails(
        &["calibrate", &csv, "--model", "range"],
        &format!("{csv}: row 1: low 98 and high 99 don't hold open 100 and close 98.5"),
    );
}

#[test]
fn what_a_model_can_t_use_is_named() {
    let folder = Folder::new();
    let csv = folder.write("prices.csv", "date,close\n2021-12-28,1\n2021-12-29,2\n2021-12-30,1\n2022-12-31,2\n");
    fails(
        &["calibrate", &csv, "--model", "merton"],
        &format!("{csv}: row 4: 366d after the row before, where 1d is usual: rows must be evenly spaced"),
    );
    let csv = folder.write("prices.csv", "date,close\n2021-12-29,2\n2021-12-30,1\n2021-12-31,2\n");
    fails(&["calibrate", &csv, "--model", "kou"], &format!("{csv}: returns = 2: at least 100 are needed"));
    let csv = folder.write("prices.csv", "date,close\n2021-12-29,2\n2021-12-30,2\n2021-12-31,2\n");
    fails(&["calibrate", &csv, "--model", "gbm"], &format!("{csv}: all 2 returns are equal"));
}

#[test]
fn a_market_starts_where_the_file_ends() {
    let folder = Folder::new();
    let csv = folder.write("prices.csv", "Date, Close\n2021-12-29,47000\n2021-12-30,47161.0\n2021-12-31,46304.9496\n");
    let line = succeeds(&[
        "simulate",
        "--calibrate",
        &csv,
        "--seed",
        "1",
        "--ticks",
        "1",
        "--volatility",
        "0",
        "--drift",
        "0",
    ]);
    assert!(line.ends_with("\n1,2021-12-31T00:00:00.1Z,BTC-USD,46304.9496,46304.9496\n"), "{line}");
    let spot = succeeds(&[
        "simulate",
        "--calibrate",
        &csv,
        "--seed",
        "1",
        "--ticks",
        "1",
        "--spot",
        "5",
        "--volatility",
        "0",
        "--drift",
        "0",
    ]);
    assert!(spot.contains(",5,5\n"), "a flag wins over the file: {spot}");
}

#[test]
fn bad_files_name_line_and_reason() {
    let folder = Folder::new();
    let check = |contents: &str, reason: &str| {
        let csv = folder.write("prices.csv", contents);
        fails(&["calibrate", &csv], &format!("{csv}: {reason}"));
        fails(&["simulate", "--seed", "1", "--ticks", "1", "--calibrate", &csv], &format!("{csv}: {reason}"));
    };
    check("", "line 1: no column named timestamp or date; found: \"\"");
    check("when,close\n", "line 1: no column named timestamp or date; found: \"when, close\"");
    check("date,open\n", "line 1: no column named close or price; found: \"date, open\"");
    check("date,close\n", "prices = 0: at least 3 are needed");
    check(
        "date,close\n2020-01-01,1\nlater,2\n",
        "line 3: time = \"later\" is neither a date, an RFC 3339 time nor a Unix time",
    );
    check(
        "date,close\n2020-01-01,1\n2020-01-01,2\n",
        "line 3: time = \"2020-01-01\" does not come after the line before",
    );
    check(
        "date,close\n2020-01-02,1\n2020-01-01,2\n",
        "line 3: time = \"2020-01-01\" does not come after the line before",
    );
    check(
        "date,close\n2020-01-01,0\n",
        "line 2: price = \"0\" is not a number in [0.000000000000001, 1000000000000000]",
    );
    check(
        "date,close\n2020-01-01,NaN\n",
        "line 2: price = \"NaN\" is not a number in [0.000000000000001, 1000000000000000]",
    );
    check(
        "date,close\r\n2020-01-01,1\r\n2020-01-02,2\r\n2020-01-03,-5\r\n",
        "line 4: price = \"-5\" is not a number in [0.000000000000001, 1000000000000000]",
    );
    check("\n\ndate,close\n2020-01-01,1\n\n\n2020-01-02,2,3\r\n", "line 7: 3 fields, but the header has 2");
    check(&format!("date,close\n2020-01-01,{}\n", "1".repeat(70_000)), "line 2: longer than 65536 bytes");
    check("date,close\n-9223372036854775808,1\n0,1\n", "prices = 2: at least 3 are needed");
    check("date,close\n2020-01-01,1,2\n", "line 2: 3 fields, but the header has 2");
    check(
        "date,close\n2020-01-01,9e15\n",
        "line 2: price = \"9e15\" is not a number in [0.000000000000001, 1000000000000000]",
    );
}
