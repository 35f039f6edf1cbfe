//! `algo-trading`: see `algo_trading::cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    algo_trading::cli::main()
}
