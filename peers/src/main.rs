//! Ours and the libraries of others by turns, on the same work and clock.
//!
//! `peers [--pairs N] [--only KEY]` prints tables; `--sanity` checks what each computes against the exact law;
//! `--serve` runs ours once for each workload named on standard input, and answers with nanoseconds a value.

#![allow(clippy::expect_used, reason = "a contest that can't be set up should stop")]

mod by_diffusionx;
mod by_rand_distr;
mod by_stochastic_rs;
mod clock;
mod contest;
mod ours;
mod sanity;
mod scaling;
mod scene;
mod serve;
mod workloads;

use std::process::ExitCode;

const USAGE: &str = "usage: peers [--pairs N] [--only KEY] | --sanity | --serve";

#[allow(clippy::print_stdout, reason = "what was asked for")]
pub(crate) fn say(line: &str) {
    println!("{line}");
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut words = arguments.iter().map(String::as_str);
    let (mut pairs, mut only) = (15, None);
    match arguments.as_slice() {
        [word] if word == "--sanity" => {
            sanity::check();
            return ExitCode::SUCCESS;
        }
        [word] if word == "--serve" => {
            serve::serve();
            return ExitCode::SUCCESS;
        }
        _ => {}
    }
    while let Some(word) = words.next() {
        match (word, words.next()) {
            ("--pairs", Some(count)) if count.parse::<usize>().is_ok_and(|count| count > 0) => {
                pairs = count.parse().unwrap_or(pairs);
            }
            ("--only", Some(key)) => only = Some(key),
            _ => return usage(),
        }
    }
    workloads::compare(pairs, only);
    if only.is_none_or(|only| only == "scaling") {
        scaling::compare(pairs);
    }
    ExitCode::SUCCESS
}

#[allow(clippy::print_stderr, reason = "what went wrong")]
fn usage() -> ExitCode {
    eprintln!("{USAGE}");
    ExitCode::from(2)
}
