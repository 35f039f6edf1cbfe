//! `simulate --journal`, `replay`, `journal verify` and `journal show`.

use crate::support::{Folder, fails, run, succeeds};

const COMMANDS: &str = r#"{"id":1,"tick":100,"body":{"kind":"shock","log_return":-0.2,"permanent_fraction":0.5,"half_life_s":60}}
{"id":2,"tick":5000,"body":{"kind":"inject_liquidity","side":"bid","quantity":500,"within":0.01,"half_life_s":60}}
{"id":3,"tick":5001,"body":{"kind":"set_volatility","sigma":1.5,"ramp_s":30}}
{"id":4,"tick":9000,"body":{"kind":"cancel","id":3}}
"#;

/// A journal, and what its run printed.
fn recorded(folder: &Folder) -> (String, String) {
    let (commands, journal) = (folder.write("commands.jsonl", COMMANDS), folder.text("journal.jsonl"));
    let args = ["simulate", "--seed", "42", "--ticks", "10000", "--intervene", &commands, "--journal", &journal];
    let printed = succeeds(&[&args[..], &["--format", "jsonl"]].concat());
    (journal, printed)
}

#[test]
fn a_replay_prints_what_the_run_printed() {
    let folder = Folder::new();
    let (journal, printed) = recorded(&folder);
    assert_eq!(succeeds(&["replay", &journal, "--format", "jsonl"]), printed);
    let digest = succeeds(&["replay", &journal, "--format", "digest"]);
    assert!(
        folder.read("journal.jsonl").lines().last().unwrap().contains(digest.trim()),
        "the end line has the digest"
    );
    let commands = folder.text("commands.jsonl");
    let unrecorded = ["simulate", "--seed", "42", "--ticks", "10000", "--intervene", &commands, "--format", "digest"];
    assert_eq!(succeeds(&unrecorded), digest, "keeping a journal changes nothing");
    let verified = succeeds(&["journal", "verify", &journal]);
    assert_eq!(verified, format!("ok: 9 lines, 4 commands, 10000 ticks, closed\ndigest {digest}"));
}

#[test]
fn show_says_what_stands_in_it() {
    let folder = Folder::new();
    let (journal, _) = recorded(&folder);
    let shown = succeeds(&["journal", "show", &journal]);
    for part in [
        "seed 42",
        r#"BTC-USD (asset 0): spot 100000, model {"kind":"seasonal","season":"#,
        r#""model":{"kind":"cascade","drift":0.5,"volatility":0.8,"factors":"#,
        "start 2026-01-01T00:00:00Z, a tick every 100 ms",
        "#1 on tick 100 of BTC-USD by algo-trading",
        "\"log_return\":-0.2",
        "end, digest",
    ] {
        assert!(shown.contains(part), "{part} is missing from:\n{shown}");
    }
}

#[test]
fn an_existing_journal_is_not_overwritten() {
    let folder = Folder::new();
    let (journal, _) = recorded(&folder);
    let before = folder.read("journal.jsonl");
    let outcome = run(&["simulate", "--seed", "1", "--ticks", "5", "--journal", &journal]);
    assert_eq!(outcome.code, Some(2));
    assert!(outcome.stderr.starts_with(&format!("error: {journal}: ")) && outcome.stderr.lines().count() == 1);
    assert_eq!(folder.read("journal.jsonl"), before);
}

#[test]
fn a_torn_last_line_is_reported_and_the_rest_replays() {
    let folder = Folder::new();
    let (journal, printed) = recorded(&folder);
    let text = folder.read("journal.jsonl");
    let torn = folder.write("torn.jsonl", &text[..text.len() - 40]);
    let outcome = run(&["replay", &torn, "--format", "jsonl"]);
    assert_eq!((outcome.code, outcome.stdout), (Some(0), printed));
    let bytes = text.lines().last().unwrap().len() + 1 - 40;
    assert_eq!(outcome.stderr, format!("note: {torn}: line 9 was torn; its {bytes} bytes are cut off\n"));
    let verified = run(&["journal", "verify", &torn]);
    assert!(verified.stdout.contains("open: recomputed to its watermark"), "{}", verified.stdout);
    assert!(std::path::Path::new(&journal).exists());
}

#[test]
fn a_changed_byte_is_refused_with_its_line() {
    let folder = Folder::new();
    recorded(&folder);
    let changed = folder
        .write("changed.jsonl", folder.read("journal.jsonl").replace("\"log_return\":-0.2", "\"log_return\":-0.3"));
    let line = format!(
        "{changed}: journal line 2: the seal does not match: this line was changed, or a line before it is missing"
    );
    fails(&["replay", &changed, "--format", "digest"], &line);
    fails(&["journal", "verify", &changed], &line);
    fails(&["journal", "show", &changed], &line);
    let empty = folder.write("empty.jsonl", "");
    fails(&["journal", "verify", &empty], &format!("{empty}: journal line 1: there is no whole header"));
}

#[test]
fn a_compacted_journal_tells_the_same() {
    let folder = Folder::new();
    let (journal, _) = recorded(&folder);
    let shorter = folder.write("shorter.jsonl", succeeds(&["journal", "compact", &journal]));
    assert_eq!(succeeds(&["journal", "diff", &journal, &shorter]), "the same market, interventions and ticks\n");
    assert!(succeeds(&["journal", "verify", &shorter]).contains("4 commands, 10000 ticks, closed"));
    let changed =
        folder.write("changed.jsonl", folder.read("journal.jsonl").replace("\"half_life_s\":60", "\"half_life_s\":61"));
    let error = run(&["journal", "compact", &changed]).stderr;
    assert!(error.contains("changed.jsonl: journal line 2: the seal does not match"), "{error}");
}
