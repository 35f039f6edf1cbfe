//! The gateway as a program of its own.

use std::process::ExitCode;

use clap::Parser;
use gateway_svc::Config;
use svc_common::complain::{announce, complain};
use svc_common::flags::{BindFlag, Flags, parse};
use svc_common::serve::Listeners;
use svc_common::{shutdown, telemetry};

/// The one door: a reverse proxy for HTTP and WebSocket, sign-in, limits.
#[derive(Parser)]
#[command(name = "gateway-svc", version, about)]
struct Program {
    #[command(flatten)]
    flags: Flags,
    #[command(flatten)]
    bind: BindFlag,
}

fn main() -> ExitCode {
    let program: Program = match parse("gateway_port") {
        Ok(program) => program,
        Err(code) => return code,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let result = runtime.map_err(|error| error.to_string()).and_then(|runtime| runtime.block_on(serve(&program)));
    result.map_or_else(|error| complain(&error), |()| ExitCode::SUCCESS)
}

async fn serve(Program { flags, bind }: &Program) -> Result<(), String> {
    telemetry::start(flags.log).map_err(|error| error.to_string())?;
    bind.warn();
    let listeners =
        Listeners::bind(bind.bind, flags.gateway_port, "--gateway-port").map_err(|error| error.to_string())?;
    announce(&format!("gateway      http://{}:{}/", flags.hosts().first(), listeners.port()));
    gateway_svc::run(listeners, Config::from(flags), shutdown::signal()).await.map_err(|error| error.to_string())
}
