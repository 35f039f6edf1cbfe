//! The dashboard as a program of its own.

use std::process::ExitCode;

use clap::Parser;
use frontend_admin::{Config, run};
use svc_common::complain::complain;
use svc_common::flags::{BindFlag, Flags, parse};
use svc_common::serve::Listeners;
use svc_common::{shutdown, telemetry};

/// Serves the live market and the Control room
#[derive(Debug, Parser)]
#[command(name = "frontend-admin", version)]
struct Program {
    #[command(flatten)]
    flags: Flags,
    #[command(flatten)]
    bind: BindFlag,
}

#[tokio::main]
async fn main() -> ExitCode {
    let Program { flags, bind } = match parse("dashboard_port") {
        Ok(program) => program,
        Err(code) => return code,
    };
    if let Err(error) = telemetry::start(flags.log) {
        return complain(&error.to_string());
    }
    bind.warn();
    let listeners = match Listeners::bind(bind.bind, flags.dashboard_port, "--dashboard-port") {
        Ok(listeners) => listeners,
        Err(error) => return complain(&error.to_string()),
    };
    let config = Config { hosts: flags.hosts(), gateway_port: flags.gateway_port, dashboard_port: listeners.port() };
    run(listeners, &config, shutdown::signal()).await;
    ExitCode::SUCCESS
}
