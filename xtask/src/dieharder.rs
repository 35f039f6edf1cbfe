//! The noise under dieharder's whole battery.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::shell::{Result, exists, print, root, run, say};

const BUILD: &str = "cargo build --release --package gbm-core --example noise_bytes";
/// Every test; what is ambiguous is repeated with more p-values until it passes or fails.
const BATTERY: &str = "dieharder -a -g 200 -k 2 -Y 1";
const RESULT: &str = "docs/dieharder.txt";
/// The noise that is tested.
const SEED: &str = "42";
const STREAM: &str = "0";

/// Runs the battery, or one of its tests; only the whole battery's result is written.
pub(crate) fn dieharder(install: bool, test: Option<&str>) -> Result {
    if !exists("dieharder -l") {
        if !install {
            return Err("dieharder is missing: install it, or run `cargo xtask dieharder --install`".into());
        }
        run("apt-get update", &[])?;
        let line = "apt-get install --yes --no-install-recommends dieharder";
        run(line, &[("DEBIAN_FRONTEND", "noninteractive")])?;
    }
    run(BUILD, &[])?;
    let battery = match test {
        Some(test) => BATTERY.replace("-a", &format!("-d {test}")),
        None => BATTERY.into(),
    };
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), Into::into);
    let line = format!("noise_bytes {SEED} {STREAM} | {battery}");
    say(&format!("--- {line}"));
    let table = piped(&target.join("release/examples/noise_bytes"), &battery)?;
    let rows: Vec<&str> = table.lines().filter(|row| row.split('|').count() > 5).collect();
    let ends = |word: &str| rows.iter().filter(|row| row.trim_end().ends_with(word)).count();
    let (passed, weak, failed) = (ends("PASSED"), ends("WEAK"), ends("FAILED"));
    if passed == 0 {
        return Err("dieharder gave no result".into());
    }
    if test.is_none() {
        let text = format!("$ {BUILD}\n$ {line}\n\n{passed} passed, {weak} weak, {failed} failed\n\n{table}");
        fs::write(root().join(RESULT), text).map_err(|error| format!("{RESULT}: {error}"))?;
        say(&format!("--- written to {RESULT}"));
    }
    if failed > 0 { Err(format!("{failed} of dieharder's tests failed")) } else { Ok(()) }
}

/// The battery's output, printed as it comes: the noise is at its input for as long as it reads.
fn piped(noise: &Path, battery: &str) -> Result<String> {
    let failed = |error: std::io::Error| format!("`{battery}`: {error}");
    let mut noise = Command::new(noise).args([SEED, STREAM]).stdout(Stdio::piped()).spawn().map_err(failed)?;
    let input = noise.stdout.take().map_or_else(Stdio::null, Stdio::from);
    let mut words = battery.split(' ');
    let mut command = Command::new(words.next().unwrap_or_default());
    let mut tests = command.args(words).stdin(input).stdout(Stdio::piped()).spawn().map_err(failed)?;
    let mut table = String::new();
    for row in tests.stdout.take().into_iter().flat_map(|out| BufReader::new(out).lines()) {
        let row = row.map_err(failed)?;
        print(&row);
        table.push_str(row.trim_end());
        table.push('\n');
    }
    let status = tests.wait().map_err(failed)?;
    noise.kill().and_then(|()| noise.wait()).map_err(failed)?;
    if status.success() { Ok(table) } else { Err(format!("dieharder failed: {status}")) }
}
