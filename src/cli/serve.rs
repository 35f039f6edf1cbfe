use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Args;
use market_data_svc::cli::{DEFAULTS, SessionArgs};
use svc_common::complain::complain;
use svc_common::flags::{BindFlag, Flags};
use svc_common::{links, shutdown, telemetry};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::error::{CliError, Result};
use super::output::print;

#[derive(Args, Debug)]
#[command(after_help = DEFAULTS)]
pub(super) struct ServeArgs {
    #[command(flatten)]
    flags: Flags,
    #[command(flatten)]
    bind: BindFlag,
    #[command(flatten)]
    session: SessionArgs,
}

#[derive(Args, Debug)]
pub(super) struct AdminLinkArgs {
    #[command(flatten)]
    flags: Flags,
}

/// Mints another one-time link through the data directory: whoever can write there is the admin.
pub(super) fn admin_link(args: &AdminLinkArgs) -> Result<()> {
    print(&format!("{}\n", new_link(&args.flags)?))
}

fn new_link(flags: &Flags) -> Result<String> {
    let token = links::mint(&flags.data).map_err(|error| CliError::File { path: flags.data.clone(), error })?;
    Ok(links::admin_url(&flags.hosts(), flags.dashboard_port, &token))
}

/// Starts the services in this process. They talk to each other over the network, as they would in three.
pub(super) fn run(args: &ServeArgs) -> ExitCode {
    telemetry::init(args.flags.log);
    args.bind.warn();
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return complain(&error.to_string()),
    };
    match runtime.block_on(serve(args)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(line) => complain(&line),
    }
}

async fn serve(args: &ServeArgs) -> std::result::Result<(), String> {
    let ServeArgs { flags, bind, session } = args;
    // Everything that can fail comes before anything is served.
    let market_data = market_data_svc::cli::Started::new(flags, session).await?;
    let gateway = gateway_svc::cli::Started::new(flags, *bind).await?;
    let dashboard = frontend_admin::cli::Started::new(flags, *bind).await?;
    let mut lines = [gateway.line(), dashboard.line(), market_data.line()].join("\n");
    lines.push('\n');
    if std::io::stdout().is_terminal() {
        let link = new_link(flags).map_err(|error| error.to_string())?;
        lines.push_str(&format!("admin        {link}  (once, within ten minutes)\n"));
    } else {
        lines.push_str("admin        algo-trading admin-link prints a link that works once\n");
    }
    print(&lines).map_err(|error| error.to_string())?;

    let (stop, stopped) = watch::channel(());
    let until = |mut stopped: watch::Receiver<()>| async move { drop(stopped.changed().await) };
    let mut services = JoinSet::new();
    let (first, second, third) = (until(stopped.clone()), until(stopped.clone()), until(stopped));
    services.spawn(async move { market_data.run(first).await.map_err(|error| error.to_string()) });
    services.spawn(async move { gateway.run(second).await.map_err(|error| error.to_string()) });
    services.spawn(async move { dashboard.run(third).await.map_err(|error| error.to_string()) });
    let mut result = Ok(());
    tokio::select! {
        () = shutdown::signal() => {}
        // A service that ends by itself takes the others with it: half a stack helps nobody.
        Some(ended) = services.join_next() => result = flat(ended),
    }
    drop(stop);
    while let Some(ended) = services.join_next().await {
        result = result.and(flat(ended));
    }
    result
}

fn flat(
    ended: std::result::Result<std::result::Result<(), String>, tokio::task::JoinError>,
) -> std::result::Result<(), String> {
    ended.map_err(|error| error.to_string())?
}
