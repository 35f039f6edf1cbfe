//! `market-data-svc`: see `market_data_svc::cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    market_data_svc::cli::main()
}
