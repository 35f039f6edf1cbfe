//! Scenarios on the command line: listed, shown, checked, played and recorded.

use scenario::{NAMES, Scenario};

use crate::support::{Folder, fails, run, succeeds};

const PIN: &str = "name = \"held\"\ntitle = \"Held\"\ndescription = \"The price is held.\"\n\
    [parameters.level]\nvalue = 0.5\nmin = 0.1\nmax = 2\ndescription = \"The level\"\n\
    [[steps]]\nat_s = 0.2\nkind = \"pin\"\nprice_factor = \"$level\"\nduration_s = 0.3\n";

#[test]
fn every_scenario_is_listed_with_its_parameters() {
    let list = succeeds(&["scenario", "list"]);
    for name in NAMES {
        assert!(list.lines().any(|line| line.starts_with(&format!("{name} "))), "{name}");
    }
    assert!(
        list.contains("    depth = 0.1 (0.01 to 1)                How far it falls, natural logarithm\n"),
        "{list}"
    );
    assert!(list.lines().all(|line| line.len() < 140));
}

#[test]
fn a_shown_text_is_a_scenario_that_checks() {
    let folder = Folder::new();
    for name in NAMES {
        let text = succeeds(&["scenario", "show", name]);
        let read = Scenario::from_toml(&text).unwrap();
        let file = folder.write("mine.toml", &text);
        assert_eq!(succeeds(&["scenario", "show", &file]), text);
        let (parameters, steps, commands) = (read.parameters().len(), read.steps(), read.commands());
        let ok = format!("ok: {name}, parameters {parameters}, steps {steps}, commands {commands}\n");
        assert_eq!(succeeds(&["scenario", "check", &file]), ok);
    }
}

#[test]
fn a_played_scenario_acts_when_and_how_it_was_told() {
    let folder = Folder::new();
    let file = folder.write("held.toml", PIN);
    let plain = succeeds(&["simulate", "--seed", "42", "--ticks", "12"]);
    let simulate = |rest: &[&str]| {
        let common = ["simulate", "--seed", "42", "--ticks", "12", "--scenario", &file];
        succeeds(&[&common[..], rest].concat())
    };
    let price =
        |csv: &str, tick: usize| csv.lines().nth(tick).unwrap().split(',').nth(3).unwrap().parse::<f64>().unwrap();
    // It starts on tick 1: two ticks later the price is half the spot, for three ticks.
    let held = simulate(&[]);
    assert_eq!([3, 4, 5].map(|tick| price(&held, tick)), [50_000.0; 3]);
    assert!([1, 2].iter().all(|&tick| price(&held, tick) == price(&plain, tick)) && price(&held, 6) != 50_000.0);
    // It starts on tick 6: the level is that of tick 5.
    let later = simulate(&["--set", "level=2", "--at-s", "0.5"]);
    assert_eq!([8, 9, 10].map(|tick| price(&later, tick)), [2.0 * price(&plain, 5); 3]);
    assert!((1..8).all(|tick| price(&later, tick) == price(&plain, tick)));
}

#[test]
fn a_played_scenario_is_journaled_and_can_be_recorded() {
    let folder = Folder::new();
    let (journal, again) = (folder.text("run.jsonl"), folder.text("again.jsonl"));
    let set = folder.write("set.jsonl", "{\"id\":5,\"tick\":3,\"body\":{\"kind\":\"set_drift\",\"mu\":2}}");
    let simulate = |rest: &[&str]| {
        let common = ["simulate", "--seed", "42", "--ticks", "9000", "--format", "digest", "--intervene", &set];
        succeeds(&[&common[..], rest].concat())
    };
    let digest = simulate(&["--scenario", "slow_bleed", "--set", "every_s=1", "--at-s", "10", "--journal", &journal]);
    assert_eq!(succeeds(&["replay", &journal, "--format", "digest"]), digest);
    let shown = succeeds(&["journal", "show", &journal]);
    assert_eq!(shown.matches("by algo-trading: scenario slow_bleed").count(), 64);
    assert!(shown.contains("#6 on tick 101 "), "{shown}");
    let recorded = succeeds(&["scenario", "record", &journal, "--from", "50", "--to", "9000"]);
    let file = folder.write("recorded.toml", &recorded);
    assert_eq!(succeeds(&["scenario", "check", &file]), "ok: recorded, parameters 0, steps 64, commands 64\n");
    assert_eq!(simulate(&["--scenario", &file, "--at-s", "4.9", "--journal", &again]), digest);
}

#[test]
fn a_scenario_after_a_resume_is_that_of_one_call() {
    let folder = Folder::new();
    let digest =
        |rest: &[&str]| succeeds(&[&["simulate", "--format", "digest", "--scenario", "sideways"], rest].concat());
    let whole = digest(&["--seed", "42", "--ticks", "2000", "--at-s", "77.7"]);
    let snapshot = folder.text("snapshot");
    succeeds(&["simulate", "--seed", "42", "--ticks", "777", "--snapshot", &snapshot]);
    assert_eq!(digest(&["--resume", &snapshot, "--until", "2000"]), whole);
    assert_ne!(digest(&["--resume", &snapshot, "--until", "2000", "--at-s", "0.1"]), whole);
}

#[test]
fn a_cancel_that_is_left_out_is_told() {
    let folder = Folder::new();
    let journal = folder.text("run.jsonl");
    let commands = folder.write(
        "commands.jsonl",
        "{\"id\":1,\"tick\":3,\"body\":{\"kind\":\"set_drift\",\"mu\":2}}\n{\"id\":2,\"tick\":7,\"body\":{\"kind\":\"cancel\",\"id\":1}}\n\
         {\"id\":3,\"tick\":8,\"body\":{\"kind\":\"set_drift\",\"mu\":1}}\n",
    );
    succeeds(&["simulate", "--seed", "1", "--ticks", "9", "--intervene", &commands, "--journal", &journal]);
    let outcome = run(&["scenario", "record", &journal, "--from", "5", "--to", "9"]);
    assert_eq!(outcome.code, Some(0));
    assert_eq!(outcome.stderr, "note: the cancel on tick 7 is left out: intervention 1 began before tick 5\n");
    assert!(outcome.stdout.ends_with("[[steps]]\nat_s = 0.3\nkind = \"set_drift\"\nmu = 1.0\n"), "{}", outcome.stdout);
    fails(
        &["scenario", "record", &journal, "--from", "9", "--to", "5"],
        &format!("{journal}: from = 9 and to = 5: two ticks from 1 on, the earlier first"),
    );
}

#[test]
fn what_can_t_be_played_is_named_in_one_line_before_anything_is_written() {
    let folder = Folder::new();
    let (journal, file) = (folder.text("run.jsonl"), folder.write("held.toml", PIN));
    let refused = |scenario: &str, rest: &[&str], line: &str| {
        let common = ["simulate", "--seed", "1", "--ticks", "9", "--journal", &journal, "--scenario", scenario];
        fails(&[&common[..], rest].concat(), line);
        assert!(!folder.path("run.jsonl").exists());
    };
    let known = NAMES.join(", ");
    refused("flash-crash", &[], &format!("\"flash-crash\" is neither a file nor one of the scenarios {known}"));
    refused("flash_crash", &["--set", "depth=7"], "flash_crash: depth = 7 is outside [0.01, 1]");
    refused("calm", &["--set", "depth=7"], "calm: \"depth\" is not a parameter of calm: it has duration_s, factor");
    refused("calm", &["--set", "factor=1", "--set", "factor=1"], "--set \"factor\": is given twice");
    refused(
        "calm",
        &["--set", "factor"],
        "invalid value 'factor' for '--set <PARAMETER=VALUE>': write a parameter and its value, such as depth=0.2",
    );
    refused(
        "calm",
        &["--set", "factor=much"],
        "invalid value 'factor=much' for '--set <PARAMETER=VALUE>': \"much\" is not a number",
    );
    refused("calm", &["--at-s", "-1"], "--at-s \"-1\": at_s = -1 is outside [0, 1000000000000]");
    let bad = folder.write("bad.toml", PIN.replace("0.3", "-1"));
    refused(&bad, &[], &format!("{bad}: line 13: duration_s = -1 is outside (0, 1000000000000]"));
    fails(&["scenario", "check", &bad], &format!("{bad}: line 13: duration_s = -1 is outside (0, 1000000000000]"));
    let twice = folder.write("twice.toml", format!("{PIN}[[steps]]\nat_s = 0.4\nkind = \"pin\"\nprice = 7\n"));
    let conflict = "id = 1 is a pin over that time: cancel it, or send on_conflict \"replace\" or \"queue\"";
    refused(&twice, &[], &format!("held: step 2 (line 14) on tick 5: {conflict}"));
    fails(&["scenario", "check", &twice], &format!("{twice}: step 2 (line 14) on tick 5: {conflict}"));
    fails(
        &["scenario", "check", &file, "--spot", "1e15"],
        &format!(
            "{file} with level = 2: step 1 (line 9): price = 2000000000000000 is outside [0.000000000000001, 1000000000000000]"
        ),
    );
    fails(
        &["simulate", "--seed", "1", "--ticks", "9", "--set", "depth=1"],
        "the following required arguments were not provided: --scenario <NAME|FILE>",
    );
    let binary = folder.write("binary.toml", [0xff, 0xfe]);
    fails(&["scenario", "show", &binary], &format!("{binary}: is not UTF-8"));
    let absent = folder.text("absent.toml");
    let outcome = run(&["scenario", "show", &absent]);
    assert!(outcome.code == Some(2) && outcome.stderr.starts_with(&format!("error: {absent}: ")), "{}", outcome.stderr);
    fails(
        &["scenario"],
        "'algo-trading scenario' requires a subcommand but one was not provided [subcommands: list, show, check, record, help]",
    );
}
