use std::future::Future;
use std::io::IsTerminal;
use std::process::ExitCode;

use clap::{Args, Command, FromArgMatches};
use market_data_svc::cli::{DEFAULTS, SessionArgs};
use svc_common::flags::{BindFlag, Flags};
use svc_common::{links, program, shutdown};
use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};
use trading_svc::cli::TradingArgs;

use super::error::{CliError, Result};
use super::output::print;

/// What can fail with one line.
type Outcome<T> = std::result::Result<T, String>;

#[derive(Args, Debug)]
#[command(after_help = DEFAULTS)]
pub(super) struct ServeArgs {
    #[command(flatten)]
    flags: Flags,
    #[command(flatten)]
    bind: BindFlag,
    #[command(flatten)]
    session: SessionArgs,
    #[command(flatten)]
    trading: TradingArgs,
}

#[derive(Args, Debug)]
pub(super) struct AdminLinkArgs {
    #[command(flatten)]
    flags: Flags,
}

impl ServeArgs {
    /// No flags but those that the environment gives.
    pub(super) fn default_with_environment() -> std::result::Result<Self, clap::Error> {
        Self::from_arg_matches(&Self::augment_args(Command::new("serve")).try_get_matches_from(["serve"])?)
    }
}

/// Mints another one-time link through the data directory: whoever can write there is the admin.
pub(super) fn admin_link(args: &AdminLinkArgs) -> Result<()> {
    print(&format!("{}\n", new_link(&args.flags)?))
}

fn new_link(flags: &Flags) -> Result<String> {
    let token = links::mint(&flags.data).map_err(|error| CliError::File { path: flags.data.clone(), error })?;
    Ok(links::admin_url(&flags.hosts(), flags.dashboard_port, &token))
}

/// Starts the services in this process. They talk to each other over the network, as they would in four.
pub(super) fn run(args: &ServeArgs) -> ExitCode {
    args.bind.warn();
    program::run(args.flags.log, start(args))
}

async fn start(args: &ServeArgs) -> Outcome<(String, impl Future<Output = Outcome<()>>)> {
    let ServeArgs { flags, bind, session, trading } = args;
    // Everything that can fail comes before anything is served, and every port before a session is begun.
    let gateway = gateway_svc::cli::Started::new(flags, *bind)?;
    let dashboard = frontend_admin::cli::Started::new(flags, *bind)?;
    let trading = trading_svc::cli::Bound::new(flags, trading)?;
    let market_data = market_data_svc::cli::Started::new(flags, session).await?;
    let trading = trading.open().await?;
    // A link lets whoever sees it in, so it goes to a terminal and to no file.
    let admin = if std::io::stdout().is_terminal() {
        let link = new_link(flags).map_err(|error| error.to_string())?;
        format!("admin        {link}  (once, within ten minutes)")
    } else {
        "admin        algo-trading admin-link prints a link that works once".into()
    };
    let lines = [gateway.line(), dashboard.line(), market_data.line(), trading.line(), admin].join("\n");
    Ok((lines, serve(market_data, gateway, dashboard, trading)))
}

async fn serve(
    market_data: market_data_svc::cli::Started,
    gateway: gateway_svc::cli::Started,
    dashboard: frontend_admin::cli::Started,
    trading: trading_svc::cli::Started,
) -> Outcome<()> {
    let (stop, stopped) = watch::channel(());
    let until = |mut stopped: watch::Receiver<()>| async move { drop(stopped.changed().await) };
    let mut services = JoinSet::new();
    services.spawn(market_data.run(until(stopped.clone())));
    services.spawn(gateway.run(until(stopped.clone())));
    services.spawn(dashboard.run(until(stopped.clone())));
    services.spawn(trading.run(until(stopped)));
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

fn flat(ended: std::result::Result<Outcome<()>, JoinError>) -> Outcome<()> {
    ended.map_err(|error| error.to_string())?
}
