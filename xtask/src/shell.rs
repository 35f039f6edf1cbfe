//! Running commands in the workspace, with one line said before each.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub(crate) type Result<T = ()> = std::result::Result<T, String>;

#[allow(clippy::print_stderr, reason = "what a task says")]
pub(crate) fn say(line: &str) {
    eprintln!("{line}");
}

#[allow(clippy::print_stdout, reason = "the figures that were asked for")]
pub(crate) fn print(line: &str) {
    println!("{line}");
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_path_buf)
}

/// A command in the workspace's folder: the words of `line`, then `rest`.
pub(crate) fn command(line: &str, rest: &[&str]) -> Command {
    let mut words = line.split(' ');
    let program = match words.next() {
        Some("cargo") => std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()),
        program => program.unwrap_or_default().to_owned(),
    };
    let mut command = Command::new(program);
    command.args(words).args(rest).current_dir(root());
    command
}

/// Runs a command that must succeed; its output goes where ours does.
pub(crate) fn run(line: &str, variables: &[(&str, &str)]) -> Result {
    say(&format!("--- {line}"));
    let status = command(line, &[]).envs(variables.iter().copied()).stdin(Stdio::null()).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{line}` failed: {status}")),
        Err(error) => Err(format!("`{line}` did not start: {error}")),
    }
}

/// What a command that must succeed prints, standard output and error together.
pub(crate) fn output(line: &str, rest: &[&str]) -> Result<String> {
    let output = command(line, rest).stdin(Stdio::null()).output();
    let output = output.map_err(|error| format!("`{line}` did not start: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    if output.status.success() { Ok(text) } else { Err(format!("`{line}` failed: {text}")) }
}

/// Whether a program can be started.
pub(crate) fn exists(line: &str) -> bool {
    command(line, &[])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|s| s.success())
}
