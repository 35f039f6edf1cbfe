//! The figures that documents quote, each with the command it comes from.

use std::time::Instant;

use crate::shell::{Result, command, output, print, say};

pub(crate) fn measure(files: &[&str]) -> Result {
    print("| Figure | Value | Command |\n|---|---|---|");
    clean_build()?;
    throughput()?;
    figures("cargo test --package gbm-core --test it -- --nocapture --test-threads 1 worst accurate within", "worst")?;
    figures("cargo test --package statistical-tests -- --nocapture --test-threads 1", " in [")?;
    for file in files {
        let line = "cargo run --quiet --release -- calibrate";
        for row in output(line, &[file])?.lines().filter(|row| row.contains('±')) {
            let row = row.split_whitespace().collect::<Vec<_>>().join(" ");
            print(&format!("| calibrate | {row} | `{line} {file}` |"));
        }
    }
    Ok(())
}

/// A release build into an empty target directory.
fn clean_build() -> Result {
    say("--- a clean release build");
    let folder = std::env::temp_dir().join(format!("algo-trading-measure-{}", std::process::id()));
    let line = "cargo build --release";
    let began = Instant::now();
    let status = command(line, &[]).env("CARGO_TARGET_DIR", &folder).status().map_err(|error| error.to_string())?;
    let seconds = began.elapsed().as_secs_f64();
    std::fs::remove_dir_all(&folder).map_err(|error| error.to_string())?;
    if !status.success() {
        return Err(format!("`{line}` failed: {status}"));
    }
    print(&format!("| clean release build | {seconds:.0} s | `{line}`, empty target directory |"));
    Ok(())
}

/// Criterion's medians: `time: [low median high]`.
fn throughput() -> Result {
    let line = "cargo bench";
    say(&format!("--- {line}"));
    let text = output(line, &[])?;
    let mut name = "";
    for row in text.lines() {
        if !row.starts_with(' ') && row.contains('/') {
            name = row.split_whitespace().next().unwrap_or_default();
        }
        if let Some((_, range)) = row.split_once("thrpt:").filter(|(_, range)| !range.contains('%')) {
            let words: Vec<&str> = range.trim().trim_matches(['[', ']']).split(' ').collect();
            if let [_, _, median, unit, ..] = words.as_slice() {
                print(&format!("| {name} | {median} {unit} | `{line}` |"));
            }
        }
    }
    Ok(())
}

/// The lines with a word in them that tests print.
fn figures(line: &str, word: &str) -> Result {
    say(&format!("--- {line}"));
    for row in output(line, &[])?.lines().filter(|row| row.contains(word)) {
        let figure = row.rsplit_once(" ... ").map_or(row, |(_, figure)| figure).replace('|', "·");
        let (name, value) = figure.rsplit_once(": ").unwrap_or((&figure, ""));
        print(&format!("| {name} | {value} | `{line}` |"));
    }
    Ok(())
}
