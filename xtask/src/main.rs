//! `cargo xtask test` checks everything; `cargo xtask measure` prints the figures that documents quote.

mod measure;
mod shell;
mod test;

use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask test [--install] | measure [FILE.csv …]";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["test"] => test::test(std::env::var("CI").is_ok_and(|ci| ci == "true")),
        ["test", "--install"] => test::test(true),
        ["measure", files @ ..] => measure::measure(files),
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
