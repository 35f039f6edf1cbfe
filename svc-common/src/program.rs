//! How every program starts and ends: the log, the threads, one line that says where it is, and an exit code.

use std::future::Future;
use std::process::ExitCode;

use crate::complain::{announce, complain};
use crate::telemetry::{self, Log};

/// Runs a program to its end. `start` takes whatever can be refused, ports and directories first, and gives what to say
/// and what to do until the end; an error of either is one line and exit code 2.
pub fn run<F>(log: Log, start: impl Future<Output = Result<(String, F), String>>) -> ExitCode
where
    F: Future<Output = Result<(), String>>,
{
    // Something logs already only where a program starts twice, and then it goes on as it began.
    drop(telemetry::start(log));
    // Two threads: one may encode for a thousand clients while the other keeps the next tick's time.
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return complain(&error.to_string()),
    };
    let ended = runtime.block_on(async {
        let (lines, serving) = start.await?;
        lines.lines().for_each(announce);
        serving.await
    });
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(line) => complain(&line),
    }
}
