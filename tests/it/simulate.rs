//! `simulate`: one call, pieces, interventions, snapshots.

use crate::support::{Folder, fails, run, succeeds};

const DIGEST: [&str; 4] = ["--seed", "42", "--format", "digest"];

#[test]
fn pieces_give_the_digest_of_one_call() {
    let folder = Folder::new();
    let whole = succeeds(&[&["simulate", "--ticks", "20000"], &DIGEST[..]].concat());
    let snapshot = folder.text("snapshot");
    succeeds(&[&["simulate", "--until", "4096", "--snapshot", &snapshot], &DIGEST[..]].concat());
    succeeds(&["simulate", "--resume", &snapshot, "--ticks", "1", "--snapshot", &snapshot, "--format", "digest"]);
    succeeds(&["simulate", "--resume", &snapshot, "--until", "13000", "--snapshot", &snapshot, "--format", "digest"]);
    let last = succeeds(&["simulate", "--resume", &snapshot, "--until", "20000", "--format", "digest"]);
    assert_eq!(last, whole);
    assert!(std::fs::read_dir(folder.root()).unwrap().count() == 1, "no temporary file is left");
}

#[test]
fn ticks_in_pieces_are_the_ticks_of_one_call() {
    let folder = Folder::new();
    let snapshot = folder.text("snapshot");
    let whole = succeeds(&["simulate", "--seed", "42", "--ticks", "100"]);
    let first = succeeds(&["simulate", "--seed", "42", "--ticks", "60", "--snapshot", &snapshot]);
    let rest = succeeds(&["simulate", "--resume", &snapshot, "--ticks", "40"]);
    let rest: Vec<&str> = rest.lines().skip(1).collect();
    assert_eq!(whole, format!("{first}{}\n", rest.join("\n")));
}

#[test]
fn csv_and_jsonl_carry_the_same_bits() {
    let csv = succeeds(&["simulate", "--seed", "42", "--ticks", "50"]);
    let jsonl = succeeds(&["simulate", "--seed", "42", "--ticks", "50", "--format", "jsonl"]);
    for (row, line) in csv.lines().skip(1).zip(jsonl.lines()) {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        let fields: Vec<&str> = row.split(',').collect();
        assert_eq!(value["tick"].as_u64(), fields[0].parse().ok());
        assert_eq!(value["price"].as_f64(), fields[3].parse().ok());
        assert_eq!(value["reference"].as_f64(), fields[4].parse().ok());
    }
}

#[test]
fn times_beyond_the_year_9999_are_unix_milliseconds() {
    let csv = succeeds(&["simulate", "--model", "gbm", "--seed", "1", "--tick-interval", "36500d", "--ticks", "81"]);
    let last = csv.lines().last().unwrap();
    assert!(last.starts_with("81,257208825600000,BTC-USD,"), "{last}");
}

#[test]
fn interventions_act_from_a_file() {
    let folder = Folder::new();
    let file = folder.write(
        "commands.jsonl",
        "{\"tick\":3,\"body\":{\"kind\":\"set_price\",\"price\":50000}}\n\n{\"time_ms\":1767225600500,\"body\":{\"kind\":\"set_volatility\",\"sigma\":2}}\n",
    );
    let steered = succeeds(&["simulate", "--seed", "42", "--ticks", "6", "--intervene", &file]);
    let rows: Vec<Vec<&str>> = steered.lines().skip(1).map(|row| row.split(',').collect()).collect();
    assert_eq!(rows[2][3], "50000");
    assert!(rows[..2].iter().all(|row| row[3] == row[4]));
    let plain = succeeds(&["simulate", "--seed", "42", "--ticks", "6"]);
    let reference: Vec<&str> = plain.lines().skip(1).map(|row| row.rsplit(',').next().unwrap()).collect();
    assert!(rows.iter().map(|row| row[4]).eq(reference));
}

#[test]
fn interventions_act_after_a_resume_as_in_one_call() {
    let folder = Folder::new();
    let file = folder.write(
        "late.jsonl",
        "{\"id\":9,\"tick\":80,\"body\":{\"kind\":\"shock\",\"log_return\":0.1,\"permanent_fraction\":1}}",
    );
    let whole = succeeds(&["simulate", "--seed", "42", "--ticks", "100", "--format", "digest", "--intervene", &file]);
    let snapshot = folder.text("snapshot");
    succeeds(&["simulate", "--seed", "42", "--ticks", "50", "--snapshot", &snapshot]);
    let resumed =
        succeeds(&["simulate", "--resume", &snapshot, "--until", "100", "--format", "digest", "--intervene", &file]);
    assert_eq!(resumed, whole);
}

#[test]
fn bad_command_files_name_the_line() {
    let folder = Folder::new();
    let mut number = 0;
    let mut check = |contents: &str, reason: &str| {
        number += 1;
        let file = folder.write(&format!("{number}.jsonl"), contents);
        let (snapshot, journal) = (folder.text("never"), folder.text("never.jsonl"));
        let expected = format!("{file} {reason}");
        fails(&["simulate", "--seed", "1", "--ticks", "9", "--intervene", &file, "--snapshot", &snapshot], &expected);
        fails(&["simulate", "--seed", "1", "--ticks", "9", "--intervene", &file, "--journal", &journal], &expected);
        assert!(!folder.path("never").exists() && !folder.path("never.jsonl").exists(), "nothing is half applied");
    };
    let set = r#"{"body":{"kind":"set_price","price":7}}"#;
    check(&format!("{set}\n{{"), "line 2: column 1: EOF while parsing an object");
    check(
        r#"{"body":{"kind":"set_price","price":-7}}"#,
        "line 1: column 40: price = -7 is outside [0.000000000000001, 1000000000000000]",
    );
    check(
        &format!("{set}\n\n{}", r#"{"tick":0,"body":{"kind":"set_drift","mu":0}}"#),
        "line 3: tick = 0 is in the past: the next tick is 1",
    );
    check(r#"{"body":{"kind":"cancel","id":5}}"#, "line 1: id = 5 is not a known intervention");
    check(
        r#"{"instrument":"X","body":{"kind":"set_drift","mu":0}}"#,
        "line 1: instrument = \"X\" is not one of this market's",
    );
    check(&" ".repeat(70_000).replace(' ', "x"), "line 1: longer than 65536 bytes");
}

#[test]
fn bad_snapshots_are_refused() {
    let folder = Folder::new();
    let snapshot = folder.text("snapshot");
    succeeds(&["simulate", "--seed", "42", "--ticks", "50", "--snapshot", &snapshot]);
    let resume = |file: &str, until: &str, line: &str| fails(&["simulate", "--resume", file, "--until", until], line);
    resume(&snapshot, "49", "--until 49: the snapshot stands at tick 50 already");
    let changed = folder.write("changed", folder.read("snapshot").replace("\"tick\":50", "\"tick\":51"));
    let broken = "the seal does not match: this line was changed, or a line before it is missing";
    resume(&changed, "60", &format!("{changed}: {broken}"));
    let empty = folder.write("empty", "");
    resume(&empty, "60", &format!("{empty}: no seal at the end of the line"));
    fails(
        &["simulate", "--resume", &snapshot, "--ticks", "3", "--seed", "42"],
        "--resume takes the market from the snapshot: --seed can't be given with it",
    );
}

#[test]
fn files_that_can_t_be_written_are_named_before_the_work() {
    let folder = Folder::new();
    let place = folder.root().to_str().unwrap();
    let journal = folder.text("journal.jsonl");
    for snapshot in [format!("{place}/absent/snapshot"), place.to_owned(), "..".to_owned()] {
        let outcome = run(&["simulate", "--seed", "1", "--ticks", "9", "--snapshot", &snapshot, "--journal", &journal]);
        assert_eq!((outcome.code, outcome.stdout.as_str(), outcome.stderr.lines().count()), (Some(2), "", 1));
        assert!(outcome.stderr.starts_with(&format!("error: {snapshot}: ")), "{}", outcome.stderr);
        assert!(!folder.path("journal.jsonl").exists());
    }
    let outcome = run(&["simulate", "--seed", "1", "--ticks", "99999999999999999", "--journal", &journal]);
    assert_eq!(outcome.code, Some(2));
    assert!(!folder.path("journal.jsonl").exists());
    assert_eq!(std::fs::read_dir(folder.root()).unwrap().count(), 0, "nothing is left behind");
}

#[test]
fn a_run_that_writes_files_finishes_them_when_its_reader_leaves() {
    let folder = Folder::new();
    let (journal, snapshot) = (folder.text("journal.jsonl"), folder.text("snapshot"));
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_algo-trading"))
        .args(["simulate", "--seed", "42", "--ticks", "200000", "--journal", &journal, "--snapshot", &snapshot])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
    assert!(succeeds(&["journal", "verify", &journal]).starts_with("ok: 51 lines, 0 commands, 200000 ticks, closed"));
    succeeds(&["simulate", "--resume", &snapshot, "--ticks", "1"]);
}

#[test]
fn an_environment_variable_is_no_contradiction_to_a_resume() {
    let folder = Folder::new();
    let snapshot = folder.text("snapshot");
    succeeds(&["simulate", "--seed", "42", "--ticks", "5", "--snapshot", &snapshot]);
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_algo-trading"))
        .args(["simulate", "--resume", &snapshot, "--ticks", "1"])
        .env("ALGO_TRADING_SEED", "1")
        .output()
        .unwrap();
    assert!(output.status.success());
}
