//! `cargo xtask test` checks everything; `cargo xtask measure` prints the figures that documents quote; `compare` writes
//! COMPARE.md, `dieharder` tests the noise, `instructions` counts what the kernels execute.

mod compare;
mod dieharder;
mod instructions;
mod measure;
mod shell;
mod test;

use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask test [--install] [--long] | measure [FILE.csv …] | compare [--python] \
                     | dieharder [--install] [TEST] | instructions [--install] [--renew]";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["test", flags @ ..] if flags.iter().all(|flag| ["--install", "--long"].contains(flag)) => {
            let is_ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
            test::test(is_ci || flags.contains(&"--install"), flags.contains(&"--long"))
        }
        ["measure", files @ ..] => measure::measure(files),
        ["compare"] => compare::compare(false),
        ["compare", "--python"] => compare::compare(true),
        ["dieharder"] => dieharder::dieharder(false, None),
        ["dieharder", "--install"] => dieharder::dieharder(true, None),
        ["dieharder", "--install", test] => dieharder::dieharder(true, Some(test)),
        ["dieharder", test] => dieharder::dieharder(false, Some(test)),
        ["instructions", flags @ ..] if flags.iter().all(|flag| ["--install", "--renew"].contains(flag)) => {
            instructions::instructions(flags.contains(&"--install"), flags.contains(&"--renew"))
        }
        _ => Err(USAGE.into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            shell::say(&format!("xtask: {error}"));
            ExitCode::from(2)
        }
    }
}
