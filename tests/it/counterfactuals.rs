//! `explain`, `fork`, `journal diff` and `journal export`.

use crate::support::{Folder, fails, run, succeeds};

const COMMANDS: &str = r#"{"id":1,"tick":100,"body":{"kind":"shock","log_return":-0.2,"permanent_fraction":1}}
{"id":2,"tick":5000,"body":{"kind":"ramp","log_return":0.5,"duration_s":60}}
{"id":3,"tick":9000,"body":{"kind":"halt","reopen":"freeze","duration_s":5}}
"#;

/// The path of a journal, and the folder it stands in.
fn recorded(folder: &Folder) -> String {
    let (commands, journal) = (folder.write("commands.jsonl", COMMANDS), folder.text("journal.jsonl"));
    let args = ["simulate", "--seed", "42", "--ticks", "10000", "--intervene", &commands, "--journal", &journal];
    succeeds(&[&args[..], &["--format", "digest"]].concat());
    journal
}

/// The printed ticks: number, price, reference.
fn ticks(csv: &str) -> Vec<(u64, f64, f64)> {
    let row = |line: &str| {
        let fields: Vec<&str> = line.split(',').collect();
        (fields[0].parse().unwrap(), fields[3].parse().unwrap(), fields[4].parse().unwrap())
    };
    csv.lines().skip(1).map(row).collect()
}

#[test]
fn explain_says_who_moved_the_price() {
    let folder = Folder::new();
    let journal = recorded(&folder);
    let explained: serde_json::Value =
        serde_json::from_str(&succeeds(&["explain", &journal, "--from", "50", "--to", "6000", "--json"])).unwrap();
    let moved = |place: usize| explained["contributions"][place]["moved"].as_f64().unwrap();
    assert!((moved(0) + 0.2).abs() < 1e-12 && (moved(1) - 0.5).abs() < 1e-12, "{explained}");
    assert!((explained["at_to"].as_f64().unwrap() - 0.3).abs() < 1e-12);
    let table = succeeds(&["explain", &journal, "--to", "6000"]);
    for part in ["BTC-USD, tick 0 to 6000", "-0.200000", "+0.500000", "+0.300000", "by algo-trading"] {
        assert!(table.contains(part), "{part} is missing from:\n{table}");
    }
}

#[test]
fn a_fork_goes_another_way_on_the_same_noise() {
    let folder = Folder::new();
    let journal = recorded(&folder);
    let was = ticks(&succeeds(&["replay", &journal]));
    let forked = folder.text("fork.jsonl");
    let edits = ["--remove", "2", "--add", r#"{"tick":7000,"body":{"kind":"set_price","price":50000}}"#];
    let args = [&["fork", &journal, "--at", "4000", "--journal", &forked], &edits[..]].concat();
    let is = ticks(&succeeds(&args));
    assert_eq!(is.first().unwrap().0, 4001);
    let after = |tick: u64| move |row: &&(u64, f64, f64)| row.0 > tick;
    assert!(was.iter().filter(after(4000)).zip(&is).all(|(was, is)| was.2 == is.2), "the reference is the same");
    assert!(was.iter().filter(after(4000)).take(999).eq(is.iter().take(999)), "and the price, up to the first edit");
    assert_eq!(is.iter().find(|row| row.0 == 7000).unwrap().1, 50_000.0);

    // The fork's journal is one like any other.
    assert!(succeeds(&["journal", "verify", &forked]).starts_with("ok: "));
    let replayed = ticks(&succeeds(&["replay", &forked]));
    assert!(replayed.iter().filter(after(4000)).eq(is.iter()));
    let compared = run(&["journal", "diff", &journal, &forked]);
    assert_eq!(compared.code, Some(1), "{}", compared.stderr);
    for part in [r#"< {"id":2,"#, r#"> {"id":4,"#, "ticks differ from 5000 on"] {
        assert!(compared.stdout.contains(part), "{part} is missing from:\n{}", compared.stdout);
    }
    assert_eq!(succeeds(&["journal", "diff", &journal, &journal]), "the same market, interventions and ticks\n");
}

#[test]
fn an_export_makes_the_same_ticks() {
    let folder = Folder::new();
    let journal = recorded(&folder);
    let exported = folder.write("exported.jsonl", succeeds(&["journal", "export", &journal]));
    let again = ["simulate", "--seed", "42", "--ticks", "10000", "--intervene", &exported, "--format", "digest"];
    assert_eq!(succeeds(&again), succeeds(&["replay", &journal, "--format", "digest"]));
}

#[test]
fn withheld_ticks_are_not_printed() {
    let folder = Folder::new();
    let printed = ticks(&succeeds(&["replay", &recorded(&folder)]));
    assert_eq!(printed.len(), 10_000 - 50);
    assert!(!printed.iter().any(|row| (9000..9050).contains(&row.0)));
}

#[test]
fn what_can_t_be_is_one_line() {
    let folder = Folder::new();
    let journal = recorded(&folder);
    fails(&["explain", &journal, "--to", "10001"], "--to 10001 is beyond 10000, the journal's last tick");
    fails(&["explain", &journal, "--from", "9", "--to", "8"], "from = 9 is after to = 8");
    fails(&["explain", &journal, "--instrument", "X"], "--instrument \"X\": this market has BTC-USD");
    fails(&["fork", &journal, "--at", "10001"], "at = 10001 is beyond 10000, the last tick");
    let acted = "id = 1 acts on tick 100, which is not after the fork at 100";
    fails(&["fork", &journal, "--at", "100", "--format", "digest", "--remove", "1"], acted);
    fails(&["fork", &journal, "--at", "1", "--remove", "0"], "--remove \"0\": id = 0 is outside [1, 2^53)");
    fails(&["fork", &journal, "--at", "1", "--change", "2"], "--change \"2\": write ID=BODY");
}
