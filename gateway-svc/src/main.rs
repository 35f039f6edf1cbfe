//! `gateway-svc`: see `gateway_svc::cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    gateway_svc::cli::main()
}
