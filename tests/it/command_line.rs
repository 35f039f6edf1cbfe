//! Help, defaults, and every kind of bad flag: one line, exit code 2.

use std::io::Read;
use std::process::{Command, Stdio};

use crate::support::{Folder, fails, run, succeeds};

#[test]
fn help_prints_the_defaults_in_one_table() {
    let help = succeeds(&["simulate", "--help"]);
    for row in [
        "--spot            100000",
        "--volatility      0.8 per sqrt(year)",
        "--tick-interval   100ms",
        "the file's last close",
    ] {
        assert!(help.contains(row), "{row} is missing from:\n{help}");
    }
    assert!(succeeds(&["--version"]).starts_with("algo-trading 0."));
}

#[test]
fn the_defaults_are_those_of_the_table() {
    let plain = succeeds(&["simulate", "--seed", "1", "--ticks", "5"]);
    let spelled = [
        "simulate",
        "--seed",
        "1",
        "--ticks",
        "5",
        "--model",
        "btc",
        "--spot",
        "100000",
        "--drift",
        "0.5",
        "--volatility",
        "0.8",
        "--tick-interval",
        "100ms",
        "--start-time",
        "2026-01-01T00:00:00Z",
        "--format",
        "csv",
    ];
    assert_eq!(plain, succeeds(&spelled));
    assert!(plain.starts_with("tick,timestamp,instrument,price,reference\n1,2026-01-01T00:00:00.1Z,BTC-USD,"));
}

#[test]
fn bad_flags_are_named_in_one_line() {
    let ticks = |rest: &[&'static str]| [&["simulate", "--seed", "1", "--ticks", "3"], rest].concat();
    fails(&ticks(&["--spot", "-3"]), "price = -3 is outside [0.000000000000001, 1000000000000000]");
    fails(&ticks(&["--spot", "NaN"]), "price = NaN is outside [0.000000000000001, 1000000000000000]");
    fails(&ticks(&["--drift", "inf"]), "drift = inf is outside [-1000, 1000]");
    fails(&ticks(&["--volatility", "-0.5"]), "volatility = -0.5 is outside [0, 100]");
    fails(
        &ticks(&["--volatility", "high"]),
        "invalid value 'high' for '--volatility <VOLATILITY>': invalid float literal",
    );
    fails(&ticks(&["--tick-interval", "0s"]), "tick_interval_ms = 0 is outside [1, 3153600000000]");
    fails(&ticks(&["--tick-interval", "1us"]), "--tick-interval \"1us\": must be a whole number of milliseconds");
    fails(&ticks(&["--tick-interval", "-1s"]), "unexpected argument '-1' found");
    fails(
        &ticks(&["--tick-interval", "soon"]),
        "--tick-interval \"soon\": write a length of time such as 100ms, 1s, 5m, 1h or 1d",
    );
    fails(
        &ticks(&["--tick-interval", "1mo"]),
        "--tick-interval \"1mo\": months and years differ in length: write days",
    );
    fails(
        &ticks(&["--start-time", "yesterday"]),
        "--start-time \"yesterday\": is neither an RFC 3339 time, a date nor a Unix time",
    );
    fails(
        &ticks(&["--start-time", "9007199254740992"]),
        "start_time_ms = 9007199254740992 is outside [-9007199254740991, 9007199254740991)",
    );
    fails(
        &ticks(&["--model", "tea-leaves"]),
        "invalid value 'tea-leaves' for '--model <MODEL>': preset \"tea-leaves\" is none of btc, btc-calm, btc-crisis, eth, gbm, equity-index, nor JSON, nor a file that ends in .json",
    );
    fails(
        &ticks(&["--format", "xml"]),
        "invalid value 'xml' for '--format <FORMAT>' [possible values: csv, jsonl, digest]",
    );
    fails(&ticks(&["--until", "4"]), "the argument '--ticks <N>' cannot be used with '--until <TICK>'");
    fails(
        &["simulate", "--ticks", "3", "--seed", "0xyz"],
        "invalid value '0xyz' for '--seed <SEED>': seed = \"0xyz\" is neither a decimal integer below 2^64 nor 0x and 1 to 64 hexadecimal digits",
    );
    fails(&["simulate", "--seed", "1"], "the following required arguments were not provided: --ticks <N>");
    fails(&["simulate", "--seed", "1", "--ticks", "0"], "--ticks \"0\": must be at least 1");
    fails(
        &["simulate", "--seed", "1", "--tick-interval", "1d", "--ticks", "999999999"],
        "tick = 999999999 is outside [0, 104229537], the ticks that this grid can address",
    );
    fails(&["simulate", "--seed", "1", "--ticks", "-4"], "unexpected argument '-4' found");
    fails(&["fly"], "unrecognized subcommand 'fly'");
    fails(
        &["journal"],
        "'algo-trading journal' requires a subcommand but one was not provided [subcommands: verify, show, diff, export, compact, help]",
    );
}

#[test]
fn what_a_user_typed_can_t_break_the_line() {
    let folder = Folder::new();
    let csv = folder.write("prices.csv", "\"a\nb\",\u{1b}[31mc\n1,2\n");
    fails(
        &["calibrate", &csv],
        &format!("{csv}: line 1: no column named timestamp or date; found: \"a\\nb, \\u{{1b}}[31mc\""),
    );
    let commands = folder.write("commands.jsonl", "{\"body\":{\"kind\":\"x\\ny\"}}");
    let outcome = run(&["simulate", "--seed", "1", "--ticks", "1", "--intervene", &commands]);
    assert!(outcome.stderr.lines().count() == 1 && outcome.stderr.contains("x\\ny"), "{}", outcome.stderr);
    let outcome = run(&["simulate", "--ticks", "1", "--seed", "a\n\nb"]);
    assert!(outcome.stderr.lines().count() == 1 && outcome.stderr.contains("neither a decimal"), "{}", outcome.stderr);
}

#[cfg(unix)]
#[test]
fn endless_input_is_refused() {
    fails(&["calibrate", "/dev/zero"], "/dev/zero: line 1: longer than 65536 bytes");
    fails(
        &["simulate", "--seed", "1", "--ticks", "1", "--intervene", "/dev/zero"],
        "/dev/zero line 1: longer than 65536 bytes",
    );
}

#[test]
fn missing_files_are_named() {
    let folder = Folder::new();
    let absent = folder.text("absent");
    let not_there = format!("{absent}: No such file or directory (os error 2)");
    if cfg!(unix) {
        fails(&["calibrate", &absent], &not_there);
        fails(&["replay", &absent], &not_there);
        fails(&["journal", "verify", &absent], &not_there);
        fails(&["simulate", "--ticks", "3", "--resume", &absent], &not_there);
        fails(&["simulate", "--ticks", "3", "--seed", "1", "--intervene", &absent], &not_there);
        fails(&["simulate", "--ticks", "3", "--seed", "1", "--calibrate", &absent], &not_there);
    }
}

#[test]
fn a_seed_from_the_operating_system_is_told_and_repeats_the_run() {
    let outcome = run(&["simulate", "--ticks", "100", "--format", "digest"]);
    let seed = outcome.stderr.trim().strip_prefix("seed: ").unwrap().to_owned();
    assert_eq!(seed.len(), 66);
    assert_eq!(succeeds(&["simulate", "--ticks", "100", "--format", "digest", "--seed", &seed]), outcome.stdout);
    let other = run(&["simulate", "--ticks", "100", "--format", "digest"]);
    assert_ne!(other.stdout, outcome.stdout);
}

#[test]
fn every_market_flag_has_an_environment_variable() {
    let output = Command::new(env!("CARGO_BIN_EXE_algo-trading"))
        .args(["simulate", "--ticks", "2", "--format", "jsonl"])
        .envs([
            ("ALGO_TRADING_SEED", "1"),
            ("ALGO_TRADING_SPOT", "7"),
            ("ALGO_TRADING_VOLATILITY", "0"),
            ("ALGO_TRADING_DRIFT", "0"),
        ])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        text.lines().next(),
        Some(r#"{"tick":1,"t":1767225600100,"instrument":"BTC-USD","price":7.0,"reference":7.0}"#)
    );
}

#[test]
fn a_closed_pipe_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_algo-trading"))
        .args(["simulate", "--seed", "1", "--ticks", "10000000"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 64];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr), (Some(0), vec![]));
}
