//! `frontend-admin`: see `frontend_admin::cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    frontend_admin::cli::main()
}
