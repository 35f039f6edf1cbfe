//! Processes that end with their test, however it ends.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// A running program; killed when dropped.
pub struct Process {
    child: Child,
    output: Arc<Mutex<String>>,
    errors: Option<JoinHandle<String>>,
}

impl Process {
    /// Starts a program without any of our environment variables set.
    pub fn start<S: AsRef<OsStr>>(program: &Path, arguments: &[S], variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("ALGO_TRADING_")) {
            command.env_remove(name);
        }
        command.args(arguments).envs(variables.iter().copied());
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = child.unwrap_or_else(|error| panic!("{}: {error}", program.display()));
        let (output, mut stderr) = (Arc::new(Mutex::new(String::new())), child.stderr.take().unwrap());
        let (stdout, collected) = (child.stdout.take().unwrap(), output.clone());
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let mut text = collected.lock().unwrap();
                text.push_str(&line);
                text.push('\n');
            }
        });
        let errors = std::thread::spawn(move || {
            let mut text = String::new();
            stderr.read_to_string(&mut text).unwrap_or_default();
            text
        });
        Self { child, output, errors: Some(errors) }
    }

    /// The process's number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it has printed so far.
    pub fn output(&self) -> String {
        self.output.lock().unwrap().clone()
    }

    /// Kills it, as `kill -9` does; gives what it said on standard error.
    pub fn kill(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.errors.take().unwrap().join().unwrap()
    }

    /// Asks it to end, and waits.
    #[track_caller]
    pub fn terminate(mut self) -> (ExitStatus, String) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        self.wait(Duration::from_secs(15))
    }

    /// Waits for it to end by itself; its status and what it said on standard error.
    #[track_caller]
    pub fn wait(&mut self, most: Duration) -> (ExitStatus, String) {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return (status, self.errors.take().unwrap().join().unwrap());
            }
            assert!(began.elapsed() < most, "it did not end within {most:?}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // One that has ended already can't be killed.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
