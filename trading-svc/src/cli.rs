//! The program: flags, start, stop.

use std::future::Future;
use std::process::ExitCode;

use clap::{Args, Parser, ValueEnum, value_parser};
use rust_decimal::Decimal;
use svc_common::flags::{self, Flags};
use svc_common::guard::Guard;
use svc_common::serve::Listeners;
use svc_common::token::Verifier;
use svc_common::{program, shutdown};
use trading_core::account::Terms;
use trading_core::rules::{Impact, Queue};

use crate::service::{Config, Service};
use crate::venue::Settings;

/// When resting orders are filled.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum QueueModel {
    /// As soon as the other side's best price reaches theirs
    Touch,
    /// Once it has gone beyond
    Through,
    /// The same, and no more of it a tick than rests between the two prices
    Depth,
}

/// Whose book an order moves.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum ImpactModel {
    /// Its own account's
    Own,
    /// Everyone's: the market is told of what was taken, and its price moves
    Shared,
}

/// What the exchange is like. A session that has begun keeps its latency, queue and impact.
#[derive(Args, Clone, Debug)]
pub struct TradingArgs {
    /// The cash that a new account begins with
    #[arg(long, env = "ALGO_TRADING_BALANCE", value_name = "CASH", default_value = "100000")]
    pub balance: Decimal,
    /// The fee of orders that rested, basis points
    #[arg(long, env = "ALGO_TRADING_MAKER_BP", value_name = "BP", default_value = "2")]
    pub maker_bp: Decimal,
    /// The fee of orders that take, basis points
    #[arg(long, env = "ALGO_TRADING_TAKER_BP", value_name = "BP", default_value = "10")]
    pub taker_bp: Decimal,
    /// A position may be worth so many times the equity; 1 is without margin
    #[arg(long, env = "ALGO_TRADING_LEVERAGE", value_name = "TIMES", default_value = "1")]
    pub leverage: Decimal,
    /// Ticks from an order's decision to its arrival
    #[arg(long, env = "ALGO_TRADING_LATENCY", value_name = "TICKS", default_value_t = 1, value_parser = value_parser!(u64).range(1..=1_000_000))]
    pub latency: u64,
    /// When resting orders are filled
    #[arg(long, env = "ALGO_TRADING_QUEUE", value_name = "MODEL", value_enum, default_value_t = QueueModel::Depth)]
    queue: QueueModel,
    /// Whose book an order moves
    #[arg(long, env = "ALGO_TRADING_IMPACT", value_name = "MODEL", value_enum, default_value_t = ImpactModel::Own)]
    impact: ImpactModel,
}

impl TradingArgs {
    /// What they ask for.
    ///
    /// # Errors
    /// One line that names the flag and its domain.
    pub fn settings(&self) -> Result<Settings, String> {
        let Self { balance: initial, maker_bp, taker_bp, leverage, latency: latency_ticks, queue, impact } = *self;
        let terms = Terms { initial, maker_bp, taker_bp, leverage };
        terms.check().map_err(|error| error.to_string())?;
        let queue = match queue {
            QueueModel::Touch => Queue::Touch,
            QueueModel::Through => Queue::Through,
            QueueModel::Depth => Queue::Depth,
        };
        let impact = match impact {
            ImpactModel::Own => Impact::Own,
            ImpactModel::Shared => Impact::Shared,
        };
        Ok(Settings { terms, latency_ticks, queue, impact })
    }
}

/// The trading service: a paper exchange on the market's stream.
#[derive(Parser)]
#[command(name = "trading-svc", version, about)]
struct Cli {
    #[command(flatten)]
    flags: Flags,
    #[command(flatten)]
    trading: TradingArgs,
}

/// A service's port, which is taken before anything is opened.
#[derive(Debug)]
pub struct Bound {
    listeners: Listeners,
    flags: Flags,
    settings: Settings,
}

impl Bound {
    /// Takes the port.
    ///
    /// # Errors
    /// One line about what can't be used.
    pub fn new(flags: &Flags, trading: &TradingArgs) -> Result<Self, String> {
        let settings = trading.settings()?;
        let listeners = Listeners::bind(None, flags.trading_port, "--trading-port");
        Ok(Self { listeners: listeners.map_err(|error| error.to_string())?, flags: flags.clone(), settings })
    }

    /// Opens the ledger.
    ///
    /// # Errors
    /// One line about what can't be used.
    pub async fn open(self) -> Result<Started, String> {
        let Self { listeners, flags, settings } = self;
        let config = Config {
            data_directory: flags.data.clone(),
            host: flags.hosts().first().to_owned(),
            market_data_port: flags.market_data_port,
            gateway_port: flags.gateway_port,
            settings,
        };
        let opened = tokio::task::spawn_blocking(move || Service::open(&config)).await;
        let service = opened.map_err(|error| error.to_string())?.map_err(|error| error.to_string())?;
        Ok(Started { service, listeners, flags })
    }
}

/// A service ready to run.
pub struct Started {
    service: Service,
    listeners: Listeners,
    flags: Flags,
}

impl Started {
    /// What to say once it has started.
    pub fn line(&self) -> String {
        format!("trading      http://{}:{}  paper money", self.flags.hosts().first(), self.listeners.port())
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
    let cli: Cli = match flags::parse("trading_port") {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    program::run(cli.flags.log, async {
        let started = Bound::new(&cli.flags, &cli.trading)?.open().await?;
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
