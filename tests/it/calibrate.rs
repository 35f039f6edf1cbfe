//! `calibrate` and `--calibrate`, on files that the tests simulate.

use crate::support::{Folder, fails, succeeds};

#[test]
fn what_was_simulated_is_found_again() {
    let folder = Folder::new();
    let simulated = [
        "simulate",
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
