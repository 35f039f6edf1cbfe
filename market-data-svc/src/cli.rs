//! The program: flags, start, stop.

use std::future::Future;
use std::process::ExitCode;

use bytesize::ByteSize;
use clap::{Args, Parser};
use market_api::instrument::TickSize;
use market_setup::args::MarketArgs;
use svc_common::flags::{self, Flags};
use svc_common::guard::Guard;
use svc_common::serve::Listeners;
use svc_common::token::Verifier;
use svc_common::{program, shutdown};

use crate::service::{Config, Service, ServiceError};
use crate::store::DiskSpace;

/// What the flags of a live market's defaults are; beside those of a market that is only simulated.
pub const DEFAULTS: &str = "\
Defaults of a new session:
  flag              default                with --calibrate FILE
  --seed            256 bits from the OS   (the same; admins can see it)
  --instruments     BTC-USD,ETH-USD        (the same)
  --correlation     0.8                    (the same; of any two)
  --model           btc                    (the same)
  --spot            100000                 the file's last close
  --drift           0.5 per year           the fitted drift of dS = mu S dt + sigma S dW
  --volatility      0.8 per sqrt(year)     the fitted volatility
  --tick-interval   100ms                  (the same)
  --start-time      now                    (the same)
A session that is there goes on; a flag that contradicts it is an error. --model, --spot, --drift and --volatility are the first
instrument's; ETH-USD has the preset eth at 3500. A year has 365 days.";

/// Which session to run.
#[derive(Args, Clone, Debug)]
pub struct SessionArgs {
    /// The market, if no session is there yet.
    #[command(flatten)]
    pub market: MarketArgs,
    /// Put the session that is there away, under sessions/ in the data directory, and begin another
    #[arg(long, env = "ALGO_TRADING_NEW_SESSION")]
    pub new_session: bool,
    /// Rewrite the session's journal without what has been overtaken once it is this long: 4KiB to 1TiB
    #[arg(long, env = "ALGO_TRADING_MAX_JOURNAL", value_name = "SIZE", default_value = "64MiB", value_parser = journal_size)]
    pub max_journal: ByteSize,
    /// Remove the oldest journals under sessions/ beyond this; the newest stays
    #[arg(long, env = "ALGO_TRADING_MAX_ARCHIVE", value_name = "SIZE", default_value = "1GiB")]
    pub max_archive: ByteSize,
}

fn journal_size(text: &str) -> Result<ByteSize, String> {
    let size: ByteSize = text.parse()?;
    let (low, high) = (ByteSize::kib(4), ByteSize::tib(1));
    if (low..=high).contains(&size) { Ok(size) } else { Err(format!("must be {low} to {high}")) }
}

/// The market data service: owns the simulation, journals commands, publishes ticks.
#[derive(Parser)]
#[command(name = "market-data-svc", version, about, after_help = DEFAULTS)]
struct Cli {
    #[command(flatten)]
    flags: Flags,
    #[command(flatten)]
    session: SessionArgs,
}

/// A service on its port, ready to run.
pub struct Started {
    service: Service,
    listeners: Listeners,
    flags: Flags,
}

impl Started {
    /// Takes the port, then the data directory, and goes on with its session or begins one.
    ///
    /// # Errors
    /// One line about what can't be used.
    pub async fn new(flags: &Flags, session: &SessionArgs) -> Result<Self, String> {
        let listeners = Listeners::bind(None, flags.market_data_port, "--market-data-port");
        let listeners = listeners.map_err(|error| error.to_string())?;
        let tick_size = TickSize::new(1, 2).map_err(|error| error.to_string())?;
        let config = Config {
            data_directory: flags.data.clone(),
            market: session.market.clone(),
            new_session: session.new_session,
            tick_size,
            space: DiskSpace {
                journal_bytes: session.max_journal.as_u64(),
                archive_bytes: session.max_archive.as_u64(),
            },
        };
        let opened = tokio::task::spawn_blocking(move || Service::open(&config)).await;
        let service = opened.map_err(|error| error.to_string())?.map_err(|error: ServiceError| error.to_string())?;
        Ok(Self { service, listeners, flags: flags.clone() })
    }

    /// What to say once it has started.
    pub fn line(&self) -> String {
        let (host, port) = (self.flags.hosts().first().to_owned(), self.flags.market_data_port);
        format!("market data  http://{host}:{port}  session {}", self.service.session())
    }

    /// Runs until `shutdown` is done.
    ///
    /// # Errors
    /// One line about what failed.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send + 'static) -> Result<(), String> {
        let Self { service, listeners, flags } = self;
        let guard = Guard::inner(flags.hosts(), flags.gateway_port, flags.dashboard_port);
        service.run(listeners, guard, Verifier::new(&flags.data), shutdown).await.map_err(|error| error.to_string())
    }
}

/// Runs the program.
pub fn main() -> ExitCode {
    let cli: Cli = match flags::parse("market_data_port") {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    program::run(cli.flags.log, async {
        let started = Started::new(&cli.flags, &cli.session).await?;
        Ok((started.line(), started.run(shutdown::signal())))
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn every_flag_has_a_variable() {
        assert_eq!(flags::without_variable(&Cli::command()), Vec::<String>::new());
    }
}
