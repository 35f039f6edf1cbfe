//! `trading-svc`: see `trading_svc::cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    trading_svc::cli::main()
}
