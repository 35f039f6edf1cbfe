//! The built binary, run as a user would.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Whether tests may take hours.
pub(crate) fn is_long() -> bool {
    std::env::var_os("ALGO_TRADING_LONG").is_some()
}

pub(crate) struct Outcome {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

pub(crate) fn run(args: &[&str]) -> Outcome {
    let mut command = Command::new(env!("CARGO_BIN_EXE_algo-trading"));
    let output = command.args(args).stdin(Stdio::null()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Outcome { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// Standard output of a run that must succeed.
#[track_caller]
pub(crate) fn succeeds(args: &[&str]) -> String {
    let outcome = run(args);
    assert_eq!(outcome.code, Some(0), "{args:?}: {}", outcome.stderr);
    outcome.stdout
}

/// A run that must end with exit code 2, nothing on standard output, and this one line on standard error.
#[track_caller]
pub(crate) fn fails(args: &[&str], line: &str) {
    let Outcome { code, stdout, stderr } = run(args);
    assert_eq!(stderr, format!("error: {line}\n"), "{args:?}");
    assert_eq!((code, stdout.as_str()), (Some(2), ""), "{args:?}");
}

/// A directory of the test's own, and files in it.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    pub(crate) fn write(&self, name: &str, contents: impl AsRef<[u8]>) -> String {
        std::fs::write(self.path(name), contents).unwrap();
        self.text(name)
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn root(&self) -> &Path {
        self.0.path()
    }
}
