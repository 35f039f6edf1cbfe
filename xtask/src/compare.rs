//! Ours beside other libraries: runs the programs of `peers/` and writes what they print into COMPARE.md.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::shell::{Result, command, output, print, root, run, say};

const DOCUMENT: &str = "COMPARE.md";
const BUILD: &str = "cargo build --release --locked --manifest-path peers/Cargo.toml";
/// Whose versions the tables name.
const LIBRARIES: [&str; 8] = [
    "stochastic-rs-stochastic",
    "stochastic-rs-distributions",
    "diffusionx",
    "rand",
    "rand_distr",
    "rand_chacha",
    "ndarray",
    "wide",
];
/// Instruction sets that make a difference here, as the kernel names them.
const FLAGS: [&str; 6] = ["sse2", "avx", "avx2", "fma", "avx512f", "avx512dq"];

pub(crate) fn compare(python: bool) -> Result {
    run(BUILD, &[])?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("peers/target"), PathBuf::from);
    let peers = target.join("release/peers");
    let mut block = machine("cargo xtask compare")?;
    block += &libraries()?;
    block += "\n";
    block += &stdout(Command::new(&peers))?;
    block += &stdout(with(Command::new(&peers), &["--sanity"]))?;
    replace("rust", &block)?;
    if python {
        let interpreter = environment(&target.join("peers-python"))?;
        let script = "peers/python/peers.py";
        let mut block = machine("cargo xtask compare --python")?;
        block += &python_libraries(&interpreter)?;
        block += "\n";
        let peers = peers.to_string_lossy();
        block += &stdout(with(Command::new(&interpreter), &["-B", script, &peers]))?;
        block += &stdout(with(Command::new(&interpreter), &["-B", script, &peers, "--sanity"]))?;
        replace("python", &block)?;
    }
    say(&format!("--- written to {DOCUMENT}"));
    Ok(())
}

/// Where the figures come from.
fn machine(line: &str) -> Result<String> {
    let processor = fs::read_to_string("/proc/cpuinfo").map_err(|error| format!("/proc/cpuinfo: {error}"))?;
    let field = |name: &str| {
        let row = processor.lines().find(|row| row.split(':').next().is_some_and(|key| key.trim() == name));
        row.and_then(|row| row.split_once(':')).map_or("unknown", |(_, value)| value.trim())
    };
    let flags: Vec<&str> = field("flags").split(' ').collect();
    let has: Vec<&str> = FLAGS.into_iter().filter(|flag| flags.contains(flag)).collect();
    let cores = processor.lines().filter(|row| row.starts_with("processor")).count();
    let rustc = output("rustc --version", &[])?;
    let flags = std::env::var("RUSTFLAGS").ok().filter(|flags| !flags.is_empty());
    Ok(format!(
        "| | |\n|---|---|\n\
         | Processor | {}, family {} model {} stepping {}, {cores} cores; {} |\n\
         | Compiler | {} |\n\
         | Build | opt-level 3, fat LTO, one codegen unit, the target's default processor; RUSTFLAGS: {} |\n\
         | Command | `{line}` |\n",
        field("model name"),
        field("cpu family"),
        field("model"),
        field("stepping"),
        has.join(" "),
        rustc.trim(),
        flags.map_or_else(|| "none".into(), |flags| format!("`{flags}`")),
    ))
}

fn libraries() -> Result<String> {
    let lock = fs::read_to_string(root().join("peers/Cargo.lock")).map_err(|error| error.to_string())?;
    let versions = LIBRARIES.map(|name| {
        // The last of several versions is the newest: the one that we name.
        let entry = lock.rsplit_once(&format!("name = \"{name}\"\nversion = \"")).map(|(_, rest)| rest);
        format!("{name} {}", entry.and_then(|rest| rest.split('"').next()).unwrap_or("?"))
    });
    Ok(format!("| Libraries | {} |\n", versions.join(", ")))
}

fn python_libraries(interpreter: &Path) -> Result<String> {
    let version = stdout(with(Command::new(interpreter), &["--version"]))?;
    let pins = fs::read_to_string(root().join("peers/python/requirements.txt")).map_err(|error| error.to_string())?;
    let pins: Vec<String> = pins.lines().map(|pin| pin.replace("==", " ")).collect();
    Ok(format!("| Libraries | {}, {} |\n", version.trim(), pins.join(", ")))
}

/// The interpreter of an environment that holds the pinned packages, made if it isn't there.
fn environment(folder: &Path) -> Result<PathBuf> {
    let interpreter = folder.join("bin/python");
    let pins = root().join("peers/python/requirements.txt").to_string_lossy().into_owned();
    if !interpreter.exists() {
        say(&format!("--- python3 -m venv {}", folder.display()));
        stdout(with(command("python3 -m venv", &[]), &[&folder.to_string_lossy()]))?;
    }
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", &pins];
    stdout(with(Command::new(&interpreter), &install))?;
    Ok(interpreter)
}

fn with(mut command: Command, rest: &[&str]) -> Command {
    command.args(rest);
    command
}

/// What a command that must succeed prints on standard output; what it says beside that passes through.
fn stdout(mut command: Command) -> Result<String> {
    let command = command.current_dir(root()).stdin(Stdio::null()).stderr(Stdio::inherit());
    say(&format!("--- {command:?}"));
    let output = command.output().map_err(|error| format!("{command:?} did not start: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!("{command:?} failed: {}", output.status))
    }
}

/// Puts a block between its two markers in the document, and prints it.
fn replace(name: &str, block: &str) -> Result {
    print(block);
    let path = root().join(DOCUMENT);
    let text = fs::read_to_string(&path).map_err(|error| format!("{DOCUMENT}: {error}"))?;
    let (begin, end) = (format!("<!-- measured: {name} -->\n"), format!("<!-- end of {name} -->"));
    let place = text.split_once(&begin).and_then(|(before, rest)| Some((before, rest.split_once(&end)?.1)));
    let Some((before, after)) = place else {
        return Err(format!("{DOCUMENT} lacks the markers of {name}"));
    };
    let text = format!("{before}{begin}\n{}\n\n{end}{after}", block.trim_end());
    fs::write(&path, text).map_err(|error| format!("{DOCUMENT}: {error}"))
}
