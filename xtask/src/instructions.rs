//! Instructions that small works take: a count that no load on the machine moves, so that a slower kernel is seen.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::shell::{Result, exists, output, print, root, run, say};

const BUILD: &str = "cargo build --release --package gbm-core --example instructions";
const KEPT: &str = "xtask/instructions.txt";
/// The work that is subtracted: a process by itself.
const NOTHING: &str = "nothing";
/// A count may grow by so much.
const TOLERANCE: f64 = 0.03;

/// Counts and compares with what is kept; `renew` keeps what is counted.
pub(crate) fn instructions(install: bool, renew: bool) -> Result {
    if let Some(reason) = hindrance(install)? {
        say(&format!("--- SKIPPED: instructions are not counted: {reason}"));
        return Ok(());
    }
    run(BUILD, &[])?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), Into::into);
    let program = target.join("release/examples/instructions");
    let kept = kept()?;
    let nothing = count(&program, NOTHING)?;
    print("| Work | Instructions | Kept | Change |\n|---|---|---|---|");
    let (mut rows, mut grown) = (Vec::new(), Vec::new());
    for name in names(&program)? {
        let counted = count(&program, &name)?.saturating_sub(nothing);
        let change = kept.get(&name).map(|&kept| ratio(counted, kept) - 1.0);
        print(&match (change, kept.get(&name)) {
            (Some(change), Some(kept)) => format!("| {name} | {counted} | {kept} | {:+.2} % |", 100.0 * change),
            _ => format!("| {name} | {counted} | | |"),
        });
        match change {
            Some(change) if change > TOLERANCE => grown.push(format!("{name} grew by {:.1} %", 100.0 * change)),
            Some(change) if change < -TOLERANCE => say(&format!("--- {name} shrank: renew the counts")),
            Some(_) => {}
            None => grown.push(format!("{name} has no count")),
        }
        rows.push(format!("{name} {counted}"));
    }
    if renew {
        rows.insert(0, format!("# Written by `cargo xtask instructions --renew`; {}", conditions()?));
        rows.push(String::new());
        return fs::write(root().join(KEPT), rows.join("\n")).map_err(|error| format!("{KEPT}: {error}"));
    }
    if grown.is_empty() { Ok(()) } else { Err(format!("{}: see `--renew`", grown.join(", "))) }
}

/// Why counts can't be taken here, or would be those of other code than the kept ones.
fn hindrance(install: bool) -> Result<Option<String>> {
    if !cfg!(target_arch = "x86_64") {
        return Ok(Some("the kept counts are those of x86-64".into()));
    }
    // Valgrind shows a program no more than AVX2, so a processor with AVX-512 counts as one without.
    let processor = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    if !processor.split_whitespace().any(|word| word == "avx2") {
        return Ok(Some("the kept counts are those of the AVX2 kernel, and this processor has no AVX2".into()));
    }
    if !exists("valgrind --version") {
        if !install {
            return Ok(Some("valgrind is missing: install it, or give --install".into()));
        }
        run("apt-get update", &[])?;
        let line = "apt-get install --yes --no-install-recommends valgrind libc6-dbg";
        run(line, &[("DEBIAN_FRONTEND", "noninteractive")])?;
    }
    Ok(None)
}

/// What a count depends on beside our code.
fn conditions() -> Result<String> {
    Ok(format!("{}, AVX2, {}", output("rustc --version", &[])?.trim(), output("valgrind --version", &[])?.trim()))
}

/// The works that the program knows, which it lists when it is given none.
fn names(program: &Path) -> Result<Vec<String>> {
    let told = output(&program.to_string_lossy(), &[])?;
    Ok(told.lines().filter(|name| *name != NOTHING).map(str::to_owned).collect())
}

/// Instructions of one process.
fn count(program: &Path, name: &str) -> Result<u64> {
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(program).arg(name);
    // The environment stands on the stack, where its length moves what is aligned.
    let told = command.env_clear().stdin(Stdio::null()).output().map_err(|error| format!("valgrind: {error}"))?;
    let told = String::from_utf8_lossy(&told.stderr).into_owned();
    let counted = told.split_once("Collected :").and_then(|(_, rest)| rest.split_whitespace().next()?.parse().ok());
    counted.ok_or_else(|| format!("valgrind gave no count for {name}: {told}"))
}

fn kept() -> Result<BTreeMap<String, u64>> {
    let text = match fs::read_to_string(root().join(KEPT)) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        text => text.map_err(|error| format!("{KEPT}: {error}"))?,
    };
    let rows = text.lines().filter(|row| !row.starts_with('#'));
    rows.map(|row| {
        let (name, count) = row.split_once(' ').ok_or_else(|| format!("{KEPT}: {row}"))?;
        Ok((name.to_owned(), count.parse().map_err(|error| format!("{KEPT}: {row}: {error}"))?))
    })
    .collect()
}

#[allow(clippy::cast_precision_loss, reason = "a ratio")]
fn ratio(counted: u64, kept: u64) -> f64 {
    counted as f64 / kept.max(1) as f64
}
